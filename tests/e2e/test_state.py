"""What Consul contains: the file's words, the administrators' edits, and the inhabitants' contributions."""

# ruff: noqa: S608 — no query holds what the test didn't write itself

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from contents import CODES, Contents, Document, day, example, made, moment, named, png, roles, without
from contract.visitor import Visitor
from lifecycle import MODULES, World, deploy_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.site import Site
    from user import Material, Tool

# What the file governs, and what Consul's own work touches; all other tables are the inhabitants'.
OURS = (
    "^(settings|site_customization_|widget_|banner|i18n_|active_storage_|images|"
    "administrators|moderators|managers|valuators|delayed_jobs|visits|users|"
    "geozones|tags|taggings|polls|poll_translations|poll_question|votation_types|reports|"
    "budgets|budget_translations|budget_phase|budget_group|budget_heading|"
    "legislation_process|legislation_draft|legislation_question|milestone|documents|debates|debate_translations)"
)
ONE_OF_EACH = {
    "account desk@example.org": ("valuator", True, False),
    "page privacy": ("content.nl", '<h2>Wie</h2><p>Wij &amp; "zij"</p>', "<p>Kort.</p>"),
    "page about": ("subtitle.nl", "Wie wij zijn", "Wie wij waren"),
    "content_block footer nl": ("body", '<li><a href="/balie">Balie</a></li>', "<li>Dicht</li>"),
    "card header": ("description.nl", "Over uw straat", "Over uw wijk"),
    "card one": ("columns", 6, 3),
    "banner summer": ("sections", "debates homepage", "homepage"),
    "text layouts.footer.description": ("value.nl", "Onze eigen woorden", "Andere woorden"),
    "feed proposals": ("limit", 5, 4),
}
# Every field of what inhabitants are asked, with another value.
CHANGED: dict[str, dict[str, object]] = {
    "district noord": {
        "name": "Noordwest", "external_code": "WK001402", "census_code": "02", "color": "#222222",
        "geojson": '{"type": "Point", "coordinates": [6.5, 53.2]}',
    },
    "poll wijk": {"ends_at": moment(31)},
    "poll later": {
        "name.nl": "Anders", "name.en": "Other", "summary.nl": "Korter", "description.nl": "<p>Langer</p>",
        "starts_at": moment(11), "ends_at": moment(41), "geozone_restricted": True, "districts": "zuid",
        "results": False, "stats": True,
    },
    "question later/een": {"title.nl": "Iets anders", "title.en": "Something else", "order": 2},
    "option later/een/rood": {"title.nl": "Rozerood", "description.nl": "<p>Als wijn</p>", "given_order": 2},
    "option later/een/blauw": {"given_order": 1},
    "question later/meer": {"max_votes": 1, "order": 1},
    "question later/open": {"vote_type": "unique"},
    "budget geld": {
        "name.nl": "Geld voor de stad", "currency_symbol": "$", "voting_style": "knapsack", "hide_money": True,
        "published": False, "phase": "reviewing",
    },
    "phase geld/informing": {"ends_at": moment(35)},
    "phase geld/accepting": {
        "starts_at": moment(35), "ends_at": moment(58), "name.nl": "Ideeën", "description.nl": "<p>Kom maar op</p>"
    },
    "phase geld/reviewing": {"starts_at": moment(58), "ends_at": moment(85)},
    "phase geld/selecting": {"enabled": True, "starts_at": moment(85), "ends_at": moment(90)},
    "group geld/stad": {"name.nl": "Overal", "max_votable_headings": 1},
    "heading geld/stad/bomen": {
        "name.nl": "Groen", "price": 40000, "population": 1300, "district": "zuid", "latitude": "53.2",
        "longitude": "6.5", "max_ballot_lines": 3,
    },
    "process plan": {
        "title.nl": "Het grote plan", "title.en": "The big plan", "summary.nl": "Kort", "description.nl": "Lang",
        "additional_info.nl": "Het college besluit", "start_date": day(-6), "end_date": day(91),
        "debate_start_date": day(-3), "debate_end_date": day(61), "proposals_phase_start_date": day(-3),
        "proposals_phase_end_date": day(61), "allegations_start_date": day(-3), "allegations_end_date": day(61),
        "draft_publication_date": day(-2), "result_publication_date": day(92), "categories": "Verkeer",
        "allegations_phase_enabled": False, "draft_publication_enabled": False, "published": False,
    },
    "draft plan/een": {
        "title.nl": "Laatste versie", "body.nl": "# Slot", "changelog.nl": "Af", "status": "draft",
        "final_version": True,
    },
    "process_question plan/nut": {"title.nl": "Helpt het", "description.nl": "<p>Zeg maar</p>"},
    "process_option plan/nut/ja": {"value.nl": "Jazeker", "value.en": "Certainly"},
    "milestone plan/besluit": {
        "title.nl": "Uitstel", "description.nl": "<p>Later</p>", "publication_date": day(-2)
    },
    "document plan/nota": {"title": "De brief"},
    "debate straat": {
        "title.nl": "Onze straat", "title.en": "Our street", "description.nl": "<p>Wat vindt u ervan?</p>",
        "categories": "Verkeer",
    },
}  # fmt: skip
REFUSED = (
    ("poll wijk", "starts_at", moment(2)),
    ("poll wijk", "ends_at", moment(-1, 23)),
    ("poll later", "ends_at", moment(5)),
    ("heading geld/stad/bomen", "max_ballot_lines", 0),
    ("question later/meer", "title.nl", "Hm"),
    ("debate straat", "title.nl", "De"),
    ("process plan", "end_date", day(-30)),
    ("phase geld/accepting", "ends_at", moment(20)),
)
MADE_OF = (
    "polls", "poll_questions", "poll_question_answers", "poll_translations", "votation_types", "geozones_polls",
    "budgets", "budget_phases", "budget_headings", "legislation_processes", "legislation_questions",
    "legislation_question_options", "milestones", "documents", "debates",
)  # fmt: skip
# What is a part of a whole, or asked by itself.
ASKED = ("poll", "question", "option", "budget", "phase", "group", "heading", "process", "draft", "process_question",
         "process_option", "milestone", "document", "debate", "category", "district")  # fmt: skip


