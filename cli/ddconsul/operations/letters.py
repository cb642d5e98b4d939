"""Letters with a code: for each address one, so that who reads it can show to live there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ddconsul.counting import counted
from ddconsul.errors import InputError
from ddconsul.instance.sections.participation import written
from ddconsul.operations import git, letter_sheets
from ddconsul.operations.editing import comments, dumped, round_trip, section_at, write_anew
from ddconsul.operations.letter_addresses import addresses_in, digest
from ddconsul.operations.letter_codes import codes_of, new_codes, sealed
from ddconsul.operations.looking import look
from ddconsul.secrets import LETTERS_KEY, new_password, write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ddconsul.instance.loader import Loaded
    from ddconsul.instance.models import Instance
    from ddconsul.instance.sections.participation import Codes
    from ddconsul.paths import Paths


@dataclass(frozen=True)
class Made:
    """Letters that were made.

    Args:
        letters: The letters, to be printed.
        count: How many.
        codes: The file with the codes.
        total: How many codes there are now.
        file: The municipality file, when the key `codes` had to be added to it; else None.
    """

    letters: Path
    count: int
    codes: Path
    total: int
    file: Path | None

    def as_dict(self) -> dict[str, Any]:
        """Return them as `--json` shows them."""
        file = str(self.file) if self.file else None
        return {
            "letters": str(self.letters),
            "count": self.count,
            "codes": str(self.codes),
            "total": self.total,
            "changed": file,
        }


@dataclass(frozen=True)
class Used:
    """What became of the letters.

    Args:
        letters: How many there are by the file.
        known: How many of their codes the site knows; None when it is not there.
        used: How many of those have been used.
    """

    letters: int
    known: int | None
    used: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {"letters": self.letters, "known": self.known, "used": self.used}


def make(
    loaded: Loaded,
    paths: Paths,
    addresses: Path,
    out: Path,
    template: Path | None,
    report: Callable[[str], None],
) -> Made:
    """Make letters, and write their codes beside the municipality file; all of it, or nothing.

    Args:
        loaded: The municipality file.
        paths: Files and folders of the run.
        addresses: The addresses (CSV).
        out: Where the letters go (PDF).
        template: The municipality's own text for them; None for ours.
        report: Takes a line for the user to read.

    Raises:
        InputError: When something is not right. Nothing was made then.
    """
    instance, section = loaded.instance, loaded.instance.participation
    if section.verification != "letters":
        what = f"has participation.verification {section.verification}: the site would ask nobody for a code"
        raise InputError(what, str(loaded.path), "Set it to letters.")
    _refuse_place(out)
    known = addresses_in(addresses, instance)
    text = letter_sheets.template(template)
    key = _key(section.codes, paths)
    before = codes_of(section.codes, key)
    old = section.codes.addresses if section.codes else ()
    marks = {digest(address, key): address for address in known}
    again = [address for mark, address in marks.items() if mark in old]
    if again:
        had = "address that has" if len(again) == 1 else "addresses that have"
        what = f"has {len(again)} {had} had a letter, such as {again[0].street}, {again[0].town}"
        raise InputError(what, str(addresses), "Take them out: a second code for an address is a second vote.")
    place = _place(loaded)
    text_before, text_after = _with_key(loaded, place)
    made = dict(zip(new_codes(len(known), before), known, strict=True))
    report(f"Making {counted(len(made), 'letter')}")
    pdf = letter_sheets.rendered(instance, made, text, template)
    codes = {**before, **{code: address.postcode for code, address in made.items()}}
    # In this order: a letter that exists has a code that works.
    paths.secrets.complete({LETTERS_KEY: key})
    try:
        write_private(place, written(sealed(place, codes, {*old, *marks}, key)).encode())
        write_private(out, pdf)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", str(error.filename or out)) from error
    if text_after != text_before:
        write_anew(loaded.path, text_before, text_after)
    return Made(out, len(made), place, len(codes), loaded.path if text_after != text_before else None)


def _key(codes: Codes | None, paths: Paths) -> str:
    """Return what the codes are encrypted with: made with the first of them."""
    key = paths.secrets.load().get(LETTERS_KEY)
    if codes is not None and not key:
        what = f"has no {LETTERS_KEY}, which {codes.path.name} is encrypted with"
        raise InputError(what, str(paths.secrets.file), "Restore the secrets that the codes were made with.")
    return key or new_password()


def _place(loaded: Loaded) -> Path:
    """Return where the codes go."""
    codes: Codes | None = loaded.instance.participation.codes
    if codes is not None:
        return codes.path
    place = loaded.path.with_name(f"{loaded.path.stem}.codes.yml")
    if place.exists():
        todo = f"Add participation.codes: {place.name}. If its letters were never sent, remove it instead."
        raise InputError(f"is there, and {loaded.path.name} does not name it", str(place), todo)
    return place


def _with_key(loaded: Loaded, codes: Path) -> tuple[str, str]:
    """Return the text of the municipality file, and the text that names the file with codes.

    Raises:
        InputError: When that would lose a comment.
    """
    text = loaded.path.read_bytes().decode("utf-8-sig")
    if loaded.instance.participation.codes is not None:
        return text, text
    yaml, root = round_trip(text)
    section_at(root, ("participation",))["codes"] = codes.name
    after = dumped(yaml, root, text)
    if not set(comments(text)) <= set(comments(after)):
        todo = "Move the comment that ends section participation to its begin."
        raise InputError("can't be changed without losing a comment", str(loaded.path), todo)
    return text, after


def _refuse_place(out: Path) -> None:
    if out.exists():
        raise InputError("is there already", str(out), "Give another name with --out, or remove those letters.")
    if not out.parent.is_dir():
        raise InputError("is no folder", str(out.parent), "Make it, or give another place with --out.")
    where, folder = str(out), str(out.parent.absolute())
    try:
        git.git("-C", folder, "rev-parse", "--is-inside-work-tree", where=where)
    except InputError:
        return
    try:
        git.git("-C", folder, "check-ignore", "--quiet", out.name, where=where)
    except InputError:
        what = "would go into version control, and the codes of all letters stand in it"
        raise InputError(what, where, "Give a place outside of it with --out, or name it in .gitignore.") from None


def status(instance: Instance, paths: Paths, report: Callable[[str], None]) -> Used:
    """Tell how many codes have been used; no code is shown, and none leaves the host.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.

    Raises:
        DdconsulError: When its host cannot be reached or looked at.
    """
    codes = instance.participation.codes
    letters = codes.letters if codes else 0
    found = look("letters", instance, paths, report)
    if found is None:
        return Used(letters, None, None)
    return Used(letters, found.get("known"), found.get("used"))
