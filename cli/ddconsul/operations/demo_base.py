"""What demos start from: an image of a host on which all is ready but a site.

The first demo of a Consul makes it; the next ones, of the same Consul, only get a site of their own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ddconsul import assets
from ddconsul.operations import playbook
from ddconsul.operations.deploy import STAGES
from ddconsul.targets.base import TargetError
from ddconsul.targets.container import LABEL, LABEL_STATE, ContainerTarget
from ddconsul.targets.image import host_mirrors, one_at_a_time, tag
from ddconsul.targets.snapshot import NAME, Snapshots
from ddconsul.targets.trust import extra_cas
from ddconsul.translate.vars import deploy_variables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ddconsul.instance.models import Instance
    from ddconsul.paths import Paths
    from ddconsul.targets.base import Connection
    from ddconsul.targets.podman import Podman
    from ddconsul.targets.trust import Authority
    from ddconsul.translate.vars import Material

# The variables of a deploy that are the host's and the build's, not the site's: a name says whose it is.
_OF_THE_HOST = ("base_", "consul_build_", "postgresql_")
# Where on this machine an archive lies; what is in it has a digest.
_PLACES = {"consul_build_archive", "consul_build_overlay", "consul_build_gems_archive"}
PREFIX = "basis-"
LOCK = "demo-base"


@dataclass(frozen=True)
class DemoBase:
    """The image that a demo starts from.

    Args:
        instance: What the demo's municipality file says.
        paths: The demo's files.
        material: What its deploy sends along.
        standin: Whether it runs the stand-in.
    """

    instance: Instance
    paths: Paths
    material: Material
    standin: bool

    @cached_property
    def authorities(self) -> list[Authority]:
        """The certificate authorities that the image trusts."""
        return extra_cas(self.instance)

    @cached_property
    def image(self) -> str:
        """Its name, after what goes into it."""
        return f"{NAME}:{self._key}"

    @cached_property
    def _key(self) -> str:
        inputs = {name: value for name, value in self._host_variables.items() if name not in _PLACES}
        ingredients = [inputs, self.authorities, tag(host_mirrors()), _recipe()]
        return hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode()).hexdigest()[:12]

    @cached_property
    def _host_variables(self) -> dict[str, Any]:
        variables = deploy_variables(self.instance, self.material, public_host="")
        return {name: value for name, value in variables.items() if name.startswith(_OF_THE_HOST)}

    def ensure(self, podman: Podman, report: Callable[[str], None]) -> str:
        """Return the name of the image, and make it when it is not there.

        Raises:
            DdconsulError: It cannot be made.
        """
        snapshots = Snapshots(podman)
        if snapshots.has(self.image):
            return self.image

        def wait() -> None:
            report("Waiting for another demo that makes the same preparations")

        with one_at_a_time(LOCK, wait):
            if not snapshots.has(self.image):
                self._make(podman, report)
        return self.image

    def _make(self, podman: Podman, report: Callable[[str], None]) -> None:
        # In a container of its own: what a killed run left of it is gone on with, and what one left of another goes.
        owner = hashlib.sha256(str(self.paths.state).encode()).hexdigest()[:6]
        site = f"{PREFIX}{self._key}-{owner}"
        for other in set(left_over(podman, self.paths.state)) - {site}:
            ContainerTarget(other, podman, self.paths.state).remove(lambda _: None)
        container = ContainerTarget(site, podman, self.paths.state, lambda: self.authorities)
        connection = _prepare(container, report)
        playbook.run("demo_base", self.instance, self.paths, connection, self._host_variables, report, stages=STAGES)
        report("Keeping the preparations for the next demo")
        Snapshots(podman).take(container, self.image, "standin" if self.standin else "consul")


def left_over(podman: Podman, state_dir: Path) -> list[str]:
    """Return the sites of containers in which an image was being made when the run was killed."""
    found = podman.containers(f"{LABEL_STATE}={state_dir}")
    return [site for entry in found if (site := entry["Labels"].get(LABEL, "")).startswith(PREFIX)]


def _prepare(container: ContainerTarget, report: Callable[[str], None]) -> Connection:
    left_over = container.exists()
    try:
        return container.prepare(report)
    except TargetError:
        if not left_over:
            raise
    # It was killed while it was cleaned, and lets nobody in any more.
    container.remove(report)
    return container.prepare(report)


def _recipe() -> str:
    """Return the digest of what makes a host: the playbook and the roles."""
    files = [path for path in assets.roles().rglob("*") if path.is_file() and path.suffix not in {".md", ".pyc"}]
    digest = hashlib.sha256((assets.playbooks() / "demo_base.yml").read_bytes())
    for path in sorted(files):
        digest.update(_entry(path, assets.roles()))
    return digest.hexdigest()


def _entry(path: Path, root: Path) -> bytes:
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{path.relative_to(root)} {content}\n".encode()
