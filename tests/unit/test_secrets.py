"""Secrets are generated, encrypted, and for the owner's eyes only."""

from __future__ import annotations

import itertools
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killed import killed_at

from ddconsul.errors import InputError
from ddconsul.secrets import PASSWORD_COMMAND, PASSWORD_FILE, SecretFiles, _vault, write_private

VAULT = Path(sys.executable).with_name("ansible-vault")


@pytest.fixture
def files(tmp_path: Path) -> SecretFiles:
    return SecretFiles.beside(tmp_path / "zee.yml", {})


def from_elsewhere(files: SecretFiles, **environment: str | Path) -> SecretFiles:
    """Return the same files, with a password that comes from elsewhere."""
    return SecretFiles.beside(files.file.with_name("zee.yml"), {name: str(it) for name, it in environment.items()})


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def viewed(files: SecretFiles, password_file: Path) -> str:
    """Return what ansible-vault itself reads."""
    command = [VAULT, "view", "--vault-password-file", password_file, files.file]
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_names_follow_the_municipality_file(tmp_path: Path) -> None:
    files = SecretFiles.beside(tmp_path / "stad.v2.yml")
    assert (files.file.name, files.password_file.name) == ("stad.v2.secrets.yml", "stad.v2.vault-password")


def test_what_is_made_can_be_read_back(files: SecretFiles) -> None:
    made = files.complete()
    assert files.load() == made
    assert re.fullmatch(r"[0-9a-f]{128}", made["secret_key_base"])
    password = made["administrator_password"]
    assert len(password) == 24
    assert all(re.search(letters, password) for letters in (r"\d", r"[a-z]", r"[A-Z]"))


def test_on_disk_they_are_encrypted_and_private(files: SecretFiles) -> None:
    made = files.complete()
    content = files.file.read_bytes()
    assert content.startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    assert not [value for value in made.values() if value.encode() in content]
    for path in (files.file, files.password_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(files.file.parent.iterdir())) == 2


def test_what_is_there_stays(files: SecretFiles) -> None:
    made = files.complete()
    before = files.file.read_bytes()
    assert files.complete() == made
    assert files.file.read_bytes() == before


def test_what_is_missing_is_added(files: SecretFiles) -> None:
    made = files.complete()
    with_mail = files.complete({"smtp_password": 'a"b\\€ {{ x }}'})
    assert with_mail == {**made, "smtp_password": 'a"b\\€ {{ x }}'}
    assert files.load() == with_mail


def test_two_sites_share_no_secret(tmp_path: Path) -> None:
    one, other = (SecretFiles.beside(tmp_path / name).complete() for name in ("a.yml", "b.yml"))
    assert not set(one.values()) & set(other.values())


def test_ansible_itself_reads_the_file(files: SecretFiles) -> None:
    made = files.complete()
    assert made["administrator_password"] in viewed(files, files.password_file)


def hold(files: SecretFiles, text: bytes) -> None:
    write_private(files.file, _vault(files.password.get()).encrypt(text))


def folder_for_password(files: SecretFiles) -> None:
    files.password_file.unlink()
    files.password_file.mkdir()


SPOIL = {
    "no password": lambda files: files.password_file.unlink(),
    "empty password": lambda files: files.password_file.write_text("\n"),
    "other password": lambda files: files.password_file.write_text("other\n"),
    "plain text": lambda files: files.file.write_text("secret_key_base: x\n"),
    "cut off": lambda files: files.file.write_bytes(files.file.read_bytes()[:200]),
    "open to others": lambda files: files.password_file.chmod(0o640),
    "a folder": folder_for_password,
    "executable text": lambda files: files.password_file.chmod(0o700),
    "not text": lambda files: hold(files, b"secret_key_base: [1, hunter2"),
    "not secrets": lambda files: hold(files, b"secret_key_base: {a: hunter2}"),
}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("no password", "is missing"),
        ("empty password", "is empty"),
        ("other password", "cannot be decrypted"),
        ("plain text", "is not encrypted"),
        ("cut off", "is damaged"),
        ("open to others", "can be read by others"),
        ("a folder", "is no file"),
        ("executable text", "cannot be run"),
        ("not text", "holds no valid YAML"),
        ("not secrets", "holds something else"),
    ],
)
def test_a_spoilt_file_is_an_error_with_advice_and_is_left_alone(files: SecretFiles, how: str, words: str) -> None:
    files.complete()
    SPOIL[how](files)
    before = files.file.read_bytes()
    with pytest.raises(InputError, match=words) as caught:
        files.complete()
    assert caught.value.todo
    assert "hunter2" not in str(caught.value)
    assert files.file.read_bytes() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 1200), byte=st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_never_a_fault_of_ours(files: SecretFiles, place: int, byte: bytes) -> None:
    whole = SecretFiles.beside(files.file.with_name("heel.yml"), {})
    made = whole.complete()
    data = whole.file.read_bytes()
    write_private(files.file, data[:place] + byte + data[place + len(byte) :])
    write_private(files.password_file, whole.password_file.read_bytes())
    try:
        read = files.load()
    except InputError:
        return
    assert read == made


