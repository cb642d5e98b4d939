"""`ddconsul secrets`: what it shows, what it refuses, and that no secret slips out."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner, Result
from files import write

from ddconsul.commands import main
from ddconsul.operations.secrets import EFFECTS, SHORTEST
from ddconsul.secrets import GENERATORS, SecretFiles

PROGRAM = Path(sys.executable).with_name("ddconsul")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecretFiles:
    monkeypatch.chdir(tmp_path)
    found = SecretFiles.beside(write(tmp_path), {})
    found.complete()
    return found


def call(*arguments: str | Path, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["secrets", *map(str, arguments)], input=text)


def terminal(*arguments: str) -> pexpect.spawn:
    return pexpect.spawn(str(PROGRAM), ["secrets", *arguments], encoding="utf-8", dimensions=(24, 80))


def ends(asked: pexpect.spawn) -> tuple[int, str]:
    asked.expect(pexpect.EOF)
    asked.close()
    return asked.exitstatus, asked.before


def test_a_list_shows_names_and_no_values(files: SecretFiles) -> None:
    shown = call("show").output
    assert {line.split()[0] for line in shown.splitlines()[: len(SHORTEST)]} == set(SHORTEST)
    assert re.search(r"smtp_password +not set", shown)
    for output in (shown, call("show", "--json").output):
        assert not [value for value in files.load().values() if value in output]
    assert max(map(len, shown.splitlines())) <= 80


def test_a_value_is_shown_when_its_name_is_given_and_nothing_else(files: SecretFiles) -> None:
    result = call("show", "administrator_password")
    assert result.stdout == f"{files.load()['administrator_password']}\n"


def test_all_values_with_reveal_and_in_json(files: SecretFiles) -> None:
    values = files.load()
    assert all(value in call("show", "--reveal").output for value in values.values())
    document = json.loads(call("show", "--reveal", "--json").stdout)
    assert {secret["name"]: secret["value"] for secret in document["secrets"] if secret["set"]} == values
    assert document["file"] == str(files.file)


def test_on_a_terminal_it_warns_that_the_value_is_on_the_screen(files: SecretFiles) -> None:
    code, said = ends(terminal("show", "administrator_password"))
    assert code == 0
    assert "on your screen" in said
    assert files.load()["administrator_password"] in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "frob"], "It has: administrator_password, secret_key_base"),
        (["show", "smtp_password"], "ddconsul secrets set smtp_password"),
        (["show", "--file", "weg.yml"], "does not exist"),
        (
            ["set", "frob", "--stdin"],
            "It knows administrator_password, oidc_client_secret, secret_key_base, smtp_password",
        ),
        (["set", "smtp_password"], "--stdin"),
        (["set", "smtp_password", "--stdin"], "is empty"),
        (["rotate"], "--yes"),
        (["rotate", "smtp_password", "--yes"], "ddconsul secrets set smtp_password"),
        (["rotate", "frob", "--yes"], "is no secret that ddconsul knows"),
        (["rekey", "--ask"], "--new-password-file"),
        (["rekey", "--ask", "--new-password-file", "gemeente.yml"], "not both"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do_and_changes_nothing(
    files: SecretFiles, arguments: list[str], words: str
) -> None:
    before = files.file.read_bytes()
    result = call(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert files.file.read_bytes() == before


@pytest.mark.parametrize("arguments", [["smtp_password", "hunter2"], ["smtp_password=hunter2"], ["frob=hunter2"]])
@pytest.mark.usefixtures("files")
def test_a_value_is_never_an_argument_and_an_error_does_not_repeat_it(arguments: list[str]) -> None:
    result = call("set", *arguments)
    assert result.exit_code == 2
    assert "hunter2" not in result.output
    assert "choose another one" in " ".join(result.output.split())


@pytest.mark.parametrize("value", ["s3cret", "{{ x }} 'q' \"q\" # é \\", "- a: b"])
def test_a_value_comes_from_standard_input(files: SecretFiles, value: str) -> None:
    before = files.load()
    result = call("set", "smtp_password", "--stdin", text=f"{value}\n")
    assert result.exit_code == 0, result.output
    assert value not in result.output
    assert files.load() == {**before, "smtp_password": value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("administrator_password", b"kort"),
        ("secret_key_base", b"a" * 63),
        ("smtp_password", b"hunter2\nhunter2"),
        ("smtp_password", b"hunter2\xff"),
        ("smtp_password", b"hunter2\x07"),
    ],
)
def test_a_value_that_will_not_do_is_refused_and_not_repeated(files: SecretFiles, name: str, value: bytes) -> None:
    before = files.load()
    result = call("set", name, "--stdin", text=value)
    assert result.exit_code == 2
    assert "hunter2" not in result.output
    assert "kort" not in result.output
    assert files.load() == before


def test_on_a_terminal_a_value_is_asked_for_twice_and_unseen(files: SecretFiles) -> None:
    asked = terminal("set", "smtp_password")
    for answer in ("hunter2", "hunter3", "hunter2", "hunter2"):
        asked.expect("(Value of smtp_password|Repeat for confirmation): ")
        asked.sendline(answer)
    code, said = ends(asked)
    assert code == 0
    assert "hunter" not in said
    assert files.load()["smtp_password"] == "hunter2"


def test_rotate_makes_new_values_and_says_what_that_means(files: SecretFiles) -> None:
    before = files.load()
    result = call("rotate", "--yes")
    after = files.load()
    assert result.exit_code == 0
    assert not [name for name in GENERATORS if before[name] == after[name]]
    assert all(EFFECTS[name] in result.output for name in GENERATORS)
    assert not [value for value in [*before.values(), *after.values()] if value in result.output]


def test_rotate_of_one_leaves_the_others(files: SecretFiles) -> None:
    before = files.load()
    document = json.loads(call("rotate", "secret_key_base", "--yes", "--json").stdout)
    assert list(document["rotated"]) == ["secret_key_base"]
    assert files.load()["secret_key_base"] != before["secret_key_base"]
    assert files.load()["administrator_password"] == before["administrator_password"]


@pytest.mark.parametrize(("answer", "changes"), [("n", False), ("y", True)])
def test_on_a_terminal_rotate_says_what_it_means_and_asks(files: SecretFiles, answer: str, changes: bool) -> None:
    before = files.load()
    asked = terminal("rotate", "secret_key_base")
    asked.expect("logs everybody out")
    asked.expect(re.escape("[y/N]"))
    asked.sendline(answer)
    code, _ = ends(asked)
    assert (code == 0) is changes
    assert (files.load() != before) is changes


def test_rekey_makes_a_password_or_takes_one(files: SecretFiles, tmp_path: Path) -> None:
    values, before = files.load(), files.password_file.read_text()
    result = call("rekey")
    made = files.password_file.read_text()
    assert result.exit_code == 0
    assert made != before
    assert made.strip() not in result.output
    (tmp_path / "nieuw").write_text("een-nieuw-wachtwoord\n")
    assert call("rekey", "--new-password-file", "nieuw").exit_code == 0
    assert files.password_file.read_text() == "een-nieuw-wachtwoord\n"
    assert files.load() == values


@pytest.mark.parametrize("content", [b"kort\n", b"", b"\xff" * 20, b"twee regels van\nsamen lang genoeg"])
def test_rekey_refuses_a_password_that_will_not_do(files: SecretFiles, tmp_path: Path, content: bytes) -> None:
    before = files.password_file.read_bytes(), files.file.read_bytes()
    (tmp_path / "nieuw").write_bytes(content)
    assert call("rekey", "--new-password-file", "nieuw").exit_code == 2
    assert (files.password_file.read_bytes(), files.file.read_bytes()) == before


def test_rekey_to_the_same_password_is_refused(files: SecretFiles) -> None:
    result = call("rekey", "--new-password-file", files.password_file)
    assert result.exit_code == 2
    assert "is the password already" in result.output


def test_rekey_asks_on_a_terminal(files: SecretFiles) -> None:
    values = files.load()
    asked = terminal("rekey", "--ask")
    for question in ("New vault password", "Repeat"):
        asked.expect(question)
        asked.sendline("een-nieuw-wachtwoord")
    code, said = ends(asked)
    assert (code, "wachtwoord" in said.replace("gemeente.vault-password", "")) == (0, False)
    assert files.load() == values


def test_rekey_does_not_lose_a_generated_password_that_it_cannot_keep(
    files: SecretFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = files.password_file.rename(tmp_path / "kluis")
    monkeypatch.setenv("DDCONSUL_VAULT_PASSWORD_COMMAND", f"cat {kept}")
    before = files.file.read_bytes()
    result = call("rekey")
    assert result.exit_code == 2
    assert "--new-password-file" in result.output
    assert files.file.read_bytes() == before
    (tmp_path / "nieuw").write_text("een-nieuw-wachtwoord\n")
    assert "where the old one came from" in call("rekey", "--new-password-file", "nieuw").output


def test_without_secrets_it_says_who_makes_them(tmp_path: Path) -> None:
    file = write(tmp_path)
    for verb in (["show"], ["rotate", "--yes"], ["rekey"]):
        result = call(*verb, "--file", file)
        assert result.exit_code == 2
        assert "ddconsul init" in result.output
    assert not list(tmp_path.glob("*secrets*"))


def test_an_error_in_json(files: SecretFiles) -> None:
    files.password_file.unlink()
    result = call("show", "--json")
    assert json.loads(result.stdout)["exit_code"] == result.exit_code == 2


def test_no_other_program_is_given_a_secret(
    files: SecretFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not in its arguments, and not in its environment."""
    started: list[str] = []
    sys.addaudithook(lambda event, arguments: started.append(str(arguments)) if event == "subprocess.Popen" else None)
    kept = files.password_file.rename(tmp_path / "kluis")
    monkeypatch.setenv("DDCONSUL_VAULT_PASSWORD_COMMAND", f"cat {kept}")
    call("set", "smtp_password", "--stdin", text="hunter2hunter2")
    call("rotate", "--yes")
    call("show", "--reveal")
    assert started
    secrets = [kept.read_text().strip(), "hunter2hunter2"]
    assert not [line for line in started for secret in secrets if secret in line]


def test_a_demo_has_a_password_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ddconsul.paths import Paths

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("DDCONSUL_VAULT_PASSWORD_COMMAND", "false")
    folder = tmp_path / "ddconsul" / "demos" / "zee"
    folder.mkdir(parents=True)
    assert Paths.of_user(folder / "gemeente.yml").secrets.complete()
