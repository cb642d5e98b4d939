#!/usr/bin/python
"""Ansible module: see whether a site answers, does its work and logs no errors."""

from __future__ import annotations

import http
import http.client
import json
import re
import socket
import ssl
import subprocess
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: consul_health
short_description: See whether a site answers, does its work and logs no errors
description:
  - Asks C(/consul.json) and the home page through the web server in front, as a
    visitor would, whatever DNS says of the host name.
  - Puts one job in the queue and sees the worker take it away.
  - Reads what the site's units have logged as an error since a moment.
options:
  name: {description: The site, type: str, required: true}
  user: {description: "The site's account, which is its database's name as well", type: str, required: true}
  domain: {description: The host name that visitors use, type: str, required: true}
  https: {description: Whether visitors come over HTTPS, type: bool, default: false}
  behind_proxy: {description: Whether a proxy in front of this host sees to that, type: bool, default: false}
  release: {description: 'The release that has to answer; "" for any', type: str, default: ''}
  since: {description: 'Read errors from this moment on, in seconds since 1970', type: int, required: true}
  wait: {description: Seconds to wait for a site that starts, type: int, default: 0}
  report_only: {description: Report what is wrong and do not fail, type: bool, default: false}
author: the ddconsul contributors
"""

RETURN = r"""
answers: {description: Whether the site answers with the right release, type: bool, returned: always}
release: {description: 'The release that answers, or ""', type: str, returned: always}
home: {description: HTTP status of the home page; 0 for none, type: int, returned: always}
services: {description: Unit to its state, type: dict, returned: always}
job_processed: {description: Whether the worker took a job and ended it, type: bool, returned: always}
failed_jobs: {description: Jobs in the queue that failed, type: int, returned: always}
errors: {description: Lines that the units logged as errors, type: list, returned: always}
problems: {description: 'What is wrong, in words', type: list, returned: always}
"""

# A job that asks for nothing and changes nothing: Setting.count. Deleted by the
# worker when it has run (Delayed::Worker), kept with last_error when it failed.
PROBE = r"""
INSERT INTO delayed_jobs (priority, attempts, handler, queue, run_at, created_at, updated_at, tenant)
SELECT -100, 0,
       E'--- !ruby/object:Delayed::PerformableMethod\n'
       'object: !ruby/class ''Setting''\nmethod_name: :count\nargs: []\n',
       'default', utc, utc, utc, 'public'
FROM (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock
RETURNING id
"""

FAILED_JOBS = "SELECT count(*) FROM delayed_jobs WHERE last_error IS NOT NULL"

# The site's units: those that always run, and those that come and go. By name: a pattern would take in the units of a
# site whose name begins with this one's.
LASTING = ("web.service", "worker.service", "cache.service", "nightly.timer", "clock.timer")
PASSING = ("web.socket", "nightly.service", "clock.service", "upgrade.service")

# syslog's "error": what is lower is worse.
PRIORITY_ERROR = 3

# Rails tags what it logs with the request's own id. A visitor who asks for what
# is switched off is an error to Rails and none to a deploy, so of tagged lines
# only those of our own requests count.
REQUEST_ID = "ddconsul-health"

# How Ruby's Logger marks what is wrong, in lines that systemd takes for information.
LOGGED_ERROR = re.compile(rf"\b(ERROR|FATAL) -- [^:]*: (?!\[(?!{REQUEST_ID})[\w-]+\])")

# Rails (ActionView::Digestor) says so of what it caches that shows a view component, such as Consul's list of budget
# investments. The page is right.
UNDIGESTED = "Couldn't find template for digesting"


# A third way beside http and https: over HTTP, with what the proxy that sees to HTTPS says of a visitor.
PROXIED = "proxied"


class Loopback(http.client.HTTPConnection):
    """A connection to this host's own web server, for a name that DNS may not know."""

    def __init__(self, domain: str, scheme: str, timeout: float) -> None:
        """Remember the name, which goes into the Host header and the TLS hello."""
        super().__init__(domain, 443 if scheme == "https" else 80, timeout=timeout)
        self.scheme = scheme

    def connect(self) -> None:
        """Connect to loopback, with TLS where the site has it."""
        self.sock = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        if self.scheme == "https":
            # Whether visitors trust the certificate is another question, asked elsewhere.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def get(domain: str, scheme: str, path: str, timeout: float = 20) -> tuple[int, str]:
    """Return the status and body of a page; (0, reason) when nothing answers."""
    connection = Loopback(domain, scheme, timeout)
    try:
        said = {"X-Forwarded-Proto": "https"} if scheme == PROXIED else {}
        connection.request("GET", path, headers={"X-Request-Id": REQUEST_ID, **said})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def answering_release(domain: str, scheme: str) -> str:
    """Return the release that `/consul.json` names, or ""."""
    status, body = get(domain, scheme, "/consul.json")
    if status != http.HTTPStatus.OK:
        return ""
    try:
        return str(json.loads(body).get("release", ""))
    except (ValueError, AttributeError):
        return ""


def wait_for_release(domain: str, scheme: str, wanted: str, until: float) -> str:
    """Ask until the wanted release answers or the time is over; return the last answer."""
    while True:
        release = answering_release(domain, scheme)
        if (release and wanted in ("", release)) or time.monotonic() >= until:
            return release
        time.sleep(0.5)


def output(argv: list[str], given: str = "") -> str:
    """Return what a command prints; "" when it can't be run."""
    try:
        done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False, cwd="/")
    except OSError:
        return ""
    return done.stdout.strip()


