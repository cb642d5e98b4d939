"""The base image: what goes in, where it comes from, what it is called."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ddconsul.targets import image
from ddconsul.targets.base import TargetError
from ddconsul.targets.image import BaseImage, Mirrors
from ddconsul.targets.machine import Limits, Machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.process import Command, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

MACHINE = Machine("root", True, True, (4, 3, 1), "v2", ("crun",), (), Limits(4000, 300))

DEB822 = """\
# the mirror of our own
Types: deb
URIs: http://mirror.example.org/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([DEB822], Mirrors("http://mirror.example.org/debian", "http://mirror.example.org/debian-security")),
        (
            [
                (
                    "# deb http://old.example.org/debian bookworm main\n"
                    "deb [signed-by=/x.gpg arch=amd64] https://ftp.example.org/debian trixie main contrib # ours\n"
                    "deb-src http://src.example.org/debian trixie main\n"
                    "deb http://security.example.org/debian-security trixie-security main\n"
                )
            ],
            Mirrors("https://ftp.example.org/debian", "http://security.example.org/debian-security"),
        ),
        # Third parties and what apt alone understands do not count; neither does what is switched off.
        (
            [
                "deb https://packages.example.com/apt cloud-sdk main\n",
                "Types: deb\nURIs: https://deb.example.com/node\nSuites: nodistro\nComponents: main\n",
                "deb cdrom:[Debian]/ bookworm main\n",
                "Types: deb\nEnabled: no\nURIs: http://off.example.org/debian\nSuites: trixie\nComponents: main\n",
            ],
            Mirrors(),
        ),
        ([], Mirrors()),
    ],
)
def test_find_mirrors(texts: list[str], expected: Mirrors) -> None:
    assert image.find_mirrors(texts) == expected


def test_mirrors_of_a_debian_host(tmp_path: Path) -> None:
    folder = tmp_path / "etc/apt/sources.list.d"
    folder.mkdir(parents=True)
    (folder / "debian.sources").write_text(DEB822)
    (tmp_path / "etc/os-release").write_text('PRETTY_NAME="x"\nID=debian\n')
    assert image.host_mirrors(tmp_path).main == "http://mirror.example.org/debian"


def test_another_host_says_nothing_about_mirrors(tmp_path: Path) -> None:
    (tmp_path / "etc/apt").mkdir(parents=True)
    (tmp_path / "etc/apt/sources.list").write_text("deb http://archive.example.com/ubuntu stable main\n")
    (tmp_path / "etc/os-release").write_text("ID=ubuntu\n")
    assert image.host_mirrors(tmp_path) == Mirrors()


def test_tag_is_named_after_what_goes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    first = image.tag(Mirrors())
    assert first.startswith("localhost/ddconsul-base:")
    assert image.tag(Mirrors()) == first
    assert image.tag(Mirrors(main="http://mirror.example.org/debian")) != first
    monkeypatch.setattr(image, "PACKAGES", (*image.PACKAGES, "less"))
    assert image.tag(Mirrors()) != first


def test_sources_have_updates_and_security() -> None:
    text = image.sources(Mirrors("http://m.example.org/debian", "http://s.example.org/security"))
    assert "URIs: http://m.example.org/debian\nSuites: trixie trixie-updates\n" in text
    assert "URIs: http://s.example.org/security\nSuites: trixie-security\n" in text


def test_mmdebstrap_command() -> None:
    mirrors = Mirrors("http://m.example.org/debian", "http://m.example.org/debian-security")
    argv = image.mmdebstrap_argv(Path("/s/root.tar"), Path("/s"), mirrors, root=True)
    assert argv[:3] == ("mmdebstrap", "--mode=root", "--variant=minbase")
    assert argv[3] == ("--include=systemd,systemd-sysv,dbus,openssh-server,python3,python3-apt,ca-certificates")
    assert argv[-5:] == (
        "trixie",
        "/s/root.tar",
        "deb http://m.example.org/debian trixie main",
        "deb http://m.example.org/debian trixie-updates main",
        "deb http://m.example.org/debian-security trixie-security main",
    )
    assert "--mode=unshare" in image.mmdebstrap_argv(Path("x"), Path("/s"), Mirrors(), root=False)


def test_without_a_mirror_of_its_own_the_host_leaves_it_to_the_makers() -> None:
    argv = image.mmdebstrap_argv(Path("/s/root.tar"), Path("/s"), Mirrors(), root=True)
    assert argv[-2:] == ("trixie", "/s/root.tar")
    assert not [word for word in argv if "sources" in word]
    assert "sources" not in image.containerfile(Mirrors())


