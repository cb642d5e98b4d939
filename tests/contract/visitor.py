"""A visitor without a browser: keeps cookies, follows redirects, reads pages, fills in forms."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract.site import Site

REDIRECTS = 6


@dataclass
class Form:
    """A form on a page, with the values that are already in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What the assertions want to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.language = ""
        self.title = ""
        self.links: list[str] = []
        self.stylesheets: list[str] = []
        self.scripts: list[str] = []
        self.forms: list[Form] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self._in = tag
        if tag == "html":
            self.language = got.get("lang", "")
        elif tag == "a" and "href" in got:
            self.links.append(got["href"])
        elif tag == "link" and got.get("rel") == "stylesheet":
            self.stylesheets.append(got["href"])
        elif tag == "script" and "src" in got:
            self.scripts.append(got["src"])
        elif tag == "form":
            self.forms.append(Form(got.get("action", "")))
        elif tag == "input" and self.forms and got.get("type") not in {"checkbox", "radio", "submit"}:
            self.forms[-1].fields.setdefault(got.get("name", ""), got.get("value", ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 — HTMLParser's signature
        self._in = ""

    def handle_data(self, data: str) -> None:
        # The first one only: an icon in SVG has a title too.
        if self._in == "title" and not self.title:
            self.title = data.strip()

    def form_with(self, name: str) -> Form:
        """Return the form that has a field of this name."""
        found = [form for form in self.forms if name in form.fields]
        assert found, f"no form with the field {name} on the page “{self.title}”"
        return found[0]

    @property
    def plain(self) -> str:
        """The text as a person reads it, roughly."""
        body = re.sub(r"<(script|style)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@dataclass(frozen=True)
class Answer:
    """What the site answered, after redirects."""

    path: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def page(self) -> Page:
        """The body as a page."""
        return Page(self.text)

    @property
    def logged_in(self) -> bool:
        """Whether the page is shown to somebody who can log out."""
        return "/users/sign_out" in self.text


class Visitor:
    """Somebody who visits a site.

    Args:
        site: The site.
    """

    def __init__(self, site: Site) -> None:
        self._url = urlsplit(site.url)
        self._address = site.connect or self._url.netloc
        self._cookies: dict[str, str] = {}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open an address of the site."""
        return self._follow("GET", path, b"", headers or {})

    def submit(self, form: Form, values: Mapping[str, str]) -> Answer:
        """Send a form, with values for some of its fields."""
        data = urlencode({**form.fields, **values}).encode()
        return self._follow("POST", form.action, data, {"Content-Type": "application/x-www-form-urlencoded"})

    def log_in(self, login: str, password: str) -> Answer:
        """Fill in the page on which one logs in."""
        form = self.get("/users/sign_in").page.form_with("user[login]")
        return self.submit(form, {"user[login]": login, "user[password]": password})

    def _follow(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Answer:
        for _ in range(REDIRECTS):
            answer = self._ask(method, path, data, headers)
            target = answer.headers.get("Location")
            if not target:
                return answer
            there = urlsplit(urljoin(self._url._replace(path=path).geturl(), target))
            assert there[:2] == self._url[:2], f"{path} sends a visitor away from {self._url.geturl()}, to {target}"
            method, path, data = "GET", there._replace(scheme="", netloc="").geturl(), b""
        raise AssertionError(f"{path} redirects without an end")

    def _ask(self, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Host": self._url.netloc, **({"Cookie": cookies} if cookies else {}), **headers}
        connection = self._connection()
        try:
            connection.request(method, path, data or None, sent)
            response = connection.getresponse()
            answer = Answer(path, response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        if self._url.scheme == "http":
            return http.client.HTTPConnection(self._address, timeout=90)
        return ByName(self._address, str(self._url.hostname))


class ByName(http.client.HTTPSConnection):
    """HTTPS to an address, for a host name that the DNS need not know."""

    def __init__(self, address: str, name: str) -> None:
        # The certificate of a test's own host is nobody's but its own.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        super().__init__(address, timeout=90, context=context)
        self._tls, self._name = context, name

    def connect(self) -> None:
        """Connect, and ask for the name in the TLS hello."""
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._name)
