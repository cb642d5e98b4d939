"""The certificate of a site: whole, with its own key, and with a word in time before it runs out."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from files import CERTIFICATE, MINIMAL, PRIVATE_KEY, write

from ddconsul.instance import advice
from ddconsul.instance.kinds.certificates import holds_until
from ddconsul.instance.loader import inspect

if TYPE_CHECKING:
    from pathlib import Path

TLS = "tls: {mode: files, certificate: eigen.pem, key: eigen.key}\n"
OTHER_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghjFhKzXMg/vuPnNh
Cr7jr0qlW2teJYFlPd2e3LvmmymhRANCAATKXyPLEV5J1I35px7lJ4tM7Yd3xv15
DaB5xG14iQW4po2PNA4tNM9UWg0TSeMm+fkMk7dbIBAEcBtW/KDGQxGW
-----END PRIVATE KEY-----
"""
# Of the key in files.py; the password is x.
LOCKED_KEY = """\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiOhGxc3rv9bwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECX7WCh7snSWl5RNFgKjNIcEgZAz
Fl3/El3HJi48NqaBmdch/jwhHN0N84JNRKeEPJgm/QGDFXMxfDhZBBXfHeYTun2C
3PAHDrt1CvlvqPRrEW8p6+xPrJUV4lbpsk2yOegyJd/OX2omNxuYGeD6eK06iuTC
zc1/w8MD1skwZ/QRqotLzKNQLt+4HCKpFfSi90ckhkOmE97yLSwY4rfKn1zGOGo=
-----END ENCRYPTED PRIVATE KEY-----
"""
# Of the key in files.py; good until 30 November 2026, 11:02:43.
SHORT = """\
-----BEGIN CERTIFICATE-----
MIIBbTCCAROgAwIBAgIUQiAtaSPk2JkAGSmZwPOY7pyT8vowCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAeFw0yNjExMjkxMTAyNDNaFw0yNjExMzAxMTAyNDNaMAwx
CjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ5pMGbMgINEA7H
44IcP40vyvTfPHqulPB8bkOotA0MI/y8hYtHKuwFS1/lJVxdUDfqgp3Ttd2y6npZ
TauE7rXxo1MwUTAdBgNVHQ4EFgQUWtI5JIdIOw0z4Iab1VDJycmzR24wHwYDVR0j
BBgwFoAUWtI5JIdIOw0z4Iab1VDJycmzR24wDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiAgV16AM94SphI3FBOIdxMthyFvhBF3wtWio7GrGNjTwwIh
ALC+Yd8ktUBirENmBFQblkxiHhmq/hBiLMoZXGuUCgHa
-----END CERTIFICATE-----
"""


def told(folder: Path, certificate: str, key: str) -> list[str]:
    (folder / "eigen.pem").write_text(certificate)
    (folder / "eigen.key").write_text(key)
    return [f"{problem.sentence}. {problem.todo}" for problem in inspect(write(folder, MINIMAL + TLS)).problems]


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        (CERTIFICATE, OTHER_KEY, "tls.key is not the key of tls.certificate"),
        (CERTIFICATE, LOCKED_KEY, "tls.key is locked with a password"),
        (CERTIFICATE, PRIVATE_KEY[:90], "tls.key holds no private key that can be read"),
        (CERTIFICATE[:200], PRIVATE_KEY, "tls.certificate holds no certificate that can be read"),
        (CERTIFICATE.replace("M", "N"), PRIVATE_KEY, "tls.certificate holds no certificate that can be read"),
    ],
)
def test_a_certificate_and_a_key_that_are_not_of_each_other(
    tmp_path: Path, certificate: str, key: str, said: str
) -> None:
    (problem,) = told(tmp_path, certificate, key)
    assert problem.startswith(said)


@pytest.mark.parametrize("more", ["", CERTIFICATE, "Bag Attributes\r\n"])
def test_a_certificate_with_its_key_is_right(tmp_path: Path, more: str) -> None:
    assert told(tmp_path, CERTIFICATE + more, PRIVATE_KEY) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((2026, 10, 1), None),
        ((2026, 11, 20), "tls.certificate runs out on 2026-11-30"),
        ((2026, 12, 1), "tls.certificate has run out on 2026-11-30"),
    ],
)
def test_a_certificate_that_runs_out_is_worth_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: tuple[int, int, int], said: str | None
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, _: object = None) -> datetime:  # type: ignore[override]  # less than what it stands for
            return datetime(*now, tzinfo=UTC)

    monkeypatch.setattr(advice, "datetime", Clock)
    (tmp_path / "eigen.pem").write_text(SHORT)
    (tmp_path / "eigen.key").write_text(PRIVATE_KEY)
    found = inspect(write(tmp_path, MINIMAL + TLS))
    assert not found.problems
    assert [warning.sentence for warning in found.warnings] == ([said] if said else [])


def test_the_end_of_a_certificate_is_read_from_it(tmp_path: Path) -> None:
    file = tmp_path / "eigen.pem"
    file.write_text(SHORT)
    assert holds_until(file) == datetime(2026, 11, 30, 11, 2, 43, tzinfo=UTC)
    file.write_text(CERTIFICATE)
    assert str(holds_until(file)).startswith("2125-06-23")
    for odd in (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"", b"\xff" * 9):
        file.write_bytes(odd)
        assert holds_until(file) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CERTIFICATE.encode(), []),
        (b64decode("".join(CERTIFICATE.splitlines()[1:-1])), []),
        (CERTIFICATE.encode() * 3, []),
        (CERTIFICATE[:200].encode(), ["holds no certificate that can be read"]),
        (CERTIFICATE.encode() + CERTIFICATE[:200].encode(), ["holds no certificate that can be read"]),
        (b"\x30zzzz", ["holds no certificate that can be read"]),
        (PRIVATE_KEY.encode(), ["holds no certificate in PEM form"]),
    ],
)
def test_an_authority_is_a_certificate_that_can_be_read(tmp_path: Path, content: bytes, said: list[str]) -> None:
    (tmp_path / "netwerk.crt").write_bytes(content)
    problems = inspect(write(tmp_path, MINIMAL + "network: {extra_ca: [netwerk.crt]}\n")).problems
    assert [problem.message.partition('" ')[2] for problem in problems] == said
