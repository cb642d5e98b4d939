"""What each check of `smoke` notices, on a small site that is right until a test breaks it."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from files import instance

from ddconsul.errors import StepFailedError
from ddconsul.operations.checks import administrator, citizen, host, public
from ddconsul.operations.checks.browser import Browser
from ddconsul.operations.checks.check import Check, Finding, NotSoError, Outcome, SkippedCheckError, run_checks
from ddconsul.operations.checks.host import Host
from ddconsul.operations.checks.site import Site
from ddconsul.operations.checks.visitor import OK, Visitor
from ddconsul.operations.demo_notes import Choice
from ddconsul.operations.smoke import Plan, _site_at
from ddconsul.paths import Paths
from ddconsul.targets.base import Connection
from ddconsul.targets.process import Command
from ddconsul.targets.process import Outcome as Ended
from ddconsul.translate.brand import style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = """\
municipality: {name: "'s-Éénhoven", domain: praatmee.example.org, languages: [nl, en]}
target: {type: container}
branding: {colours: {brand: "#6a1b9a"}}
modules: {debates: off, proposals: on, polls: on, budgets: off, legislation: on, sdg: off}
administrators: [{name: Beheer, email: beheer@example.org}]
"""
PASSWORD = "goed"
LOG_IN = '<form action="/users/sign_in" method="post"><input name="user[login]"><input name="user[password]"></form>'
WORDS = {"nl": "Inloggen", "en": "Log in", "fr": "Connexion"}


class Small:
    """A site of one page per address, which a test can put something else in the place of."""

    def __init__(self, look: str) -> None:
        self.languages = ["nl", "en"]
        self.title = "&#39;s-Éénhoven"
        self.head = f'{look}<link rel="stylesheet" href="/assets/a.css"><script src="/assets/a.js"></script>'
        self.menu = ["/proposals", "/polls", "/legislation/processes"]
        self.answers: dict[str, tuple[int, str]] = {"/assets/a.css": (200, "p{}"), "/assets/a.js": (200, "")}
        self.headers = {"X-Frame-Options": "SAMEORIGIN", "X-Content-Type-Options": "nosniff", "Server": "nginx"}
        self.cookie = "; HttpOnly; SameSite=Lax"
        self.redirect = ""
        self.logins = {("beheer@example.org", PASSWORD)}

    def page(self, path: str, language: str, body: str = "") -> str:
        menu = "".join(f'<a href="{link}">{link}</a>' for link in self.menu)
        return (
            f'<html lang="{language}"><head><title>{self.title}</title>{self.head}</head>'
            f"<body>{WORDS[language]} {menu} {path} {body}</body></html>"
        )


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(style(instance(tmp_path, FILE).branding))


class Handler(BaseHTTPRequestHandler):
    small: Small

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = parse_qs(address.query).get("locale", [""])[0]
        kept = [word.partition("=")[2] for word in self.headers.get("Cookie", "").split("; ") if "language" in word]
        language = next((each for each in (asked, *kept) if each in self.small.languages), self.small.languages[0])
        self.answer(address.path, language)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.small.redirect:
            self.send_response(307)
            self.send_header("Location", self.small.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        right = (form["user[login]"][0], form["user[password]"][0]) in self.small.logins
        body = '<a href="/users/sign_out">uit</a>' if right else LOG_IN
        self.send(200, self.small.page("", "nl", body), f"in={int(right)}")

    def answer(self, path: str, language: str) -> None:
        small = self.small
        if path in small.answers:
            self.send(*small.answers[path])
        elif path == "/consul.json":
            self.send(200, json.dumps({"release": "2.5.1"}))
        elif path in public.MODULES.values() and path not in small.menu:
            self.send(403, "")
        elif path == "/admin" and "in=1" not in self.headers.get("Cookie", ""):
            self.send_response(302)
            self.send_header("Location", "/users/sign_in")
            self.end_headers()
        else:
            body = LOG_IN if path == "/users/sign_in" else ""
            self.send(200, small.page(path, language, body), f"language={language}")

    def send(self, status: int, text: str, cookie: str = "x=1") -> None:
        self.send_response_only(status)
        for name, value in self.small.headers.items():
            self.send_header(name, value)
        self.send_header("Set-Cookie", f"{public.SESSION}=1{self.small.cookie}")
        self.send_header("Set-Cookie", f"{cookie}; Path=/")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def site(small: Small, tmp_path: Path) -> Iterator[Site]:
    handler = type("Handler", (Handler,), {"small": small})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Site(f"http://localhost:{server.server_port}/", instance(tmp_path, FILE), PASSWORD)
    server.shutdown()
    server.server_close()


def outcomes(checks: list[Check]) -> dict[str, str]:
    return {found.name: str(found.outcome) for found in run_checks(checks, lambda _: None)}


def broken(checks: list[Check]) -> dict[str, str]:
    return {found.name: found.seen for found in run_checks(checks, lambda _: None) if found.outcome == "failed"}


def test_nothing_is_wrong_with_a_site_that_is_right(site: Site) -> None:
    assert broken([*public.checks(site), *administrator.checks(site)]) == {}
    assert set(outcomes(public.checks(site)).values()) == {"passed"}


def test_a_title_of_another_municipality(site: Site, small: Small) -> None:
    small.title = "Elders"
    assert broken(public.checks(site)) == {"home": "its title is “Elders”"}


def test_another_default_language(site: Site, small: Small) -> None:
    small.languages = ["en", "nl"]
    assert set(broken(public.checks(site))) == {"home", "pages"}


def test_a_language_that_is_not_given(site: Site, small: Small) -> None:
    small.languages = ["nl"]
    assert broken(public.checks(site)) == {"language-en": "the page says it is in nl"}


def test_a_language_in_name_only(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS, "en", WORDS["nl"])
    assert broken(public.checks(site)) == {"language-en": "/users/sign_in has the same words as in nl"}


def test_a_text_without_a_translation(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS, "en", '<span class="translation_missing">Log in</span>')
    assert set(broken(public.checks(site))) == {"language-en"}


def test_another_release(site: Site, small: Small) -> None:
    small.answers["/consul.json"] = (200, '{"release": "2.4.1"}')
    assert broken(public.checks(site)) == {"release": "it names release 2.4.1"}


def test_a_module_that_is_on_and_should_not_be(site: Site, small: Small) -> None:
    small.menu.append("/debates")
    assert broken(public.checks(site)) == {"module-debates": "/debates has status 200, a link on the home page"}


def test_a_module_that_is_off_and_should_not_be(site: Site, small: Small) -> None:
    small.menu.remove("/polls")
    assert broken(public.checks(site)) == {"module-polls": "/polls has status 403, no link on the home page"}


def test_a_link_to_a_module_that_is_closed(site: Site, small: Small) -> None:
    small.menu.append("/debates")
    small.answers["/debates"] = (403, "")
    assert broken(public.checks(site)) == {"module-debates": "/debates has status 403, a link on the home page"}


def test_a_page_that_the_law_asks_for_is_missing(site: Site, small: Small) -> None:
    small.answers["/accessibility"] = (404, "")
    assert broken(public.checks(site)) == {"pages": "/accessibility has status 404"}


ASKED = """\
vraagstuk:
  key: plein
  instrument: poll
  title: Het plein & de markt
  summary: Wat komt er op het plein?
  decides: De raad.
  feedback: {by: 2027-06-01}
  opens: 2027-03-01
  closes: 2027-04-01
  questions: [{key: wat, title: Wat komt er?, kind: open}]
