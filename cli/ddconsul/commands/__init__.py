"""The command line: each verb is a module of its own, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ddconsul import __version__
from ddconsul.addresses import masked
from ddconsul.errors import DdconsulError, ExitCode, of_this_machine

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Verb: where its command is. The help texts stand here, so that `--help` need not import the verbs.
VERBS = {
    "init": ("ddconsul.commands.init:init", "Write a municipality file to start from."),
    "validate": ("ddconsul.commands.validate:validate", "Check a municipality file."),
    "secrets": ("ddconsul.commands.secrets:secrets", "Show and change passwords and keys."),
    "plan": ("ddconsul.commands.plan:plan", "Tell what deploy would change."),
    "deploy": ("ddconsul.commands.deploy:deploy", "Make the platform match the municipality file."),
    "vraagstuk": ("ddconsul.commands.vraagstuk:vraagstuk", "Begin, follow and end what is asked of inhabitants."),
    "letters": ("ddconsul.commands.letters:letters", "Make letters with a code, for who may take part."),
    "adopt": ("ddconsul.commands.adopt:adopt", "Write edits of the admin pages into the municipality file."),
    "status": ("ddconsul.commands.status:status", "Tell how the platform is."),
    "smoke": ("ddconsul.commands.smoke:smoke", "Deploy files into throwaway containers, and check the sites."),
    "destroy": ("ddconsul.commands.destroy:destroy", "Remove the platform from its host."),
    "demo": ("ddconsul.commands.demo:demo", "Make, list and remove demo platforms on this machine."),
    "explain": ("ddconsul.commands.explain:explain", "Tell what a key of the municipality file means."),
    "settings": ("ddconsul.commands.settings:settings", "Tell about Consul's own settings."),
    "brand": ("ddconsul.commands.brand:brand", "See and fetch the house style."),
    "schema": ("ddconsul.commands.schema:schema", "Print the JSON Schema of the municipality file."),
    "migrate-file": ("ddconsul.commands.migrate_file:migrate_file", "Rewrite keys that have another name now."),
    "completion": ("ddconsul.commands.completion:completion", "Print what makes a shell complete ddconsul's words."),
}

EXIT_CODES = """\b
Exit codes:
  0    done
  1    a fault in ddconsul itself; a wrong file, for plan --exit-code
  2    wrong command line, file or source; nothing was changed
  3    the target cannot be made or reached; nothing was changed
  4    the target does not qualify; nothing was changed
  5    a step on the target failed; the log tells which one
  6    the site is not there, or does not answer as it should
  7    another run is changing this site; nothing was changed
  8    the site is not as the last deploy left it, or as a plan said
  9    a check of the site failed
  130  stopped by Ctrl-C
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Return the verbs, in the order of use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's
        """Import the command of a verb."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete to a verb without importing any, or to an option."""
        from click.shell_completion import CompletionItem

        verbs = [CompletionItem(verb, help=text) for verb, (_, text) in VERBS.items() if verb.startswith(incomplete)]
        return [*verbs, *super(click.Group, self).shell_complete(ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 — click's
        """Write the list of verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 — click's signature
        """Run, and end with a sentence and an exit code: no traceback reaches a user."""
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        # A plugin that happens to be installed beside us would be shown all that a file says.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        try:
            super().main(*args, **{**extra, "standalone_mode": False})
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _end("Stopped.", ExitCode.INTERRUPTED)
        except click.ClickException as error:
            error.show()
            sys.exit(ExitCode.USAGE)
        except DdconsulError as error:
            _end(str(error), error.exit_code)
        except BrokenPipeError:
            # Whoever read our output has enough of it, as in `ddconsul schema | head`.
            sys.stderr.close()
            sys.exit(ExitCode.OK)
        except Exception as error:  # noqa: BLE001 — the last resort: a sentence instead of a traceback
            known = of_this_machine(error)
            if known is not None:
                _end(str(known), known.exit_code)
            _end_unexpected(error)
        sys.exit(ExitCode.OK)


def _end(message: str, code: ExitCode) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def _end_unexpected(error: Exception) -> NoReturn:
    import traceback

    if os.environ.get("DDCONSUL_DEBUG"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    _end(
        f"A fault in ddconsul: {type(error).__name__}: {masked(str(error))} ({place.filename}:{place.lineno})\n"
        "  Please report it; DDCONSUL_DEBUG=1 shows where it comes from.",
        ExitCode.UNEXPECTED,
    )


@click.group(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ddconsul")
def main() -> None:
    """One file describes a municipality's participation platform; ddconsul makes it so."""
