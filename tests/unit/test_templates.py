"""Every template of every role, rendered by Ansible and judged by the program that will read it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from base64 import b64encode
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from programs import passes, tool
from rendering import ROLES, evaluate, render, templates

GOLDEN = Path(__file__).with_name("golden")
TLS_MODES = {
    "off": {"mode": "off"},
    "internal": {"mode": "internal"},
    "files": {"mode": "files", "certificate": "/c", "key": "/k"},
}
# What a registered result holds at that point of the play.
REGISTERED = {"consul_build_ruby": {"stdout_lines": ["3.3", "3.3", "embedded"]}}


@pytest.mark.parametrize(("role", "template"), templates())
def test_renders_with_nothing_undefined_and_ends_with_one_newline(role: str, template: str) -> None:
    text = render(role, template, **REGISTERED)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text


# --- nginx ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=test", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    passes(tool("openssl"), "req", "-x509", *subject, "-keyout", str(path), "-out", str(path))
    return path


@cache
def nginx_version() -> tuple[int, ...]:
    match = re.search(r"nginx/([\d.]+)", passes(tool("nginx"), "-v"))
    assert match
    return tuple(int(part) for part in match[1].split("."))


def judge_with_nginx(folder: Path, certificate: Path, *configurations: str) -> None:
    """Let the real nginx read the configurations together, with this machine's places and unprivileged ports."""
    text = "\n".join(configurations)
    text = re.sub(r"listen (\[::\]:)?(80|443)\b", r"listen \g<1>52\2", text)
    text = text.replace("/var/log/nginx", str(folder))
    text = re.sub(r"(ssl_certificate(?:_key)?) .*;", rf"\1 {certificate};", text)
    # Debian 12's nginx can be told of HTTP/2 in another way only; hosts have Debian 13's.
    if nginx_version() < (1, 25, 1):
        text = text.replace("http2 on;", "")
    whole = folder / "nginx.conf"
    whole.write_text(f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {text} }}")
    output = passes(tool("nginx"), "-t", "-c", str(whole))
    assert "[warn]" not in output


@pytest.mark.parametrize("mode", TLS_MODES)
@pytest.mark.parametrize("variables", [{}, {"nginx_site_default": True}], ids=["own-name", "any-name"])
def test_nginx_takes_the_site_and_what_stands_beside_it(
    mode: str, variables: dict[str, bool], tmp_path: Path, certificate: Path
) -> None:
    other = {"nginx_site_name": "other-site", "nginx_site_domains": ["a.example", "www.a.example"]}
    judge_with_nginx(
        tmp_path,
        certificate,
        render("nginx", "default.conf.j2"),
        render("nginx", "default_tls.conf.j2"),
        render("nginx", "site.conf.j2", nginx_site_tls=TLS_MODES[mode], **variables),
        render("nginx", "site.conf.j2", **other),
    )


@pytest.mark.parametrize("mode", TLS_MODES)
def test_the_site_is_what_it_was(mode: str) -> None:
    text = render("nginx", "site.conf.j2", nginx_site_tls=TLS_MODES[mode])
    golden = GOLDEN / "nginx" / f"site-{mode}.conf"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text(), "changed on purpose? UPDATE_GOLDEN=1 pytest tests/unit/test_templates.py"


@pytest.mark.parametrize("mode", ["internal", "files"])
def test_tls_offers_what_ncsc_calls_good_or_sufficient_and_nothing_else(mode: str) -> None:
    text = render("nginx", "site.conf.j2", nginx_site_tls=TLS_MODES[mode])
    assert re.findall(r"ssl_protocols (.*);", text) == ["TLSv1.2 TLSv1.3"]
    (ciphers,) = re.findall(r"ssl_ciphers (.*);", text)
    assert all(re.fullmatch(r"ECDHE-(RSA|ECDSA)-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)", c) for c in ciphers.split(":"))
    assert "ssl_early_data off;" in text
    assert "return 301 https://$host$request_uri;" in text


