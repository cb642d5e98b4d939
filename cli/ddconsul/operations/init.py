"""Writes what a municipality starts from: its file, its secrets and a .gitignore; all of them or nothing."""

from __future__ import annotations

import errno
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.secrets import SecretFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "gemeente.yml"
GITIGNORE = """\
# De sleutel van gemeente.secrets.yml hoort niet in versiebeheer.
*.vault-password
"""


def init(folder: Path, answers: Mapping[str, str]) -> tuple[Path, ...]:
    """Write a municipality file and what belongs to it.

    Args:
        folder: Where; made when it is not there.
        answers: Values for the template: name, domain, email.

    Returns:
        The files that were written.

    Raises:
        InputError: When one of the files is already there, or the folder cannot be written to.
    """
    try:
        folder = folder.expanduser().absolute()
        folder.parent.mkdir(parents=True, exist_ok=True)
        _refuse_taken(folder)
        beside = folder if folder.is_dir() else folder.parent
        with tempfile.TemporaryDirectory(prefix=".ddconsul-init-", dir=beside) as place:
            return _put(_make(Path(place), answers), folder)
    except OSError as error:
        raise InputError(f"cannot be written to: {error.strerror or error}", str(folder)) from error


def render(answers: Mapping[str, str]) -> str:
    """Return the municipality file for the answers."""
    text = (assets.templates() / "municipality" / FILE).read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda match: _quoted(answers[match[1]]), text)


def _quoted(value: str) -> str:
    """Return a value as YAML: in single quotes, where only a quote itself has a meaning."""
    return "'" + value.replace("'", "''") + "'"


def _make(place: Path, answers: Mapping[str, str]) -> list[Path]:
    file = place / FILE
    file.write_text(render(answers), encoding="utf-8")
    (place / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    secrets = SecretFiles.beside(file)
    secrets.complete()
    # The municipality file last: where it stands, the rest stands too.
    return [place / ".gitignore", secrets.password_file, secrets.file, file]


def _refuse_taken(folder: Path) -> None:
    secrets = SecretFiles.beside(folder / FILE)
    taken = [path.name for path in (folder / FILE, secrets.file, secrets.password_file) if path.exists()]
    if taken:
        todo = "Choose another folder, or edit what is there."
        raise InputError(f"already has {' and '.join(taken)}; nothing was written", str(folder), todo)


def _put(made: list[Path], folder: Path) -> tuple[Path, ...]:
    """Put the files in place; when one cannot be, take the others away again."""
    new_folder = not folder.exists()
    folder.mkdir(exist_ok=True)
    done: list[Path] = []
    try:
        for path in made:
            target = folder / path.name
            if path.name == ".gitignore" and target.exists():
                continue
            _put_one(path, target)
            done.append(target)
    except OSError:
        for path in done:
            path.unlink(missing_ok=True)
        if new_folder:
            folder.rmdir()
        raise
    return tuple(done)


def _put_one(path: Path, target: Path) -> None:
    """Give a file its place: whole at once, and never over another that came in between."""
    try:
        target.hardlink_to(path)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        # Some file systems know no links.
        path.rename(target)


def unprotected(folder: Path) -> bool:
    """Tell whether a .gitignore that was there already lets the vault's password into version control."""
    lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    return not any(line.strip() in {"*.vault-password", "gemeente.vault-password", "*"} for line in lines)
