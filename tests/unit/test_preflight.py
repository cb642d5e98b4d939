"""What is said of a host that can't be deployed to: on folders and answers made for the test."""

from __future__ import annotations

import fcntl
import http.server
import re
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from modules import load
from rendering import REPOSITORY, ROLES, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator


preflight: Any = load("base", "host_preflight")
SCRIPT = ROLES / "base/files/precheck.sh"
NOW = 1_800_000_000.0

STATUS = """\
Package: systemd
Status: install ok installed
Version: 257.9-1~deb13u1

Package: nginx
Status: install ok installed
Version: 1.26.3-3

Package: left
Status: deinstall ok config-files
Version: 1
"""
# sl, local_address, rem_address, st, queues, timer, retrnsmt, uid, timeout, inode: 80 and 443 listen, 8080 is a visit.
TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1111 1 0000000000000000 100 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 2222 1 0000000000000000 20 4
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 \
00000000     0        0 3333 1 0000000000000000 100 0 0 10 0
"""


class Host(preflight.Host):  # type: ignore[misc,name-defined] — loaded from a file
    """A host in a folder, with a disk, a clock and programs made for the test."""

    disks: dict[str, Any]
    programs: dict[str, tuple[int, str]]

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        self.disks = {}
        self.programs = {}
        self.time = NOW
        self.own = {"10.0.0.5", "127.0.0.1"}

    def space(self, name: str) -> Any:
        place = name
        while place not in self.disks and place != "/":
            place = place.rpartition("/")[0] or "/"
        return self.disks.get(place, preflight.Space(1, "/", 50_000, 1_000_000, read_only=False, noexec=False))

    def now(self) -> float:
        return self.time

    def run(self, *argv: str, **_: str) -> tuple[int, str]:
        return self.programs.get(argv[0], (0, ""))

    def addresses(self) -> set[str]:
        return self.own

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """Give a host that has all that it needs."""
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS)
    host = Host(tmp_path)
    host.write("/etc/os-release", 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    host.write("/proc/1/comm", "systemd\n")
    host.write("/proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\nSwapFree: 1024 kB\n")
    host.write("/etc/apt/sources.list.d/debian.sources", "Types: deb\nURIs: cdrom:[Debian]/\nSuites: trixie\n")
    return host


WANTED = preflight.Wanted(
    controller_time=NOW,
    site="zandrijk",
    domains=["denkmee.zandrijk.example"],
    ports=[80, 443],
    packages=["nginx"],
    room=[{"path": "/srv", "mb": 200, "what": "sites"}, {"path": "/tmp", "mb": 100, "what": "files"}],
)
BUILD = {
    "memory_mb": 1500,
    "room": [{"path": "/opt/ddconsul/builds", "mb": 4000, "inodes": 100_000, "what": "a build"}],
    "ports": [9292],
    "registries": [],
}
BUILDING = replace(WANTED, build=BUILD, packages=["nginx", "ruby"])


def gaps(host: Host, wanted: Any = WANTED) -> dict[str, Any]:
    """Return what was found, by its kind."""
    return {finding.check: finding for finding in preflight.look(host, wanted)}


def listen(host: Host, inode: int, pid: int, program: str, unit: str = "") -> None:
    """Let a process hold a socket that is in the kernel's tables."""
    host.write("/proc/net/tcp", TCP)
    host.write("/proc/net/tcp6", TCP6)
    host.write(f"/proc/{pid}/comm", f"{program}\n")
    host.write(f"/proc/{pid}/cgroup", f"0::/system.slice/{unit}\n" if unit else "0::/user.slice\n")
    folder = host.path(f"/proc/{pid}/fd")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(inode)).symlink_to(f"socket:[{inode}]")


def test_what_programs_are_sized_by_is_told_as_setup_tells_it(host: Host) -> None:
    assert preflight.facts(host)["ansible_memtotal_mb"] == 8_000_000 // 1024
    assert preflight.facts(host)["ansible_processor_vcpus"] >= 1


def test_the_build_that_a_site_runs_is_told(tmp_path: Path) -> None:
    release = tmp_path / "srv/ddconsul/zee/releases/3"
    release.mkdir(parents=True)
    (release / "BUILD").write_text("0123abc\n")
    (tmp_path / "srv/ddconsul/zee/current").symlink_to("releases/3")
    host = preflight.Host(str(tmp_path))

    assert preflight.build_of(host, "zee") == "0123abc"
    assert preflight.build_of(host, "meer") == ""
    assert preflight.build_of(host, "") == ""


