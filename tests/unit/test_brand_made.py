"""Every file of a house style that the host is to get is there on this machine, and is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rendering import REPOSITORY

from ddconsul.instance.loader import load
from ddconsul.operations.brand import make_brand
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from pathlib import Path

FULL = REPOSITORY / "tests/unit/full/gemeente.yml"


def test_what_the_roles_are_told_to_bring_is_there(tmp_path: Path) -> None:
    instance = load(FULL).instance
    folder = make_brand(instance, tmp_path / "brand")
    variables = deploy_variables(instance, Material("a", "b", brand=str(folder)), "localhost")

    sources = [file["src"] for key in ("nginx_site_brand_files", "consul_site_content") for file in variables[key]]
    made = [source for source in sources if source.startswith(str(folder))]
    assert {path.name for path in folder.iterdir()} == {source.rpartition("/")[2] for source in made}
    assert set(variables["nginx_site_brand_places"].values()) <= {path.name for path in folder.iterdir()}
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    make_brand(instance, folder)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