def psql(user: str, query: str, **values: str) -> str:
    """Return what the site's database answers; `:name` in the query stands for a value."""
    settings = [f"--set={name}={value}" for name, value in values.items()]
    return output(["runuser", "-u", user, "--", "psql", "--no-psqlrc", "-qAt", "--dbname", user, *settings], query)


def job_processed(user: str, number: str, until: float) -> bool:
    """Tell whether the worker did a job in time; take it out of the queue when not."""
    while number:
        failed = psql(user, "SELECT last_error IS NOT NULL FROM delayed_jobs WHERE id = :number", number=number)
        if not failed:
            return True
        if failed == "t" or time.monotonic() >= until:
            psql(user, "DELETE FROM delayed_jobs WHERE id = :number", number=number)
            break
        time.sleep(0.3)
    return False


def services(name: str) -> dict[str, str]:
    """Return the state of each of the site's lasting units."""
    units = [f"ddconsul-{name}-{unit}" for unit in LASTING]
    states = output(["systemctl", "is-active", *units]).splitlines()
    return dict(zip(units, states, strict=False))


def logged_errors(name: str, since: int) -> list[str]:
    """Return what the site's units logged as errors since a moment."""
    units = [f"--unit=ddconsul-{name}-{unit}" for unit in (*LASTING, *PASSING)]
    argv = ["journalctl", "--quiet", "--no-pager", "--output=json", *units, f"--since=@{since}"]
    found = []
    for line in output(argv).splitlines():
        entry = json.loads(line)
        message = str(entry.get("MESSAGE", ""))
        wrong = int(entry.get("PRIORITY", 6)) <= PRIORITY_ERROR or LOGGED_ERROR.search(message)
        if wrong and UNDIGESTED not in message:
            found.append(message[:500])
    return found


def problems_of(seen: dict[str, Any], wanted: str) -> list[str]:
    """Say in words what is wrong with a site."""
    problems = []
    if not seen["answers"]:
        problems.append(f"/consul.json names release {seen['release'] or 'none'}; wanted {wanted or 'any'}")
    if seen["home"] != http.HTTPStatus.OK:
        problems.append(f"the home page answers with status {seen['home']}")
    for unit, state in seen["services"].items():
        if state != "active":
            problems.append(f"{unit} is {state}; read: journalctl -u {unit}")
    if not seen["job_processed"]:
        problems.append("the worker did not do a job that was put in its queue")
    problems += [f"logged as an error: {line}" for line in seen["errors"][:10]]
    return problems


def look(given: dict[str, Any]) -> dict[str, Any]:
    """Look at a site from all sides."""
    until = time.monotonic() + given["wait"]
    scheme = "http" if not given["https"] else PROXIED if given["behind_proxy"] else "https"
    # The worker does it while the web server is waited for.
    number = psql(given["user"], PROBE)
    release = wait_for_release(given["domain"], scheme, given["release"], until)
    answers = bool(release) and given["release"] in ("", release)
    seen: dict[str, Any] = {
        "answers": answers,
        "release": release,
        "home": get(given["domain"], scheme, "/", timeout=60)[0] if answers else 0,
        "job_processed": job_processed(given["user"], number, max(until, time.monotonic() + 15) if answers else 0),
        "services": services(given["name"]),
        "failed_jobs": int(psql(given["user"], FAILED_JOBS) or 0),
        "errors": logged_errors(given["name"], given["since"]),
    }
    return {**seen, "problems": problems_of(seen, given["release"])}


def main() -> None:
    """Read the parameters, look, report."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "user": {"type": "str", "required": True},
            "domain": {"type": "str", "required": True},
            "https": {"type": "bool", "default": False},
            "behind_proxy": {"type": "bool", "default": False},
            "release": {"type": "str", "default": ""},
            "since": {"type": "int", "required": True},
            "wait": {"type": "int", "default": 0},
            "report_only": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    seen = look(module.params)
    if seen["problems"] and not module.params["report_only"]:
        module.fail_json(msg="The site is not well: " + "; ".join(seen["problems"]), **seen)
    module.exit_json(changed=False, **seen)


if __name__ == "__main__":
    main()
