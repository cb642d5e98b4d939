"""`ddconsul completion`, and what the shell can complete: files, demos and keys, without a wait."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

SHELLS = ("bash", "zsh", "fish")
# A municipality file is known by its first section; what comes later than this is not looked at.
BEGINNING = 65536


@click.command
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes SHELL complete ddconsul's verbs, options, files, demos and keys.

    \b
    Put it, once, where the shell looks for it:
      bash  ddconsul completion bash > ~/.local/share/bash-completion/completions/ddconsul
      zsh   ddconsul completion zsh > ~/.zfunc/_ddconsul
      fish  ddconsul completion fish > ~/.config/fish/completions/ddconsul.fish

    The folder has to be there (mkdir -p). Bash needs Debian's package bash-completion; zsh needs, in ~/.zshrc:
    fpath+=~/.zfunc; autoload -Uz compinit; compinit. It works in the next shell.
    """  # noqa: D301 — \b is click's
    from click.shell_completion import get_completion_class

    from ddconsul.commands import main

    maker = get_completion_class(shell)
    if maker is not None:
        click.echo(maker(main, {}, "ddconsul", "_DDCONSUL_COMPLETE").source())


def municipality_files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete to the municipality files in a folder, and else to any path; for an argument's `shell_complete`."""
    from click.shell_completion import CompletionItem

    folder, slash, start = incomplete.rpartition("/")
    prefix = folder + slash
    place = Path(prefix or ".").expanduser()
    found = sorted(path.name for path in place.glob("*.y*ml") if path.name.startswith(start) and _is_ours(path))
    return [CompletionItem(f"{prefix}{name}") for name in found] or [CompletionItem(incomplete, type="file")]


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return b"\nmunicipality:" in b"\n" + stream.read(BEGINNING)
    except OSError:
        return False


def demo_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Complete to the demos on this machine, by their folders; for an argument's `shell_complete`."""
    from ddconsul.paths import state_folder

    folders = (state_folder() / "demos").glob("*")
    return sorted(path.name for path in folders if path.is_dir() and path.name.startswith(incomplete))


def remembered(name: str, make: Callable[[], Iterable[str]]) -> list[str]:
    """Return words to complete to that take long to make: they are kept until ddconsul itself changes.

    Args:
        name: What they are, as a file can be named.
        make: Makes them.
    """
    from ddconsul.paths import cache_folder

    sources = Path(__file__).parents[1].rglob("*.py")
    stamp = str(max(path.stat().st_mtime_ns for path in sources))
    file = cache_folder() / f"completion-{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["stamp"] == stamp:
            return [str(word) for word in kept["words"]]
    words = list(make())
    # Where nothing can be kept, they are made each time.
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"stamp": stamp, "words": words}), encoding="utf-8")
    return words
