"""The command that runs a playbook, as data: its argv and its environment."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class PlaybookRun:
    """One run of a playbook.

    Args:
        playbook: The playbook.
        roles: Folder with the roles.
        inventory: Inventory, as Ansible's YAML inventory has it.
        variables: Extra variables; no secrets.
        secrets_file: File with more variables, encrypted by ansible-vault.
        vault_password_file: File with the password of the secrets file.
        password_passes: Whether that file is there for this run only.
        check: Tell what would change, and change nothing.
        diff: Show what changes in files.
        verbosity: How many times `-v` is said to Ansible.
    """

    playbook: Path
    roles: Path
    inventory: Mapping[str, Any]
    variables: Mapping[str, Any]
    secrets_file: Path | None = None
    vault_password_file: Path | None = None
    password_passes: bool = False
    check: bool = False
    diff: bool = False
    verbosity: int = 0


class Inputs(Protocol):
    """Where the files are that Ansible reads."""

    @property
    def inventory(self) -> Path:
        """The inventory."""

    @property
    def variables(self) -> Path:
        """The extra variables."""

    @property
    def config(self) -> Path:
        """A configuration file of ours, so that Ansible reads no other."""


@dataclass(frozen=True)
class Kept:
    """Copies of what Ansible reads, which stay beside the log to do a run again by hand.

    No secret is in them, nor a password that stands in an address.

    Args:
        log: The log of the run.
    """

    log: Path

    @property
    def inventory(self) -> Path:
        """The inventory."""
        return self.log.with_name(f"{self.log.name}.inventory.yml")

    @property
    def variables(self) -> Path:
        """The extra variables."""
        return self.log.with_name(f"{self.log.name}.vars.yml")

    @property
    def config(self) -> Path:
        """A configuration file of ours, the same for all runs."""
        return self.log.with_name("ansible.cfg")


@dataclass(frozen=True)
class Workspace:
    """The private folder of one run; it goes away afterwards.

    Args:
        root: The folder, open to its owner only.
    """

    root: Path

    @property
    def inventory(self) -> Path:
        """The inventory."""
        return self.root / "inventory.yml"

    @property
    def variables(self) -> Path:
        """The extra variables."""
        return self.root / "variables.yml"

    @property
    def config(self) -> Path:
        """A configuration file of ours, so that Ansible reads no other."""
        return self.root / "ansible.cfg"

    @property
    def home(self) -> Path:
        """What Ansible would otherwise keep in the user's home."""
        return self.root / "home"

    @property
    def sockets(self) -> Path:
        """Control sockets of ssh; the name is short because the path of a socket must be."""
        return self.root / "s"


def playbook_argv(run: PlaybookRun, inputs: Inputs, program: str = "ansible-playbook") -> list[str]:
    """Return the argv of a run. No secret is in it, and no shell reads it."""
    argv = [program, "--inventory", str(inputs.inventory), "--extra-vars", f"@{inputs.variables}"]
    if run.secrets_file is not None:
        argv += ["--extra-vars", f"@{run.secrets_file}"]
    if run.vault_password_file is not None:
        argv += ["--vault-password-file", str(run.vault_password_file)]
    if run.check:
        argv.append("--check")
    if run.diff:
        argv.append("--diff")
    if run.verbosity:
        argv.append("-" + "v" * run.verbosity)
    return [*argv, str(run.playbook)]


def playbook_configuration() -> str:
    """Return the configuration file of a run: what Ansible takes from no environment variable.

    Ansible's processes ask each other for news a thousand times a second, which costs as much as a good part of their
    work; a hundred times is as quick to whoever waits.
    """
    return "[defaults]\ninternal_poll_interval = 0.01\n"


def playbook_environment(run: PlaybookRun, workspace: Workspace) -> dict[str, str]:
    """Return the environment variables of a run that differ from the caller's."""
    return {
        **_behaviour(run, workspace),
        # A collection of the user's own must not change what a deploy does.
        "ANSIBLE_HOME": str(workspace.home),
        "ANSIBLE_COLLECTIONS_PATH": str(workspace.home / "collections"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(workspace.sockets),
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "False",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_NOCOLOR": "True",
    }


def _behaviour(run: PlaybookRun, inputs: Inputs) -> dict[str, str]:
    """Return the environment variables without which a run would do something else."""
    return {
        # Nor may a configuration of the user's own.
        "ANSIBLE_CONFIG": str(inputs.config),
        "ANSIBLE_ROLES_PATH": str(run.roles),
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_SSH_ARGS": "-o ControlMaster=auto -o ControlPersist=60s -o ServerAliveInterval=15",
        "ANSIBLE_SSH_RETRIES": "2",
        "ANSIBLE_GATHERING": "explicit",
        # Ansible would offer the inventory to all that may read one, each of which it loads.
        "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
        "ANSIBLE_VAULT_ID_MATCH": "False",
        # Ansible refuses any other encoding.
        "LC_ALL": "C.UTF-8",
    }


def by_hand(run: PlaybookRun, kept: Kept, program: str = "ansible-playbook") -> str:
    """Return a line for a shell that does what a run did, from the copies beside its log."""
    settings = [f"{name}={value}" for name, value in _behaviour(run, kept).items()]
    asks = ["--ask-vault-pass"] if run.password_passes else []
    lasting = replace(run, vault_password_file=None) if run.password_passes else run
    return shlex.join(["env", *settings, *playbook_argv(lasting, kept, program), *asks])


def without_strays(inherited: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return an inherited environment without settings of Ansible that are not ours."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("ANSIBLE_")}
    return {**kept, **ours}
