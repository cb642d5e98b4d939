"""Contributions of fictitious people: there for a demo, gone with one line, and never anybody's use of a vraagstuk."""

# ruff: noqa: S608 — no query holds what the test didn't write itself

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from contents import Contents
from contract.visitor import Visitor
from lifecycle import MODULES, World, deploy_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.site import Site
    from user import Material, Tool

WHY = "to see what becomes of it"
EVERYTHING = dict.fromkeys(MODULES, True)
COMMON = {
    "summary": "Waar het om gaat.",
    "decides": "De raad beslist.",
    "feedback": {"by": "today + 90 days"},
    "opens": "today - 20 days",
    "closes": "today + 40 days",
}
ASKED: list[dict[str, Any]] = [
    {
        **COMMON,
        "key": "plein",
        "instrument": "poll",
        "title": "Het plein",
        "questions": [
            {
                "key": "wat",
                "title": "Wat wordt het?",
                "options": [{"key": key, "title": key.title()} for key in ("bomen", "bankjes", "gras")],
            },
            {
                "key": "meer",
                "title": "Wat nog meer?",
                "kind": "multiple",
                "max_votes": 2,
                "options": [{"key": key, "title": key.title()} for key in ("licht", "water", "kunst")],
            },
            {"key": "verder", "title": "Wat wilt u nog kwijt?", "kind": "open"},
        ],
    },
    {
        **COMMON,
        "key": "geld",
        "instrument": "budget",
        "title": "Geld voor de wijk",
        "phases": [
            {"phase": "accepting"},
            {"phase": "selecting", "from": "today - 9 days"},
            {"phase": "balloting", "from": "today - 2 days"},
        ],
        "groups": [
            {
                "key": "wijken",
                "name": "Wijken",
                "headings": [
                    {"key": "noord", "name": "Noord", "amount": 25000},
                    {"key": "zuid", "name": "Zuid", "amount": 30000},
                ],
            }
        ],
    },
    {
        **COMMON,
        "key": "plan",
        "instrument": "legislation",
        "title": "Het plan",
        "phases": [
            {"phase": phase, "from": "today - 9 days", "until": "today + 20 days"} for phase in ("debate", "comments")
        ],
        "draft": {"title": "Ontwerp", "file": "../plan.md", "published": "today - 9 days"},
        "questions": [
            {
                "key": "nut",
                "title": "Helpt dit plan?",
                "options": [{"key": "ja", "title": "Ja"}, {"key": "nee", "title": "Nee"}],
            }
        ],
    },
    {
        **COMMON,
        "key": "haven",
        "instrument": "debate",
        "title": "Praat over de haven",
        "text": "Wat vindt u van de haven? Vertel het ons.",
    },
    {**COMMON, "key": "idee", "instrument": "proposals", "title": "Uw idee"},
]
PLAN = "# Ontwerp\n\nDit is het eerste deel van het plan, met genoeg woorden.\n\nDit is het tweede deel van het plan.\n"
FICTITIOUS = "SELECT id FROM users WHERE email LIKE '%@example.invalid'"
# What they did, without numbers that are others each time; each with how it is counted.
DEEDS = {
    "poll_answers": "answer || '/' || coalesce((SELECT title FROM poll_question_answer_translations AS t "
    "WHERE t.poll_question_answer_id = option_id AND locale = 'nl'), '')",
    "poll_voters": "origin",
    "budget_investments": "(SELECT title || description FROM budget_investment_translations AS t "
    "WHERE t.budget_investment_id = d.id) || price || selected",
    "budget_ballots": "(SELECT string_agg(title, ',' ORDER BY title) FROM budget_ballot_lines AS l "
    "JOIN budget_investment_translations AS t ON t.budget_investment_id = l.investment_id WHERE ballot_id = d.id)",
    "legislation_answers": "(SELECT value FROM legislation_question_option_translations AS t "
    "WHERE t.legislation_question_option_id = d.legislation_question_option_id AND locale = 'nl')",
    "legislation_annotations": "text",
    "comments": "commentable_type || (SELECT body FROM comment_translations AS t WHERE t.comment_id = d.id)",
    "votes": "votable_type || vote_flag",
    "proposals": "(SELECT title || summary || description FROM proposal_translations AS t WHERE t.proposal_id = d.id)",
}
WHO = {"poll_voters": "user_id", "budget_ballots": "user_id", "legislation_answers": "user_id", "comments": "user_id",
       "votes": "voter_id"}  # fmt: skip
# Where else something of them could be left.
TRACES = ("users", "budget_ballot_lines", "budget_investment_translations", "comment_translations",
          "proposal_translations", "communities", "audits", "notifications")  # fmt: skip
REACTION = "Dit voorbeeld vind ik een goed idee."
CHOSEN, ANSWERED = "Voorbeeld: bomen op het plein", "Voorbeeld: een ruilkast voor boeken"


