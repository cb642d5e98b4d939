"""Secrets are generated, encrypted, and for the owner's eyes only."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ddconsul.errors import InputError
from ddconsul.secrets import SecretFiles


@pytest.fixture
def files(tmp_path: Path) -> SecretFiles:
    return SecretFiles.beside(tmp_path / "zee.yml")


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
    program = Path(sys.executable).with_name("ansible-vault")
    command = [program, "view", "--vault-password-file", files.password_file, files.file]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}).stdout
    assert made["administrator_password"] in shown


def spoil(files: SecretFiles, how: str) -> None:
    if how == "no password":
        files.password_file.unlink()
    elif how == "empty password":
        files.password_file.write_text("\n")
    elif how == "other password":
        files.password_file.write_text("other\n")
    elif how == "plain text":
        files.file.write_text("secret_key_base: x\n")
    elif how == "cut off":
        files.file.write_bytes(files.file.read_bytes()[:200])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("no password", "is missing"),
        ("empty password", "is empty"),
        ("other password", "cannot be decrypted"),
        ("plain text", "is not encrypted"),
        ("cut off", "cannot be decrypted"),
    ],
)
def test_a_spoilt_file_is_an_error_with_advice_and_is_left_alone(files: SecretFiles, how: str, words: str) -> None:
    files.complete()
    spoil(files, how)
    before = files.file.read_bytes()
    with pytest.raises(InputError, match=words) as caught:
        files.complete()
    assert caught.value.todo
    assert files.file.read_bytes() == before
