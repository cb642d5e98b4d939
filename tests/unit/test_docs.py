"""What the documents say is there, is there: files, verbs, options, targets of make, keys of the municipality file."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from files import write
from rendering import REPOSITORY

from ddconsul.commands import EXIT_CODES, VERBS, main
from ddconsul.errors import ExitCode
from ddconsul.instance.loader import load

# Hidden folders hold what tools fetched or made.
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    # And texts of pages lead to other pages of a site.
    if not any(part.startswith(".") or part in {"node_modules", "pages"} for part in path.relative_to(REPOSITORY).parts)
)
README = REPOSITORY / "README.md"
FENCED = re.compile(r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?P<place>[^)\s]+)\)")
COMMAND = re.compile(r"^ *(?:\$ )?(?:\.venv/bin/)?(?P<name>ddconsul|make) (?P<words>[^#\n;&|]+)", re.MULTILINE)


def named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def commands(path: Path, name: str) -> list[list[str]]:
    """Return the words of each command that stands in a document as code."""
    text = path.read_text(encoding="utf-8")
    code = [match["text"] for match in FENCED.finditer(text) if match["kind"] in {"sh", "console"}]
    code += INLINE.findall(FENCED.sub("", text))
    found = (match for part in code for match in COMMAND.finditer(part))
    return [match["words"].split() for match in found if match["name"] == name]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_to_something_in_this_repository(document: Path) -> None:
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    places = [match["place"].partition("#")[0] for match in LINK.finditer(text) if "://" not in match["place"]]
    targets = [(document.parent / place).resolve() for place in places if place]

    assert [str(target) for target in targets if not target.exists()] == []
    assert [str(target) for target in targets if not target.is_relative_to(REPOSITORY)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_are_ones_that_ddconsul_knows(document: Path) -> None:
    for words in commands(document, "ddconsul"):
        command: click.Command = main
        path = "ddconsul"
        for word in words:
            if word.startswith("-"):
                known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
                assert word in known, f"{path} has no option {word}"
            elif isinstance(command, click.Group):
                inner = command.get_command(click.Context(command), word)
                assert inner is not None, f"{path} has no verb {word}"
                command, path = inner, f"{path} {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_targets_of_make_are_in_the_makefile(document: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert {words[0] for words in commands(document, "make")} <= targets


def test_the_readme_shows_every_verb_that_a_deploy_takes() -> None:
    shown = {words[0] for words in commands(README, "ddconsul")}

    assert set(VERBS) - {"schema", "explain", "settings", "migrate-file", "completion"} <= shown


def test_the_readme_s_municipality_file_is_right(tmp_path: Path) -> None:
    (excerpt,) = (
        match["text"] for match in FENCED.finditer(README.read_text(encoding="utf-8")) if match["kind"] == "yaml"
    )
    shutil.copytree(REPOSITORY / "inventories/one-server/pages", tmp_path / "pages")
    loaded = load(write(tmp_path, excerpt.replace("domain:", "contact: {email: a@example.org}\n  domain:", 1)))

    assert loaded.instance.target.type == "ssh"
    assert not loaded.warnings


def test_the_readme_s_picture_is_small() -> None:
    assert (REPOSITORY / "docs/images/home.png").stat().st_size < 300_000


@pytest.mark.parametrize(("target", "groups"), [("demo", "demo"), ("test", "demo test browser")])
def test_make_brings_in_all_that_a_target_needs_at_once(target: str, groups: str) -> None:
    shown = subprocess.run(["make", "--dry-run", target], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert re.findall(r"^scripts/system-packages (.*)$", shown.stdout, re.MULTILINE) == [groups]


def test_the_handbook_and_the_help_have_each_exit_code() -> None:
    handbook = (REPOSITORY / "docs/nl/handboek.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d+) \| \S.*\|$", handbook.partition("afsluitcode")[2], re.MULTILINE)
    listed = re.findall(r"^  (\d+) ", EXIT_CODES, re.MULTILINE)
    assert [int(code) for code in table] == [int(code) for code in listed] == sorted(ExitCode)


def test_the_decision_about_modules_names_each_that_there_is() -> None:
    text = (REPOSITORY / "docs/decisions/0005-few-modules-of-our-own.md").read_text(encoding="utf-8")
    modules = {path.stem for path in REPOSITORY.glob("roles/*/library/*.py")}
    assert {name for name in modules if f"- `{name}` " not in text} == set()
    assert text.startswith(
        f"# 0005: {('No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six')[len(modules)]} Ansible modules"
    )
