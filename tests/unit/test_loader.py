"""Every problem in a municipality file is said at its place, with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from coloraide import Color
from files import MINIMAL, PAGES, SERVER, instance, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddconsul.instance import shape
from ddconsul.instance.kinds.contrast import contrast
from ddconsul.instance.loader import load
from ddconsul.instance.problems import InvalidFileError
from ddconsul.instance.words import _DUTCH


def problems(folder: Path, text: str | bytes) -> list[str]:
    file = write(folder)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InvalidFileError) as caught:
        load(file)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def edited(old: str, new: str, text: str = MINIMAL) -> str:
    assert old in text
    return text.replace(old, new, 1)


# (what is wrong, the file, where it is, words that the message must have)
WRONG = [
    ("unknown section", MINIMAL + "brending: {}\n", "9:1: brending", "Did you mean branding?"),
    ("unknown key", edited("  domain:", "  domein:"), "3:3: municipality.domein", "Did you mean domain?"),
    ("missing key", edited("  domain: participatie.example.org\n", ""), "1:1: municipality.domain", "is missing"),
    ("missing section", edited("target:\n  type: container\n", ""), "1:1: target", "is missing"),
    (
        "key of another target",
        edited("container", "container\n  host: a.b"),
        "6:3: target.host",
        "target (type ssh).host",
    ),
    ("ssh without host", edited("container", "ssh"), "4:1: target.host", "Add host: under target"),
    ("no type", edited("type: container", "site: x"), "4:1: target", "has no type"),
    ("wrong type", edited("type: container", "type: docker"), '5:9: target.type "docker"', "Choose container"),
    ("number for text", edited("Voorbeeldgemeente", "2025"), "2:9: municipality.name 2025", "in quotes"),
    ("empty text", edited("Voorbeeldgemeente", '" "'), "2:9: municipality.name", "is empty"),
    ("nothing for text", edited(" Voorbeeldgemeente", ""), "2:3: municipality.name", "has no value"),
    ("list for text", edited("Voorbeeldgemeente", "[a]"), "2:9: municipality.name", "is not a text"),
    ("text for section", edited("\n  type: container", " container"), '4:9: target "container"', "is not a section"),
    ("text for list", MINIMAL + "network: {extra_ca: a.pem}\n", '9:21: network.extra_ca "a.pem"', "is not a list"),
    (
        "empty list",
        edited("\n  - name: Beheerder\n    email: beheer@example.org", " []"),
        "6:17: administrators",
        "is empty",
    ),
    ("URL for domain", edited("participatie", "https://participatie"), "3:11: municipality.domain", "is an address"),
    ("port in domain", edited("example.org", "example.org:80"), "3:11: municipality.domain", "is an address"),
    ("domain without dot", edited("participatie.example.org", "gemeente"), "3:11: municipality.domain", "not a domain"),
    ("underscore in domain", edited("participatie.", "mijn_stad."), "3:11: municipality.domain", "not a domain"),
    ("IP for domain", edited("participatie.example.org", "192.0.2.1"), "3:11: municipality.domain", "IP address"),
    ("accent in domain", edited("participatie.", "één."), "3:11: municipality.domain", "xn--n-9faa.example.org"),
    ("e-mail without at", edited("beheer@example.org", "beheer"), "8:12: administrators[0].email", "not an e-mail"),
    ("e-mail without dot", edited("beheer@example.org", "a@b"), "8:12: administrators[0].email", "not an e-mail"),
    ("code without quotes", edited("name: V", "code: 0014\n  name: V"), "2:9: municipality.code 0014", '"0014"'),
    (
        "language",
        edited("name: V", "languages: [nl, fy]\n  name: V"),
        '2:19: municipality.languages[1] "fy"',
        "Choose one of ar",
    ),
    ("language twice", edited("name: V", "languages: [nl, nl]\n  name: V"), "2:14: municipality.languages", "twice"),
    ("time zone", edited("name: V", "time_zone: Amsterdam\n  name: V"), "2:14: municipality.time_zone", "Europe/"),
    ("site with capital", edited("container", "container\n  site: Zee"), '6:9: target.site "Zee"', "small letter"),
    ("name without letters", edited("Voorbeeldgemeente", '"2025"'), "2:9: municipality.name", "target.site"),
    ("port too high", edited("container", "container\n  http_port: 70000"), "6:14: target.http_port 70000", "65535"),
    ("port as text", edited("container", 'container\n  http_port: "80"'), "6:14: target.http_port", "whole number"),
    ("version as number", MINIMAL + "consul: {version: 2.5}\n", "9:19: consul.version 2.5", "in quotes"),
    ("version of two", MINIMAL + 'consul: {version: "2.5"}\n', '9:19: consul.version "2.5"', "Three numbers"),
    ("source not there", MINIMAL + "consul: {source: weg}\n", '9:18: consul.source "weg"', "does not exist"),
    ("source of odd kind", MINIMAL + "consul: {source: 'ext::sh'}\n", "9:18: consul.source", "does not exist"),
    ("folder not there", MINIMAL + "consul: {overlay: weg}\n", '9:19: consul.overlay "weg"', "does not exist"),
    ("file for folder", MINIMAL + "consul: {overlay: ca.pem}\n", "9:19: consul.overlay", "is not a folder"),
    ("mirror", MINIMAL + "consul: {npm_mirror: npm.example.org}\n", "9:22: consul.npm_mirror", "is not a URL"),
    (
        "colour eaten",
        MINIMAL + "branding:\n  colours:\n    brand: #154273\n",
        "11:5: branding.colours.brand",
        "in quotes",
    ),
    ("colour by name", MINIMAL + "branding: {colours: {brand: red}}\n", "9:29: branding.colours.brand", "#004a83"),
    ("flag", MINIMAL + "modules: {polls: maybe}\n", '9:18: modules.polls "maybe" is not a flag', "on or off"),
    ("flag as number", MINIMAL + "modules: {polls: 1}\n", "9:18: modules.polls 1 is not a flag", "on or off"),
    ("flag empty", MINIMAL + "modules:\n  polls:\n", "10:3: modules.polls has no value", "remove the key"),
    ("smtp without host", MINIMAL + "mail: {smtp: {port: 25}}\n", "9:8: mail.smtp.host", "is missing"),
    ("tls mode", MINIMAL + "tls: {mode: acme}\n", '9:13: tls.mode "acme"', "off or internal or files"),
    ("tls without key", MINIMAL + "tls: {mode: files, certificate: site.pem}\n", "9:13: tls.mode", "no key"),
    (
        "tls with a file too many",
        MINIMAL + "tls: {certificate: site.pem}\n",
        "9:20: tls.certificate",
        "tls.mode is off",
    ),
    ("no certificate", MINIMAL + "network: {extra_ca: [site.key]}\n", "9:22: network.extra_ca[0]", "no certificate"),
    (
        "certificate not there",
        MINIMAL + "network: {extra_ca: [x]}\n",
        '9:22: network.extra_ca[0] "x"',
        "does not exist",
    ),
    ("proxy", MINIMAL + "network: {proxy: proxy}\n", "9:18: network.proxy", "http://"),
    ("option for host", edited("container", 'ssh\n  host: "-oProxyCommand=x"'), "6:9: target.host", "not a host name"),
    ("sudo off", edited("container", "ssh\n  host: a.b\n  user: x\n  sudo: off"), "8:9: target.sudo", "x is not root"),
    ("key twice", MINIMAL + "target:\n  type: local\n", "9:1: target stands there twice", "line 4, column 1"),
    ("key that is a list", MINIMAL + "? [a]\n: b\n", "9:3: has a key that is not a plain name", ""),
    ("tab", MINIMAL + "tls:\n\tmode: off\n", "10:1: is indented with a tab", "spaces"),
    ("colon in text", edited("Voorbeeldgemeente", "Stad: a"), "2:13: has a colon in its text", 'name: "Stad: a"'),
    ("open quote", edited("Voorbeeldgemeente", '"Stad'), "2:9: opens quotes that are not closed", "Close them"),
    ("two documents", MINIMAL + "---\na: b\n", "9:1: is not valid YAML", "---"),
    ("control character", edited("Voorbeeld", "\x07"), "2:9: has a character", "Remove it"),
    ("not UTF-8", MINIMAL.replace("Voorbeeld", "Één").encode("latin-1"), "2:9: has a byte (0xc9)", "UTF-8"),
    ("empty", "", "1:1: is empty", "ddconsul init"),
    ("comments only", "# niets\n", "1:1: is empty", "ddconsul init"),
    ("a list", "- a\n", "1:1: holds no sections", "municipality:"),
    ("refers to itself", "municipality: &a\n  name: *a\n", "refers to itself", "Write it out"),
]


@pytest.mark.parametrize(("text", "place", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_problem_has_a_place_and_says_what_is_allowed(
    tmp_path: Path, text: str | bytes, place: str, words: str
) -> None:
    found = problems(tmp_path, text)
    assert any(place in problem and words in problem for problem in found), "\n".join(found)
    assert all(problem.startswith("gemeente.yml:") for problem in found)


def test_every_word_in_dutch_stands_for_a_key_that_there_is() -> None:
    for dutch, key in _DUTCH.items():
        assert shape.places_of(key), dutch
        assert not shape.places_of(dutch)


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = edited("Voorbeeldgemeente", "1", edited("container", "docker", MINIMAL + "modules: {polls: x, poll: on}\n"))
    found = problems(tmp_path, text)
    assert [line.split(" ")[1] for line in found] == [
        "municipality.name",
        "target.type",
        "modules.polls",
        "modules.poll",
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "weg.yml", "does not exist"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: (folder / "groot.yml", (folder / "groot.yml").write_bytes(b"#" * 250_001))[0], "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_too(tmp_path: Path, make, words: str) -> None:
    with pytest.raises(InvalidFileError, match=words):
        load(make(tmp_path))


def test_many_aliases_do_not_make_a_small_file_large(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert any("too many aliases" in problem for problem in problems(tmp_path, "\n".join(lines)))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load(file).instance.site == "voorbeeldgemeente"


def test_paths_are_looked_up_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, SERVER)
    monkeypatch.chdir("/")
    found = load(tmp_path / "gemeente.yml").instance
    assert found.tls.certificate == tmp_path / "site.pem"
    assert found.consul.source == str(tmp_path / "bron")


def test_flags_mean_what_a_person_expects(tmp_path: Path) -> None:
    modules = instance(tmp_path, SERVER).modules
    assert [bool(getattr(modules, name)) for name in ("debates", "proposals", "polls")] == [True, False, True]
    assert [bool(getattr(modules, name)) for name in ("budgets", "legislation", "sdg")] == [True, False, True]


def test_a_section_with_all_lines_commented_out_is_as_if_left_out(tmp_path: Path) -> None:
    assert instance(tmp_path, MINIMAL + "mail:\n  # smtp: {}\nbranding:\n  colours:\n").mail.smtp is None


def test_sudo_follows_the_user(tmp_path: Path) -> None:
    def target(more: str):
        return instance(tmp_path, PAGES + edited("container", f"ssh\n  host: a.example.org{more}")).target

    assert target("").sudo is False
    assert target("\n  user: beheer").sudo is True
    assert target("\n  sudo: on").sudo is True


def test_what_is_allowed_but_unwise_gets_a_word(tmp_path: Path) -> None:
    text = PAGES + edited("container", "ssh\n  host: a.example.org")
    said = [str(warning) for warning in load(write(tmp_path, text)).warnings]
    assert any("unencrypted" in line for line in said)
    assert any("mail" in line for line in said)
    assert not load(write(tmp_path)).warnings


@given(red=st.integers(0, 255), green=st.integers(0, 255), blue=st.integers(0, 255))
def test_contrast_is_what_a_library_for_colours_says(red: int, green: int, blue: int) -> None:
    colour = f"#{red:02x}{green:02x}{blue:02x}"
    assert contrast(colour, "#ffffff") == pytest.approx(Color(colour).contrast("white", method="wcag21"), rel=1e-3)


@pytest.mark.parametrize(
    ("name", "site"),
    [("'s-Hertogenbosch", "s-hertogenbosch"), ("Súdwest-Fryslân", "sudwest-fryslan"), ("2e Stad", "e-stad"),
     ("De Gemeente met de Lange Naam", "de-gemeente-met-de-l")],
)  # fmt: skip
def test_the_site_is_named_after_the_municipality(tmp_path: Path, name: str, site: str) -> None:
    assert instance(tmp_path, edited("Voorbeeldgemeente", f'"{name}"')).site == site


SECTIONS = sorted({(), ("municipality",), ("municipality", "contact"), ("target",), ("consul",), ("branding",),
            ("branding", "colours"), ("modules",), ("mail",), ("mail", "smtp"), ("tls",), ("network",)})  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: ".".join(section) or "top")
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_misspelt_key_is_refused_at_every_level(
    tmp_path: Path, section: tuple[str, ...], data: st.DataObject
) -> None:
    known = shape.known_keys(section)
    key = data.draw(st.sampled_from(known))
    cut = data.draw(st.integers(0, len(key) - 1))
    wrong = f"{key[:cut]}q{key[cut:]}"
    inside = f"{wrong}: x"
    for name in reversed(section):
        inside = f"{name}: {{{inside}}}"
    found = problems(tmp_path, "{" + inside + "}")
    assert any(".".join((*section, wrong)) in line and "is not a key" in line for line in found), "\n".join(found)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=200) | st.binary(max_size=200))
def test_no_file_at_all_makes_a_traceback(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "gemeente.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidFileError):
        load(file)