class State:
    """The tests of one site follow one another; `document` is what stands in the file at that moment."""

    material: str

    def test_a_check_foretells_all_and_leaves_nothing(self, contents: Contents, document: Document) -> None:
        before = contents.trace()

        foretold = contents.apply(document, check=True)

        assert contents.trace() == before
        assert foretold.changes
        assert contents.apply(document).changes == foretold.changes

    def test_again_there_is_nothing_to_do_and_rails_is_not_asked(self, contents: Contents, document: Document) -> None:
        again = contents.apply(document)

        assert (again.changes, again.booted) == ([], False)

    def test_a_visitor_reads_what_the_file_says(self, site: Site) -> None:
        visitor = Visitor(site)
        home, page = visitor.get("/"), visitor.get("/over-ons")

        for words in ("Praat mee", "Over uw straat", "Eerste kaart", "Zomerfeest", "Onze eigen woorden", "Balie"):
            assert words in home.page.plain, words
        assert "logo.png" in home.text
        assert "een" in home.text
        for words in ("Over ons", "Wie wij zijn", "Wij wonen hier", "Kaart op de pagina"):
            assert words in page.page.plain, words
        assert "Privacyverklaring" in visitor.get("/privacy").page.plain
        assert "About us" in visitor.get("/over-ons?locale=en").page.plain

    def test_who_gets_a_role_gets_no_mail(self, contents: Contents) -> None:
        assert contents.mails("desk@example.org") == ""
        assert contents.sql("SELECT confirmed_at IS NOT NULL FROM users WHERE email = 'desk@example.org'") == "t"

    def test_the_administrator_enters_with_the_password_of_the_secrets_file(self, site: Site) -> None:
        assert Visitor(site).log_in(*site.administrator).logged_in

    def test_each_change_in_the_file_is_told_as_itself_and_done(self, contents: Contents, document: Document) -> None:
        expected = []
        for key, (field, old, new) in ONE_OF_EACH.items():
            named(document, key)[field] = new
            expected.append(("changed", key, field, text(old), text(new)))

        assert contents.apply(document, check=True).changes == expected
        assert contents.apply(document).changes == expected
        again = contents.apply(document)
        assert (again.changes, again.booted) == ([], False)

    def test_an_inhabitant_reads_what_is_asked(self, contents: Contents, site: Site) -> None:
        visitor = Visitor(site)
        vote, money = visitor.get("/polls/wijk").page.plain, visitor.get("/budgets/geld").page.plain
        plan = visitor.get(f"/legislation/processes/{contents.number('process plan')}").page.plain
        debate = visitor.get(f"/debates/{contents.number('debate straat')}").page.plain

        for words in ("Stemming wijk", "Wat wordt het in wijk", "Rood", "Blauw", "Welke bomen", "Wat nog meer"):
            assert words in vote, words
        for words in ("Geld voor de wijk", "Fase accepting"):
            assert words in money, words
        for words in ("Het plan", "Alles over", "De raad besluit", "Eerste versie", "De nota"):
            assert words in plan, words
        for words in ("De straat", "Hoe gaat het met de straat", "Groen"):
            assert words in debate, words
        assert "Waar het plan om gaat" in visitor.get("/legislation/processes").page.plain
        assert "Vote wijk" in visitor.get("/polls/wijk?locale=en").page.plain

    def test_questions_and_options_stand_in_the_order_of_the_file(self, contents: Contents, site: Site) -> None:
        page = Visitor(site).get("/polls/later").page.plain
        places = [page.index(words) for words in ("in later", "Rood", "Blauw", "Groen", "Welke bomen", "Wat nog meer")]
        assert places == sorted(places)
        assert contents.sql("SELECT count(*) FROM budget_phases WHERE enabled") == "6"

    def test_each_field_of_what_is_asked_is_told_as_itself_and_done(
        self, contents: Contents, document: Document
    ) -> None:
        changed = copy.deepcopy(document)
        for key, fields in CHANGED.items():
            named(changed, key).update(fields)
        picture = contents.file(changed, "ander.png", png(640, 480, (0, 0, 90)))
        codes = contents.file(changed, "meer.csv", CODES + b"3,NIEUW,1980-01-01,9711AA\n", "text/csv")
        for key in ("poll wijk", "budget geld", "process plan"):
            named(changed, key)["image"] = picture
        named(changed, "census codes")["file"] = codes
        expected = [
            ("changed", one["key"], field, text_or_none(named(document, one["key"]).get(field)), text(value))
            for one in changed["objects"]
            for field, value in one["fields"].items()
            if named(document, one["key"]).get(field) != value
        ]

        assert contents.apply(changed, check=True).changes == expected
        assert contents.apply(changed).changes == expected
        again = contents.apply(changed)

        assert (again.changes, again.booted) == ([], False)
        # Consul would name an address after the name, of what isn't published.
        assert contents.sql("SELECT slug FROM budgets") == "geld"
        assert contents.sql("SELECT count(*) FROM local_census_records") == "51"
        contents.settled(document)

    def test_what_consul_would_not_take_is_refused_by_name(self, contents: Contents, document: Document) -> None:
        for key, field, value in REFUSED:
            wrong = copy.deepcopy(document)
            named(wrong, key)[field] = value

            answer = contents.apply(wrong, override="to see").answer

            assert (answer["failed"], answer["object"]) == (True, key), answer
        assert contents.apply(document).changes == []

    def test_what_nobody_used_goes_altogether_and_comes_back(self, contents: Contents, document: Document) -> None:
        asked = [one["key"] for one in document["objects"] if one["key"].split()[0] in ASKED]
        gone = without(document, *asked)

        foretold = contents.apply(gone, check=True, override="to see").changes
        assert contents.apply(gone, override="to see").changes == foretold
        assert {(kind, key) for kind, key, *_ in foretold} == {("removed", key) for key in asked}
        for table in MADE_OF:
            assert contents.sql(f"SELECT count(*) FROM {table}") == "0", table
        assert contents.sql("SELECT count(*) FROM images WHERE imageable_type <> 'Widget::Card'") == "0"
        assert contents.sql("SELECT count(*) FROM tags WHERE name IN ('Groen', 'Verkeer') AND kind = 'category'") == "0"
        contents.settled(document)

    def test_the_last_file_leaves_the_host_with_what_asked_for_it(self, contents: Contents, document: Document) -> None:
        gone = copy.deepcopy(document)
        files = gone.pop("files")
        gone["objects"] = [one for one in gone["objects"] if one["key"].split()[0] not in {"image", "census"}]
        for one in gone["objects"]:
            one["fields"] = {field: value for field, value in one["fields"].items() if str(value) not in files}
        kept = f"ls /srv/ddconsul/{contents.slug}/shared/content"
        assert len(contents.host.sh(kept).split()) >= len(files)

        contents.apply(gone, override="to see")

        # The codes of the letters stand in one of them, in clear.
        assert contents.host.sh(kept) == ""
        # A deploy that is killed right before that leaves them to one that has nothing else to do.
        contents.host.sh(f"touch /srv/ddconsul/{contents.slug}/shared/content/codes.csv")
        contents.apply(gone)
        assert contents.host.sh(kept) == ""
        contents.settled(document)

    def test_another_picture_takes_the_place_of_the_old_one(self, contents: Contents, document: Document) -> None:
        new = contents.file(document, "logo2.png", png(180, 80, (0, 0, 200)))
        old, named(document, "image logo_header")["file"] = named(document, "image logo_header")["file"], new

        assert contents.apply(document).changes == [("changed", "image logo_header", "file", old, new)]
        attachments = "active_storage_attachments WHERE record_type = 'SiteCustomization::Image'"
        assert contents.sql(f"SELECT count(*) FROM {attachments}") == "1"

    def test_what_a_field_or_a_language_loses_in_the_file_goes(self, contents: Contents, document: Document) -> None:
        del named(document, "page about")["subtitle.nl"]
        for field in ("title.en", "content.en"):
            del named(document, "page about")[field]

        told = contents.apply(document).changes

        assert {(kind, field) for kind, _, field, _, _ in told} == {
            ("removed", "subtitle.nl"),
            ("removed", "title.en"),
            ("removed", "content.en"),
        }
        languages = (
            "SELECT words.locale FROM site_customization_page_translations AS words JOIN site_customization_pages"
        )
        about = "AS pages ON pages.id = site_customization_page_id WHERE slug = 'over-ons'"
        assert contents.sql(f"{languages} {about}") == "nl"
        assert contents.apply(document).changes == []

    def test_what_an_administrator_edits_stays_and_is_told(self, contents: Contents, document: Document) -> None:
        edit(contents)
        kept = [
            ("drift", "account desk@example.org", "moderator", "true", "false"),
            ("drift", "page about", "title.nl", "Van beheer", "Over ons"),
            ("drift", "card one", "columns", "12", "3"),
            ("drift", "text layouts.footer.description", "", None, "layouts.footer.description"),
        ]

        assert contents.apply(document, check=True).changes == kept
        assert contents.apply(document).changes == kept
        again = contents.apply(document)
        assert (again.changes, again.booted) == (kept, False)

    def test_changed_on_both_sides_is_left_until_somebody_chooses(self, contents: Contents, document: Document) -> None:
        named(document, "page about")["title.nl"] = "Van het bestand"
        named(document, "card one")["columns"] = 4
        document["settings"]["org_name"] = "Van het bestand"
        contents.sql("UPDATE settings SET value = 'Van beheer' WHERE key = 'org_name'")
        conflicts = {
            ("conflict", "setting org_name", "value", "Van beheer", "Van het bestand"),
            ("conflict", "page about", "title.nl", "Van beheer", "Van het bestand"),
            ("conflict", "card one", "columns", "12", "4"),
        }

        assert conflicts < set(contents.apply(document).changes)
        again = contents.apply(document)
        assert conflicts < set(again.changes)
        assert not again.booted

        chosen = contents.apply(document, enforce=["page about", "setting org_name"]).changes
        assert ("changed", "page about", "title.nl", "Van beheer", "Van het bestand") in chosen
        assert ("changed", "setting org_name", "value", "Van beheer", "Van het bestand") in chosen
        assert ("conflict", "card one", "columns", "12", "4") in chosen
        assert {kind for kind, *_ in contents.apply(document, enforce=["*"]).changes} == {"changed", "created"}
        assert contents.apply(document).changes == []

    def test_one_object_that_is_refused_undoes_all(self, contents: Contents, document: Document) -> None:
        before = contents.trace()
        wrong = copy.deepcopy(document)
        named(wrong, "page privacy")["title.nl"] = "Nieuwe titel"
        named(wrong, "image logo_header")["file"] = contents.file(wrong, "logo3.png", png(190, 80, (0, 200, 0)))
        wrong["objects"].append(made("page new", {"slug": "nieuw"}, **{"status": "published", "title.nl": ""}))

        answer = contents.apply(wrong).answer

        assert (answer["failed"], answer["object"], answer["field"]) == (True, "page new", "title.nl")
        assert "can't be blank" in answer["msg"]
        assert contents.trace() == before

    def test_no_document_touches_what_inhabitants_did(self, contents: Contents, document: Document) -> None:
        flood(contents)
        before = contributions(contents)
        everything = made("account inwoner@example.org", {"email": "inwoner@example.org"}, username="Anders", **roles())
        # Whoever registered keeps a name, unless somebody asks for that one.
        contents.apply({**document, "objects": [*document["objects"], everything]}, enforce=["page about"])
        assert contributions(contents) == before
        for hostile in hostiles(document):
            told = contents.apply(hostile, enforce=["*"], override="to see")
            assert not told.answer.get("failed"), told.answer
            assert contributions(contents) == before
        # All is back, once, with what hung on it.
        asked = (
            "poll_questions AS asked JOIN polls ON polls.id = poll_id WHERE slug = 'wijk' AND asked.hidden_at IS NULL"
        )
        assert contents.sql(f"SELECT count(*), count(DISTINCT poll_id) FROM {asked}") == "3|1"
        assert contents.sql("SELECT count(*) FROM legislation_processes") == "1"
        debate = f"debates WHERE hidden_at IS NULL AND id = {of('debate straat')}"
        assert contents.sql(f"SELECT count(*) FROM {debate}") == "1"
        again = contents.apply(document)
        assert (again.changes, again.booted) == ([], False)

    def test_what_inhabitants_used_is_closed_when_it_leaves_the_file(
        self, contents: Contents, document: Document
    ) -> None:
        asked = [one["key"] for one in document["objects"] if one["key"].split()[0] in ASKED]
        before = contributions(contents)

        told = {key: kind for kind, key, *_ in contents.apply(without(document, *asked), override="to see").changes}

        for key in ("poll wijk", "budget geld", "process plan", "debate straat", "district noord", "category Groen"):
            assert told[key] == "withdrawn", key
        assert told["poll later"] == told["option later/een/rood"] == "removed"
        assert (
            contents.sql("SELECT count(*) FROM polls WHERE slug = 'wijk' AND ends_at > now() AT TIME ZONE 'UTC'") == "0"
        )
        assert contents.sql("SELECT DISTINCT phase FROM budgets") == "finished"
        # By the municipality's clock: an hour before midnight in the database's, it has another date.
        today = "(now() AT TIME ZONE 'Europe/Amsterdam')::date"
        assert contents.sql(f"SELECT max(end_date) < {today} FROM legislation_processes") == "t"
        assert contributions(contents) == before
        contents.apply(document, enforce=["*"], override="to see")

    def test_what_leaves_the_file_goes_and_people_stay(self, contents: Contents, document: Document) -> None:
        contents.apply(document, enforce=["*"])
        contents.sql(
            "INSERT INTO widget_cards (cardable_id, cardable_type, link_url, created_at, updated_at) SELECT id,"
            "'SiteCustomization::Page', '/beheer', now(), now() FROM site_customization_pages WHERE slug = 'over-ons'"
        )
        keys = [*ONE_OF_EACH, "card about", "image logo_header"]

        told = {(kind, key) for kind, key, *_ in contents.apply(without(document, *keys)).changes}

        assert {key for kind, key in told if kind == "removed"} == {
            "banner summer", "card about", "card one", "content_block footer nl", "image logo_header",
            "text layouts.footer.description",
        } | {key for kind, key in told if key == "card header" and kind == "removed"}  # fmt: skip
        assert ("withdrawn", "page about") in told, "somebody else's card hangs on it"
        assert ("withdrawn", "page privacy") in told, "Consul's own page"
        assert ("withdrawn", "account desk@example.org") in told
        assert contents.sql("SELECT status FROM site_customization_pages WHERE slug = 'over-ons'") == "draft"
        assert contents.sql("SELECT count(*) FROM users WHERE email = 'desk@example.org'") == "1"
        assert contents.sql("SELECT count(*) FROM managers") == "0"

    def test_who_comes_after_somebody_takes_over_the_name(self, contents: Contents, document: Document) -> None:
        name = "De wijkmeester"
        anna, bram, cor = (
            made(f"account {who}@example.org", {"email": f"{who}@example.org"}, username=name, **roles("moderator"))
            for who in ("anna", "bram", "cor")
        )
        holders = f"SELECT username, email FROM users WHERE username LIKE '{name}%' ORDER BY username"
        moderators = "SELECT email FROM users JOIN moderators ON user_id = users.id WHERE email LIKE '%@example.org'"

        def give(*people: Document) -> Document:
            return {**document, "objects": [*document["objects"], *people]}

        contents.apply(give(anna))
        foretold, told = contents.apply(give(bram), check=True).changes, contents.apply(give(bram)).changes
        assert foretold == told
        assert ("changed", "account anna@example.org", "username", name, f"{name} (2)") in told
        assert contents.sql(holders) == f"{name}|bram@example.org\n{name} (2)|anna@example.org"
        assert contents.sql(moderators) == "bram@example.org"
        assert contents.apply(give(bram)).changes == []

        contents.apply(give())
        contents.apply(give(cor))
        assert contents.sql(moderators) == "cor@example.org", "also of somebody who left before"
        contents.apply(give(anna))
        assert contents.sql(holders).splitlines()[0] == f"{name}|anna@example.org", "who comes back has it again"
        assert contents.sql(moderators) == "anna@example.org"
        assert contents.apply(give(anna)).changes == []

    def test_an_account_that_left_and_was_blocked_or_given_up_is_nobodys(
        self, contents: Contents, document: Document
    ) -> None:
        dirk = made("account dirk@example.org", {"email": "dirk@example.org"}, username="Dirk", **roles("moderator"))
        one_more = {**document, "objects": [*document["objects"], dirk]}
        contents.apply(one_more)
        contents.apply(document)
        # On the stand-in nobody is blocked.
        if not contents.standin:
            contents.sql("UPDATE users SET hidden_at = now() WHERE email = 'dirk@example.org'")
            assert contents.apply(one_more).answer["failed"]
            assert contents.sql("SELECT hidden_at IS NULL FROM users WHERE email = 'dirk@example.org'") == "f"

        # As Consul erases an account (User#erase).
        contents.sql(
            "UPDATE users SET hidden_at = NULL, email = NULL, username = NULL WHERE email = 'dirk@example.org'"
        )
        contents.apply(one_more)
        assert contents.sql("SELECT count(*) FROM users WHERE email = 'dirk@example.org'") == "1"
        assert contents.apply(one_more).changes == []

    @pytest.mark.parametrize("name", ["Cor", "Eva"])
    def test_a_name_that_somebody_chose_stays_theirs(self, contents: Contents, document: Document, name: str) -> None:
        eva = made(
            "account eva@example.org", {"email": "eva@example.org"}, username="De balie twee", **roles("manager")
        )
        contents.apply({**document, "objects": [*document["objects"], eva]})
        contents.sql("UPDATE users SET username = 'Eva' WHERE email = 'eva@example.org'")
        contents.apply(document)
        contents.sql(
            "INSERT INTO users (email, username, confirmed_at, created_at, updated_at) "
            "VALUES ('cor@inwoner.example', 'Cor', now(), now(), now()) ON CONFLICT DO NOTHING"
        )
        before = contents.trace()
        other = made("account desk2@example.org", {"email": "desk2@example.org"}, username=name, **roles("moderator"))

        answer = contents.apply({**document, "objects": [*document["objects"], other]}).answer

        assert (answer["failed"], answer["field"]) == (True, "username")
        assert contents.trace() == before

    def test_a_site_of_an_earlier_version_knows_its_administrator(self, contents: Contents) -> None:
        document = contents.deployed
        contents.settled(document)
        first = document["objects"][0]
        contents.sql(
            f"UPDATE ddconsul.objects SET key = 'administrator' WHERE key = '{first['key']}';"
            f"DELETE FROM ddconsul.applied WHERE key = '{first['key']}' AND field <> 'username';"
            f"UPDATE ddconsul.applied SET key = 'administrator' WHERE key = '{first['key']}';"
            f"INSERT INTO ddconsul.applied VALUES ('administrator', 'email', '{first['identity']['email']}');"
            # That version's document looked otherwise.
            "UPDATE ddconsul.document SET fingerprint = 'of another document'"
        )

        assert contents.apply(document).changes == []
        assert contents.sql(f"SELECT count(*) FROM ddconsul.objects WHERE key = '{first['key']}'") == "1"


