"""Who may take part: what may stand in the file, and what Consul makes of it."""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from files import MINIMAL, SERVER, instance, write
from hypothesis import example, given
from hypothesis import strategies as st
from rendering import render
from ruamel.yaml import YAML

from ddconsul.commands import main
from ddconsul.instance.loader import inspect
from ddconsul.instance.reference import find
from ddconsul.instance.sections.participation import PROOFS, Area, postcode
from ddconsul.translate.participation import pattern, patterns
from ddconsul.translate.state import settings, state_document
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ddconsul.instance.problems import Problem

AREAS = 'postcodes: ["9711-9747", 9751, 9752 AB, "1234ab - 1236CX"]'
LOG_IN = """\
  log_in:
    oidc: {issuer: "https://login.example.org", client_id: platform, label: {nl: Inloggen met DigiD, en: 100% DigiD}}
    saml: {metadata_url: "https://saml.example.org/metadata", entity_id: platform, label: Inloggen met eHerkenning}
"""


def section(*lines: str, more: str = "") -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"{MINIMAL}participation:\n{body}{more}"


def problems(folder: Path, *lines: str) -> tuple[Problem, ...]:
    return inspect(write(folder, section(*lines))).problems


def consul_takes(setting: str, typed: str) -> bool:
    """Do as Consul 2.5.1 does: app/models/verification/residence.rb, valid_postal_code?."""
    assert ":" not in setting, "Consul would take this for a range of texts"
    # Ruby lets a flag stand anywhere, Python at the begin only.
    parts = [part.strip().removeprefix("(?i)") for part in setting.split(",")]
    return any(re.search(rf"(?i)\A{part}\Z", typed.strip()) for part in parts)


def setting_of(folder: Path, line: str = AREAS) -> str:
    return str(settings(instance(folder, section("verification: postcodes", line)))["postal_codes"])


# --- postcodes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["9711AA", "9712 AB", "9712 ab", "9712ab", " 9747zz ", "9751 XY", "9752AB", "1235 QQ"]
)
def test_a_postcode_of_the_area_is_taken_however_it_is_typed(tmp_path: Path, typed: str) -> None:
    assert consul_takes(setting_of(tmp_path), typed)


@pytest.mark.parametrize(
    "typed",
    ["9710ZZ", "9748AA", "9750 AA", "9752 AA", "9752AC", "1234AA", "1236CY", "9712", "9712A", "19712AB", "9712ABC", ""],
)
def test_another_postcode_is_not(tmp_path: Path, typed: str) -> None:
    assert not consul_takes(setting_of(tmp_path), typed)


codes = st.builds(
    "{}{}{}".format,
    st.integers(1000, 9999),
    st.sampled_from(string.ascii_uppercase),
    st.sampled_from(string.ascii_uppercase),
)


@given(first=codes, last=codes, other=codes)
@example("1000AA", "9999ZZ", "5000MM")
@example("9712AA", "9712ZZ", "9712AZ")
@example("9712BA", "9713BZ", "9713BZ")
@example("9709AA", "9810ZZ", "9800AA")
@example("9712AZ", "9714AA", "9714AB")
def test_an_area_has_what_lies_between_its_ends_and_nothing_else(first: str, last: str, other: str) -> None:
    area = Area("", *sorted((first, last)))
    setting = pattern(area)
    assert consul_takes(setting, other) == (area.first <= other <= area.last)
    for code in (area.first, area.last):
        assert consul_takes(setting, f"{code[:4]} {code[4:].lower()}")


