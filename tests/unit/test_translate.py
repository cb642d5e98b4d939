"""Instance → inventory, variables, state: pure, and pinned by golden files.

`UPDATE_GOLDEN=1 pytest tests/unit/test_translate.py` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coloraide import Color
from files import MINIMAL, PAGES, SERVER, instance
from hypothesis import given
from hypothesis import strategies as st

from ddconsul.instance.sections.branding import Branding, Colours
from ddconsul.targets.base import Connection
from ddconsul.translate.brand import custom_properties, style
from ddconsul.translate.inventory import inventory
from ddconsul.translate.state import settings
from ddconsul.translate.vars import Material, deploy_variables, site_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

GOLDEN = Path(__file__).parent / "golden" / "translate"

ON_A_SERVER = MINIMAL.replace("type: container", "type: ssh\n  host: server1.example.org") + PAGES

CASES: dict[str, tuple[str, Material, str]] = {
    "minimal": (
        MINIMAL,
        Material(archive="/cache/s.tar.gz", archive_digest="5" * 64, gems="distribution", packages=("puma", "ruby-pg")),
        "localhost:8080",
    ),
    "server": (
        SERVER,
        Material(
            archive="/cache/a.tar.gz",
            archive_digest="a" * 40,
            overlay="/cache/o.tar.gz",
            overlay_digest="0" * 64,
            extra_ca=(("ca-12345678", "-----BEGIN CERTIFICATE-----\n"),),
        ),
        "praat.example.org",
    ),
}


def matches(name: str, value: Mapping[str, Any], folder: Path) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False).replace(str(folder), "/folder") + "\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("name", CASES)
def test_the_variables_of_a_deploy(tmp_path: Path, name: str) -> None:
    text, material, public_host = CASES[name]
    matches(f"{name}.vars", deploy_variables(instance(tmp_path, text), material, public_host), tmp_path)


def test_a_folder_of_gems_goes_as_an_archive_and_not_as_a_mirror(tmp_path: Path) -> None:
    (tmp_path / "gems").mkdir()
    made = instance(tmp_path, MINIMAL + "consul: {gems_mirror: gems}\n")
    variables = deploy_variables(made, Material("a", "b", gems_archive="/cache/g.tar.gz"), "localhost")
    assert variables["consul_build_gems_mirror"] == ""
    assert variables["consul_build_gems_archive"] == "/cache/g.tar.gz"


def test_consul_itself_keeps_the_roles_own_list_of_packages(tmp_path: Path) -> None:
    assert "consul_build_packages" not in deploy_variables(instance(tmp_path), Material("a", "b"), "localhost")


def test_no_secret_is_among_the_variables(tmp_path: Path) -> None:
    text = json.dumps(deploy_variables(instance(tmp_path, SERVER), Material("a", "b"), "localhost"))
    assert not [word for word in ("password", "secret_key", "vault") if word in text]


def test_status_and_destroy_need_only_the_sites_names(tmp_path: Path) -> None:
    variables = site_variables(instance(tmp_path, SERVER), "praat.example.org")
    assert variables["consul_site_user"] == "ddconsul_zee"
    assert not [name for name in variables if "build" in name or "state" in name]


PROXIES = "network: {trusted_proxies: [192.0.2.10, 2001:db8::/64]}\n"


@pytest.mark.parametrize(
    ("text", "https", "behind_proxy"),
    [
        (MINIMAL, False, False),
        # Who opens a demo comes to this machine, whatever stands before a server later.
        (MINIMAL + PROXIES, False, False),
        (ON_A_SERVER, False, False),
        (ON_A_SERVER + PROXIES, True, True),
        (ON_A_SERVER + PROXIES + "tls: {mode: internal}\n", True, False),
    ],
    ids=["demo", "demo with proxies", "no encryption", "encryption in front", "encryption in front and here"],
)
def test_a_site_whose_proxy_does_the_encryption_is_one_that_visitors_reach_over_https(
    tmp_path: Path, text: str, *, https: bool, behind_proxy: bool
) -> None:
    made = instance(tmp_path, text)
    variables = deploy_variables(made, Material("a", "b"), "participatie.example.org")
    assert variables["consul_site_force_ssl"] is https
    assert variables["consul_site_behind_proxy"] is behind_proxy
    assert made.scheme == ("https" if https else "http")
    named = ["192.0.2.10", "2001:db8::/64"] if PROXIES in text else []
    assert variables["nginx_site_trusted_proxies"] == named


@pytest.mark.parametrize(
    ("name", "connection"),
    [
        ("local", Connection("localhost", local=True)),
        ("plain", Connection("server1.example.org")),
        ("full", Connection("::1", 2222, "beheer", Path("/k/id"), Path("/k/known hosts"), become=True)),
    ],
)
def test_the_inventory(tmp_path: Path, name: str, connection: Connection) -> None:
    matches(f"{name}.inventory", inventory("zee", connection), tmp_path)


def test_flags_reach_consul_as_booleans(tmp_path: Path) -> None:
    found = settings(instance(tmp_path, SERVER))
    flags = {key: value for key, value in found.items() if key.startswith(("process.", "feature."))}
    assert all(isinstance(value, bool) for value in flags.values())
    assert flags["process.debates"] is True
    assert flags["process.proposals"] is False
    assert flags["feature.facebook_login"] is False


def test_no_colours_no_style() -> None:
    assert style(Branding()) == ""


def test_a_brand_colours_header_and_links_too() -> None:
    properties = custom_properties(Branding(colours=Colours(brand="#154273"), accept_contrast="as it is"))
    assert properties["--main-header"] == properties["--anchor-color"] == "#154273"
    assert properties["--brand-contrast"] == "#ffffff"
    assert "--footer" not in properties


colour = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(brand=colour, footer=colour)
def test_text_is_legible_on_every_colour(brand: str, footer: str) -> None:
    properties = custom_properties(Branding(colours=Colours(brand=brand, footer=footer), accept_contrast="as it is"))
    for name, text in properties.items():
        if name.endswith("-contrast"):
            background = properties[name.removesuffix("-contrast")]
            assert Color(background).contrast(text, method="wcag21") >= 4.5
