"""Where ddconsul keeps things on this machine, after the XDG Base Directory Specification."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The folders of ddconsul.

    Args:
        cache: What can be fetched or made again.
        state: What must stay: keys of containers, logs.
    """

    cache: Path
    state: Path

    @property
    def sources(self) -> Path:
        """Archives of Consul's source, named after what is in them."""
        return self.cache / "sources"

    @property
    def logs(self) -> Path:
        """One log for each run."""
        return self.state / "logs"

    @classmethod
    def of_user(cls) -> Paths:
        """Return the folders of the user who runs ddconsul."""
        return cls(
            cache=_base("XDG_CACHE_HOME", ".cache") / "ddconsul",
            state=_base("XDG_STATE_HOME", ".local/state") / "ddconsul",
        )


def _base(variable: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    # The specification: a relative path is invalid, and ignored.
    return Path(given) if given.startswith("/") else Path.home() / default
