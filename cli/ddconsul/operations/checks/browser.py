"""What a browser sees: Chromium, headless, driven by Playwright (the extra `ddconsul[browser]`)."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ddconsul.operations.checks import public
from ddconsul.operations.checks.check import Check, NotSoError, SkippedCheckError
from ddconsul.operations.checks.public import ANSWERS, same_host
from ddconsul.translate.menu import MODULES

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Playwright, Request, Route

    from ddconsul.operations.checks.site import Site

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_BACKGROUNDS = "[...document.querySelectorAll('header, header *')].map(e => getComputedStyle(e).backgroundColor)"
_LISTED = 5


@dataclass
class Visit:
    """What a browser met on the home page and the modules' pages.

    Args:
        complaints: What its console said goes wrong, and requests that failed.
        elsewhere: Addresses of others that it was sent to; it did not go there.
        painted: Backgrounds in the header of the home page.
        pages: How many pages it opened.
        refusal: Why it did not start.
    """

    complaints: list[str] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    painted: list[str] = field(default_factory=list)
    pages: int = 0
    refusal: str = ""


class Browser:
    """A browser that visits a site once, for all checks.

    Args:
        site: The site.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def checks(self) -> list[Check]:
        """Return what to look at."""
        return [
            Check("console", "a browser meets no error and no request that fails", self.console, needs=("assets",)),
            Check(
                "painted", "the header is painted in the colour of the file", self.paint, needs=("colours", "assets")
            ),
            Check("third-parties", "no page fetches anything from elsewhere", self.third_parties, needs=(ANSWERS,)),
        ]

    def console(self) -> str:
        """See what the browser complains about."""
        visit = self._seen()
        if visit.complaints:
            raise NotSoError("; ".join(visit.complaints[:_LISTED]))
        return f"nothing on {visit.pages} pages"

    def paint(self) -> str:
        """See which colour the header really has."""
        colours = self._site.instance.branding.colours
        wanted = colours.header or colours.brand
        if not wanted:
            raise SkippedCheckError("the file gives the header no colour")
        painted = self._seen().painted
        if rgb(wanted) not in painted:
            raise NotSoError(f"the header has {', '.join(sorted(set(painted))) or 'no background'}")
        return f"{wanted} is there"

    def third_parties(self) -> str:
        """See who else hears of a visit: what the HTML tells, and what a browser does."""
        found, only = set(public.third_parties(self._site)), ""
        try:
            found |= self._seen().elsewhere
        except SkippedCheckError as reason:
            only = f" in the HTML ({reason})"
        if found:
            raise NotSoError(", ".join(sorted(found)[:_LISTED]))
        return f"nothing{only}"

    def _seen(self) -> Visit:
        """Return what the browser met; it goes round once."""
        if find_spec("playwright") is None:
            raise SkippedCheckError("Playwright is not installed: pip install 'ddconsul[browser]'")
        if program() is None:
            raise SkippedCheckError(f"no browser is installed ({', '.join(PROGRAMS)}): apt-get install chromium")
        if self._visit.refusal:
            raise SkippedCheckError(f"the browser does not start: {self._visit.refusal}")
        return self._visit

    @cached_property
    def _visit(self) -> Visit:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 — an extra, which may be missing

        visit = Visit()
        with sync_playwright() as playwright:
            try:
                window = self._window(playwright)
            except Error as error:
                return Visit(refusal=_brief(error))
            try:
                self._go_round(window, visit)
            except Error as error:
                visit.complaints.append(_brief(error))
            finally:
                window.close()
        return visit

    def _window(self, playwright: Playwright) -> BrowserContext:
        flags = ["--disable-gpu"]
        if os.geteuid() == 0:
            # Chromium refuses its sandbox to root.
            flags.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=program(), args=flags)
        # It knows the machine's authorities only. The visitor without a browser holds the file's against the site.
        lenient = not self._site.trusted or bool(self._site.authorities)
        return browser.new_context(base_url=self._site.url, ignore_https_errors=lenient)

    def _go_round(self, window: BrowserContext, visit: Visit) -> None:
        page = window.new_page()
        self._listen(page, visit)
        for path in ("/", *(MODULES[name] for name, on in self._site.modules.items() if on)):
            page.goto(path, wait_until="networkidle")
            visit.pages += 1
            if path == "/":
                visit.painted = page.evaluate(_BACKGROUNDS)

    def _listen(self, page: Page, visit: Visit) -> None:
        def complain(text: str) -> None:
            visit.complaints.append(f"{urlsplit(page.url).path}: {text}")

        def log(line: ConsoleMessage) -> None:
            # A request that we refused is a matter of its own.
            if line.type == "error" and same_host(line.location.get("url", self._site.url), self._site):
                complain(line.text)

        def fail(request: Request) -> None:
            if same_host(request.url, self._site):
                complain(f"{request.url}: {request.failure}")

        def keep_home(route: Route) -> None:
            address = route.request.url
            if same_host(address, self._site) or not address.startswith("http"):
                route.continue_()
            else:
                visit.elsewhere.add(address)
                route.abort()

        page.route("**/*", keep_home)
        page.on("console", log)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("requestfailed", fail)


def program() -> str | None:
    """Return the path of a browser on this machine."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def _brief(error: Error) -> str:
    return error.message.partition("\n")[0]


def rgb(colour: str) -> str:
    """Return #rrggbb as a browser writes it."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
