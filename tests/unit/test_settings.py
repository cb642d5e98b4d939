"""Consul's settings: the catalogue, what may be given for each, and the command that tells about them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, instance, write

from ddconsul.commands import main
from ddconsul.instance.loader import inspect
from ddconsul.instance.reference import find
from ddconsul.instance.sections.settings import catalogue
from ddconsul.translate.state import settings

SOURCE = os.environ.get("DDCONSUL_E2E_SOURCE", "")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["settings", *arguments])


def given(folder: Path, line: str) -> dict[str, object]:
    return settings(instance(folder, f"{MINIMAL}settings:\n  {line}\n"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('feature.map: "false"', False),
        ("feature.map: false", False),
        ("feature.map: no", False),
        ("feature.map: Off", False),
        ("feature.map: on", True),
        ("feature.community: off", False),
        ("map.zoom: 12", "12"),
        ("map.latitude: 52", "52"),
        ("map.latitude: 52.25", "52.25"),
        ("related_content_score_threshold: -0.5", "-0.5"),
        ("meta_description: ' Doe mee '", "Doe mee"),
        ("meta_keywords: ''", ""),
        ("uploads.images.content_types: [image/png, image/gif]", "image/png image/gif"),
        ("uploads.images.content_types: image/png image/gif", "image/png image/gif"),
    ],
)
def test_a_value_reaches_consul_as_it_was_meant(tmp_path: Path, line: str, said: object) -> None:
    assert given(tmp_path, line)[line.partition(":")[0]] == said


@pytest.mark.parametrize(
    ("line", "message", "todo"),
    [
        ("feature.map: 0", "settings.feature.map 0 is not a flag", "on or off"),
        ('feature.map: "f"', '"f" is not a flag', "on or off"),
        ("map.zoom: '12'", "is not a number", "without quotes"),
        ("map.zoom: on", "is not a number", "without quotes"),
        ("map.zoom: 1.5", "is not a whole number", "from 0 to 20"),
        ("map.latitude: 91", "is out of range", "from -90 to 90"),
        ("meta_title: 9711", "9711 is not a text", "quotes"),
        ("uploads.images.content_types: [image/jpg]", "image/jpg, which Consul does not know", "image/jpeg"),
        ("feature.mpa: on", "is not a key", "Did you mean feature.map?"),
        ("zzz.qqq.vvv: on", "is no setting of Consul's", "ddconsul settings list"),
        ("process.polls: off", "is set by modules.polls", "modules.polls"),
        ("postal_codes: '9711'", "is set by participation.postcodes", "participation.postcodes"),
        ("org_name: X", "is set by municipality.name", "municipality.name"),
        ("facebook_handle: x", "is set by footer.social.facebook", "footer.social.facebook"),
    ],
)
def test_what_is_not_right_is_refused_with_what_is(tmp_path: Path, line: str, message: str, todo: str) -> None:
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}settings:\n  {line}\n")).problems
    assert problem.line == 10
    assert message in problem.sentence
    assert todo in problem.todo


def test_what_governs_a_setting_is_a_key_of_the_file() -> None:
    for setting in catalogue().values():
        assert not setting.by or find(setting.by), setting.key


def test_a_setting_is_explained() -> None:
    shown = call("explain", "map.zoom").stdout
    assert "whole number from 0 to 20" in shown
    assert "      map.zoom: 10" in shown
    assert "modules.polls" in call("explain", "process.polls").stdout
    assert json.loads(call("explain", "map.zoom", "--json").stdout)["default"] == 10


def test_an_unknown_setting_gets_the_nearest_one() -> None:
    result = call("explain", "feature.mpa")
    assert result.exit_code == 2
    assert "Did you mean feature.map?" in result.stderr
    assert json.loads(call("explain", "feature.mpa", "--json").stdout)["exit_code"] == 2


def test_all_are_listed() -> None:
    assert [line.split()[0] for line in call("list").stdout.splitlines()] == list(catalogue())
    assert len(json.loads(call("list", "--json").stdout)["settings"]) == len(catalogue())


@pytest.mark.real
@pytest.mark.skipif(not SOURCE, reason="DDCONSUL_E2E_SOURCE is not set")
def test_the_catalogue_has_what_consul_has() -> None:
    argv = ["git", "-C", SOURCE, "show", "2.5.1:app/models/setting.rb"]
    code = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    defaults = code.partition("def defaults")[2].partition("def default_org_name")[0]
    found = dict(re.findall(r'^ +"([\w.]+)": (.*?),?$', defaults, re.MULTILINE))
    assert set(found) == set(catalogue())
    for key, written in found.items():
        setting = catalogue()[key]
        if written in {"true", "false", '"true"'}:
            assert (setting.type, setting.default) == ("flag", "true" in written), key
        elif re.fullmatch(r"-?[\d.]+", written):
            assert (setting.type, setting.default) == ("number", float(written)), key
        elif written.startswith('"'):
            assert setting.default == written.strip('"'), key
