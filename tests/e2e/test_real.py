"""The same life, with Consul Democracy itself, by a ddconsul that was installed from its wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from contract.contract import Contract, citizen
from lifecycle import (
    MODULES,
    Destroy,
    FirstDeploy,
    LaterDeploys,
    Second,
    SecondSite,
    World,
    deploy_first,
    second_site,
)

if TYPE_CHECKING:
    from contract.site import Site
    from user import Material, Tool

__all__ = ["citizen"]

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def world(wheel_tool: Tool, tmp_path_factory: pytest.TempPathFactory, consul: Material, run_id: str) -> World:
    return deploy_first(wheel_tool, tmp_path_factory.mktemp("consul") / "platform", consul, f"real-{run_id}")


@pytest.fixture(scope="module")
def second(world: World, tmp_path_factory: pytest.TempPathFactory) -> Second:
    return second_site(world, tmp_path_factory.mktemp("second") / "platform")


@pytest.fixture(scope="class")
def site(world: World) -> Site:
    return world.site(MODULES)


class TestFirstDeploy(FirstDeploy):
    """The first deploy."""


class TestContract(Contract):
    """What must be found on the site."""


class TestLaterDeploys(LaterDeploys):
    """Between the first day and the last."""


class TestSecondSite(SecondSite):
    """A second site on the same host."""


class TestDestroy(Destroy):
    """The end."""
