"""What was edited in the admin pages is written into the municipality file, and nothing else changes there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from files import write
from vraagstukken import POLL

from ddconsul.errors import InputError
from ddconsul.instance.loader import load
from ddconsul.operations.adopt import Adoption, adopt, plan_adoption, values
from ddconsul.operations.changes import Change
from ddconsul.translate.state import state_document

FILE = """\
# Of the town, and for it.
municipality:
  name: Zandrijk  # as the council writes it
  domain: praat.example.org
target: {type: container}
modules:
  # Not this year.
  debates: off
mail:
  name: Zandrijk praat
settings:
  votes_for_proposal_success: 500
administrators:
  - name: Beheer
    email: beheer@example.org
"""


def edit(name: str, actual: str | None, field: str = "value") -> Change:
    return Change("content", f"setting {name}", "kept", field, actual, "what the file says")


def spaced(text: str) -> str:
    """Return a text with its comments two spaces from what they are about."""
    return re.sub(r" +#", "  #", text)


def adoption_of(folder: Path, *edits: Change, text: str = FILE) -> Adoption:
    return plan_adoption(load(write(folder, text)), edits)


@pytest.mark.parametrize(
    ("name", "actual", "line", "key"),
    [
        ("org_name", "Zand en Rijk", "  name: Zand en Rijk  # as the council writes it", "municipality.name"),
        ("process.debates", "t", "  debates: true", "modules.debates"),
        ("mailer_from_name", "Het platform", "  name: Het platform", "mail.name"),
        (
            "votes_for_proposal_success",
            "750",
            "  votes_for_proposal_success: 750",
            "settings.votes_for_proposal_success",
        ),
    ],
)
def test_a_value_is_written_where_the_file_says_it(tmp_path: Path, name: str, actual: str, line: str, key: str) -> None:
    adoption = adoption_of(tmp_path, edit(name, actual))

    assert [(one.object, one.key, one.value) for one in adoption.adopted] == [(f"setting {name}", key, actual)]
    before, after = adoption.before.splitlines(), adoption.after.splitlines()
    assert [spaced(new) for old, new in zip(before, after, strict=True) if old != new] == [line]
    adopt(adoption)
    document = state_document(load(adoption.file).instance)
    assert values(document)[f"setting {name}", "value"] == actual


def test_several_are_written_at_once(tmp_path: Path) -> None:
    adoption = adoption_of(tmp_path, edit("org_name", "Zand"), edit("process.debates", "t"))
    assert [one.key for one in adoption.adopted] == ["municipality.name", "modules.debates"]
    assert "name: Zand  # as" in spaced(adoption.after)
    assert "debates: true" in adoption.after


def test_what_the_file_does_not_say_yet_is_added(tmp_path: Path) -> None:
    adoption = adoption_of(
        tmp_path, edit("mailer_from_name", "Het platform"), text=FILE.replace("mail:\n  name: Zandrijk praat\n", "")
    )
    assert "mail:\n  name: Het platform" in adoption.after
    assert not adoption.left


def test_what_follows_from_another_key_is_not_forced_upon_it(tmp_path: Path) -> None:
    """The title for search engines follows from the municipality's name, which stays what it is."""
    adoption = adoption_of(tmp_path, edit("meta_title", "Praat mee in Zandrijk"))
    if adoption.adopted:
        assert adoption.adopted[0].key == "settings.meta_title"
    assert "name: Zandrijk  #" in adoption.after


def test_what_the_file_cannot_say_is_left_and_told(tmp_path: Path) -> None:
    broken = edit("locales.default", "not a language")
    adoption = adoption_of(tmp_path, broken)
    assert adoption.left == (broken,)
    assert adoption.after == adoption.before


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("name", "field", "actual", "line"),
    [
        ("poll plein", "summary.nl", "Kies mee.", "  summary: Kies mee."),
        ("poll plein", "name.nl", "Ons plein", "  title: Ons plein"),
        ("question plein/wat", "title.nl", "Wat komt er?", "      title: Wat komt er?"),
    ],
)
def test_a_vraagstuk_takes_what_was_edited(
    tmp_path: Path, *, listed: bool, name: str, field: str, actual: str, line: str
) -> None:
    section = POLL
    if listed:
        first, *rest = POLL.partition("\n")[2].splitlines()
        section = "\n".join(["vraagstuk:", f"  - {first.strip()}", *(f"  {each}" for each in rest)]) + "\n"
    change = Change("content", name, "kept", field, actual, "what the file says")
    done = adoption_of(tmp_path, change, text=FILE + section)
    assert not done.left
    assert (f"  {line}" if listed else line) in done.after.splitlines()


def test_a_file_that_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    adoption = adoption_of(tmp_path, edit("org_name", "Zand"))
    adoption.file.write_text("# another\n")
    with pytest.raises(InputError, match="changed just now"):
        adopt(adoption)
    assert adoption.file.read_text() == "# another\n"


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    adoption = adoption_of(tmp_path, edit("org_name", "Zand"))
    written = {path.name for path in set(tmp_path.iterdir()) - before}
    adopt(adoption)
    assert {path.name for path in set(tmp_path.iterdir()) - before} == written
    assert not [name for name in written if name.startswith(".gemeente.yml")]