class TestNoFalseAlarm:
    def test_a_host_that_has_all(self, host: Host) -> None:
        assert gaps(host) == {}
        assert gaps(host, BUILDING) == {}

    def test_a_host_on_which_the_site_runs(self, host: Host) -> None:
        listen(host, 1111, 40, "nginx", "nginx.service")
        listen(host, 3333, 40, "nginx", "nginx.service")
        host.write("/etc/nginx/nginx.conf", "http { include /etc/nginx/sites-enabled/*; }")
        host.write("/etc/nginx/sites-enabled/default", "server { listen 80 default_server; server_name _; }")
        for site in ("zandrijk", "other"):
            names = f"server {{ listen 80; server_name denkmee.{site}.example; }}"
            host.write(f"/etc/nginx/sites-enabled/ddconsul-{site}", names)
            host.write(f"/srv/ddconsul/{site}/shared/config/secrets.yml", f'  server_name: "denkmee.{site}.example"\n')
        host.write("/etc/postgresql/17/main/postgresql.conf", "port = 5432\n")
        host.path("/run/postgresql").mkdir(parents=True)

        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(host.path("/run/postgresql/.s.PGSQL.5432")))
            server.listen()
            assert gaps(host) == {}

    def test_the_site_s_own_name_may_change(self, host: Host) -> None:
        host.write("/etc/nginx/nginx.conf", "include /etc/nginx/sites-enabled/*;")
        host.write("/etc/nginx/sites-enabled/ddconsul-zandrijk", "server_name old.zandrijk.example;")
        assert gaps(host) == {}

    def test_what_only_a_build_or_packages_need_is_not_asked_without_one(self, host: Host) -> None:
        host.write("/proc/meminfo", "MemAvailable: 1000 kB\n")
        host.write("/usr/local/bin/ruby", "")
        host.path("/etc/apt/sources.list.d/debian.sources").unlink()
        host.packages["left"] = preflight.Package("install ok half-installed", "1")
        assert gaps(host) == {}
        assert {"memory", "ruby-shadowed", "apt-sources", "dpkg"} <= set(gaps(host, BUILDING))


class TestSystem:
    def test_another_release_is_named(self, host: Host) -> None:
        host.write("/etc/os-release", "ID=ubuntu\nVERSION_ID='24.04'\nPRETTY_NAME='Ubuntu 24.04'\n")
        assert "Ubuntu 24.04 runs here" in gaps(host)["release"].what

    def test_no_systemd(self, host: Host) -> None:
        host.write("/proc/1/comm", "bash\n")
        assert "bash" in gaps(host)["systemd"].what

    def test_a_file_in_a_folder_s_place(self, host: Host) -> None:
        host.write("/opt/ddconsul", "")
        assert gaps(host)["not-a-folder"].fix == "sudo mv /opt/ddconsul /opt/ddconsul.old"

    @pytest.mark.parametrize(("seconds", "said"), [(300, "300 s ahead"), (-61, "61 s behind")])
    def test_a_clock_that_is_off(self, host: Host, seconds: float, said: str) -> None:
        host.time += seconds
        assert said in gaps(host)["clock"].what

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "America/New_York"])
    def test_the_controller_s_time_is_right_wherever_it_stands(
        self, zone: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = time.time()
        with monkeypatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            told = float(evaluate("base_precheck_time", "base"))
        time.tzset()
        # It may be told in whole seconds.
        assert before - 1 <= told <= time.time() + 1

    def test_a_clock_within_bounds(self, host: Host) -> None:
        host.time += 59
        assert gaps(host) == {}

    def test_a_registry_that_agrees_with_the_host_puts_the_controller_in_the_wrong(self, host: Host) -> None:
        host.time += 300
        (finding,) = preflight.check_clock(host, WANTED, {"https://rubygems.org": NOW + 299})
        assert (finding.check, finding.notice) == ("controller-clock", True)


class TestRoom:
    def test_places_on_one_disk_share_it(self, host: Host) -> None:
        host.disks["/"] = preflight.Space(1, "/", 299, None, read_only=False, noexec=False)
        gap = gaps(host)["disk"]
        assert "299 MB free, and 300 MB are needed: 200 for sites, 100 for files" in gap.what

    def test_a_disk_of_its_own_is_looked_at_by_itself(self, host: Host) -> None:
        host.disks["/opt"] = preflight.Space(2, "/opt", 63, 500, read_only=False, noexec=True)
        told = [(finding.check, finding.where) for finding in preflight.look(host, BUILDING)]
        assert told == [("disk", "/opt"), ("inodes", "/opt"), ("noexec", "/opt")]

    def test_a_release_that_can_t_be_hard_links_is_a_copy(self, host: Host) -> None:
        host.disks["/srv"] = preflight.Space(2, "/srv", 1000, None, read_only=False, noexec=False)
        assert "1000 for a copy of the build" in gaps(host, BUILDING)["disk"].what

    def test_a_site_that_runs_is_only_warned(self, host: Host) -> None:
        host.path("/srv/ddconsul/zandrijk/current").mkdir(parents=True)
        host.disks["/"] = preflight.Space(1, "/", 299, None, read_only=False, noexec=False)
        assert gaps(host)["disk-low"].notice
        assert "disk" in gaps(host, BUILDING)

    def test_read_only(self, host: Host) -> None:
        host.disks["/srv"] = preflight.Space(2, "/srv", 9000, None, read_only=True, noexec=False)
        assert gaps(host)["read-only"].fix == "sudo mount -o remount,rw /srv"

    def test_swap_counts_and_a_control_group_s_limit_too(self, host: Host) -> None:
        host.write("/proc/meminfo", "MemAvailable: 1024000 kB\nSwapFree: 1024000 kB\n")
        assert gaps(host, BUILDING) == {}
        host.write("/sys/fs/cgroup/memory.max", "1000000000\n")
        host.write("/sys/fs/cgroup/memory.current", "500000000\n")
        host.write("/sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 100000000\n")
        assert "572 MB of memory and swap are free" in gaps(host, BUILDING)["memory"].what
        host.write("/sys/fs/cgroup/memory.max", "max\n")
        assert gaps(host, BUILDING) == {}

    def test_the_real_disk_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "var/lib/dpkg").mkdir(parents=True)
        space = preflight.Host(str(tmp_path)).space("/not/yet/there")
        assert space.free_mb > 0
        assert Path(space.mount).is_mount()


