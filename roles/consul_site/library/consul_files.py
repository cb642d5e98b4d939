#!/usr/bin/python
"""Ansible module: write a set of small files at once."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: consul_files
short_description: Write a set of small files at once
description:
  - A site has a dozen small files. With one task for each, a deploy that changes
    nothing spends a quarter of its time on them.
  - Files are replaced whole, in one step each. Not for secrets, since contents
    show in the diff.
options:
  files:
    description: Files to write, each with C(path), C(content), C(mode), C(owner) and C(group).
    type: list
    elements: dict
    required: true
  units:
    description:
      - The systemd units that read the files. When one started before one of them, or of C(also), was last written, the
        run that wrote it never came to restarting it; that counts as a change, so that this run does.
    type: list
    elements: str
    default: []
  also:
    description: Other paths that the units read when they start.
    type: list
    elements: path
    default: []
  running:
    description: Units that have to run, once the site was live; those that do not are told.
    type: list
    elements: str
    default: []
  live:
    description: The path that is there once the site was live.
    type: path
    default: ""
  secrets:
    description: The file that C(signing_key) is written to afterwards.
    type: path
    default: ""
  signing_key:
    description: The key that sessions are signed with. Another one than in C(secrets) ends them, which is told.
    type: str
    default: ""
author: the ddconsul contributors
"""

RETURN = r"""
stopped: {description: Units that have to run and do not, type: list, returned: always}
sessions_end: {description: Whether another signing key ends everybody's session, type: bool, returned: always}
outdated: {description: Whether a unit runs with older files than there are, type: bool, returned: always}
written: {description: Paths of the files that changed, type: list, returned: always}
"""


def current(path: Path) -> dict[str, Any] | None:
    """Return content, mode and owners of a file, or None where there is none."""
    if not path.is_file():
        return None
    found = path.stat()
    return {
        "content": path.read_text(),
        "mode": stat.S_IMODE(found.st_mode),
        "owner": found.st_uid,
        "group": found.st_gid,
    }


def user_id(name: str) -> int:
    """Return the number of an account; -1 for one that is still to be made."""
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return -1


def group_id(name: str) -> int:
    """Return the number of a group; -1 for one that is still to be made."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return -1


def wanted(file: dict[str, Any]) -> dict[str, Any]:
    """Return what a file has to be, in the same words as `current`."""
    return {
        "content": file["content"],
        "mode": int(file["mode"], 8),
        "owner": user_id(file["owner"]),
        "group": group_id(file["group"]),
    }


def replace(path: Path, new: dict[str, Any]) -> None:
    """Put a file in its place in one step, complete and with its rights."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(new["content"])
        os.fchown(file.fileno(), new["owner"], new["group"])
        os.fchmod(file.fileno(), new["mode"])
    Path(name).replace(path)


def difference(path: Path, old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, str]:
    """Return the two contents as Ansible's `--diff` shows them."""
    return {
        "before_header": str(path),
        "after_header": str(path),
        "before": old["content"] if old else "",
        "after": new["content"],
    }


def started(unit: str) -> float:
    """Return when a running unit's process started, in seconds since 1970; 0 for a unit that does not run."""
    argv = ["systemctl", "show", "--value", "--timestamp=unix", "--property=ExecMainStartTimestamp", unit]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    stamp = done.stdout.strip().removeprefix("@")
    return float(stamp) if stamp.isdigit() else 0.0


def is_outdated(unit: str, paths: list[Path]) -> bool:
    """Tell whether a unit has been running since before one of its files was last written."""
    since = started(unit) if unit else 0.0
    # A whole second's doubt: systemd tells no fractions.
    return since > 0 and any(os.path.lexists(path) and path.lstat().st_mtime > since + 1 for path in paths)


def stopped(units: list[str]) -> list[str]:
    """Return the units that do not run, and are not about to."""
    if not units:
        return []
    done = subprocess.run(["systemctl", "is-active", *units], capture_output=True, text=True, check=False)
    states = done.stdout.split()
    return [unit for unit, state in zip(units, states, strict=False) if state in {"inactive", "failed"}]


def ends_sessions(secrets: str, key: str) -> bool:
    """Tell whether the file with secrets that is there holds another signing key."""
    path = Path(secrets or "/nonexistent")
    return bool(key) and path.is_file() and key not in path.read_text()


def main() -> None:
    """Compare each file, write those that differ, report."""
    text = {"type": "str", "required": True}
    owner = {"type": "str", "default": "root"}
    options = {
        "path": {"type": "path", "required": True},
        "content": text,
        "mode": text,
        "owner": owner,
        "group": owner,
    }
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "required": True, "options": options},
            "units": {"type": "list", "elements": "str", "default": []},
            "also": {"type": "list", "elements": "path", "default": []},
            "running": {"type": "list", "elements": "str", "default": []},
            "live": {"type": "path", "default": ""},
            "secrets": {"type": "path", "default": ""},
            "signing_key": {"type": "str", "default": "", "no_log": True},
        },
        supports_check_mode=True,
    )
    written, differences = [], []
    for file in module.params["files"]:
        path, new = Path(file["path"]), wanted(file)
        old = current(path)
        if old == new:
            continue
        if not module.check_mode:
            replace(path, new)
        written.append(str(path))
        differences.append(difference(path, old, new))
    read = [Path(file["path"]) for file in module.params["files"]] + [Path(path) for path in module.params["also"]]
    outdated = any(is_outdated(unit, read) for unit in module.params["units"])
    was_live = os.path.lexists(module.params["live"] or "/nonexistent")
    ended = stopped(module.params["running"]) if was_live else []
    module.exit_json(
        changed=bool(written) or outdated,
        written=written,
        outdated=outdated,
        stopped=ended,
        sessions_end=ends_sessions(module.params["secrets"], module.params["signing_key"]),
        diff=differences,
    )


if __name__ == "__main__":
    main()