def test_only_a_certificate_of_ones_own_promises_https_for_a_year() -> None:
    texts = {mode: render("nginx", "site.conf.j2", nginx_site_tls=tls) for mode, tls in TLS_MODES.items()}
    # Twice: nginx forgets headers from above where a place has one of its own.
    sent = {mode: text.count("max-age") for mode, text in texts.items()}
    assert sent == {"off": 0, "internal": 0, "files": 2}


def test_the_starting_page_is_dutch_and_needs_nothing_from_elsewhere() -> None:
    page = render("nginx", "starting.html.j2")
    assert '<html lang="nl">' in page
    assert not re.search(r"(src|href)=\"[^\"]+\"", page)


# --- PostgreSQL, apt --------------------------------------------------------------------------------------


def settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) = (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("memory", "buffers", "cache_size"),
    [(900, "96MB", "384MB"), (4000, "480MB", "1920MB"), (16000, "1984MB", "7936MB"), (262144, "4096MB", "131072MB")],
)
def test_postgresql_is_sized_to_the_host(memory: int, buffers: str, cache_size: str) -> None:
    found = settings(render("postgresql", "ddconsul.conf.j2", postgresql_memory_mb=memory))
    assert (found["shared_buffers"], found["effective_cache_size"]) == (buffers, cache_size)


def test_a_few_megabytes_more_or_less_restart_nothing() -> None:
    texts = {render("postgresql", "ddconsul.conf.j2", postgresql_memory_mb=memory) for memory in (7950, 7961, 8011)}
    assert len(texts) == 1


@pytest.mark.parametrize(("authentication", "addresses"), [("socket", "''"), ("scram", "'localhost'")])
def test_postgresql_listens_where_it_has_to(authentication: str, addresses: str) -> None:
    found = settings(render("postgresql", "ddconsul.conf.j2", postgresql_authentication=authentication))
    assert found["listen_addresses"] == addresses


def test_apt_goes_through_the_proxy_that_is_named() -> None:
    assert "Acquire" not in render("base", "apt-proxy.conf.j2")
    text = render("base", "apt-proxy.conf.j2", base_proxy="http://proxy.example:3128")
    assert text.count('"http://proxy.example:3128";') == 2


