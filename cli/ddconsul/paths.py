"""Where ddconsul keeps things on this machine, after the XDG Base Directory Specification."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ddconsul.account import home_folder
from ddconsul.errors import InputError
from ddconsul.secrets import SecretFiles


@dataclass(frozen=True)
class Paths:
    """The files and folders of one run.

    Args:
        file: The municipality file.
        cache: What can be fetched or made again.
        state: What must stay: keys of containers, logs.
    """

    file: Path
    cache: Path
    state: Path

    @classmethod
    def of_user(cls, file: Path) -> Paths:
        """Return a municipality file with the folders of the user who runs ddconsul."""
        return cls(file=file.expanduser().absolute(), cache=cache_folder(), state=state_folder())

    @cached_property
    def secrets(self) -> SecretFiles:
        """The secrets beside the municipality file; their password is asked for once."""
        # A demo or a throwaway container is ddconsul's own: the password of a municipality's vault is not its password.
        own = not {self.state / "demos", self.state / "smoke"}.isdisjoint(self.file.parents)
        return SecretFiles.beside(self.file, {} if own else os.environ)

    @property
    def sources(self) -> Path:
        """Archives of Consul's source, named after what is in them."""
        return self.cache / "sources"

    @property
    def logs(self) -> Path:
        """One log for each run."""
        return self.state / "logs"


def cache_folder() -> Path:
    """Return the user's folder for what can be fetched or made again."""
    return _base("XDG_CACHE_HOME", ".cache") / "ddconsul"


def state_folder() -> Path:
    """Return the user's folder for what must stay."""
    return _base("XDG_STATE_HOME", ".local/state") / "ddconsul"


def _base(variable: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    # The specification: a relative path is invalid, and ignored.
    return Path(given) if given.startswith("/") else home_folder() / default


def from_home(path: str) -> str:
    """Return a path as a shell's user writes it: with ~ for the home folder; others stay as they are."""
    with suppress(InputError):
        home = f"{home_folder()}/"
        if path.startswith(home):
            return f"~/{path.removeprefix(home)}"
    return path
