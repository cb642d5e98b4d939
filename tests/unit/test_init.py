"""`init` writes all of its files or none, and overwrites nothing."""

from __future__ import annotations

import itertools
import json
import re
import resource
import stat
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from killed import killed_at
from nobody import as_nobody
from ruamel.yaml import YAML

from ddconsul import assets
from ddconsul.commands import main
from ddconsul.commands.init import DEFAULTS
from ddconsul.errors import InputError
from ddconsul.instance.loader import inspect, load
from ddconsul.instance.models import slug
from ddconsul.operations import init as module
from ddconsul.operations.init import complaint, init, render, unprotected
from ddconsul.secrets import SecretFiles

FILES = {
    ".gitignore",
    "gemeente.yml",
    "gemeente.secrets.yml",
    "gemeente.vault-password",
    "gemeente.schema.json",
    "pages",
}
# With each of the pages.
MADE = len(FILES) - 1 + len(list((assets.templates() / "pages").glob("*.md")))
OPTIONS = [part for key, value in DEFAULTS.items() for part in (f"--{key}", value)]
SERVER = {**DEFAULTS, "target": "ssh", "host": "server1.example.org", "port": "2222", "user": "beheer", "site": "zee"}


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["init", *map(str, arguments)])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_it_writes_is_right_and_deploys_into_a_container(tmp_path: Path) -> None:
    init(tmp_path / "new" / "folder", DEFAULTS)
    loaded = load(tmp_path / "new" / "folder" / "gemeente.yml")
    assert loaded.instance.target.type == "container"
    assert not loaded.warnings
    assert names(loaded.path.parent) == FILES
    assert names(tmp_path) == {"new"}
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


def test_an_editor_finds_the_schema_offline_and_it_takes_the_file(tmp_path: Path) -> None:
    init(tmp_path, SERVER)
    text = (tmp_path / "gemeente.yml").read_text()
    place = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert place
    schema = json.loads((tmp_path / place[1]).read_text())
    assert "://" not in place[1]
    assert [error.message for error in Draft202012Validator(schema).iter_errors(YAML(typ="safe").load(text))] == []


def test_a_server_gets_its_keys_in_the_place_of_the_examples(tmp_path: Path) -> None:
    init(tmp_path, SERVER)
    target = inspect(tmp_path / "gemeente.yml").known.target
    assert (target.type, target.host, target.port, target.user, target.sudo, target.site) == (
        "ssh", "server1.example.org", 2222, "beheer", True, "zee",
    )  # fmt: skip
    assert "# host: server1" not in (tmp_path / "gemeente.yml").read_text()


@pytest.mark.parametrize(
    "name",
    ["'t Zand", "'s-Hertogenbosch", 'a "b"', "- x", "a: b # c", "@email@", "50% {{ x }}", "Één", "\\d\\1"],
)
def test_any_name_survives(tmp_path: Path, name: str) -> None:
    init(tmp_path, {**DEFAULTS, "name": name})
    assert load(tmp_path / "gemeente.yml").instance.municipality.name == name


@settings(max_examples=150, deadline=None)
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).map(str.strip).filter(bool))
def test_any_name_at_all_is_written_so_that_it_is_read_as_it_was(name: str) -> None:
    answers = {**DEFAULTS, "name": name, "site": "demo"}
    if complaint(answers) == "":
        read = YAML(typ="safe", pure=True).load(render(answers))
        assert read["municipality"]["name"] == name
        assert load_text(answers) == name
    else:
        # What is no text for a name is said to be so; nothing else is wrong with it.
        assert not name.isprintable()


def load_text(answers: dict[str, str]) -> str:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        text = render(answers, str(assets.templates() / "pages"))
        (Path(place) / "gemeente.yml").write_text(text, encoding="utf-8")
        return load(Path(place) / "gemeente.yml").instance.municipality.name


@pytest.mark.parametrize("present", sorted(FILES - {".gitignore", "pages"}))
def test_nothing_is_overwritten(tmp_path: Path, present: str) -> None:
    (tmp_path / present).write_text("mine")
    with pytest.raises(InputError, match=f"already has {present}"):
        init(tmp_path, DEFAULTS)
    assert names(tmp_path) == {present}
    assert (tmp_path / present).read_text() == "mine"


def test_a_gitignore_of_the_user_stays_and_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    init(tmp_path, DEFAULTS)
    assert (tmp_path / ".gitignore").read_text() == "*.log\n"
    assert unprotected(tmp_path)


@pytest.mark.parametrize("fails_at", range(MADE))
def test_all_or_nothing_in_a_folder_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    put, count = module._put_one, itertools.count()

    def fail(path: Path, target: Path) -> None:
        if next(count) == fails_at:
            raise OSError(28, "No space left on device")
        put(path, target)

    monkeypatch.setattr(module, "_put_one", fail)
    with pytest.raises(InputError, match="No space left"):
        init(tmp_path, DEFAULTS)
    assert not names(tmp_path)


