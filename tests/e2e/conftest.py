"""What the end-to-end tests share: the program as a user runs it, and Consul or its stand-in to deploy."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
pytest.register_assert_rewrite("contract.contract", "contract.site", "contract.visitor", "lifecycle", "user", "host")

from user import Material, Tool, build_wheel, install_wheel  # noqa: E402 — after the path to it is known


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "e2e: through the command line, with the stand-in in Consul's place")
    config.addinivalue_line("markers", "real: with Consul Democracy itself (DDCONSUL_E2E_SOURCE, DDCONSUL_E2E_GEMS)")


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """Give the program of this checkout, with a home of its own."""
    return Tool(Path(sys.executable).with_name("ddconsul"), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def wheel_tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """Give the program as a user installs it: from a wheel, far from any checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    program = install_wheel(build_wheel(folder), folder / "venv")
    return Tool(program, tmp_path_factory.mktemp("wheel-home"))


@pytest.fixture(scope="session")
def standin() -> Material:
    """Give the stand-in of this checkout."""
    return Material(HERE.parent / "standin", standin=True)


@pytest.fixture(scope="session")
def consul() -> Material:
    """Give Consul itself, when this machine has it."""
    source, gems = os.environ.get("DDCONSUL_E2E_SOURCE"), os.environ.get("DDCONSUL_E2E_GEMS")
    if not source or not gems:
        pytest.skip("DDCONSUL_E2E_SOURCE and DDCONSUL_E2E_GEMS name no Consul and no gems")
    return Material(source, gems=gems)


@pytest.fixture(scope="session", autouse=True)
def no_container_is_left() -> Iterator[None]:
    """Take away what a failed test left, and nothing that was there before."""
    from ddconsul.targets.container import LABEL
    from ddconsul.targets.machine import read_machine
    from ddconsul.targets.podman import Podman

    yield
    if os.environ.get("DDCONSUL_E2E_KEEP"):
        return
    podman = Podman(read_machine())
    for container in podman.containers(LABEL):
        if container["Labels"][LABEL].endswith(RUN):
            podman.try_("rm", "--force", "--volumes", container["Id"])


RUN = secrets.token_hex(3)
"""In the name of every site of this run, so that it disturbs no other."""


@pytest.fixture(scope="session")
def run_id() -> str:
    return RUN
