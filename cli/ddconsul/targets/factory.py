"""Chooses the target that a municipality file asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.instance import models
from ddconsul.targets.container import Browser, ContainerTarget
from ddconsul.targets.local import LocalTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.ssh import Login, SshTarget
from ddconsul.targets.trust import extra_cas

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.targets.base import Target


def target_for(instance: Instance, state_dir: Path) -> Target:
    """Return the target of the instance; nothing is made or reached yet.

    Args:
        instance: The checked municipality file.
        state_dir: Where ddconsul remembers things on this machine.
    """
    wanted = instance.target
    if isinstance(wanted, models.ContainerTarget):
        podman = Podman(read_machine())
        browser = Browser(wanted.http_port, tls=instance.scheme == "https")
        return ContainerTarget(instance.site, podman, state_dir, lambda: extra_cas(instance), browser)
    if isinstance(wanted, models.SshTarget):
        known_hosts = os.environ.get("DDCONSUL_KNOWN_HOSTS")
        login = Login(wanted.host, wanted.port, wanted.user, wanted.key, Path(known_hosts) if known_hosts else None)
        return SshTarget(login, sudo=wanted.sudo)
    return LocalTarget()
