#!/usr/bin/python
"""Ansible module: make what Consul contains match a document."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: consul_state
short_description: Make what Consul contains match a document
description:
  - Sends one desired-state document to one Rails process, which answers with
    the list of changes. In check mode the same code runs in a transaction that
    is rolled back.
  - Nothing changed in the document since it was last applied, then Rails is not
    started.
options:
  root:
    description: The site's folder.
    type: path
    required: true
  user:
    description: The site's account, which is its database's name as well.
    type: str
    required: true
  program:
    description: The Ruby program that applies the document.
    type: path
    required: true
  state:
    description: The document, C(settings) and C(administrator).
    type: dict
    required: true
  administrator_password:
    description: First password of the first administrator; never applied again.
    type: str
    required: true
author: the ddconsul contributors
"""

RETURN = r"""
changes: {description: 'List of {object, field, old, new, kind}', type: list, returned: always}
booted: {description: Whether Rails was started, type: bool, returned: always}
"""

ANSWER = "DDCONSUL "


def fingerprint(state: dict[str, Any]) -> str:
    """Return the hash that a document is recognised by."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def psql_argv(user: str, query: str) -> list[str]:
    """Return the command that asks the site's database one value."""
    return ["runuser", "-u", user, "--", "psql", "--no-psqlrc", "-At", "--dbname", user, "--command", query]


def runner_argv(root: str, user: str, program: str) -> list[str]:
    """Return the command that runs a Ruby program in the site's Rails, as its account."""
    return [
        "systemd-run",
        "--quiet",
        "--wait",
        "--collect",
        "--pipe",
        f"--uid={user}",
        f"--working-directory={root}/current",
        f"--property=EnvironmentFile={root}/shared/config/environment",
        "bundle",
        "exec",
        "rails",
        "runner",
        program,
    ]


def last_applied(user: str) -> str:
    """Return the fingerprint of the document that was applied last, or ""."""
    query = "SELECT fingerprint FROM ddconsul.document"
    done = subprocess.run(psql_argv(user, query), capture_output=True, text=True, check=False, cwd="/")
    return done.stdout.strip() if done.returncode == 0 else ""


def first_changes(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what would change on a host that has no site yet."""
    settings = state.get("settings", {})
    return [
        {"object": f"setting {key}", "field": "value", "old": None, "new": value, "kind": "created"}
        for key, value in settings.items()
    ]


def answer_of(output: str) -> dict[str, Any] | None:
    """Return the program's answer out of all that Rails may have printed."""
    lines = [line for line in output.splitlines() if line.startswith(ANSWER)]
    answer: dict[str, Any] | None = json.loads(lines[-1][len(ANSWER) :]) if lines else None
    return answer


def main() -> None:
    """Read the parameters, ask Rails where needed, report."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "user": {"type": "str", "required": True},
            "program": {"type": "path", "required": True},
            "state": {"type": "dict", "required": True},
            "administrator_password": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    given = module.params
    mark = fingerprint(given["state"])
    if last_applied(given["user"]) == mark:
        module.exit_json(changed=False, changes=[], booted=False)
    if module.check_mode and not Path(given["root"], "current").exists():
        module.exit_json(changed=True, changes=first_changes(given["state"]), booted=False)
    document = {**given["state"], "fingerprint": mark, "check": module.check_mode}
    if "administrator" in document:
        document["administrator"] = {**document["administrator"], "password": given["administrator_password"]}
    done = subprocess.run(
        runner_argv(given["root"], given["user"], given["program"]),
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=False,
    )
    answer = answer_of(done.stdout)
    if answer is None:
        module.fail_json(msg=f"Rails did not answer: {(done.stderr or done.stdout).strip()[-2000:]}")
    if "error" in answer:
        module.fail_json(msg=f"Consul refused the document, and nothing was changed: {answer['error']}")
    changes = answer["changes"]
    applied = [change for change in changes if change["kind"] in ("created", "changed")]
    module.exit_json(changed=bool(applied), changes=changes, booted=True)


if __name__ == "__main__":
    main()
