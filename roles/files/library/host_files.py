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
module: host_files
short_description: Write a set of small files at once
description:
  - A step over SSH takes half a second, whatever it does, and C(template) takes two. With a task for each file, and
    others for whether what reads it runs and has read it, a deploy that changes nothing spends half its time on them.
  - Files are replaced whole, in one step each. Not for secrets, since contents show in the diff.
options:
  files:
    description:
      - Files to write, each with C(path), C(content), C(mode), C(owner) and C(group). C(validate) is a command that
        judges a file before it is put there; C(%s) stands for it.
    type: list
    elements: dict
    default: []
  folders:
    description: Folders to have, each with C(path), C(mode), C(owner) and C(group).
    type: list
    elements: dict
    default: []
  units:
    description:
      - The systemd units that read the files. When one read them (see C(since)) before one of them, or of C(also), was
        last written, the run that wrote it never came to telling it; that counts as a change, so that this run does.
    type: list
    elements: str
    default: []
  since:
    description: By which of its properties systemd says when a unit read its files.
    choices: [ActiveEnterTimestamp, ExecMainStartTimestamp, StateChangeTimestamp]
    default: ExecMainStartTimestamp
  also:
    description: Other paths that the units read; of a folder, what is in it too.
    type: list
    elements: path
    default: []
  compiled:
    description:
      - A file that something else makes of these; "" when nothing does. When it is older than one of them, the run that
        wrote that one never came to making it; that counts as a change, as with C(units).
    type: path
    default: ""
  running:
    description: Units that have to run, once C(live) is there; those that do not are told.
    type: list
    elements: str
    default: []
  at_boot:
    description: Whether they have to be started when the host starts, too.
    type: bool
    default: false
  live:
    description: The path that is there once the units were started; "" when there is nothing to wait for.
    type: path
    default: ""
  names_in:
    description: A folder whose entries are told.
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
names: {description: 'Names of what is in C(names_in); none where that is no folder', type: list, returned: always}
stopped: {description: Units that have to run and do not, type: list, returned: always}
sessions_end: {description: Whether another signing key ends everybody's session, type: bool, returned: always}
outdated:
  description: Whether a unit runs with older files than there are, or what is made of them is older.
  type: bool
  returned: always
written: {description: Paths of the files and folders that changed, type: list, returned: always}
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
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        # Whatever the host's umask is.
        path.parent.chmod(0o755)
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


def have_folder(path: Path, new: dict[str, Any], *, check: bool) -> bool:
    """See to it that a folder is there with its rights; tell whether it was not."""
    if path.is_dir():
        found = path.stat()
        if (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (new["mode"], new["owner"], new["group"]):
            return False
    if not check:
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, new["owner"], new["group"])
        path.chmod(new["mode"])
    return True


def refused(module: AnsibleModule, command: str, content: str) -> str:
    """Return what a command says against a file's content; "" when it has nothing against it."""
    with tempfile.NamedTemporaryFile("w", dir=module.tmpdir) as file:
        file.write(content)
        file.flush()
        code, output, error = module.run_command(command % file.name)
    return f"{output}{error}".strip() or f"it ended with {code}" if code else ""


def read_at(unit: str, since: str) -> float:
    """Return when a unit read its files, in seconds since 1970; 0 for a unit that never ran."""
    argv = ["systemctl", "show", "--value", "--timestamp=unix", f"--property={since}", unit]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    stamp = done.stdout.strip().removeprefix("@")
    return float(stamp) if stamp.isdigit() else 0.0


def is_outdated(unit: str, paths: list[Path], since: str = "ExecMainStartTimestamp") -> bool:
    """Tell whether a unit has been running since before one of its files was last written."""
    moment = read_at(unit, since)
    # What is in a folder; not in one that a link points to: the link says when it was put there.
    inside = [entry for path in paths if path.is_dir() and not path.is_symlink() for entry in path.iterdir()]
    # A whole second's doubt: systemd tells no fractions.
    return moment > 0 and any(path.lstat().st_mtime > moment + 1 for path in [*paths, *inside] if os.path.lexists(path))


def is_older(compiled: str, paths: list[Path]) -> bool:
    """Tell whether what is made of files is older than one of them, or is not there; of "", that it is not."""
    written = [path.stat().st_mtime for path in paths if path.is_file()]
    if not compiled or not written:
        return False
    made = Path(compiled)
    return not made.is_file() or max(written) > made.stat().st_mtime


def stopped(units: list[str], *, at_boot: bool = False) -> list[str]:
    """Return the units that do not run and are not about to; or, where that matters, that do not start at boot."""
    if not units:
        return []
    argv = ["systemctl", "show", "--property=ActiveState,UnitFileState", *units]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    found = []
    # One paragraph for each unit, in order; also for one that systemd does not know.
    for unit, paragraph in zip(units, done.stdout.split("\n\n"), strict=False):
        state = dict(line.split("=", 1) for line in paragraph.split() if "=" in line)
        runs = state.get("ActiveState") not in {"inactive", "failed"}
        if not runs or (at_boot and state.get("UnitFileState") != "enabled"):
            found.append(unit)
    return found


def ends_sessions(secrets: str, key: str) -> bool:
    """Tell whether the file with secrets that is there holds another signing key."""
    path = Path(secrets or "/nonexistent")
    return bool(key) and path.is_file() and key not in path.read_text()


def names_in(folder: str) -> list[str]:
    """Return the names of what is in a folder, sorted."""
    path = Path(folder or "/nonexistent")
    return sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []


def write_files(module: AnsibleModule) -> tuple[list[str], list[dict[str, str]]]:
    """Write the folders and files that are not yet as wanted; return their paths, and what differed."""
    written = [
        folder["path"]
        for folder in module.params["folders"]
        if have_folder(Path(folder["path"]), wanted({**folder, "content": ""}), check=module.check_mode)
    ]
    differences = []
    for file in module.params["files"]:
        path, new = Path(file["path"]), wanted(file)
        old = current(path)
        if old == new:
            continue
        # A check has not made what the file may name, such as a certificate.
        judged = file["validate"] and not module.check_mode
        reason = refused(module, file["validate"], new["content"]) if judged else ""
        if reason:
            module.fail_json(msg=f"{path} is not written, since what reads it refuses it: {reason}", written=written)
        if not module.check_mode:
            replace(path, new)
        written.append(str(path))
        differences.append(difference(path, old, new))
    return written, differences


TEXT = {"type": "str", "required": True}
OWNER = {"type": "str", "default": "root"}
FOLDER = {"path": {"type": "path", "required": True}, "mode": TEXT, "owner": OWNER, "group": OWNER}
FILE = {**FOLDER, "content": TEXT, "validate": {"type": "str", "default": ""}}
UNITS = {"type": "list", "elements": "str", "default": []}
PATH = {"type": "path", "default": ""}
OPTIONS = {
    "files": {"type": "list", "elements": "dict", "default": [], "options": FILE},
    "folders": {"type": "list", "elements": "dict", "default": [], "options": FOLDER},
    "units": UNITS,
    "since": {
        "choices": ["ActiveEnterTimestamp", "ExecMainStartTimestamp", "StateChangeTimestamp"],
        "default": "ExecMainStartTimestamp",
    },
    "also": {"type": "list", "elements": "path", "default": []},
    "compiled": PATH,
    "running": UNITS,
    "at_boot": {"type": "bool", "default": False},
    "live": PATH,
    "names_in": PATH,
    "secrets": PATH,
    "signing_key": {"type": "str", "default": "", "no_log": True},
}


def main() -> None:
    """Compare each file, write those that differ, report."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    given = module.params
    written, differences = write_files(module)
    read = [Path(file["path"]) for file in given["files"]] + [Path(path) for path in given["also"]]
    unread = any(is_outdated(unit, read, given["since"]) for unit in given["units"])
    outdated = unread or is_older(given["compiled"], read)
    was_live = not given["live"] or os.path.lexists(given["live"])
    module.exit_json(
        changed=bool(written) or outdated,
        written=written,
        outdated=outdated,
        stopped=stopped(given["running"], at_boot=given["at_boot"]) if was_live else [],
        names=names_in(given["names_in"]),
        sessions_end=ends_sessions(given["secrets"], given["signing_key"]),
        diff=differences,
    )


if __name__ == "__main__":
    main()