"""
SAID = (200, '<html lang="nl"><body><h1>Het plein &amp;\n de markt</h1></body></html>')


@pytest.mark.parametrize("missing", ["/plein", "/polls/plein"])
def test_a_vraagstuk_that_cannot_be_found(site: Site, small: Small, tmp_path: Path, missing: str) -> None:
    asking = replace(site, instance=instance(tmp_path, FILE + ASKED))
    small.answers |= {"/plein": SAID, "/polls/plein": SAID}
    assert outcomes(public.checks(asking))["vraagstuk-plein"] == "passed"

    small.answers[missing] = (200, "<p>Iets anders</p>")
    assert broken(public.checks(asking)) == {"vraagstuk-plein": f"“Het plein & de markt” is not on {missing}"}


def test_another_colour(site: Site, small: Small) -> None:
    small.head = small.head.replace("--brand: #6a1b9a", "--brand: #000000")
    assert broken(public.checks(site)) == {"colours": "missing: --brand: #6a1b9a"}


def test_no_colours_in_the_file_is_no_pass(site: Site, tmp_path: Path) -> None:
    plain = instance(tmp_path, FILE.replace('branding: {colours: {brand: "#6a1b9a"}}', ""))
    assert outcomes(public.checks(replace(site, instance=plain)))["colours"] == "skipped"


def test_a_style_sheet_that_is_gone(site: Site, small: Small) -> None:
    small.answers["/assets/a.css"] = (404, "")
    assert broken(public.checks(site)) == {"assets": "/assets/a.css has status 404"}


def test_headers_and_cookies(site: Site, small: Small) -> None:
    small.headers["Server"] = "nginx/1.26.3"
    small.cookie = "; SameSite=None"
    assert broken(public.checks(site)) == {"headers": "Server: nginx/1.26.3", "cookies": "it lacks HttpOnly, SameSite"}


def test_a_page_that_fetches_from_elsewhere(site: Site, small: Small) -> None:
    small.head += '<img src="https://tracker.example/p.png">'
    assert public.third_parties(site) == ["https://tracker.example/p.png"]


def test_without_a_browser_the_html_is_read_and_the_rest_is_skipped(
    site: Site, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddconsul.operations.checks.browser.find_spec", lambda _: None)
    assert outcomes(Browser(site).checks()) == {"console": "skipped", "painted": "skipped", "third-parties": "passed"}
    small.head += '<script src="//cdn.example/x.js"></script>'
    assert broken(Browser(site).checks()) == {"third-parties": "http://cdn.example/x.js"}


def test_who_is_sent_away(site: Site, small: Small) -> None:
    small.answers["/"] = (200, "")
    with Visitor(replace(site, url=site.url.replace("localhost", "127.0.0.1"))) as visitor, pytest.raises(NotSoError):
        visitor.get(site.url)


def test_the_password_of_the_seeds_works(site: Site, small: Small) -> None:
    small.logins.add(("admin", "12345678"))
    assert broken(administrator.checks(site)) == {"default-password": "admin gets in with it"}


def test_another_password_than_the_secrets_file_s(site: Site) -> None:
    found = outcomes(administrator.checks(replace(site, password="anders")))
    assert (found["administrator"], found["admin-pages"]) == ("failed", "skipped")


def test_a_password_that_is_not_known_here_is_no_pass(site: Site) -> None:
    found = outcomes(administrator.checks(replace(site, password="")))
    assert (found["administrator"], found["admin-pages"]) == ("skipped", "skipped")


def test_consul_offers_pages_of_polls_that_it_refuses_while_they_are_off(
    site: Site, small: Small, tmp_path: Path
) -> None:
    small.menu += ["/admin/officers", "/admin/users"]
    small.answers["/admin/officers"] = (403, "")
    assert broken(administrator.checks(site)) == {"admin-pages": "/admin/officers has status 403"}

    off = replace(site, instance=instance(tmp_path, FILE.replace("polls: on", "polls: off")))
    assert broken(administrator.checks(off)) == {}

    small.answers["/admin/users"] = (403, "")
    assert broken(administrator.checks(off)) == {"admin-pages": "/admin/users has status 403"}


def test_anybody_may_administer(site: Site, small: Small) -> None:
    small.answers["/admin"] = (200, "")
    assert "stranger" in broken(administrator.checks(site))


def test_when_nothing_answers_one_check_says_so(site: Site, small: Small) -> None:
    small.answers["/"] = (503, "")
    assert broken([*public.checks(site), *administrator.checks(site)]) == {"answers": "/ has status 503"}


def test_a_form_is_not_taken_along_to_another_site(site: Site, small: Small) -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        small.redirect = f"http://127.0.0.1:{other.server_port}/"
        with Visitor(site) as visitor, pytest.raises(NotSoError, match="sent away"):
            visitor.log_in("beheer@example.org", PASSWORD)
        other.shutdown()
    assert asked == []


def certificate(folder: Path, name: str) -> Path:
    """Make a certificate that vouches for itself, with its key."""
    file = folder / f"{name}.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file, "-out", folder / "own.crt"]
    more = ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*argv, *more], check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "own.crt").read_text())
    return file


@pytest.mark.parametrize(("name", "known"), [("localhost", True), ("localhost", False), ("elsewhere", True)])
def test_a_certificate_must_be_of_the_address_and_of_an_authority_that_is_known(
    tmp_path: Path, small: Small, name: str, known: bool
) -> None:
    file = certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Handler,), {"small": small})) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = instance(tmp_path, f"{FILE}network: {{extra_ca: [{tmp_path / 'own.crt'}]}}\n")
        there = replace(
            _site_at(Plan("x", found, Choice("", standin=True)), "https://x.example.org/", "", write=False),
            url=f"https://localhost:{server.server_port}/",
        )
        with Visitor(there if known else replace(there, authorities=())) as visitor:
            if (name, known) == ("localhost", True):
                assert visitor.get("/").status == OK
            else:
                with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
                    visitor.get("/")
        server.shutdown()


def test_from_outside_nothing_is_written(site: Site) -> None:
    person = citizen.Citizen(site)
    found = outcomes([*public.checks(site), person.registration(), *host.checks(site), *person.checks()])
    for name in ("registration", "services", "job", "journal", "mail", "confirmation"):
        assert found[name] == "skipped", name


# --- inside ---


@pytest.fixture
def inside(site: Site, tmp_path: Path) -> Site:
    paths = Paths(tmp_path / "gemeente.yml", tmp_path, tmp_path)
    return replace(site, host=Host(site.instance, paths, Connection("h", local=True), "localhost"), write=True)


def seen_inside(site: Site, monkeypatch: pytest.MonkeyPatch, **status: object) -> dict[str, str]:
    units = ("web.service", "worker.service", "cache.service", "nightly.timer", "clock.timer")
    well = {
        "services": {f"ddconsul-{site.instance.site}-{unit}": "active" for unit in units},
        "job_processed": True,
        "problems": [],
    }
    monkeypatch.setattr(Host, "status", {**well, **status})
    return broken(host.checks(site))


def test_all_is_well_inside(inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen_inside(inside, monkeypatch) == {}


def test_a_worker_that_does_not_work(inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    units = {"ddconsul-s-eenhoven-worker.service": "failed", "ddconsul-s-eenhoven-web.service": "active"}
    found = seen_inside(inside, monkeypatch, job_processed=False, services=units)
    assert found == {"job": "it was not done; ddconsul-s-eenhoven-worker.service is failed"}


def test_an_error_in_the_journal(inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = ["the home page answers with status 500", "logged as an error: FATAL -- : boom"]
    assert seen_inside(inside, monkeypatch, problems=problems) == {"journal": "FATAL -- : boom"}


MAIL = """\
From: "'s-=?UTF-8?B?w4nDqW5ob3Zlbg==?=" <noreply@praatmee.example.org>
Content-Type: text/html; charset=utf-8