def hostiles(document: Document) -> Iterator[Document]:
    """Give documents that could take away what inhabitants did."""
    yield {**document, "settings": {**document["settings"], **{f"process.{name}": False for name in MODULES}}}
    yield without(document, *(one["key"] for one in document["objects"] if one["kind"] in {"option", "process_option"}))
    yield without(document, *(one["key"] for one in document["objects"] if one["kind"] in PARTS))
    otherwise = copy.deepcopy(document)
    for key, fields in CHANGED.items():
        named(otherwise, key).update(fields)
    named(otherwise, "question wijk/een").update({"title.nl": "Een heel andere vraag", "vote_type": "multiple"})
    named(otherwise, "question wijk/een")["max_votes"] = 3
    named(otherwise, "option wijk/een/blauw")["title.nl"] = "Zwart"
    named(otherwise, "heading geld/stad/bomen")["price"] = 1
    yield otherwise
    yield {**document, "objects": document["objects"][:1]}
    yield document


def text_or_none(value: object) -> str | None:
    return None if value is None else text(value)


def text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def edit(contents: Contents) -> None:
    """Do what administrators do: change, grant, delete."""
    contents.sql(
        "UPDATE site_customization_page_translations SET title = 'Van beheer' WHERE title = 'Over ons';"
        "UPDATE widget_cards SET columns = 12 WHERE link_url = '/polls';"
        "INSERT INTO moderators (user_id) SELECT id FROM users WHERE email = 'desk@example.org';"
        "DELETE FROM i18n_content_translations; DELETE FROM i18n_contents;"
    )


