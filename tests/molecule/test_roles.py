"""Puts each role to work in a container of its own, with molecule."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
SCENARIOS = sorted(path.parent.name for path in HERE.glob("*/molecule.yml"))

pytestmark = pytest.mark.molecule


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_role_works(scenario: str, tmp_path: Path) -> None:
    # ansible-playbook and pytest, which molecule calls by name, are beside this Python.
    tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": tools,
        "LC_ALL": "C.UTF-8",
        "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path),
        "MOLECULE_GLOB": "tests/molecule/*/molecule.yml",
    }
    molecule = shutil.which("molecule", path=tools)
    assert molecule, "molecule is not installed: make test installs it"
    command = [molecule, "--base-config", str(HERE / "base.yml"), "test", "--scenario-name", scenario]
    answer = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-8000:]
