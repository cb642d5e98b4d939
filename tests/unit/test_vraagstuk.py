"""What is asked of inhabitants: what goes together in the file, and what it comes to in Consul."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, PAGES, write
from PIL import Image
from vraagstukken import BUDGET, DEBATE, EVERY, LEGISLATION, POLL, PROPOSALS

from ddconsul.instance.loader import inspect, load
from ddconsul.instance.sections.vraagstuk.budget import PHASES
from ddconsul.translate.clock import at
from ddconsul.translate.state import state_document
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, WHILE_OPEN, AFTER = "2027-01-01T00:00:00Z", "2027-03-15T00:00:00Z", "2027-06-01T00:00:00Z"


def told(folder: Path, more: str, text: str = MINIMAL) -> list[str]:
    return [str(problem) for problem in inspect(write(folder, text + more)).problems]


def objects(folder: Path, more: str, text: str = MINIMAL) -> dict[str, dict[str, Any]]:
    found = state_document(load(write(folder, text + more)).instance)["objects"]
    return {item["key"]: item for item in found if item["kind"] != "account"}


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_each_instrument_with_the_least_that_it_takes_is_right(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "where", "said"),
    [
        (POLL, "2027-04-14 20:00", "2027-02-01", "closes", "is not after it opens"),
        (POLL, "2027-12-31", "2027-04-01", "feedback.by", "is before it closes"),
        (POLL, "key: plein", "key: polls", "key", "Consul needs itself"),
        (POLL, "key: plein", "key: Plein", "key", "Small letters"),
        (POLL, "  decides: De raad beslist.\n", "", "decides", "is missing"),
        (POLL, "  feedback: {by: 2027-12-31}\n", "", "feedback", "is missing"),
        (POLL, "instrument: poll", "instrument: polls", "instrument", "Did you mean poll?"),
        (POLL, "  instrument: poll\n", "", "", "has no instrument"),
        (POLL, "instrument: poll", "instrument: poll\n  voting: approval", "voting", "It goes with instrument budget."),
        (POLL, "key: banken", "key: bomen", "questions[0].options[1].key", "as well"),
        (POLL, ", {key: banken, title: Banken}", "", "questions[0].options", "nothing to choose"),
        (POLL, "title: Wat moet er komen?", "title: Wat", "questions[0].title", "too short"),
        (POLL, "title: Wat moet er komen?", "title: Wat?\n      kind: open", "questions[0].options", "is open"),
        (POLL, "title: Wat moet er komen?", "title: Wat?\n      kind: multiple", "questions[0].kind", "Add max_votes"),
        (POLL, "title: Wat moet er komen?", "title: Wat?\n      max_votes: 2", "questions[0].max_votes", "is single"),
        (
            POLL, "title: Wat moet er komen?", "title: Wat?\n      kind: multiple\n      max_votes: 3",
            "questions[0].max_votes", "of 2 options",
        ),
        (BUDGET, "amount: 25000", "amount: 25.000", "groups[0].headings[0].amount", "25000"),
        (BUDGET, "amount: 25000", "amount: 0", "groups[0].headings[0].amount", "from 1"),
        (BUDGET, "headings: [{key: noord, name: Noord, amount: 25000}]", "headings: []", "groups[0].headings", "empty"),
        (BUDGET, "amount: 25000", "amount: 5, latitude: 53.2", "groups[0].headings[0].latitude", "no longitude"),
        (BUDGET, "amount: 25000", "amount: 5, district: oost", "groups[0].headings[0].district", "no key of"),
        (BUDGET, "2027-04-01", "2027-02-01", "phases[1].from", "is not after what comes before it"),
        (BUDGET, "2027-04-01", "2027-05-01", "phases[1].from", "is after it closes"),
        (BUDGET, ", from: 2027-04-01", "", "phases[1]", "has no beginning"),
        (BUDGET, "phase: balloting", "phase: accepting", "phases[1].phase", "Name each once"),
        (BUDGET, "phase: balloting", "phase: informing", "phases[1].phase", "comes after accepting"),
        (BUDGET, "phase: balloting", "phase: voting", "phases[1].phase", "Choose one of"),
        (BUDGET, "instrument: budget", "instrument: budget\n  amounts: hidden", "amounts", "voting is knapsack"),
        (BUDGET, "headings: [", "headings: [{key: z, name: Noord, amount: 1}, ", "groups[0].headings[1].name",
         'Noord" is that of another heading'),
        (BUDGET, "budgets: on", "budgets: off", "instrument", "Set modules.budgets to on."),
        (BUDGET, "phase: accepting", "phase: accepting, from: 2027-02-01", "phases[0].from", "is before it opens"),
        (BUDGET, "amount: 25000", "amount: 1, latitude: 53.22, longitude: -6.57", "groups[0].headings[0].latitude",
         "is outside the Netherlands"),
        (BUDGET, "amount: 25000", "amount: 1, latitude: 6.57, longitude: 53.22", "groups[0].headings[0].latitude",
         "Exchange latitude and longitude"),
        (BUDGET, "amount: 25000", "amount: 1, latitude: '53.22', longitude: 6.57", "groups[0].headings[0].latitude",
         "without quotes"),
        (BUDGET, "name: Wijken,", "name: Wijken, max_headings: 2,", "groups[0].max_headings", "of 1 headings"),
        (LEGISLATION, "2027-03-20", "2027-03-01", "phases[0].until", "is before its first day"),
        (LEGISLATION, "2027-03-20", "2027-05-01", "phases[0].until", "is after it closes"),
        (LEGISLATION, "from: 2027-03-02", "from: 2027-02-02", "phases[0].from", "is before it opens"),
        (LEGISLATION, "phase: debate", "phase: proposals", "questions", "no debate phase"),
        (LEGISLATION, "phase: debate", "phase: comments", "phases", "no text to comment on"),
        (LEGISLATION, "questions:", "result: 2027-02-01\n  questions:", "result", "is before it opens"),
        (LEGISLATION, "from: 2027-03-02", "from: 2027-03-02 09:00", "phases[0].from", "Give the day alone"),
        (DEBATE, "title: Het plein", "title: Het", "title", "4 to 80"),
        (DEBATE, "text: Wat vindt u van het plein?", "text: Wat?", "text", "10 to 6000"),
        (DEBATE, "  text:", "  categories: [a, b, c, d, e, f, g]\n  text:", "categories", "6 at most"),
        (DEBATE, "  text:", '  categories: ["a, b"]\n  text:', "categories[0]", "no name for a category"),
        (PROPOSALS, "  title:", "  documents: []\n  title:", "documents", "not a key that ddconsul knows"),
        (PROPOSALS, "  title:", "  districts: [oost]\n  title:", "districts[0]", "Add districts"),
        (PROPOSALS, "title: Het plein", "title: {nl: Plein, de: Platz}", "title.de", "language"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told_at_its_place(
    tmp_path: Path, text: str, old: str, new: str, where: str, said: str
) -> None:
    assert old in text
    found = told(tmp_path, text.replace(old, new))
    name = f"vraagstuk.{where}" if where else "vraagstuk"
    assert [problem for problem in found if f": {name} " in problem and said in problem], found


def test_each_has_a_key_of_its_own(tmp_path: Path) -> None:
    two = POLL.replace("  key: plein", "- key: plein").replace("vraagstuk:\n", "vraagstuk:\n")
    item = two.partition("\n")[2]
    (problem,) = told(tmp_path, f"vraagstuk:\n{item}{item.replace('Het plein', 'Nog een plein')}")
    assert 'vraagstuk[1].key "plein" is the key of vraagstuk[0] as well' in problem


def test_its_page_is_its_own(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, POLL + "pages: {Plein: privacy.md}\n")
    assert 'vraagstuk.key "plein" is the address of page Plein as well' in problem


def test_texts_are_looked_at_as_those_of_pages_are(tmp_path: Path) -> None:
    (tmp_path / "uitleg.md").write_text("# Uitleg\n\nBel [invullen: wie].\n\n{{ municipality.nmae }}\n")
    server = MINIMAL.replace("type: container", "type: local") + PAGES
    poll = POLL.replace("  title:", "  description: uitleg.md\n  title:", 1)
    (problem,) = told(tmp_path, poll)
    assert "vraagstuk.description asks for {{ municipality.nmae }}" in problem
    (tmp_path / "uitleg.md").write_text("# Uitleg\n\nBel [invullen: wie].\n")
    assert told(tmp_path, poll) == []
    found = told(tmp_path, poll.replace("De raad beslist.", "'[invullen: wie] beslist.'"), server)
    assert ["vraagstuk.description is not finished" in problem for problem in found] == [True, False]
    assert "vraagstuk.decides is not finished" in found[1]


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (b"geen pdf", "", "whatever its name says"),
        (b"%PDF-1.4" + bytes(9000), "", "is not whole"),
        (b"%PDF-" + bytes(3_100_000) + b"%%EOF", "", "3 MB at most"),
        (b"%PDF-%%EOF", "settings: {uploads.documents.max_amount: 0}\n", "this site takes 0"),
        (b"%PDF-%%EOF", "settings: {uploads.documents.content_types: [text/plain]}\n", "is application/pdf"),
    ],
)
def test_a_document_is_what_consul_takes(tmp_path: Path, content: bytes, more: str, said: str) -> None:
    (tmp_path / "nota.pdf").write_bytes(content)
    text = LEGISLATION.replace("  questions", "  documents: [{title: Nota, file: nota.pdf}]\n  questions", 1)
    (problem,) = told(tmp_path, more + text)
    assert said in problem


def test_an_image_has_the_pixels_that_consul_wants(tmp_path: Path) -> None:
    poll = POLL.replace("  title:", "  image: plein.jpg\n  title:", 1)
    Image.new("RGB", (640, 300)).save(tmp_path / "plein.jpg")
    (problem,) = told(tmp_path, poll)
    assert "vraagstuk.image is 640 by 300 pixels; this site wants a height of 475 at least" in problem
    assert told(tmp_path, poll + "settings: {uploads.images.min_height: 300}\n") == []


def test_a_poll_comes_to_records(tmp_path: Path) -> None:
    found = objects(tmp_path, POLL)
    assert found["poll plein"]["identity"] == {"slug": "plein"}
    poll = found["poll plein"]["fields"]
    assert (poll["starts_at"], poll["ends_at"]) == ("2027-03-01T08:00:00Z", "2027-04-14T18:00:00Z")
    assert (poll["results"], poll["stats"], poll["geozone_restricted"], poll["districts"]) == (True, False, False, "")
    assert found["question plein/wat"]["fields"] == {
        "title.nl": "Wat moet er komen?",
        "vote_type": "unique",
        "order": 1,
    }
    assert found["option plein/wat/banken"]["fields"] == {"title.nl": "Banken", "given_order": 2}
    assert found["option plein/wat/banken"]["parent"] == "question plein/wat"


def test_a_budget_goes_from_phase_to_phase_by_itself(tmp_path: Path) -> None:
    found = objects(tmp_path, BUDGET)
    phase = found["budget geld"]["fields"]["phase"]
    assert [at(phase, moment) for moment in (BEFORE, "2027-03-01T08:00:00Z", "2027-04-02T00:00:00Z", AFTER)] == [
        "informing", "accepting", "balloting", "finished",
    ]  # fmt: skip
    phases = {kind: found[f"phase geld/{kind}"]["fields"] for kind in PHASES}
    assert [kind for kind, fields in phases.items() if fields["enabled"]] == ["accepting", "balloting", "finished"]
    assert phases["reviewing"] == {"enabled": False}
    assert phases["accepting"]["ends_at"] == phases["balloting"]["starts_at"] == "2027-03-31T22:00:00Z"
    assert phases["balloting"]["ends_at"] == phases["finished"]["starts_at"] == "2027-04-14T18:00:00Z"
    assert phases["finished"]["ends_at"] > phases["finished"]["starts_at"]
    assert phases["accepting"]["name.nl"] == "Ideeën insturen"
    assert found["heading geld/wijken/noord"]["fields"] == {"name.nl": "Noord", "price": 25000, "max_ballot_lines": 1}


def test_a_plan_has_the_days_of_consul(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("# Plan\n\nMeer **groen** in {{ municipality.name }}.\n")
    draft = "  draft: {title: Ontwerp, file: plan.md, published: 2027-03-05}\n  questions"
    found = objects(tmp_path, LEGISLATION.replace("  questions", draft, 1))
    plan = found["process plan"]["fields"]
    assert (plan["start_date"], plan["end_date"]) == ("2027-03-01", "2027-04-14")
    assert (plan["debate_phase_enabled"], plan["debate_start_date"]) == (True, "2027-03-02")
    assert (plan["allegations_phase_enabled"], plan["result_publication_enabled"]) == (False, False)
    assert (plan["draft_publication_enabled"], plan["draft_publication_date"]) == (True, "2027-03-05")
    text = found["draft plan/1"]["fields"]
    assert text["body.nl"] == "Meer **groen** in Voorbeeldgemeente."
    assert [at(text["status"], moment) for moment in (BEFORE, "2027-03-04T23:00:00Z")] == ["draft", "published"]
    assert found["process_question plan/groen"]["parent"] == "process plan"


def test_topics_are_to_choose_from_once(tmp_path: Path) -> None:
    more = "  categories: [Groen, groen, Verkeer]\n"
    assert [key for key in objects(tmp_path, PROPOSALS + more) if key.startswith("category")] == [
        "category Groen", "category Verkeer",
    ]  # fmt: skip


def test_documents_and_images_go_along(tmp_path: Path) -> None:
    (tmp_path / "nota.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    text = LEGISLATION.replace("  questions", "  documents: [{title: Nota, file: nota.pdf}]\n  questions", 1)
    made = load(write(tmp_path, MINIMAL + text)).instance
    document = state_document(made)
    (checksum,) = document["files"]
    (paper,) = (item for item in document["objects"] if item["kind"] == "document")
    assert paper["fields"] == {"title": "Nota", "file": checksum}
    assert document["files"][checksum]["content_type"] == "application/pdf"
    variables = deploy_variables(made, Material("a", "b"), "localhost")
    assert [file["src"] for file in variables["consul_site_content"]] == [str(tmp_path / "nota.pdf")]


def page(folder: Path, more: str, moment: str, text: str = MINIMAL, code: str = "nl") -> str:
    pages = [
        item["fields"][f"content.{code}"] for item in objects(folder, more, text).values() if item["kind"] == "page"
    ]
    content = at(next(content for content in pages if isinstance(content, dict)), moment)
    assert isinstance(content, str)
    return content


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (POLL, "/polls/plein"),
        (BUDGET, "/budgets/geld"),
        (LEGISLATION, "/legislation/processes"),
        (DEBATE, "/debates"),
        (PROPOSALS, "/proposals"),
    ],
)
def test_its_page_leads_to_where_people_take_part_while_it_is_open(tmp_path: Path, text: str, link: str) -> None:
    assert f'href="{link}"' not in page(tmp_path, text, BEFORE)
    assert f'href="{link}"' in page(tmp_path, text, WHILE_OPEN)


def test_its_page_follows_the_clock(tmp_path: Path) -> None:
    (tmp_path / "gedaan.md").write_text("# Gedaan\n\nDe bomen staan er.\n")
    before, during, after = (page(tmp_path, POLL, moment) for moment in (BEFORE, WHILE_OPEN, AFTER))
    assert "Meedoen kan vanaf 1 maart 2027, 9.00 uur." in before
    assert "Meedoen kan tot 14 april 2027, 20.00 uur." in during
    assert "Meedoen kan niet meer." in after
    assert "Bedankt voor uw bijdrage." in after
    assert 'href="/polls/plein/results"' in after
    assert "Uiterlijk op 31 december 2027 leest u op deze pagina" in after
    done = POLL.replace("{by: 2027-12-31}", "{by: 2027-12-31, text: gedaan.md}")
    assert "De bomen staan er." in page(tmp_path, done, AFTER)
    assert "De bomen staan er." not in page(tmp_path, done, WHILE_OPEN)


def test_its_page_tells_what_somebody_has_to_know(tmp_path: Path) -> None:
    more = "footer: {phone: 14 012}\npages: {offline: privacy.md}\n"
    found = page(
        tmp_path, BUDGET + more, WHILE_OPEN, MINIMAL.replace("domain:", "contact: {email: a@b.example}\n  domain:")
    )
    for text in (
        "<p>Wat komt er op het plein?</p>",
        "<h2>Wie beslist?</h2>\n<p>De raad beslist.</p>",
        "Noord: € 25.000",
        "<strong>1 april 2027</strong>: Stemmen",
        'href="/meedoen-zonder-computer"',
        'Mail naar <a href="mailto:a@b.example">a@b.example</a> of bel <a href="tel:14012">14 012</a>.',
    ):
        assert text in found
    assert found.index("Ideeën insturen") < found.index("Stemmen") < found.index("Uitslag")


def test_its_page_speaks_as_the_municipality_does(tmp_path: Path) -> None:
    informal = MINIMAL.replace("  domain:", "  form_of_address: je\n  domain:")
    assert "leest je op deze pagina" not in page(tmp_path, POLL, WHILE_OPEN, informal)
    assert "lees je op deze pagina" in page(tmp_path, POLL, WHILE_OPEN, informal)
    assert "leest u op deze pagina" in page(tmp_path, POLL, WHILE_OPEN)
    english = page(tmp_path, POLL, WHILE_OPEN, code="en")
    assert "You can take part until 14 April 2027, 20:00." in english
    assert "Meedoen" not in english


def test_a_page_has_only_what_consul_keeps(tmp_path: Path) -> None:
    for text in EVERY.values():
        for moment in (BEFORE, WHILE_OPEN, AFTER):
            tags = set(re.findall(r"<(\w+)", page(tmp_path, text, moment)))
            assert tags <= {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3"}
    assert "<script>" not in page(tmp_path, POLL.replace("Het plein", "<script>"), WHILE_OPEN)