def test_the_patterns_mean_the_same_in_ruby(tmp_path: Path) -> None:
    ruby = shutil.which("ruby") or pytest.skip("ruby is not installed: see scripts/system-packages")
    areas = [Area("", "9711AA", "9747ZZ"), Area("", "1234AB", "1236CX"), Area("", "9752AB", "9752AB")]
    typed = ["9711AA", "9712 ab", "9748AA", "1234AA", "1235qq", "1236CX", "1236CY", "9752AB", "9752AC", "x9711AA"]
    (tmp_path / "given.json").write_text(json.dumps([patterns(areas).split(","), typed]))
    code = (
        "p, t = JSON.parse(File.read(ARGV[0])); puts t.map { |c| p.any? { |r| /\\A#{r.strip}\\Z/.match?(c) } }.inspect"
    )
    done = subprocess.run(
        [ruby, "-rjson", "-e", code, tmp_path / "given.json"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [consul_takes(patterns(areas), code) for code in typed]


def test_no_postcodes_is_everybody(tmp_path: Path) -> None:
    assert settings(instance(tmp_path))["postal_codes"] == ""
    assert instance(tmp_path).participation.lives_here("1000AA")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9712AB", "9712AB"), (" 9712 ab", "9712AB"), ("9712", None), ("0712AB", None), ("9712 A", None), ("x", None)],
)
def test_a_postcode_is_read(typed: str, read: str | None) -> None:
    assert postcode(typed) == read


@pytest.mark.parametrize(
    ("line", "message", "todo"),
    [
        ("postcodes: [971]", "971 is not a postcode", "9711"),
        ('postcodes: ["9711-"]', "is not a postcode", "9711"),
        ('postcodes: ["9711-9712-9713"]', "is not a postcode", "9711"),
        ('postcodes: ["9747-9711"]', "ends before it begins", "Write 9711-9747."),
        ('postcodes: ["9711-9712AB"]', "from one kind of postcode to another", "both ends"),
        ("postcodes: [on]", "is not a postcode", "9711"),
        ("min_age: 100", "is not an age", "from 1 to 99"),
        ("min_age: 0", "is not an age", "from 1 to 99"),
        ("min_age: '16'", "is not an age", "whole number"),
        ("verification: postcodes", "is postcodes, but there are no postcodes", "Add participation.postcodes"),
        ("verification: open", "without an account nobody can vote", "Choose email"),
        ("verification: postcode", "", "Did you mean postcodes?"),
        ('log_in: {oidc: {issuer: "http://x.nl", client_id: a, label: b}}', "does not begin with https://", "TLS"),
        ("codes: privacy.md", "holds no codes of letters", "ddconsul letters make"),
    ],
)
def test_what_is_not_right_is_told(tmp_path: Path, line: str, message: str, todo: str) -> None:
    (problem,) = problems(tmp_path, line)
    assert problem.line == 10
    assert message in problem.sentence
    assert todo in problem.todo


# --- what it comes to --------------------------------------------------------------------------------------


def test_by_itself_an_account_is_enough(tmp_path: Path) -> None:
    found = settings(instance(tmp_path))
    assert found["feature.user.skip_verification"] is True
    assert found["ddconsul.verification"] == "email"
    assert "min_age_to_participate" not in found
    assert [found[f"feature.{name}_login"] for name in ("oidc", "saml", "facebook", "google", "twitter")] == [False] * 5


@pytest.mark.parametrize("verification", ["postcodes", "letters", "census"])
def test_a_verification_is_not_skipped(tmp_path: Path, verification: str) -> None:
    found = settings(instance(tmp_path, section(f"verification: {verification}", AREAS, "min_age: 14")))
    assert found["feature.user.skip_verification"] is False
    assert found["ddconsul.verification"] == verification
    assert found["min_age_to_participate"] == "14"


def test_who_lives_in_a_district_is_known_by_postcode(tmp_path: Path) -> None:
    districts = (
        'districts:\n  - {key: noord, name: Noord, code: WK001401, postcodes: ["9711-9712"]}\n'
        "  - {key: zuid, name: Zuid, postcodes: [9713 AB]}\n  - {key: west, name: West}\n"
    )
    found = json.loads(str(settings(instance(tmp_path, MINIMAL + districts))["ddconsul.districts"]))
    assert found == {"WK001401": "(?i)(971[1-2] *[A-Z][A-Z])", "Zuid": "(?i)(9713 *AB)"}


def test_buttons_say_what_the_file_says(tmp_path: Path) -> None:
    made = instance(tmp_path, section("verification: email", more=LOG_IN))
    found = {item["key"]: item["fields"] for item in state_document(made)["objects"] if item["kind"] == "text"}
    for text in ("name", "sign_in", "sign_up"):
        assert found[f"text omniauth.oidc.{text}"] == {"value.nl": "Inloggen met DigiD", "value.en": "100%% DigiD"}
        assert found[f"text omniauth.saml.{text}"]["value.en"] == "Inloggen met eHerkenning"
    assert settings(made)["feature.oidc_login"] is settings(made)["feature.saml_login"] is True


def test_a_code_is_called_a_code_where_letters_are_used_only(tmp_path: Path) -> None:
    key = "text verification.residence.new.document_type.residence_card"

    def names(verification: str) -> list[dict[str, str]]:
        document = state_document(instance(tmp_path, section(f"verification: {verification}")))
        return [item["fields"] for item in document["objects"] if item["key"] == key]

    assert names("letters") == [{"value.nl": "Code uit de brief", "value.en": "Code from the letter"}]
    assert names("census") == []


@pytest.mark.parametrize(
    ("lines", "texts", "by"),
    [
        (["verification: letters"], "verification.residence.new.document_type.residence_card", "verification"),
        (LOG_IN.splitlines(), "omniauth.oidc.name", "log_in.oidc.label"),
    ],
)
def test_a_text_is_not_given_twice(tmp_path: Path, lines: Sequence[str], texts: str, by: str) -> None:
    body = "\n".join(line if line.startswith("  ") else f"  {line}" for line in lines)
    text = f"{MINIMAL}participation:\n{body}\ntexts: {{{texts}: Anders}}\n"
    (problem,) = inspect(write(tmp_path, text)).problems
    assert problem.sentence == f"texts.{texts} is set by participation.{by} as well"


def test_what_governs_a_setting_is_told(tmp_path: Path) -> None:
    text = f"{MINIMAL}settings: {{feature.user.skip_verification: off}}\n"
    (problem,) = inspect(write(tmp_path, text)).problems
    assert "is set by participation.verification" in problem.sentence


# --- what is worth a word ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "key", "about"),
    [
        (["min_age: 16"], "participation.min_age", "is not looked at"),
        ([AREAS], "participation.postcodes", "is not looked at"),
        (["verification: letters"], "participation.verification", "there are no letters yet"),
        (["verification: census"], "participation.verification", "no register is connected"),
    ],
)
def test_what_does_not_do_what_it_seems_to_do_is_told(tmp_path: Path, lines: list[str], key: str, about: str) -> None:
    (warning,) = inspect(write(tmp_path, section(*lines))).warnings
    assert warning.key == key
    assert about in warning.message


