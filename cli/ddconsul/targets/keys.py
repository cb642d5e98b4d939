"""The SSH keys of a container: one to log in with, and one the container shows, both made here.

Since we make the host's key ourselves, we know it before the first connection: nothing is ever taken on trust.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ddconsul.targets.base import TargetError
from ddconsul.targets.process import Command, Run, run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """The keys of one container, in a folder of our own.

    Attributes:
        folder: The folder; only its owner can look inside.
    """

    folder: Path

    @property
    def login(self) -> Path:
        """The private key to log in with."""
        return self.folder / "id_ed25519"

    @property
    def host(self) -> Path:
        """The container's own private key."""
        return self.folder / "ssh_host_ed25519_key"

    @property
    def known_hosts(self) -> Path:
        """The file that the container's key is checked against."""
        return self.folder / "known_hosts"

    def complete(self) -> bool:
        """Tell whether all is there; `know` comes last, so a container that was given up half-way is not complete."""
        pairs = [path for key in (self.login, self.host) for path in (key, public(key))]
        return all(path.is_file() for path in (*pairs, self.known_hosts))

    def make(self, run: Run = run) -> None:
        """Make both key pairs anew."""
        self.remove()
        self.folder.mkdir(parents=True, mode=0o700)
        for path in (self.login, self.host):
            made = run(Command(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ddconsul", "-f", str(path))))
            if not made.ok:
                raise TargetError(
                    f"No SSH key can be made: {made.last_words}", str(path), "Run: apt-get install openssh-client"
                )

    def know(self, port: int) -> None:
        """Write down which key the container shows on its port."""
        kind, key = public(self.host).read_text(encoding="ascii").split()[:2]
        self.known_hosts.write_text(f"[127.0.0.1]:{port} {kind} {key}\n", encoding="ascii")

    def remove(self) -> None:
        """Remove the keys, if there are any."""
        if self.folder.exists():
            shutil.rmtree(self.folder)


def public(private: Path) -> Path:
    """Return where the public half of a key is."""
    return private.with_name(private.name + ".pub")
