"""What a deploy of the whole site leaves on a host."""

from __future__ import annotations

import json

import pytest
from testinfra.host import Host

UNITS = ["web.socket", "web.service", "worker.service", "cache.service", "nightly.timer", "clock.timer"]
VISIT = """
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1" + sys.argv[1], timeout=30).read().decode())
"""


def visit(host: Host, path: str) -> str:
    return str(host.check_output("python3 -c %s %s", VISIT, path))


@pytest.mark.parametrize("unit", UNITS)
def test_the_sites_services_run(host: Host, unit: str) -> None:
    assert host.check_output("systemctl is-active %s", f"ddconsul-molecule-site-{unit}") == "active"


def test_the_site_starts_with_the_host(host: Host) -> None:
    assert host.service("ddconsul-molecule-site.target").is_enabled


def test_the_release_answers_with_the_modules_that_are_on(host: Host) -> None:
    told = json.loads(visit(host, "/consul.json"))
    assert told["release"] == "2.5.1"
    assert {name for name, on in told["features"].items() if on} == {"proposals", "polls", "legislation"}


def test_the_home_page_is_the_municipalitys_and_dutch(host: Host) -> None:
    page = visit(host, "/")
    assert '<html lang="nl"' in page
    assert "Gemeente Zandrijk" in page


def test_visitors_get_what_consul_writes_at_night(host: Host) -> None:
    host.check_output("systemctl start ddconsul-molecule-site-nightly.service")
    assert "<urlset" in visit(host, "/sitemap.xml")


def test_the_account_that_everybody_knows_is_not_there(host: Host) -> None:
    query = "SELECT email FROM users JOIN administrators ON administrators.user_id = users.id"
    database = "ddconsul_molecule_site"
    assert host.check_output("runuser -u postgres -- psql -Atd %s -c %s", database, query) == "beheer@zandrijk.example"


def test_others_on_the_host_read_no_secret(host: Host) -> None:
    found = host.file("/srv/ddconsul/molecule-site/shared/config/secrets.yml")
    assert (found.user, found.group, found.mode) == ("root", "ddconsul_molecule_site", 0o640)
