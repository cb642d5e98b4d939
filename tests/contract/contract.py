"""What a visitor, a citizen and an administrator must find on a running site.

A test module makes a class of it, and gives that class a fixture `site`.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from contract.browser import Complaints, window
from contract.visitor import Answer, Visitor

if TYPE_CHECKING:
    from email.message import EmailMessage

    from contract.site import Site

MODULES = {
    "debates": "/debates",
    "proposals": "/proposals",
    "polls": "/polls",
    "legislation": "/legislation/processes",
    "budgets": "/budgets",
    "sdg": "/sdg",
}
# Modules with a setting of the kind that /consul.json shows.
PROCESSES = ("debates", "proposals", "polls", "legislation", "budgets")
PAGES = ("/privacy", "/conditions", "/accessibility")
HIDDEN = (
    "/rails/info/routes", "/rails/info/properties", "/rails/mailers", "/.env", "/.git/config", "/.ruby-version",
    "/config/secrets.yml", "/assets/.manifest", "/assets/../.ruby-version",
)  # fmt: skip
SEEDED_LOGINS = ("admin@consul.dev", "admin")
SEEDED_PASSWORD = "12345678"
# What the citizen of these tests chooses.
PASSWORD = "Zeer-geheim-2026"
# invisible_captcha takes whoever sends a form sooner for a robot.
HUMAN_SECONDS = 4.5
HALF_YEAR = 183 * 24 * 3600


@pytest.fixture(scope="class")
def citizen() -> dict[str, str]:
    """Somebody who is about to register."""
    number = secrets.token_hex(4)
    return {"username": f"Inwoner {number}", "email": f"inwoner-{number}@example.org", "password": PASSWORD}


class Contract:
    """One running site, from all sides; the tests of a citizen follow one another."""

    # --- a visitor ---

    def test_it_tells_its_release_and_its_modules(self, site: Site) -> None:
        answer = Visitor(site).get("/consul.json")

        assert (answer.status, answer.headers.get_content_type()) == (200, "application/json")
        told = json.loads(answer.text)
        assert told["release"] == site.release
        assert told["features"] == {name: "t" if site.modules[name] else None for name in PROCESSES}

    def test_the_home_page_is_dutch_and_bears_the_municipality_s_name(self, site: Site) -> None:
        answer = Visitor(site).get("/")

        assert answer.status == 200
        assert answer.page.language == "nl"
        assert site.name in answer.page.title

    def test_the_page_says_whether_it_is_the_stand_in(self, site: Site) -> None:
        said = "ddconsul stand-in" in Visitor(site).get("/").text

        assert said is site.standin

    def test_the_menu_shows_the_modules_that_are_on_and_no_other(self, site: Site) -> None:
        paths = {urlsplit(link).path for link in Visitor(site).get("/").page.links}

        shown = {name for name, path in MODULES.items() if {path, f"{path}/goals"} & paths}
        assert shown == {name for name, on in site.modules.items() if on}

    @pytest.mark.parametrize("module", MODULES)
    def test_a_module_answers_when_it_is_on_and_is_closed_when_it_is_off(self, site: Site, module: str) -> None:
        path = "/sdg/goals" if module == "sdg" else MODULES[module]
        assert Visitor(site).get(path).status == (200 if site.modules[module] else 403)

    @pytest.mark.parametrize("path", PAGES)
    def test_the_pages_that_the_law_asks_for_are_there_in_dutch(self, site: Site, path: str) -> None:
        answer = Visitor(site).get(path)

        assert answer.status == 200
        assert answer.page.language == "nl"
        assert answer.page.title

    def test_the_municipality_s_colours_are_in_the_page(self, site: Site) -> None:
        if not site.brand:
            pytest.skip("this site has no colours of its own")
        styles = " ".join(re.findall(r"<style>(.*?)</style>", Visitor(site).get("/").text, re.DOTALL))

        assert f"--brand: {site.brand};" in styles
        assert f"--main-header: {site.brand};" in styles
        assert re.search(r"--brand-contrast: #(000000|ffffff);", styles)

    def test_whoever_asks_for_english_gets_it_until_he_asks_for_dutch(self, site: Site) -> None:
        visitor = Visitor(site)

        assert visitor.get("/?locale=en").page.language == "en"
        assert visitor.get("/users/sign_in").page.language == "en", "the choice is forgotten on the next page"
        assert visitor.get("/?locale=nl").page.language == "nl"

    def test_another_language_than_the_file_s_is_not_given(self, site: Site) -> None:
        assert Visitor(site).get("/?locale=fr").page.language in {"nl", "en"}

    def test_assets_may_be_kept_and_come_compressed(self, site: Site) -> None:
        page = Visitor(site).get("/").page
        ours = [link for link in (*page.stylesheets, *page.scripts) if "/assets/" in link]
        assert ours

        for link in ours:
            answer = Visitor(site).get(urlsplit(link).path, {"Accept-Encoding": "gzip"})
            assert answer.status == 200, link
            assert kept_seconds(answer) > HALF_YEAR, link
            assert answer.headers["Content-Encoding"] == "gzip", link
            assert "Set-Cookie" not in answer.headers, link

    def test_what_is_not_there_is_told_with_a_page(self, site: Site) -> None:
        answer = Visitor(site).get("/dit/bestaat-niet")

        assert (answer.status, answer.headers.get_content_type()) == (404, "text/html")
        assert "Deze pagina is er niet" in answer.page.plain
        assert not site.brand or site.brand in answer.text
        # Of an address that might be a page of its own, Consul says no more than that.
        assert Visitor(site).get("/dit-bestaat-niet").status == 404

    @pytest.mark.parametrize("path", HIDDEN)
    def test_what_is_nobody_s_business_is_not_there(self, site: Site, path: str) -> None:
        answer = Visitor(site).get(path)

        assert answer.status in {400, 403, 404}
        assert "secret_key_base" not in answer.text

    def test_no_header_tells_which_nginx_to_attack(self, site: Site) -> None:
        assert Visitor(site).get("/").headers["Server"] == "nginx"

    # --- an administrator ---

    @pytest.mark.parametrize("login", SEEDED_LOGINS)
    def test_nobody_enters_with_the_password_that_everybody_knows(self, site: Site, login: str) -> None:
        visitor = Visitor(site)

        assert not visitor.log_in(login, SEEDED_PASSWORD).logged_in
        assert not visitor.get("/").logged_in

    def test_the_administrator_enters_with_the_password_of_the_secrets_file(self, site: Site) -> None:
        visitor = Visitor(site)
        assert visitor.log_in(*site.administrator).logged_in

        answer = visitor.get("/admin")

        assert (answer.path, answer.status) == ("/admin", 200)
        assert answer.logged_in

    def test_a_stranger_who_wants_to_administer_has_to_log_in(self, site: Site) -> None:
        answer = Visitor(site).get("/admin")

        assert answer.path == "/users/sign_in"

    # --- a citizen ---

    def test_a_citizen_registers(self, site: Site, citizen: dict[str, str]) -> None:
        visitor = Visitor(site)
        form = visitor.get("/users/sign_up").page.form_with("user[username]")
        time.sleep(HUMAN_SECONDS)

        answer = visitor.submit(
            form,
            {
                "user[username]": citizen["username"],
                "user[email]": citizen["email"],
                "user[password]": citizen["password"],
                "user[password_confirmation]": citizen["password"],
                "user[terms_of_service]": "1",
            },
        )

        assert (answer.path, answer.status) == ("/users/sign_up/success", 200), answer.page.plain[:2000]

    def test_who_has_not_confirmed_is_not_let_in(self, site: Site, citizen: dict[str, str]) -> None:
        assert not Visitor(site).log_in(citizen["email"], citizen["password"]).logged_in

    def test_the_mail_that_the_worker_sends_confirms_the_account(self, site: Site, citizen: dict[str, str]) -> None:
        mail = site.mails.wait_for(citizen["email"])
        if site.sender:
            assert site.sender in mail["From"]
            assert site.name in mail["From"]
        link = confirmation_link(mail)
        assert link.startswith(site.url), "the link leads to another site"
        if site.brand:
            assert f"color: {site.brand};" in html_of(mail)

        answer = Visitor(site).get(link.removeprefix(site.url.rstrip("/")))

        assert answer.status == 200, answer.page.plain[:2000]

    @pytest.mark.parametrize("by", ["email", "username"])
    def test_the_citizen_logs_in_and_administers_nothing(self, site: Site, citizen: dict[str, str], by: str) -> None:
        visitor = Visitor(site)
        assert visitor.log_in(citizen[by], citizen["password"]).logged_in

        answer = visitor.get("/admin")

        assert not answer.path.startswith("/admin")
        assert answer.page.language == "nl"

    # --- a browser ---

    def test_a_browser_has_nothing_to_complain_about(self, site: Site) -> None:
        on = [path for name, path in MODULES.items() if site.modules[name]]
        with window(site) as context:
            page = context.new_page()
            complaints = Complaints(page)
            for path in ("/", *on, *PAGES, "/help", "/users/sign_up", "/users/sign_in"):
                page.goto(path, wait_until="networkidle")

        assert complaints.lines == []

    def test_a_browser_paints_the_header_in_the_municipality_s_colour(self, site: Site) -> None:
        if not site.brand:
            pytest.skip("this site has no colours of its own")
        with window(site) as context:
            page = context.new_page()
            page.goto("/")
            colours = page.evaluate(
                "[...document.querySelectorAll('header, header *')].map(e => getComputedStyle(e).backgroundColor)"
            )

        assert rgb(site.brand) in colours

    def test_the_administrator_s_pages_give_a_browser_nothing_to_complain_about(self, site: Site) -> None:
        login, password = site.administrator
        with window(site) as context:
            page = context.new_page()
            complaints = Complaints(page)
            page.goto("/users/sign_in")
            page.fill("[name='user[login]']", login)
            page.fill("[name='user[password]']", password)
            page.press("[name='user[password]']", "Enter")
            page.wait_for_load_state("networkidle")
            page.goto("/admin", wait_until="networkidle")
            path = urlsplit(page.url).path

        assert path == "/admin"
        assert complaints.lines == []


def kept_seconds(answer: Answer) -> int:
    """Return how long a browser may keep an answer."""
    found = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
    return int(found[1]) if found else 0


def html_of(mail: EmailMessage) -> str:
    """Return a mail as a mail program shows it."""
    body = mail.get_body(("html",))
    assert body is not None
    content: str = body.get_content()
    return content


def confirmation_link(mail: EmailMessage) -> str:
    """Return the link in a mail that confirms an account."""
    body = mail.get_body(("html", "plain"))
    assert body is not None
    found = re.search(r"""https?://[^"'<>\s]+confirmation_token=[^"'<>\s]+""", unescape(body.get_content()))
    assert found, body.get_content()
    return found[0]


def rgb(colour: str) -> str:
    """Return #rrggbb as a browser writes it."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