def test_the_password_may_come_from_a_command(files: SecretFiles) -> None:
    made = files.complete()
    moved = files.password_file.rename(files.file.with_name("kluis"))
    assert from_elsewhere(files, **{PASSWORD_COMMAND: f"cat '{moved}'"}).load() == made


@pytest.mark.parametrize("name", ["kluis", "kluis-client"])
def test_the_password_may_come_from_a_program_as_ansible_has_it(files: SecretFiles, tmp_path: Path, name: str) -> None:
    made = files.complete()
    moved = files.password_file.rename(tmp_path / "moved")
    gives = program(tmp_path / name, f"cat '{moved}'" if name == "kluis" else f'test "$2" = default && cat "{moved}"')
    assert from_elsewhere(files, **{PASSWORD_FILE: gives}).load() == made
    assert made["secret_key_base"] in viewed(files, gives)
    program(files.password_file, f"cat '{moved}'")
    assert files.load() == made


def test_the_password_may_be_in_another_file(files: SecretFiles, tmp_path: Path) -> None:
    made = files.complete()
    moved = files.password_file.rename(tmp_path / "elders")
    assert from_elsewhere(files, **{PASSWORD_FILE: moved}).load() == made
    assert not files.password_file.exists()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({PASSWORD_COMMAND: "true"}, "wrote nothing"),
        ({PASSWORD_COMMAND: "sh -c 'echo hunter2; exit 3'"}, "ended with code 3"),
        ({PASSWORD_COMMAND: "frobnicate hunter2"}, "cannot be run"),
        ({PASSWORD_COMMAND: "echo 'hunter2"}, "quote that is not closed"),
        ({PASSWORD_COMMAND: "echo hunter2"}, "cannot be decrypted with the password that DDCONSUL_VAULT_PASSWORD"),
        ({PASSWORD_FILE: "/nergens/hunter"}, "is missing"),
        ({PASSWORD_FILE: "/a", PASSWORD_COMMAND: "b"}, "both set"),
    ],
)
def test_no_password_is_an_error_that_does_not_quote_one(
    files: SecretFiles, environment: dict[str, str], words: str
) -> None:
    files.complete()
    before = files.file.read_bytes()
    with pytest.raises(InputError, match=words) as caught:
        from_elsewhere(files, **environment).complete({"smtp_password": "x"})
    assert caught.value.todo or "quote" in words
    assert "hunter2" not in str(caught.value)
    assert files.file.read_bytes() == before


