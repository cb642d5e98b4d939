"""Asks git about a repository: argv lists, no shell, no questions, a time limit."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from ddconsul.addresses import parted
from ddconsul.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

# Seconds.
QUESTION = 60
TRANSFER = 1800

# Answers git with what logs in, which only the environment knows: argv can be read by all on a machine.
_NAME, _PASSWORD = "DDCONSUL_GIT_NAME", "DDCONSUL_GIT_PASSWORD"
_HELPER = f"""!f() {{ printf 'username=%s\\npassword=%s\\n' "${_NAME}" "${_PASSWORD}"; }}; f"""


def git(*arguments: str, where: str, limit: int = QUESTION, todo: str = "") -> str:
    """Run git, and return what it says.

    Args:
        arguments: Git's arguments. What logs in, in an address among them, is told to git apart.
        where: What it is about, for the message when it fails.
        limit: Seconds it may take.
        todo: What to do when it fails.

    Raises:
        InputError: When git is not there, takes too long or fails.
    """
    arguments, access = _without_access(arguments)
    environment = {
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        **os.environ,
        # A question nobody sees would hang the deploy.
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        **access,
    }
    try:
        done = subprocess.run(
            ["git", *arguments],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=limit,
            env=environment,
        )
    except FileNotFoundError as error:
        raise InputError("git is not installed", where, "Install it: apt install git") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"git got no answer within {limit} seconds", where, todo) from error
    except subprocess.CalledProcessError as error:
        raise InputError(f"git says: {_reason(error.stderr)}", where, todo) from error
    return done.stdout.decode("utf-8", "replace")


def _without_access(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return arguments without a name and password, and the environment in which git finds those."""
    found = [parted(argument) for argument in arguments]
    access = next(((name, password) for _, name, password in found if name or password), None)
    if access is None:
        return arguments, {}
    # An empty one first: helpers of the user's own know nothing of this address.
    helpers = ("", _HELPER)
    settings = {f"GIT_CONFIG_KEY_{index}": "credential.helper" for index in range(len(helpers))}
    settings |= {f"GIT_CONFIG_VALUE_{index}": helper for index, helper in enumerate(helpers)}
    plain = tuple(address for address, _, _ in found)
    return plain, {"GIT_CONFIG_COUNT": str(len(helpers)), **settings, _NAME: access[0], _PASSWORD: access[1]}


def _reason(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (telling or lines or ["nothing"])[0].removeprefix("fatal: ").removeprefix("error: ")


def is_repository(path: Path) -> bool:
    """Tell whether a folder is itself a repository, normal or bare (not just inside one)."""
    return (path / ".git").exists() or all((path / name).exists() for name in ("HEAD", "objects", "refs"))
