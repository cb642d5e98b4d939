"""What role memcached leaves on a host."""

from testinfra.host import Host

STATS = """
import socket
with socket.create_connection(("127.0.0.1", 11211), 5) as connection:
    connection.sendall(b"stats settings\\r\\nquit\\r\\n")
    print(connection.makefile().read())
"""


def test_it_runs_and_starts_with_the_host(host: Host) -> None:
    service = host.service("memcached")
    assert service.is_running
    assert service.is_enabled


def test_nobody_outside_reaches_it(host: Host) -> None:
    listening = host.check_output(
        "grep -hi ':2BCB ' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6"
    ).splitlines()
    # 2BCB is 11211; 0100007F is 127.0.0.1.
    assert {line.split()[1] for line in listening if line.split()[3] == "0A"} == {"0100007F:2BCB"}


def test_it_answers_and_took_its_settings(host: Host) -> None:
    settings = host.check_output("python3 -c '%s'" % STATS.replace("'", ""))  # noqa: UP031 — braces are Python's own
    assert f"STAT maxbytes {32 * 1024 * 1024}" in settings
    assert "STAT udpport 0" in settings
