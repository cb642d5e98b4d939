"""Makes or removes a scenario's container. The package knows how to, on any machine; this only calls it.

usage: container.py create|destroy SCENARIO FOLDER

``create`` writes into the folder how to reach the container: inventory/ for Ansible, ssh_config for the tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ddconsul.targets.base import TargetError
from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.trust import host_cas

if TYPE_CHECKING:
    from ddconsul.targets.base import Connection

# Long enough for a test, and gone soon after.
SSH_CONFIG = """\
Host {name}
  HostName {host}
  Port {port}
  User {user}
  IdentityFile {key}
  IdentitiesOnly yes
  UserKnownHostsFile {known_hosts}
  ControlMaster auto
  ControlPath /tmp/{name}-%C
  ControlPersist 10s
"""


def describe(name: str, connection: Connection, folder: Path) -> None:
    """Write how to reach the container."""
    host = {
        "ansible_host": connection.host,
        "ansible_port": connection.port,
        "ansible_user": connection.user,
        "ansible_ssh_private_key_file": str(connection.private_key),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={connection.known_hosts}",
    }
    inventory = folder / "inventory/container.json"
    inventory.parent.mkdir(parents=True, exist_ok=True)
    inventory.write_text(json.dumps({"consul": {"hosts": {name: host}}}))
    values = {"host": connection.host, "port": connection.port, "user": connection.user}
    keys = {"key": connection.private_key, "known_hosts": connection.known_hosts}
    (folder / "ssh_config").write_text(SSH_CONFIG.format(name=name, **values, **keys))


def main(action: str, scenario: str, folder: str) -> None:
    """Do what the playbook asks."""
    name = f"molecule-{scenario}"
    target = ContainerTarget(name, Podman(read_machine()), Path(folder) / "state", host_cas)
    # What a killed run left would make the test pass on what it does not do.
    target.remove(print)
    if action == "create":
        describe(name, target.prepare(print), Path(folder))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TargetError as error:
        sys.exit(str(error))
