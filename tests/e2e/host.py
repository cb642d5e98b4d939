"""The inside of a container that is a server: looked at by its own root, not by way of ddconsul."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from contract.site import Mailbox

from ddconsul.targets.machine import read_machine
from ddconsul.targets.podman import Podman

if TYPE_CHECKING:
    from collections.abc import Callable

    from user import Tool

SINK = Path(__file__).with_name("sink.py")
SINK_PORT = 2525
MAILS = "/var/spool/e2e-mails"


@dataclass(frozen=True)
class Login:
    """How a server is reached.

    Args:
        user: Who logs in.
        port: Of its SSH server, on this machine.
        key: Private key.
        known_hosts: File with the server's own key.
    """

    user: str
    port: int
    key: Path
    known_hosts: Path

    @property
    def target(self) -> dict[str, str | int]:
        """The section `target` of a municipality file."""
        return {"type": "ssh", "host": "127.0.0.1", "port": self.port, "user": self.user, "key": str(self.key)}

    def known_to(self, tool: Tool) -> Tool:
        """Return the program of somebody who knows the server's key."""
        return tool.with_environment(DDCONSUL_KNOWN_HOSTS=str(self.known_hosts))


class Host:
    """A container.

    Args:
        name: Its name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._podman = Podman(read_machine())
        self._enter = self._podman.command("exec", "--interactive", name).argv

    def sh(self, script: str, *words: str, stdin: bytes = b"", check: bool = True) -> str:
        """Run a shell script in it, with words as $1 and on, and return what it prints."""
        command = [*self._enter, "sh", "-c", script, "sh", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
        if check:
            assert done.returncode == 0, f"{script}: {done.stderr.decode()}"
        return done.stdout.decode().strip()

    def catch_mail(self) -> Mailbox:
        """Start a mail server in it that sends nothing on, and return where it leaves what it catches."""
        self.sh("cat > /usr/local/lib/e2e-sink.py", stdin=SINK.read_bytes())
        self.sh(
            f"systemctl is-active --quiet e2e-sink || systemd-run --quiet --unit=e2e-sink --service-type=exec "
            f"python3 /usr/local/lib/e2e-sink.py {SINK_PORT} {MAILS}"
        )
        return Mailbox(self._enter, MAILS)

    def port(self, kind: str) -> int:
        """Return the port on this machine that leads to its `ssh`, `http` or `https`."""
        found = self._podman.inspect(self.name)
        assert found is not None
        return int(found["Config"]["Labels"][f"org.ddconsul.{kind}-port"])

    def let_in(self, user: str, keys: Path) -> Login:
        """Give a user the key that root has, and sudo."""
        self.sh(
            f"id {user} >/dev/null 2>&1 || useradd --create-home --shell /bin/sh {user}; "
            f"install -d -m 700 -o {user} -g {user} /home/{user}/.ssh; "
            f"install -m 600 -o {user} -g {user} /root/.ssh/authorized_keys /home/{user}/.ssh/authorized_keys; "
            f"echo '{user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{user}"
        )
        return Login(user, self.port("ssh"), keys / "id_ed25519", keys / "known_hosts")

    def main_pid(self, unit: str) -> int:
        """Return the main process of a unit."""
        return int(self.sh(f"systemctl show --value --property=MainPID {unit}") or 0)

    def starts(self, site: str) -> str:
        """Return when each service that a site needs was last started, and how often it was restarted."""
        own = " ".join(f"ddconsul-{site}-{part}.service" for part in ("web", "worker", "cache"))
        return self.sh(
            "systemctl show --property=Id,MainPID,NRestarts,ExecMainStartTimestampMonotonic "
            f"{own} nginx.service postgresql@17-main.service"
        )

    def traces(self, site: str) -> list[str]:
        """Return what there is of a site."""
        script = r"""
            ls -d "/srv/ddconsul/$1" "/run/ddconsul/$1" "/etc/tmpfiles.d/ddconsul-$1.conf"
            ls /etc/nginx/sites-*/*"$1"* /etc/ssl/*/"ddconsul-$1".*
            ls -d /etc/systemd/system/"ddconsul-$1"* /etc/systemd/system/*/"ddconsul-$1"*
            systemctl list-units --all --plain --no-legend "ddconsul-$1*"
            getent passwd "$2"; getent group "$2"
            runuser -u postgres -- psql -qAtc 'SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles' |
              grep -x "$2"
            find /proc -maxdepth 1 \( -user "$2" -o -nouser \)
        """
        return self.sh(script, site, account(site), check=False).splitlines()

    def builds(self) -> list[str]:
        """Return the builds that are there, finished or not, and the databases that belong to them."""
        script = """
            ls -A /opt/ddconsul/builds /opt/ddconsul/scratch 2>/dev/null | grep -v ':$'
            runuser -u postgres -- psql -qAtc "SELECT datname FROM pg_database WHERE datname ~ 'template_|scratch_'"
        """
        return [line for line in self.sh(script, check=False).splitlines() if line]


def account(site: str) -> str:
    """Return the name of a site's Unix user, PostgreSQL role and database."""
    return f"ddconsul_{site.replace('-', '_')}"


def wait_until(true: Callable[[], bool], what: str, seconds: float = 180) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"in {seconds} seconds it did not come so far that {what}"
        time.sleep(0.5)
