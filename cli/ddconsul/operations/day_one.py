"""Reads a municipality file for its site: what counts from today, counts from the day the site was made.

Without that a vote would begin anew each day, which Consul refuses of one that has begun
(app/models/poll.rb: start_date_change).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.kinds.moments import counted_from, moments
from ddconsul.instance.loader import load
from ddconsul.targets.container import container_name
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ddconsul.instance.loader import Loaded


def day_one(site: str) -> date | None:
    """Return the day on which a site's container was made, on this machine's clock; None before there is one.

    Args:
        site: The site's short name.
    """
    made = Podman(read_machine()).made(container_name(site))
    return made.astimezone().date() if made else None


def load_for_site(file: Path, *, finished: bool = True) -> Loaded:
    """Read and check a municipality file as `load` does, its relative days counted from the site's day one.

    Args:
        file: The file; what it points at is looked up beside it.
        finished: Whether what inhabitants will read has to be finished.

    Raises:
        InvalidFileError: With every problem in the file.
    """
    loaded = load(file, finished=finished)
    # Only a file for a container may have them, and asking podman takes time.
    if not any(moment.relative for _, moment in moments(loaded.instance.vraagstuk)):
        return loaded
    with counted_from(day_one(loaded.instance.site)):
        return load(file, finished=finished)
