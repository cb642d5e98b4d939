"""A pilot in minutes: a clock that can be moved, and people who take part with a browser."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contract.contract import HUMAN_SECONDS, PASSWORD, confirmation_link
from contract.visitor import Visitor
from host import account, wait_until

if TYPE_CHECKING:
    from contract.site import Site
    from host import Host
    from playwright.sync_api import BrowserContext, Page

BACK_SECONDS = 120
# On a page with a long menu and many choices.
KEYS_TO_REACH = 200
# Consul draws the focus around a choice's words where it has drawn its own circle over the choice.
FOCUS_SEEN = """() => {
  const at = document.activeElement
  const drawn = one => {
    const style = getComputedStyle(one)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none"
  }
  return [at, at.parentElement, ...(at.labels || [])].some(drawn)
}"""
# What every process of the site reads when it starts; a deploy writes it anew.
ENVIRONMENT = "/srv/ddconsul/{slug}/shared/config/environment"
FAKED = r"""
    dpkg -s libfaketime >/dev/null 2>&1 || { apt-get -qq update && apt-get -qq -y install libfaketime; } >/dev/null
    sed -i '/^LD_PRELOAD=/d; /^FAKETIME/d' "$1"
    lib=$(dpkg -L libfaketime | grep 'libfaketimeMT.so.1$')
    printf 'LD_PRELOAD=%s\nFAKETIME=%s\nFAKETIME_DONT_FAKE_MONOTONIC=1\n' "$lib" "$2" >> "$1"
    # Or else whoever waits for something asks a thousand times a second whether it is there.
    echo FAKETIME_FORCE_MONOTONIC_FIX=0 >> "$1"
    systemctl restart "ddconsul-$3-web.service" "ddconsul-$3-worker.service"
"""


@dataclass(frozen=True)
class Clock:
    """The clock that the site's processes see; the host's own goes on as it was.

    Args:
        host: The site's host.
        slug: The site's short name.
        site: The site.
    """

    host: Host
    slug: str
    site: Site

    def move(self, moment: str) -> str:
        """Let it be a moment, and let the site's timer do its work; return what that told the journal.

        Args:
            moment: ISO 8601, in UTC.
        """
        there = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        offset = f"{(there - datetime.now(UTC)).total_seconds():+.0f}"
        self.host.sh(FAKED, ENVIRONMENT.format(slug=self.slug), offset, self.slug)
        unit = f"ddconsul-{self.slug}-clock.service"
        self.host.sh(f"systemctl start {unit} || {{ journalctl --unit={unit} --lines=20 >&2; exit 1; }}")
        wait_until(self._answers, "the site answers in its new time", BACK_SECONDS)
        return self.host.sh(f"journalctl --quiet --output=cat --unit={unit} --lines=40")

    def _answers(self) -> bool:
        return Visitor(self.site).get("/consul.json").status == 200


@dataclass(frozen=True)
class Citizen:
    """Somebody with an account.

    Args:
        email: Address to log in with.
        name: Name that others see.
    """

    email: str
    name: str

    @staticmethod
    def register(site: Site) -> Citizen:
        """Register, and confirm by the mail that comes."""
        number = secrets.token_hex(4)
        citizen = Citizen(f"inwoner-{number}@example.org", f"Inwoner {number}")
        visitor = Visitor(site)
        form = visitor.get("/users/sign_up").page.form_with("user[username]")
        time.sleep(HUMAN_SECONDS)
        visitor.submit(
            form,
            {
                "user[username]": citizen.name,
                "user[email]": citizen.email,
                "user[password]": PASSWORD,
                "user[password_confirmation]": PASSWORD,
                "user[terms_of_service]": "1",
            },
        )
        link = confirmation_link(site.mails.wait_for(citizen.email))
        assert Visitor(site).get(link.removeprefix(site.url.rstrip("/"))).status == 200
        return citizen

    def enter(self, window: BrowserContext) -> Page:
        """Log in, in a browser."""
        tab = window.new_page()
        tab.goto("/users/sign_in")
        tab.locator("input[name='user[login]']").fill(self.email)
        tab.locator("input[name='user[password]']").fill(PASSWORD)
        tab.locator("input[name='user[password]']").press("Enter")
        tab.wait_for_load_state("networkidle")
        assert tab.locator("a[href*='sign_out'], form[action*='sign_out']").count(), tab.inner_text("body")[:500]
        return tab

    # Each of these is what a person does on the pages of one instrument.

    def vote(self, tab: Page, poll: str, choices: list[str], words: dict[str, str]) -> None:
        """Vote in a poll."""
        tab.goto(f"/polls/{poll}")
        for label in choices:
            tab.get_by_label(label, exact=True).check()
        for label, text in words.items():
            tab.get_by_label(label).fill(text)
        send(tab, "form[action*='/answer'], form:has(input[name^='web_vote']), form:has(textarea[name^='web_vote'])")

    def send_idea(self, tab: Page, budget: str, heading: str, title: str) -> None:
        """Send in an idea for a budget."""
        tab.goto(f"/budgets/{budget}/investments/new")
        choice = tab.locator("select[name='budget_investment[heading_id]']")
        if choice.count():
            # Consul puts the name of its group before it.
            value = choice.locator("option", has_text=heading).first.get_attribute("value")
            choice.select_option(value=value)
        write(tab, "budget_investment", title, "Zo maken we de straat mooier voor iedereen.")
        send(tab, "form.budget-investment-form")

    def choose(self, tab: Page, budget: str, title: str) -> None:
        """Put an idea on one's ballot."""
        tab.goto(f"/budgets/{budget}/investments")
        tab.get_by_role("link", name=title).first.click()
        tab.locator(".supports .add form button, .supports .add form input[type=submit]").first.click()
        tab.locator(".supports .remove").first.wait_for()

    def answer(self, tab: Page, process: str, question: str, option: str) -> None:
        """Answer a question about a plan."""
        tab.goto("/legislation/processes")
        tab.get_by_role("link", name=process).first.click()
        tab.get_by_role("link", name=question).first.click()
        # Consul draws its own circle over the radio button, so a person points at the words; that sends the answer.
        with tab.expect_response(lambda response: "answers" in response.url):
            tab.locator("#legislation-answer-form label", has_text=option).click()
        tab.locator("#legislation-answer-form label.is-active", has_text=option).wait_for()

    def comment(self, tab: Page, debate: str, text: str) -> None:
        """Say something in a debate."""
        tab.goto("/debates")
        tab.get_by_role("link", name=debate).first.click()
        tab.locator("textarea[name='comment[body]']").first.fill(text)
        with tab.expect_response(lambda response: "/comments" in response.url):
            tab.locator("form:has(textarea[name='comment[body]']) input[type=submit]").first.click()

    def propose(self, tab: Page, title: str) -> str:
        """Make a proposal and publish it; return its address."""
        tab.goto("/proposals/new")
        tab.locator("textarea[name*='[summary]']").first.fill("Kort gezegd: het kan beter.")
        write(tab, "proposal", title, "Met meer bankjes zitten we vaker buiten.")
        send(tab, "form.proposal-form")
        tab.locator("form[action$='/publish'] [type=submit]").first.click()
        tab.wait_for_load_state("networkidle")
        found = re.search(r"/proposals/[0-9]+[^/?#]*", tab.url)
        assert found, tab.url
        return found[0]

    def support(self, tab: Page, proposal: str) -> None:
        """Support somebody's proposal."""
        tab.goto(proposal)
        tab.locator(".in-favor form button, .in-favor form input[type=submit]").first.click()
        tab.locator(".supported").first.wait_for()


