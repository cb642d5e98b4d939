"""`ddconsul vraagstuk`: its subcommands are modules of their own, imported only when they are called."""

from __future__ import annotations

import importlib

import click

# Subcommand: the module of its command, which has its name, and its help.
SUBCOMMANDS = {
    "new": "Write a vraagstuk to start from into the municipality file.",
    "status": "Tell what goes on in each vraagstuk.",
    "close": "Prepare the end of a vraagstuk.",
}


class _Subcommands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's
        if cmd_name not in SUBCOMMANDS:
            return None
        module = importlib.import_module(f"ddconsul.commands.vraagstuk_{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 — click's
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(cls=_Subcommands)
def vraagstuk() -> None:
    """Begin, follow and end what is asked of inhabitants (`vraagstuk:` of the municipality file)."""
