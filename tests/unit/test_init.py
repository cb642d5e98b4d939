"""`init` writes all of its files or none, and overwrites nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ddconsul.commands.init import DEFAULTS
from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.operations import init as module
from ddconsul.operations.init import init, unprotected
from ddconsul.secrets import SecretFiles

FILES = {".gitignore", "gemeente.yml", "gemeente.secrets.yml", "gemeente.vault-password"}


def test_what_it_writes_is_right_and_deploys_into_a_container(tmp_path: Path) -> None:
    init(tmp_path / "new" / "folder", DEFAULTS)
    loaded = load(tmp_path / "new" / "folder" / "gemeente.yml")
    assert loaded.instance.target.type == "container"
    assert not loaded.warnings
    assert {path.name for path in loaded.path.parent.iterdir()} == FILES
    assert stat.S_IMODE((loaded.path.parent / "gemeente.vault-password").stat().st_mode) == 0o600
    assert SecretFiles.beside(loaded.path).load()["administrator_password"]
    assert not unprotected(loaded.path.parent)


def test_every_line_that_is_commented_out_would_be_right(tmp_path: Path) -> None:
    """Switch the examples on, one block at a time: a user will."""
    init(tmp_path, DEFAULTS)
    text = (tmp_path / "gemeente.yml").read_text()
    text = (
        text.replace("  # code:", "  code:").replace("  # time_zone:", "  time_zone:").replace("  # site:", "  site:")
    )
    text = text.replace("    # link:", "    link:").replace("    # header:", "    header:")
    text = text.replace("    # footer:", "    footer:").replace("  # source:", "  source:")
    text = text.replace("# mail:\n#   from:", "mail:\n  from:").replace("#   smtp:", "  smtp:")
    for key in ("host: mail", "port", "user: platform"):
        text = text.replace(f"#     {key}", f"    {key}")
    text = text.replace("# network:\n#   proxy:", "network:\n  proxy:")
    (tmp_path / "gemeente.yml").write_text(text)
    found = load(tmp_path / "gemeente.yml").instance
    assert (found.municipality.code, found.site, found.mail.smtp is not None) == ("0014", "demo", True)
    assert found.network.proxy
    assert found.branding.colours.footer == "#f1f1f1"


@pytest.mark.parametrize("name", ["'t Zand", 'a "b"', "- x", "a: b # c", "@email@", "50% {{ x }}", "Één"])
def test_any_name_survives(tmp_path: Path, name: str) -> None:
    init(tmp_path, {**DEFAULTS, "name": name})
    assert load(tmp_path / "gemeente.yml").instance.municipality.name == name


@pytest.mark.parametrize("present", sorted(FILES - {".gitignore"}))
def test_nothing_is_overwritten(tmp_path: Path, present: str) -> None:
    (tmp_path / present).write_text("mine")
    with pytest.raises(InputError, match=f"already has {present}"):
        init(tmp_path, DEFAULTS)
    assert [path.name for path in tmp_path.iterdir()] == [present]
    assert (tmp_path / present).read_text() == "mine"


def test_a_gitignore_of_the_user_stays_and_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    init(tmp_path, DEFAULTS)
    assert (tmp_path / ".gitignore").read_text() == "*.log\n"
    assert unprotected(tmp_path)


@pytest.mark.parametrize("fails_at", range(4))
def test_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    put, count = module._put_one, iter(range(4))

    def fail(path: Path, target: Path) -> None:
        if next(count) == fails_at:
            raise OSError(28, "No space left on device")
        put(path, target)

    monkeypatch.setattr(module, "_put_one", fail)
    with pytest.raises(InputError, match="No space left"):
        init(tmp_path / "new", DEFAULTS)
    assert not list(tmp_path.iterdir())


def test_a_file_that_came_in_between_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_refuse_taken", lambda _: None)
    (tmp_path / "gemeente.yml").write_text("mine")
    with pytest.raises(InputError):
        init(tmp_path, DEFAULTS)
    assert [path.name for path in tmp_path.iterdir()] == ["gemeente.yml"]
    assert (tmp_path / "gemeente.yml").read_text() == "mine"
