"""`consul.source` becomes an archive of the right release, or a clear error before anything changes."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.operations import git as git_module
from ddconsul.operations import source
from ddconsul.operations.git import git as ask_git
from ddconsul.operations.reading import LOCALES, NPM_LOCK, RELEASE_FILE, read_locales, read_member
from ddconsul.operations.source import gems_archive, overlay, registries, resolve

CONTROLLER = 'render json: {{ release: "{}" }}\n'


def tree(folder: Path, release: str = "2.5.1") -> Path:
    file = folder / RELEASE_FILE
    file.parent.mkdir(parents=True)
    file.write_text(CONTROLLER.format(release))
    (folder / "bin").mkdir()
    (folder / "bin" / "rails").write_text("#!/usr/bin/env ruby\n")
    (folder / "bin" / "rails").chmod(0o755)
    return folder


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", *settings, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tree(tmp_path / "repository")
    git(folder, "init", "--quiet")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "x")
    git(folder, "tag", "2.4.1")
    git(folder, "tag", "-a", "2.5.1", "-m", "annotated")
    (folder / "later").touch()
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "later")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def names(archive: Path) -> set[str]:
    with tarfile.open(archive) as opened:
        return {member.name for member in opened if member.isreg()}


def test_a_local_repository_gives_the_tag_and_not_what_lies_there(repository: Path, cache: Path) -> None:
    found = resolve(str(repository), "2.5.1", cache)
    assert found.digest == git(repository, "rev-parse", "2.5.1^{commit}")
    assert names(found.archive) == {RELEASE_FILE, "bin/rails"}
    assert found.archive.name == f"{found.digest}.tar.gz"
    assert (found.gems, found.standin) == ("registry", False)


def test_a_bare_repository_is_a_repository(repository: Path, cache: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    assert resolve(str(tmp_path / "bare.git"), "2.5.1", cache).digest == git(repository, "rev-parse", "2.5.1^{commit}")


def test_a_url_is_fetched_once(repository: Path, cache: Path) -> None:
    said: list[str] = []
    url = f"file://{repository}"
    found = resolve(url, "2.5.1", cache, said.append)
    assert names(found.archive) == {RELEASE_FILE, "bin/rails"}
    assert [line for line in said if "2.5.1" in line]
    said.clear()
    assert resolve(url, "2.5.1", cache, said.append) == found
    assert not said


def test_a_tag_may_start_with_v(repository: Path, cache: Path) -> None:
    git(repository, "tag", "-d", "2.5.1")
    git(repository, "tag", "v2.5.1")
    assert resolve(str(repository), "2.5.1", cache).version == "2.5.1"


def test_a_missing_tag_tells_which_there_are(repository: Path, cache: Path) -> None:
    with pytest.raises(InputError, match=r"has no tag 2\.9\.0\n.*2\.5\.1, 2\.4\.1"):
        raise_with_text(lambda: resolve(str(repository), "2.9.0", cache))


def test_a_repository_without_tags(cache: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    with pytest.raises(InputError, match="no tags of releases"):
        raise_with_text(lambda: resolve(str(tmp_path / "empty"), "2.5.1", cache))


def test_a_repository_that_is_not_there(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="git says: "):
        resolve(f"file://{tmp_path}/nothing", "2.5.1", cache)


@pytest.mark.parametrize("wrong", ["tag", "folder", "tarball"])
def test_another_release_inside_is_refused(repository: Path, cache: Path, tmp_path: Path, wrong: str) -> None:
    folder = tree(tmp_path / "other", "2.4.0")
    archived = pack(tmp_path / "other.tar.gz", {f"other/{RELEASE_FILE}": CONTROLLER.format("2.4.0")})
    origin, version = {
        "tag": (repository, "2.4.1"),
        "folder": (folder, "2.5.1"),
        "tarball": (archived, "2.5.1"),
    }[wrong]
    with pytest.raises(InputError, match=r"holds release 2\.\d\.\d, but consul\.version is"):
        resolve(str(origin), version, cache)


def test_something_else_than_consul_is_refused(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").touch()
    with pytest.raises(InputError, match="is not Consul Democracy"):
        resolve(str(tmp_path / "site"), "2.5.1", cache)


def pack(target: Path, files: dict[str, str], link: str = "") -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            member.mtime = os.getpid()
            archive.addfile(member, io.BytesIO(text.encode()))
        if link:
            member = tarfile.TarInfo("device")
            member.type = tarfile.FIFOTYPE
            archive.addfile(member)
    return target


def test_a_tarball_loses_its_top_folder(cache: Path, tmp_path: Path) -> None:
    text = CONTROLLER.format("2.5.1")
    tarball = pack(tmp_path / "consul.tar.gz", {f"consul-2.5.1/{RELEASE_FILE}": text, "consul-2.5.1/Gemfile": ""})
    assert names(resolve(str(tarball), "2.5.1", cache).archive) == {RELEASE_FILE, "Gemfile"}
    flat = pack(tmp_path / "flat.tar.gz", {RELEASE_FILE: text, "Gemfile": ""})
    assert names(resolve(str(flat), "2.5.1", cache).archive) == {RELEASE_FILE, "Gemfile"}


def test_a_tarball_that_reaches_out_is_refused(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads out of it"):
        resolve(str(pack(tmp_path / "a.tar.gz", {"x/../../etc/passwd": "", "y": ""})), "2.5.1", cache)
    with pytest.raises(InputError, match="something else than files"):
        resolve(str(pack(tmp_path / "b.tar.gz", {"y": ""}, link="fifo")), "2.5.1", cache)
    assert not list(cache.glob("*"))


@pytest.mark.parametrize("content", [b"", b"no tarball", b"\x1f\x8b\x08 cut"])
def test_a_broken_tarball_is_said_to_be_so(cache: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        resolve(str(tmp_path / "x.tar.gz"), "2.5.1", cache)


def test_a_folder_gives_the_same_archive_whenever_and_wherever(cache: Path, tmp_path: Path) -> None:
    one, other = tree(tmp_path / "one"), tree(tmp_path / "other")
    for leftover in ("log/production.log", "tmp/cache/x", "node_modules/y/z", "config/secrets.yml"):
        (other / leftover).parent.mkdir(parents=True, exist_ok=True)
        (other / leftover).write_text("only here")
    for empty in ("log", "tmp", "config"):
        (one / empty).mkdir()
    os.utime(other / "bin" / "rails", (1, 1))
    first, second = resolve(str(one), "2.5.1", cache), resolve(str(other), "2.5.1", cache)
    assert first.digest == second.digest
    with tarfile.open(first.archive) as archive:
        assert archive.getmember("bin/rails").mode == 0o755
        assert archive.getmember(RELEASE_FILE).mode == 0o644


def test_the_stand_in_says_that_it_is_one(cache: Path) -> None:
    found = resolve(str(assets.standin()), "2.5.1", cache)
    assert found.standin
    assert found.gems == "distribution"
    assert "ruby-pg" in found.packages
    assert "not Consul itself" in str(found)


def test_an_overlay_is_named_after_its_content(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "o" / "app").mkdir(parents=True)
    (tmp_path / "o" / "app" / "x.rb").write_text("1")
    archive, digest = overlay(tmp_path / "o", cache)
    assert overlay(tmp_path / "o", cache) == (archive, digest)
    (tmp_path / "o" / "app" / "x.rb").write_text("2")
    assert overlay(tmp_path / "o", cache)[1] != digest


def test_the_registries_are_those_that_the_source_locks(cache: Path, tmp_path: Path) -> None:
    files = {
        RELEASE_FILE: '{ release: "2.5.1" }',
        "Gemfile": "",
        "Gemfile.lock": "GEM\n  remote: https://gems.example.org/\n  specs:\n",
        "package-lock.json": '{"packages": {"d3": {"resolved": "https://npm.example.org/d3/-/d3-3.5.17.tgz"}}}',
    }
    locked = resolve(str(pack(tmp_path / "locked.tar.gz", files)), "2.5.1", cache)
    assert registries(locked.archive) == {"gems": "https://gems.example.org/", "npm": "https://npm.example.org/"}
    del files["Gemfile.lock"], files["package-lock.json"]
    free = resolve(str(pack(tmp_path / "free.tar.gz", files)), "2.5.1", cache)
    assert registries(free.archive) == {}


def test_a_folder_of_gems_is_packed_once(cache: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "gems").mkdir(parents=True)
    with pytest.raises(InputError, match="not laid out as a mirror"):
        gems_archive(mirror, cache)
    (mirror / "versions").touch()
    archive = gems_archive(mirror, cache)
    assert gems_archive(mirror, cache) == archive
    (mirror / "gems" / "a.gem").touch()
    assert gems_archive(mirror, cache) != archive


def test_git_asks_nothing_and_gives_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "git"
    fake.write_text('#!/bin/sh\n[ "$GIT_TERMINAL_PROMPT" = 0 ] || exit 3\n[ "$1" = slow ] && exec sleep 9\nexit 0\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert git_module.git("x", where="w") == ""
    with pytest.raises(InputError, match="no answer within"):
        git_module.git("slow", where="w", limit=0.2)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="git is not installed"):
        git_module.git("x", where="w")


def test_a_folder_inside_a_repository_is_a_folder(repository: Path) -> None:
    assert git_module.is_repository(repository)
    assert not git_module.is_repository(repository / "app")


def test_nothing_half_stays_in_the_cache(repository: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise InputError("git says: no")

    real = source.git
    monkeypatch.setattr(source, "git", lambda *a, **k: fail() if "archive" in a else real(*a, **k))
    with pytest.raises(InputError):
        resolve(str(repository), "2.5.1", cache)
    assert not list(cache.glob("*"))


def raise_with_text(action) -> None:
    """Raise an error whose text is all that the user sees."""
    try:
        action()
    except InputError as error:
        raise InputError(str(error)) from error


def test_a_source_in_the_home_folder_is_told_as_its_owner_writes_it(
    repository: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(repository.parent))
    assert str(resolve(str(repository), "2.5.1", cache)).endswith(f"from ~/{repository.name}")
    monkeypatch.setenv("HOME", str(cache))
    assert str(resolve(str(repository), "2.5.1", cache)).endswith(f"from {repository}")


def test_reads_of_an_archive_only_what_it_keeps_at_hand(tmp_path: Path) -> None:
    archive = pack(tmp_path / "consul.tar.gz", {RELEASE_FILE: "a", f"{LOCALES}nl/general.yml": "nl: {}", "Gemfile": ""})
    assert read_member(archive, RELEASE_FILE) == b"a"
    assert read_member(archive, NPM_LOCK) is None
    assert dict(read_locales(archive)) == {f"{LOCALES}nl/general.yml": b"nl: {}"}
    # What it does not keep would look as if it were not in the archive.
    with pytest.raises(LookupError):
        read_member(archive, "Gemfile")


@pytest.fixture
def asking_server(repository: Path):
    """Serve a repository to who says who they are; yields the address, with its password."""
    subprocess.run(["git", "-C", str(repository), "update-server-info"], check=True)
    wanted = "Basic " + base64.b64encode(b"noor:ge@heim").decode()

    class Asking(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] == wanted:
                super().do_GET()
                return
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Asking, directory=str(repository / ".git"))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://noor:ge%40heim@127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_password_in_the_address_of_a_source_is_neither_told_nor_on_a_command_line(
    asking_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_itself = shutil.which("git")
    (tmp_path / "bin").mkdir()
    watched = tmp_path / "bin/git"
    watched.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {tmp_path}/argv\nexec {git_itself} "$@"\n')
    watched.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("no_proxy", "*")
    assert "refs/tags" in ask_git("ls-remote", "--tags", "--", asking_server, where=asking_server)
    with pytest.raises(InputError) as caught:
        resolve(asking_server.replace("ge%40heim", "ge%40raden"), "2.5.1", tmp_path / "cache")
    assert "127.0.0.1" in (tmp_path / "argv").read_text()
    told = [str(caught.value), str(caught.value.as_dict()), (tmp_path / "argv").read_text()]
    assert not [text for text in told if "heim" in text or "raden" in text]


def test_where_a_source_comes_from_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "git", lambda *_, **__: f"{'0' * 40}\trefs/tags/2.5.1\n")
    (tmp_path / f"{'0' * 40}.tar.gz").touch()
    for access in ("noor:geheim", "geheim"):
        found = source._from_url(f"https://{access}@git.example.org/c.git", "2.5.1", tmp_path, print)
        assert "geheim" not in str(found) + found.origin
