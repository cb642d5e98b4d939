"""What anybody finds who visits a site."""

from __future__ import annotations

from functools import partial
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ddconsul.counting import counted
from ddconsul.operations.checks.check import Check, NotSoError, SkippedCheckError
from ddconsul.operations.checks.visitor import OK, Page, Visitor
from ddconsul.translate.brand import custom_properties
from ddconsul.translate.menu import MODULES
from ddconsul.translate.vraagstuk.page import PATHS

if TYPE_CHECKING:
    from ddconsul.instance.sections.vraagstuk import AnyVraagstuk
    from ddconsul.operations.checks.site import Site

# Its menu may lead to the beginning of the same.
IN_MENU = {"sdg": {"/sdg", "/sdg/goals"}}
# The law asks for these.
PAGES = ("/privacy", "/conditions", "/accessibility")
# The check without which no other tells anything about the site.
ANSWERS = "answers"
SESSION = "_consul_session"
HEADERS = {
    "X-Frame-Options": {"SAMEORIGIN", "DENY"},
    "X-Content-Type-Options": {"nosniff"},
    # No version, which only serves who looks for a hole.
    "Server": {"nginx"},
}
_CLOSED = {403, 404}
_LISTED = 5


def checks(site: Site) -> list[Check]:
    """Return what to look at as a visitor."""
    municipality = site.instance.municipality
    default = municipality.languages[0]
    promises = [
        ("home", f"the home page is in {default}, with “{municipality.name}” in its title", partial(home, site)),
        ("release", f"/consul.json names release {site.instance.consul.version}", partial(release, site)),
        *((f"module-{name}", _promise(on=on), partial(module, site, name)) for name, on in site.modules.items()),
        *(
            (f"language-{name}", f"who asks for {name} gets it, on the next page too", partial(language, site, name))
            for name in municipality.languages
        ),
        *(
            (
                f"vraagstuk-{one.key}",
                f"/{one.key} and the pages of {one.instrument} tell it",
                partial(vraagstuk, site, one),
            )
            for one in site.instance.vraagstuk
        ),
        ("pages", f"{', '.join(PAGES)} answer, in {default}", partial(pages, site)),
        ("colours", "the home page carries the colours of the file", partial(colours, site)),
        ("assets", "all that the home page is made of can be fetched", partial(assets, site)),
        ("headers", "the answers carry the headers that protect visitors", partial(headers, site)),
        ("cookies", "the session's cookie is kept from scripts and other sites", partial(cookies, site)),
    ]
    first = Check(ANSWERS, f"{site.url} answers with a page", partial(answers, site))
    return [first, *(Check(*promise, needs=(ANSWERS,)) for promise in promises)]


def answers(site: Site) -> str:
    """See whether anybody is at home."""
    with Visitor(site) as visitor:
        page = _open(visitor, "/")
    return f"status {page.status}"


def home(site: Site) -> str:
    """See whose site it is."""
    with Visitor(site) as visitor:
        page = _open(visitor, "/")
    wanted, name = site.instance.municipality.languages[0], site.instance.municipality.name
    if page.language != wanted:
        raise NotSoError(f"its language is {page.language or 'not told'}")
    if name not in page.title:
        raise NotSoError(f"its title is “{page.title}”")
    return f"“{page.title}”, in {page.language}"


def release(site: Site) -> str:
    """See which Consul answers."""
    with Visitor(site) as visitor:
        page = _open(visitor, "/consul.json")
    if not page.told:
        raise NotSoError("it is no JSON document")
    seen = str(page.told.get("release"))
    if seen != site.instance.consul.version:
        raise NotSoError(f"it names release {seen}")
    return f"release {seen}"


def module(site: Site, name: str) -> str:
    """See whether a module is there when it is on, and nowhere when it is off."""
    on, path = site.modules[name], MODULES[name]
    # What is off is an error to Rails, which is as it should be.
    with Visitor(site, expecting_errors=not on) as visitor:
        status = visitor.get(path).status
        shown = bool(IN_MENU.get(name, {path}) & set(_open(visitor, "/").links))
    menu = "a link on the home page" if shown else "no link on the home page"
    right = status == OK if on else status in _CLOSED
    if not right or shown is not on:
        raise NotSoError(f"{path} has status {status}, {menu}")
    return f"{path} has status {status}, {menu}"


def language(site: Site, wanted: str) -> str:
    """See whether a language can be chosen, and whether it is another one than the default."""
    default = site.instance.municipality.languages[0]
    with Visitor(site) as visitor:
        chosen = _open(visitor, f"/?locale={wanted}").language
        page = _open(visitor, "/users/sign_in")
    for told in (chosen, page.language):
        if told != wanted:
            raise NotSoError(f"the page says it is in {told or 'no language'}")
    if "translation missing" in page.html.lower() or "translation_missing" in page.html:
        raise NotSoError(f"texts on {page.path} have no translation")
    if wanted != default:
        with Visitor(site) as visitor:
            _open(visitor, f"/?locale={default}")
            if _open(visitor, "/users/sign_in").text == page.text:
                raise NotSoError(f"{page.path} has the same words as in {default}")
    return f"“{page.title}”"


