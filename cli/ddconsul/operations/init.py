"""Writes what a municipality starts from: its file, the schema, its secrets, a .gitignore; all of them or nothing."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul import assets
from ddconsul.errors import InputError
from ddconsul.secrets import SecretFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "gemeente.yml"
# Where the first line of the template looks for it.
SCHEMA = "gemeente.schema.json"
# Texts of pages, among the templates and beside the municipality file.
PAGES = "pages"
GITIGNORE = """\
# De sleutel van gemeente.secrets.yml hoort niet in versiebeheer.
*.vault-password
"""
# Answers that stand in the template as an example that is commented out.
OPTIONAL = ("code", "site", "host", "port", "user", "key")
# A folder that is being filled; it is named after this, and goes away when it is done.
_WORKPLACE = ".ddconsul-init-"


def init(folder: Path, answers: Mapping[str, str]) -> tuple[Path, ...]:
    """Write a municipality file and what belongs to it.

    Args:
        folder: Where; made when it is not there.
        answers: Values for the template: name, domain, email; and maybe target, and those in OPTIONAL.

    Returns:
        The files that were written.

    Raises:
        InputError: When an answer is not right, one of the files is already there, or the folder cannot be written to.
    """
    wrong = complaint(answers)
    if wrong:
        raise InputError(f"{wrong}; nothing was written", "The answers")
    try:
        folder = folder.expanduser().absolute()
        _refuse_taken(folder)
        return _write(folder, answers)
    except OSError as error:
        raise InputError(f"cannot be written to: {error.strerror or error}", str(folder)) from error


def complaint(answers: Mapping[str, str]) -> str:
    """Return what `validate` would say of a file with these answers; "" when they are right.

    Raises:
        InputError: When there is no room for a temporary file.
    """
    from ddconsul.instance.loader import load  # noqa: PLC0415 — with the next one: `demo` renders without them
    from ddconsul.instance.problems import InvalidFileError  # noqa: PLC0415 — keeps `--help` fast

    for value in answers.values():
        # What the terminal sent in another encoding than its own.
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            return "has a character that is no text. Use UTF-8."
    try:
        with tempfile.TemporaryDirectory(prefix="ddconsul-") as place:
            file = Path(place) / FILE
            file.write_text(render(answers, str(assets.templates() / PAGES)), encoding="utf-8")
            load(file)
    except InvalidFileError as error:
        problem = error.problems[0]
        # The texts to start from are for the municipality to finish.
        if problem.rule == "unfinished":
            return ""
        return f"{problem.message}. {problem.todo}".strip().removesuffix(".")
    except OSError as error:
        raise InputError(f"cannot be written to: {error.strerror}", tempfile.gettempdir()) from error
    return ""


def render(answers: Mapping[str, str], pages: str = PAGES) -> str:
    """Return the municipality file for the answers.

    Args:
        answers: Values for the template.
        pages: The folder with the texts of pages.
    """
    text = (assets.templates() / "municipality" / FILE).read_text(encoding="utf-8")
    text = text.replace(f": {PAGES}/", f": {pages}/")
    text = re.sub(r"@(\w+)@", lambda match: _quoted(answers[match[1]]), text)
    if "target" in answers:
        text = re.sub(r"^  type: \w+$", f"  type: {answers['target']}", text, count=1, flags=re.MULTILINE)
    for key in OPTIONAL:
        if key in answers:
            text = _switched_on(text, key, answers[key])
    return text


def _switched_on(text: str, key: str, value: str) -> str:
    """Put a value in the place of its example."""
    written = value if key == "port" else _quoted(value)
    example = re.compile(rf"^  # {key}: .*$", re.MULTILINE)
    return example.sub(lambda _: f"  {key}: {written}", text, count=1)


def _quoted(value: str) -> str:
    """Return a value as YAML: in single quotes, where only a quote itself has a meaning."""
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    # YAML takes some of these for a line break, and refuses others, unless they are spelt out.
    return '"' + "".join(_spelt(letter) for letter in value) + '"'


def _spelt(letter: str) -> str:
    return letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"


def _refuse_taken(folder: Path) -> None:
    secrets = SecretFiles.beside(folder / FILE, {})
    _clear_remains(folder if folder.is_dir() else _existing(folder))
    names = (folder / FILE, folder / SCHEMA, secrets.file, secrets.password_file)
    taken = [path.name for path in names if path.exists() or path.is_symlink()]
    if taken:
        todo = "Choose another folder, or edit what is there."
        raise InputError(f"already has {' and '.join(taken)}; nothing was written", str(folder), todo)


def _write(folder: Path, answers: Mapping[str, str]) -> tuple[Path, ...]:
    beside = folder if folder.is_dir() else _existing(folder)
    with _workplace(beside) as place:
        if folder.is_dir():
            return _put(place, _make(place, answers), folder)
        # A new folder appears with all that is in it, at once; folders above it that are new too, along with it.
        top = beside / folder.relative_to(beside).parts[0]
        made = place / folder.relative_to(top)
        made.mkdir(parents=True, exist_ok=True)
        names = [path.relative_to(made) for path in _make(made, answers)]
        place.rename(top)
        return tuple(folder / name for name in names)


def _existing(folder: Path) -> Path:
    """Return the nearest folder above that is there."""
    return next(parent for parent in folder.parents if parent.is_dir())


@contextmanager
def _workplace(beside: Path) -> Iterator[Path]:
    """Give a folder on the same file system. Who holds the lock of the folder around it is still at work in it."""
    outer = Path(tempfile.mkdtemp(prefix=_WORKPLACE, dir=beside))
    with _locked(outer):
        try:
            place = outer / "new"
            place.mkdir()
            yield place
        finally:
            shutil.rmtree(outer, ignore_errors=True)  # when all is well it is empty, or gone


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _clear_remains(folder: Path) -> None:
    """Take away what a run that was killed has left: its workplace, and the files that it had put in place."""
    for outer in folder.glob(f"{_WORKPLACE}*"):
        # An error: another run is at work there, or has just ended.
        with suppress(OSError), _locked(outer):
            if not _same(outer / "new" / FILE, folder / FILE):
                for path in (outer / "new").rglob("*"):
                    target = folder / path.relative_to(outer / "new")
                    if _same(path, target):
                        target.unlink()
            shutil.rmtree(outer)


def _same(path: Path, target: Path) -> bool:
    return path.is_file() and target.is_file() and path.samefile(target)


def _make(place: Path, answers: Mapping[str, str]) -> list[Path]:
    """Make the files. The municipality file is the last: where it stands, the rest stands too."""
    from ddconsul.instance.schema import json_schema  # noqa: PLC0415 — `demo` renders without it

    (place / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    (place / SCHEMA).write_text(f"{schema}\n", encoding="utf-8")
    file = place / FILE
    file.write_text(render(answers), encoding="utf-8")
    secrets = SecretFiles.beside(file)
    secrets.complete()
    # The password may be kept elsewhere.
    own = [secrets.password_file] if secrets.password_file.parent == place and secrets.password_file.exists() else []
    return [place / ".gitignore", place / SCHEMA, *_make_pages(place), *own, secrets.file, file]


def _make_pages(place: Path) -> list[Path]:
    (place / PAGES).mkdir()
    texts = sorted((assets.templates() / PAGES).glob("*.md"))
    return [Path(shutil.copyfile(text, place / PAGES / text.name)) for text in texts]


def _put(place: Path, made: list[Path], folder: Path) -> tuple[Path, ...]:
    """Put the files in a folder that is there; when one cannot be, take the others away again."""
    done: list[Path] = []
    try:
        for path in made:
            target = folder / path.relative_to(place)
            # Texts that somebody wrote already are theirs.
            if target.exists() and (path.name == ".gitignore" or path.parent.name == PAGES):
                continue
            target.parent.mkdir(exist_ok=True)
            _put_one(path, target)
            done.append(target)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        # It stays when there is something of the user's in it.
        with suppress(OSError):
            (folder / PAGES).rmdir()
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