@pytest.mark.parametrize("folder", ["", "new/deep"])
@pytest.mark.parametrize("room", [0, 50, 500, 4000])
@pytest.mark.parametrize("checked", [True, False])
def test_a_disk_that_is_full_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, room: int, checked: bool
) -> None:
    if checked:
        monkeypatch.setattr(module, "complaint", lambda _: "")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        with pytest.raises(InputError, match="cannot be written"):
            init(tmp_path / folder, DEFAULTS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert not names(tmp_path)


@pytest.mark.parametrize("new", [True, False], ids=["new folder", "folder that is there"])
def test_killed_at_any_moment_it_is_whole_or_can_be_done_again(tmp_path: Path, new: bool) -> None:
    """A new folder is there with everything, or not at all; and the next run takes away what was left."""
    for moment in itertools.count():
        top = tmp_path / str(moment)
        top.mkdir()
        folder = top / "new" if new else top
        was_killed = killed_at(moment, top, lambda folder=folder: init(folder, DEFAULTS))
        if new and folder.exists():
            assert names(folder) == FILES
        if not (folder / "gemeente.yml").exists():
            init(folder, DEFAULTS)
            assert names(top) == ({"new"} if new else FILES)
        assert names(folder) >= FILES
        assert SecretFiles.beside(folder / "gemeente.yml").load()
        if not was_killed:
            break
    assert moment > 8


def test_a_file_that_came_in_between_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_refuse_taken", lambda _: None)
    (tmp_path / "gemeente.yml").write_text("mine")
    with pytest.raises(InputError):
        init(tmp_path, DEFAULTS)
    assert names(tmp_path) == {"gemeente.yml"}
    assert (tmp_path / "gemeente.yml").read_text() == "mine"


def test_options_answer_everything_off_a_terminal(tmp_path: Path) -> None:
    result = call(tmp_path / "m", *OPTIONS, "--host", "server1.example.org", "--code", "0014")
    assert result.exit_code == 0, result.output
    found = inspect(tmp_path / "m" / "gemeente.yml").known
    assert (found.target.type, found.municipality.code) == ("ssh", "0014")


def test_an_option_goes_before_the_default(tmp_path: Path) -> None:
    assert call(tmp_path / "m", "--defaults", "--name", "Zee").exit_code == 0
    assert load(tmp_path / "m" / "gemeente.yml").instance.municipality.name == "Zee"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--name, --domain, --email"),
        (["--name", "Zee"], "--domain, --email"),
        ([*OPTIONS, "--target", "ssh"], "--host"),
        ([*OPTIONS, "--name", "北京"], "--site"),
        (["--domain", "https://zee.example.org"], "is an address, not a domain name"),
        (["--email", "ik"], "is not an e-mail address"),
        (["--code", "14"], "is not a municipality code"),
        (["--site", "De Site"], "A small letter first"),
        (["--host", "-oProxyCommand=x"], "is not a host name"),
        ([*OPTIONS, "--target", "container", "--user", "beheer"], "goes with --target ssh"),
        ([*OPTIONS, "--name", ""], "is empty"),
        ([*OPTIONS, "--name", "\udcff"], "no text"),
        ([*OPTIONS, "--name", "a\u2028b"], "U+2028"),
    ],
)
def test_off_a_terminal_it_says_what_is_missing_or_wrong(tmp_path: Path, arguments: list[str], words: str) -> None:
    result = call(tmp_path / "m", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert not (tmp_path / "m").exists()


def terminal(folder: Path, *arguments: str | Path) -> pexpect.spawn:
    program = Path(sys.executable).with_name("ddconsul")
    return pexpect.spawn(str(program), [str(argument) for argument in arguments], cwd=str(folder), encoding="utf-8")


def test_on_a_terminal_it_asks_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    asked = terminal(tmp_path, "init", "m", "--email", "ik@example.org")
    for question, answer in [
        ("Name of the municipality", "北京"),
        ("Domain name", "https://zee.nl"),
        ("is an address, not a domain name.*Domain name", "zee.example.org"),
        ("Where it runs", "cloud"),
        ("is not one of.*Where it runs", "ssh"),
        ("Host name", "een server"),
        ("is not a host name.*Host name", "server1.example.org"),
        ("User to log in as", ""),
        ("Short name", "peking"),
    ]:
        asked.expect(re.compile(question, re.DOTALL))
        asked.sendline(answer)
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 0, asked.before
    found = inspect(tmp_path / "m" / "gemeente.yml").known
    assert (found.municipality.name, found.site, found.target.user) == ("北京", "peking", "root")


def test_what_it_suggests_does_not_exist() -> None:
    """RFC 2606: nobody has example.org."""
    assert all("example.org" in DEFAULTS[key] for key in ("domain", "email"))
    assert slug(DEFAULTS["name"])


def test_a_password_that_is_kept_elsewhere_is_used_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDCONSUL_VAULT_PASSWORD_COMMAND", "echo elders-bewaard")
    init(tmp_path, DEFAULTS)
    assert names(tmp_path) == FILES - {"gemeente.vault-password"}
    assert SecretFiles.beside(tmp_path / "gemeente.yml").load()
    assert b"elders" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_folder_that_may_not_be_written_to_is_an_error(tmp_path: Path) -> None:
    init(tmp_path / "earlier", DEFAULTS)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    with as_nobody(locked), pytest.raises(InputError, match="cannot be written to"):
        init(locked / "m", DEFAULTS)
    assert not names(locked)
