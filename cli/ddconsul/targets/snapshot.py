"""Images of containers that are ready but for a site, so that the next site on this machine starts from there.

An image is named after what went into it. It is taken of a container that never held a site: no secret can be in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.targets.image import LABEL as LABEL_IMAGE

if TYPE_CHECKING:
    from ddconsul.targets.container import ContainerTarget
    from ddconsul.targets.podman import Podman

NAME = "localhost/ddconsul-demo-base"
LABEL = "org.ddconsul.demo-base"
KEPT = 2
"""How many there are of a kind: switching between two municipality files makes none anew."""

# What belongs to one container: its keys and its id. What passes: logs, lists of packages, scratch files.
_CLEAN = """
set -e
rm -rf /etc/ssh/ssh_host_* /root/.ssh /root/.ansible /var/lib/apt/lists/* /var/cache/apt/*.bin
touch --date=@0 /var/lib/apt/lists
find /var/log /var/tmp -type f -delete
: > /etc/machine-id
"""
_CLEAN_SECONDS = 120
_STOP_SECONDS = 60
_COMMIT_SECONDS = 1800


@dataclass(frozen=True)
class Snapshot:
    """An image that sites start from.

    Attributes:
        name: Its name.
        kind: What it holds; a newer one of the same kind supersedes it.
        size: Bytes that it takes, together with what it is based on.
        made: When, in seconds since 1970.
    """

    name: str
    kind: str
    size: int
    made: int


class Snapshots:
    """The images on this machine that sites start from.

    Args:
        podman: Podman on this machine.
    """

    def __init__(self, podman: Podman) -> None:
        self._podman = podman

    def has(self, name: str) -> bool:
        """Tell whether there is one of this name."""
        return self._podman.exists(name)

    def take(self, container: ContainerTarget, name: str, kind: str) -> None:
        """Take an image of a container, which is gone afterwards.

        Raises:
            TargetError: Podman cannot; the disk may be full.
        """
        self._podman.do("exec", container.name, "sh", "-c", _CLEAN, timeout=_CLEAN_SECONDS)
        # Not only paused: a database that was shut down starts again at once, and has no log to replay.
        self._podman.do("stop", "--time", str(_STOP_SECONDS), container.name, timeout=_STOP_SECONDS * 2)
        marks = ("--change", f"LABEL {LABEL}={kind}", "--change", f"LABEL {LABEL_IMAGE}=1")
        self._podman.do("commit", "--quiet", *marks, container.name, name, timeout=_COMMIT_SECONDS)
        container.remove(lambda _: None)
        self.prune()

    def all(self) -> list[Snapshot]:
        """Return those that are there, the newest first."""
        listed = json.loads(self._podman.do("images", "--filter", f"label={LABEL}", "--format", "json"))
        found = [
            Snapshot((image.get("Names") or [image["Id"]])[0], image["Labels"][LABEL], image["Size"], image["Created"])
            for image in listed
        ]
        return sorted(found, key=lambda snapshot: snapshot.made, reverse=True)

    def prune(self, kept: int = KEPT) -> list[Snapshot]:
        """Remove those that newer ones supersede, and return them; one that a container was made from stays."""
        removed = []
        of_kind: dict[str, int] = {}
        for snapshot in self.all():
            of_kind[snapshot.kind] = of_kind.get(snapshot.kind, 0) + 1
            if of_kind[snapshot.kind] > kept and self._podman.try_("rmi", snapshot.name).ok:
                removed.append(snapshot)
        return removed