@dataclass
class Demo:
    """A deployed demo with a vraagstuk of each instrument.

    Args:
        world: The platform.
        contents: What it contains.
    """

    world: World
    contents: Contents

    def deploy(self, **changes: Any) -> dict[str, str]:
        """Change the file, and deploy what Consul contains; return what became of each object."""
        self.world.municipality.edit(changes)
        done = self.world.municipality.run("deploy", "--contents", "--yes", "--json", "--override", WHY)
        assert done.code == 0, done
        return {change["object"]: change["action"] for change in done.json["changes"] if change["kind"] == "content"}

    def deeds(self, who: str = f"IN ({FICTITIOUS})") -> list[str]:
        """Return what people did, fictitious ones or others."""
        queries = [
            f"SELECT '{table}', u.username, {told} FROM {table} AS d "
            f"JOIN users AS u ON u.id = {WHO.get(table, 'author_id')} WHERE u.id {who}"
            for table, told in DEEDS.items()
        ]
        return sorted(self.contents.sql(";".join(queries)).splitlines())

    def counted(self) -> dict[str, int]:
        """Return how many rows there are of what could be theirs."""
        known = self.contents.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").split()
        tables = [table for table in (*DEEDS, *TRACES) if table in known]
        return {table: int(self.contents.sql(f"SELECT count(*) FROM {table}")) for table in tables}


