"""A whole pilot of each instrument on Consul itself, from before it opens to its feedback, with the clock moved.

With DDCONSUL_PICTURES=folder, each vraagstuk's page is kept as a picture, on a wide and on a narrow screen.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from contract.browser import window
from contract.contract import HUMAN_SECONDS, PASSWORD
from contract.site import Site
from contract.visitor import Visitor
from host import SINK_PORT, Host
from pilot import Citizen, Clock, Keyboard, rows
from unit.varied import read
from user import CHECKOUT, Municipality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from user import Material, Tool

pytestmark = pytest.mark.real

FULL = CHECKOUT / "tests/unit/full"
KEYS = [one["key"] for one in read(FULL / "gemeente.yml")["vraagstuk"]]
IDEA = "Bankjes in de Duinstraat"
PROPOSAL = "Meer bankjes langs het water"
SAYING = "De haven verdient een terras."
# What inhabitants did, wherever it is kept; counters and Consul's own texts for searching aside.
CONTRIBUTIONS = """
SELECT 'answer', author_id, question_id, option_id, answer FROM poll_answers;
SELECT 'voter', user_id, poll_id, origin FROM poll_voters;
SELECT 'idea', i.author_id, heading_id, i.id, title FROM budget_investments i
  JOIN budget_investment_translations t ON t.budget_investment_id = i.id;
SELECT 'line', user_id, investment_id, heading_id FROM budget_ballot_lines l JOIN budget_ballots b ON b.id = ballot_id;
SELECT 'plan', user_id, legislation_question_id, legislation_question_option_id FROM legislation_answers;
SELECT 'comment', user_id, commentable_id, c.id, body FROM comments c
  JOIN comment_translations t ON t.comment_id = c.id;
SELECT 'proposal', author_id, p.id, title FROM proposals p JOIN proposal_translations t ON t.proposal_id = p.id;
SELECT 'support', voter_id, votable_id, votable_type FROM votes;
"""
# What officials do in Consul's own pages: they judge each idea.
JUDGED = """
UPDATE budget_investments SET feasibility = 'feasible', valuation_finished = true, selected = true, price = 900
"""

OPEN_NOW = "UPDATE polls SET starts_at = now() - interval '1 hour', ends_at = now() + interval '1 hour'"
# Where an administrator edits what the file asked for, record by record (Consul's config/routes/admin.rb).
EDITED = """
WITH ours AS (SELECT record_type AS type, record_id AS id FROM ddconsul.objects WHERE record_id IS NOT NULL)
SELECT '/admin/polls/' || id || '/edit' FROM ours WHERE type = 'Poll'
UNION SELECT '/admin/questions/' || id || '/edit' FROM ours WHERE type = 'Poll::Question'
UNION SELECT '/admin/questions/' || question_id || '/options/' || id || '/edit'
  FROM ours JOIN poll_question_answers USING (id) WHERE type = 'Poll::Question::Option'
UNION SELECT '/admin/budgets/' || id || '/edit' FROM ours WHERE type = 'Budget'
UNION SELECT '/admin/budgets/' || budget_id || '/budget_phases/' || id || '/edit'
  FROM ours JOIN budget_phases USING (id) WHERE type = 'Budget::Phase'
UNION SELECT '/admin/budgets/' || budget_id || '/groups/' || id || '/edit'
  FROM ours JOIN budget_groups USING (id) WHERE type = 'Budget::Group'
UNION SELECT '/admin/budgets/' || g.budget_id || '/groups/' || g.id || '/headings/' || h.id || '/edit'
  FROM ours JOIN budget_headings h USING (id) JOIN budget_groups g ON g.id = h.group_id WHERE type = 'Budget::Heading'
UNION SELECT '/admin/legislation/processes/' || id || '/edit' FROM ours WHERE type = 'Legislation::Process'
UNION SELECT '/admin/legislation/processes/' || legislation_process_id || '/questions/' || id || '/edit'
  FROM ours JOIN legislation_questions USING (id) WHERE type = 'Legislation::Question'
