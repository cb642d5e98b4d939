"""Who may take part, on Consul itself: by postcode, by the code of a letter, and with an account elsewhere."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from contract.browser import window
from contract.contract import HUMAN_SECONDS, PASSWORD, confirmation_link
from contract.site import Site
from contract.visitor import Visitor
from host import SINK_PORT, Host, account
from idp import EMPLOYEE, NUMBER, PLACE, PLATFORM
from op import ISSUER, NAME, NAMED, NAMELESS, certificate, provider
from pilot import Citizen
from user import Municipality

from ddconsul.instance.loader import load
from ddconsul.operations.letter_codes import codes_of, grouped, new_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contract.site import Mailbox
    from contract.visitor import Answer
    from playwright.sync_api import Page
    from user import Material, Outcome, Tool

pytestmark = pytest.mark.real

BORN = "1980-05-17"
POSTCODES = {"verification": "postcodes", "postcodes": ["9711-9747"], "min_age": 16}
LETTERS = {"verification": "letters", "postcodes": ["9711-9747"], "min_age": 16}
LOG_IN = {
    "oidc": {"issuer": ISSUER, "client_id": "platform", "label": {"nl": "Inloggen met DigiD", "en": "DigiD"}},
    "saml": {"metadata_url": f"{ISSUER}{PLACE}/metadata", "entity_id": PLATFORM, "label": "Inloggen als medewerker"},
}
DISTRICTS = [
    {"key": "noord", "name": "Noord", "postcodes": [9711, "9712"]},
    {"key": "zuid", "name": "Zuid", "code": "WK001402", "postcodes": ["9713-9747"]},
    {"key": "haven", "name": "Haven"},
]
ADDRESSES = "straat,huisnummer,postcode,plaats\n" + "".join(
    f"Dorpsstraat,{number},{code},Eenhoven\n" for number, code in enumerate(["9712 ab", "9713CD", "9714 EF"] * 4, 1)
)
TRIES = 5


@dataclass
class World:
    """A site, and what is around it."""

    municipality: Municipality
    slug: str
    host: Host
    mails: Mailbox
    certificate: Path
    deployed: Outcome

    @property
    def site(self) -> Site:
        """The site as its visitors know it."""
        return Site(
            url=str(self.deployed.json["url"]),
            name="Gemeente Eenhoven",
            administrator=("beheer@example.org", ""),
            modules={},
            mails=self.mails,
            standin=False,
        )

    def sql(self, query: str) -> str:
        """Ask the site's database."""
        return self.host.sh(f"cd / && runuser -u {account(self.slug)} -- psql -qAt", stdin=query.encode())

    def user(self, citizen: Citizen) -> dict[str, Any]:
        """Return what the site knows of somebody."""
        users = "(SELECT users.*, geozones.name AS district FROM users LEFT JOIN geozones ON geozones.id = geozone_id)"
        found = self.sql(f"SELECT row_to_json(u) FROM {users} AS u WHERE email = '{citizen.email}'")  # noqa: S608 — written by this test
        user: dict[str, Any] = json.loads(found)
        return user

    def codes(self) -> dict[str, str]:
        """Return the codes of the letters, with their postcodes."""
        known = load(self.municipality.file).instance.participation.codes
        return codes_of(known, self.municipality.secrets()["letters_key"])

    def login(self) -> list[str]:
        """Return the command that opens a shell on the host."""
        keys = self.municipality.tool.state / "containers" / self.slug
        options = [f"UserKnownHostsFile={keys / 'known_hosts'}", f"IdentityFile={keys / 'id_ed25519'}", "BatchMode=yes"]
        given = [word for option in options for word in ("-o", option)]
        return ["ssh", "-F", "none", *given, "-p", str(self.host.port("ssh")), "root@127.0.0.1"]