def settings_of(text: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", text))


# --- the site ---------------------------------------------------------------------------------------------


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in evaluate("consul_site_units + consul_site_clock_units", "consul_site"):
        # This machine need not have Bundler and memcached; that the host has is the roles' care.
        text = re.sub(r"(?m)^(Exec\w+=)/usr/bin/(bundle|memcached)\b", r"\1/bin/true", unit["content"])
        (tmp_path / Path(unit["path"]).name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    assert passes(tool("systemd-analyze"), "verify", "--man=no", *units) == ""


def test_sites_on_one_host_keep_nothing_in_the_same_cache() -> None:
    sockets = []
    for site in ("zee", "zee-noord"):
        # Dalli takes it from the environment, and its client of memcached is Consul's.
        looked_for = settings_of(render("consul_site", "environment.j2", consul_site_name=site))["MEMCACHE_SERVERS"]
        unit = render("consul_site", "cache.service.j2", consul_site_name=site)
        assert f"--unix-socket={looked_for} " in unit
        assert f"User=ddconsul_{site.replace('-', '_')}\n" in unit
        # Beneath /run, where systemd makes the folder for that account alone.
        folder = re.search(r"(?m)^RuntimeDirectory=(.*)$", unit)
        assert folder
        assert Path("/run", folder[1]) == Path(looked_for).parent
        assert "RuntimeDirectoryMode=0700\n" in unit
        assert not re.search(r"--(listen|port)|-[lp] ", unit)
        sockets.append(looked_for)
    assert sockets[0] != sockets[1]


def test_the_host_takes_away_each_unit_that_a_site_has() -> None:
    removed = re.findall(r'"\$site"([\w.-]+)', (ROLES / "consul_site/files/remove_units.sh").read_text())
    units = evaluate("consul_site_units + consul_site_clock_units", "consul_site", consul_site_name="zee")
    assert {Path(unit["path"]).name for unit in units} == {f"ddconsul-zee{part}" for part in [*removed, ".target"]}


def test_the_timer_knows_each_moment_at_which_something_changes_by_itself() -> None:
    def schedule(*moments: str) -> dict[str, list[list[str]]]:
        return {"schedule": [[moment, "anything"] for moment in moments]}

    later, first = "2027-03-15T08:00:00Z", "2027-03-01T08:00:00Z"
    objects = [
        {
            "key": "budget wijk",
            "fields": {"phase": schedule(first, later), "price": 3, "name.nl": "Wijk", "image": None},
        },
        {"key": "page wijk", "fields": {"content.nl": schedule(first)}},
    ]
    text = render("consul_site", "clock.timer.j2", consul_site_state={"objects": objects})
    found = re.findall(r"(?m)^OnCalendar=(.*)$", text)

    assert found[:2] == ["2027-03-01 08:00:00 UTC", "2027-03-15 08:00:00 UTC"]
    assert passes(tool("systemd-analyze"), "calendar", *found)


RUBY = [(role, name) for role, name in templates() if name.endswith(".rb.j2")]


@pytest.mark.parametrize(("role", "template"), RUBY)
def test_ruby_takes_what_is_ruby(role: str, template: str) -> None:
    passes(tool("ruby"), "-c", "-", stdin=render(role, template))


# Of Consul, what is around it: its helper with colours of its own, and the place where initializers begin.
MAILS = """
module MailerHelper
  def css_for_mailer_button = "background: #123456;border-radius: 6px;color: #fff!important;display: inline-block;"
  def css_for_mailer_link = "color: #123456; text-decoration: underline;"
end
module Rails
  def self.application = self
  def self.config = self
  def self.to_prepare = yield
end
load ARGV[0]
include MailerHelper
puts css_for_mailer_button, css_for_mailer_link
"""


@pytest.mark.parametrize(
    ("colours", "button", "link"),
    [
        ({}, "background: #123456;border-radius: 6px;color: #fff!important;", "color: #123456;"),
        (
            {
                "DDCONSUL_MAIL_BUTTON": "#ffcc00",
                "DDCONSUL_MAIL_BUTTON_TEXT": "#000000",
                "DDCONSUL_MAIL_LINK": "#01689b",
            },
            "background: #ffcc00;border-radius: 6px;color: #000000!important;",
            "color: #01689b;",
        ),
    ],
    ids=["consul-s", "house-style"],
)
def test_a_mail_has_the_colours_of_its_site(
    colours: dict[str, str], button: str, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in colours.items():
        monkeypatch.setenv(name, value)

    said = passes(tool("ruby"), "-e", MAILS, str(ROLES / "consul_build/templates/mail_colours.rb")).splitlines()

    assert said == [f"{button}display: inline-block;", f"{link} text-decoration: underline;"]


YAML = [(role, name) for role, name in templates() if name.endswith(".yml.j2")]


@pytest.mark.parametrize(("role", "template"), YAML)
def test_ruby_reads_the_yaml_as_consul_does(role: str, template: str) -> None:
    program = "require 'yaml'; require 'erb'; puts YAML.unsafe_load(ERB.new(STDIN.read).result).keys"
    assert passes(tool("ruby"), "-e", program, stdin=render(role, template)) == "production\n"


def test_a_password_that_looks_like_ruby_stays_a_password() -> None:
    program = "require 'yaml'; require 'erb'; print YAML.unsafe_load(ERB.new(STDIN.read).result).dig(*ARGV)"
    text = render("consul_site", "secrets.yml.j2")
    found = passes(tool("ruby"), "-e", program, "production", "smtp_settings", "password", stdin=text)
    assert found == "it's <%= not Ruby %>"


def test_administrators_come_from_the_networks_that_are_named_or_from_anywhere() -> None:
    program = (
        "require 'yaml'; require 'erb'; print YAML.unsafe_load(ERB.new(STDIN.read).result)['production']['security']"
    )
    texts = [
        render("consul_site", "secrets.yml.j2", consul_site_admin_networks=given) for given in ([], ["192.0.2.0/24"])
    ]
    anywhere, named = (passes(tool("ruby"), "-e", program, stdin=text) for text in texts)
    assert anywhere == ""
    assert re.sub(r"\s", "", named) == '{"allowed_admin_ips"=>["192.0.2.0/24"]}'


# --- nothing left over ------------------------------------------------------------------------------------


def test_roles_name_every_template_and_none_that_is_not_there() -> None:
    places = [*ROLES.glob("*/*/*.yml"), *ROLES.glob("*/templates/*.j2")]
    named = {
        (path.parts[-3], name)
        for path in places
        for name in re.findall(r"(?:src: |[\"'/])([\w.-]+\.j2)\b", path.read_text())
    }
    assert named == set(templates())


# --- addresses with a password ----------------------------------------------------------------------------

ACCESS = "http://noor:ge%22heim@proxy.example:3128"


def test_no_address_of_a_build_is_on_a_command_line() -> None:
    addresses = {
        "consul_build_proxy": ACCESS,
        "consul_build_gems_mirror": f"{ACCESS}/gems",
        "consul_build_npm_mirror": f"{ACCESS}/npm",
        "consul_build_npm_registry": "https://npm.example",
    }
    text = render("consul_build", "environment.j2", **addresses)
    assert text.splitlines()[1:] == [
        f'http_proxy="{ACCESS}"',
        f'https_proxy="{ACCESS}"',
        f'BUNDLE_MIRROR__ALL="{ACCESS}/gems"',
        f'npm_config_registry="{ACCESS}/npm"',
    ]
    assert "heim" not in str(evaluate("consul_build_run", "consul_build", **addresses))
    for file in (ROLES / "consul_build/tasks").glob("*.yml"):
        for task in yaml.safe_load(file.read_text()):
            # A task's environment is written before its command, where everybody can read it.
            told = f"{task.get('ansible.builtin.command')} {task.get('environment')}"
            assert not re.search("consul_build_(proxy|gems_mirror|npm_mirror|npm_from)", told), task["name"]


@pytest.mark.parametrize(("proxy", "mode"), [(ACCESS, "0600"), ("http://proxy.example:3128", "0644"), ("", "0644")])
def test_a_password_for_apt_is_for_root_s_eyes_only(proxy: str, mode: str) -> None:
    tasks = yaml.safe_load((ROLES / "base/tasks/main.yml").read_text())
    (task,) = (task for task in tasks if "apt" in task["name"])
    (file,) = task["host_files"]["files"]
    assert evaluate(file["mode"].strip("{} "), "base", base_proxy=proxy) == mode


def test_npm_is_fetched_with_the_password_of_its_mirror(tmp_path: Path) -> None:
    seen: list[tuple[str, str | None]] = []

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a package")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Mirror) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"http://noor:ge%22heim@127.0.0.1:{server.server_port}/npm/"
        program = (ROLES / "consul_build/files/fetch_package.py").read_text()

        def fetch(sha512: str) -> subprocess.CompletedProcess[str]:
            words = ["-", "https://npm.example", "npm/-/npm-1.tgz", sha512, str(tmp_path / "npm.tgz")]
            environment = {"npm_config_registry": mirror, "PATH": os.environ["PATH"], "no_proxy": "*"}
            return subprocess.run(
                [sys.executable, *words], input=program, capture_output=True, text=True, check=False, env=environment
            )

        wrong = fetch("0" * 128)
        assert (wrong.returncode, (tmp_path / "npm.tgz").exists()) == (1, False)
        assert "heim" not in wrong.stderr
        assert fetch(hashlib.sha512(b"a package").hexdigest()).returncode == 0
        server.shutdown()
    assert (tmp_path / "npm.tgz").read_bytes() == b"a package"
    named = "Basic " + b64encode(b'noor:ge"heim').decode()
    assert set(seen) == {("/npm/npm/-/npm-1.tgz", named)}


# --- Bundler ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("compiler", "slow_is_fine"), [("embedded", True), ("libsass", False)])
def test_only_a_libsass_that_compiles_nothing_is_made_without_care(compiler: str, slow_is_fine: bool) -> None:
    asked = {"consul_build_ruby": {"stdout_lines": ["3.3", "3.3", compiler]}}
    settings = yaml.safe_load(render("consul_build", "bundle_config.j2", **asked))
    assert ("BUNDLE_BUILD__SASSC" in settings) is slow_is_fine
