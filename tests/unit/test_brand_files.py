"""What a house style is made of: images in Consul's sizes, fonts, and a stylesheet that a browser obeys."""

from __future__ import annotations

import io
import shutil
import socket
from typing import TYPE_CHECKING, Any

import pytest
from files import MINIMAL, write
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from PIL import Image

from ddconsul.errors import InputError
from ddconsul.instance.loader import inspect, load
from ddconsul.translate.brand import brand_files, brand_places, head_html, image_files, image_objects
from ddconsul.translate.brand.images import CONSUL_IMAGES, Frame, framed
from ddconsul.translate.brand.own_css import important
from ddconsul.translate.brand.stylesheet import stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ddconsul.instance.models import Instance

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">
<rect width="300" height="100" fill="#cc0000"/></svg>"""
RED = (204, 0, 0)


def branded(folder: Path, text: str, **files: str | bytes) -> Instance:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(write(folder, f"{MINIMAL}branding:\n  {text}\n")).instance


def png(width: int, height: int) -> bytes:
    result = io.BytesIO()
    Image.new("RGBA", (width, height), (*RED, 255)).save(result, "PNG")
    return result.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def ttf(*, restricted: bool = False, letters: str = "aàé€ж") -> bytes:
    """A font in which each letter is a square."""
    names = [".notdef", *(f"letter{index}" for index in range(len(letters)))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): name for letter, name in zip(letters, names[1:], strict=True)})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((500, 500))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Zee", "styleName": "Regular", "copyright": "Gemeente Zee"})
    builder.setupOS2(fsType=0x0002 if restricted else 0)
    builder.setupPost()
    result = io.BytesIO()
    builder.save(result)
    return result.getvalue()


# --- images


@pytest.mark.parametrize("logo", ["svg", "large png", "small png"])
def test_each_image_has_exactly_the_size_that_consul_asks_for(tmp_path: Path, logo: str) -> None:
    content = {"svg": SVG.encode(), "large png": png(3000, 1000), "small png": png(60, 20)}[logo]
    instance = branded(tmp_path, "logo: logo.img", logo__img=content)
    sizes = {image.name: opened(image.data).size for image in image_files(instance)}
    width, height = sizes.pop("logo_header")
    assert (width <= 260, height) == (True, 80)
    assert sizes == {name: (frame.width, frame.height) for name, frame in CONSUL_IMAGES.items() if name in sizes}
    assert set(sizes) | {"logo_header"} == set(CONSUL_IMAGES)


def test_a_drawing_fills_its_room_and_is_sharp(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG)
    image = opened(framed(tmp_path / "logo.svg", CONSUL_IMAGES["logo_header"])).convert("RGBA")
    assert image.size == (240, 80)
    # Sharp: no column is half covered.
    assert {image.getpixel((x, 40))[:3] for x in range(240)} == {RED}


def test_a_small_image_is_not_made_larger(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(60, 20))
    image = opened(framed(tmp_path / "logo.png", CONSUL_IMAGES["logo_email"])).convert("RGB")
    assert sum(image.getpixel((x, 40)) == RED for x in range(400)) == 60
    assert sum(image.getpixel((30, y)) == RED for y in range(80)) == 20
    assert image.getpixel((399, 0)) == (255, 255, 255)


def test_what_is_behind_a_logo(tmp_path: Path) -> None:
    instance = branded(tmp_path, "logo: logo.svg", logo__svg=SVG)
    images = {image.name: opened(image.data).convert("RGBA") for image in image_files(instance)}
    assert images["favicon"].getpixel((0, 0))[3] == 0
    assert images["apple-touch-icon-200"].getpixel((0, 0)) == (255, 255, 255, 255)


@pytest.mark.parametrize(("logo", "behind"), [("#ffffff", (21, 66, 115)), ("#cc0000", (255, 255, 255))])
def test_a_white_logo_stands_on_the_colour_of_the_header(tmp_path: Path, logo: str, behind: tuple[int, ...]) -> None:
    text = 'colours: {brand: "#154273"}\n  logo: logo.svg'
    instance = branded(tmp_path, text, logo__svg=SVG.replace("#cc0000", logo))
    images = {image.name: opened(image.data).convert("RGBA") for image in image_files(instance)}
    assert images["logo_email"].getpixel((399, 0)) == (*behind, 255)
    assert images["favicon"].getpixel((0, 0))[3] == 0


def test_an_icon_goes_where_there_is_little_room(tmp_path: Path) -> None:
    blue = SVG.replace("#cc0000", "#0000cc").replace("300", "100")
    instance = branded(tmp_path, "logo: logo.svg\n  icon: icoon.svg", logo__svg=SVG, icoon__svg=blue)
    images = {image.name: opened(image.data).convert("RGB") for image in image_files(instance)}
    assert images["favicon"].getpixel((8, 8)) == (0, 0, 204)
    assert images["logo_email"].getpixel((20, 40)) == RED
    origins = {item.name: item.origin for item in image_objects(instance)[0]}
    assert (origins["favicon"], origins["logo_email"]) == (("branding", "icon"), ("branding", "logo"))


def test_the_same_logo_gives_the_same_images(tmp_path: Path) -> None:
    instance = branded(tmp_path, "logo: logo.svg", logo__svg=SVG)
    before = [image.md5 for image in image_files(instance)]
    framed.cache_clear()
    assert [image.md5 for image in image_files(instance)] == before


def test_objects_and_files_agree(tmp_path: Path) -> None:
    objects, files = image_objects(branded(tmp_path, "logo: logo.svg", logo__svg=SVG))
    assert {item.fields["file"] for item in objects} == set(files)
    assert {item.key for item in objects} == {f"image {name}" for name in CONSUL_IMAGES}
    assert image_objects(branded(tmp_path, "accept_contrast: x")) == ([], {})


def test_what_networks_and_browsers_ask_for_by_address(tmp_path: Path) -> None:
    instance = branded(tmp_path, "logo: logo.svg", logo__svg=SVG)
    made = {file.address: opened(file.make()) for file in brand_files(instance) if file.address}
    assert made["/social_media_icon.png"].size == (1200, 630)
    assert sorted(made["/favicon.ico"].info["sizes"]) == [(16, 16), (32, 32), (48, 48)]
    assert set(brand_places(instance)) == set(made)


def test_a_logo_that_cannot_be_drawn_is_a_sentence(tmp_path: Path) -> None:
    instance = branded(tmp_path, "logo: logo.svg", logo__svg='<svg width="0" height="0"/>')
    with pytest.raises(InputError, match=r"logo\.svg: cannot be read as an image"):
        image_files(instance)


def test_a_drawing_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("it goes to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    (tmp_path / "secret.png").write_bytes(png(300, 100))
    for target in ("https://elsewhere.example/x.png", f"file://{tmp_path}/secret.png"):
        text = SVG.replace("<rect", f'<image href="{target}" width="300" height="100"/><rect x="400"')
        (tmp_path / "logo.svg").write_text(text)
        framed.cache_clear()
        image = opened(framed(tmp_path / "logo.svg", Frame(300, 100))).convert("RGB")
        assert image.getpixel((150, 50)) == (255, 255, 255)


def test_without_its_library_an_svg_is_refused_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name == "cairosvg":
            raise OSError("no library called cairo")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    framed.cache_clear()
    with pytest.raises(InputError, match="apt-get install libcairo2"):
        image_files(branded(tmp_path, "logo: logo.svg", logo__svg=SVG))


def test_only_svg_and_png_are_taken(tmp_path: Path) -> None:
    (tmp_path / "logo.gif").write_bytes(b"GIF89a")
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}branding: {{logo: logo.gif}}\n")).problems
    assert "is neither SVG nor PNG" in problem.message


# --- fonts


def fonts(folder: Path, more: str = "", content: bytes = b"", languages: str = "") -> Instance:
    (folder / "zee.ttf").write_bytes(content or ttf())
    text = MINIMAL.replace("  domain:", f"  languages: [{languages}]\n  domain:") if languages else MINIMAL
    text += f"branding: {{fonts: [{{file: zee.ttf, licence: OFL-1.1{more}}}]}}\n"
    return load(write(folder, text)).instance


def test_a_font_becomes_a_woff2_with_the_letters_of_the_sites_languages(tmp_path: Path) -> None:
    (font,) = (file for file in brand_files(fonts(tmp_path)) if file.name.endswith(".woff2"))
    made = TTFont(io.BytesIO(font.make()))
    assert made.flavor == "woff2"
    assert {chr(code) for code in made.getBestCmap()} == set("aàé€")
    assert "Gemeente Zee" in {str(record) for record in made["name"].names}
    assert font.make() == font.make()


def test_a_site_in_other_letters_keeps_them(tmp_path: Path) -> None:
    (font,) = (file for file in brand_files(fonts(tmp_path, languages="nl, uk-UA")) if file.name.endswith(".woff2"))
    assert ord("ж") in TTFont(io.BytesIO(font.make())).getBestCmap()


def test_another_font_has_another_address(tmp_path: Path) -> None:
    before = {file.name for file in brand_files(fonts(tmp_path))}
    assert not before & {file.name for file in brand_files(fonts(tmp_path, content=ttf(letters="ab")))}


def test_a_font_that_may_not_be_used_on_a_website_is_refused(tmp_path: Path) -> None:
    instance = fonts(tmp_path, content=ttf(restricted=True))
    (font,) = (file for file in brand_files(instance) if file.name.endswith(".woff2"))
    with pytest.raises(InputError, match="may not be used on a website"):
        font.make()


def test_a_font_without_licence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zee.ttf").write_bytes(ttf())
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}branding: {{fonts: [{{file: zee.ttf}}]}}\n")).problems
    assert problem.key == "branding.fonts[0].licence"


def test_half_a_font_is_told_before_it_has_to_be_used(tmp_path: Path) -> None:
    packed = io.BytesIO()
    whole = TTFont(io.BytesIO(ttf()))
    whole.flavor = "woff2"
    whole.save(packed)
    for content in (ttf(), packed.getvalue()):
        for part, said in (
            (content, []),
            (content[: len(content) // 2], ["is not whole"]),
            (b"OTTO", ["is not whole"]),
        ):
            (tmp_path / "zee.ttf").write_bytes(part)
            text = f"{MINIMAL}branding: {{fonts: [{{file: zee.ttf, licence: OFL-1.1}}]}}\n"
            problems = inspect(write(tmp_path, text)).problems
            assert [problem.message.partition(" is not whole")[1].strip() for problem in problems] == said


def test_a_broken_font_is_a_sentence(tmp_path: Path) -> None:
    for content in (b"wOF2" + bytes(60), b"wOFF" + bytes(60), b"OTTO\0\1" + bytes(60)):
        with pytest.raises(InputError, match=r"zee\.ttf: cannot be read as a font"):
            [file.make() for file in brand_files(fonts(tmp_path, content=content)) if file.name.endswith(".woff2")]
    garbled = fonts(tmp_path, content=ttf()[:300] + bytes(len(ttf())))
    (font,) = (file for file in brand_files(garbled) if file.name.endswith(".woff2"))
    with pytest.raises(InputError, match=r"zee\.ttf: cannot be read as a font"):
        font.make()


# --- the municipality's own stylesheet


def test_each_declaration_becomes_important_and_no_other() -> None:
    css = important("""
        @charset "utf-8"; a, .b > c { color: red; --x: 1px; & d { margin: 0 !important } }
        @media (width > 40em) { e { padding: 0; } }
        @font-face { font-family: Zee; src: url(data:font/woff2;base64,AA) }
        @keyframes turn { from { top: 0 } to { top: 1px } }
    """)
    for kept in ("color: red !important", "--x: 1px !important", "margin: 0 !important;", "padding: 0 !important"):
        assert kept in css
    assert css.count("!important") == 4
    assert "charset" not in css
    assert "top: 0 }" in css
    assert "family: Zee;" in css


@pytest.mark.parametrize(
    "css",
    [
        "@import 'https://elsewhere.example/x.css';",
        "@IMPORT url(x.css);",
        "a { background: url(https://elsewhere.example/x.png) }",
        "a { background: url( '//elsewhere.example/x.png' ) }",
        "a { background: u\\72l(https://elsewhere.example/x.png) }",
        "a { background: image-set('https://elsewhere.example/x.png' 1x) }",
        "a { --x: url(/here.png) }",
        "@media print { a { & b { cursor: url(x.cur) } } }",
        "@font-face { src: url(https://elsewhere.example/x.woff2) }",
    ],
)
def test_nothing_is_loaded_from_elsewhere(tmp_path: Path, css: str) -> None:
    (tmp_path / "eigen.css").write_text(f"a {{ color: red }}\n{css}\n")
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}branding: {{css: eigen.css}}\n")).problems
    assert "line 2 loads" in problem.message


def test_data_and_marks_are_no_loading(tmp_path: Path) -> None:
    css = "a { background: url(data:image/png;base64,AA); mask: url(#vorm); content: 'https://example.org' }"
    assert "url(data:" in stylesheet(branded(tmp_path, "css: eigen.css", eigen__css=css))


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("a { b: " + "(" * 20_000 + ")" * 20_000 + " }", "line 1 has brackets within brackets without end"),
        ("a {" * 5000 + "}" * 5000, "line 1 has brackets within brackets without end"),
        ("a { color: red }\nb { color: blue", "line 2 ends within a rule, a text or a comment"),
        ("a { color: red }\n/* b", "line 2 ends within a rule, a text or a comment"),
        ("a { color: red }\nb { mask: url(a b) }", "line 2 is not CSS"),
    ],
)
def test_a_stylesheet_that_is_cut_off_or_without_end(tmp_path: Path, css: str, said: str) -> None:
    (tmp_path / "eigen.css").write_text(css)
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}branding: {{css: eigen.css}}\n")).problems
    assert said in problem.message


def test_a_mark_of_byte_order_is_no_part_of_a_stylesheet(tmp_path: Path) -> None:
    css = stylesheet(branded(tmp_path, "css: eigen.css", eigen__css="\ufeffa { color: red }"))
    assert "a { color: red !important" in css
    assert "\ufeff" not in css


def test_what_is_no_css_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "eigen.css").write_text("a { color: red }\n\nb { color: blue }\nc")
    (problem,) = inspect(write(tmp_path, f"{MINIMAL}branding: {{css: eigen.css}}\n")).problems
    assert "line 4 is not CSS" in problem.message


# --- the whole, in a browser


PAGE = """<!DOCTYPE html><html><head><style>
  :root { --brand: #004a83 }
  html body.public main .deep .deeper h2.title { color: #111111; }
  body { font-family: "Source Sans Pro", sans-serif !important; }
  .button { background: var(--brand); color: var(--brand-contrast, #fdfdfd); }
  a:focus { outline: 3px solid #ffbf47; } .card a:focus { outline: none; }
  .footer a:hover { color: #515151 }
  .banner { background: #333; color: #eeeeee }
  %s
</style>%s</head><body class="public">
<main class="public-content"><h2 id="plain">Kop</h2>
<div class="deep"><div class="deeper"><h2 class="title">Kop</h2></div></div>
<div class="banner"><h2 id="on-banner">Kop</h2></div>
<a id="link" href="#x">Link</a><a class="button" id="button" href="#y">Knop</a>
<div class="card"><a id="in-card" href="#z">z</a></div>
</main></body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("chromium is not on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium.new_page()
        chromium.close()


def computed(page: Any, selector: str, name: str) -> str:
    element = page.locator(selector)
    return str(element.evaluate(f"element => getComputedStyle(element).getPropertyValue({name!r})"))


def show(page: Any, instance: Instance, *, ours_first: bool = False) -> None:
    head = head_html(instance).partition("<link")[0]
    css = stylesheet(instance)
    page.set_content(PAGE % (("", f"{head}<style>{css}</style>") if not ours_first else (css, head)))
    if ours_first:
        page.evaluate("""() => { const [first] = document.querySelectorAll('style'); const all = first.textContent;
            const at = all.indexOf('@layer'); const ours = document.createElement('style');
            ours.textContent = all.slice(at); first.textContent = all.slice(0, at); first.before(ours); }""")


COLOURS = 'colours: {brand: "#154273", button: "#7a1f3d", heading: "#0b6e4f", focus: "#ffdd00"}'


@pytest.mark.parametrize("ours_first", [False, True])
def test_own_rules_win_over_all_others_in_whatever_order(tmp_path: Path, browser: Any, ours_first: bool) -> None:
    css = "h2 { color: #123456 } body { font-family: monospace } .button { background: #abcdef !important }"
    show(browser, branded(tmp_path, f"{COLOURS}\n  css: eigen.css", eigen__css=css), ours_first=ours_first)
    assert computed(browser, "h2.title", "color") == "rgb(18, 52, 86)"
    assert computed(browser, "#plain", "color") == "rgb(18, 52, 86)"
    assert computed(browser, "body", "font-family") == "monospace"
    assert computed(browser, "#button", "background-color") == "rgb(171, 205, 239)"


def test_each_colour_reaches_its_place(tmp_path: Path, browser: Any) -> None:
    show(browser, branded(tmp_path, COLOURS))
    assert computed(browser, "#plain", "color") == computed(browser, "h2.title", "color") == "rgb(11, 110, 79)"
    assert computed(browser, "#on-banner", "color") == "rgb(238, 238, 238)"
    assert computed(browser, "#button", "background-color") == "rgb(122, 31, 61)"
    assert computed(browser, "#button", "color") == "rgb(255, 255, 255)"


def test_the_ring_has_its_colours_and_consuls_exceptions_stay(tmp_path: Path, browser: Any) -> None:
    show(browser, branded(tmp_path, COLOURS))
    browser.keyboard.press("Tab")
    assert computed(browser, "#link", "outline-color") == "rgb(255, 221, 0)"
    assert "rgb(21, 66, 115)" in computed(browser, "#link", "box-shadow")
    browser.keyboard.press("Tab")
    browser.keyboard.press("Tab")
    assert browser.evaluate("document.activeElement.id") == "in-card"
    assert computed(browser, "#in-card", "outline-style") == "none"


def test_a_font_is_used_for_all_text(tmp_path: Path, browser: Any) -> None:
    (tmp_path / "zee.ttf").write_bytes(ttf())
    instance = branded(tmp_path, "fonts: [{file: zee.ttf, licence: OFL-1.1}]")
    show(browser, instance)
    for place in ("body", "#plain", "#button"):
        assert computed(browser, place, "font-family").startswith("Huisstijl,")


def test_no_house_style_leaves_consul_as_it_is(tmp_path: Path) -> None:
    instance = load(write(tmp_path)).instance
    assert (head_html(instance), brand_files(instance), stylesheet(instance)) == ("", [], "")


def test_the_page_names_the_stylesheet_by_what_is_in_it(tmp_path: Path) -> None:
    before = branded(tmp_path, "css: eigen.css", eigen__css="a { color: red }")
    (file,) = brand_files(before)
    assert f'<link rel="stylesheet" href="/huisstijl/{file.name}">' in head_html(before)
    after = branded(tmp_path, "css: eigen.css", eigen__css="a { color: blue }")
    assert file.name not in head_html(after)


def test_a_name_cannot_leave_its_place(tmp_path: Path) -> None:
    text = MINIMAL.replace("Voorbeeldgemeente", "'Zee \"><script>'") + "branding: {logo: logo.svg}\n"
    (tmp_path / "logo.svg").write_text(SVG)
    assert "<script>" not in head_html(load(write(tmp_path, text)).instance)
