"""What came of trying a municipality file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ddconsul.addresses import masked
from ddconsul.errors import DdconsulError, ExitCode, of_this_machine
from ddconsul.operations.checks.check import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

# The worst first: what says least about the site itself.
_WORST = (
    ExitCode.INTERRUPTED,
    ExitCode.UNEXPECTED,
    ExitCode.USAGE,
    ExitCode.UNREACHABLE,
    ExitCode.LOCKED,
    ExitCode.PREFLIGHT,
    ExitCode.DEPLOY_FAILED,
    ExitCode.CHECK_FAILED,
    ExitCode.OK,
)


@dataclass(frozen=True)
class SmokeResult:
    """What came of one municipality file.

    Args:
        file: The file, as the user named it.
        slug: A short name for it.
        url: Where the site was, or is.
        standin: Whether it was the stand-in; None when that is not known.
        unreachable: The address that could not be reached, when that is why it was the stand-in.
        release: Of Consul.
        digest: Commit or checksum of what was deployed.
        findings: What the checks found.
        error: Why it did not come to all checks.
        stage: Where it stopped then: `file`, `deploy` or `checks`.
        exit_code: How it ended.
        begun: When, in UTC.
        seconds: How long it took.
        kept: The municipality file of the container that was kept.
    """

    file: str
    slug: str = "unknown"
    url: str = ""
    standin: bool | None = None
    unreachable: str = ""
    release: str = ""
    digest: str = ""
    findings: tuple[Finding, ...] = ()
    error: str = ""
    stage: str = ""
    exit_code: ExitCode = ExitCode.OK
    begun: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    seconds: float = 0
    kept: str = ""

    def found(self, *findings: Finding) -> SmokeResult:
        """Return the result with more findings."""
        found = (*self.findings, *findings)
        broken = any(finding.outcome is Outcome.FAILED for finding in found)
        return replace(self, findings=found, exit_code=ExitCode.CHECK_FAILED if broken else ExitCode.OK)

    def stopped(self, error: Exception, stage: str) -> SmokeResult:
        """Return the result of a file that did not come to all checks."""
        told = error if isinstance(error, DdconsulError) else of_this_machine(error)
        if told is not None:
            return replace(self, error=str(told), stage=stage, exit_code=told.exit_code)
        said = masked(f"a fault in ddconsul: {type(error).__name__}: {error}")
        return replace(self, error=said, stage=stage, exit_code=ExitCode.UNEXPECTED)

    def count(self, outcome: Outcome) -> int:
        """Return how many checks ended like this."""
        return sum(finding.outcome is outcome for finding in self.findings)

    def properties(self) -> dict[str, str]:
        """Return what belongs to all checks, as texts."""
        standin = "unknown" if self.standin is None else str(self.standin).lower()
        return {"standin": standin, "release": self.release, "digest": self.digest, "url": self.url}

    def as_dict(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "file": self.file,
            "url": self.url,
            "standin": self.standin,
            "unreachable": self.unreachable,
            "release": self.release,
            "digest": self.digest,
            **{str(outcome): self.count(outcome) for outcome in Outcome},
            "error": self.error,
            "stage": self.stage,
            "exit_code": int(self.exit_code),
            "seconds": round(self.seconds, 1),
            "kept": self.kept,
            "checks": [finding.as_dict() for finding in self.findings],
        }


def worst(results: Sequence[SmokeResult]) -> ExitCode:
    """Return the exit code of a run: that of the file that went worst."""
    # A code that is not in the list says that ddconsul itself is at fault.
    rank = {code: place for place, code in enumerate(_WORST)}
    return min((result.exit_code for result in results), key=lambda code: rank.get(code, 1), default=ExitCode.OK)
