"""What role base leaves on a host."""

from pathlib import Path

import pytest
from testinfra.host import Host

AUTHORITY = Path(__file__).with_name("authority.pem").read_text()


def test_the_extra_authority_is_trusted(host: Host) -> None:
    assert AUTHORITY in host.file("/etc/ssl/certs/ca-certificates.crt").content_string + "\n"


def test_the_package_is_installed(host: Host) -> None:
    assert host.package("file").is_installed


def test_what_was_half_installed_is_whole(host: Host) -> None:
    assert host.check_output("dpkg --audit") == ""
    assert host.package("left-half").is_installed


def test_apt_was_told_of_no_proxy(host: Host) -> None:
    assert host.check_output("apt-config shell proxy Acquire::http::Proxy") == ""


@pytest.mark.parametrize("path", ["/opt/ddconsul", "/srv/ddconsul"])
def test_builds_and_sites_have_a_place_that_only_root_changes(host: Host, path: str) -> None:
    found = host.file(path)
    assert (found.is_directory, found.user, found.group, found.mode) == (True, "root", "root", 0o755)
