"""A user of ddconsul: runs the program, edits the municipality file, reads what is shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).parents[2]
# What `smoke` does before it deploys.
FROM_IMAGE = """
import sys
from pathlib import Path
from ddconsul.instance.loader import load
from ddconsul.operations.throwaway import start_from_image
from ddconsul.paths import Paths
file = Path(sys.argv[1])
start_from_image(load(file, finished=False).instance, Paths.of_user(file), print, make=True)
"""
# The program, on a machine whose calendar is so many days ahead.
AHEAD = """
import sys
from datetime import date, timedelta
from ddconsul.commands import main
from ddconsul.instance.kinds import moments
days = int(sys.argv.pop(1))
class Later(date):
    @classmethod
    def today(cls):
        return date.today() + timedelta(days=days)
moments.date = Later
main()
"""
# The first real deploy on a slow machine.
SECONDS = 1800


@dataclass(frozen=True)
class Material:
    """What is deployed.

    Args:
        source: A git repository, tarball or folder.
        gems: URL of a gem mirror, or a folder laid out as one.
        standin: Whether it is the stand-in.
    """

    source: str | Path
    gems: str = ""
    standin: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """What the municipality file says about it."""
        gems = {"consul.gems_mirror": self.gems} if self.gems else {}
        return {"consul.source": str(self.source), **gems}


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """The JSON document that it printed."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def log(self) -> str:
        """The text of the log that it names."""
        found = re.search(r"(/[^\s\"]+\.log)", self.out + self.err)
        assert found, self
        return Path(found[1]).read_text(encoding="utf-8")


class Tool:
    """The program `ddconsul`, for a user with a home of his own.

    Args:
        program: Path of the program.
        home: Where it keeps its state and its cache.
        environment: More variables.
    """

    def __init__(self, program: Path, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.program = program
        self.home = home
        self._environment = environment or {}

    @property
    def state(self) -> Path:
        """Where it remembers things."""
        return self.home / "state" / "ddconsul"

    @property
    def environment(self) -> dict[str, str]:
        """The variables it runs with; nothing leaks in of the test's own Python, nor of the CI that runs it."""
        not_ours = ("PYTHON", "VIRTUAL_ENV", "GITHUB_", "GITLAB_", "ANSIBLE_", "DDCONSUL_VAULT_", "DDCONSUL_SMTP_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(not_ours)}
        ours = {"XDG_STATE_HOME": str(self.home / "state"), "XDG_CACHE_HOME": str(self.home / "cache")}
        return {**kept, **ours, **self._environment}

    def with_environment(self, **extra: str) -> Tool:
        """Return the same program with more variables."""
        return Tool(self.program, self.home, {**self._environment, **extra})

    def run(self, *words: str | Path, cwd: Path) -> Outcome:
        """Run a command to its end."""
        begin = time.monotonic()
        done = subprocess.run(
            [self.program, *words],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - begin)

    def start(self, *words: str | Path, cwd: Path) -> subprocess.Popen[str]:
        """Start a command, and return at once; its lines can be read while it runs."""
        return subprocess.Popen(
            [self.program, *words],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


class Municipality:
    """A folder with a municipality file, as a user has it.

    Args:
        tool: The program.
        folder: The folder; `ddconsul init` makes it.
        values: What the user writes in the file, by place: `municipality.name`.
    """

    def __init__(self, tool: Tool, folder: Path, values: Mapping[str, Any]) -> None:
        self.tool = tool
        self.folder = folder
        self.file = folder / "gemeente.yml"
        done = tool.run("init", "--defaults", folder, cwd=folder.parent)
        assert done.code == 0, done
        # What only the municipality knows.
        for page in (folder / "pages").glob("*.md"):
            page.write_text(
                re.sub(r"\[invullen[^\]]*\]", "ingevuld", page.read_text(encoding="utf-8")), encoding="utf-8"
            )
        self.edit(values)

    def edit(self, values: Mapping[str, Any]) -> None:
        """Write values into the file, and leave the rest of it."""
        yaml = YAML()
        document = yaml.load(self.file)
        for place, value in values.items():
            *sections, key = place.split(".")
            section = document
            for name in sections:
                section = section.setdefault(name, {})
            section[key] = value
        yaml.dump(document, self.file)

    def run(self, verb: str, *words: str) -> Outcome:
        """Run a verb on the file."""
        return self.tool.run(verb, *words, cwd=self.folder)

    def start_from_image(self) -> None:
        """Start a container in which the build is there already: for tests of what a site contains."""
        argv = [self.tool.program.with_name("python"), "-c", FROM_IMAGE, self.file]
        done = subprocess.run(argv, env=self.tool.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def deploy(self) -> Outcome:
        """Deploy, and see that it worked; what it shows is JSON."""
        done = self.run("deploy", "--json")
        assert done.code == 0, f"{done.out}\n{done.err}"
        return done

    def plan(self, *words: str, code: int = 0) -> Outcome:
        """Ask what a deploy would change; what it shows is JSON."""
        done = self.run("plan", "--json", *words)
        assert done.code == code, f"{done.out}\n{done.err}"
        return done

    def plan_later(self, days: int) -> Outcome:
        """Ask what a deploy would change so many days from now; what it shows is JSON."""
        argv = [self.tool.program.with_name("python"), "-c", AHEAD, str(days), "plan", "--json"]
        begin = time.monotonic()
        done = subprocess.run(
            argv, cwd=self.folder, env=self.tool.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - begin)

    def set_secret(self, name: str, value: str) -> None:
        """Set a secret that comes from somebody else, such as a log-in's."""
        words = [self.tool.program, "secrets", "set", name, "--stdin"]
        done = subprocess.run(
            words, cwd=self.folder, env=self.tool.environment, input=value, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def secrets(self) -> dict[str, str]:
        """Return the secrets, with the command that deploy names."""
        vault = self.tool.program.with_name("ansible-vault")
        view = [vault, "view", "--vault-password-file", "gemeente.vault-password", "gemeente.secrets.yml"]
        shown = subprocess.run(view, cwd=self.folder, capture_output=True, text=True, check=True)
        secrets: dict[str, str] = YAML(typ="safe").load(shown.stdout.replace("!unsafe ", ""))
        return secrets


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout."""
    build = [Path(sys.executable).with_name("hatchling"), "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


def install_wheel(wheel: Path, venv: Path) -> Path:
    """Install a wheel in a new environment, with the versions of the lock, and return its program."""
    pip = [venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    for command in (
        [sys.executable, "-m", "venv", venv],
        [*pip, "--require-hashes", "--requirement", CHECKOUT / "requirements-runtime.lock"],
        [*pip, "--no-deps", wheel],
    ):
        subprocess.run(command, check=True, capture_output=True, text=True)
    return venv / "bin" / "ddconsul"