NOW, ONCE = "now(), now()", "ON CONFLICT DO NOTHING"
PARTS = {"question", "option", "group", "heading", "draft", "process_question", "process_option", "category"}


def of(key: str) -> str:
    """Return the number of an object, as a part of a query."""
    return f"(SELECT record_id FROM ddconsul.objects WHERE key = '{key}')"


def flood(contents: Contents) -> None:
    """Let two inhabitants register, write, react and vote, everywhere."""
    contents.sql(
        "INSERT INTO users (email, username, created_at, updated_at, confirmed_at) "
        "SELECT x, x, now(), now(), now() FROM unnest(ARRAY['inwoner@example.org', 'buur@example.org']) AS x"
    )
    contents.sql(deeds())
    contents.sql(
        "".join(
            "INSERT INTO polls (starts_at, ends_at, slug, created_at, updated_at) "
            f"VALUES (now() - interval '1 day', '2099-12-03', 'poll-{number}', now(), now());"
            for number in range(20)
        )
    )


def deeds() -> str:
    """Return what two inhabitants do with all that is asked; of some questions one option is nobody's."""
    # When Consul takes away an option, it takes away the answers to the question with that number.
    number = of("process_option plan/nut/ja")
    queries = [f"INSERT INTO legislation_questions (id, created_at, updated_at) VALUES ({number}, {NOW}) {ONCE}"]
    queries.append("SELECT setval('legislation_questions_id_seq', 1000)")
    for person in ("inwoner", "buur"):
        queries += [
            f"INSERT INTO {table} ({columns}, created_at, updated_at) SELECT {values}, now(), now() "
            f"FROM users WHERE email = '{person}@example.org'"
            for table, columns, values in rows(number)
        ]
    tagging = "tags.id, (SELECT max(id) FROM debates), 'Debate', 'tags', now() FROM tags WHERE name = 'Groen'"
    columns = "tag_id, taggable_id, taggable_type, context, created_at"
    queries.append(f"INSERT INTO taggings ({columns}) SELECT {tagging}")
    return ";\n".join(queries)


