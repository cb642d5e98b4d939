#!/usr/bin/env python3
"""Write docs/preflight.md from what the module host_preflight can find.

usage: scripts/preflight_page.py [--check]

With ``--check`` nothing is written: the exit status is 1 when the page is stale.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parent.parent
MODULE = REPOSITORY / "roles/base/library/host_preflight.py"
PAGE = REPOSITORY / "docs/preflight.md"

HEAD = """\
# What a deploy looks at before it changes anything

<!-- Written by scripts/preflight_page.py from roles/base/library/host_preflight.py: change that, and run it again. -->

`ddconsul deploy` looks at the host first. What stands in the way is told all at once, each with the command that mends
it, and the exit code is 4: nothing was changed. A *notice* may be meant so, and stops nothing.

What has to be there before that (an answer over SSH, Python, root or sudo) is looked at in a shell, and told likewise.

Words in braces differ from case to case.
"""


def checks() -> Any:  # noqa: ANN401 — a module that is loaded from a file
    """Return the module's own table."""
    spec = importlib.util.spec_from_file_location("host_preflight", MODULE)
    assert spec is not None  # noqa: S101 — it is a file
    assert spec.loader is not None  # noqa: S101 — for mypy
    module = importlib.util.module_from_spec(spec)
    sys.modules["host_preflight"] = module
    spec.loader.exec_module(module)
    return module.CHECKS


def sections() -> Iterator[str]:
    """Yield the page, part by part."""
    yield HEAD
    for check in checks():
        yield f"## {check.title}\n\nLooked at: {check.when}.\n"
        for kind in check.kinds.values():
            notice = "*Notice.* " if kind.notice else ""
            yield f"{notice}{kind.what[:1].upper()}{kind.what[1:]}.\n\n```sh\n{kind.fix}\n```\n"


def main(argv: list[str] | None = None) -> int:
    """Write the page, or tell whether it is stale.

    Args:
        argv: The command line; the process's own when left out.
    """
    parser = argparse.ArgumentParser(description="Write docs/preflight.md from the module host_preflight.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is stale")
    arguments = parser.parse_args(argv)
    page = "\n".join(sections())
    stale = not PAGE.exists() or PAGE.read_text() != page
    if stale and not arguments.check:
        PAGE.write_text(page)
    return int(stale and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
