"""Makes the tree of nodes of a YAML text; where the text is no YAML, notes each fault and goes on without it."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import YAMLError

from ddconsul.instance.yaml import faults, indentation, repair
from ddconsul.instance.yaml.draft import Draft, Edit, Remedy, edited
from ddconsul.instance.yaml.outline import Outline
from ddconsul.instance.yaml.text import Flaw

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

    from ddconsul.instance.yaml.faults import Fault
    from ddconsul.instance.yaml.outline import Opened

# More than this many faults in the YAML itself, and it is another kind of file.
MOST_FAULTS = 40
# A large file is read again for each fault: so many letters in all.
MOST_LETTERS = 500_000
MAX_DEPTH = 40


class Composed(NamedTuple):
    """A text, read as far as it goes.

    Args:
        root: The tree of nodes; None when there is nothing in it.
        draft: The text as it was read, and what was wrong with it.
    """

    root: Node | None
    draft: Draft


def compose(text: str) -> Composed:
    """Read a text as YAML.

    Args:
        text: The text.
    """
    draft = Draft(text)
    # An old Mac's line ends mean the same to YAML, but not to Python's patterns.
    draft.change(_line_ends(text))
    draft.change(repair.harmless_tabs(Outline(draft.text)))
    try:
        _settle(draft)
        return Composed(_root(draft), draft)
    except RecursionError:
        place, todo = _deepest(draft.text), "A handful of levels is enough."
        draft.note(Flaw(place, place + 1, "is nested too deeply", todo))
    except (YAMLError, ValueError) as error:
        first = str(error).partition("\n")[0]
        draft.note(Flaw(0, 1, f"cannot be read as YAML: {first}", "Write it plainly."))
    return Composed(None, draft)


def _line_ends(text: str) -> list[Edit]:
    return [Edit(match.start(), match.end(), "\n") for match in re.finditer(r"\r(?!\n)", text)]


def _settle(draft: Draft) -> None:
    """Make a draft readable, when it is not."""
    for find in (repair.merges, repair.documents):
        draft.mend(itertools.islice(find(Outline(draft.text)), MOST_FAULTS))
    outline = Outline(draft.text)
    fine = not _quotes(outline) and not repair.oddly_indented(outline)
    if fine and faults.fault_in(draft.text) is None:
        return
    best: Draft | None = None
    for tab in repair.TABS:
        one, written = draft.copy(), repair.habits(outline, tab)
        one.mend(written)
        _recover(one)
        best = one if best is None or len(one.flaws) < len(best.flaws) else best
        tabs = any("\t" in draft.text[edit.start : edit.end] for remedy in written for edit in remedy.edits)
        if not tabs or len(one.flaws) == len(draft.flaws) + len(written):
            break
    draft.take(best or draft)


def _quotes(outline: Outline) -> list[Opened]:
    return [opened for opened in outline.opened if opened.closes[0] in "\"'"]


def _recover(draft: Draft) -> None:
    """Note every fault of a draft, section by section: what is wrong in one says nothing of the next."""
    outline = Outline(draft.text)
    draft.mend(faults.close(outline, opened) for opened in _quotes(outline))
    draft.mend(indentation.aligned(draft.text))
    starts = _sections(draft.text)
    # How many letters come after each section: that does not change while it is mended.
    rests = [len(draft.text) - start for start in starts[1:]] + [0]
    start = 0
    for rest in rests:
        if draft.given_up > MOST_FAULTS:
            draft.give_up(start, len(draft.text))
            break
        told = draft.stumbles
        _mend(draft, start, rest)
        end = len(draft.text) - rest
        if draft.stumbles > told and not faults.begins_with_key(draft.text[start:end]):
            # What is left of it goes together with nothing.
            draft.lose(start, end)
        start = end
    _mend(draft, 0, 0)


def _sections(text: str) -> list[int]:
    """Return where the sections of a file begin: at its keys that stand most to the left."""
    rows = [row for row in Outline(text).rows if row.kind == "plain"]
    base = min((row.depth for row in rows), default=0)
    starts, name = [0], indentation.key_of(rows[0]) if rows else None
    for row, after in zip(rows[1:], [*rows[2:], None], strict=False):
        key = indentation.key_of(row)
        if row.depth != base or key is None:
            continue
        # A key of the section that stands too far left, with others of it below.
        slipped = after is not None and after.depth > base and indentation.belongs(indentation.key_of(after), name)
        if not (slipped and indentation.belongs(key, name)):
            starts.append(row.start)
            name = key
    return starts


def _mend(draft: Draft, start: int, rest: int) -> None:
    """Note the faults in a part of a draft, and make it readable.

    Args:
        draft: The text.
        start: Where the part begins.
        rest: How many letters come after it.
    """
    while True:
        end = len(draft.text) - rest
        part = draft.text[start:end]
        fault = faults.fault_in(part)
        if fault is None:
            return
        draft.looked_at += len(part)
        if draft.stumbles >= MOST_FAULTS or draft.looked_at > MOST_LETTERS:
            draft.give_up(start + _line_start(part, fault.at), end)
            if faults.fault_in(draft.text[start:end]) is not None:
                draft.give_up(start, end)
            return
        draft.stumbles += 1
        line = draft.text.count("\n", 0, start) + 1
        for found in faults.remedies(part, fault, line):
            draft.looked_at += fault.letter
            if _helps(part, fault, found):
                draft.mend(remedy.at(start) for remedy in found)
                break


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _helps(part: str, fault: Fault, found: list[Remedy]) -> bool:
    """Tell whether the parser gets past a fault: the next one, if any, is on a later line."""
    edits = sorted(edit for remedy in found for edit in remedy.edits)
    trial = edited(part, edits)
    after = faults.fault_in(trial)
    if after is None:
        return True
    # What only moves says nothing about itself.
    said = [edit.end for edit in edits if part[edit.start : edit.end].strip() or edit.text.strip()]
    past = max([fault.at, *said])
    ends = re.compile(r"[\r\n]|$").search(part, past)
    return len(trial) - after.at < len(part) - (ends.start() if ends else len(part))


def _root(draft: Draft) -> Node | None:
    """Return the tree of nodes of a draft that is YAML; names that stand for nothing are read as texts."""
    while True:
        try:
            root: Node | None = YAML(typ="safe", pure=True).compose(draft.text)
        except ComposerError as error:
            draft.mend([_unknown_name(draft.text, error)])
        else:
            return root


def _unknown_name(text: str, error: ComposerError) -> Remedy:
    """Return what reads an alias as a text."""
    mark = error.problem_mark
    if mark is None:
        raise error
    found = re.compile(r"\*[^\s,\]}]*").match(text, mark.index)
    if found is None or len(found[0]) == 1:
        raise error
    todo = f'A text that begins with * goes in quotes: "{found[0]}".'
    flaw = Flaw(*found.span(), f"refers to {found[0][1:]}, which has no & before it anywhere above", todo)
    return Remedy(flaw, (Edit(*found.span(), f'"{found[0]}"'),), found.span())


def _deepest(text: str) -> int:
    """Return where nesting becomes too deep: the parser itself, which runs level, gets there."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > MAX_DEPTH:
            return int(event.start_mark.index)
    return 0
