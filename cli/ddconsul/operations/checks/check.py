"""A check: what is expected of a site, and how to look whether it is so."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx

from ddconsul.errors import DdconsulError, InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


_CAME_TO = {Outcome.FAILED: "failed", Outcome.SKIPPED: "was skipped"}


class NotSoError(Exception):
    """What was seen is not what was expected; the message tells what was seen."""


class SkippedCheckError(Exception):
    """A check cannot be done here; the message tells why."""


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Args:
        name: Short and stable: scripts and reports know the check by it.
        expected: What must be so.
        look: Looks, and returns what it saw; raises NotSoError or SkippedCheckError.
        needs: Names of the checks without which this one tells nothing new.
    """

    name: str
    expected: str
    look: Callable[[], str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What came of a check.

    Args:
        name: The check's name.
        expected: What must be so.
        seen: What was seen, or why nobody looked.
        outcome: How it ended.
        seconds: How long it took.
    """

    name: str
    expected: str
    seen: str
    outcome: Outcome
    seconds: float = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "name": self.name,
            "outcome": str(self.outcome),
            "expected": self.expected,
            "seen": self.seen,
            "seconds": round(self.seconds, 2),
        }


def run_checks(checks: Iterable[Check], report: Callable[[Finding], None]) -> tuple[Finding, ...]:
    """Do checks one after the other; one that fails stops no other, except those that need it.

    Args:
        checks: What to look at, in this order.
        report: Takes each finding as soon as it is there.
    """
    found: dict[str, Finding] = {}
    for check in checks:
        needed = (found[name] for name in check.needs if name in found)
        found[check.name] = _run(check, next((each for each in needed if each.outcome is not Outcome.PASSED), None))
        report(found[check.name])
    return tuple(found.values())


def _run(check: Check, lacking: Finding | None) -> Finding:
    if lacking is not None:
        seen = f"{lacking.name} {_CAME_TO[lacking.outcome]}, and this needs it"
        return Finding(check.name, check.expected, seen, Outcome.SKIPPED)
    begin = time.monotonic()
    outcome = Outcome.FAILED
    try:
        seen, outcome = check.look(), Outcome.PASSED
    except SkippedCheckError as reason:
        seen, outcome = str(reason), Outcome.SKIPPED
    except NotSoError as error:
        seen = str(error)
    except httpx.HTTPError as error:
        seen = f"no answer: {str(error) or type(error).__name__}"
    except InterruptedRunError:
        raise
    except DdconsulError as error:
        seen = str(error)
    return Finding(check.name, check.expected, seen, outcome, time.monotonic() - begin)