def rows(number: str) -> list[tuple[str, str, str]]:
    """Return what one inhabitant does: table, columns, values."""
    newest = "(SELECT max(id) FROM {})"
    debate, bomen, nut = of("debate straat"), of("heading geld/stad/bomen"), of("process_question plan/nut")
    wijk, geld, nee = of("poll wijk"), of("budget geld"), of("process_option plan/nut/nee")
    line = f"{newest.format('budget_ballots')}, {newest.format('budget_investments')}, {geld}, {bomen}"
    answer = f"id, 'Blauw', {of('question wijk/een')}, {of('option wijk/een/blauw')}"
    comment = ("comments", "user_id, commentable_type, commentable_id")
    words = ("comment_translations", "comment_id, locale, body", f"{newest.format('comments')}, 'nl', 'Een reactie'")
    vote = ("votes", "voter_id, voter_type, vote_flag, votable_type, votable_id")
    own = ("title", "description")
    return [
        ("poll_voters", "user_id, poll_id, origin, geozone_id", f"id, {wijk}, 'web', {of('district noord')}"),
        ("poll_answers", "author_id, answer, question_id, option_id", answer),
        (*comment, f"id, 'Poll', {wijk}"),
        words,
        ("debates", "author_id, geozone_id", f"id, {of('district noord')}"),
        (
            "debate_translations",
            f"debate_id, locale, {', '.join(own)}",
            f"{newest.format('debates')}, 'nl', 'Van ons', 'Zeg eens'",
        ),
        (*comment, f"id, 'Debate', {debate}"),
        words,
        (*vote, f"id, 'User', true, 'Debate', {debate}"),
        ("proposals", "author_id, published_at", "id, now()"),
        (*vote, f"id, 'User', true, 'Proposal', {newest.format('proposals')}"),
        (
            "budget_investments",
            "author_id, budget_id, group_id, heading_id, price, selected",
            f"id, {geld}, {of('group geld/stad')}, {bomen}, 500, true",
        ),
        (
            "budget_investment_translations",
            "budget_investment_id, locale, title, description",
            f"{newest.format('budget_investments')}, 'nl', 'Een boom', 'Graag'",
        ),
        (*vote, f"id, 'User', true, 'Budget::Investment', {newest.format('budget_investments')}"),
        ("budget_ballots", "user_id, budget_id", f"id, {geld}"),
        ("budget_ballot_lines", "ballot_id, investment_id, budget_id, heading_id", line),
        (
            "legislation_answers",
            "user_id, legislation_question_id, legislation_question_option_id",
            f"id, {nut}, {nee}",
        ),
        (
            "legislation_answers",
            "user_id, legislation_question_id, legislation_question_option_id",
            f"id, {number}, {nee}",
        ),
        (*comment, f"id, 'Legislation::Question', {nut}"),
        words,
        (
            "legislation_annotations",
            "author_id, legislation_draft_version_id, text",
            f"id, {of('draft plan/een')}, 'Een kanttekening'",
        ),
        (
            "legislation_proposals",
            "author_id, legislation_process_id, title, summary",
            f"id, {of('process plan')}, 'Een idee', 'Kort'",
        ),
    ]


