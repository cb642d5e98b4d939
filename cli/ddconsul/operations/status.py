"""Tells how a site is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ddconsul.operations.looking import look, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths


@dataclass(frozen=True)
class SiteStatus:
    """How a site is.

    Args:
        site: Its short name.
        url: Where inhabitants find it.
        installed: Whether it is there.
        answers: Whether it answers as it should.
        details: What its host tells: release, build, services, problems.
    """

    site: str
    url: str
    installed: bool
    answers: bool
    details: Mapping[str, Any]

    @property
    def well(self) -> bool:
        """Whether there is nothing to worry about."""
        return self.installed and self.answers and not self.details.get("problems")

    def as_dict(self) -> dict[str, Any]:
        """Return the status as `--json` shows it."""
        return {
            **self.details,
            "site": self.site,
            "url": self.url,
            "installed": self.installed,
            "answers": self.answers,
            "well": self.well,
        }


def status(instance: Instance, paths: Paths, report: Callable[[str], None]) -> SiteStatus:
    """Look at a site; nothing is changed, and no container is made for it.

    Args:
        instance: The checked municipality file.
        paths: Files and folders of the run.
        report: Takes a line for the user to read.

    Raises:
        DdconsulError: When its host cannot be reached or looked at.
    """
    url = url_of(instance, paths)
    details = look("status", instance, paths, report)
    if details is None:
        missing = {"problems": ["no container runs"]}
        return SiteStatus(instance.site, url, installed=False, answers=False, details=missing)
    return SiteStatus(
        instance.site,
        url,
        installed=bool(details.get("installed")),
        answers=bool(details.get("answers")),
        details=details,
    )
