"""The secrets of a site: generated, and kept beside the municipality file, encrypted by ansible-vault.

`gemeente.yml` has `gemeente.secrets.yml` (encrypted, may go into version control) and `gemeente.vault-password`
(its password, for the owner's eyes only, never in version control).
"""

from __future__ import annotations

import os
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.ansible.literal import literal
from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ansible.parsing.vault import VaultLib

OWNER_ONLY = 0o600
ADMINISTRATOR_PASSWORD = "administrator_password"  # noqa: S105 — a name, no password
SMTP_PASSWORD = "smtp_password"  # noqa: S105 — a name, no password


def _new_key() -> str:
    return secrets.token_hex(64)


def _new_password() -> str:
    """Return a password of 24 letters and digits: 142 bits, and no letters that look alike."""
    alphabet = "".join(letter for letter in string.ascii_letters + string.digits if letter not in "0O1lI")
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(24))
        # What Consul can be set to ask for: a digit, a small and a capital letter.
        if all(any(test(letter) for letter in password) for test in (str.isdigit, str.islower, str.isupper)):
            return password


GENERATORS: dict[str, Callable[[], str]] = {
    "secret_key_base": _new_key,
    ADMINISTRATOR_PASSWORD: _new_password,
}


@dataclass(frozen=True)
class SecretFiles:
    """The files that belong to a municipality file.

    Args:
        file: The secrets, encrypted.
        password_file: The password of that file.
    """

    file: Path
    password_file: Path

    @classmethod
    def beside(cls, municipality_file: Path) -> SecretFiles:
        """Return the files that belong to a municipality file, by its name."""
        stem = municipality_file.with_suffix("")
        return cls(stem.with_name(f"{stem.name}.secrets.yml"), stem.with_name(f"{stem.name}.vault-password"))

    def exist(self) -> bool:
        """Tell whether the secrets are there."""
        return self.file.exists()

    def load(self) -> dict[str, str]:
        """Return the secrets; none when the file is not there.

        Raises:
            InputError: When the file cannot be decrypted or read.
        """
        if not self.file.exists():
            return {}
        from ruamel.yaml.error import YAMLError  # noqa: PLC0415 — only who has secrets pays for it

        try:
            content = _parse(self._decrypted())
        except YAMLError as error:
            raise InputError("holds no valid YAML once decrypted", str(self.file), self._mend()) from error
        if content is None:
            return {}
        if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
            raise InputError(
                "holds something else than names with a text each", str(self.file), "Put each value in quotes."
            )
        return {str(name): value for name, value in content.items()}

    def complete(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Make the secrets that are missing, and return all of them.

        Args:
            extra: Secrets that cannot be generated, to add or replace.
        """
        present = self.load()
        missing = {name: make() for name, make in GENERATORS.items() if not present.get(name)}
        wanted = {**present, **missing, **(extra or {})}
        if wanted != present:
            self._save(wanted)
        return wanted

    def _save(self, values: Mapping[str, str]) -> None:
        password = self._password() if self.password_file.exists() else None
        if password is None:
            password = _new_password()
            write_private(self.password_file, password.encode() + b"\n")
        write_private(self.file, encrypt(values, password))

    def _decrypted(self) -> bytes:
        from ansible.errors import AnsibleError  # noqa: PLC0415 — slow to import

        data = _read(self.file)
        vault = _vault(self._password())
        if not data.startswith(b"$ANSIBLE_VAULT"):
            raise InputError("is not encrypted", str(self.file), self._mend("encrypt"))
        try:
            return bytes(vault.decrypt(data))
        except AnsibleError as error:
            raise InputError(
                f"cannot be decrypted with the password in {self.password_file.name}",
                str(self.file),
                "Restore the password file that belongs to it.",
            ) from error

    def _password(self) -> str:
        if not self.password_file.exists():
            raise InputError(
                "is missing: without it the secrets of this site cannot be read",
                str(self.password_file),
                "Copy it from where the site was set up; it is not in version control.",
            )
        password = _read(self.password_file).decode("utf-8", "replace").strip()
        if not password:
            raise InputError("is empty", str(self.password_file), "Restore the password that belongs to the secrets.")
        return password

    def _mend(self, verb: str = "edit") -> str:
        return f"Put it right with: ansible-vault {verb} --vault-password-file {self.password_file} {self.file}"


def encrypt(values: Mapping[str, str], password: str) -> bytes:
    """Return the content of a secrets file."""
    text = "".join(f"{name}: {literal(value)}\n" for name, value in sorted(values.items()))
    return bytes(_vault(password).encrypt(f"---\n{text}".encode()))


def _parse(data: bytes) -> object:
    """Return the content of decrypted YAML; texts that are tagged for Ansible are texts."""
    from ruamel.yaml import YAML  # noqa: PLC0415 — only who has secrets pays for it

    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("!unsafe", lambda _, node: node.value)
    return yaml.load(data)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, all at once: never half, never readable in between."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from error


def _vault(password: str) -> VaultLib:
    from ansible.constants import DEFAULT_VAULT_IDENTITY  # noqa: PLC0415 — slow to import
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415

    return VaultLib([(DEFAULT_VAULT_IDENTITY, VaultSecret(password.encode()))])
