"""What deploy and its errors say, in Dutch: for `ddconsul demo`, whose users are no programmers.

The English is not lost: it stands in the log that is named.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.commands.shared import json_errors
from ddconsul.errors import DdconsulError, ExitCode, InterruptedRunError, of_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# What deploy says, by how its line begins.
PROGRESS = {
    "Building the base image": "Basis voor containers maken (eenmalig, ongeveer een minuut)",
    "Making the base image": "Basis voor containers maken (eenmalig, ongeveer een minuut)",
    "Waiting until": "Wachten tot een eerdere opdracht is gestopt",
    "Stopping": "Bezig met stoppen; nog eens Ctrl-C wacht daar niet op",
    "The log misses lines": "Let op: het logboek mist regels, want daar is niet te schrijven (is de schijf vol?)",
    "Waiting for another demo": "Wachten op een andere demo, die hetzelfde voorbereidt",
    "Starting container ddconsul-basis": "Voorbereiden wat alle demo's delen (eenmalig)",
    "Starting container": "Container starten",
    "Fetching tag": "Broncode van Consul ophalen",
    "Preparing the host": "Container voorbereiden",
    "Installing Ruby": "Ruby installeren",
    "Setting up the database server": "Databaseserver inrichten",
    "Setting up the cache": "Cache inrichten",
    "Beginning a build": "Platform bouwen (eenmalig; dit duurt het langst)",
    "Making the build": "Platform bouwen: onderdelen, opmaak, database",
    "Keeping the preparations": "Bewaren voor de volgende demo",
    "Setting up the web server": "Webserver inrichten",
    "Preparing the site": "Site voorbereiden: database en configuratie",
    "Finishing the build": "Platform afbouwen",
    "Starting the site": "Site starten",
    "Writing what Consul contains": "Inhoud schrijven",
    "Checking that the site answers": "Kijken of de site antwoordt",
    "Removing container": "Container weghalen",
}


@dataclass(frozen=True)
class Translation:
    """An error in Dutch.

    Args:
        sign: Regular expression that knows the English one, of its message and its advice.
        what: What is wrong; what the expression caught is filled in.
        todo: What to do about it; "" for the English advice, when that is a command.
    """

    sign: str
    what: str
    todo: str = ""


# The first that fits is it: what fills a disk has many faces, so that comes first.
ERRORS = (
    Translation(
        "(?i)no space left|disk quota exceeded|(?P<free>[0-9]+) MB free",
        "De schijf is vol, of te vol voor een demo.",
        "Maak ruimte: ddconsul demo list zegt wat demo's innemen, ddconsul demo down --all --cache haalt alles weg.",
    ),
    Translation(
        "(?i)cannot allocate memory|out of memory|oom-kill|not enough memory",
        "Er is niet genoeg geheugen voor nog een demo.",
        "Haal een andere weg met ddconsul demo down, of sluit andere programma's.",
    ),
    Translation("Podman is not installed", "Podman, het programma voor containers, is niet geïnstalleerd."),
    Translation(
        "mmdebstrap is not installed", "Er is geen basis voor containers, en mmdebstrap, dat er een maakt, ontbreekt."
    ),
    Translation(
        "base image cannot be made",
        "De basis voor containers is niet te maken: de pakketten van Debian zijn niet op te halen.",
        "Kijk of deze computer bij zijn pakketten kan (apt-get update), en probeer het nog eens.",
    ),
    Translation("has no subordinate ids", "Deze gebruiker mag geen containers maken: er zijn geen ids voor ingesteld."),
    Translation("mixes cgroup versions|no way to the network", "Deze computer kan zo geen containers draaien."),
    Translation(
        "listens on (?:a )?port (?P<port>[^.]*)",
        "Een ander programma gebruikt een poort van deze demo: {port}.",
        "Zoek het op met: ss -ltnp. Stop het, en probeer het nog eens. Of begin opnieuw: ddconsul demo down NAAM.",
    ),
    Translation("No port is free", "Er is geen poort vrij op deze computer.", "Stop een programma dat luistert."),
    Translation(
        "ddconsul did not make it|keeps its state in",
        "Er is al een container met deze naam, en die is niet van uw ddconsul.",
        "Kies een andere naam voor de demo.",
    ),
    Translation("systemd stopped at once", "De container stopt meteen: hij mag hier geen diensten draaien."),
    Translation(
        "container does not (?:start|come up)|container is broken",
        "De container start niet.",
        "Haal hem weg (ddconsul demo down NAAM) en begin opnieuw: ddconsul demo up NAAM",
    ),
    Translation(
        "(?:got no answer|git says: .*(?:resolve host|unable to access|not read|timed out|refused))",
        "De bron van Consul is niet te bereiken: {where}",
        "Kijk of deze computer op het netwerk zit. Of geef een pad: ddconsul demo up --source PAD",
    ),
    Translation(
        "has no tag (?P<tag>[^ ]+)|holds release (?P<release>[^,]+)|is not Consul Democracy",
        "Hier is niet de uitgave van Consul te vinden die het gemeentebestand vraagt: {where}",
        "Verbeter consul.version of consul.source in het gemeentebestand, of --source.",
    ),
    Translation(
        "cannot be used: (?P<why>.+)",
        "Op deze computer gaat het mis bij {where}: {why}.",
        "Kijk of u daar mag schrijven, en of er iets in de weg staat. Een andere plaats kiest u met XDG_STATE_HOME en "
        "XDG_CACHE_HOME.",
    ),
    Translation(
        "has no home folder",
        "Deze gebruiker heeft geen eigen map om dingen in te bewaren.",
        "Zet HOME op een map van uzelf, en geef de opdracht nog eens.",
    ),
    Translation("is not laid out as a mirror", "Dit is geen spiegel van gems: {where}", "Verbeter consul.gems_mirror."),
    Translation(
        r"Consul refused (?P<what>[^\n]+?), and what it contains stays as it was: (?P<why>[^\n]+)",
        "Consul neemt iets uit het gemeentebestand niet aan: {what} ({why}).",
        "Verbeter het, en geef de opdracht nog eens. Of begin opnieuw: ddconsul demo down NAAM",
    ),
    Translation("git is not installed", "Git is niet geïnstalleerd.", "Installeer het: apt install git"),
)
GENERAL = {
    ExitCode.USAGE: "Het gemeentebestand of de bron klopt niet.",
    ExitCode.UNREACHABLE: "De container is niet te maken of niet te bereiken.",
    ExitCode.PREFLIGHT: "De container voldoet niet.",
    ExitCode.DEPLOY_FAILED: "Een stap mislukte.",
    ExitCode.NOT_ANSWERING: "De site antwoordt niet.",
    ExitCode.LOCKED: "Er is al een andere opdracht met deze demo bezig.",
    ExitCode.INTERRUPTED: "Gestopt.",
}
REMEDIES = {
    ExitCode.LOCKED: "Wacht tot die klaar is.",
    ExitCode.INTERRUPTED: "Dezelfde opdracht nog eens gaat verder waar het ophield.",
    ExitCode.DEPLOY_FAILED: "Geef de opdracht nog eens. Helpt dat niet, begin dan opnieuw: ddconsul demo down NAAM",
}
_COMMAND = re.compile(r"^(?:Run|Install it|Let users[^:]*|Try it by hand|Try by hand): (?P<command>.+)$", re.MULTILINE)
_LOG = re.compile(r"(?P<path>/\S+\.log)\b")


class DutchError(DdconsulError):
    """An error that is told in Dutch.

    Args:
        original: The error.
        what: What is wrong.
        where: The file, demo or address that it is about.
        todo: What to do about it.
    """

    def __init__(self, original: DdconsulError, what: str, where: str, todo: str) -> None:
        super().__init__(what, where, todo)
        self.exit_code = original.exit_code


def in_dutch(report: Callable[[str], None]) -> Callable[[str], None]:
    """Return what says deploy's lines in Dutch; what has no Dutch line is for the log."""

    def say(line: str) -> None:
        for beginning, dutch in PROGRESS.items():
            if line.startswith(beginning):
                report(dutch)
                return

    return say


