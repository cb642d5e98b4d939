"""The sentences of a vraagstuk's page, and names of what is on it, in plain Dutch (B1) and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.kinds.moments import LAST

if TYPE_CHECKING:
    from datetime import date, datetime

    from ddconsul.instance.kinds.moments import Moment

PHASE_NAMES = {
    "nl": {
        "informing": "Informatie",
        "accepting": "Ideeën insturen",
        "reviewing": "Ideeën nakijken",
        "selecting": "Ideeën steunen",
        "valuating": "Ideeën doorrekenen",
        "publishing_prices": "Kosten bekend",
        "balloting": "Stemmen",
        "reviewing_ballots": "Stemmen tellen",
        "finished": "Uitslag",
    },
    "en": {
        "informing": "Information",
        "accepting": "Sending in ideas",
        "reviewing": "Looking over the ideas",
        "selecting": "Supporting ideas",
        "valuating": "Working out the costs",
        "publishing_prices": "Costs known",
        "balloting": "Voting",
        "reviewing_ballots": "Counting the votes",
        "finished": "Outcome",
    },
}
PLAN_PHASE_NAMES = {
    "nl": {
        "draft": "Voorbereiding",
        "debate": "Vragen beantwoorden",
        "proposals": "Voorstellen doen",
        "comments": "Reageren op de tekst",
    },
    "en": {
        "draft": "Preparation",
        "debate": "Answering questions",
        "proposals": "Making proposals",
        "comments": "Commenting on the text",
    },
}
WORDS = {
    "nl": {
        "from": "Meedoen kan vanaf {opens}.",
        "until": "Meedoen kan tot en met {closes}.",
        "before": "Meedoen kan tot {closes}.",
        "closed": "Meedoen kan niet meer.",
        "thanks": "Bedankt voor {uw} bijdrage.",
        "go_debate": "Ga naar de gesprekken",
        "go_proposals": "Ga naar de voorstellen",
        "go_poll": "Ga naar de vragen en stem",
        "go_budget": "Ga naar de ideeën",
        "go_legislation": "Ga naar de plannen",
        "see_debate": "Lees de gesprekken",
        "see_proposals": "Bekijk de voorstellen",
        "see_poll": "Bekijk de peiling",
        "see_results": "Bekijk de uitslag",
        "see_budget": "Bekijk de uitslag",
        "see_legislation": "Bekijk de plannen en de reacties",
        "answer": "Antwoord van de gemeente",
        "done": "Wat er met de uitkomst is gedaan",
        "decides": "Wie beslist?",
        "when": "Wanneer gebeurt wat?",
        "opens": "Meedoen begint",
        "closes": "Meedoen stopt",
        "result": "Uitkomst bekend",
        "told": "{U} leest hier uiterlijk wat er met de uitkomst is gedaan",
        "who": "Voor wie?",
        "for": "Voor bewoners van {districts}.",
        "votes": "Alleen bewoners van {districts} stemmen.",
        "and": "en",
        "money": "Hoeveel geld is er?",
        "questions": "De vragen",
        "topics": "Onderwerpen",
        "feedback": "Wat gebeurt er met de uitkomst?",
        "promise": "Uiterlijk op {by} {leest_u} op deze pagina wat er met de uitkomst is gedaan.",
        "other": "Liever niet met de computer?",
        "offline": 'Meedoen kan ook <a href="{url}">zonder computer</a>.',
        "ask": "Vragen?",
        "mail_phone": "Mail naar {mail} of bel {phone}.",
        "mail": "Mail naar {mail}.",
        "phone": "Bel {phone}.",
        "span": "{first} tot en met {last}",
    },
    "en": {
        "from": "You can take part from {opens}.",
        "until": "You can take part up to and including {closes}.",
        "before": "You can take part until {closes}.",
        "closed": "You can no longer take part.",
        "thanks": "Thank you for your contribution.",
        "go_debate": "Go to the debates",
        "go_proposals": "Go to the proposals",
        "go_poll": "Go to the questions and vote",
        "go_budget": "Go to the ideas",
        "go_legislation": "Go to the plans",
        "see_debate": "Read the debates",
        "see_proposals": "See the proposals",
        "see_poll": "See the poll",
        "see_results": "See the results",
        "see_budget": "See the results",
        "see_legislation": "See the plans and the comments",
        "answer": "Answer of the municipality",
        "done": "What was done with the outcome",
        "decides": "Who decides?",
        "when": "What happens when?",
        "opens": "You can take part from now on",
        "closes": "You can take part until now",
        "result": "Outcome published",
        "told": "Last day on which you read here what was done with the outcome",
        "who": "Who is it for?",
        "for": "For residents of {districts}.",
        "votes": "Only residents of {districts} vote.",
        "and": "and",
        "money": "How much money is there?",
        "questions": "The questions",
        "topics": "Topics",
        "feedback": "What happens with the outcome?",
        "promise": "On {by} at the latest you read on this page what was done with the outcome.",
        "other": "Rather without a computer?",
        "offline": 'You can also take part <a href="{url}">without a computer</a>.',
        "ask": "Questions?",
        "mail_phone": "Mail {mail} or call {phone}.",
        "mail": "Mail {mail}.",
        "phone": "Call {phone}.",
        "span": "{first} up to and including {last}",
    },
}
_YOU = {"u": {"U": "U", "uw": "uw", "leest_u": "leest u"}, "je": {"U": "Je", "uw": "je", "leest_u": "lees je"}}
_MONTHS = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
        "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
}  # fmt: skip


class Speech:
    """Says things in one language: Dutch where that is asked for, and English elsewhere.

    Args:
        code: The language.
        form_of_address: `je` or `u`, for Dutch; None: u.
    """

    def __init__(self, code: str, form_of_address: str | None) -> None:
        self.language = code if code in WORDS else "en"
        self._you = _YOU[form_of_address or "u"]

    def __call__(self, name: str, **parts: str) -> str:
        """Return a sentence, with what belongs in it."""
        return WORDS[self.language][name].format(**self._you, **parts)

    def day(self, day: date) -> str:
        """Return a day in words: 1 maart 2027."""
        return f"{day.day} {_MONTHS[self.language][day.month - 1]} {day.year}"

    def moment(self, moment: Moment) -> str:
        """Return a moment in words: a day, and a time of day where one was given."""
        if moment.whole or moment.at.time() == LAST:
            return self.day(moment.day)
        return f"{self.day(moment.day)}, {self._clock(moment.at)}"

    def _clock(self, at: datetime) -> str:
        return f"{at.hour}.{at.minute:02} uur" if self.language == "nl" else f"{at:%H:%M}"

    def until(self, closes: Moment) -> str:
        """Return the sentence that tells until when it is open."""
        whole = closes.whole or closes.at.time() == LAST
        return self("until" if whole else "before", closes=self.moment(closes))

    def money(self, euros: int) -> str:
        """Return an amount: € 25.000."""
        text = f"{euros:,}"
        return f"€ {text.replace(',', '.')}" if self.language == "nl" else f"€{text}"

    def all_of(self, names: list[str]) -> str:
        """Return names as a list in a sentence: Noord, Oost en Zuid."""
        *first, last = names
        return f"{', '.join(first)} {self('and')} {last}" if first else last
