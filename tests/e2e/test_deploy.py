"""A platform's life, with the stand-in in Consul's place."""

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

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def world(tool: Tool, tmp_path_factory: pytest.TempPathFactory, standin: Material, run_id: str) -> World:
    return deploy_first(tool, tmp_path_factory.mktemp("standin") / "platform", standin, f"e2e-{run_id}")


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
