"""A key that has another name now is refused with that name, and `migrate-file` rewrites it without losing anything.

No key has been renamed yet: the table is the test's.
"""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, write

from ddconsul.commands import main
from ddconsul.instance import renamed, shape
from ddconsul.instance.loader import inspect
from ddconsul.instance.renamed import RENAMED, Renamed

TABLE = (
    Renamed("municipality.title", "municipality.name", "2.0.0"),
    Renamed("administrators.mail", "administrators.email", "2.0.0"),
    Renamed("target.sender", "mail.from", "2.1.0"),
    Renamed("modules.forum", "", "2.1.0", "Consul has no forum any more: remove it."),
)
OLD = """\
# Van ons.
municipality:
  # De naam.
  title:   Voorbeeldgemeente   # zo heten wij
  domain: participatie.example.org

target: { type: container }  # hier
administrators:
  - name: Beheerder
    # Waarmee zij inlogt.
    "mail": 'beheer@example.org'
  - {name: "Tweede", mail: twee@example.org}
"""
NEW = OLD.replace("title:", "name:").replace('"mail":', "email:").replace("mail: twee", "email: twee")


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", TABLE)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["migrate-file", *map(str, arguments)])


def test_the_products_own_table_names_keys_that_are_there_and_none_that_is() -> None:
    for change in RENAMED:
        assert shape.field_at(tuple(change.old.split("."))) is None
        assert not change.new or shape.field_at(tuple(change.new.split("."))) is not None
        assert change.new or change.why


def test_an_old_key_is_refused_with_its_new_name_and_nothing_else_is_said_of_it(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, OLD)).problems
    assert [(problem.line, problem.column, problem.key, problem.rule) for problem in found] == [
        (4, 3, "municipality.title", "retired-key"),
        (11, 5, "administrators[0].mail", "retired-key"),
        (12, 22, "administrators[1].mail", "retired-key"),
    ]
    assert "is called municipality.name since ddconsul 2.0.0" in found[0].message
    assert f"ddconsul migrate-file {tmp_path / 'gemeente.yml'}" in found[0].todo


def test_other_mistakes_are_told_beside_it(tmp_path: Path) -> None:
    text = OLD.replace("domain: participatie", "domain: https://participatie")
    assert {problem.key for problem in inspect(write(tmp_path, text)).problems} >= {
        "municipality.title", "municipality.domain"
    }  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_only_the_names_change(tmp_path: Path, end: str, mark: bytes) -> None:
    file = write(tmp_path)
    file.write_bytes(mark + OLD.replace("\n", end).encode())
    file.chmod(0o640)
    result = call(file)
    assert result.exit_code == 0, result.output
    assert file.read_bytes() == mark + NEW.replace("\n", end).encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert f"{file}:4: municipality.title is now municipality.name" in result.stdout
    assert not inspect(file).problems
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".gem")) == []


def test_a_key_moves_to_another_section_with_its_own_comment_alone(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "container\n",
        "container\n  # Van wie.\n  sender: post@example.org # en niet anders\n  # De naam.\n  site: zee\n",
    )
    file = write(tmp_path, text)
    assert call(file).exit_code == 0
    after = file.read_text()
    assert re.search(r"^mail:\n  from: post@example.org +# en niet anders\n", after, re.MULTILINE)
    assert "  # De naam.\n  site: zee\n" in after
    found = inspect(file).known
    assert found is not None
    assert (found.mail.sender, found.site) == ("post@example.org", "zee")


def test_check_writes_nothing_and_shows_the_difference(tmp_path: Path) -> None:
    file = write(tmp_path, OLD)
    result = call(file, "--check")
    assert result.exit_code == 2
    assert file.read_text() == OLD
    assert "+  name:   Voorbeeldgemeente   # zo heten wij" in result.stdout
    call(file)
    assert call(file, "--check").exit_code == 0


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    file = write(tmp_path, OLD)
    call(file)
    before = file.stat().st_mtime_ns
    result = call(file)
    assert result.exit_code == 0
    assert "nothing to do" in result.stdout
    assert file.stat().st_mtime_ns == before


def test_both_names_at_once_are_refused(tmp_path: Path) -> None:
    text = OLD.replace("  domain:", "  name: Andere\n  domain:")
    result = call(write(tmp_path, text))
    assert result.exit_code == 2
    assert "keep one of the two" in result.stderr
    assert (tmp_path / "gemeente.yml").read_text() == text


def test_a_key_without_a_successor_is_left_to_its_owner(tmp_path: Path) -> None:
    text = OLD + "modules:\n  forum: on\n"
    file = write(tmp_path, text)
    problem = inspect(file).problems[-1]
    assert (problem.key, problem.message) == ("modules.forum", "is gone since ddconsul 2.1.0")
    assert "migrate-file" not in problem.todo
    result = call(file)
    assert result.exit_code == 2
    assert "remove it" in result.stdout
    assert file.read_text() == NEW + "modules:\n  forum: on\n"


def test_a_file_that_is_no_yaml_is_left_alone(tmp_path: Path) -> None:
    text = OLD + "  x: y: z\n"
    assert call(write(tmp_path, text)).exit_code == 2
    assert (tmp_path / "gemeente.yml").read_text() == text


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path, OLD).rename(tmp_path / "echt.yml")
    (tmp_path / "gemeente.yml").symlink_to("echt.yml")
    assert call(tmp_path / "gemeente.yml").exit_code == 0
    assert (tmp_path / "gemeente.yml").is_symlink()
    assert (tmp_path / "echt.yml").read_text() == NEW


def test_in_json(tmp_path: Path) -> None:
    shown = json.loads(call(write(tmp_path, OLD), "--json").stdout)
    assert shown["written"]
    assert shown["changes"][0] == {"line": 4, "old": "municipality.title", "new": "municipality.name"}
    assert shown["left"] == []
