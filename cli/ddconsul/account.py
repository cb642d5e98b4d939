"""The account that ddconsul runs as. In a CI job it may be a number only: without a name, without a home folder."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from pathlib import Path

from ddconsul.errors import InputError


def user_name() -> str:
    """Return who we are; an account without a name is its number."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return str(os.getuid())


def home_folder() -> Path:
    """Return the account's home folder.

    Raises:
        InputError: When it has none.
    """
    try:
        return Path.home()
    except RuntimeError as error:
        todo = "Set HOME to a folder of its own, or both XDG_STATE_HOME and XDG_CACHE_HOME."
        raise InputError("has no home folder, where ddconsul keeps things", f"account {user_name()}", todo) from error
