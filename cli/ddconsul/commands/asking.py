"""What is asked of whoever sits at the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ddconsul.commands.shared import settle

if TYPE_CHECKING:
    from collections.abc import Callable


def somebody_there() -> bool:
    """Tell whether a question would be read, and answered, by a person."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def somebody_types() -> bool:
    """Tell whether a person gives the command, wherever its answer goes."""
    return sys.stdin.isatty()


def smtp_password(report: Callable[[str], None]) -> str | None:
    """Return the mail server's password: from the environment, or from whoever sits at the terminal."""
    given = os.environ.get("DDCONSUL_SMTP_PASSWORD")
    if given or not sys.stdin.isatty():
        return given
    settle(report)
    answer: str = click.prompt("Password of the mail server", hide_input=True, err=True)
    return answer
