"""Letters with a code: what stands on them, what is kept, and what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from files import MINIMAL, instance, write
from ruamel.yaml import YAML

from ddconsul import assets
from ddconsul.commands import main
from ddconsul.instance.loader import load
from ddconsul.operations.letter_addresses import Address
from ddconsul.operations.letter_codes import ALPHABET, codes_of, grouped, is_code, new_code, new_codes
from ddconsul.operations.letter_sheets import rendered
from ddconsul.secrets import SecretFiles
from ddconsul.translate.state import state_document
from ddconsul.translate.vars import Material, deploy_variables

if TYPE_CHECKING:
    from click.testing import Result

LETTERS = f"""{MINIMAL}# Wie meedoet
participation:
  verification: letters # codes
  postcodes: ["9711-9747"]
"""
ADDRESSES = """\
Straat;Huisnummer;Huisletter;Toevoeging;Postcode;Plaats
Dorpsstraat;1;;;9711 ab;Duinbeek
Dorpsstraat;2;a;bis;9711AB;Duinbeek

Kerkplein;3;;;9712 XY;'s-Duin & Beek
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A municipality's folder, with addresses beside the file."""
    write(tmp_path, LETTERS)
    (tmp_path / "adressen.csv").write_text(ADDRESSES)
    monkeypatch.chdir(tmp_path)
    # Whatever the test's own folder is in.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def make(*more: str) -> Result:
    return CliRunner().invoke(main, ["letters", "make", "--addresses", "adressen.csv", *more])


def codes(folder: Path) -> dict[str, str]:
    """The codes with their postcodes, as who has the secrets can read them."""
    file = folder / "gemeente.yml"
    return codes_of(load(file).instance.participation.codes, SecretFiles.beside(file, {}).load()["letters_key"])


# --- codes ------------------------------------------------------------------------------------------------


def test_codes_are_random_different_and_legible() -> None:
    made = new_codes(3000, ())
    assert len(set(made)) == 3000
    assert not set("".join(made)) & set("0O1IL2Z5S8BUAI")
    # The letters come about as often: 1 in 23, over 33 thousand.
    counts = Counter("".join(code[:-1] for code in made))
    assert len(counts) == len(ALPHABET)
    assert max(counts.values()) < 1.3 * min(counts.values())


def test_a_code_that_is_taken_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = new_code()
    other = next(code for code in iter(new_code, "") if code != taken)
    coming = iter([taken, other, other, taken, new_code()])
    monkeypatch.setattr("ddconsul.operations.letter_codes.new_code", lambda: next(coming))
    made = new_codes(2, [taken])
    assert made[0] == other
    assert len({*made, taken}) == 3


def test_the_last_character_tells_a_slip_of_the_pen() -> None:
    code = new_code()
    assert is_code(code)
    for place, letter in product(range(len(code)), ALPHABET):
        slip = code[:place] + letter + code[place + 1 :]
        assert is_code(slip) == (slip == code)
    for one, two in combinations(range(len(code)), 2):
        letters = list(code)
        letters[one], letters[two] = letters[two], letters[one]
        assert is_code("".join(letters)) == ("".join(letters) == code)
    assert not is_code(code[:-1])
    assert not is_code(code.lower())


def test_consul_knows_the_same_letters() -> None:
    ruby = (assets.roles() / "consul_build/templates/residence.rb").read_text()
    assert f'ALPHABET = "{ALPHABET}"' in ruby


# --- making ------------------------------------------------------------------------------------------------


def test_letters_are_made_and_their_codes_stand_in_clear_nowhere_else(folder: Path) -> None:
    result = make()
    assert result.exit_code == 0, result.output
    assert (folder / "brieven.pdf").read_bytes().startswith(b"%PDF-")
    assert (folder / "brieven.pdf").stat().st_mode & 0o777 == 0o600
    known = codes(folder)
    assert sorted(known.values()) == ["9711AB", "9711AB", "9712XY"]
    assert all(map(is_code, known))
    written = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".pdf")
    shown = result.output.encode()
    assert not [code for code in known if code.encode() in written + shown or grouped(code).encode() in written + shown]
    # And nobody can tell which address has which code, or has had one.
    assert b"Dorpsstraat" not in (folder / "gemeente.codes.yml").read_bytes()


def test_the_file_says_where_the_codes_are_and_keeps_its_comments(folder: Path) -> None:
    make()
    text = (folder / "gemeente.yml").read_text()
    assert text == f"{LETTERS}  codes: gemeente.codes.yml\n"
    assert CliRunner().invoke(main, ["validate"]).exit_code == 0


