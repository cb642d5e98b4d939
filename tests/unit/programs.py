"""Programs of a host that a test may call, and which this machine need not have."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from rendering import REPOSITORY


def tool(name: str) -> str:
    """The path of a program; in CI its absence is a failure, since then nothing would be tested."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed: see scripts/system-packages")
    return path or pytest.skip(f"{name} is not installed")


def passes(*argv: str, stdin: str | None = None) -> str:
    """Run a program that has to succeed; return all that it says."""
    answer = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    output = answer.stdout + answer.stderr
    assert answer.returncode == 0, output
    return output


def packages_of(group: str) -> set[str]:
    """The Debian packages that scripts/system-packages lists for a group of targets."""
    script = (REPOSITORY / "scripts/system-packages").read_text(encoding="utf-8")
    listed = script.partition(f"\nneeds[{group}]='\n")[2].partition("'")[0]
    assert listed, f"scripts/system-packages has no group {group}"
    return {line.split()[0] for line in listed.splitlines()}
