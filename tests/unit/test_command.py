"""The command that runs a playbook is data, and holds no secret."""

from __future__ import annotations

import shlex
import stat
from dataclasses import replace
from pathlib import Path

from ruamel.yaml import YAML

from ddconsul.ansible.command import (
    Kept,
    PlaybookRun,
    Workspace,
    by_hand,
    playbook_argv,
    playbook_environment,
    without_strays,
)
from ddconsul.ansible.literal import literal
from ddconsul.ansible.runner import new_log, write_inputs

RUN = PlaybookRun(
    playbook=Path("/data/playbooks/deploy.yml"),
    roles=Path("/data/roles"),
    inventory={"consul": {"hosts": {"zee": {}}}},
    variables={"consul_site_name": "zee"},
)
WORKSPACE = Workspace(Path("/tmp/w"))


def test_the_plainest_run() -> None:
    assert playbook_argv(RUN, WORKSPACE) == [
        "ansible-playbook",
        "--inventory", "/tmp/w/inventory.yml",
        "--extra-vars", "@/tmp/w/variables.yml",
        "/data/playbooks/deploy.yml",
    ]  # fmt: skip


def test_a_run_with_secrets_that_only_looks() -> None:
    run = PlaybookRun(
        RUN.playbook, RUN.roles, {}, {}, Path("/m/g.secrets.yml"), Path("/m/g.vault-password"), check=True, diff=True
    )
    assert playbook_argv(run, WORKSPACE, "/venv/bin/ansible-playbook") == [
        "/venv/bin/ansible-playbook",
        "--inventory", "/tmp/w/inventory.yml",
        "--extra-vars", "@/tmp/w/variables.yml",
        "--extra-vars", "@/m/g.secrets.yml",
        "--vault-password-file", "/m/g.vault-password",
        "--check",
        "--diff",
        "/data/playbooks/deploy.yml",
    ]  # fmt: skip


def test_the_line_to_do_it_by_hand_reads_what_was_kept_and_refers_to_the_secrets() -> None:
    run = replace(RUN, secrets_file=Path("/m y/g.secrets.yml"), vault_password_file=Path("/m y/g.pw"), verbosity=2)
    words = shlex.split(by_hand(run, Kept(Path("/s/zee.log"))))
    assert words[0] == "env"
    assert "ANSIBLE_CONFIG=/s/ansible.cfg" in words
    assert "ANSIBLE_ROLES_PATH=/data/roles" in words
    assert words[words.index("ansible-playbook") :] == [
        "ansible-playbook",
        "--inventory", "/s/zee.log.inventory.yml",
        "--extra-vars", "@/s/zee.log.vars.yml",
        "--extra-vars", "@/m y/g.secrets.yml",
        "--vault-password-file", "/m y/g.pw",
        "-vv",
        "/data/playbooks/deploy.yml",
    ]  # fmt: skip


def test_a_password_that_somebody_typed_is_asked_for_again() -> None:
    run = replace(RUN, secrets_file=Path("/m/g.secrets.yml"), vault_password_file=Path("/gone"), password_passes=True)
    line = by_hand(run, Kept(Path("/s/zee.log")))
    assert line.endswith("--ask-vault-pass")
    assert "/gone" not in line


def test_host_keys_are_checked_and_roles_found() -> None:
    environment = playbook_environment(RUN, WORKSPACE)
    assert environment["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    assert environment["ANSIBLE_PIPELINING"] == "True"
    assert environment["ANSIBLE_ROLES_PATH"] == "/data/roles"


def test_the_users_own_settings_of_ansible_stay_out() -> None:
    inherited = {"PATH": "/bin", "ANSIBLE_STRATEGY": "free", "ANSIBLE_HOST_KEY_CHECKING": "False"}
    ours = playbook_environment(RUN, WORKSPACE)
    merged = without_strays(inherited, ours)
    assert merged["PATH"] == "/bin"
    assert "ANSIBLE_STRATEGY" not in merged
    assert merged["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    assert merged["ANSIBLE_CONFIG"] == "/tmp/w/ansible.cfg"


def test_what_ansible_reads_is_for_the_owner_only(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_inputs(RUN, workspace)
    assert YAML(typ="safe").load(workspace.variables.read_text()) == RUN.variables
    for path in (workspace.inventory, workspace.variables):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (workspace.home, workspace.sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_no_text_is_taken_for_a_template() -> None:
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar

    loader = DataLoader()
    value = {"a": "{{ 1 + 1 }}", "b": ["x", 'q"\n{% é'], "c": {"d": True, "e": None, "f": 2}}
    loaded = loader.load(literal(value))
    assert Templar(loader, variables=loaded).template(loaded) == value


def test_old_logs_go(tmp_path: Path) -> None:
    for number in range(60):
        log = tmp_path / f"zee-deploy-20260101T0000{number:02}.0.log"
        for path in (log, Kept(log).inventory, Kept(log).variables):
            path.touch()
    new = new_log(tmp_path, "zee", "deploy")
    assert new.parent == tmp_path
    assert len(list(tmp_path.glob("*.log"))) == 50
    assert not list(tmp_path.glob("zee-deploy-20260101T000000.0.log*"))
    assert len(list(tmp_path.glob("*.vars.yml"))) == 50