def translate(error: DdconsulError, keep: Callable[[str], Path]) -> DdconsulError:
    """Return an error in Dutch.

    Args:
        error: The error.
        keep: Keeps an English text in a log, and returns where.
    """
    whole = f"{error.where}: {error.what}\n{error.todo}"
    what, todo = _known(error, whole) or (
        GENERAL.get(error.exit_code, "Het ging mis."),
        REMEDIES.get(error.exit_code) or str(error),
    )
    if error.exit_code in {ExitCode.LOCKED, ExitCode.USAGE}:
        return DutchError(error, what, "", todo)
    log = _LOG.search(whole)
    place = log["path"] if log else keep(whole)
    return DutchError(error, what, "", f"{todo}\n  Het hele verhaal, in het Engels: {place}".strip())


def _known(error: DdconsulError, whole: str) -> tuple[str, str] | None:
    """Return what is wrong and what to do about it, of an error that is known."""
    for translation in ERRORS:
        found = re.search(translation.sign, whole)
        if found is not None:
            caught = {name: value or "" for name, value in found.groupdict().items()}
            command = _COMMAND.search(error.todo)
            todo = translation.todo or (f"Geef de opdracht: {command['command']}" if command else error.todo)
            return translation.what.format(where=error.where, **caught), todo
    return None


@contextmanager
def dutch_errors(*, as_json: bool) -> Iterator[None]:
    """Tell errors in Dutch; with --json as JSON."""
    with json_errors(as_json):
        try:
            yield
        except (DdconsulError, OSError) as error:
            from ddconsul.operations.demo import keep_english
            from ddconsul.operations.demo_notes import DemoError

            told = error if isinstance(error, DdconsulError) else of_this_machine(error)
            if told is None or isinstance(told, DemoError):
                raise
            raise translate(told, keep_english) from error
        except KeyboardInterrupt as stop:
            code = ExitCode.INTERRUPTED
            raise InterruptedRunError(GENERAL[code], todo=REMEDIES[code]) from stop
