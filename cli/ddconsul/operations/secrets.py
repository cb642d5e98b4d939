"""Shows and changes the secrets beside a municipality file; the platform gets them at its next deploy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.errors import InputError
from ddconsul.secrets import (
    ADMINISTRATOR_PASSWORD,
    GENERATORS,
    OIDC_CLIENT_SECRET,
    SECRET_KEY_BASE,
    SMTP_PASSWORD,
    SecretFiles,
    new_password,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The secrets that roles read, and how long each has to be at least (the roles refuse a shorter one).
SHORTEST = {ADMINISTRATOR_PASSWORD: 12, SECRET_KEY_BASE: 64, SMTP_PASSWORD: 1, OIDC_CLIENT_SECRET: 1}
SHORTEST_VAULT_PASSWORD = 12

# What a new value means for a platform that is there.
EFFECTS = {
    ADMINISTRATOR_PASSWORD: "only a new platform gets it: on one that is there, change it on its account page too",
    SECRET_KEY_BASE: "the next deploy logs everybody out, and links in mails to reset a password end",
    SMTP_PASSWORD: "the next deploy sends mail with it",
    OIDC_CLIENT_SECRET: "from the next deploy on, the provider of logins knows the platform by it",
}


@dataclass(frozen=True)
class Secret:
    """A secret, as a list shows it.

    Args:
        name: Its name.
        value: Its value, or "" when there is none.
    """

    name: str
    value: str

    @property
    def generated(self) -> bool:
        """Tell whether ddconsul makes it by itself."""
        return self.name in GENERATORS

    def as_dict(self, *, reveal: bool) -> dict[str, object]:
        """Return the secret as `--json` shows it."""
        shown: dict[str, object] = {"name": self.name, "set": bool(self.value), "generated": self.generated}
        return {**shown, "value": self.value} if reveal and self.value else shown


def listed(files: SecretFiles) -> list[Secret]:
    """Return the secrets that there are, and those that could be.

    Raises:
        InputError: When there are no secrets, or they cannot be read.
    """
    present = _present(files)
    return [Secret(name, present.get(name, "")) for name in sorted({*present, *SHORTEST})]


def shown(files: SecretFiles, name: str) -> Secret:
    """Return one secret.

    Raises:
        InputError: When there is no such secret, or it cannot be read.
    """
    present = _present(files)
    if not present.get(name):
        if name in SHORTEST:
            raise InputError(f"has no {name} yet", str(files.file), f"Give it one with: ddconsul secrets set {name}")
        raise InputError(f"has no {_plain(name)}", str(files.file), f"It has: {', '.join(sorted(present))}.")
    return Secret(name, present[name])


def check_name(name: str) -> None:
    """Refuse a secret that nothing reads.

    Raises:
        InputError: With the names that there are.
    """
    if name not in SHORTEST:
        raise InputError("is no secret that ddconsul knows", _plain(name), f"It knows {', '.join(sorted(SHORTEST))}.")


def store(files: SecretFiles, name: str, value: str) -> None:
    """Give a secret a value of the user's own.

    Raises:
        InputError: When the name or value is not right, or the files cannot be read or written.
    """
    check_name(name)
    _check(f"The value of {name}", value, SHORTEST[name])
    files.complete({name: value})


def rotatable(names: Iterable[str]) -> list[str]:
    """Return the secrets that get a new value: those named, or all that ddconsul makes.

    Raises:
        InputError: When one of them is not made by ddconsul.
    """
    wanted = list(dict.fromkeys(names)) or sorted(GENERATORS)
    for name in wanted:
        check_name(name)
        if name not in GENERATORS:
            raise InputError("is not made by ddconsul", name, f"Give it a value with: ddconsul secrets set {name}")
    return wanted


def rotate(files: SecretFiles, names: Iterable[str]) -> None:
    """Give secrets a new, generated value.

    Raises:
        InputError: When a name is not right, or the files cannot be read or written.
    """
    wanted = rotatable(names)
    _present(files)
    files.complete({name: GENERATORS[name]() for name in wanted})


def rekey(files: SecretFiles, password: str | None) -> None:
    """Give the secrets file another password.

    Args:
        files: The files.
        password: The new password; None to have one made.

    Raises:
        InputError: When the password will not do, or the files cannot be read or written.
    """
    if not files.exist():
        raise _none(files)
    if password is None and not files.password.stored:
        todo = "Give it with --ask, or in a file with --new-password-file."
        raise InputError("has no place where ddconsul could keep a new one", str(files.password), todo)
    if password is not None:
        _check("The new password", password, SHORTEST_VAULT_PASSWORD)
    files.rekey(password or new_password())


def password_in(file: Path) -> str:
    """Return the password that a file holds.

    Raises:
        InputError: When the file cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(file)) from error
    except UnicodeDecodeError:
        raise InputError("holds no text", str(file), "It has to hold the password, in UTF-8.") from None


def _check(what: str, value: str, shortest: int) -> None:
    if not value or len(value) < shortest:
        count = "is empty" if not value else f"is too short: {len(value)} characters"
        raise InputError(count, what, f"Use {shortest} or more." if shortest > 1 else "Give a value.")
    if not value.isprintable() or value != value.strip():
        what_is = "has a line break, a control character, or a space at its begin or end"
        raise InputError(what_is, what, "Write it on one line.")


def _present(files: SecretFiles) -> dict[str, str]:
    if not files.exist():
        raise _none(files)
    return files.load()


def _none(files: SecretFiles) -> InputError:
    return InputError("is not there: no secrets yet", str(files.file), "ddconsul init and ddconsul deploy make them.")


def _plain(name: str) -> str:
    """Return a name without what may be a value: `name=value` is a slip of the hand."""
    return name.partition("=")[0]
