"""`vraagstuk new` writes a section and its texts: all of it or nothing, and nothing of anybody's is lost."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, PAGES, write

from ddconsul.commands import main
from ddconsul.instance.kinds import moments
from ddconsul.instance.loader import inspect, load
from ddconsul.operations import vraagstuk_new
from ddconsul.operations.vraagstuk_new import starters

if TYPE_CHECKING:
    from collections.abc import Callable

INSTRUMENTS = {
    "wijkbudget": "budget",
    "peiling": "poll",
    "ideeen": "proposals",
    "inspraak": "legislation",
    "debat": "debate",
}
MORE = """\
# Dit is van ons.
modules:
  polls: off   # straks
  budgets: {enabled: off, label: Wijkgeld}
vraagstuk:
  # Het eerste.
  key: eerste
  instrument: proposals
  title: Idee # zo heet het
  summary: |
    Een.

    Twee.
  decides: Wij.
  feedback: {by: 2031-01-01}
  opens: 2030-01-01
  closes: 2030-03-01

# Onderaan.
footer: {phone: 14 012}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["vraagstuk", "new", *arguments])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_is_one_for_each_instrument() -> None:
    assert set(starters()) == set(INSTRUMENTS)


@pytest.mark.parametrize(("starter", "instrument"), INSTRUMENTS.items())
def test_what_is_written_is_right_and_lies_ahead(folder: Path, starter: str, instrument: str) -> None:
    result = new("--starter", starter)
    assert result.exit_code == 0, result.output
    (one,) = load(folder / "gemeente.yml").instance.vraagstuk
    assert (one.instrument, one.key) == (instrument, f"{starter}-{one.opens.day.year}")
    assert one.opens.day - moments.today() >= timedelta(days=28)
    assert one.opens.day.isoweekday() == 1
    assert one.description is not None
    text = (folder / "gemeente.yml").read_text()
    assert text.startswith(MINIMAL)
    assert "today" not in text
    assert "# Wie beslist, en hoe zwaar telt de uitkomst?" in text


def test_a_day_and_a_key_may_be_given(folder: Path) -> None:
    assert new("--starter", "peiling", "--opens", "2030-05-06", "--key", "ons-plein").exit_code == 0
    (one,) = load(folder / "gemeente.yml").instance.vraagstuk
    assert (one.key, str(one.opens), str(one.closes)) == ("ons-plein", "2030-05-06", "2030-06-03 20:00")
    assert (folder / "vraagstuk/ons-plein-uitleg.md").is_file()


def test_a_text_that_nobody_read_does_not_go_online(folder: Path) -> None:
    new("--starter", "inspraak")
    file = folder / "gemeente.yml"
    assert inspect(file).problems == ()
    file.write_text(file.read_text().replace("type: container", "type: local") + PAGES)
    assert {problem.key for problem in inspect(file).problems} == {"vraagstuk.description", "vraagstuk.draft.file"}


def test_all_five_go_into_one_file_and_what_was_there_stays(folder: Path) -> None:
    file = write(folder, MINIMAL + MORE)
    for starter in starters():
        assert new("--starter", starter).exit_code == 0
    text = file.read_text()
    assert [one.instrument for one in load(file).instance.vraagstuk] == [
        "proposals", *(INSTRUMENTS[starter] for starter in starters()),
    ]  # fmt: skip
    for comment in ("# Dit is van ons.", "# Het eerste.", "# zo heet het", "# straks", "\n# Onderaan.\nfooter: {phone"):
        assert comment in text
    assert load(file).instance.modules.budgets.enabled
    assert "label: Wijkgeld" in text
    assert text.index("key: eerste") < text.index("key: debat") < text.index("# Onderaan.")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("vraagstuk:\n", "vraagstuk: # van ons\n"),
        lambda text: text.rstrip(),
        lambda text: text.partition("\nvraagstuk:")[0] + "\nvraagstuk:\n",
        lambda text: text.replace("\n  ", "\n    ").replace("    key: eerste\n", "  - key: eerste\n"),
    ],
)  # fmt: skip
def test_however_the_file_is_written(folder: Path, change: Callable[[str], str]) -> None:
    text = change(MORE)
    file = folder / "gemeente.yml"
    file.write_bytes((MINIMAL.replace("\n", "\r\n") if "\r\n" in text else MINIMAL).encode() + text.encode())
    assert inspect(file).problems == ()
    result = new("--starter", "debat")
    assert result.exit_code == 0, result.output
    assert load(file).instance.vraagstuk[-1].instrument == "debate"
    assert (b"\r\n" in file.read_bytes()) == ("\r\n" in text)


def test_a_section_on_one_line_is_left_alone(folder: Path) -> None:
    flat = "vraagstuk: [{key: a, instrument: proposals, title: A, summary: A, decides: A, feedback: {by: 2031-01-01}, "
    write(folder, f"{MINIMAL}{flat}opens: 2030-01-01, closes: 2030-03-01}}]\n")
    before = everything(folder)
    result = new("--starter", "debat")
    assert result.exit_code == 2
    assert "without losing something" in result.stderr
    assert everything(folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--starter", "peilingen"], "Did you mean peiling?"),
        (["--starter", "peiling", "--key", "polls"], "Consul needs itself"),
        (["--starter", "peiling", "--key", "../x"], "Small letters"),
        (["--starter", "peiling", "--opens", "morgen"], "does not match"),
        (["weg.yml", "--starter", "peiling"], "weg.yml"),
        ([], "--starter"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(folder: Path, arguments: list[str], said: str) -> None:
    before = everything(folder)
    result = new(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert everything(folder) == before
    assert not (folder / "vraagstuk").exists()


def test_nothing_is_overwritten(folder: Path) -> None:
    assert new("--starter", "debat", "--key", "praat").exit_code == 0
    before = everything(folder)
    again = new("--starter", "debat", "--key", "praat")
    assert again.exit_code == 2
    assert "has a vraagstuk praat already" in again.stderr
    (folder / "vraagstuk/ons-plein-uitleg.md").write_text("Van ons.\n")
    taken = new("--starter", "peiling", "--key", "ons-plein")
    assert taken.exit_code == 2
    assert "is there already; nothing was written" in taken.stderr
    assert everything(folder) == {**before, "vraagstuk/ons-plein-uitleg.md": b"Van ons.\n"}


def test_what_goes_wrong_halfway_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vraagstuk_new, "write_anew", full)
    before = everything(folder)
    result = new("--starter", "inspraak")
    assert (result.exit_code, everything(folder)) == (2, before)
    assert "No space left on device" in result.stderr
    assert not (folder / "vraagstuk").exists()


@pytest.mark.usefixtures("folder")
def test_in_json() -> None:
    shown = json.loads(new("--starter", "wijkbudget", "--json").stdout)
    assert shown["module"] == "budgets"
    assert date.fromisoformat(shown["opens"]) > moments.today()
    assert [Path(text).name for text in shown["texts"]] == [f"{shown['key']}-uitleg.md"]
