"""What is wrong where YAML cannot be read, and how to read on: the parser often stumbles only further on."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from ddconsul.instance import shape
from ddconsul.instance.problems import shown
from ddconsul.instance.yaml import indentation, repair
from ddconsul.instance.yaml.draft import Edit, Remedy, blanked
from ddconsul.instance.yaml.outline import KEY_LINE, Outline
from ddconsul.instance.yaml.text import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddconsul.instance.yaml.outline import Opened, Row

# Nested deeper than this it is no municipality file, and the parser becomes slow.
DEEPEST = 100
_SECOND_COLON = "mapping values are not allowed"
_NO_COLON = "could not find expected ':'"
_SIGN = "begins with a sign that has a meaning in YAML"
_DIRECTIVE = "directive|YAML document"
_OTHER_DOCUMENT = "another document"
_AROUND = {"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"}
# What ruamel says, what that means, and what helps.
_WORDS = {
    _NO_COLON: (
        "is no key with a value: it has no colon",
        "Write a key, a colon and a space. A comment begins with #; what goes on from above stands further in.",
    ),
    r"found '[\]}]'": ("has a bracket too many", "Remove it, or open it before."),
    "end>, but found ','": (
        "has a comma behind what is closed before it",
        "Is a bracket closed too early? Otherwise remove it.",
    ),
    "found '<scalar>'": (
        "has more text behind what is closed before it",
        "Put the whole text in quotes of a kind that does not stand in it.",
    ),
    r"\\t|'\t'": ("has a tab where YAML allows none", "Write spaces, not tabs."),
    _SECOND_COLON: (
        "has a colon where YAML expects none",
        "A text with a colon in it goes in quotes. Is the indentation right?",
    ),
    "escape|hexadecimal|hexdecimal": (
        "has a backslash in double quotes, where that has a meaning",
        "Write / in a path, or use 'single' quotes.",
    ),
    "quoted scalar": (
        "opens quotes that are not closed",
        'Close them, or use the other kind around all of it: "\'s-Zee".',
    ),
    "sequence entries": (
        "begins a list on the line of its key",
        "Begin each item on a line of its own, with a hyphen and a space.",
    ),
    "flow sequence|flow mapping|flow node": (
        "has brackets that do not match, or no comma between two values",
        "Close each [ with ] and each { with }, with commas in between.",
    ),
    "block end|block mapping|block collection": (
        "does not stand in line with what is above it",
        "Let the keys of one section begin in the same column.",
    ),
    "mapping keys": ("begins with a question mark", "A text that begins with ? goes in quotes."),
    "alias|anchor": ("begins with * or &, which mean something", "A text that begins with * or & goes in quotes."),
    "node content": (_SIGN, "A text that begins with such a sign goes in quotes."),
    "start any token": (
        _SIGN,
        "A text that begins with @, `, % or another sign goes in quotes.",
    ),
    "block scalar": ("has something behind | or >", "Behind | or > stands nothing: the text begins on the next line."),
    "tag": ("begins with !, which has a meaning in YAML", "A text that begins with ! goes in quotes."),
    _DIRECTIVE: (
        "begins with %, which is for programs that read YAML",
        "Remove the line that begins with %.",
    ),
    "<document start>": (
        "does not go together with what stands above it",
        "A municipality file holds sections: each a name and a colon, with its keys below it.",
    ),
    _OTHER_DOCUMENT: ("begins another document", "A municipality file holds one document."),
}
_OTHER = "Check quotes, colons and indentation on this line and the one before."


_COMMENT_AFTER = ("begins with //, which means nothing in YAML", "A comment begins with a #.")


class Fault(NamedTuple):
    """Where the parser stumbles.

    Args:
        letter: How many letters stand before that.
        at: How many stand before what it is about, which may be further up.
        problem: What the parser says.
    """

    letter: int
    at: int
    problem: str


def fault_in(text: str) -> Fault | None:
    """Return the first fault that the parser finds; None when the text is YAML.

    Args:
        text: The text.

    Raises:
        RecursionError: When it is nested far too deeply.
    """
    try:
        return _another_document(text)
    except MarkedYAMLError as error:
        problem = " ".join(str(part) for part in (error.context, error.problem) if part)
        mark = error.problem_mark or error.context_mark
        above = error.context_mark or mark
        index = mark.index if mark else 0
        opened = any(word in problem for word in ("quoted scalar", "flow", _NO_COLON))
        return Fault(index, above.index if opened else index, problem)


@cache
def _yaml() -> YAML:
    # Making one takes longer than reading a section.
    return YAML(typ="safe", pure=True)


def _another_document(text: str) -> Fault | None:
    begun = depth = 0
    yaml = _yaml()
    # It would remember the %YAML of the text before.
    yaml.version = None
    for event in yaml.parse(text):
        name = type(event).__name__
        begun += name == "DocumentStartEvent"
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > DEEPEST:
            raise RecursionError
        if begun > 1:
            return Fault(event.start_mark.index, event.start_mark.index, _OTHER_DOCUMENT)
    return None


def begins_with_key(text: str) -> bool:
    """Tell whether a text that is YAML holds keys; also when there is nothing in it.

    Args:
        text: The text.
    """
    names = (type(event).__name__ for event in _yaml().parse(text))
    return next((name == "MappingStartEvent" for name in names if name not in _AROUND), True)


def remedies(text: str, fault: Fault, line: int) -> Iterator[list[Remedy]]:
    """Yield what may be wrong where the parser stumbles, the likeliest first. The last of them always helps.

    Args:
        text: The text.
        fault: Where it stumbles.
        line: The number of the text's first line in the file.
    """
    outline = Outline(text, line)
    number = outline.row_at(fault.at)
    if outline.rows[number].kind == "blank" and fault.at >= outline.rows[number].start:
        number = _last_content(outline, number)
    yield from _habits(outline, number)
    yield from _glued_hyphens(outline, number)
    yield from _signs(outline, fault)
    yield from _unclosed(outline, number)
    yield from _commas(outline, fault)
    yield from indentation.outside_text(outline, number)
    yield from indentation.stands_left(outline, number, _section(outline))
    yield from _heads(outline, number)
    yield from _values(outline, number, fault)
    yield from indentation.realigned(outline, number)
    yield from _gone(outline, number, fault)


def _section(outline: Outline) -> str:
    """Return the name of the section that the rows are of."""
    first = next((row for row in outline.rows if row.kind == "plain"), None)
    return (indentation.key_of(first) if first else None) or ""


def _last_content(outline: Outline, number: int) -> int:
    before = outline.content_before(number)
    return number if before is None else before


def _habits(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield what is written in no YAML's way on the row, or on those right above it."""
    found: list[Remedy] = []
    above: int | None = number
    while above is not None:
        row = outline.rows[above]
        here = list(repair.habits_of(row, sure=False))[:1] if row.kind == "plain" else []
        if not here and above != number:
            break
        found = [*here, *found]
        if found:
            yield found
        above = outline.content_before(above)