def contributions(contents: Contents) -> str:
    """Return what inhabitants did, row by row."""
    tables = contents.sql(
        f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '{OURS}' ORDER BY 1"
    ).split()
    people = "(SELECT id FROM users WHERE email ~ '^(inwoner|buur)')"
    debates = f"(SELECT id FROM debates WHERE author_id IN {people})"
    tagged = f"taggable_type = 'Debate' AND taggable_id IN {debates}"
    theirs = [
        f"SELECT to_jsonb(u) - 'updated_at' FROM users AS u WHERE id IN {people} ORDER BY id",
        f"SELECT to_jsonb(d) FROM debates AS d WHERE id IN {debates} ORDER BY id",
        f"SELECT to_jsonb(t) FROM debate_translations AS t WHERE debate_id IN {debates} ORDER BY id",
        f"SELECT to_jsonb(t) FROM taggings AS t WHERE {tagged} ORDER BY id",
        "SELECT to_jsonb(p) FROM polls AS p WHERE slug LIKE 'poll-%' ORDER BY id",
    ]
    return contents.sql(
        ";\n".join([*(f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY 1" for table in tables), *theirs])
    )


@pytest.mark.e2e
class TestStandin(State):
    """On the stand-in."""

    material = "standin"

    def test_somebody_takes_part_in_everything(self, contents: Contents, document: Document, site: Site) -> None:
        contents.settled(document)
        visitor = Visitor(site)
        visitor.log_in(*site.administrator)
        number = contents.number
        question, option = number("question wijk/een"), number("option wijk/een/rood")
        plan, nut = number("process plan"), number("process_question plan/nut")
        contents.sql("UPDATE budgets SET phase = 'accepting'")
        agreed = "[terms_of_service]"
        idea = {"[title]": "Een bankje", "[description]": "In het park", agreed: "1"}
        heading = {"budget_investment[heading_id]": number("heading geld/stad/bomen")}

        def send(page: str, action: str, **values: str) -> str:
            form = next(form for form in visitor.get(page).page.forms if form.action == action)
            return visitor.submit(form, values).page.plain

        voted = send("/polls/wijk", "/polls/wijk/answer", **{f"web_vote[{question}][option_id]": option})
        assert "U heeft gestemd" in voted
        sent = {**{f"budget_investment{name}": value for name, value in idea.items()}, **heading}
        assert "Een bankje" in send("/budgets/geld/investments/new", "/budgets/geld/investments", **sent)
        answers = f"/legislation/processes/{plan}/questions/{nut}/answers"
        chosen = {"option_id": number("process_option plan/nut/nee")}
        assert "Dank u wel" in send(f"/legislation/processes/{plan}", answers, **chosen)
        debate = f"/debates/{number('debate straat')}"
        assert "Wat mooi" in send(debate, f"{debate}/comments", body="Wat mooi")
        own = {"proposal[title]": "Een fietspad", "proposal[summary]": "Langs het kanaal", f"proposal{agreed}": "1"}
        assert "Een fietspad" in send("/proposals/new", "/proposals", **own)

        contents.sql("UPDATE budgets SET phase = 'balloting'; UPDATE budget_investments SET selected = true")
        choose = f"/budgets/geld/ballot/lines?investment_id={contents.sql('SELECT max(id) FROM budget_investments')}"
        assert "Dank u wel" in send("/budgets/geld", choose)


@pytest.mark.real
class TestConsul(State):
    """On Consul itself."""

    material = "consul"

    def test_whoever_turns_off_a_module_hears_what_goes_on_there(self, contents: Contents, document: Document) -> None:
        contents.settled({**document, "settings": {**document["settings"], "process.polls": True}})
        off = {**document, "settings": {**document["settings"], "process.polls": False}}

        told = contents.apply(off, check=True)

        count = contents.sql("SELECT count(*) FROM polls WHERE now() AT TIME ZONE 'UTC' BETWEEN starts_at AND ends_at")
        text = f"{count} polls are open until 3 December 2099"
        assert [(caution["object"], caution["text"]) for caution in told.cautions] == [("setting process.polls", text)]
        refused = contents.apply(off, confirmed=False).answer
        assert (refused["failed"], refused["object"]) == (True, "setting process.polls")

    def test_a_tenant_gets_its_own_by_the_same_code(self, contents: Contents, document: Document) -> None:
        contents.host.sh(
            "systemd-run --quiet --wait --collect --pipe --uid=$1 --working-directory=$2/current "
            "--property=EnvironmentFile=$2/shared/config/environment bundle exec rails runner "
            """'Tenant.create!(name: "Oost", schema: "oost", schema_type: :subdomain)'""",
            f"ddconsul_{contents.slug.replace('-', '_')}",
            f"/srv/ddconsul/{contents.slug}",
        )
        main = contributions(contents)

        foretold = contents.apply(document, check=True, tenant="oost")
        assert contents.apply(document, tenant="oost").changes == foretold.changes
        again = contents.apply(document, tenant="oost")

        assert (again.changes, again.booted) == ([], False)
        assert {kind for kind, *_ in foretold.changes} == {"created"}
        assert contents.sql("SELECT count(*) FROM oost.users WHERE email = 'admin@consul.dev'") == "0"
        assert contributions(contents) == main


@pytest.fixture(scope="class")
def world(
    request: pytest.FixtureRequest, tool: Tool, tmp_path_factory: pytest.TempPathFactory, run_id: str
) -> Iterator[World]:
    material: Material = request.getfixturevalue(request.cls.material)
    folder = tmp_path_factory.mktemp("state") / "platform"
    # The test has pages of its own.
    world = deploy_first(tool, folder, material, f"state-{'si' if material.standin else 'co'}-{run_id}", pages={})
    yield world
    world.municipality.run("destroy", "--yes")


@pytest.fixture(scope="class")
def contents(world: World, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    command = str(world.first.json["command"])
    return Contents(world.host, world.slug, command, tmp_path_factory.mktemp("contents"), world.material.standin)


@pytest.fixture(scope="class")
def document(contents: Contents) -> Document:
    return example(contents)


@pytest.fixture(scope="class")
def site(world: World) -> Site:
    return world.site(MODULES)
