"""A shell completes verbs, options, files, demos and keys, and does not wait for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from files import write

from ddconsul.commands import VERBS, main
from ddconsul.commands.completion import SHELLS, demo_names, remembered

PROGRAM = Path(sys.executable).with_name("ddconsul")


def complete(*words: str, folder: Path | None = None, more: str = "") -> list[str]:
    """Return what bash gets when the last of the words is completed."""
    code = "import sys; from ddconsul.commands import main\ntry: main(prog_name='ddconsul')\nfinally: " + (
        more or "pass"
    )
    line = " ".join(["ddconsul", *words])
    environment = {
        **os.environ,
        "_DDCONSUL_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment, cwd=folder
    )
    return done.stdout.splitlines()


def test_verbs_are_completed_without_importing_one() -> None:
    imported = "print('MODULES', *sorted(name for name in sys.modules if name.startswith('ddconsul.commands.')))"
    *lines, modules = complete("de", more=imported)
    assert [line.partition(",")[2] for line in lines] == [verb for verb in VERBS if verb.startswith("de")]
    assert modules == "MODULES"


def test_options_are_completed() -> None:
    assert "plain,--check" in complete("deploy", "--c")


def test_municipality_files_are_completed_and_their_secrets_are_not(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "gemeente.secrets.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    (tmp_path / "docker-compose.yml").write_text("services: {}\n")
    (tmp_path / "broken.yml").mkdir()
    assert complete("deploy", "", folder=tmp_path) == ["plain,gemeente.yml"]
    assert complete("status", "ge", folder=tmp_path) == ["plain,gemeente.yml"]
    assert complete("deploy", f"{tmp_path}/", folder=Path("/")) == [f"plain,{tmp_path}/gemeente.yml"]
    assert complete("deploy", "x", folder=tmp_path) == ["file,x"], "else the shell looks for itself"


def test_demos_are_completed_by_their_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in ("voorbeeld", "vught", "bosch"):
        (tmp_path / "ddconsul" / "demos" / name).mkdir(parents=True)
    context, parameter = click.Context(main), click.Argument(["name"])
    assert demo_names(context, parameter, "v") == ["voorbeeld", "vught"]


def test_words_that_take_long_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made: list[int] = []

    def make() -> list[str]:
        made.append(1)
        return ["target.host", "target.port"]

    assert remembered("keys", make) == remembered("keys", make) == ["target.host", "target.port"]
    assert made == [1]
    (kept,) = (tmp_path / "ddconsul").iterdir()
    for broken in ("", "[]", '{"stamp": "other", "words": ["old"]}'):
        kept.write_text(broken)
        assert remembered("keys", make) == ["target.host", "target.port"]
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    assert remembered("keys", make) == ["target.host", "target.port"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_the_shell_takes(shell: str, tmp_path: Path) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_DDCONSUL_COMPLETE" in script
    (tmp_path / "script").write_text(script)
    done = subprocess.run([shell, "-n", tmp_path / "script"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_bash_completes_with_it() -> None:
    lines = "_ddconsul_completion ddconsul; echo ${COMPREPLY[@]}"
    script = f'eval "$(ddconsul completion bash)"; COMP_WORDS=(ddconsul demo u); COMP_CWORD=2; {lines}'
    done = subprocess.run(
        ["bash", "-c", script], check=True, capture_output=True, text=True,
        env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stdout.split() == ["up"]


def test_a_completion_loads_hardly_more_than_what_completes() -> None:
    count = "import sys; print('MODULES', len(sys.modules))"
    bare = subprocess.run(
        [sys.executable, "-c", f"import click.shell_completion; {count}"], check=True, capture_output=True, text=True
    )
    completed, alone = (int(line.split()[-1]) for line in (complete("de", more=count)[-1], bare.stdout))
    assert completed < 1.5 * alone
