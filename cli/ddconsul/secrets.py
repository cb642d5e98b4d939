"""The secrets of a site: generated, and kept beside the municipality file, encrypted by ansible-vault.

`gemeente.yml` has `gemeente.secrets.yml` (encrypted, may go into version control) and `gemeente.vault-password`
(its password, for the owner's eyes only, never in version control). The password may come from elsewhere:

- the output of the command in DDCONSUL_VAULT_PASSWORD_COMMAND,
- the file, or the output of the program, that DDCONSUL_VAULT_PASSWORD_FILE names,
- `gemeente.vault-password`: the password itself, or a program that gives it,
- whoever sits at the terminal, when there is none of these.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import string
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.ansible.literal import literal
from ddconsul.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible.parsing.vault import VaultLib

OWNER_ONLY = 0o600
OTHERS = 0o077
PASSWORD_COMMAND = "DDCONSUL_VAULT_PASSWORD_COMMAND"  # noqa: S105 — a name, no password
PASSWORD_FILE = "DDCONSUL_VAULT_PASSWORD_FILE"  # noqa: S105 — a name, no password
SECRET_KEY_BASE = "secret_key_base"  # noqa: S105 — a name, no password
ADMINISTRATOR_PASSWORD = "administrator_password"  # noqa: S105 — a name, no password
SMTP_PASSWORD = "smtp_password"  # noqa: S105 — a name, no password
OIDC_CLIENT_SECRET = "oidc_client_secret"  # noqa: S105 — a name, no password
# What the codes of letters are encrypted with: made with the first letters, and never again.
LETTERS_KEY = "letters_key"


def _new_key() -> str:
    return secrets.token_hex(64)


def new_password() -> str:
    """Return a password of 24 letters and digits: 142 bits, and no letters that look alike."""
    alphabet = "".join(letter for letter in string.ascii_letters + string.digits if letter not in "0O1lI")
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(24))
        # What Consul can be set to ask for: a digit, a small and a capital letter.
        if all(any(test(letter) for letter in password) for test in (str.isdigit, str.islower, str.isupper)):
            return password


GENERATORS: dict[str, Callable[[], str]] = {
    SECRET_KEY_BASE: _new_key,
    ADMINISTRATOR_PASSWORD: new_password,
}


@dataclass
class VaultPassword:
    """The password of a secrets file, wherever it comes from.

    Args:
        file: The file that holds it, or a program that gives it.
        command: A command that gives it, instead of a file.
        named: Whether the user named the file: it is then never made.
    """

    file: Path
    command: str = ""
    named: bool = False
    _known: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, default: Path, environment: Mapping[str, str]) -> VaultPassword:
        """Return where the password comes from, as the environment says it.

        Raises:
            InputError: When the environment says it twice.
        """
        command, file = environment.get(PASSWORD_COMMAND, ""), environment.get(PASSWORD_FILE, "")
        if command and file:
            raise InputError("are both set", f"{PASSWORD_COMMAND} and {PASSWORD_FILE}", "Unset one of them.")
        return cls(Path(file).expanduser().absolute() if file else default, command, named=bool(file))

    @property
    def stored(self) -> bool:
        """Tell whether the password itself stands in the file, where a new one can be written."""
        return not self.command and self.file.is_file() and not os.access(self.file, os.X_OK)

    @property
    def settled(self) -> bool:
        """Tell whether there is a password already, or a place that it must come from."""
        return bool(self._known or self.command) or self.named or self.file.exists()

    def __str__(self) -> str:
        """Return where it comes from, for in a sentence."""
        if self.command:
            return f"the password that {PASSWORD_COMMAND} gives"
        return f"the password in {self.file.name}" if self.file.exists() else "the password that was given"

    def ask(self) -> None:
        """Get a password that needs a command or a person, once: nothing waits for either of them later.

        Raises:
            InputError: When there is no password.
        """
        if not self.stored and not self._known:
            self._known = self._asked()

    def get(self) -> bytes:
        """Return the password.

        Raises:
            InputError: When there is none.
        """
        if self.stored:
            return self._read()
        self.ask()
        return self._known

    def forget(self) -> None:
        """Forget what a command or a person gave: it is no longer the password."""
        self._known = b""

    def _asked(self) -> bytes:
        if self.command:
            return _output(self._argv(), PASSWORD_COMMAND, "Try the command by itself.")
        if self.file.is_file():
            from ansible.parsing.vault import script_is_client  # noqa: PLC0415 — slow to import

            asks = ["--vault-id", "default"] if script_is_client(str(self.file)) else []
            todo = f"It is a program. If it holds the password itself: chmod 600 {self.file}"
            return _output([str(self.file), *asks], str(self.file), todo)
        if self.file.exists():
            raise InputError("is no file", str(self.file), "It has to be a file with the password, or a program.")
        if self.named or not sys.stdin.isatty():
            todo = f"Copy it from where the site was set up, or set {PASSWORD_FILE} or {PASSWORD_COMMAND}."
            raise InputError("is missing: without it the secrets of this site cannot be read", str(self.file), todo)
        return _typed(f"Vault password ({self.file.name} is not there): ")

    def _argv(self) -> list[str]:
        try:
            return shlex.split(self.command)
        except ValueError as error:
            raise InputError("has a quote that is not closed", PASSWORD_COMMAND) from error

    def _read(self) -> bytes:
        if self.file.stat().st_mode & OTHERS:
            raise InputError("can be read by others", str(self.file), f"Close it: chmod 600 {self.file}")
        password = _read(self.file).strip()
        if not password:
            raise InputError("is empty", str(self.file), "Restore the password that belongs to the secrets.")
        return password


@dataclass(frozen=True)
class SecretFiles:
    """The files that belong to a municipality file.

    Args:
        file: The secrets, encrypted.
        password: The password of that file.
    """

    file: Path
    password: VaultPassword

    @classmethod
    def beside(cls, municipality_file: Path, environment: Mapping[str, str] = os.environ) -> SecretFiles:
        """Return the files that belong to a municipality file, by its name."""
        stem = municipality_file.with_suffix("")
        password = VaultPassword.of(stem.with_name(f"{stem.name}.vault-password"), environment)
        return cls(stem.with_name(f"{stem.name}.secrets.yml"), password)

    @property
    def password_file(self) -> Path:
        """The file with the password, or where it would be; Ansible gets it from `password_for_ansible`."""
        return self.password.file

    def exist(self) -> bool:
        """Tell whether the secrets are there."""
        return self.file.exists()

    def unlock(self) -> None:
        """Get the password, where a command or a person has to give it, before other things are on the screen.

        Raises:
            InputError: When there is no password.
        """
        # A rekey that was cut off is settled first, with the files alone.
        if not self._next_password.exists() and (self.exist() or self.password.named or self.password.command):
            self.password.ask()

    def load(self) -> dict[str, str]:
        """Return the secrets; none when the file is not there.

        Raises:
            InputError: When the file cannot be decrypted or read.
        """
        if not self.exist():
            return {}
        self.unlock()
        with self._alone():
            return self._load()

    def complete(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Make the secrets that are missing, and return all of them.

        Args:
            extra: Secrets to add or replace.

        Raises:
            InputError: When the files cannot be read or written.
        """
        self.unlock()
        with self._alone():
            present = self._load() if self.exist() else {}
            missing = {name: make() for name, make in GENERATORS.items() if not present.get(name)}
            wanted = {**present, **missing, **(extra or {})}
            if wanted != present:
                self._save(wanted)
            return wanted

    def rekey(self, password: str) -> None:
        """Encrypt the secrets with another password, and keep that where the old one was kept.

        It goes in three steps, so that a run that is cut off can be finished: the new password beside the old one,
        the secrets, the new password in the place of the old one. `_settle` takes it from there.

        Raises:
            InputError: When the files cannot be read or written. They are as they were.
        """
        self.unlock()
        with self._alone():
            data = self._decrypted()
            if password.encode() == self.password.get():
                raise InputError("is the password already; nothing was changed", "The new password")
            rekeyed = bytes(_vault(password.encode()).encrypt(data))
            if self.password.stored:
                _write(self._next_password, password.encode() + b"\n")
            _write(self.file, rekeyed)
            self._settle()
        self.password.forget()

    @contextmanager
    def password_for_ansible(self) -> Iterator[Path]:
        """Give a file with the password while Ansible runs: never an argument, and asked for once.

        Raises:
            InputError: When there is no password.
        """
        if self.password.stored:
            yield self.password.file
            return
        # In memory, where there is a place for that: a run that is killed leaves nothing on disk.
        memory = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)  # noqa: S108 — mkdtemp makes a folder of its own there
        with tempfile.TemporaryDirectory(prefix="ddconsul-", dir=memory) as folder:
            file = Path(folder) / "vault-password"
            write_private(file, self.password.get() + b"\n")
            yield file

    @property
    def _next_password(self) -> Path:
        """Where a new password waits until the secrets are encrypted with it; .gitignore knows it by its ending."""
        file = self.password.file.resolve()
        return file.with_name(f"{file.stem}.new{file.suffix}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from the files meanwhile. The lock is on the folder: no file is left behind."""
        try:
            folder = os.open(self.file.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise InputError(f"cannot be opened: {error.strerror}", str(self.file.parent)) from error
        try:
            _lock(folder)
            self._settle()
            yield
        finally:
            os.close(folder)

    def _settle(self) -> None:
        """Finish a rekey, or take back one that was cut off; a password that may still be needed stays."""
        waiting = self._next_password
        if not waiting.exists():
            return
        data = _read(self.file) if self.exist() else b""
        if _opens(data, _read(waiting).strip()):
            waiting.replace(self.password.file.resolve())
        elif self.password.stored and _opens(data, self.password.get()):
            waiting.unlink()

    def _load(self) -> dict[str, str]:
        from ruamel.yaml.error import YAMLError  # noqa: PLC0415 — only who has secrets pays for it

        try:
            content = _parse(self._decrypted())
        except (YAMLError, ValueError, RecursionError):
            # Without its cause: that quotes the secrets.
            raise InputError("holds no valid YAML once decrypted", str(self.file), self._mend()) from None
        if content is None:
            return {}
        if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
            what = "holds something else than names with a text each"
            raise InputError(what, str(self.file), f"Put each value in quotes. {self._mend()}")
        return {str(name): value for name, value in content.items()}

    def _save(self, values: Mapping[str, str]) -> None:
        if not self.password.settled:
            _write(self.password.file, new_password().encode() + b"\n")
        _write(self.file, encrypt(values, self.password.get()))

    def _decrypted(self) -> bytes:
        from ansible.errors import AnsibleError  # noqa: PLC0415 — slow to import
        from ansible.parsing.vault import AnsibleVaultFormatError  # noqa: PLC0415 — keeps `--help` fast

        data = _read(self.file)
        password = self.password.get()
        if not data.startswith(b"$ANSIBLE_VAULT"):
            raise InputError("is not encrypted", str(self.file), self._mend("encrypt"))
        try:
            return bytes(_vault(password).decrypt(data))
        except AnsibleVaultFormatError:
            what, todo = "is damaged, and cannot be decrypted", "Restore it from version control or a backup."
        except AnsibleError:
            what = f"cannot be decrypted with {self.password}"
            todo = "Restore the password that belongs to it; if that is the right one, restore the file."
        raise InputError(what, str(self.file), todo)

    def _mend(self, verb: str = "edit") -> str:
        option = f" --vault-password-file {self.password.file}" if self.password.file.exists() else ""
        return f"Put it right with: ansible-vault {verb}{option} {self.file}"


def encrypt(values: Mapping[str, str], password: bytes) -> bytes:
    """Return the content of a secrets file."""
    text = "".join(f"{name}: {literal(value)}\n" for name, value in sorted(values.items()))
    return bytes(_vault(password).encrypt(f"---\n{text}".encode()))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, all at once: never half, never readable in between."""
    # What a link leads to is written, and the link stays.
    path = path.resolve()
    # Its ending stays the same, for who keeps files out of version control by their ending.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes) -> None:
    try:
        write_private(path, data)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(path), "What was there is still there.") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from error


def _lock(folder: int) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError:
        # A network file system may know no locks on folders; each file is still replaced whole.
        return


def _output(argv: Sequence[str], where: str, todo: str) -> bytes:
    """Return the password that a program writes; what else it has to say, it says to the user itself."""
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, check=False)
    except (OSError, IndexError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no command"
        raise InputError(f"cannot be run: {reason}", where, todo) from None
    if done.returncode:
        raise InputError(f"gave no password: it ended with code {done.returncode}", where, todo)
    if not done.stdout.strip():
        raise InputError("gave no password: it wrote nothing", where, todo)
    return done.stdout.strip()


def _typed(question: str) -> bytes:
    from getpass import getpass  # noqa: PLC0415 — few ever need it

    answer = getpass(question, stream=sys.stderr).strip()
    if not answer:
        raise InputError("is empty", "The vault password")
    return answer.encode()


def _parse(data: bytes) -> object:
    """Return the content of decrypted YAML; texts that are tagged for Ansible are texts."""
    from ruamel.yaml import YAML  # noqa: PLC0415 — only who has secrets pays for it

    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("!unsafe", lambda _, node: node.value)
    return yaml.load(data)


def _opens(data: bytes, password: bytes) -> bool:
    from ansible.errors import AnsibleError  # noqa: PLC0415 — slow to import

    try:
        _vault(password).decrypt(data)
    except AnsibleError:
        return False
    return True


def _vault(password: bytes) -> VaultLib:
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415 — slow to import

    return VaultLib([("default", VaultSecret(password))])