@pytest.fixture(scope="module")
def world(tool: Tool, tmp_path_factory: pytest.TempPathFactory, consul: Material, run_id: str) -> World:
    folder = tmp_path_factory.mktemp("participation") / "platform"
    made = certificate(folder.parent)
    slug = f"part-{run_id}"
    municipality = Municipality(
        tool,
        folder,
        {
            **consul.settings,
            "municipality.name": "Gemeente Eenhoven",
            "target.site": slug,
            "mail": {"from": "p@example.org", "smtp": {"host": "localhost", "port": SINK_PORT, "starttls": False}},
            "districts": DISTRICTS,
            "participation": {**POSTCODES, "log_in": LOG_IN},
        },
    )
    refused = municipality.run("deploy", "--json")
    assert refused.code == 2
    assert "has no oidc_client_secret" in refused.err
    municipality.set_secret("oidc_client_secret", "zeer-geheim")
    municipality.start_from_image()
    municipality.edit({"network": {"extra_ca": [str(made)]}})
    deployed = municipality.deploy()
    host = Host(f"ddconsul-{slug}")
    return World(municipality, slug, host, host.catch_mail(), made, deployed)


@pytest.fixture
def citizen(world: World) -> Citizen:
    return Citizen.register(world.site)


def entered(world: World, citizen: Citizen) -> Visitor:
    """Log somebody in."""
    visitor = Visitor(world.site)
    assert visitor.log_in(citizen.email, PASSWORD).logged_in
    return visitor


def fill_in(visitor: Visitor, postcode: str, code: str = "", born: str = BORN) -> Answer:
    """Do what the page asks of who wants to take part."""
    asked = visitor.get("/verification")
    assert asked.path == "/residence/new"
    form = asked.page.form_with("residence[postal_code]")
    values = {"residence[postal_code]": postcode, "residence[date_of_birth]": born, "residence[terms_of_service]": "1"}
    return visitor.submit(form, {**values, **({"residence[document_number]": code} if code else {})})


class TestPostcodes:
    """Somebody says where they live."""

    def test_the_plan_said_what_that_proves(self, world: World) -> None:
        said = world.deployed.json["participation"]
        assert said.startswith("Who takes part: postcodes. It proves that somebody says to live in the area")

    def test_a_plan_right_after_is_empty(self, world: World) -> None:
        assert world.municipality.plan().json["changes"] == []

    def test_the_page_asks_for_nothing_but_that_and_in_dutch(self, world: World, citizen: Citizen) -> None:
        page = entered(world, citizen).get("/residence/new").page
        assert "Vertel waar je woont" in page.plain
        assert "Je kunt meedoen vanaf 16 jaar" in page.plain
        form = page.form_with("residence[postal_code]")
        assert {name for name in form.fields if name.startswith("residence[")} == {
            "residence[postal_code]",
            "residence[date_of_birth]",
        } | {name for name in form.fields if "terms_of_service" in name}
        assert not re.search(r"DNI|translation missing|volkstelling", page.text)

    @pytest.mark.parametrize("postcode", ["1234 AB", "9710ZZ", "9748 AA", "9712", "onzin"])
    def test_who_lives_elsewhere_can_not_take_part(self, world: World, citizen: Citizen, postcode: str) -> None:
        answer = fill_in(entered(world, citizen), postcode)
        assert "Deze postcode hoort niet bij het gebied" in answer.page.plain
        assert world.user(citizen)["verified_at"] is None

    @pytest.mark.parametrize(
        ("postcode", "district"), [("9712 ab", "Noord"), ("9747ZZ", "Zuid"), (" 9711  Aa ", "Noord")]
    )
    def test_who_lives_there_can(self, world: World, citizen: Citizen, postcode: str, district: str) -> None:
        answer = fill_in(entered(world, citizen), postcode)
        assert answer.path == "/account"
        assert "kunt meedoen" in answer.page.plain
        user = world.user(citizen)
        assert user["verified_at"]
        assert user["residence_verified_at"]
        assert user["district"] == district
        # Consul keeps the moment at which that day began.
        born = datetime.fromisoformat(user["date_of_birth"]) + timedelta(hours=12)
        assert born.date().isoformat() == BORN

    def test_who_is_too_young_can_not(self, world: World, citizen: Citizen) -> None:
        young = world.sql("SELECT (current_date - interval '15 years')::date")
        answer = fill_in(entered(world, citizen), "9712AB", born=young)
        assert "niet oud genoeg" in answer.page.plain
        assert world.user(citizen)["verified_at"] is None

    def test_nobody_else_s_number_can_be_given(self, world: World, citizen: Citizen) -> None:
        fill_in(entered(world, citizen), "9712AB", code="12345678Z")
        user = world.user(citizen)
        assert user["document_number"] == f"ACCOUNT{user['id']}"

    def test_who_was_checked_can_make_a_proposal(self, world: World, citizen: Citizen) -> None:
        visitor = entered(world, citizen)
        fill_in(visitor, "9712AB")
        page = visitor.get("/proposals/new").page
        assert "proposal[responsible_name]" not in page.text

    def test_the_desk_helps_who_has_no_computer(self, world: World) -> None:
        desk = Visitor(world.site)
        assert desk.log_in("beheer@example.org", world.municipality.secrets()["administrator_password"]).logged_in
        desk.get("/management/sign_in")
        form = desk.get("/management/document_verifications").page.form_with("document_verification[document_number]")
        shown = {"document_verification[document_type]": "2", "document_verification[document_number]": "SPECI2014"}
        found = desk.submit(form, shown)
        assert found.path.startswith("/management/email_verifications/new"), found.page.plain
        link = next(link for link in found.page.links if link.startswith("/management/users/new"))
        form = desk.get(link.replace("&amp;", "&")).page.form_with("user[username]")
        desk.submit(form, {"user[username]": "Aan de balie", "user[email]": "", "user[date_of_birth]": BORN})
        found = world.sql("SELECT verified_at IS NOT NULL FROM users WHERE document_number = 'SPECI2014'")
        assert found == "t"
        form = desk.get("/management/proposals/new").page.form_with("proposal[video_url]")
        place = next(name.removesuffix("[title]") for name in form.fields if name.endswith("[title]"))
        told = {"title": "Een bank bij de kerk", "summary": "Om te rusten.", "description": "<p>Ook in de zon.</p>"}
        time.sleep(HUMAN_SECONDS)
        texts = {f"{place}[{name}]": text for name, text in told.items()}
        sent = desk.submit(form, {**texts, "proposal[terms_of_service]": "1"})
        assert "Een bank bij de kerk" in sent.page.plain
        written = "SELECT title FROM proposal_translations JOIN proposals p ON p.id = proposal_id JOIN users u "
        written += "ON u.id = author_id WHERE published_at IS NOT NULL AND document_number = 'SPECI2014'"
        assert world.sql(written) == "Een bank bij de kerk"


