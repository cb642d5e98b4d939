"""One form of address for a whole site: *je* or *u*. Consul's Dutch has both.

These are renamings as in a vocabulary: a phrase goes before the words in it. A verb before the pronoun, and *je* before
what somebody has, are phrases of their own, since Dutch changes them; they are those of Consul 2.5.1's texts and ours.
"""

from __future__ import annotations

from typing import Literal

Form = Literal["je", "u"]

LANGUAGE = "nl"
# Verbs before the pronoun (kun je, kunt u), each with its form for both; what stands for both alike needs none.
_VERBS = {
    "accepteer": "accepteert", "ben": "bent", "dien": "dient", "ga": "gaat", "heb": "hebt", "hoef": "hoeft",
    "kies": "kiest", "klik": "klikt", "krijg": "krijgt", "kun": "kunt", "ontvang": "ontvangt", "vind": "vindt",
    "vertegenwoordig": "vertegenwoordigt", "wil": "wilt",
}  # fmt: skip
# What somebody has, or what is said of it: before these, *je* is *uw*.
_OWN = (
    "account", "adres", "aanbevelingen", "buren", "campagne", "conceptvoorstel", "contactgegevens", "dashboard",
    "documenten", "e", "eerdere", "eerste", "eigen", "email", "fysieke", "gegevens", "gemeente", "hulpmiddelen",
    "interesses", "investeringsproject", "ip", "mening", "mobiele", "nieuwe", "organisatie", "project", "reactie",
    "resultaten", "stem", "steun", "toetsenbord", "voorstel", "voorstellen", "vragen", "waardering", "wachtwoord",
    "website", "woonplaats",
)  # fmt: skip

TO_JE = (
    *((f"{polite} u", f"{plain} je") for plain, polite in _VERBS.items()),
    ("heeft u", "heb je"), ("u heeft", "je hebt"), ("accepteerd u", "accepteer je"),
    ("vertegenwoordigd u", "vertegenwoordig je"), ("uzelf", "jezelf"), ("uw", "je"), ("u", "je"),
)  # fmt: skip
TO_U = (
    *((f"{plain} je", f"{polite} u") for plain, polite in _VERBS.items()),
    *((f"{plain} jij", f"{polite} u") for plain, polite in _VERBS.items()),
    *((f"je {own}", f"uw {own}") for own in _OWN),
    # A verb before what somebody has is an order: confirm your account.
    *((f"{plain} je {own}", f"{plain} uw {own}") for plain in _VERBS for own in _OWN),
    ("kan je", "kunt u"), ("je kan", "u kunt"), ("je je", "u uw"), ("jezelf", "uzelf"), ("jouw", "uw"),
    ("jij", "u"), ("jou", "u"), ("je", "u"),
)  # fmt: skip


def renamings(form: Form | None) -> tuple[tuple[str, str], ...]:
    """Return what takes the place of what, for a form of address; nothing when texts stay as they are."""
    return {"je": TO_JE, "u": TO_U, None: ()}[form]
