"""Instance → inventory: one host in the group `consul`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddconsul.targets.base import Connection


def inventory(site: str, connection: Connection) -> dict[str, Any]:
    """Return the inventory of a site, as Ansible's YAML inventory has it.

    Args:
        site: Name of the site, and of its host in the inventory.
        connection: How the host is reached.
    """
    variables = {"ansible_python_interpreter": "/usr/bin/python3", **_how_to_reach(connection)}
    return {"consul": {"hosts": {site: variables}}}


def _how_to_reach(connection: Connection) -> dict[str, Any]:
    if connection.local:
        return {"ansible_connection": "local"}
    reach: dict[str, Any] = {
        "ansible_host": connection.host,
        "ansible_port": connection.port,
        "ansible_user": connection.user,
        "ansible_ssh_common_args": shlex.join(_ssh_options(connection)),
    }
    if connection.private_key is not None:
        reach["ansible_ssh_private_key_file"] = str(connection.private_key)
    return reach


def _ssh_options(connection: Connection) -> list[str]:
    """Return ssh's options: a host whose key is not known, or has changed, is refused."""
    options = ["-o", "StrictHostKeyChecking=yes"]
    if connection.known_hosts is not None:
        options += ["-o", f"UserKnownHostsFile={connection.known_hosts}", "-o", "GlobalKnownHostsFile=/dev/null"]
    if connection.private_key is not None:
        options += ["-o", "IdentitiesOnly=yes"]
    return options