def test_codes_go_into_consuls_census(folder: Path) -> None:
    make()
    made = load(folder / "gemeente.yml").instance
    document = state_document(made)
    (census,) = [item for item in document["objects"] if item["kind"] == "census"]
    checksum = census["fields"]["file"]
    assert census["key"] == "census letters"
    assert document["files"][checksum]["path"].endswith(".csv")
    (content,) = deploy_variables(made, Material("a", "b"), "localhost")["consul_site_content"]
    assert content["checksum"] == checksum
    assert content["vault"].startswith("$ANSIBLE_VAULT;1.1;AES256\n")
    assert "src" not in content


def test_the_role_decrypts_what_goes_to_the_host(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    made = load(folder / "gemeente.yml").instance
    # As our own runs have it (ansible/command.py): a text that Ansible takes for true.
    monkeypatch.setattr("ansible.constants.DEFAULT_VAULT_ID_MATCH", "False")
    from ansible.plugins.filter.encryption import do_unvault

    key = SecretFiles.beside(folder / "gemeente.yml", {}).load()["letters_key"]
    task = (assets.roles() / "consul_site/tasks/content_files.yml").read_text()
    assert "unvault(consul_site_letters_key, 'default')" in task
    text = do_unvault(made.participation.codes.vault, key, "default")
    rows = text.splitlines()
    assert rows[0] == "document_type,document_number,date_of_birth,postal_code"
    assert sorted(row.split(",")[1] for row in rows[1:]) == sorted(codes(folder))
    assert {(row.split(",")[0], row.split(",")[2]) for row in rows[1:]} == {("3", "1900-01-01")}


def test_more_letters_leave_the_first_ones_as_they_are(folder: Path) -> None:
    make()
    before = codes(folder)
    (folder / "adressen.csv").write_text("adres,postcode,plaats\nKerkplein 4,9712XY,Duinbeek\n")
    result = make("--out", "meer.pdf", "--json")
    assert json.loads(result.stdout) == {
        "letters": "meer.pdf",
        "count": 1,
        "codes": str(folder / "gemeente.codes.yml"),
        "total": 4,
        "changed": None,
    }
    after = codes(folder)
    assert len(after) == 4
    assert before.items() <= after.items()


def test_secrets_with_another_vault_password_still_open_the_codes(folder: Path) -> None:
    make()
    before = codes(folder)
    assert CliRunner().invoke(main, ["secrets", "rekey"]).exit_code == 0
    assert codes(folder) == before


# --- what is refused ----------------------------------------------------------------------------------------


def refused(folder: Path, *more: str) -> str:
    """Make letters, see that it is refused with a sentence and that nothing was made, and return the sentence."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    result = make(*more)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    return result.stderr


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        ("naam;straat\nX;Y\n", "has no column with postcodes"),
        ("", "has no column with postcodes"),
        ("adres,postcode\n", "there is no address in it"),
        ("adres,postcode\nKerkplein 1,97121\n", "line 2 has no postcode such as 1234 AB: “97121”"),
        ("adres,postcode\nKerkplein 1,1234AB\n", "line 2 has 1234AB, which is none of participation.postcodes"),
        ("adres,postcode\n,9712AB\n", "line 2 has no street"),
        ("straat,huisnummer,postcode\nKerkplein,,9712AB\n", "line 2 has no number of a house"),
        ("adres,postcode\nKerkplein 1,9712AB\nkerkplein  1,9712 ab\n", "line 3 is the address of line 2 once more"),
        ("adres,postcode\n" + "x,y\n" * 9, "(4 more)"),
    ],
)
def test_addresses_that_are_not_right(folder: Path, addresses: str, said: str) -> None:
    (folder / "adressen.csv").write_text(addresses)
    assert said in refused(folder)


def test_addresses_that_are_not_there_or_no_text(folder: Path) -> None:
    (folder / "adressen.csv").write_bytes(b"adres,postcode\nCaf\xe9 1,9712AB\n")
    assert "is not UTF-8" in refused(folder)
    (folder / "adressen.csv").unlink()
    assert "cannot be read" in refused(folder)


def test_an_address_gets_no_second_letter(folder: Path) -> None:
    make()
    (folder / "adressen.csv").write_text(ADDRESSES.replace("Dorpsstraat;1", "DORPSSTRAAT ;1"))
    assert "has 3 addresses that have had a letter, such as DORPSSTRAAT 1" in refused(folder, "--out", "meer.pdf")


def test_another_verification_has_no_letters(folder: Path) -> None:
    (folder / "gemeente.yml").write_text(LETTERS.replace("letters #", "postcodes #"))
    assert "the site would ask nobody for a code" in refused(folder)


def test_letters_that_are_there_are_not_lost(folder: Path) -> None:
    (folder / "brieven.pdf").write_text("brieven")
    assert "is there already" in refused(folder)


def test_codes_that_the_file_does_not_name_are_not_lost(folder: Path) -> None:
    make()
    (folder / "gemeente.yml").write_text(LETTERS)
    (folder / "adressen.csv").write_text("adres,postcode\nKerkplein 4,9712XY\n")
    assert "gemeente.yml does not name it" in refused(folder, "--out", "meer.pdf")


def test_codes_without_their_key_are_not_added_to(folder: Path) -> None:
    make()
    (folder / "gemeente.secrets.yml").unlink()
    assert "has no letters_key" in refused(folder, "--out", "meer.pdf")


def test_codes_that_were_changed_are_told(folder: Path) -> None:
    make()
    file = folder / "gemeente.codes.yml"
    file.write_text(re.sub(r"checksum: \S+", "checksum: AAAAAAAAAAAAAAAAAAAAAA==", file.read_text()))
    (folder / "adressen.csv").write_text("adres,postcode\nKerkplein 4,9712XY\n")
    assert "holds other codes than it says" in refused(folder, "--out", "meer.pdf")
    file.write_text("letters: 3\n")
    assert "holds no codes of letters" in refused(folder, "--out", "meer.pdf")


def test_letters_do_not_go_into_version_control(folder: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True, env={**os.environ, "HOME": str(folder)})
    assert "would go into version control" in refused(folder)
    (folder / ".gitignore").write_text("*.pdf\n")
    assert make().exit_code == 0


# --- what stands on them -------------------------------------------------------------------------------------


def test_a_text_of_the_municipality_s_own(folder: Path) -> None:
    assert CliRunner().invoke(main, ["letters", "template"]).exit_code == 0
    own = (folder / "brief.html").read_text()
    assert "Uw code om mee te doen" in own
    (folder / "brief.html").write_text(own.replace("Uw code", "Uw eigen code"))
    assert make("--template", "brief.html").exit_code == 0
    assert CliRunner().invoke(main, ["letters", "template"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html>$code</html>", "has no <body>"),
        ("<html><body>Hallo</body></html>", "has no $code"),
        ("<html><body>$code $naam</body></html>", "asks for $naam"),
        ("<html><body>$code $ 5</body></html>", "has a $ that is no name"),
    ],
)
def test_a_text_that_is_not_right(folder: Path, text: str, said: str) -> None:
    (folder / "brief.html").write_text(text)
    assert said in refused(folder, "--template", "brief.html")


def test_what_a_letter_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[str] = []
    monkeypatch.setattr("ddconsul.operations.letter_sheets._pdf", lambda html, _: laid_out.append(html) or b"")
    address = Address("", "Kerkplein 3", "9712 XY 'S-DUIN & BEEK", "9712XY")
    named = Address("J. <Jansen>", "Kerkplein 4", "9712 XY DUIN", "9712XY")
    text = (assets.templates() / "letters/brief.html").read_text()
    rendered(load(folder / "gemeente.yml").instance, {"CDEF": address, "GHJK": named}, text)
    (html,) = laid_out
    first, second = re.findall("<article>.*?</article>", html, re.DOTALL)
    assert "Aan de bewoners van<br>Kerkplein 3<br>9712 XY &#x27;S-DUIN &amp; BEEK" in first
    assert "J. &lt;Jansen&gt;<br>Kerkplein 4" in second
    assert "bewoners van" not in second
    assert "participatie.example.org/residence/new" in first
    assert "van 16 jaar of ouder" in " ".join(first.split())
    assert first.count("data:image/png") == 1
    assert "GHJK" not in first


def test_the_square_leads_to_the_page_with_the_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import segno

    seen: list[str] = []
    real = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **more: seen.append(text) or real(text, **more))
    text = "<html><body>$qr $code</body></html>"
    made = instance(tmp_path, LETTERS)
    rendered(made, {"CDEFGHJKMNPQ": Address("", "Kerkplein 3", "9712 XY DUIN", "9712XY")}, text)
    assert seen == ["http://participatie.example.org/residence/new?code=CDEFGHJKMNPQ"]


def test_a_letter_fetches_nothing_from_elsewhere(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "brief.html").write_text(
        '<html><body>$code <img src="http://127.0.0.1:9/x.png"><img src="logo.png"></body></html>'
    )
    (folder / "logo.png").write_bytes(b"x")
    assert make("--template", "brief.html").exit_code == 0
    assert "disallowed protocol" in caplog.text


@pytest.mark.usefixtures("folder")
def test_what_became_of_letters_without_a_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ddconsul.operations.looking.ContainerTarget.running", lambda _: False)
    make()
    shown = CliRunner().invoke(main, ["letters", "status", "--json"])
    assert json.loads(shown.stdout) == {"letters": 3, "known": None, "used": None}
    assert "Letters made: 3." in CliRunner().invoke(main, ["letters", "status"]).stdout


def test_the_codes_file_is_yaml_as_well(folder: Path) -> None:
    make()
    found = YAML(typ="safe").load(folder / "gemeente.codes.yml")
    assert found["letters"] == 3
    assert found["codes"].startswith("$ANSIBLE_VAULT")
