"""How long it takes to plan and to write what Consul contains, beside a Rails that does nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from host import Host, account
from report import machine

if TYPE_CHECKING:
    from pathlib import Path

    from user import Municipality

PAGES = 200


@dataclass
class Contents:
    """What was measured of one site.

    Args:
        consul: What runs.
        commit: The commit that was measured.
        rows: Seconds by what was done.
    """

    consul: str
    commit: str
    rows: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, municipality: Municipality, host: Host, site: str, times: int) -> None:
        """Measure, on a site that was deployed a moment ago."""
        self.rows["by hand: a `rails runner` that does nothing"] = [_rails(host, site) for _ in range(times)]
        self._time("`plan --contents`, nothing changed", times, municipality, "plan")
        municipality.edit({"mail.name": "Zandrijk praat"})
        self._time("`plan --contents`, a setting changed", times, municipality, "plan")
        self._time("`deploy --contents` of that setting", 1, municipality, "deploy")
        pages = municipality.folder / "pages"
        for number in range(PAGES):
            (pages / f"blad-{number}.md").write_text(f"# Blad {number}\n\nEen tekst over straat {number}.\n")
        municipality.edit({f"pages.blad-{number}": f"pages/blad-{number}.md" for number in range(PAGES)})
        self._time(f"`plan --contents`, {PAGES} pages to make", 1, municipality, "plan")
        self._time(f"`deploy --contents` of {PAGES} pages", 1, municipality, "deploy")
        self._time(f"`plan --contents` with {PAGES} pages, nothing changed", times, municipality, "plan")

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the JSON document and the table."""
        told = machine()
        document = folder / "contents.json"
        rows = {name: [round(took, 1) for took in times] for name, times in self.rows.items()}
        about = {"consul": self.consul, "commit": self.commit, "date": datetime.now(UTC).date().isoformat()}
        document.write_text(json.dumps({**about, "machine": told, "seconds": rows}, indent=2) + "\n", encoding="utf-8")
        table = folder / "contents.md"
        lines = [f"| {name} | {' · '.join(f'{took:.1f}' for took in times)} |" for name, times in self.rows.items()]
        table.write_text(
            f"# {self.consul}: planning and writing what it contains\n\n"
            f"Made by `scripts/bench --contents` at commit {self.commit} on {about['date']},\n"
            f"with {told['processors']} processors and {told['memory_gib']} GiB. Whole commands, from start to end;\n"
            "the site is a container reached over SSH. Absolute times say something about this machine only.\n\n"
            "| | seconds |\n|---|---:|\n" + "\n".join(lines) + "\n",
            encoding="utf-8",
        )
        return document, table

    def _time(self, name: str, times: int, municipality: Municipality, verb: str) -> None:
        took = []
        for _ in range(times):
            done = municipality.run(verb, "--contents", "--json")
            if done.code:
                raise SystemExit(f"{name} failed: {done.out}{done.err}")
            took.append(done.seconds)
        self.rows[name] = took


def _rails(host: Host, site: str) -> float:
    begin = time.monotonic()
    host.sh(
        "systemd-run --quiet --wait --collect --pipe --uid=$1 --working-directory=$2/current "
        "--property=EnvironmentFile=$2/shared/config/environment bundle exec rails runner nil",
        account(site),
        f"/srv/ddconsul/{site}",
    )
    return time.monotonic() - begin
