"""Design tokens: what a package comes to, the lock file, and where the package comes from."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from files import MINIMAL, write

from ddconsul.commands import main
from ddconsul.instance.kinds.tokens import LOCK_FILE
from ddconsul.instance.loader import inspect, load
from ddconsul.translate.brand.package import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, VERSION = "@zee/design-tokens", "1.2.3"
CSS = """
:root {
  --zee-blue: hsl(211 60% 35%);
  --zee-action: var(--zee-blue);
  --utrecht-button-primary-action-background-color: var(--zee-action);
  --utrecht-link-color: var(--zee-nowhere, rgb(0 86 139));
  --utrecht-page-footer-background-color: transparent;
  --utrecht-focus-outline-color: var(--zee-circle);
  --zee-circle: var(--utrecht-focus-outline-color);
}
.dark { --zee-blue: #ffffff; }
@media print { :root { --zee-blue: #000000; } }
"""
LOCK_WITH_MARKUP = """{"packages": {"@zee/design-tokens": {"version": "1.2.3", "variant": "", "licence": "x",
"proprietary": false, "roles": {"brand": {"value": "</style>"}}}}}"""


def package(licence: str = "EUPL-1.2", css: str = CSS) -> bytes:
    """A package as npm packs it."""
    files = {
        "package/package.json": json.dumps({"name": NAME, "version": VERSION, "license": licence}).encode(),
        "package/dist/root.css": css.encode(),
        "package/../../evil.css": b"no",
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


class Registry:
    """A registry of npm packages with one package."""

    def __init__(self) -> None:
        self.archive = package()
        self.integrity: str | None = None
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = registry.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> bytes:
        if path.endswith(".tgz"):
            return self.archive
        if path.lower() not in {"/@zee%2fdesign-tokens", "/@zee/design-tokens"}:
            return b""
        digest = base64.b64encode(hashlib.sha512(self.archive).digest()).decode()
        dist = {"tarball": f"{self.url}/tokens.tgz", "integrity": self.integrity or f"sha512-{digest}"}
        version = {"name": NAME, "version": VERSION, "dist": dist}
        return json.dumps({"name": NAME, "dist-tags": {"latest": VERSION}, "versions": {VERSION: version}}).encode()


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Another test's package of the same name is no answer.
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm, which takes seconds."""
    monkeypatch.setattr("ddconsul.operations.brand_fetch.shutil.which", lambda _: None)


@pytest.fixture(params=["npm", "directly"])
def way(request: pytest.FixtureRequest) -> None:
    """Both ways to a registry."""
    if request.param == "directly":
        request.getfixturevalue("directly")
    elif not shutil.which("npm"):
        pytest.skip("npm is not on this machine")


def tokens(registry: Registry, more: str = "", version: str = VERSION) -> str:
    return f'{MINIMAL}branding: {{tokens: "{NAME}@{version}"{more}}}\nconsul: {{npm_mirror: "{registry.url}"}}\n'


def fetch(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["brand", "fetch", str(file), *options])


def test_a_package_is_resolved_into_roles() -> None:
    found = resolve({"dist/root.css": CSS.encode(), "package.json": b'{"license": "EUPL-1.2"}'})
    assert {role: colour["value"] for role, colour in found.roles.items()} == {"brand": "#24578f", "link": "#00568b"}
    assert found.roles["link"]["token"] == "--utrecht-link-color"
    assert (found.licence, found.proprietary, found.file) == ("EUPL-1.2", False, "dist/root.css")


@pytest.mark.parametrize("licence", ["SEE LICENSE IN LICENSE.md", "UNLICENSED", None, "All rights reserved"])
def test_what_is_no_free_licence_is_its_owners(licence: str | None) -> None:
    # Packages have been seen whose licence file says CC0 of itself, and the contrary of the tokens.
    files = {"dist/root.css": CSS.encode(), "LICENSE.md": b"<!-- @license CC0-1.0 -->\nThese are proprietary assets."}
    assert resolve({**files, "package.json": json.dumps({"license": licence}).encode()}).proprietary


def test_a_variant_is_looked_up_in_its_folder() -> None:
    files = {f"dist/{name}/root.css": CSS.replace("35%", light).encode() for name, light in
             {"kern": "35%", "groen": "20%"}.items()}  # fmt: skip
    assert resolve(files, "kern").roles["brand"] != resolve(files, "groen").roles["brand"]
    with pytest.raises(ValueError, match="variants: groen, kern"):
        resolve(files)


@pytest.mark.usefixtures("way")
def test_fetched_locked_and_read(tmp_path: Path, registry: Registry) -> None:
    file = write(tmp_path, tokens(registry))
    (before,) = inspect(file).problems
    assert (before.line, before.key) == (9, "branding.tokens")
    assert "ddconsul brand fetch" in before.todo
    # What it is about can be seen: it is no secret.
    assert NAME in str(before)
    result = fetch(file, "--json")
    assert result.exit_code == 0, result.stderr
    lock = json.loads((tmp_path / LOCK_FILE).read_text())["packages"][NAME]
    assert json.loads(result.stdout)["integrity"] == lock["integrity"]
    assert lock["integrity"] == "sha512-" + base64.b64encode(hashlib.sha512(registry.archive).digest()).decode()
    assert (lock["version"], lock["licence"], lock["roles"]["brand"]["value"]) == (VERSION, "EUPL-1.2", "#24578f")
    branding = load(file).instance.branding
    assert branding.tokens is not None
    assert branding.tokens.roles == {"brand": "#24578f", "link": "#00568b"}
    assert {path.name for path in tmp_path.rglob("*evil*")} == set()


@pytest.mark.usefixtures("directly")
def test_a_stale_lock_names_the_command(tmp_path: Path, registry: Registry) -> None:
    assert fetch(write(tmp_path, tokens(registry))).exit_code == 0
    (problem,) = inspect(write(tmp_path, tokens(registry, version="2.0.0"))).problems
    assert f"was fetched as {NAME}@{VERSION}" in problem.message
    assert "ddconsul brand fetch" in problem.todo


@pytest.mark.usefixtures("way")
def test_a_version_that_is_not_there(tmp_path: Path, registry: Registry) -> None:
    result = fetch(write(tmp_path, tokens(registry, version="9.9.9")))
    assert result.exit_code == 3
    assert f"{NAME}@9.9.9: cannot be fetched" in result.stderr
    assert not (tmp_path / LOCK_FILE).exists()


@pytest.mark.usefixtures("way")
def test_another_checksum_than_the_registry_says(tmp_path: Path, registry: Registry) -> None:
    registry.integrity = "sha512-" + base64.b64encode(hashlib.sha512(b"other").digest()).decode()
    assert fetch(write(tmp_path, tokens(registry))).exit_code == 3
    assert not (tmp_path / LOCK_FILE).exists()


@pytest.mark.usefixtures("directly")
def test_another_content_under_the_same_version(tmp_path: Path, registry: Registry) -> None:
    file = write(tmp_path, tokens(registry))
    assert fetch(file).exit_code == 0
    locked = (tmp_path / LOCK_FILE).read_text()
    registry.archive = package(css=CSS.replace("35%", "20%"))
    shutil.rmtree(tmp_path / "npm-cache", ignore_errors=True)
    result = fetch(file)
    assert result.exit_code == 2
    assert "is not what it was" in result.stderr
    assert (tmp_path / LOCK_FILE).read_text() == locked


@pytest.mark.usefixtures("directly")
def test_a_proprietary_package_is_for_its_owner(tmp_path: Path, registry: Registry) -> None:
    registry.archive = package("SEE LICENSE IN LICENSE.md")
    refused = fetch(write(tmp_path, tokens(registry)))
    assert (refused.exit_code, (tmp_path / LOCK_FILE).exists()) == (2, False)
    assert "branding.owner" in refused.stderr
    assert fetch(write(tmp_path, tokens(registry, ", owner: yes"))).exit_code == 0
    (problem,) = inspect(write(tmp_path, tokens(registry))).problems
    assert "owner" in problem.message
    load(write(tmp_path, tokens(registry, ", owner: yes")))


@pytest.mark.usefixtures("directly")
def test_colours_of_the_file_come_before_those_of_the_package(tmp_path: Path, registry: Registry) -> None:
    from ddconsul.instance.sections.palette import palette

    file = write(tmp_path, tokens(registry, ', colours: {link: "#7a1f3d"}'))
    assert fetch(file).exit_code == 0
    found = palette(load(file).instance.branding)
    assert {role: found[role].value for role in ("brand", "link")} == {"brand": "#24578f", "link": "#7a1f3d"}


@pytest.mark.usefixtures("directly")
def test_a_colour_of_the_package_is_judged_too(tmp_path: Path, registry: Registry) -> None:
    registry.archive = package(css=CSS.replace("rgb(0 86 139)", "#ffcc00"))
    file = write(tmp_path, tokens(registry))
    assert fetch(file).exit_code == 0
    (problem,) = inspect(file).problems
    assert (problem.key, problem.rule) == ("branding.tokens", "contrast")


@pytest.mark.parametrize(
    "content", ["", "[]", '{"packages": []}', '{"packages": {"@zee/design-tokens": {"version": 1}}}', "\ud7ff",
                LOCK_WITH_MARKUP],
)  # fmt: skip
def test_a_lock_file_that_is_no_lock_file(tmp_path: Path, content: str) -> None:
    (tmp_path / LOCK_FILE).write_text(content, encoding="utf-8")
    (problem,) = inspect(write(tmp_path, f'{MINIMAL}branding: {{tokens: "{NAME}@{VERSION}"}}\n')).problems
    assert "is not as `brand fetch` writes it" in problem.message


@pytest.mark.parametrize("written", ["zee", "@zee/design-tokens", "@zee/design-tokens@latest", "@zee/x@^1.0.0",
                                     "--registry=x@1.0.0", "../x@1.0.0", "5"])  # fmt: skip
def test_only_an_exact_version_of_a_package_is_taken(tmp_path: Path, written: str) -> None:
    (problem,) = inspect(write(tmp_path, f'{MINIMAL}branding: {{tokens: "{written}"}}\n')).problems
    assert "is not an npm package with its version" in problem.message


def test_no_tokens_to_fetch(tmp_path: Path) -> None:
    result = fetch(write(tmp_path))
    assert result.exit_code == 2
    assert "has no branding.tokens" in result.stderr


def test_the_package_that_everybody_may_use(tmp_path: Path) -> None:
    """NL Design System's example, of the registry that npm is configured for here."""
    from ddconsul.errors import UnreachableError
    from ddconsul.operations.brand_fetch import fetch as run

    text = f'{MINIMAL}branding: {{tokens: "@nl-design-system-unstable/voorbeeld-design-tokens@7.4.1"}}\n'
    file = write(tmp_path, text)
    try:
        found = run(file)
    except UnreachableError as error:
        pytest.skip(f"no registry here: {error.what}")
    values: dict[str, Any] = {role: colour["value"] for role, colour in found.resolved.roles.items()}
    assert (values["brand"], values["link"]) == ("#5115ef", "#00568b")
    assert not found.resolved.proprietary
    load(file)
