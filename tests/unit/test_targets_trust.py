"""The authorities that a container trusts beyond the usual ones."""

from __future__ import annotations

import base64
import ssl
from typing import TYPE_CHECKING

import pytest

from ddconsul.targets import trust
from ddconsul.targets.base import TargetError

if TYPE_CHECKING:
    from pathlib import Path

# Not certificates: what stands between the lines is nobody's business here.
FIRST = b"\x30\x03abc"
SECOND = b"\x30\x03def"


def pem(der: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----\n"


def put(root: Path, name: str, content: bytes | str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("folder", trust.ANCHORS)
def test_anchors_of_each_family_of_distributions(tmp_path: Path, folder: str) -> None:
    put(tmp_path, f"{folder}/net/Our Proxy CA.crt", pem(FIRST))
    put(tmp_path, f"{folder}/README", "no certificate")
    [found] = trust.host_cas(tmp_path)
    assert found["name"].startswith("our-proxy-ca-")
    assert found["pem"] == pem(FIRST)


def test_each_certificate_gets_a_file_of_its_own_and_none_comes_twice(tmp_path: Path) -> None:
    put(tmp_path, "usr/local/share/ca-certificates/bundle.crt", f"# two\n{pem(FIRST)}\n{pem(SECOND)}")
    put(tmp_path, "usr/local/share/ca-certificates/copy.crt", pem(FIRST).replace("\n", "\r\n"))
    found = trust.host_cas(tmp_path)
    assert [authority["pem"] for authority in found] == [pem(FIRST), pem(SECOND)]
    assert len({authority["name"] for authority in found}) == 2


def test_der_is_turned_into_pem(tmp_path: Path) -> None:
    put(tmp_path, "etc/pki/ca-trust/source/anchors/corp.der", FIRST)
    [found] = trust.host_cas(tmp_path)
    assert found["pem"] == ssl.DER_cert_to_PEM_cert(FIRST)


def test_a_machine_without_anchors(tmp_path: Path) -> None:
    assert trust.host_cas(tmp_path) == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="cannot be read"):
        trust.certificates(tmp_path / "gone.crt")
