"""Debian's Chromium, headless, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from contract.site import Site


@contextmanager
def window(site: Site, *rules: str) -> Iterator[BrowserContext]:
    """Give a fresh browser window, in which the site's name leads to the site.

    Args:
        site: The site.
        rules: Where other names lead, as Chromium's own rules have it: `MAP login.example.org 127.0.0.1`.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed: scripts/system-packages browser")
    flags = ["--disable-gpu"]
    if os.geteuid() == 0:
        # Chromium refuses its sandbox to root, and these pages are our own.
        flags.append("--no-sandbox")
    if site.connect:
        rules = (f"MAP {urlsplit(site.url).hostname} {site.connect}", *rules)
    if rules:
        flags.append(f"--host-resolver-rules={', '.join(rules)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser.new_context(base_url=site.url, locale="nl-NL", ignore_https_errors=True)
        finally:
            browser.close()


class Complaints:
    """Collects what a browser's console says goes wrong on a page."""

    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        page.on("console", lambda line: self._add(page, line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self._add(page, str(error)))
        page.on("requestfailed", lambda request: self._add(page, f"{request.url}: {request.failure}"))

    def _add(self, page: Page, text: str) -> None:
        self.lines.append(f"{urlsplit(page.url).path}: {text}")