@pytest.fixture(scope="class")
def elsewhere(world: World) -> Iterator[None]:
    with provider(world.host, world.login(), world.certificate, world.site.url):
        yield


@pytest.mark.usefixtures("elsewhere")
class TestLogIn:
    """Somebody has an account elsewhere."""

    @pytest.mark.parametrize(("somebody", "name"), [(NAMELESS, "Duinroos"), (NAMED, "")])
    def test_the_button_leads_there_and_back(self, world: World, somebody: Any, name: str) -> None:
        site = world.site
        there = f"MAP {NAME}:443 127.0.0.1:{world.host.port('https')}"
        with window(site, there) as browser:
            tab = browser.new_page()
            tab.goto("/users/sign_in")
            tab.get_by_role("button", name="Inloggen met DigiD").click()
            tab.wait_for_url(f"{ISSUER}/**")
            tab.locator("input[name=sub]").fill(somebody.sub)
            tab.locator("input[name=sub]").press("Enter")
            tab.wait_for_url(f"{site.url}**")
            if name:
                # No number for a name, and no address: it asks for one.
                assert tab.url.endswith("/users/finish_signup") or "finish_signup" in tab.url
                assert somebody.sub not in tab.content()
                tab.locator("input[name='user[username]'][type=text]").fill(name)
                tab.locator("form[action*='finish_signup'] input[type=submit]").click()
                tab.wait_for_load_state("networkidle")
            assert tab.locator("a[href*='sign_out'], form[action*='sign_out']").count(), tab.inner_text("body")[:800]
        email = str(somebody.claims["email"])
        user = world.user(Citizen(email, ""))
        assert user["username"] == (name or somebody.claims["name"])
        assert user["verified_at"] is None

    def test_an_employee_comes_by_saml_confirms_the_address_and_is_known_the_next_time(self, world: World) -> None:
        (email,) = EMPLOYEE["mail"]
        with window(world.site, f"MAP {NAME}:443 127.0.0.1:{world.host.port('https')}") as browser:
            tab = browser.new_page()
            self.come_by_saml(tab, world.site)
            assert "finish_signup" in tab.url
            assert NUMBER not in tab.content()
            tab.locator("input[name='user[username]'][type=text]").fill("Meeuw")
            tab.locator("form[action*='finish_signup'] input[type=submit]").click()
            tab.wait_for_load_state("networkidle")
            tab.goto(confirmation_link(world.site.mails.wait_for(email)))
            if not tab.locator("form[action*='sign_out'], a[href*='sign_out']").count():
                self.come_by_saml(tab, world.site)
            assert tab.locator("form[action*='sign_out'], a[href*='sign_out']").count(), tab.inner_text("body")[:800]

        user = world.user(Citizen(email, ""))
        assert (user["username"], user["verified_at"]) == ("Meeuw", None)
        assert world.sql("SELECT uid FROM identities WHERE provider = 'saml'") == NUMBER

    def come_by_saml(self, tab: Page, site: Site) -> None:
        tab.goto("/users/sign_in")
        tab.get_by_role("button", name="Inloggen als medewerker").click()
        tab.get_by_role("button", name="Verder als Noor").click()
        tab.wait_for_url(f"{site.url}**")

    def test_who_came_that_way_still_has_to_show_to_live_there(self, world: World) -> None:
        assert world.sql("SELECT count(*) FROM identities WHERE provider = 'oidc'") == "2"
        assert world.sql("SELECT count(*) FROM users WHERE username ~ '^[0-9]+$' OR username LIKE '%@%'") == "0"


