"""No form in which a program prints a secret gets through."""

from __future__ import annotations

import base64
import html
import json
import shlex
import subprocess
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddconsul.ansible.redact import MASK, Redactor

SECRET = "p'a\"s\\s w&rd/é+?"
KEY = "-----BEGIN KEY-----\nAbCdEfGhIjKlMnOpQrStUvWx0123456789+/\nsecondLineOfTheKey==\n-----END KEY-----\n"
FORMS = {
    "as it is": lambda text: text,
    "in JSON": json.dumps,
    "in JSON as it is": lambda text: json.dumps(text, ensure_ascii=False),
    "in JSON in JSON": lambda text: json.dumps({"stdout": json.dumps({"password": text})}),
    "for a shell": shlex.quote,
    "for a shell, in JSON": lambda text: json.dumps({"cmd": f"printf {shlex.quote(text)}"}),
    "for a shell in a shell": lambda text: shlex.quote(f"printf {shlex.quote(text)}"),
    "for a shell, as bash does": lambda text: "'" + text.replace("'", r"'\''") + "'",
    "in YAML": lambda text: "'" + text.replace("'", "''") + "'",
    "in Python": repr,
    "in a path": quote,
    "in an address": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in a web page": html.escape,
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "in hexadecimal": lambda text: text.encode().hex(),
}


@pytest.mark.parametrize("secret", [SECRET, "PlainPassword123", KEY], ids=["odd", "plain", "key"])
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_goes_in_every_form(secret: str, form: str) -> None:
    printed = FORMS[form](secret)
    left = Redactor([secret])(f"before {printed} after")
    assert left.startswith("before ")
    assert left.endswith(" after")
    assert MASK in left
    for line in printed.splitlines():
        assert len(line) < 12 or line not in left


@pytest.mark.parametrize("user", ["a", "ab", "abc"])
def test_basic_authentication_goes(user: str) -> None:
    secret = "PlainPassword123"
    header = base64.b64encode(f"{user}:{secret}:rest".encode()).decode()
    left = Redactor([secret])(f"Authorization: Basic {header}")
    assert MASK in left
    assert secret not in base64.b64decode(left.rpartition(" ")[2].replace(MASK, "") + "===", altchars=None).decode(
        errors="replace"
    )


def test_base64_over_several_lines_goes() -> None:
    secret = "0123456789abcdef" * 8
    wrapped = subprocess.run(["base64"], input=secret, capture_output=True, text=True, check=True).stdout
    assert "\n" in wrapped.strip()
    for printed in (wrapped, json.dumps(wrapped)):
        left = Redactor([secret])(printed)
        assert MASK in left
        assert not [line for line in wrapped.split() if line.rstrip("=")[:-1] in left]


def test_each_line_of_a_key_goes_by_itself() -> None:
    redact = Redactor([KEY])
    assert redact("    AbCdEfGhIjKlMnOpQrStUvWx0123456789+/") == f"    {MASK}"


def test_secrets_that_contain_one_another_go_whole() -> None:
    redact = Redactor(["password-longer", "password"])
    assert redact("password-longer") == MASK


def test_short_values_go_where_they_stand_alone_only() -> None:
    redact = Redactor(["zee1", "abc"])
    assert redact("zee1 'zee1' zee12 abc") == f"{MASK} '{MASK}' zee12 abc"


def test_the_password_in_an_address_goes() -> None:
    assert Redactor()("proxy http://jan:geheim@proxy.example.org:3128/ and a@b") == (
        f"proxy http://jan:{MASK}@proxy.example.org:3128/ and a@b"
    )
    assert Redactor()("http://jan:ge@heim@proxy.example.org") == f"http://jan:{MASK}@proxy.example.org"


def test_a_token_in_an_address_goes_and_a_name_over_ssh_does_not() -> None:
    assert Redactor()("https://t0ken@git.example.org/c.git") == f"https://{MASK}@git.example.org/c.git"
    assert Redactor()("ssh://git@git.example.org/c.git") == "ssh://git@git.example.org/c.git"


@given(st.text(min_size=6, max_size=60), st.sampled_from(sorted(FORMS)))
def test_any_secret_goes(secret: str, form: str) -> None:
    if secret in MASK or len(set(secret)) < 4:
        return
    left = Redactor([secret])("x" + FORMS[form](secret) + "x")
    if secret.strip() == secret and len(secret.splitlines()) == 1:
        assert FORMS[form](secret) not in left
