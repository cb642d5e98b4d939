"""What role nginx leaves on a host: three sites (plain, own, files), of which "own" has no web server behind it."""

from __future__ import annotations

import json
import re

import pytest
from testinfra.host import Host


def visit(host: Host, url: str, *options: str) -> tuple[str, dict[str, str], str]:
    """Return status, headers and body; the name in the URL is this host's."""
    command = "curl --silent --insecure --include --connect-to ::127.0.0.1: %s" + " %s" * len(options)
    head, _, body = host.check_output(command, url, *options).replace("\r\n", "\n").partition("\n\n")
    status, *lines = head.split("\n")
    return status.split()[1], {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


def test_nginx_takes_its_configuration_and_starts_with_the_host(host: Host) -> None:
    assert host.run("nginx -t").succeeded
    assert host.service("nginx").is_running
    assert host.service("nginx").is_enabled


def test_the_web_server_learns_who_asked_and_how(host: Host) -> None:
    status, headers, body = visit(host, "http://plain.example/debates?page=2")
    sent = json.loads(body)
    assert status == "200"
    assert (sent["Host"], sent["X-Forwarded-Proto"]) == ("plain.example", "http")
    assert (sent["X-Real-IP"], sent["X-Forwarded-For"]) == ("127.0.0.1", "127.0.0.1")
    assert headers["server"] == "nginx"


def test_the_log_keeps_no_code_of_a_letter_or_a_mail(host: Host) -> None:
    from_page = ("--referer", "http://plain.example/residence?code=GEHEIM-1")
    for address in (
        "http://plain.example/gelezen?code=GEHEIM-2",
        "http://own.example/gelezen?reset_password_token=GEHEIM-3",
    ):
        visit(host, address, *from_page)
    said = host.check_output("cat /var/log/nginx/ddconsul-plain.log /var/log/nginx/ddconsul-own.log")
    assert said.count('"GET /gelezen HTTP/1.1"') == 2
    assert '"http://plain.example/residence" "curl/' in said
    assert "GEHEIM" not in said


def test_what_is_compressed_already_is_sent_as_it_is_and_may_be_kept(host: Host) -> None:
    compressed = ("--head", "--header", "Accept-Encoding: gzip")
    status, headers, _ = visit(host, "http://plain.example/assets/site.css", *compressed)
    assert (status, headers["content-encoding"]) == ("200", "gzip")
    assert "max-age=315360000" in headers["cache-control"]


def test_the_house_style_is_served_and_may_be_kept(host: Host) -> None:
    status, headers, body = visit(host, "https://files.example/huisstijl/0123.css")
    assert (status, headers["content-type"], body) == ("200", "text/css", ":root { --brand: #154273 }")
    assert "max-age=315360000" in headers["cache-control"]
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_a_file_of_the_house_style_takes_the_place_of_one_of_consul_s(host: Host) -> None:
    status, headers, body = visit(host, "https://files.example/social_media_icon.png")
    assert (status, headers["content-type"], body) == ("200", "image/png", "a picture")
    # Its address stays when the logo changes.
    assert headers["cache-control"] == "max-age=3600"


def test_a_file_that_the_house_style_lacks_is_not_there(host: Host) -> None:
    assert visit(host, "https://files.example/huisstijl/")[0] in {"403", "404"}
    assert visit(host, "https://files.example/huisstijl/0000.css")[0] == "404"
    assert visit(host, "http://plain.example/social_media_icon.png")[0] == "200"  # of the web server behind it


def test_a_house_style_can_come_later(host: Host) -> None:
    assert "ThreadingUnixStreamServer" in visit(host, "http://plain.example/huisstijl/89ab.css")[2]
    assert "ThreadingUnixStreamServer" in visit(host, "http://plain.example/favicon.ico")[2]


def test_hidden_files_stay_hidden(host: Host) -> None:
    assert visit(host, "http://plain.example/.env")[0] == "404"


@pytest.mark.parametrize("site", ["own", "files"])
def test_http_is_sent_on_to_https_of_the_same_name(host: Host, site: str) -> None:
    status, headers, _ = visit(host, f"http://{site}.example/a?b=c")
    assert (status, headers["location"]) == ("301", f"https://{site}.example/a?b=c")


def test_only_a_certificate_of_ones_own_promises_https(host: Host) -> None:
    # The web server behind them promises a second, which nginx does not pass on.
    assert visit(host, "https://files.example/")[1]["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in visit(host, "http://plain.example/")[1]
    assert "strict-transport-security" not in visit(host, "https://own.example/")[1]


def test_the_web_server_behind_tls_knows(host: Host) -> None:
    assert json.loads(visit(host, "https://files.example/")[2])["X-Forwarded-Proto"] == "https"


def test_a_site_that_starts_says_so_in_dutch(host: Host) -> None:
    status, headers, body = visit(host, "https://www.own.example/debates")
    assert (status, headers["retry-after"], headers["cache-control"]) == ("503", "15", "no-store")
    assert "<h1>Even geduld</h1>" in body


@pytest.mark.parametrize("url", ["http://another.example/", "https://another.example/", "http://gone.example/"])
def test_nginx_hangs_up_on_names_that_no_site_has(host: Host, url: str) -> None:
    assert host.run("curl --silent --insecure --connect-to ::127.0.0.1: %s", url).rc in {35, 52}


def test_the_certificate_that_the_host_made_was_renewed(host: Host) -> None:
    path = "/etc/ssl/private/ddconsul-own.internal.pem"
    text = host.check_output("openssl x509 -noout -text -in %s", path)
    assert "CN=ddconsul own" in text.replace(" = ", "=")
    assert "NIST CURVE: P-256" in text
    assert re.findall(r"DNS:([\w.]+)", text) == ["own.example", "www.own.example"]
    assert host.run("openssl x509 -noout -in %s -checkend %s", path, str(396 * 86400)).succeeded
    assert served_subject(host, "own.example") == "subject=CN=ddconsul own"


def test_a_certificate_that_a_killed_deploy_brought_is_served_after_the_next_one(host: Host) -> None:
    assert served_subject(host, "files.example") == "subject=CN=newer"


def served_subject(host: Host, name: str) -> str:
    """Return whom the certificate is of that nginx shows under a name."""
    ask = "openssl s_client -connect 127.0.0.1:443 -servername %s </dev/null 2>/dev/null"
    return host.check_output(f"{ask} | openssl x509 -noout -subject", name).replace(" = ", "=")


@pytest.mark.parametrize("path", ["ddconsul-own.internal.pem", "ddconsul-files.key"])
def test_only_root_reads_a_key(host: Host, path: str) -> None:
    found = host.file(f"/etc/ssl/private/{path}")
    assert (found.user, found.mode) == ("root", 0o600)


@pytest.mark.parametrize(
    ("wish", "granted"),
    [
        ("-tls1_3", True),
        ("-tls1_2", True),
        ("-tls1_1 -cipher DEFAULT@SECLEVEL=0", False),
        ("-tls1_2 -cipher ECDHE-RSA-AES256-SHA384", False),
        ("-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384", False),
        ("-tls1_2 -cipher AES256-GCM-SHA384", False),
    ],
)
def test_tls_offers_what_ncsc_calls_good_or_sufficient(host: Host, wish: str, granted: bool) -> None:
    asked = f"openssl s_client -connect 127.0.0.1:443 -servername files.example {wish} </dev/null"
    assert host.run(asked).succeeded == granted


def test_a_site_that_was_taken_away_left_nothing(host: Host) -> None:
    assert host.check_output("find /etc -name '*ddconsul-gone*'") == ""
    assert host.check_output("find /srv/ddconsul -path '*/gone/*' -type f") == ""