@dataclass(frozen=True)
class Keyboard:
    """Somebody without a mouse (WCAG 2.1.1), who wants to see where he or she is (2.4.7).

    Args:
        tab: What is on the screen.
    """

    tab: Page

    def reach(self, selector: str) -> None:
        """Press Tab until something has the focus."""
        for _ in range(KEYS_TO_REACH):
            self.tab.keyboard.press("Tab")
            if self.tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                seen = self.tab.evaluate(FOCUS_SEEN)
                assert seen, f"nothing shows that {selector} has the focus"
                return
        raise AssertionError(f"{selector} is not reached with Tab on {self.tab.url}")

    def press(self, key: str, selector: str) -> None:
        """Reach something and press a key."""
        self.reach(selector)
        self.tab.keyboard.press(key)

    def follow(self, selector: str) -> None:
        """Reach a link or a button, and wait for where it leads."""
        with self.tab.expect_navigation():
            self.press("Enter", selector)
        self.tab.wait_for_load_state("networkidle")

    def type(self, text: str, selector: str) -> None:
        """Reach a field and type."""
        self.reach(selector)
        self.tab.keyboard.type(text)


def write(tab: Page, model: str, title: str, text: str) -> None:
    """Fill in what every form for something new asks for."""
    tab.locator(f"input[name^='{model}'][name$='[title]']").first.fill(title)
    tab.frame_locator("iframe.cke_wysiwyg_frame").first.locator("body").fill(text)
    tab.locator(f"input[type=checkbox][name='{model}[terms_of_service]']").check()


def send(tab: Page, form: str) -> None:
    """Send a form, not sooner than a person can."""
    tab.wait_for_timeout(HUMAN_SECONDS * 1000)
    tab.locator(form).first.locator("input[type=submit], button[type=submit]").last.click()
    tab.wait_for_load_state("networkidle")
    trouble = tab.locator("#error_explanation, .form-error.is-visible")
    assert not trouble.count(), trouble.first.inner_text()


def rows(host: Host, slug: str, query: str) -> list[str]:
    """Ask the site's database something."""
    return host.sh(f"cd / && runuser -u {account(slug)} -- psql -qAt", stdin=query.encode()).splitlines()