@pytest.fixture(scope="class")
def made(world: World) -> Outcome:
    municipality = world.municipality
    municipality.edit({"participation": {**LETTERS, "log_in": LOG_IN}})
    (municipality.folder / "adressen.csv").write_text(ADDRESSES)
    out = municipality.folder.parent / "brieven.pdf"
    done = municipality.run("letters", "make", "--addresses", "adressen.csv", "--out", str(out))
    assert done.code == 0, done
    deployed = municipality.run("deploy", "--contents", "--json")
    assert deployed.code == 0, deployed
    return deployed


@pytest.mark.usefixtures("made")
class TestLetters:
    """Somebody has a letter."""

    @pytest.fixture
    def letters(self, world: World) -> list[tuple[str, str]]:
        """Codes that nobody used, with their postcodes."""
        used = world.sql("SELECT document_number FROM users WHERE document_type = '3'").splitlines()
        return [(code, postcode) for code, postcode in world.codes().items() if code not in used]

    def test_no_code_is_shown_logged_or_left_about(self, world: World, made: Outcome) -> None:
        folder = world.municipality.folder
        written = "".join(path.read_text() for path in folder.iterdir() if path.is_file())
        said = made.out + made.err + made.log + written
        codes = world.codes()
        assert len(codes) == 12
        assert not [code for code in codes if code in said or grouped(code) in said]
        assert "“3,”" not in said
        assert world.sql("SELECT count(*) FROM local_census_records WHERE document_type = '3'") == "12"

    def test_a_plan_right_after_is_empty(self, world: World) -> None:
        assert world.municipality.plan().json["changes"] == []

    def test_a_code_works_once(self, world: World, citizen: Citizen, letters: list[tuple[str, str]]) -> None:
        code, postcode = letters[0]
        page = entered(world, citizen).get(f"/residence/new?code={code}").page
        assert page.form_with("residence[document_number]").fields["residence[document_number]"] == code
        assert "Vul de code uit je brief in" in page.plain
        answer = fill_in(entered(world, citizen), postcode.lower(), grouped(code).lower())
        assert answer.path == "/account", answer.page.plain
        user = world.user(citizen)
        assert user["verified_at"]
        assert user["district"] == {"9712": "Noord", "9713": "Zuid", "9714": "Zuid"}[postcode[:4]]
        second = Citizen.register(world.site)
        answer = fill_in(entered(world, second), postcode, code)
        assert "al gebruikt" in answer.page.plain
        assert world.user(second)["verified_at"] is None

    @pytest.mark.parametrize("fate", ["hidden_at = now()", "erased_at = now()"])
    def test_not_again_either_when_its_user_is_gone(
        self, world: World, citizen: Citizen, letters: list[tuple[str, str]], fate: str
    ) -> None:
        code, postcode = letters[0]
        fill_in(entered(world, citizen), postcode, code)
        world.sql(f"UPDATE users SET {fate} WHERE email = '{citizen.email}'")  # noqa: S608 — the test's own words
        second = Citizen.register(world.site)
        assert "al gebruikt" in fill_in(entered(world, second), postcode, code).page.plain
        assert world.user(second)["verified_at"] is None

    def test_a_code_with_another_postcode_is_refused(
        self, world: World, citizen: Citizen, letters: list[tuple[str, str]]
    ) -> None:
        code = next(code for code, postcode in letters if postcode != "9713CD")
        answer = fill_in(entered(world, citizen), "9713CD", code)
        assert "We kennen deze code niet bij deze postcode" in answer.page.plain
        assert world.user(citizen)["verified_at"] is None

    def test_a_wrong_code_is_refused_and_five_lock(self, world: World, citizen: Citizen) -> None:
        visitor = entered(world, citizen)
        known = world.codes()
        for _ in range(TRIES):
            wrong = next(code for code in iter(new_code, "") if code not in known)
            answer = fill_in(visitor, "9712AB", wrong)
            assert "We kennen deze code niet" in answer.page.plain
        code, postcode = next(iter(known.items()))
        assert "te vaak" in visitor.get("/residence/new").page.plain
        form = answer.page.form_with("residence[document_number]")
        values = {"residence[document_number]": code, "residence[postal_code]": postcode}
        values |= {"residence[date_of_birth]": BORN, "residence[terms_of_service]": "1"}
        assert "te vaak" in visitor.submit(form, values).page.plain
        assert world.user(citizen)["verified_at"] is None

    def test_a_slip_of_the_pen_is_told_as_one(self, world: World, citizen: Citizen) -> None:
        code = new_code()
        other = "C" if code[0] != "C" else "D"
        answer = fill_in(entered(world, citizen), "9712AB", other + code[1:])
        assert "Deze code kan niet kloppen" in answer.page.plain

    def test_of_two_at_once_one_gets_in(self, world: World, letters: list[tuple[str, str]]) -> None:
        code, postcode = letters[0]
        people = [Citizen.register(world.site) for _ in range(2)]
        visitors = [entered(world, person) for person in people]
        # Both come as far as they can while their own rows are held; then they go on at the same moment.
        emails = ", ".join(f"'{person.email}'" for person in people)
        held = f"BEGIN; SELECT FROM users WHERE email IN ({emails}) FOR NO KEY UPDATE; SELECT pg_sleep(10); COMMIT"
        with ThreadPoolExecutor(3) as together:
            holder = together.submit(world.sql, held)
            time.sleep(2)
            list(together.map(lambda visitor: fill_in(visitor, postcode, code), visitors))
            holder.result()
        assert sorted(bool(world.user(person)["verified_at"]) for person in people) == [False, True]

    def test_the_made_up_person_of_consul_is_nobody(self, world: World) -> None:
        code = 'puts CensusCaller.new.call("1", "12345678Z", nil, nil).valid?'
        said = world.host.sh(
            f"systemd-run --quiet --wait --collect --pipe --uid={account(world.slug)} "
            f"--working-directory=/srv/ddconsul/{world.slug}/current "
            f"--property=EnvironmentFile=/srv/ddconsul/{world.slug}/shared/config/environment "
            'bundle exec rails runner "$1"',
            code,
        )
        assert said.splitlines()[-1] == "false"

    def test_it_is_told_how_many_were_used(self, world: World) -> None:
        told = world.municipality.run("letters", "status", "--json").json
        used = world.sql("SELECT count(*) FROM users WHERE document_type = '3' AND length(document_number) = 12")
        assert told == {"letters": 12, "known": 12, "used": int(used)}