def _glued_hyphens(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield a hyphen without a space behind it, where the keys below stand as if it was one letter further left."""
    for row in (outline.rows[other] for other in (number, _last_content(outline, number))):
        match = re.match(r" +(-)(?=[^\W\d])", row.text) if row.kind == "plain" else None
        found = list(repair.habits_of(row, sure=False)) if match else []
        if match and found:
            place = row.start + match.start(1)
            yield [found[0]._replace(edits=(Edit(place - 1, place + 1, "- "),))]


def _unclosed(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield quotes or brackets that are opened on the row, or above it, and not closed."""
    for opened in outline.opened:
        if opened.first <= number <= opened.last + 1:
            if commented := list(_taken_for_comments(outline, opened)):
                yield commented
            yield [close(outline, opened)]
            start, end = outline.rows[opened.first].start, outline.rows[opened.last].end
            yield [Remedy(close(outline, opened).flaw, (blanked(outline.text, start, end),), (start, end))]


# A colour that is not in quotes, mostly.
_COMMENTED = re.compile(r"(?<=[:,\[{])[ \t]+(?P<value>#[^\s,\]}]+)")


def _taken_for_comments(outline: Outline, opened: Opened) -> Iterator[Remedy]:
    """Yield the values in open brackets that YAML takes for a comment."""
    rows = outline.rows[opened.first : opened.last + 1] if opened.sign in "[{" else []
    for row in rows:
        for match in _COMMENTED.finditer(row.text, max(0, opened.start - row.start)):
            start, end = (row.start + place for place in match.span("value"))
            message = "is read as a comment, with all that stands behind it"
            flaw = Flaw(start, end, message, f'What begins with # goes in quotes: "{match["value"]}".')
            yield Remedy(flaw, (Edit(start, end, f'"{match["value"]}"'),))


def close(outline: Outline, opened: Opened) -> Remedy:
    """Return what closes quotes or brackets, at the end of the last row that says something."""
    rows = outline.rows[opened.first : opened.last + 1]
    row = next((row for row in reversed(rows) if row.text.strip() and not row.text.lstrip().startswith("#")), rows[0])
    begin = max(0, opened.start + 1 - row.start)
    comment = re.search(r"[ \t]#", row.text[begin:])
    said = row.text[: begin + comment.start()] if comment else row.text
    end = row.start + max(begin, len(said.rstrip()))
    key = re.compile(r"[^\W\d][\w-]*:(?= |$)").match(outline.text, opened.start + 1, row.end)
    if key and opened.closes in "\"'" and outline.text[rows[0].start : opened.start].strip(" -") == "":
        flaw = Flaw(opened.start, opened.start + 1, "opens quotes that are not closed", "Remove it.")
        return Remedy(flaw, (Edit(opened.start, opened.start + 1, ""),))
    flaw = Flaw(opened.start, opened.start + 1, *_about_opened(outline.text[opened.start : end], opened.sign))
    lost = (rows[0].start, row.end) if len(opened.closes) > 1 and opened.closes[0] in "\"'" else None
    return Remedy(flaw, (Edit(end, end, opened.closes),), lost)


def _about_opened(written: str, sign: str) -> tuple[str, str]:
    if sign in "[{":
        todo = "Close each [ with ] and each { with }, with commas in between."
        return f"opens {sign}, which is not closed", todo
    if sign == "'" and written and "\n" not in written and '"' not in written:
        todo = f'Close them where the text ends, or put the whole of it in double quotes: "{written[:60]}".'
        return "opens quotes that are not closed", todo
    return "opens quotes that are not closed", "Close them where the text ends."


# A key, alone or as the first one of an item, and what stands behind it.
_HEAD = re.compile(r"(?P<indent> *(?:- +)?)(?P<key>[^\W\d][\w./-]*)(?P<colon>:)?(?:[ \t]+(?P<value>[^#\s].*))?")
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")


class _Head(NamedTuple):
    """A key with what stands behind it, and where."""

    key: str
    start: int
    end: int
    indent: str
    colon: bool
    value: str
    value_start: int
    value_end: int


def _head(row: Row) -> _Head | None:
    """Return the key that a row begins with."""
    comment = None if re.search("[\"']", row.text) else _COMMENT.search(row.text)
    said = row.text[: comment.start()] if comment else row.text
    match = _HEAD.fullmatch(said.rstrip())
    if match is None:
        return None
    value = match["value"] or ""
    start = row.start + (match.start("value") if value else match.end())
    return _Head(
        match["key"], row.start + match.start("key"), row.start + match.end("key"),
        match["indent"], match["colon"] is not None, value, start, start + len(value),
    )  # fmt: skip


def _heads(outline: Outline, number: int) -> Iterator[list[Remedy]]:
    """Yield a key without a colon, and one with a value that has keys below it as well."""
    row, above = outline.rows[number], outline.content_before(number)
    own = _head(row) if row.kind == "plain" else None
    if own is not None and not own.colon and (shape.places_of(own.key) or not own.value):
        yield from _without_colon(own, below=outline.below(number) > number)
    head = _head(outline.rows[above]) if above is not None and outline.rows[above].kind == "plain" else None
    if head is not None and not head.colon and len(head.indent) <= row.depth:
        yield from _without_colon(head, below=len(head.indent) < row.depth)
    elif head is not None and head.colon and head.value and len(head.indent) < row.depth:
        if head.value[0] in "|>[{" or indentation.slipped(head.indent, head.value):
            return
        message = f"gives {head.key} a value, and has keys below it as well"
        flaw = Flaw(head.value_start, head.value_end, message, "Remove the value, or the lines that hang from it.")
        lost = (head.start, head.end)
        yield [Remedy(flaw, (blanked(outline.text, head.value_start, head.value_end),), lost)]


def _without_colon(head: _Head, *, below: bool) -> Iterator[list[Remedy]]:
    if not shape.places_of(head.key) and (head.value or not below):
        return
    flaw = Flaw(head.start, head.end, "has no colon behind the key", f"Behind a key goes a colon: {head.key}:")
    yield [Remedy(flaw, (Edit(head.end, head.end, ":"),))]


def _signs(outline: Outline, fault: Fault) -> Iterator[list[Remedy]]:
    """Yield a comment behind a value, as other languages have it, and a bracket too many."""
    text, letter = outline.text, fault.letter
    row = outline.rows[outline.row_at(letter)]
    if text[letter : row.end].startswith("//"):
        yield [Remedy(Flaw(letter, row.end, *_COMMENT_AFTER), (blanked(text, letter, row.end),))]
    if text[letter : letter + 1] in {"]", "}"}:
        yield [Remedy(Flaw(letter, letter + 1, *said(fault.problem)), (blanked(text, letter, letter + 1),))]


def _commas(outline: Outline, fault: Fault) -> Iterator[list[Remedy]]:
    """Yield a value in brackets that has no comma before it."""
    text, letter = outline.text, fault.letter
    row = outline.rows[outline.row_at(letter)]
    if "expected ','" not in fault.problem or letter >= len(text):
        return
    before = text[row.start : letter]
    if re.search(r"[\w-]:$", before) and text[letter] in "[{\"'":
        todo = "A space goes after the colon behind a key."
        yield [Remedy(Flaw(letter - 1, letter, "has no space after the colon", todo), (Edit(letter, letter, " "),))]
    # Quotes that close where the next ones were meant to open.
    quotes = re.search(r"([\"'])[^\"']*[\w-]: ?\1$", before)
    if quotes:
        start = row.start + quotes.start()
        flaw = Flaw(start, start + 1, *_about_opened("", quotes[1]))
        yield [Remedy(flaw, (_value_of(outline, row),), (row.start, row.end))]
    if text[letter] not in "]}":
        # The parser takes the last value and the next key together, when neither has quotes.
        glued = re.search(r"(?<=\S)[ \t]+([\w-]+)[ \t]*$", text[row.start : letter]) if text[letter] == ":" else None
        start = row.start + glued.start(1) if glued else letter
        end = len(text[:start].rstrip())
        todo = "Between the values in brackets go commas."
        yield [Remedy(Flaw(start, start + 1, "has no comma before it", todo), (Edit(end, end, ","),))]


def _value_of(outline: Outline, row: Row) -> Edit:
    """Return the edit that leaves nothing of a row but the key or hyphen that it begins with."""
    key = KEY_LINE.match(row.text) or re.match(r" *(?:- +)*", row.text)
    return blanked(outline.text, row.start + (key.end() if key else 0), row.end)


def _values(outline: Outline, number: int, fault: Fault) -> Iterator[list[Remedy]]:
    """Yield a value that goes in quotes."""
    row = outline.rows[number]
    head = _head(row)
    if row.kind != "plain" or head is None or not head.colon or not head.value:
        return
    start, end, value = head.value_start, head.value_end, head.value
    message, todo = said(fault.problem)
    inner = re.match(r"([^\W\d][\w-]*):(?: |$)", value)
    if _SECOND_COLON in fault.problem and inner and shape.places_of(inner[1]) and shape.is_section(head.key):
        todo = f"Put {inner[1]}: on a line of its own below {head.key}:, and further in."
        flaw = Flaw(start, start + len(inner[1]), f"stands on the line of {head.key}", todo)
        yield [Remedy(flaw, (blanked(outline.text, start, end),), (row.start, row.end))]
    if "sequence entries" in fault.problem:
        # What hangs from it belongs to the first item.
        gone = (row.start, outline.rows[outline.below(number)].end)
        yield [Remedy(Flaw(start, end, message, todo), (blanked(outline.text, start, gone[1]),), gone)]
    letter = fault.at if "end of stream" in fault.problem else fault.letter
    if value[0] in "[{|>" or not start <= letter <= end:
        return
    place = Flaw(letter, letter + 1, message, todo)
    if _SECOND_COLON in fault.problem:
        todo = f"Put the text in quotes: {head.key}: {quoted(value)}"
        word = re.search(r"[ \t]([^\W\d][\w-]*)$", outline.text[start:letter])
        if word and shape.places_of(word[1]):
            todo += f" Or put {word[1]}: on a line of its own."
        place = Flaw(letter, letter + 1, "has a colon in its text", todo)
    elif "<scalar>" in fault.problem or "end of stream" in fault.problem:
        # Quotes around all of it were meant to be around all of it.
        whole = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
        todo = f"Put the whole text in quotes of a kind that does not stand in it: {quoted(whole)}"
        place = Flaw(letter, letter + 1, "has more text behind what is closed before it", todo)
    yield [Remedy(place, (Edit(start, end, quoted(value)),), (row.start, row.end))]


def quoted(value: str) -> str:
    """Return a text in quotes that do not stand in it.

    Args:
        value: The text, on one line.
    """
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def said(problem: str) -> tuple[str, str]:
    """Return what the parser says in words for a person, and what helps.

    Args:
        problem: What the parser says.
    """
    found = next((words for pattern, words in _WORDS.items() if re.search(pattern, problem)), None)
    return found or (f"is not valid YAML: {shown(problem, 120)[1:-1]}", _OTHER)


def _gone(outline: Outline, number: int, fault: Fault) -> Iterator[list[Remedy]]:
    """Yield going on without the row, without what hangs from it, and without ever more around it."""
    rows = outline.rows
    message, todo = said(fault.problem)
    row = rows[number]
    inside = row.start <= fault.letter <= row.end and fault.letter < len(outline.text)
    whole = _NO_COLON in fault.problem
    start = fault.letter if inside and not whole else row.start + len(row.text) - len(row.text.lstrip())
    flaw = Flaw(start, max(row.end if whole else 0, start + 1), message, todo)
    if row.text.startswith("%"):
        message, todo = _WORDS[_DIRECTIVE]
        flaw = flaw._replace(message=message, todo=todo)
    last = outline.below(number)
    if whole and last == number:
        last = _like(outline, number)
        yield [_without(outline, flaw, row.start, rows[last].end)]
    item = re.match(r" *(?:- +)+", row.text)
    if item and last > number:
        yield [_without(outline, flaw, row.start + item.end(), row.end)]
    if last == number or KEY_LINE.match(row.text) is None:
        yield [_without(outline, flaw, row.start, row.end)]
    first, depth = number, row.depth
    while True:
        yield [_without(outline, flaw, rows[first].start, rows[last].end)]
        above = (other for other in range(first - 1, -1, -1) if rows[other].kind == "plain")
        up = next((other for other in above if rows[other].depth < depth), None)
        if up is None:
            break
        first, depth, last = up, rows[up].depth, max(last, outline.below(up))
    yield [_without(outline, flaw, 0, len(outline.text))]


def _like(outline: Outline, number: int) -> int:
    """Return the last of the rows that begin where a row does, and have no colon either: they are one text."""
    rows, last = outline.rows, number
    for other in range(number + 1, len(rows)):
        row = rows[other]
        if row.kind == "blank":
            continue
        if row.kind != "plain" or row.depth != rows[number].depth or ":" in row.text or row.text.lstrip()[0] in "-/`":
            break
        last = other
    return last


def _without(outline: Outline, flaw: Flaw, start: int, end: int) -> Remedy:
    return Remedy(flaw, (blanked(outline.text, start, end),), (start, end))
