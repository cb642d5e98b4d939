"""A provider of logins (OpenID Connect; `idp.py`: SAML), which the site and a browser both reach as https://login.example.org.

It runs beside the test; the site's host leads to it, by its own web server and a tunnel.
"""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import oidc_provider_mock
from idp import PLACE, IdentityProvider
from oidc_provider_mock import User
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from host import Host

NAME = "login.example.org"
ISSUER = f"https://{NAME}"
# On the host, where the tunnel begins.
PORT = 9480
# A number as brokers of DigiD hand out, and nothing else that could be a name.
NAMELESS = User(sub="999990019", claims={"email": "naamloos@example.org", "email_verified": True})
NAMED = User(sub="999990020", claims={"name": "Ada de Vries", "email": "ada@example.org", "email_verified": True})
SERVER = f"""
server {{
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name {NAME};
    ssl_certificate /etc/ssl/e2e-op.pem;
    ssl_certificate_key /etc/ssl/e2e-op.key;
    location / {{
        proxy_pass http://127.0.0.1:{PORT};
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto https;
    }}
}}
"""


def certificate(folder: Path) -> Path:
    """Make the provider's certificate, which is its own authority; its key is beside it."""
    made = folder / "op.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={NAME}"]
    names = ["-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*argv, *names, "-keyout", made.with_suffix(".key"), "-out", made], check=True, capture_output=True)
    return made


@contextmanager
def provider(host: Host, login: list[str], made: Path, site: str) -> Iterator[None]:
    """Run it, as long as a test needs it.

    Args:
        host: The site's host.
        login: The command that opens a shell on it: `ssh` with what that needs, and the host last.
        made: The certificate.
        site: The address of the site.
    """
    app = oidc_provider_mock.app(user_claims=[NAMELESS, NAMED])
    # It calls itself what it is asked for.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)  # type: ignore[method-assign]  # as Werkzeug says to
    both = DispatcherMiddleware(app, {PLACE: IdentityProvider(f"{ISSUER}{PLACE}", site, made)})
    server = make_server("127.0.0.1", 0, both, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    *ssh, where = login
    back = f"127.0.0.1:{PORT}:127.0.0.1:{server.server_port}"
    tunnel = subprocess.Popen([*ssh, "-N", "-o", "ExitOnForwardFailure=yes", "-R", back, where])
    try:
        for suffix in (".pem", ".key"):
            host.sh(f"cat > /etc/ssl/e2e-op{suffix}", stdin=made.with_suffix(suffix).read_bytes())
        host.sh("cat > /etc/nginx/conf.d/e2e-op.conf", stdin=SERVER.encode())
        host.sh(f"grep -q {NAME} /etc/hosts || echo '127.0.0.1 {NAME}' >> /etc/hosts; nginx -t -q && nginx -s reload")
        _wait(host)
        yield
    finally:
        host.sh("rm -f /etc/nginx/conf.d/e2e-op.conf && nginx -s reload", check=False)
        tunnel.terminate()
        tunnel.wait()
        server.shutdown()


def _wait(host: Host) -> None:
    """Wait until the host finds the provider, and trusts it."""
    ask = (
        "python3 -c 'import urllib.request as u; "
        f'print(u.urlopen("{ISSUER}/.well-known/openid-configuration").status)\' 2>&1 | tail -1'
    )
    for _ in range(30):
        said = host.sh(ask, check=False)
        if said == "200":
            return
        time.sleep(1)
    raise AssertionError(said)
