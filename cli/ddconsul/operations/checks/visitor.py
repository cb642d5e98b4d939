"""A visitor without a browser: keeps cookies, follows redirects, reads pages, fills in forms."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from ddconsul.operations.checks.check import NotSoError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ddconsul.operations.checks.site import Site

OK = httpx.codes.OK
# Errors that Rails logs for requests with this id are ours, and count (role consul_site, module consul_health).
REQUEST_ID = "ddconsul-health"

_SECONDS = 60
_NOT_PLAIN = "script, style, template, noscript"
_RESOURCES = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
_LINKED = {"stylesheet", "icon", "shortcut icon", "apple-touch-icon", "preload", "manifest"}


@dataclass(frozen=True)
class Form:
    """A form on a page, with the values that are already in it."""

    action: str
    fields: Mapping[str, str]


class Page:
    """What a site answered, read as a page.

    Args:
        answer: The answer, after redirects.
    """

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.url = str(answer.url)
        self.path = answer.url.path
        self.headers = answer.headers
        self.html = answer.text
        self._tree = LexborHTMLParser(answer.text or "<html></html>")

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object that it is; empty when it is none."""
        try:
            told = json.loads(self.html)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}

    @property
    def language(self) -> str:
        """The language it says it is in."""
        root = self._tree.root
        return (root.attributes.get("lang") or "") if root is not None else ""

    @property
    def title(self) -> str:
        """Its title."""
        node = self._tree.css_first("head > title")
        return node.text().strip() if node is not None else ""

    @property
    def links(self) -> list[str]:
        """Paths that its links lead to."""
        addresses = (node.attributes.get("href") or "" for node in self._tree.css("a[href]"))
        return [urlsplit(urljoin(self.url, address)).path for address in addresses]

    @property
    def resources(self) -> list[str]:
        """Addresses of all that a browser fetches to show it."""
        found = [
            node.attributes.get(key) for tag, key in _RESOURCES.items() for node in self._tree.css(f"{tag}[{key}]")
        ]
        found += [
            node.attributes.get("href")
            for node in self._tree.css("link[href]")
            if (node.attributes.get("rel") or "").lower() in _LINKED
        ]
        addresses = (urljoin(self.url, address) for address in found if address)
        return list(dict.fromkeys(address for address in addresses if urlsplit(address).scheme in {"http", "https"}))

    @property
    def styles(self) -> str:
        """The styles that stand in the page itself."""
        return " ".join(node.text() for node in self._tree.css("style"))

    @property
    def text(self) -> str:
        """The text as a person reads it."""
        tree = LexborHTMLParser(self.html or "<html></html>")
        tree.strip_tags(_NOT_PLAIN.split(", "))
        return " ".join(tree.body.text(separator=" ").split()) if tree.body is not None else ""

    @property
    def logged_in(self) -> bool:
        """Whether it is shown to somebody who can log out."""
        return "/users/sign_out" in self.html

    @property
    def standin(self) -> bool:
        """Whether it says that it is the stand-in."""
        return self._tree.css_first("meta[name=generator][content*='ddconsul stand-in']") is not None

    def form_with(self, name: str) -> Form:
        """Return the form that has a field of this name.

        Raises:
            NotSoError: When there is none.
        """
        for form in self._tree.css("form"):
            inputs = [node.attributes for node in form.css("input[name]")]
            fields = {
                given["name"] or "": given.get("value") or ""
                for given in inputs
                if given.get("type") not in {"checkbox", "radio", "submit"}
            }
            if name in fields:
                return Form(form.attributes.get("action") or self.path, fields)
        raise NotSoError(f"{self.path} (status {self.status}) has no form with the field {name}")


class Visitor:
    """Somebody who visits a site, in a fresh browser.

    Args:
        site: The site.
        expecting_errors: Whether what the site logs about the visit is no fault of its.
    """

    def __init__(self, site: Site, *, expecting_errors: bool = False) -> None:
        self._origin = urlsplit(site.url)[:2]
        self._client = httpx.Client(
            base_url=site.url,
            follow_redirects=True,
            timeout=_SECONDS,
            verify=_context(site.authorities, trusted=site.trusted),
            # A container is on this machine: no proxy knows the way to it.
            trust_env=site.trusted,
            # Before it is sent: a form may hold a password, and a redirect may take that along.
            event_hooks={"request": [self._stays]},
            headers={"User-Agent": "ddconsul smoke"} | ({} if expecting_errors else {"X-Request-Id": REQUEST_ID}),
        )

    def __enter__(self) -> Self:
        """Come."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._client.close()

    def get(self, address: str) -> Page:
        """Open an address of the site."""
        return Page(self._client.get(address))

    def submit(self, form: Form, values: Mapping[str, str]) -> Page:
        """Send a form, with values for some of its fields."""
        return Page(self._client.post(form.action, data={**form.fields, **values}))

    def log_in(self, login: str, password: str) -> Page:
        """Fill in the page on which one logs in."""
        form = self.get("/users/sign_in").form_with("user[login]")
        return self.submit(form, {"user[login]": login, "user[password]": password})

    def _stays(self, request: httpx.Request) -> None:
        if urlsplit(str(request.url))[:2] != self._origin:
            raise NotSoError(f"the visitor is sent away, to {request.url}")


@cache
def _context(authorities: tuple[str, ...], *, trusted: bool) -> ssl.SSLContext:
    # The machine's own list of authorities, which a municipality may have added to.
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(cadata="".join(authorities))
    if not trusted:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