class Examples:
    """The tests of one demo follow one another."""

    material: str

    def test_they_are_shown(self, demo: Demo, site: Site) -> None:
        visitor, number = Visitor(site), demo.contents.number
        budget, proposals = (visitor.get(path).page.plain for path in ("/budgets/geld", "/proposals"))
        debate = visitor.get(f"/debates/{number('debate haven')}").page.plain

        for words in ("Voorbeeld: bankjes bij de bushalte", CHOSEN):
            assert words in budget, words
        for words in ("Voorbeeld: meer bankjes langs het water", ANSWERED):
            assert words in proposals, words
        for words in ("Voorbeeld 1", "Voorbeeld: er is te weinig plek voor fietsen."):
            assert words in debate, words
        kinds = {line.partition("|")[0] for line in demo.deeds()}
        assert kinds == set(DEEDS), "some of each"

    def test_again_there_is_nothing_to_do_and_rails_is_not_asked(self, demo: Demo) -> None:
        again = demo.contents.apply(demo.contents.deployed)

        assert (again.changes, again.booted) == ([], False)

    def test_the_next_day_there_is_nothing_to_do_either(self, demo: Demo) -> None:
        assert demo.world.municipality.plan_later(days=1).json["changes"] == []

    def test_nobody_is_one_of_them(self, demo: Demo, site: Site) -> None:
        first = "voorbeeld-1.plein@example.invalid"

        assert not Visitor(site).log_in(first, "").logged_in
        assert not Visitor(site).log_in("Voorbeeld 1", "").logged_in
        assert demo.contents.mails("example.invalid") == ""
        # The stand-in has not all the columns that are counted by.
        if not site.standin:
            told = demo.world.municipality.run("vraagstuk", "status", "--json").json["vraagstukken"]
            assert {one["contributions"] or 0 for one in told} == {0}

    def test_they_vote_as_people_may(self, demo: Demo) -> None:
        most = "SELECT max(count) FROM (SELECT count(*) FROM {} GROUP BY {}) AS each"

        for name, votes in (("wat", "1"), ("meer", "2")):
            answers = f"poll_answers WHERE question_id = {demo.contents.number(f'question plein/{name}')}"
            assert demo.contents.sql(most.format(answers, "author_id")) == votes
        for columns in ("author_id, option_id", "author_id, question_id, answer"):
            assert demo.contents.sql(most.format("poll_answers", columns)) == "1"
        assert demo.contents.sql(most.format("legislation_answers", "user_id, legislation_question_id")) == "1"
        assert demo.contents.sql(most.format("votes", "voter_id, votable_type, votable_id")) == "1"
        idle = "NOT EXISTS (SELECT FROM poll_answers WHERE author_id = user_id)"
        assert demo.contents.sql(f"SELECT count(*) FROM poll_voters WHERE {idle}") == "0"

    def test_what_a_moderator_hides_stays_hidden(self, demo: Demo) -> None:
        before = demo.deeds()
        demo.contents.sql(
            "UPDATE comments SET hidden_at = now() WHERE commentable_type = 'Debate';"
            f"UPDATE users SET hidden_at = now() WHERE id IN ({FICTITIOUS}) AND username = 'Voorbeeld 1'"
        )

        told = demo.deploy(footer={"phone": "14 012"})

        assert told
        assert not [key for key in told if key.startswith("example ")]
        assert demo.deeds() == before
        demo.contents.sql("UPDATE comments SET hidden_at = NULL; UPDATE users SET hidden_at = NULL")

    def test_an_option_that_only_they_chose_goes(self, demo: Demo) -> None:
        fewer = [{**ASKED[0], "questions": [{**question} for question in ASKED[0]["questions"]]}, *ASKED[1:]]
        fewer[0]["questions"][0]["options"] = ASKED[0]["questions"][0]["options"][:2]
        del fewer[0]["questions"][1]
        groups = ASKED[1]["groups"]
        fewer[1] = {**ASKED[1], "groups": [{**groups[0], "headings": groups[0]["headings"][:1]}]}
        before = demo.deeds()

        told = demo.deploy(vraagstuk=fewer)

        assert told.pop("example plein") == told.pop("example geld") == "changed"
        gone = {"question plein/meer", "option plein/wat/gras", "heading geld/wijken/zuid"}
        assert {key for key in told if told[key] == "removed"} >= gone, told
        assert "withdrawn" not in told.values()
        demo.deploy(vraagstuk=ASKED)
        assert demo.deeds() == before, "the same file gives the same"

    def test_a_vraagstuk_that_only_they_used_is_removed_with_them(self, demo: Demo) -> None:
        before = demo.deeds()

        told = demo.deploy(vraagstuk=[])

        assert {told[key] for key in told if key.split()[0] != "page"} == {"removed"}, told
        left = demo.counted()
        assert {table: left[table] for table in left.keys() & DEEDS.keys() if left[table]} == {}
        assert demo.contents.sql(FICTITIOUS) == ""
        for table in ("polls", "budgets", "legislation_processes", "debates"):
            assert demo.contents.sql(f"SELECT count(*) FROM {table}") == "0", table
        demo.deploy(vraagstuk=ASKED)
        assert demo.deeds() == before, "the same file gives the same"

    def test_off_all_goes_but_what_inhabitants_did_and_answered(self, demo: Demo, site: Site) -> None:
        demo.contents.sql(inhabitant())
        theirs = demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')")
        assert len(theirs) == 11

        told = demo.deploy(demo_content=False)

        assert {key: action for key, action in told.items() if key.startswith("example ")} == {
            "example plein": "removed",
            "example plan": "removed",
            "example haven": "withdrawn",
            "example idee": "withdrawn",
            "example geld": "withdrawn",
        }
        assert {key for key in told if not key.startswith("example ")} == set()
        assert demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')") == theirs
        stays = [line.split("|")[2].partition(".")[0] for line in demo.deeds()]
        assert len(stays) == 3
        assert stays[0].startswith(CHOSEN)
        assert stays[1].startswith("DebateVoorbeeld: ")
        assert stays[2].startswith(ANSWERED)
        assert demo.contents.sql(f"SELECT count(*) FROM ({FICTITIOUS}) AS them") == "3"
        proposal = demo.contents.sql(f"SELECT proposal_id FROM proposal_translations WHERE title = '{ANSWERED}'")
        answer = Visitor(site).get(f"/proposals/{proposal}")
        assert ANSWERED in answer.page.plain
        if not site.standin:
            assert REACTION in answer.page.plain

    def test_consul_counts_what_is_left(self, demo: Demo, site: Site) -> None:
        if site.standin:
            pytest.skip("the stand-in keeps no counts")
        # What the inhabitant did was put there by hand: only what Consul looked at since is in its counts.
        counts = {
            "SELECT sum(comments_count) FROM debates": "1",
            "SELECT sum(cached_votes_up) FROM debates": "1",
            "SELECT sum(cached_votes_down) FROM debates": "0",
            "SELECT sum(cached_votes_up) FROM proposals": "1",
            "SELECT sum(ballot_lines_count) FROM budget_investments": "1",
            "SELECT sum(answers_count) FROM legislation_questions": "1",
            "SELECT sum(answers_count) FROM legislation_question_options": "1",
            # Consul logs what becomes of each idea: of those that are gone nothing is left there.
            "SELECT count(*) FROM audits WHERE associated_id NOT IN (SELECT id FROM budget_investments)": "0",
            "SELECT count(*) FROM communities": "2",
        }
        assert {query: demo.contents.sql(query) for query in counts} == counts

    def test_after_that_there_is_nothing_to_do(self, demo: Demo) -> None:
        assert demo.deploy() == {}

    def test_on_again_the_same_are_there(self, demo: Demo) -> None:
        theirs = demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')")

        demo.deploy(demo_content=True)

        assert demo.deploy() == {}
        titles = "SELECT count(*), count(DISTINCT title) FROM {}_translations WHERE title LIKE 'Voorbeeld:%'"
        assert demo.contents.sql(titles.format("proposal")) == "4|4"
        assert demo.contents.sql(titles.format("budget_investment")) == "4|4"
        assert demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')") == theirs

    def test_what_inhabitants_used_is_kept_when_it_leaves_the_file(self, demo: Demo) -> None:
        theirs = demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')")

        told = demo.deploy(vraagstuk=[], demo_content=False)

        for key in ("poll plein", "budget geld", "process plan", "debate haven"):
            assert told[key] == "withdrawn", key
        assert demo.deeds("IN (SELECT id FROM users WHERE email = 'inwoner@example.org')") == theirs