@pytest.mark.parametrize(
    ("verification", "postcodes", "todo"),
    [
        ("email", "[9711]", "Choose another participation.verification."),
        ("postcodes", "[]", "Add postcodes to each of those districts."),
        ("postcodes", "[9711]", None),
        ("census", "[]", None),
    ],
)
def test_a_poll_that_nobody_can_vote_in_is_told(
    tmp_path: Path, verification: str, postcodes: str, todo: str | None
) -> None:
    more = f"""\
districts: [{{key: noord, name: Noord, postcodes: {postcodes}}}]
settings: {{feature.remote_census: on, remote_census.general.endpoint: "https://brp.example.org"}}
vraagstuk:
  key: plein
  instrument: poll
  title: Een plein
  summary: Kies mee.
  description: privacy.md
  decides: De raad.
  opens: 2027-03-01
  closes: 2027-03-31
  feedback: {{by: 2027-06-01}}
  districts: [noord]
  questions: [{{key: wat, title: Wat komt er?, options: [{{key: a, title: A}}, {{key: b, title: B}}]}}]
"""
    lines = [f"verification: {verification}", *([AREAS] if verification == "postcodes" else [])]
    found = inspect(write(tmp_path, section(*lines, more=more)))
    assert not found.problems
    told = [warning for warning in found.warnings if "nobody can be known to live there" in warning.message]
    assert [warning.todo for warning in told] == ([todo] if todo else [])


def test_a_census_that_is_connected_is_in_order(tmp_path: Path) -> None:
    register = 'settings: {feature.remote_census: on, remote_census.general.endpoint: "https://brp.example.org"}\n'
    assert not inspect(write(tmp_path, section("verification: census", more=register))).warnings


@pytest.mark.parametrize("verification", PROOFS)
def test_each_verification_tells_what_it_proves(tmp_path: Path, verification: str) -> None:
    file = write(tmp_path, section(f"verification: {verification}", AREAS))
    said = CliRunner().invoke(main, ["validate", str(file)]).stdout
    assert f"Who takes part: {verification}. It proves " in said
    assert "It doesn't prove " in " ".join(said.split())
    shown = json.loads(CliRunner().invoke(main, ["validate", "--json", str(file)]).stdout)
    assert PROOFS[verification].unproved in shown["participation"]
    # Who explains a key gets them all.
    assert find("participation.verification")


# --- on the host ------------------------------------------------------------------------------------------


def test_providers_reach_the_secrets_and_their_secret_stays_out_of_the_variables(tmp_path: Path) -> None:
    made = instance(tmp_path, section("verification: email", more=LOG_IN))
    variables = deploy_variables(made, Material("a", "b"), "localhost")
    assert variables["consul_site_log_in"] == {
        "oidc": {"issuer": "https://login.example.org", "client_id": "platform"},
        "saml": {"metadata_url": "https://saml.example.org/metadata", "entity_id": "platform"},
    }
    text = render(
        "consul_site",
        "secrets.yml.j2",
        consul_site_log_in=variables["consul_site_log_in"],
        oidc_client_secret="it's <%= not Ruby %>",
    )
    found = YAML(typ="safe").load(text.replace("<%%", "<%"))["production"]
    assert found["oidc_issuer"] == "https://login.example.org"
    assert found["oidc_client_secret"] == "it's <%= not Ruby %>"
    assert found["saml_idp_metadata_url"] == "https://saml.example.org/metadata"
    assert "<%=" not in text.replace("<%%=", "")


def test_without_providers_there_is_nothing_of_them(tmp_path: Path) -> None:
    assert deploy_variables(instance(tmp_path, SERVER), Material("a", "b"), "localhost")["consul_site_log_in"] == {}
    assert not re.search("oidc|saml", render("consul_site", "secrets.yml.j2"))