def pages(site: Site) -> str:
    """See the pages that the law asks for."""
    default = site.instance.municipality.languages[0]
    with Visitor(site) as visitor:
        seen = {path: _open(visitor, path) for path in PAGES}
    wrong = [f"{path} in {page.language or 'no language'}" for path, page in seen.items() if page.language != default]
    if wrong:
        raise NotSoError(", ".join(wrong))
    return ", ".join(f"“{page.title}”" for page in seen.values())


def vraagstuk(site: Site, one: AnyVraagstuk) -> str:
    """See whether inhabitants find what is asked, and where they take part."""
    language = site.instance.municipality.languages[0]
    title = " ".join(one.title.given((language,))[language].split())
    path = PATHS[one.instrument].format(key=one.key)
    with Visitor(site) as visitor:
        seen = {where: " ".join(_open(visitor, where).text.split()) for where in (f"/{one.key}", path)}
    # Where Consul has a page for it alone, that has its title too.
    expected = [where for where in seen if where == f"/{one.key}" or one.key in where]
    missing = [where for where in expected if title not in seen[where]]
    if missing:
        raise NotSoError(f"“{title}” is not on {', '.join(missing)}")
    return f"“{title}” on {', '.join(expected)}"


def colours(site: Site) -> str:
    """See whether the colours of the file are in what is served."""
    wanted = custom_properties(site.instance.branding)
    if not wanted:
        raise SkippedCheckError("the file has no colours (branding.colours)")
    with Visitor(site) as visitor:
        styles = _open(visitor, "/").styles
    missing = [f"{name}: {value}" for name, value in wanted.items() if f"{name}: {value};" not in styles]
    if missing:
        raise NotSoError(f"missing: {'; '.join(missing[:_LISTED])}")
    return "; ".join(f"{name}: {value}" for name, value in list(wanted.items())[:_LISTED])


def assets(site: Site) -> str:
    """Fetch all that the home page is made of, as a browser does."""
    with Visitor(site) as visitor:
        own = [address for address in _open(visitor, "/").resources if same_host(address, site)]
        seen = {address: visitor.get(address).status for address in own}
    broken = [f"{urlsplit(address).path} has status {status}" for address, status in seen.items() if status != OK]
    if broken:
        raise NotSoError("; ".join(broken[:_LISTED]))
    if not seen:
        raise NotSoError("the page has no style sheet and no script")
    return counted(len(seen), "file")


def headers(site: Site) -> str:
    """See the headers that Consul and nginx give."""
    with Visitor(site) as visitor:
        given = _open(visitor, "/").headers
    wrong = [f"{name}: {given.get(name, 'missing')}" for name, right in HEADERS.items() if given.get(name) not in right]
    if wrong:
        raise NotSoError("; ".join(wrong))
    return "; ".join(f"{name}: {given[name]}" for name in HEADERS)


def cookies(site: Site) -> str:
    """See how the session's cookie is guarded."""
    with Visitor(site) as visitor:
        lines = _open(visitor, "/").headers.get_list("set-cookie")
    given = [morsel for line in lines for name, morsel in SimpleCookie(line).items() if name == SESSION]
    if not given:
        raise NotSoError(f"there is no cookie {SESSION}")
    cookie = given[0]
    guards = {"HttpOnly": bool(cookie["httponly"]), "SameSite": cookie["samesite"].lower() in {"lax", "strict"}}
    if site.url.startswith("https:"):
        guards["Secure"] = bool(cookie["secure"])
    missing = [name for name, given in guards.items() if not given]
    if missing:
        raise NotSoError(f"it lacks {', '.join(missing)}")
    return ", ".join(guards)


def third_parties(site: Site) -> list[str]:
    """Return what the home page and the modules' pages fetch from others, as far as their HTML tells."""
    on = [MODULES[name] for name, on in site.modules.items() if on]
    with Visitor(site) as visitor:
        found = [address for path in ("/", *on) for address in visitor.get(path).resources]
    return sorted({address for address in found if not same_host(address, site)})


def same_host(address: str, site: Site) -> bool:
    """Tell whether an address is the site's own."""
    return urlsplit(address).netloc == urlsplit(site.url).netloc


def _open(visitor: Visitor, path: str) -> Page:
    page = visitor.get(path)
    if page.status != OK:
        raise NotSoError(f"{path} has status {page.status}")
    return page


def _promise(*, on: bool) -> str:
    return "is on: answers, with a link on the home page" if on else "is off: 403 or 404, and no link on the home page"