def inhabitant() -> str:
    """Return what one inhabitant does beside them, and about what they did."""
    me = "(SELECT id FROM users WHERE email = 'inwoner@example.org')"

    def of(key: str) -> str:
        return f"(SELECT record_id FROM ddconsul.objects WHERE key = '{key}')"

    def row(table: str, **values: str) -> str:
        given = {**values, "created_at": "now()", "updated_at": "now()"}
        return f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join(given.values())})"

    def newest(table: str) -> str:
        return f"(SELECT max(id) FROM {table})"

    def comment(kind: str, number: str, text: str) -> list[str]:
        said = {"comment_id": newest("comments"), "locale": "'nl'", "body": f"'{text}'"}
        return [
            row("comments", user_id=me, commentable_type=f"'{kind}'", commentable_id=number),
            row("comment_translations", **said),
        ]

    def vote(kind: str, number: str) -> str:
        return row(
            "votes", voter_id=me, voter_type="'User'", vote_flag="true", votable_type=f"'{kind}'", votable_id=number
        )

    answered = f"(SELECT proposal_id FROM proposal_translations WHERE title = '{ANSWERED}')"
    chosen = f"(SELECT budget_investment_id FROM budget_investment_translations WHERE title = '{CHOSEN}')"
    option, heading, budget = of("option plein/wat/gras"), of("heading geld/wijken/zuid"), of("budget geld")
    place = {"budget_id": budget, "group_id": of("group geld/wijken"), "heading_id": heading}
    liked = "(SELECT min(id) FROM comments WHERE commentable_type = 'Debate')"
    return ";\n".join(
        [
            row("users", email="'inwoner@example.org'", username="'Inwoner'", confirmed_at="now()",
                encrypted_password="'$2a$'"),
            row("poll_voters", user_id=me, poll_id=of("poll plein"), origin="'web'"),
            row("poll_answers", author_id=me, answer="'Gras'", question_id=of("question plein/wat"), option_id=option),
            row("budget_investments", author_id=me, price="500", selected="true", **place),
            row("budget_investment_translations", budget_investment_id=newest("budget_investments"), locale="'nl'",
                title="'Een schommel'", description="'Graag'"),
            row("budget_ballots", user_id=me, budget_id=budget),
            row("budget_ballot_lines", ballot_id=newest("budget_ballots"), investment_id=chosen, **place),
            row("budget_ballot_lines", ballot_id=newest("budget_ballots"),
                investment_id=newest("budget_investments"), **place),
            row("legislation_answers", user_id=me, legislation_question_id=of("process_question plan/nut"),
                legislation_question_option_id=of("process_option plan/nut/ja")),
            *comment("Debate", of("debate haven"), "Ik zwem er graag."),
            vote("Debate", of("debate haven")),
            vote("Comment", liked),
            row("proposals", author_id=me, published_at="now()"),
            row("proposal_translations", proposal_id=newest("proposals"), locale="'nl'", title="'Een vlag'",
                summary="'Kort'", description="'Lang'"),
            *comment("Proposal", answered, REACTION),
            vote("Proposal", answered),
        ]
    )  # fmt: skip


@pytest.mark.e2e
class TestStandin(Examples):
    """On the stand-in."""

    material = "standin"


@pytest.mark.real
class TestConsul(Examples):
    """On Consul itself."""

    material = "consul"


@pytest.fixture(scope="class")
def demo(
    request: pytest.FixtureRequest, tool: Tool, tmp_path_factory: pytest.TempPathFactory, run_id: str
) -> Iterator[Demo]:
    material: Material = request.getfixturevalue(request.cls.material)
    folder = tmp_path_factory.mktemp("examples") / "platform"
    (folder.parent / "plan.md").write_text(PLAN)
    slug = f"vb-{'si' if material.standin else 'co'}-{run_id}"
    world = deploy_first(
        tool, folder, material, slug, from_image=True, modules=EVERYTHING, vraagstuk=ASKED, demo_content=True
    )
    contents = Contents(
        world.host, slug, str(world.first.json["command"]), tmp_path_factory.mktemp("contents"), material.standin
    )
    yield Demo(world, contents)
    world.municipality.run("destroy", "--yes")


@pytest.fixture(scope="class")
def site(demo: Demo) -> Site:
    return demo.world.site(EVERYTHING)
