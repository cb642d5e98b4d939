"""Municipality files for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from ddconsul.instance.loader import load
from ddconsul.instance.sections.participation import Codes, written

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance

MINIMAL = """\
municipality:
  name: Voorbeeldgemeente
  domain: participatie.example.org
target:
  type: container
administrators:
  - name: Beheerder
    email: beheer@example.org
"""

SERVER = """\
municipality:
  name: "'s-Voorbeeld aan Zee"
  code: "0014"
  domain: Praat.Example.org
  languages: [nl, en, de]
  contact: {email: info@example.org}
target: {type: ssh, host: server1.example.org, port: 2222, user: beheer, key: id_ed25519, site: zee}
consul: {version: "2.4.1", source: bron, gems_mirror: "https://gems.example.org", npm_mirror: "https://npm.example.org"}
branding:
  colours: {brand: "#154273", link: "#01689B", header: "#FFCC00", footer: "#222222"}
modules: {debates: yes, proposals: no, polls: On, budgets: true, legislation: off, sdg: "yes"}
pages: {privacy: privacy.md, accessibility: privacy.md, conditions: privacy.md}
mail:
  from: noreply@mail.example.org
  name: Gemeente Zee
  smtp: {host: mail.example.org, port: 25, user: platform, starttls: no}
tls: {mode: files, certificate: site.pem, key: site.key}
administrators:
  - {name: Eerste, email: een@example.org}
  - {name: Tweede, email: twee@example.org}
network: {proxy: "http://proxy.example.org:3128", extra_ca: [ca.pem]}
"""

# What a site that inhabitants can reach has to have, beside MINIMAL.
PAGES = "pages: {privacy: privacy.md, accessibility: privacy.md, conditions: privacy.md}\n"
# Of each other, for praat.example.org, and good for a century.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBrDCCAVOgAwIBAgIUcZK7KLs5rWOGB/QQtzHNKTe+OtQwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRcHJhYXQuZXhhbXBsZS5vcmcwIBcNMjYxMTI5MTEwMjQzWhgP
MjEyNTA2MjMxMTAyNDNaMBwxGjAYBgNVBAMMEXByYWF0LmV4YW1wbGUub3JnMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOaTBmzICDRAOx+OCHD+NL8r03zx6rpTw
fG5DqLQNDCP8vIWLRyrsBUtf5SVcXVA36oKd07Xdsup6WU2rhO618aNxMG8wHQYD
VR0OBBYEFFrSOSSHSDsNM+CGm9VQycnJs0duMB8GA1UdIwQYMBaAFFrSOSSHSDsN
M+CGm9VQycnJs0duMA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IRcHJhYXQu
ZXhhbXBsZS5vcmcwCgYIKoZIzj0EAwIDRwAwRAIgf+T/ZiIsvlDlf8zQVNYUECPM
hIANbqQJC6kL0mlvIo4CIGFnDnq+k2klnEY4MbKOkCLKkIBgXZ3AXaOqwHlRk9SH
-----END CERTIFICATE-----
"""
PRIVATE_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ1UWbrLc+D9Kod0Q
pf4Wqoglom1MTH/s7peAKaUZ9hyhRANCAAQ5pMGbMgINEA7H44IcP40vyvTfPHqu
lPB8bkOotA0MI/y8hYtHKuwFS1/lJVxdUDfqgp3Ttd2y6npZTauE7rXx
-----END PRIVATE KEY-----
"""


def write(folder: Path, text: str = MINIMAL) -> Path:
    """Write a municipality file, and what SERVER points at beside it."""
    for name, content in {
        "id_ed25519": PRIVATE_KEY,
        "site.pem": CERTIFICATE,
        "site.key": PRIVATE_KEY,
        "ca.pem": CERTIFICATE,
        "privacy.md": "# Privacy\n\nWij bewaren weinig.\n",
    }.items():
        (folder / name).write_text(content)
    (folder / "bron").mkdir(exist_ok=True)
    file = folder / "gemeente.yml"
    file.write_text(dedent(text), encoding="utf-8")
    return file


def instance(folder: Path, text: str = MINIMAL) -> Instance:
    """Return the Instance of a municipality file."""
    return load(write(folder, text)).instance


def with_others(folder: Path) -> str:
    """Return a municipality file whose inhabitants need others: a provider to log in with, and letters."""
    codes = Codes(Path(), md5="00" * 16, letters=1, vault="$ANSIBLE_VAULT;1.1;AES256\n3030\n")
    (folder / "brieven.yml").write_text(written(codes))
    return f"""{MINIMAL}
participation:
  verification: letters
  codes: brieven.yml
  log_in:
    oidc: {{issuer: "https://login.example.org", client_id: zee, label: Inloggen}}
    saml: {{metadata_url: "https://login.example.org/saml", entity_id: "https://zee.example.org", label: Inloggen}}
"""
