"""The Dutch that ddconsul adds stands beside Consul's own: it names texts that Consul has, and fills them in alike."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML
from user import CHECKOUT

from ddconsul.translate.address import renamings
from ddconsul.translate.texts import vocabulary

if TYPE_CHECKING:
    from user import Material

pytestmark = pytest.mark.real

OURS = CHECKOUT / "roles/consul_build/templates/nl.yml"
RELEASE = "2.5.1"
# Where inhabitants read Dutch; the rest is for administrators of what a municipality does not use.
FOR_INHABITANTS = ("budgets.", "debates.", "flash.", "images.", "layouts.", "legislation.", "mailers.", "omniauth.",
                   "polls.", "proposals.", "shared.", "users.", "verification.")  # fmt: skip


def flat(texts: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in texts.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{way}{key}.")
        else:
            yield f"{way}{key}", value


@pytest.fixture(scope="module")
def texts(consul: Material) -> dict[str, dict[str, Any]]:
    """Give Consul's own texts, by language."""
    argv = ["git", "--git-dir", str(consul.source), "archive", RELEASE, "config/locales/en", "config/locales/nl"]
    packed = subprocess.run(argv, capture_output=True, check=True).stdout
    found: dict[str, dict[str, Any]] = {"en": {}, "nl": {}}
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith(".yml"):
                language = member.name.split("/")[2]
                found[language].update(flat(YAML(typ="safe").load(file)[language]))
    # For pages that Consul doesn't have.
    found["en"].update(flat(YAML(typ="safe").load(OURS.with_name("en.yml"))["en"]))
    return found


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return dict(flat(YAML(typ="safe").load(OURS)["nl"]))


def test_each_text_is_one_that_consul_knows_and_says_it_otherwise(ours: dict[str, Any], texts: Any) -> None:
    assert ours.keys() <= texts["en"].keys() | texts["nl"].keys()
    assert [key for key, text in ours.items() if text == texts["nl"].get(key)] == []


def test_each_text_fills_in_what_consul_gives_it(ours: dict[str, Any], texts: Any) -> None:
    def places(text: object) -> set[str]:
        return set(re.findall(r"%\{\w+\}", str(text)))

    given = {key: places(texts["en"].get(key, texts["nl"].get(key))) for key in ours}
    assert {key: places(text) for key, text in ours.items() if places(text) != given[key]} == {}


@pytest.mark.parametrize(("form", "other"), [("u", r"\b(je|jij|jou|jouw|jezelf)\b"), ("je", r"\b(u|uw|uzelf)\b")])
def test_one_form_of_address_leaves_nothing_of_the_other(
    form: Any, other: str, ours: dict[str, Any], texts: Any
) -> None:
    dutch = {key: text for key, text in {**texts["nl"], **ours}.items() if isinstance(text, str)}
    addressed = {**dutch, **vocabulary(dutch, renamings(form))}
    bare = {key: re.sub(r"%\{\w+\}|https?://\S+", "", text) for key, text in addressed.items()}
    assert {key: text for key, text in bare.items() if re.search(other, text, re.IGNORECASE)} == {}


def test_an_inhabitant_reads_no_english(ours: dict[str, Any], texts: Any) -> None:
    lacking = {
        key
        for key, text in texts["en"].items()
        if key.startswith(FOR_INHABITANTS) and text and not texts["nl"].get(key) and key not in ours
    }
    assert lacking == set()
