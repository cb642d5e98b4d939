"""What nginx makes of a request before the site sees it: the rendered configuration in a real nginx."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import re
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from programs import tool
from rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "denkmee.zandrijk.example"
# Loopback has more addresses than one: the visitor's, the municipality's proxy's, and the host's own.
VISITOR, PROXY, HOST = "127.0.0.2", "127.0.0.3", "127.0.0.1"


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it got, as a site's web server gets them."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def address_string(self) -> str:
        return "a socket"


class Upstream(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def site(folder: Path, **variables: object) -> Iterator[int]:
    """Let nginx serve a site; give its port."""
    nginx, port, web = tool("nginx"), free_port(), folder / "web.sock"
    (folder / "public/.well-known").mkdir(parents=True)
    (folder / "public/.well-known/security.txt").write_text("Contact: mailto:cvd@zandrijk.example\n")
    (folder / "public/.env").write_text("a secret")
    text = render("nginx", "site.conf.j2", nginx_site_root=f"{folder}/public", nginx_site_socket=str(web), **variables)
    text = re.sub(r"(?m)^ +listen \[::\]:80;\n", "", text).replace("listen 80;", f"listen {HOST}:{port};")
    text = text.replace("/var/log/nginx", str(folder))
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    whole = f"{user}daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {kept} {text} }}"
    (folder / "nginx.conf").write_text(whole)
    upstream = Upstream(str(web), Echo)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    server = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE, text=True)
    try:
        while not listens(port):
            assert server.poll() is None, server.stderr.read() if server.stderr else ""
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()
        upstream.shutdown()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def ask(port: int, path: str = "/debates", comes_from: str = VISITOR, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, source_address=(comes_from, 0))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": NAME, **sent})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def seen(port: int, comes_from: str = VISITOR, **headers: str) -> dict[str, str]:
    """The headers that the site gets of a request."""
    found: dict[str, str] = json.loads(ask(port, comes_from=comes_from, **headers)[1])
    return found


def test_a_visitor_cannot_say_who_they_are(tmp_path: Path) -> None:
    claims = {
        "X_Forwarded_For": "192.0.2.7",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "elsewhere.example",
        "X_Forwarded_Ssl": "on",
        "X_Forwarded_Scheme": "https",
        "Client_IP": "192.0.2.7",
        "Forwarded": "for=192.0.2.7",
    }
    with site(tmp_path) as port:
        got = seen(port, **claims)
    assert (got["X-Forwarded-For"], got["X-Forwarded-Proto"], got["Host"]) == (VISITOR, "http", NAME)
    assert not {"X-Forwarded-Host", "X-Forwarded-Ssl", "X-Forwarded-Scheme", "Client-IP", "Forwarded"} & set(got)


def test_what_the_municipalitys_own_proxy_says_of_a_visitor_is_taken_from_it_alone(tmp_path: Path) -> None:
    with site(tmp_path, nginx_site_trusted_proxies=[PROXY]) as port:
        through = seen(port, PROXY, X_Forwarded_For="198.51.100.9, 192.0.2.7", X_Forwarded_Proto="https")
        # A proxy that does the encryption and says nothing of it.
        silent = seen(port, PROXY, X_Forwarded_For="192.0.2.7")
        unsafe = seen(port, PROXY, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="http")
        past = seen(port, VISITOR, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
        own = seen(port, HOST, X_Forwarded_Proto="https")
    # The last one before the proxy: what comes before that the visitor may have made up.
    assert (through["X-Forwarded-For"], through["X-Forwarded-Proto"]) == ("192.0.2.7", "https")
    assert silent["X-Forwarded-Proto"] == "https"
    assert unsafe["X-Forwarded-Proto"] == "http"
    assert (past["X-Forwarded-For"], past["X-Forwarded-Proto"]) == (VISITOR, "http")
    assert own["X-Forwarded-Proto"] == "https", "this host's look at the site goes past the proxy"


def test_a_municipality_can_say_how_to_report_a_weakness_and_nothing_hidden_is_shown(tmp_path: Path) -> None:
    with site(tmp_path) as port:
        assert ask(port, "/.well-known/security.txt") == (200, "Contact: mailto:cvd@zandrijk.example\n")
        # What is not there is the site's to answer.
        assert json.loads(ask(port, "/.well-known/change-password")[1])["Host"] == NAME
        assert ask(port, "/.env")[0] == 404


@pytest.mark.parametrize("trusted", [[HOST], ["2001:db8::/32", "192.0.2.0/24"]])
def test_nginx_takes_each_kind_of_address_and_says_nothing_of_it(tmp_path: Path, trusted: list[str]) -> None:
    with site(tmp_path, nginx_site_trusted_proxies=trusted):
        pass
    assert "[warn]" not in (tmp_path / "error.log").read_text()
