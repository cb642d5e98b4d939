"""Which colours can be told apart, and what is said of those that cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from coloraide import Color
from files import MINIMAL, write
from hypothesis import given
from hypothesis import strategies as st

from ddconsul.instance.kinds.contrast import contrast
from ddconsul.instance.loader import inspect, load
from ddconsul.instance.problems import InvalidFileError
from ddconsul.instance.sections.branding import Branding, Colours
from ddconsul.instance.sections.palette import PAGE, failing, nearest_passing, palette, ring
from ddconsul.translate.brand.properties import darker

if TYPE_CHECKING:
    from pathlib import Path

# House styles in public use: main colour, colour of links; what fails, by role and by the contrast that is told.
HOUSE_STYLES = {
    "utrecht": ("#24578f", "#24578f", {}),
    "rotterdam": ("#c93675", "#00811f", {}),
    "nijmegen": ("#157c68", "#157c68", {}),
    "denhaag": ("#238541", "#1260a1", {"focus": "2.84"}),
    "amsterdam": ("#004699", "#004699", {}),
    "rijkshuisstijl-lintblauw": ("#154273", "#01689b", {}),
    "rvo": ("#007bc7", "#007bc7", {"brand": "4.43", "link": "4.43", "focus": "2.75"}),
    "voorbeeld": ("#5115ef", "#00568b", {}),
    "open-inwoner": ("#0065bd", "#0065bd", {}),
}
colour = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def branded(text: str) -> str:
    return f"{MINIMAL}branding:\n  {text}\n"


def accepted(**colours: str) -> Branding:
    return Branding(colours=Colours(**colours), accept_contrast="as it is")


@pytest.mark.parametrize("name", HOUSE_STYLES)
def test_a_house_style_passes_or_fails(tmp_path: Path, name: str) -> None:
    brand, link, fails = HOUSE_STYLES[name]
    file = write(tmp_path, branded(f'colours: {{brand: "{brand}", link: "{link}"}}'))
    problems = inspect(file).problems
    assert {problem.rule for problem in problems} <= {"contrast"}
    told = {pair.role: pair.shown_ratio for pair in failing(accepted(brand=brand, link=link))}
    assert told == fails
    assert len(problems) == len(fails)


def test_a_colour_that_fails_is_told_at_its_own_line_with_the_nearest_that_passes(tmp_path: Path) -> None:
    file = write(tmp_path, branded('colours:\n    brand: "#154273"\n    link: "#007bc7"'))
    with pytest.raises(InvalidFileError) as error:
        load(file)
    (problem,) = error.value.problems
    assert (problem.line, problem.key, problem.rule) == (12, "branding.colours.link", "contrast")
    assert "#007bc7 on the page (#fdfdfd) has a contrast of 4.43 to 1" in problem.message
    assert "asks for 4.5 to 1" in problem.message
    close = nearest_passing("#007bc7", PAGE, 4.5)
    assert f'branding.colours.link: "{close}"' in problem.todo
    load(write(tmp_path, branded(f'colours: {{brand: "#154273", link: "{close}"}}')))


def test_what_is_advised_for_the_ring_is_right_when_it_is_done(tmp_path: Path) -> None:
    (problem,) = inspect(write(tmp_path, branded('colours: {brand: "#238541"}'))).problems
    advised = problem.todo.partition('branding.colours.focus: "')[2][:7]
    load(write(tmp_path, branded(f'colours: {{brand: "#238541", focus: "{advised}"}}')))


@given(colour=colour, least=st.sampled_from([3.0, 4.5]))
def test_the_nearest_that_passes_does_pass_in_the_same_hue(colour: str, least: float) -> None:
    found = nearest_passing(colour, PAGE, least)
    assert found is not None
    assert contrast(found, PAGE) >= least
    before, after = Color(colour).convert("oklch"), Color(found).convert("oklch")
    # Of a grey, and of what is nearly black, a hue cannot be seen.
    if before["chroma"] > 0.08 and after["chroma"] > 0.08:
        apart = abs(before["hue"] - after["hue"])
        assert min(apart, 360 - apart) < 12


def test_the_nearest_that_passes_is_as_near_as_can_be() -> None:
    found = nearest_passing("#808080", PAGE, 4.5)
    assert found is not None
    one_lighter = "#" + f"{int(found[1:3], 16) + 1:02x}" * 3
    assert contrast(found, PAGE) >= 4.5 > contrast(one_lighter, PAGE)


def test_a_reason_lets_it_through_and_it_is_told(tmp_path: Path) -> None:
    text = 'colours: {brand: "#007bc7"}\n  accept_contrast: Huisstijl wordt herzien'
    loaded = load(write(tmp_path, branded(text)))
    assert {warning.key for warning in loaded.warnings} == {"branding.colours.brand"}
    assert all("Huisstijl wordt herzien" in warning.todo for warning in loaded.warnings)
    assert any("4.43 to 1" in warning.message for warning in loaded.warnings)


def test_a_reason_for_nothing_gets_a_word(tmp_path: Path) -> None:
    text = 'colours: {brand: "#154273"}\n  accept_contrast: Zomaar'
    assert [warning.key for warning in load(write(tmp_path, branded(text))).warnings] == ["branding.accept_contrast"]


def test_consuls_own_colours_are_not_judged(tmp_path: Path) -> None:
    assert not load(write(tmp_path)).warnings
    assert not list(failing(Branding()))


@pytest.mark.parametrize(
    ("colours", "fails"),
    [
        ({"brand": "#154273", "heading": "#c0c0c0"}, {"heading"}),
        ({"brand": "#154273", "button": "#f0f0f0"}, {"button"}),
        ({"brand": "#154273", "link": "#ffcc00"}, {"link"}),
        ({"brand": "#154273", "header": "#ffffff", "menu": "#ffcc00", "footer": "#000000"}, set()),
        # Neither Consul's yellow nor its blue can be seen on it.
        ({"footer": "#5f7f8f"}, {"focus"}),
    ],
)
def test_each_colour_is_judged_in_its_role(colours: dict[str, str], fails: set[str]) -> None:
    assert {pair.role for pair in failing(accepted(**colours))} == fails


@given(brand=colour, focus=colour)
def test_a_ring_of_ones_own_can_be_told_from_its_lines(brand: str, focus: str) -> None:
    assert ring(palette(accepted(brand=brand, focus=focus))).holds


def test_a_file_with_another_mistake_is_judged_too(tmp_path: Path) -> None:
    text = branded('colours: {brand: "#007bc7"}').replace("domain:", "domein:")
    assert "contrast" in {problem.rule for problem in inspect(write(tmp_path, text)).problems}


def test_a_check_of_a_file_loads_no_library_for_colours_unless_one_fails(tmp_path: Path) -> None:
    program = (
        "import json, sys; from pathlib import Path; from ddconsul.instance.loader import inspect; "
        "inspect(Path(sys.argv[1])); "
        "print(json.dumps([name for name in ('coloraide', 'tinycss2', 'PIL', 'fontTools') if name in sys.modules]))"
    )
    file = write(tmp_path, branded('colours: {brand: "#154273"}'))
    answer = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == []


@given(number=st.integers(0, 0xFFFFFF))
def test_a_darker_colour_is_what_a_library_for_colours_says(number: int) -> None:
    colour = f"#{number:06x}"
    shade = Color(colour).convert("hsl")
    shade["lightness"] = max(0.0, shade["lightness"] - 0.1)
    # Halves are rounded to either side.
    assert Color(darker(colour)).coords() == pytest.approx(shade.convert("srgb").coords(), abs=0.51 / 255)
