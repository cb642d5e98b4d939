"""The sheet that shows a house style, and what `brand check` tells of its colours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from ddconsul.commands import main
from ddconsul.operations.checks.browser import program

if TYPE_CHECKING:
    from click.testing import Result

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><rect width="30" height="10" fill="#154273"/></svg>'
FILE = """\
municipality: {{name: "Duin & Beek", domain: praatmee.duinbeek.example}}
target: {{type: container, site: duinbeek}}
administrators: [{{name: Beheer, email: beheer@duinbeek.example}}]
branding: {branding}
"""


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(verb: str, branding: str, *options: str) -> Result:
        Path("gemeente.yml").write_text(FILE.format(branding=branding))
        return CliRunner().invoke(main, ["brand", verb, *options])

    return run


def test_the_sheet_has_the_house_style_and_needs_no_other_file(brand) -> None:
    Path("logo.svg").write_text(LOGO)
    answer = brand("preview", '{colours: {brand: "#154273", button: "#8a1538"}, logo: logo.svg}')
    assert (answer.exit_code, answer.output) == (0, "brand.html is written\n")
    sheet = Path("brand.html").read_text()
    assert "--brand: #154273;" in sheet
    assert "--brand: #8a1538;" in sheet
    assert sheet.count('src="data:image/png;base64,') == 2
    assert 'alt="Duin &amp; Beek"' in sheet
    assert not re.findall(r'(?:src|href)="(?!data:|#)|url\((?!"?data:)|@import', sheet)


def test_it_tells_each_contrast_in_dutch(brand) -> None:
    brand("preview", '{colours: {brand: "#154273"}}')
    sheet = Path("brand.html").read_text()
    table = sheet[sheet.index("<table>") : sheet.index("</table>")]
    assert "tekst op de hoofdkleur" in table
    assert '<td class="number passes">10,20</td>' in table
    # Nothing was left in English.
    assert not re.search(r"\b(the|text|links on|ring)\b", table)


def test_colours_that_validate_refuses_can_be_looked_at(brand) -> None:
    assert brand("preview", '{colours: {brand: "#8fd0f0"}}').exit_code == 0
    assert 'number fails">1,' in Path("brand.html").read_text()


def test_other_mistakes_are_told(brand) -> None:
    answer = brand("preview", '{colours: {brand: "#154273"}, logo: not-there.svg}')
    assert answer.exit_code == 2
    assert "branding.logo" in answer.output
    assert not Path("brand.html").exists()


def test_own_css_cannot_leave_its_place(brand) -> None:
    Path("own.css").write_text('a::after { content: "</style><b>out</b>" }')
    brand("preview", "{css: own.css}")
    assert "</style><b>" not in unquote(Path("brand.html").read_text())


def test_a_sheet_that_cannot_be_written_is_a_sentence(brand) -> None:
    answer = brand("preview", "{}", "--output", "no/such/folder/brand.html")
    assert answer.exit_code == 2
    assert "no/such/folder/brand.html: cannot be written: No such file or directory" in answer.output


def test_without_a_browser_a_picture_is_refused_with_what_to_do(brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    answer = brand("preview", "{}", "--png")
    assert answer.exit_code == 2
    assert "sudo apt-get install chromium" in answer.output


@pytest.mark.skipif(program() is None, reason="no browser is installed")
def test_the_picture_shows_the_whole_sheet_and_its_colours(brand) -> None:
    from PIL import Image

    answer = brand("preview", '{colours: {brand: "#154273", footer: "#8a1538"}}', "--png")
    assert answer.output == "brand.html is written\nbrand.png is written\n"
    with Image.open("brand.png") as image:
        assert image.width == 1280
        # The header at the top, the footer at the very end.
        assert image.convert("RGB").getpixel((640, 80)) == (0x15, 0x42, 0x73)
        assert image.convert("RGB").getpixel((640, image.height - 2)) == (0x8A, 0x15, 0x38)


def test_check_tells_each_pair_and_ends_with_two_when_one_is_too_little(brand) -> None:
    answer = brand("check", '{colours: {brand: "#154273", link: "#007bc7"}}')
    assert answer.exit_code == 2
    assert re.search(r"^links on the page +#007bc7 / #fdfdfd +4\.43 of 4\.5 too little$", answer.output, re.MULTILINE)
    assert brand("check", '{colours: {brand: "#154273"}}').exit_code == 0


def test_what_is_accepted_passes(brand) -> None:
    answer = brand("check", '{colours: {link: "#007bc7"}, accept_contrast: Komt volgend jaar}', "--json")
    found = json.loads(answer.output)
    assert (answer.exit_code, found["passes"], found["accepted"]) == (0, True, "Komt volgend jaar")
    assert {
        "what": "links",
        "where": "on the page",
        "key": "branding.colours.link",
        "colour": "#007bc7",
        "behind": "#fdfdfd",
        "ratio": 4.43,
        "least": 4.5,
        "passes": False,
    } in found["pairs"]


def test_consul_s_own_colours_are_not_judged(brand) -> None:
    answer = brand("check", "{}")
    assert (answer.exit_code, answer.output) == (0, "The file gives no colours: the site has Consul's own.\n")