<a href="LINKusers/confirmation?confirmation_token=abc&amp;x=1">Bevestig</a>
"""


def person(inside: Site, raw: str) -> citizen.Citizen:
    def run(command: Command) -> Ended:
        return Ended(0, raw if "tmp/mails" in command.argv[-1] else "Connection refused\nat line 3\n")

    assert inside.host is not None
    return citizen.Citizen(replace(inside, host=replace(inside.host, run=run)))


def test_a_mail_with_a_link_to_this_site(inside: Site) -> None:
    reader = person(inside, MAIL.replace("LINK", inside.url))
    reader.mail()
    assert reader.link == f"{inside.url}users/confirmation?confirmation_token=abc&x=1"


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [("LINK", "http://elsewhere.example/", "leads to another site"),
     ("confirmation_token", "x", "has no link"),
     ("noreply@", "root@", "comes from")],
)  # fmt: skip
def test_a_mail_that_is_not_right(inside: Site, old: str, new: str, seen: str) -> None:
    with pytest.raises(NotSoError, match=seen):
        person(inside, MAIL.replace(old, new).replace("LINK", inside.url)).mail()


def test_no_mail_tells_why(inside: Site) -> None:
    with pytest.raises(NotSoError, match=r"no mail in 30 seconds: Connection refused$"):
        person(inside, "").mail()


def test_mail_that_really_leaves_goes_to_the_administrator_and_is_not_read(inside: Site, tmp_path: Path) -> None:
    smtp = instance(tmp_path, FILE + "mail: {smtp: {host: mail.example.org}}\n")
    real = citizen.Citizen(replace(inside, instance=smtp))
    assert real.email.startswith("beheer+smoke-")
    with pytest.raises(SkippedCheckError, match=r"mail\.example\.org"):
        real.mail()


# --- the order of things ---


def test_what_fails_stops_only_what_needs_it() -> None:
    def fail() -> str:
        raise NotSoError("no")

    def refuse() -> str:
        raise StepFailedError("cannot", "host", "do this")

    told: list[Finding] = []
    checks = [
        Check("a", "", fail),
        Check("b", "", lambda: "yes", needs=("a",)),
        Check("c", "", lambda: "yes", needs=("b",)),
        Check("d", "", refuse),
        Check("e", "", lambda: "yes"),
    ]
    found = run_checks(checks, told.append)
    assert [(each.name, each.outcome) for each in found] == [
        ("a", Outcome.FAILED),
        ("b", Outcome.SKIPPED),
        ("c", Outcome.SKIPPED),
        ("d", Outcome.FAILED),
        ("e", Outcome.PASSED),
    ]
    assert [each.seen for each in told[:3]] == ["no", "a failed, and this needs it", "b was skipped, and this needs it"]


def test_a_site_that_does_not_answer_is_a_failed_check(site: Site) -> None:
    nobody = replace(site, url="http://localhost:9/")
    assert set(broken(public.checks(nobody))) == {"answers"}
