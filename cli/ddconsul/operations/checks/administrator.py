"""What an administrator finds, and who is not taken for one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ddconsul.operations.checks.check import Check, NotSoError, SkippedCheckError
from ddconsul.operations.checks.public import ANSWERS
from ddconsul.operations.checks.visitor import OK, Page, Visitor

if TYPE_CHECKING:
    from ddconsul.operations.checks.site import Site

# Consul's seeds make an administrator of this name, with a password that everybody can read there.
SEEDED_LOGINS = ("admin@consul.dev", "admin")
SEEDED_PASSWORD = "12345678"  # noqa: S105 — it must not work
SIGN_IN = "/users/sign_in"
_PAGES = 5
# While polls are off, Consul's menu leads to these (admin/menu_component.rb) and Consul refuses them
# (admin/poll/base_controller.rb).
_OF_POLLS = ("/admin/officers", "/admin/booths", "/admin/polls")


def checks(site: Site) -> list[Check]:
    """Return what to look at as an administrator, and as somebody who pretends to be one."""
    logs_in = f"{site.administrator} logs in with the password of the secrets file"
    return [
        Check(
            "default-password",
            "nobody gets in with the password of Consul's seeds",
            partial(default_password, site),
            needs=(ANSWERS,),
        ),
        Check("stranger", "who opens /admin has to log in", partial(stranger, site), needs=(ANSWERS,)),
        Check("administrator", logs_in, partial(administrator, site), needs=(ANSWERS,)),
        Check("admin-pages", "the administrator's pages open", partial(admin_pages, site), needs=("administrator",)),
    ]


def default_password(site: Site) -> str:
    """Try the password that everybody knows."""
    for login in SEEDED_LOGINS:
        with Visitor(site) as visitor:
            if visitor.log_in(login, SEEDED_PASSWORD).logged_in or visitor.get("/").logged_in:
                raise NotSoError(f"{login} gets in with it")
    return "refused"


def stranger(site: Site) -> str:
    """Open the administrator's pages without logging in."""
    with Visitor(site) as visitor:
        page = visitor.get("/admin")
    if page.path != SIGN_IN:
        raise NotSoError(f"the visitor ends at {page.path} with status {page.status}")
    return f"sent to {page.path}"


def administrator(site: Site) -> str:
    """Log in."""
    with Visitor(site) as visitor:
        page = _log_in(site, visitor)
    return f"logged in, at {page.path}"


def admin_pages(site: Site) -> str:
    """Open the dashboard, and the first pages that it leads to."""
    with Visitor(site) as visitor:
        _log_in(site, visitor)
        dashboard = visitor.get("/admin")
        if (dashboard.path, dashboard.status) != ("/admin", OK):
            raise NotSoError(f"/admin ends at {dashboard.path} with status {dashboard.status}")
        refused = () if site.modules["polls"] else _OF_POLLS
        links = [path for path in dict.fromkeys(dashboard.links) if path.startswith("/admin/")]
        paths = [path for path in links if not path.startswith(refused)][:_PAGES]
        seen = {path: visitor.get(path).status for path in paths}
    broken = [f"{path} has status {status}" for path, status in seen.items() if status != OK]
    if broken:
        raise NotSoError("; ".join(broken))
    return ", ".join(("/admin", *paths))


def _log_in(site: Site, visitor: Visitor) -> Page:
    if not site.password:
        raise SkippedCheckError(
            site.stranger
            or "the administrator's password is not at hand: it is in the secrets beside the municipality file"
        )
    page = visitor.log_in(site.administrator, site.password)
    if not page.logged_in:
        raise NotSoError(f"refused, at {urlsplit(page.url).path}")
    return page