def test_no_host_key_and_no_package_list_stays_in_the_image() -> None:
    assert "rm -rf etc/ssh/ssh_host_*" in image.finish()
    assert "var/lib/apt/lists/*" in image.finish()
    assert image.finish() in image.containerfile(Mirrors())
    assert any(image.finish() in word for word in image.mmdebstrap_argv(Path(), Path(), Mirrors(), root=True))


def test_an_https_mirror_is_trusted_before_certificates_are_there() -> None:
    assert "CaInfo" not in image.containerfile(Mirrors())
    assert "CaInfo=/run/etc/ssl/certs" in image.containerfile(Mirrors(main="https://m.example.org/debian"))


def test_what_is_laid_out_can_be_read_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        image.lay_out(tmp_path, Mirrors())
    finally:
        os.umask(before)
    assert (tmp_path / "etc/ssh/sshd_config.d/ddconsul.conf").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "etc/ssh").stat().st_mode & 0o777 == 0o755


class World:
    """Answers commands, and remembers them."""

    def __init__(self, answer: Callable[[str], Outcome | None]) -> None:
        self.lines: list[str] = []
        self._answer = answer

    def __call__(self, command: Command) -> Outcome:
        line = " ".join(command.argv)
        self.lines.append(line)
        return self._answer(line) or Outcome(0)

    def did(self, beginning: str) -> bool:
        return any(line.startswith(beginning) for line in self.lines)


def ensure(world: World, state: Path, machine: Machine = MACHINE) -> tuple[str, list[str]]:
    said: list[str] = []
    return BaseImage(Podman(machine, world), state, world).ensure(said.append), said


def test_an_image_that_is_there_is_used(tmp_path: Path) -> None:
    world = World(lambda _: None)
    name, said = ensure(world, tmp_path)
    assert world.lines == [f"podman image exists {name}"]
    assert said == []


def absent(line: str) -> Outcome | None:
    return Outcome(1) if line.startswith("podman image exists") else None


def test_a_registry_comes_first(tmp_path: Path) -> None:
    world = World(absent)
    name, said = ensure(world, tmp_path)
    assert world.did("podman manifest inspect docker.io/library/debian:trixie")
    assert world.did("podman pull --quiet docker.io/library/debian:trixie")
    assert world.did("podman build --quiet --pull=never --isolation=chroot")
    assert any(f"--tag {name}" in line and "--ulimit nofile=4000:4000" in line for line in world.lines)
    assert not world.did("mmdebstrap")
    assert len(said) == 1


def test_without_a_registry_mmdebstrap_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image.shutil, "which", lambda _: "/usr/bin/mmdebstrap")
    world = World(lambda line: Outcome(125, err="no such host") if "manifest" in line else absent(line))
    name, _ = ensure(world, tmp_path)
    assert not world.did("podman pull")
    assert world.did("mmdebstrap --mode=root")
    assert world.lines[-1].startswith("podman import --quiet --change CMD")
    assert world.lines[-1].endswith(name)
    assert not list(tmp_path.glob("image-*")), "the scratch folder is gone"


def test_a_build_that_fails_falls_back_to_mmdebstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image.shutil, "which", lambda _: "/usr/bin/mmdebstrap")
    world = World(lambda line: Outcome(1, err="apt-get: no") if line.startswith("podman build") else absent(line))
    ensure(world, tmp_path)
    assert world.did("mmdebstrap --mode=root")


def test_neither_registry_nor_mmdebstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image.shutil, "which", lambda _: None)
    world = World(lambda line: Outcome(125) if "manifest" in line else absent(line))
    with pytest.raises(TargetError) as caught:
        ensure(world, tmp_path, replace(MACHINE, root=False))
    assert caught.value.todo == "Run: sudo apt-get install --no-install-recommends mmdebstrap"


def test_mmdebstrap_fails_with_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image.shutil, "which", lambda _: "/usr/bin/mmdebstrap")
    words = "I: running apt-get update...\nE: Failed to fetch http://x\nE: mmdebstrap failed to run\n"

    def answer(line: str) -> Outcome | None:
        if "manifest" in line:
            return Outcome(125)
        return Outcome(25, err=words) if line.startswith("mmdebstrap") else absent(line)

    with pytest.raises(TargetError, match="Failed to fetch http://x"):
        ensure(World(answer), tmp_path)
