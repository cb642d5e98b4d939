"""Makes or removes a scenario's container. The package knows how to, on any machine; this only calls it.

usage: container.py create|destroy SCENARIO FOLDER

``create`` writes into the folder how to reach the container: inventory/ for Ansible, ssh_config for the tests.
A scenario with a municipality file gets what the file comes to as variables.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddconsul.errors import DdconsulError
from ddconsul.instance.loader import load
from ddconsul.operations import source
from ddconsul.operations.deploy import gather
from ddconsul.targets.container import ContainerTarget
from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman
from ddconsul.targets.trust import host_cas
from ddconsul.translate.inventory import inventory
from ddconsul.translate.vars import deploy_variables

if TYPE_CHECKING:
    from ddconsul.targets.base import Connection

HERE = Path(__file__).parent
# Always the same, so that what a killed run left is known again.
STATE = HERE.parents[1] / ".cache/molecule"

# In place of the vault file; worth nothing.
SECRETS = {"secret_key_base": "0123456789abcdef" * 8, "administrator_password": "Not-a-password-1"}

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


def variables(scenario: str, public_host: str) -> dict[str, Any]:
    """Return what the scenario's municipality file comes to; nothing when it has none."""
    file = HERE / scenario / "municipality/gemeente.yml"
    if not file.exists():
        return {}
    instance = load(file).instance
    found = source.resolve(instance.consul.source, instance.consul.version, STATE / "sources")
    return deploy_variables(instance, gather(instance, found, STATE / "sources"), public_host) | SECRETS


def describe(name: str, connection: Connection, folder: Path, values: dict[str, Any]) -> None:
    """Write how to reach the container."""
    hosts = inventory(name, connection)
    hosts["consul"]["vars"] = values
    (folder / "inventory").mkdir(parents=True, exist_ok=True)
    (folder / "inventory/container.json").write_text(json.dumps(hosts))
    where = {"host": connection.host, "port": connection.port, "user": connection.user}
    keys = {"key": connection.private_key, "known_hosts": connection.known_hosts}
    (folder / "ssh_config").write_text(SSH_CONFIG.format(name=name, **where, **keys))


def main(action: str, scenario: str, folder: str) -> None:
    """Do what the playbook asks."""
    name = f"molecule-{scenario}"
    target = ContainerTarget(name, Podman(read_machine()), STATE / "state", host_cas)
    # What a killed run left would make the test pass on what it does not do.
    target.remove(print)
    if action == "create":
        connection = target.prepare(print)
        describe(name, connection, Path(folder), variables(scenario, target.public_host(name)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except DdconsulError as error:
        sys.exit(str(error))