UNION SELECT '/admin/legislation/processes/' || legislation_process_id || '/draft_versions/' || id || '/edit'
  FROM ours JOIN legislation_draft_versions USING (id) WHERE type = 'Legislation::DraftVersion'
UNION SELECT '/admin/site_customization/pages/' || id || '/edit' FROM ours WHERE type = 'SiteCustomization::Page'
UNION SELECT '/admin/geozones/' || id || '/edit' FROM ours WHERE type = 'Geozone'
UNION SELECT '/admin/banners/' || id || '/edit' FROM ours WHERE type = 'Banner'
"""
TITLE = """
SELECT title FROM poll_question_translations t JOIN ddconsul.objects o ON o.record_id = t.poll_question_id
WHERE o.key = 'question plein/auto' AND locale = 'nl'
"""


@dataclass
class Pilot:
    """A deployed platform with a vraagstuk of each instrument."""

    municipality: Municipality
    host: Host
    site: Site
    clock: Clock
    citizens: list[Citizen]

    def rows(self, query: str) -> list[str]:
        return rows(self.host, self.clock.slug, query)

    def contributions(self) -> list[str]:
        return sorted(self.rows(CONTRIBUTIONS))

    def page(self, path: str) -> str:
        return " ".join(Visitor(self.site).get(f"{path}?locale=nl").page.plain.split())


class TestPilot:
    """The tests follow one another, as the months do."""

    def test_a_plan_right_after_the_deploy_is_empty(self, pilot: Pilot) -> None:
        again = pilot.municipality.run("plan", "--json", "--exit-code")

        assert (again.code, again.json["changes"], again.json["kept"], again.json["conflicts"]) == (0, [], [], [])

    @pytest.mark.parametrize("key", KEYS)
    def test_each_has_a_page_that_tells_what_is_asked_and_when(self, pilot: Pilot, key: str) -> None:
        one = next(one for one in read(pilot.municipality.file)["vraagstuk"] if one["key"] == key)
        text = pilot.page(f"/{key}")

        for words in (one["title"], one["summary"], one["decides"]):
            assert (words["nl"] if isinstance(words, dict) else words) in text
        assert "Meedoen kan" in text
        picture(pilot.site, key)

    def test_an_administrator_finds_each_of_it_where_consul_has_it_edited(self, pilot: Pilot) -> None:
        noor = Visitor(pilot.site)
        assert noor.log_in("noor@duinbeek.example", pilot.municipality.secrets()["administrator_password"]).logged_in
        places = pilot.rows(EDITED)

        answers = {place: noor.get(place) for place in places}

        kinds = {re.sub("[0-9]+", "#", place) for place in places}
        assert len(kinds) == EDITED.count("SELECT '")
        assert {place: answer.status for place, answer in answers.items() if answer.status != 200} == {}
        assert [place for place, answer in answers.items() if 'name="_method" value="patch"' not in answer.text] == []

    def test_before_it_opens_nobody_can_vote(self, pilot: Pilot) -> None:
        pilot.clock.move("2027-01-15T12:00:00")

        with window(pilot.site) as browser:
            tab = pilot.citizens[0].enter(browser)
            tab.goto("/polls/plein")
            assert not tab.locator("input[name^='web_vote']:enabled").count()
        assert pilot.rows("SELECT phase FROM budgets") == ["informing"]

    def test_in_march_people_vote_send_in_ideas_answer_and_propose(self, pilot: Pilot) -> None:
        told = pilot.clock.move("2027-03-12T12:00:00")
        assert "budget wijkbudget-2027 phase: changed, 'accepting'" in told
        first, second = pilot.citizens

        with window(pilot.site) as browser:
            tab = first.enter(browser)
            first.vote(tab, "plein", ["Bomen", "Nee"], {"Wat wilt u ons nog vertellen?": "Graag een fontein erbij."})
            first.send_idea(tab, "wijkbudget-2027", "Noord", IDEA)
            first.answer(tab, "Omgevingsplan", "Is er genoeg groen?", "Ja")
            proposal = first.propose(tab, PROPOSAL)
        with window(pilot.site) as browser:
            second.support(second.enter(browser), proposal)

        assert len(pilot.rows("SELECT id FROM poll_voters")) == 1
        assert sorted(pilot.rows("SELECT answer FROM poll_answers")) == ["Bomen", "Graag een fontein erbij.", "Nee"]
        assert pilot.rows("SELECT count(*) FROM legislation_answers") == ["1"]
        assert pilot.rows("SELECT count(*) FROM votes WHERE votable_type = 'Proposal'") == ["1"]

    def test_somebody_without_a_mouse_reads_of_it_and_votes(self, pilot: Pilot) -> None:
        with window(pilot.site) as browser:
            tab = browser.new_page()
            hands = Keyboard(tab)
            tab.goto("/plein")
            hands.follow("a[href*='/polls/']")
            hands.follow(".callout a[href*='/users/sign_in']")
            hands.type(pilot.citizens[1].email, "input[name='user[login]']")
            hands.type(PASSWORD, "input[name='user[password]']")
            hands.follow("#new_user input[type=submit]")
            tab.goto("/polls/plein")
            hands.press("Space", "input[type=checkbox][name^='web_vote']")
            hands.press("Space", "input[type=radio][name^='web_vote']")
            tab.wait_for_timeout(HUMAN_SECONDS * 1000)
            hands.follow("form:has([name^='web_vote']) input[type=submit]")

        assert len(pilot.rows("SELECT id FROM poll_voters")) == 2
        given = pilot.rows("SELECT answer FROM poll_answers")
        assert (given.count("Bomen"), given.count("Ja"), given.count("Nee")) == (2, 1, 1)

    def test_in_april_people_talk(self, pilot: Pilot) -> None:
        pilot.clock.move("2027-04-05T12:00:00")

        with window(pilot.site) as browser:
            citizen = pilot.citizens[0]
            citizen.comment(citizen.enter(browser), "Praat over de haven", SAYING)

        assert pilot.rows("SELECT body FROM comment_translations") == [SAYING]

    def test_when_the_poll_has_closed_its_outcome_is_there_for_everybody(self, pilot: Pilot) -> None:
        pilot.clock.move("2027-04-20T12:00:00")

        outcome = pilot.page("/polls/plein/results")
        assert "Bomen Een fontein Ruimte voor de markt 2 (100%) 0 (0%) 0 (0%)" in outcome
        assert "Ja Nee 1 (50%) 1 (50%)" in outcome
        # Of the question that takes a text of one's own it counts who wrote one.
        assert "Geldig Blanco 1 (50%) 1 (50%)" in outcome
        text = pilot.page("/plein")
        assert "Dank voor uw stem." in text
        with window(pilot.site) as browser:
            tab = pilot.citizens[1].enter(browser)
            tab.goto("/polls/plein")
            assert not tab.locator("input[name^='web_vote']:enabled").count()

    def test_in_september_people_divide_the_budget(self, pilot: Pilot) -> None:
        pilot.rows(JUDGED)
        told = pilot.clock.move("2027-09-10T12:00:00")
        assert "budget wijkbudget-2027 phase: changed, 'balloting'" in told

        with window(pilot.site) as browser:
            citizen = pilot.citizens[1]
            citizen.choose(citizen.enter(browser), "wijkbudget-2027", IDEA)

        assert pilot.rows("SELECT count(*) FROM budget_ballot_lines") == ["1"]

    def test_who_was_off_for_months_catches_up_and_twice_is_once(self, pilot: Pilot) -> None:
        pilot.clock.move("2027-12-31T12:00:00")
        again = pilot.clock.move("2027-12-31T12:10:00")

        assert pilot.rows("SELECT phase FROM budgets") == ["finished"]
        assert ": changed," not in again.splitlines()[-1]

    def test_at_the_end_every_contribution_is_there_as_it_was(self, pilot: Pilot) -> None:
        before = pilot.contributions()
        assert len(before) >= 8

        # Back to today's own clock, by a deploy: what has been said stays.
        pilot.municipality.edit({"footer.phone": "14 014"})
        done = pilot.municipality.run("deploy", "--yes", "--json")

        assert done.code == 0, done
        assert pilot.contributions() == before

    def test_while_people_vote_their_question_stays_unless_somebody_says_why(self, pilot: Pilot) -> None:
        pilot.rows(OPEN_NOW)
        asked = read(pilot.municipality.file)["vraagstuk"]
        asked[0]["questions"][1]["title"] = {"nl": "Mogen er fietsen rijden?", "en": "May bicycles ride there?"}
        pilot.municipality.edit({"vraagstuk": asked})

        planned = pilot.municipality.run("plan", "--json")
        refused = pilot.municipality.run("deploy", "--yes", "--json")

        assert planned.json["held"] == ["question plein/auto"]
        assert (refused.code, "voting on question plein/auto" in refused.json["error"]) == (5, True), refused
        assert pilot.rows(TITLE) == ["Mogen er auto's rijden?"]
        done = pilot.municipality.run("deploy", "--yes", "--json", "--override", "De vraag klopte niet")
        assert done.code == 0, done
        assert pilot.rows(TITLE) == ["Mogen er fietsen rijden?"]
        assert set(pilot.rows("SELECT reason, key FROM ddconsul.overrides")) == {
            "De vraag klopte niet|question plein/auto"
        }

    def test_while_people_vote_no_other_build_comes_under_them(self, pilot: Pilot) -> None:
        before = pilot.host.builds()
        own = pilot.municipality.folder / "eigen-code"
        own.mkdir()
        (own / "LEESMIJ.md").write_text("Van de gemeente.\n")
        pilot.municipality.edit({"consul.overlay": "eigen-code"})

        refused = pilot.municipality.run("deploy", "--yes", "--json")

        assert (refused.code, "People are voting on poll plein" in refused.json["error"]) == (4, True), refused
        assert pilot.host.builds() == before

    def test_how_many_took_part_is_told(self, pilot: Pilot) -> None:
        told = {one["key"]: one for one in pilot.municipality.run("vraagstuk", "status", "--json").json["vraagstukken"]}

        assert (told["plein"]["participants"], told["plein"]["contributions"]) == (2, 2)
        assert (told["wijkbudget-2027"]["participants"], told["wijkbudget-2027"]["contributions"]) == (2, 2)
        assert told["omgevingsplan"]["participants"] == 1
        assert told["praat-over-de-haven"]["participants"] == 1


def picture(site: Site, key: str) -> None:
    """Keep pictures of a page, when somebody asked for them; on a narrow screen nothing sticks out (WCAG 1.4.10)."""
    with window(site) as browser:
        tab = browser.new_page()
        for width in (1280, 320):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.goto(f"/{key}")
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            if folder := os.environ.get("DDCONSUL_PICTURES"):
                tab.screenshot(path=str(Path(folder) / f"vraagstuk-{key}-{width}.png"), full_page=True)


@pytest.fixture(scope="module")
def pilot(tool: Tool, consul: Material, tmp_path_factory: pytest.TempPathFactory, run_id: str) -> Iterator[Pilot]:
    folder = tmp_path_factory.mktemp("pilot") / "platform"
    slug = f"proef-{run_id}"
    municipality = Municipality(tool, folder, {})
    shutil.copytree(FULL, folder, dirs_exist_ok=True)
    data = read(municipality.file)
    # Here everybody with an account may vote, wherever he or she lives: who may is for test_participation.
    asked = [{name: value for name, value in one.items() if name != "districts"} for one in data["vraagstuk"]]
    smtp = {"host": "localhost", "port": SINK_PORT, "starttls": False}
    municipality.edit({**consul.settings, "target.site": slug, "vraagstuk": asked, "mail.smtp": smtp})
    # And an administrator may come from anywhere, so also from here.
    municipality.edit({"participation": {"verification": "email"}, "network": {}})
    municipality.start_from_image()
    done = municipality.run("deploy", "--yes", "--json")
    assert done.code == 0, done
    host = Host(f"ddconsul-{slug}")
    site = Site(done.json["url"], "", ("", ""), {}, host.catch_mail(), standin=False)
    citizens = [Citizen.register(site) for _ in range(2)]
    yield Pilot(municipality, host, site, Clock(host, slug, site), citizens)
    municipality.run("destroy", "--yes")