def test_a_file_that_the_user_named_is_never_made(files: SecretFiles, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is missing"):
        from_elsewhere(files, **{PASSWORD_FILE: tmp_path / "elders"}).complete()
    assert not list(tmp_path.iterdir())


def test_on_a_terminal_it_is_asked_for_once_and_not_echoed(files: SecretFiles) -> None:
    made = files.complete()
    password = files.password_file.read_text().strip()
    files.password_file.unlink()
    code = (
        "import sys; from pathlib import Path; from ddconsul.secrets import SecretFiles;"
        "files = SecretFiles.beside(Path(sys.argv[1]), {}); files.unlock(); files.complete({'smtp_password': 'x'});"
        "print('KEYS', sorted(files.load()))"
    )
    asked = pexpect.spawn(sys.executable, ["-c", code, str(files.file.with_name("zee.yml"))], encoding="utf-8")
    asked.expect("Vault password")
    asked.sendline(password)
    asked.expect("KEYS")
    assert password not in asked.before
    asked.expect(pexpect.EOF)
    assert "smtp_password" in asked.before
    assert not files.password_file.exists()
    write_private(files.password_file, password.encode())
    assert files.load() == {**made, "smtp_password": "x"}


@pytest.mark.parametrize("how", ["file", "command"])
def test_ansible_gets_the_password_in_a_private_file_for_as_long_as_it_runs(files: SecretFiles, how: str) -> None:
    made = files.complete()
    if how == "command":
        moved = files.password_file.rename(files.file.with_name("kluis"))
        files = from_elsewhere(files, **{PASSWORD_COMMAND: f"cat '{moved}'"})
    with files.password_for_ansible() as place:
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert made["secret_key_base"] in viewed(files, place)
    assert place.exists() is (how == "file")


def test_a_command_is_asked_once(files: SecretFiles, tmp_path: Path) -> None:
    files.complete()
    count = tmp_path / "count"
    gives = program(tmp_path / "kluis", f"echo x >> '{count}'; cat '{files.password_file}'")
    often = from_elsewhere(files, **{PASSWORD_COMMAND: gives})
    often.unlock()
    often.load()
    often.complete({"smtp_password": "x"})
    with often.password_for_ansible():
        assert count.read_text() == "x\n"


def test_a_rekey_changes_the_password_and_not_the_secrets(files: SecretFiles) -> None:
    made = files.complete()
    before = files.password_file.read_text()
    files.rekey("een-nieuw-wachtwoord")
    assert files.load() == made
    assert files.password_file.read_text() == "een-nieuw-wachtwoord\n"
    assert before != files.password_file.read_text()
    assert made["secret_key_base"] in viewed(files, files.password_file)
    assert len(list(files.file.parent.iterdir())) == 2


def test_a_rekey_keeps_what_someone_wrote_by_hand(files: SecretFiles) -> None:
    files.complete()
    text = b"# with a comment\nsecret_key_base: abc\n"
    hold(files, text)
    files.rekey("een-nieuw-wachtwoord")
    assert viewed(files, files.password_file).encode() == text


def test_a_rekey_leaves_a_password_from_a_command_to_its_owner(files: SecretFiles) -> None:
    made = files.complete()
    moved = files.password_file.rename(files.file.with_name("kluis"))
    elsewhere = from_elsewhere(files, **{PASSWORD_COMMAND: f"cat '{moved}'"})
    elsewhere.rekey("een-nieuw-wachtwoord")
    assert moved.read_text() != "een-nieuw-wachtwoord\n"
    assert not files.password_file.exists()
    write_private(moved, b"een-nieuw-wachtwoord\n")
    assert elsewhere.load() == made


def test_a_rekey_killed_at_any_moment_leaves_a_pair_that_opens(tmp_path: Path) -> None:
    for moment in itertools.count():
        folder = tmp_path / str(moment)
        folder.mkdir()
        files = SecretFiles.beside(folder / "zee.yml", {})
        made = files.complete()
        old = files.password_file.read_text()
        was_killed = killed_at(moment, folder, lambda files=files: files.rekey("een-nieuw-wachtwoord"))
        assert files.load() == made
        assert files.password_file.read_text() in {old, "een-nieuw-wachtwoord\n"}
        # From then on Ansible itself can use the pair too, and no password lies about.
        assert _vault(files.password.get()).decrypt(files.file.read_bytes())
        assert not files._next_password.exists()
        assert all(path.suffix in {".yml", ".vault-password"} for path in folder.iterdir())
        if not was_killed:
            break
    assert moment > 8


def test_a_change_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    files = SecretFiles.beside(tmp_path / "zee.yml", {})
    made = files.complete()
    for moment in itertools.count():
        was_killed = killed_at(moment, tmp_path, lambda: files.complete({"smtp_password": "x"}))
        assert files.load() in (made, {**made, "smtp_password": "x"})
        if not was_killed:
            break


def test_first_secrets_killed_at_any_moment_can_be_made_again(tmp_path: Path) -> None:
    for moment in itertools.count():
        folder = tmp_path / str(moment)
        folder.mkdir()
        files = SecretFiles.beside(folder / "zee.yml", {})
        was_killed = killed_at(moment, folder, files.complete)
        assert files.complete() == files.load() != {}
        if not was_killed:
            break


def test_many_at_once_lose_nothing(files: SecretFiles) -> None:
    """Half of them add a secret, the others rekey; each has a process of its own."""
    children = []
    for number in range(12):
        child = os.fork()
        if not child:
            try:
                files.complete({f"name_{number}": "x"}) if number % 2 else _rekeyed(files, number)
            except BaseException:  # noqa: BLE001 — a copy of the tests ends here
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 12
    assert {f"name_{number}" for number in range(1, 12, 2)} < set(files.load())


def _rekeyed(files: SecretFiles, number: int) -> None:
    files.complete()
    files.rekey(f"een-nieuw-wachtwoord-{number}")


def test_what_a_link_leads_to_is_written_and_the_link_stays(files: SecretFiles, tmp_path: Path) -> None:
    made = files.complete()
    (tmp_path / "veilig").mkdir()
    moved = files.password_file.rename(tmp_path / "veilig" / "wachtwoord")
    files.password_file.symlink_to(moved)
    files.rekey("een-nieuw-wachtwoord")
    assert files.password_file.is_symlink()
    assert moved.read_text() == "een-nieuw-wachtwoord\n"
    assert files.load() == made


def test_a_link_to_the_secrets_stays_too(files: SecretFiles, tmp_path: Path) -> None:
    files.complete()
    (tmp_path / "veilig").mkdir()
    files.file.symlink_to(files.file.rename(tmp_path / "veilig" / "geheim.yml"))
    made = files.complete({"smtp_password": "x"})
    assert files.file.is_symlink()
    assert files.load() == made


def test_git_keeps_every_password_out(files: SecretFiles, tmp_path: Path) -> None:
    """Also one that waits for a rekey to end, and one that is half written."""
    ignored = [files.password_file, files._next_password, tmp_path / ".zee.x1y2.vault-password"]
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("*.vault-password\n")
    command = ["git", "-C", tmp_path, "check-ignore", *ignored]
    assert len(subprocess.run(command, check=False, capture_output=True).stdout.splitlines()) == 3
