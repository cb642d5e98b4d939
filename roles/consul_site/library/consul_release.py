#!/usr/bin/python
"""Ansible module: lay out a release of a build, and make it the live one."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

# Two thirds of a build's files, and nothing that a site changes: a build is there for as long as a release of it is, so
# they stay in it. On the layers of a container's file system, each hard link to a file of the image would copy it.
GEMS = "vendor/bundle"

DOCUMENTATION = r"""
module: consul_release
short_description: Lay out a release of a build, and make it the live one
description:
  - A release is a tree of hard links into an immutable build, with symbolic
    links to what outlives releases (Capistrano's shape, which Consul expects),
    and one to the build's gems.
  - A release is complete before it gets its name, so that a run that is killed
    leaves no half one.
options:
  root:
    description: The site's folder, which holds C(releases/), C(shared/) and C(current).
    type: path
    required: true
  build:
    description: The build, a folder with a file C(BUILD) that holds its name.
    type: path
    required: true
  links:
    description: Path in the release to path in C(shared/).
    type: dict
    default: {}
  keep:
    description: How many releases stay, the live one included.
    type: int
    default: 5
  state:
    description: C(laid_out) makes the release; C(live) points C(current) at it.
    choices: [laid_out, live]
    default: laid_out
author: the ddconsul contributors
"""

RETURN = r"""
release: {description: Path of the release, type: str, returned: always}
previous: {description: 'Path of the live release before, or ""', type: str, returned: always}
live: {description: Whether the release is the live one, type: bool, returned: always}
"""


def build_of(folder: Path) -> str:
    """Return the name of the build that a folder was made from, or ""."""
    marker = folder / "BUILD"
    return marker.read_text().strip() if marker.is_file() else ""


def releases_of(root: Path) -> list[Path]:
    """Return the complete releases of a site, oldest first."""
    folder = root / "releases"
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


def wanted_release(root: Path, build: Path) -> Path | None:
    """Return the newest release of a build that is laid out already."""
    name = build.name
    matching = [path for path in releases_of(root) if build_of(path) == name]
    return matching[-1] if matching else None


def refuse_way_out(folder: Path, path: Path) -> None:
    """Refuse a path that a link takes out of a folder: a gem may have brought it, and who follows it is root."""
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise OSError(errno.ELOOP, "the build has a link that leads out of it", str(path.parent))


def copy_as_hard_links(build: Path, folder: Path) -> None:
    """Copy a build without its bytes, with them where folders are on two file systems; and without its gems."""

    def gems(inside: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(inside, name) == build / GEMS]

    same = build.stat().st_dev == folder.parent.stat().st_dev
    shutil.copytree(build, folder, symlinks=True, ignore=gems, copy_function=os.link if same else shutil.copy2)
    if (build / GEMS).is_dir():
        refuse_way_out(folder, folder / GEMS)
        (folder / GEMS).symlink_to(build / GEMS)


def link(folder: Path, links: dict[str, str], shared: Path) -> None:
    """Point paths of a release at what outlives it."""
    for inside, target in links.items():
        path = folder / inside
        refuse_way_out(folder, path)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(shared / target)


def lay_out(root: Path, build: Path, links: dict[str, str]) -> Path:
    """Make a new release of a build and return it."""
    existing = releases_of(root)
    number = int(existing[-1].name) + 1 if existing else 1
    unfinished = root / "releases" / f".{number}"
    copy_as_hard_links(build, unfinished)
    link(unfinished, links, root / "shared")
    release = unfinished.with_name(str(number))
    unfinished.rename(release)
    return release


def make_live(root: Path, release: Path, keep: int) -> None:
    """Point `current` at a release in one step, and clear away the oldest ones."""
    pointer = root / ".current"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("releases") / release.name)
    pointer.replace(root / "current")
    others = [path for path in releases_of(root) if path != release]
    for path in others[: max(len(others) - (keep - 1), 0)]:
        shutil.rmtree(path)


def clear_unfinished(root: Path) -> None:
    """Clear away what a killed deploy began to lay out, for whichever build."""
    for unfinished in (root / "releases").glob(".*"):
        shutil.rmtree(unfinished)


def run(module: AnsibleModule) -> dict[str, Any]:
    """Do what the module was asked and return its result."""
    root, build = Path(module.params["root"]), Path(module.params["build"])
    if not module.check_mode:
        clear_unfinished(root)
    current = root / "current"
    previous = current.resolve() if current.exists() else None
    release = wanted_release(root, build)
    changed = False
    if module.params["state"] == "laid_out" and release is None:
        changed = True
        if not module.check_mode:
            release = lay_out(root, build, module.params["links"])
    if module.params["state"] == "live" and (release is None or release != previous):
        changed = True
        if not module.check_mode:
            if release is None:
                module.fail_json(msg=f"No release of build {build.name} is laid out in {root}.")
            make_live(root, release, module.params["keep"])
            current_release = release
        else:
            current_release = previous
    else:
        current_release = previous
    return {
        "changed": changed,
        "release": str(release or ""),
        "previous": str(previous or ""),
        "live": release is not None and release == current_release,
    }


def main() -> None:
    """Read the parameters, do the work, report."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "build": {"type": "path", "required": True},
            "links": {"type": "dict", "default": {}},
            "keep": {"type": "int", "default": 5},
            "state": {"choices": ["laid_out", "live"], "default": "laid_out"},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(**run(module))
    except shutil.Error as error:
        # One for each file, of which a full disk has thousands.
        _, to, why = error.args[0][0]
        module.fail_json(msg=f"The release could not be laid out, from {to} on: {why}")
    except OSError as error:
        module.fail_json(msg=f"The release could not be laid out: {error}")


if __name__ == "__main__":
    main()