class TestPackages:
    def test_who_holds_apt_s_lock_is_waited_for(self, host: Host) -> None:
        host.write("/var/lib/dpkg/lock-frontend", "")
        host.packages["half"] = preflight.Package("install ok unpacked", "1")
        path = host.path("/var/lib/dpkg/lock-frontend")
        script = (
            "import fcntl, sys\nfile = open(sys.argv[1], 'w')\nfcntl.lockf(file, fcntl.LOCK_EX)\n"
            "print(flush=True)\nsys.stdin.read()"
        )
        argv = [sys.executable, "-c", script, str(path)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            host.write(f"/proc/{holder.pid}/comm", "unattended-upgr\n")
            told = gaps(host, BUILDING)
            holder.communicate()
        assert told["apt-locked"].fix.startswith(f"sudo tail --pid={holder.pid} ")
        assert "unattended-upgr" in told["apt-locked"].what
        assert "dpkg" not in told
        assert host.lock_holder("/var/lib/dpkg/lock-frontend") == 0

    def test_half_installed_packages_are_named(self, host: Host) -> None:
        host.packages["half"] = preflight.Package("install ok half-configured", "1")
        host.packages["bad"] = preflight.Package("install reinstreq installed", "1")
        told = gaps(host, BUILDING)["dpkg"]
        assert "half installed: bad, half" in told.what
        assert told.notice, "a deploy mends it"

    @pytest.mark.parametrize(("version", "right"), [("1:3.3+b1", True), ("1:3.1", False), ("1:3.30", False)])
    def test_ruby_is_of_the_series(self, host: Host, version: str, right: bool) -> None:
        host.packages["ruby"] = preflight.Package("install ok installed", version)
        assert ("ruby" not in gaps(host)) is right

    def test_sources_in_both_of_apt_s_formats(self) -> None:
        one = (
            "# deb http://off/ trixie main\ndeb [signed-by=/k] http://one/debian trixie main\ndeb-src http://src/ x y\n"
        )
        many = "Types: deb deb-src\nURIs: http://two/ http://three/\nSuites: trixie\n\nEnabled: no\nTypes: deb\nURIs: http://no/"
        assert preflight.apt_sources(one) == ["http://one/debian"]
        assert preflight.apt_sources(many) == ["http://two/", "http://three/"]


class TestPorts:
    def test_a_service_is_named_with_what_stops_it(self, host: Host) -> None:
        listen(host, 1111, 77, "apache2", "apache2.service")
        gap = gaps(host)["port-unit"]
        assert (gap.where, gap.fix) == ("port 80", "sudo systemctl disable --now apache2.service")
        assert "apache2 (process 77) listens on it" in gap.what

    def test_a_program_without_a_service_is_shown(self, host: Host) -> None:
        listen(host, 3333, 78, "caddy")
        found = [finding for finding in preflight.look(host, WANTED) if finding.where == "port 443"]
        assert [finding.fix for finding in found] == ["sudo ss -ltnp 'sport = :443'  # stop it"]

    def test_an_nginx_that_is_not_debian_s_is_foreign(self, host: Host) -> None:
        listen(host, 1111, 79, "nginx", "openresty.service")
        del host.packages["nginx"]
        assert "port-unit" in gaps(host)

    def test_443_is_nobody_s_business_without_tls(self, host: Host) -> None:
        listen(host, 1111, 40, "nginx")
        assert gaps(host, replace(WANTED, ports=[80])) == {}

    def test_only_sockets_that_listen_count(self) -> None:
        assert preflight.listening(TCP + TCP6) == [(80, "1111"), (443, "3333")]

    @pytest.mark.parametrize(
        ("text", "unit"),
        [
            ("0::/system.slice/apache2.service\n", "apache2.service"),
            ("1:name=systemd:/system.slice/x.slice/postgresql@17-main.service/a\n", "postgresql@17-main.service"),
            ("0::/user.slice/session-1.scope\n", ""),
        ],
    )
    def test_the_unit_of_a_process(self, text: str, unit: str) -> None:
        assert preflight.unit_of(text) == unit


class TestPostgresql:
    def test_another_cluster_on_the_port(self, host: Host) -> None:
        host.write("/etc/postgresql/15/main/postgresql.conf", "#port = 1\nport = 5432  # why\n")
        host.write("/etc/postgresql/16/x/postgresql.conf", "port = 5433\n")
        gap = gaps(host)["postgresql-other"]
        assert "cluster 15/main has port 5432" in gap.what
        assert gap.fix.splitlines() == [
            "sudo pg_conftool 15 main set port 5434",
            "sudo systemctl restart postgresql@15-main",
        ]

    def test_our_own_on_another_port(self, host: Host) -> None:
        host.write("/etc/postgresql/17/main/postgresql.conf", "port = 5440\n")
        assert "has port 5440" in gaps(host)["postgresql-port"].what

    def test_a_cluster_that_was_dropped(self, host: Host) -> None:
        host.packages["postgresql-17"] = preflight.Package("install ok installed", "17.6")
        assert gaps(host)["postgresql-cluster"].fix == "sudo pg_createcluster 17 main --start"

    def test_one_that_does_not_run_is_a_notice(self, host: Host) -> None:
        host.write("/etc/postgresql/17/main/postgresql.conf", "")
        assert gaps(host)["postgresql-stopped"].notice


class TestNginx:
    @pytest.fixture(autouse=True)
    def _main(self, host: Host) -> None:
        host.write("/etc/nginx/nginx.conf", "http { include /etc/nginx/sites-enabled/*; }")

    def test_two_defaults_of_one_port(self, host: Host) -> None:
        host.write(
            "/etc/nginx/conf.d/old.conf", "server {\n  listen [::]:80 default_server;\n  # listen 443 default;\n}"
        )
        gap = gaps(host)["nginx-default"]
        assert gap.where == "/etc/nginx/conf.d/old.conf"
        assert "port 80" in gap.what

    def test_settings_that_nginx_refuses(self, host: Host) -> None:
        host.programs["nginx"] = (
            1,
            'nginx: [emerg] unknown directive "x" in /etc/nginx/conf.d/x.conf:3\nnginx: failed',
        )
        assert gaps(host)["nginx"].what.endswith('unknown directive "x" in /etc/nginx/conf.d/x.conf:3')

    def test_what_a_deploy_of_ours_left_half_is_mended_by_the_next(self, host: Host) -> None:
        host.programs["nginx"] = (1, "nginx: [emerg] no certificate in /etc/nginx/sites-enabled/ddconsul-zandrijk:3")
        assert gaps(host) == {}

    def test_a_main_file_that_reads_no_sites(self, host: Host) -> None:
        host.write("/etc/nginx/nginx.conf", "http { include /etc/nginx/conf.d/*.conf; }")
        assert "nginx-include" in gaps(host)


class TestDomain:
    def test_another_site_has_it(self, host: Host) -> None:
        host.write("/etc/nginx/sites-enabled/ddconsul-other", "server_name a.example Denkmee.Zandrijk.example;")
        gap = gaps(host)["domain-site"]
        assert "is already the domain of site other" in gap.what

    def test_a_site_that_nginx_does_not_know_yet_has_it(self, host: Host) -> None:
        text = 'production:\n  server_name: "denkmee.zandrijk.example"\n'
        host.write("/srv/ddconsul/other/shared/config/secrets.yml", text)
        assert gaps(host)["domain-site"].where == "/srv/ddconsul/other"

    def test_something_else_has_it(self, host: Host) -> None:
        host.write("/etc/nginx/nginx.conf", "include /etc/nginx/sites-enabled/*;")
        host.write("/etc/nginx/sites-enabled/wordpress", "server { server_name denkmee.zandrijk.example; }")
        fix = gaps(host)["domain-other"].fix
        assert "sudo mv --no-clobber /etc/nginx/sites-enabled/wordpress /etc/nginx/ " in fix
        assert "rm " not in fix, "it is not ours"

    def test_a_name_that_leads_elsewhere_is_a_notice(self, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        wanted = replace(WANTED, dns=True)
        leads = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("9.9.9.9", 0))]
        monkeypatch.setattr(preflight.socket, "getaddrinfo", lambda *_, **__: leads)
        assert gaps(host, wanted) == {}, "a host without a public address has something before it"
        host.own = {"8.8.8.8"}
        finding = gaps(host, wanted)["dns-elsewhere"]
        assert finding.notice
        assert "leads to 9.9.9.9" in finding.what
        host.own = {"9.9.9.9"}
        assert gaps(host, wanted) == {}

    def test_a_name_that_leads_nowhere_is_a_notice(self, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(preflight.socket, "getaddrinfo", fail)
        finding = gaps(host, replace(WANTED, dns=True))["dns-none"]
        assert (finding.notice, "name or service not known" in finding.what) == (True, True)

    def test_own_addresses(self) -> None:
        trie = (
            "  +-- 10.0.0.0/24 2 0 2\n     |-- 10.0.0.5\n        /32 host LOCAL\n     |-- 10.0.0.9\n        /24 link\n"
        )
        inet6 = "fe80000000000000025056fffe000001 02 40 20 80 eth0\n"
        assert preflight.own_addresses(trie, inet6) == {"10.0.0.5", "fe80::250:56ff:fe00:1"}


class Answering(http.server.BaseHTTPRequestHandler):
    """A registry: answers what its path says."""

    def do_HEAD(self) -> None:
        self.send_response(int(self.path.rpartition("/")[2] or 200))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asked(host: Host, url: str, **more: Any) -> dict[str, Any]:
    build = {"registries": [{"url": url, "key": "consul.gems_mirror"}]}
    return gaps(host, replace(WANTED, build=build, **more))


class TestRegistries:
    def test_any_answer_will_do(self, host: Host, registry: str) -> None:
        for status in ("", "/404", "/403"):
            assert {name for name in asked(host, registry + status) if name.startswith("registry")} == set()

    def test_one_that_refuses(self, host: Host) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        gap = asked(host, url)["registry"]
        assert gap.where == url
        assert "connection refused" in gap.what
        assert "network.proxy or consul.gems_mirror" in gap.fix

    def test_a_name_that_is_not_known(self, host: Host) -> None:
        gap = asked(host, "https://registry.invalid/")["registry-name"]
        assert "getent hosts registry.invalid" in gap.fix

    def test_a_proxy_that_wants_a_password(self, host: Host, registry: str) -> None:
        assert asked(host, "http://registry.invalid/200", proxy=registry) == {}
        assert "registry-proxy" in asked(host, "http://registry.invalid/407", proxy=registry)
        assert "registry-proxy" in asked(host, f"{registry}/200", proxy="http://127.0.0.1:9")

    def test_tls_that_nobody_vouches_for(self, host: Host, tmp_path: Path) -> None:
        url, pem = tls_server(tmp_path)
        host.programs["openssl"] = (0, "issuer=CN = Zandrijk Firewall")
        gap = asked(host, url)["registry-tls"]
        assert "issued by CN = Zandrijk Firewall" in gap.what
        assert "network.extra_ca" in gap.fix
        assert set(asked(host, url, authorities=[pem])) == set()


def tls_server(folder: Path) -> tuple[str, str]:
    """Start a registry with a certificate that it made itself; return its URL and that certificate."""
    import ssl

    certificate, key = folder / "c.pem", folder / "k.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://localhost:{server.server_port}/", certificate.read_text()


class TestWhatIsSaid:
    def test_all_gaps_at_once_at_80_columns_with_commands_whole(self, host: Host) -> None:
        host.write("/etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME='Debian GNU/Linux 12 (bookworm)'\n")
        host.time += 300
        host.disks["/opt"] = preflight.Space(2, "/opt", 63, 500, read_only=False, noexec=True)
        listen(host, 1111, 77, "apache2", "apache2.service")
        host.write("/etc/nginx/sites-enabled/ddconsul-other", "server_name denkmee.zandrijk.example;")
        found = [finding for finding in preflight.look(host, BUILDING) if not finding.notice]
        text = preflight.message(found)

        assert text.startswith(
            f"{len(found)} things stand in the way. Nothing was changed.\n1. /etc/os-release: Debian"
        )
        assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) == len(found) >= 7
        assert max(len(line) for line in text.splitlines() if "   $ " not in line) <= 79
        for finding in found:
            for line in finding.fix.splitlines():
                assert line.startswith("#") or f"\n   $ {line}" in text

    @pytest.mark.parametrize("name", preflight.KINDS)
    def test_each_kind_has_a_fix_that_a_shell_reads(self, name: str) -> None:
        fix = re.sub(r"\{\w+\}", "x", preflight.KINDS[name].fix)
        done = subprocess.run(["sh", "-n"], input=fix, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert fix.strip()

    def test_the_sources_to_fill_in_have_security_s_updates(self) -> None:
        command = preflight.KINDS["apt-sources"].fix.replace("sudo tee /etc/apt/sources.list", "cat")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == [
            "deb http://deb.debian.org/debian trixie main",
            "deb http://deb.debian.org/debian trixie-updates main",
            "deb http://security.debian.org/debian-security trixie-security main",
        ]
        assert preflight.apt_sources(done.stdout)

    def test_each_kind_is_reported_by_some_check(self) -> None:
        source = Path(preflight.__file__).read_text(encoding="utf-8").partition("# --- the checks")[2]
        assert [name for name in preflight.KINDS if f'"{name}"' not in source] == []


class TestLogin:
    """The look in a shell, where there may be no Python and no sudo."""

    def look(self, tmp_path: Path, *programs: str, uid: int = 1000, **scripts: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "bin"
        folder.mkdir()
        given = {"id": f'[ "$1" = -u ] && echo {uid} || echo beheer', **scripts}
        for name, body in {**given, **dict.fromkeys(programs, "exit 0")}.items():
            (folder / name).write_text(f"#!/bin/sh\n{body}\n")
            (folder / name).chmod(0o755)
        text = "needs_sudo=yes\n" + SCRIPT.read_text(encoding="utf-8")
        environment = {"PATH": str(folder)}
        return subprocess.run(["/bin/sh", "-c", text], env=environment, text=True, capture_output=True, check=False)

    def test_a_host_that_has_both(self, tmp_path: Path) -> None:
        done = self.look(tmp_path, "python3", "sudo")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_root_needs_no_sudo(self, tmp_path: Path) -> None:
        assert self.look(tmp_path, "python3", uid=0).returncode == 0

    def test_neither_python_nor_sudo(self, tmp_path: Path) -> None:
        done = self.look(tmp_path)
        assert done.returncode == 1
        assert '1. python3: it is not installed.\n   $ su - -c "apt-get install' in done.stdout
        assert "2. sudo: it is not installed, and beheer is not root." in done.stdout

    def test_sudo_that_wants_a_password(self, tmp_path: Path) -> None:
        done = self.look(tmp_path, "python3", sudo="exit 1")
        assert "1. sudo: beheer can't use it without a password." in done.stdout
        assert "NOPASSWD" in done.stdout
        assert len(done.stdout.splitlines()) == 3


def test_the_page_says_what_the_module_says() -> None:
    script = REPOSITORY / "scripts/preflight_page.py"
    answer = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"stale: run scripts/preflight_page.py\n{answer.stdout}{answer.stderr}"


def test_one_s_own_lock_is_none(host: Host) -> None:
    host.write("/lock", "")
    with host.path("/lock").open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert host.lock_holder("/lock") == 0
