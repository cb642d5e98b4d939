"""A citizen who registers, gets mail, confirms and logs in."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from email import message_from_string, policy
from html import unescape
from typing import TYPE_CHECKING

from ddconsul.operations.checks.check import Check, NotSoError, SkippedCheckError
from ddconsul.operations.checks.public import ANSWERS
from ddconsul.operations.checks.visitor import OK, Visitor

if TYPE_CHECKING:
    from email.message import EmailMessage

    from ddconsul.operations.checks.site import Site

# invisible_captcha takes whoever sends a form sooner for a robot.
HUMAN_SECONDS = 4.5
MAIL_SECONDS = 30
WRITES = "registering changes the site: give --write"

_LINK = re.compile(r"""https?://[^"'<>\s]+confirmation_token=[^"'<>\s]+""")


@dataclass
class Citizen:
    """Somebody who is about to register.

    Args:
        site: The site.
        number: What makes the name one that nobody has.
        password: What the citizen chooses.
        link: The link in the mail, once it is there.
    """

    site: Site
    number: str = field(default_factory=lambda: secrets.token_hex(4))
    password: str = field(default_factory=lambda: f"Smoke-{secrets.token_hex(8)}")
    link: str = ""

    @property
    def email(self) -> str:
        """An address of nobody's; where mail really leaves, the administrator's own."""
        if self.site.instance.mail.smtp is None:
            return f"smoke-{self.number}@example.org"
        name, _, domain = self.site.administrator.partition("@")
        return f"{name}+smoke-{self.number}@{domain}"

    def checks(self) -> list[Check]:
        """Return what to look at; the inside of the site is looked at in between."""
        return [
            Check("mail", "the worker sends a mail with a link to this site", self.mail, needs=("registration", "job")),
            Check(
                "confirmation", "the link confirms the account, and the citizen logs in", self.confirm, needs=("mail",)
            ),
        ]

    def registration(self) -> Check:
        """Return the first of the checks."""
        return Check("registration", "a citizen registers", self.register, needs=(ANSWERS,))

    def register(self) -> str:
        """Fill in the form."""
        if not self.site.write:
            raise SkippedCheckError(WRITES)
        with Visitor(self.site) as visitor:
            form = visitor.get("/users/sign_up").form_with("user[username]")
            time.sleep(HUMAN_SECONDS)
            page = visitor.submit(
                form,
                {
                    "user[username]": f"Smoke {self.number}",
                    "user[email]": self.email,
                    "user[password]": self.password,
                    "user[password_confirmation]": self.password,
                    "user[terms_of_service]": "1",
                },
            )
        if (page.path, page.status) != ("/users/sign_up/success", OK):
            raise NotSoError(f"{page.path} has status {page.status}: {page.text[:200]}")
        return f"{self.email} is registered"

    def mail(self) -> str:
        """Wait for the mail, where it is kept as a file."""
        host = self.site.host
        if host is None:
            raise SkippedCheckError("the mail cannot be read from outside")
        if self.site.instance.mail.smtp is not None:
            raise SkippedCheckError(f"the mail goes to {self.site.instance.mail.smtp.host}, where nobody can read it")
        raw = host.mail_to(self.email, MAIL_SECONDS)
        if not raw:
            because = host.failed_job()
            raise NotSoError(f"no mail in {MAIL_SECONDS} seconds{': ' if because else ''}{because}")
        self.link = self._link_in(message_from_string(raw, policy=policy.default))
        return "a mail with a link"

    def confirm(self) -> str:
        """Follow the link, and log in."""
        with Visitor(self.site) as visitor:
            page = visitor.get(self.link)
            if page.status != OK:
                raise NotSoError(f"the link has status {page.status}")
        with Visitor(self.site) as visitor:
            if not visitor.log_in(self.email, self.password).logged_in:
                raise NotSoError("the citizen cannot log in")
            at = visitor.get("/admin").path
        if at.startswith("/admin"):
            raise NotSoError("the citizen is taken for an administrator")
        return "confirmed and logged in"

    def _link_in(self, mail: EmailMessage) -> str:
        sender = self.site.instance.mail.sender or f"noreply@{self.site.instance.municipality.domain}"
        if sender not in str(mail["From"]):
            raise NotSoError(f"the mail comes from {mail['From']}, not from {sender}")
        body = mail.get_body(("html", "plain"))
        found = _LINK.search(unescape(body.get_content())) if body is not None else None
        if found is None:
            raise NotSoError("the mail has no link")
        if not found[0].startswith(self.site.url):
            raise NotSoError(f"the link leads to another site: {found[0].partition('?')[0]}")
        return found[0]
