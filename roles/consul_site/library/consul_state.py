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
    started; edits that were made in the admin pages since are told all the same.
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


# What was applied last, and where a setting is another now: an edit made in the
# admin pages. Read as Consul reads it: an empty text is no value.
KNOWN = """
SELECT json_build_object('fingerprint', fingerprint, 'edits', (
  SELECT coalesce(json_agg(json_build_object('object', applied.key, 'field', applied.field,
    'old', nullif(settings.value, ''), 'new', applied.value, 'kind', 'drift') ORDER BY applied.key), '[]')
  FROM ddconsul.applied LEFT JOIN settings ON 'setting ' || settings.key = applied.key
  WHERE applied.key LIKE 'setting %' AND nullif(settings.value, '') IS DISTINCT FROM nullif(applied.value, '')))
FROM ddconsul.document
"""


def last_applied(user: str) -> dict[str, Any]:
    """Return the fingerprint of the document that was applied last, and the edits made since; {} for none."""
    done = subprocess.run(psql_argv(user, KNOWN), capture_output=True, text=True, check=False, cwd="/")
    known: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else {}
    return known


def stored(value: object) -> str | None:
    """Return a setting as Consul keeps it: present is on, and nothing is off."""
    if isinstance(value, bool):
        return "t" if value else None
    return str(value) if value not in (None, "") else None


def first_changes(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a new site is made to contain: the same that the program tells when it has done so."""
    values = {f"setting {key}": ("value", stored(value)) for key, value in state.get("settings", {}).items()}
    if "administrator" in state:
        values["administrator"] = ("email", state["administrator"]["email"])
    return [
        {"object": name, "field": field, "old": None, "new": new, "kind": "created"}
        for name, (field, new) in values.items()
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
    known = last_applied(given["user"])
    if known.get("fingerprint") == mark:
        module.exit_json(changed=False, changes=known["edits"], booted=False)
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
