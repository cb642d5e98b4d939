"""What Consul contains: the file's words, the administrators' edits, and the inhabitants' contributions."""

# ruff: noqa: S608 — no query holds what the test didn't write itself

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from contents import Contents, Document, example, made, named, png, roles, without
from contract.visitor import Visitor
from lifecycle import MODULES, World, deploy_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.site import Site
    from user import Material, Tool

# What the file governs, and what Consul's own work touches; all other tables are the inhabitants'.
OURS = (
    "^(settings|site_customization_|widget_|banner|i18n_|active_storage_|images|"
    "administrators|moderators|managers|valuators|delayed_jobs|visits|users)"
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
        everything = [
            made("account inwoner@example.org", {"email": "inwoner@example.org"}, username="Anders", **roles())
        ]
        for hostile in (
            {**document, "settings": {**document["settings"], **{f"process.{name}": False for name in MODULES}}},
            {**document, "objects": [*document["objects"], *everything]},
            {**document, "objects": document["objects"][:1]},
            document,
        ):
            told = contents.apply(hostile, enforce=["page about"])
            assert not told.answer.get("failed"), told.answer
            assert contributions(contents) == before

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


def flood(contents: Contents) -> None:
    """Let an inhabitant register, write, react and vote."""
    contents.sql(
        "INSERT INTO users (email, username, created_at, updated_at, confirmed_at) "
        "SELECT x, x, now(), now(), now() FROM unnest(ARRAY['inwoner@example.org', 'buur@example.org']) AS x"
    )
    if contents.standin:
        return
    writer = "(SELECT id FROM users WHERE email = 'inwoner@example.org')"
    contents.sql(
        "".join(
            f"INSERT INTO debates (author_id, created_at, updated_at) VALUES ({writer}, now(), now());"
            "INSERT INTO proposals (author_id, created_at, updated_at, published_at) "
            f"VALUES ({writer}, now(), now(), now());"
            "INSERT INTO comments (commentable_id, commentable_type, user_id, created_at, updated_at) "
            f"SELECT max(id), 'Debate', {writer}, now(), now() FROM debates;"
            "INSERT INTO votes (votable_id, votable_type, voter_id, voter_type, vote_flag, created_at, updated_at) "
            f"SELECT max(id), 'Proposal', {writer}, 'User', true, now(), now() FROM proposals;"
            "INSERT INTO polls (starts_at, ends_at, slug, created_at, updated_at) "
            f"VALUES (now() - interval '1 day', '2099-12-03', 'poll-{number}', now(), now());"
            for number in range(20)
        )
    )


def contributions(contents: Contents) -> str:
    """Return what inhabitants did, row by row."""
    tables = contents.sql(
        f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '{OURS}' ORDER BY 1"
    ).split()
    people = "SELECT to_jsonb(u) - 'updated_at' FROM users AS u WHERE email ~ '^(inwoner|buur)' ORDER BY id"
    return contents.sql(";\n".join([*(f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY 1" for table in tables), people]))


@pytest.mark.e2e
class TestStandin(State):
    """On the stand-in."""

    material = "standin"


@pytest.mark.real
class TestConsul(State):
    """On Consul itself."""

    material = "consul"

    def test_whoever_turns_off_a_module_hears_what_goes_on_there(self, contents: Contents, document: Document) -> None:
        contents.settled({**document, "settings": {**document["settings"], "process.polls": True}})
        off = {**document, "settings": {**document["settings"], "process.polls": False}}

        told = contents.apply(off, check=True)

        text = "20 polls are open until 3 December 2099"
        assert told.cautions == [{"object": "setting process.polls", "text": text}]
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
