"""The life of a platform, from an empty folder to nothing left: the same tests for the stand-in and for Consul.

A test module makes classes of these, in the order in which they stand here, around the contract.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contract.site import Site
from contract.visitor import Visitor
from host import SINK_PORT, Host, account, wait_until
from user import Municipality, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from contract.site import Mailbox
    from user import Material, Tool

NAME = "Gemeente 's-Éénhoven"
DOMAIN = "praatmee.example.org"
SENDER = "praatmee@example.org"
BRAND = "#6a1b9a"
MODULES = {
    "debates": False, "proposals": True, "polls": True, "budgets": False, "legislation": True, "sdg": False
}  # fmt: skip
SECOND_DOMAIN = "tweede.example.org"
SECOND_NAME = "Gemeente Tweede"
# Of what the first deploy took on the same machine, build and all. How many seconds that is, `make bench` tells.
SECOND_DEPLOY_SHARE = 0.15
SECOND_SITE_SHARE = 0.25
# Until a killed web server answers again: systemd's two seconds, and a boot of Rails.
BACK_SECONDS = 90


@dataclass
class World:
    """A deployed platform and all that belongs to it."""

    municipality: Municipality
    material: Material
    slug: str
    planned: Outcome
    first: Outcome
    host: Host
    mails: Mailbox

    @cached_property
    def password(self) -> str:
        """The administrator's password."""
        return self.municipality.secrets()["administrator_password"]

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return str(self.first.json["url"])

    def site(self, modules: Mapping[str, bool]) -> Site:
        """Return the site as the contract knows it."""
        return Site(
            url=self.url,
            name=NAME,
            administrator=("beheer@example.org", self.password),
            modules=modules,
            mails=self.mails,
            standin=self.material.standin,
            brand=BRAND,
            sender=SENDER,
        )


def deploy_first(
    tool: Tool, folder: Path, material: Material, slug: str, *, from_image: bool = False, **more: Any
) -> World:
    """Go the way of a new user: init, edit, deploy; `more` is written into the file as well.

    With `from_image`, the build is there already: that is quicker, for tests of what a site contains.
    """
    municipality = Municipality(
        tool,
        folder,
        {
            **material.settings,
            "municipality.name": NAME,
            "municipality.domain": DOMAIN,
            "target.site": slug,
            "modules": MODULES,
            "branding.colours.brand": BRAND,
            "mail": {"from": SENDER, "smtp": {"host": "localhost", "port": SINK_PORT, "starttls": False}},
            **more,
        },
    )
    assert municipality.run("validate").code == 0
    if from_image:
        municipality.start_from_image()
    planned = municipality.plan()
    first = municipality.deploy()
    host = Host(f"ddconsul-{slug}")
    return World(municipality, material, slug, planned, first, host, host.catch_mail())


def set_by_hand(world: World, setting: str, value: str) -> None:
    """Change a setting as an administrator does in the admin pages."""
    query = b"UPDATE settings SET value = :'value' WHERE key = :'key'"
    psql = f'psql --quiet --set="key={setting}" --set="value={value}"'
    world.host.sh(f"cd / && runuser -u {account(world.slug)} -- {psql}", stdin=query)


class FirstDeploy:
    """What a first deploy shows and leaves."""

    def test_it_tells_where_the_site_is_and_who_administers_it(self, world: World) -> None:
        told = world.first.json

        assert re.fullmatch(r"http://localhost:\d+/", told["url"])
        assert told["domain"] == DOMAIN
        assert told["administrator"] == "beheer@example.org"
        assert told["consul"]["standin"] is world.material.standin
        assert told["changed"] > 0

    def test_its_plan_named_all_that_it_did_and_nothing_else(self, world: World) -> None:
        planned, done = world.planned.json, world.first.json

        assert planned["changes"] == done["changes"]
        kinds = {change["kind"] for change in done["changes"]}
        assert {"package", "build", "site", "content"} <= kinds
        assert planned["effects"] == [{"text": "The site is new: nobody uses it yet.", "seconds": 0}]

    def test_no_secret_is_shown_logged_or_left_readable(self, world: World) -> None:
        secrets = world.municipality.secrets()
        said = world.first.out + world.first.err + world.first.log

        assert {"secret_key_base", "administrator_password"} <= set(secrets)
        assert not [name for name, value in secrets.items() if value in said]
        modes = {path.name: path.stat().st_mode & 0o777 for path in world.municipality.folder.iterdir()}
        assert modes["gemeente.vault-password"] == 0o600
        assert modes["gemeente.secrets.yml"] == 0o600

    def test_the_app_s_account_owns_only_what_it_must_write(self, world: World) -> None:
        user = account(world.slug)
        find = f"find /opt/ddconsul /srv/ddconsul/{world.slug}/releases -xdev ! -type l"

        assert world.host.sh(f"{find} \\( -user {user} -o -group {user} -o -perm /022 \\) | head") == ""
        places = f"/srv/ddconsul/{world.slug}/shared/config/secrets.yml"
        assert world.host.sh(f"stat --format='%U %G %a' {places}") == f"root {user} 640"

    def test_no_secret_stands_on_a_command_line_or_in_the_journal(self, world: World) -> None:
        secrets = [*world.municipality.secrets().values()]
        said = world.host.sh(
            "journalctl --quiet --no-pager; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '", check=False
        )

        assert not [value for value in secrets if value in said]

    def test_nothing_went_wrong_in_the_journal(self, world: World) -> None:
        errors = world.host.sh(f"journalctl --quiet --no-pager --priority=err --unit 'ddconsul-{world.slug}*'")

        assert errors == ""

    def test_no_unit_of_the_host_failed(self, world: World) -> None:
        assert world.host.sh("systemctl list-units --failed --plain --no-legend 'ddconsul*' 'nginx*' 'postgres*'") == ""


class LaterDeploys:
    """What a platform does between its first and its last day."""

    def test_its_status_for_a_person(self, world: World) -> None:
        done = world.municipality.run("status")

        assert done.code == 0, done
        assert f"Site {world.slug} is well: {world.url}" in done.out
        assert "2.5.1" in done.out

    def test_its_status_for_a_program(self, world: World) -> None:
        done = world.municipality.run("status", "--json")

        assert done.code == 0, done
        told = done.json
        assert (told["installed"], told["answers"], told["well"]) == (True, True, True)
        assert told["release"] == "2.5.1"
        assert told["problems"] == []
        assert set(told["services"].values()) == {"active"}

    def test_a_second_deploy_changes_nothing_restarts_nothing_and_boots_no_rails(self, world: World) -> None:
        before = world.host.starts(world.slug)
        ruby = world.host.sh("readlink --canonicalize /usr/bin/ruby")
        # Where no Ruby can start, a Rails that is booted fails the deploy. What runs, runs on.
        world.host.sh(f"chmod a-x {ruby}")
        try:
            again = world.municipality.deploy()
        finally:
            world.host.sh(f"chmod a+x {ruby}")

        assert again.json["changes"] == []
        assert again.json["changed"] == 0
        assert world.host.starts(world.slug) == before
        assert_soon(world, again, SECOND_DEPLOY_SHARE)

    def test_what_would_change_is_told_and_not_done(self, world: World) -> None:
        world.municipality.edit({"modules.debates": True})
        done = world.municipality.run("deploy", "--check", "--json")

        assert done.code == 0, done
        assert done.json["steps"] == ["Write what Consul contains"]
        change = {"kind": "content", "object": "setting process.debates", "field": "value", "old": None, "new": "t"}
        assert any(change.items() <= told.items() for told in done.json["changes"])
        assert features(world)["debates"] is None

    def test_one_setting_in_the_file_changes_that_setting_only(self, world: World) -> None:
        before = world.host.starts(world.slug)
        world.municipality.edit({"modules.debates": True})
        done = world.municipality.deploy()

        assert done.json["steps"] == ["Write what Consul contains"]
        assert world.host.starts(world.slug) == before
        assert features(world)["debates"] == "t"

    def test_contents_can_be_written_by_themselves(self, world: World) -> None:
        before = world.host.starts(world.slug)
        world.municipality.edit({"footer": {"phone": "14 012"}, "municipality.time_zone": "Europe/Rome"})
        planned = world.municipality.plan("--contents", "--exit-code", code=2).json
        done = world.municipality.run("deploy", "--contents", "--json")

        assert done.code == 0, done
        assert planned["changes"] == done.json["changes"]
        assert {change["object"] for change in done.json["changes"]} == {"text layouts.footer.description"}
        assert world.host.starts(world.slug) == before, "how the site runs is for a whole deploy"
        assert "14 012" in Visitor(world.site(MODULES)).get("/").text
        world.municipality.edit({"municipality.time_zone": "Europe/Amsterdam"})

    def test_what_a_process_reads_at_its_start_restarts_the_site_and_nothing_else(self, world: World) -> None:
        before = lines(world.host.starts(world.slug))
        world.municipality.edit({"municipality.time_zone": "Europe/Brussels"})
        world.municipality.deploy()
        after = lines(world.host.starts(world.slug))

        changed = {unit for unit in before if before[unit] != after[unit]}
        assert changed == {f"ddconsul-{world.slug}-web.service", f"ddconsul-{world.slug}-worker.service"}

    def test_a_host_that_drifted_is_planned_as_it_is_then_mended(self, world: World) -> None:
        municipality, host, slug = world.municipality, world.host, world.slug
        unit = f"/etc/systemd/system/ddconsul-{slug}-worker.service"
        host.sh(f"echo '# by hand' >> {unit}; systemctl stop ddconsul-{slug}-nightly.timer")
        host.sh(f"echo '# by hand' >> /etc/nginx/sites-enabled/ddconsul-{slug}")
        # As deploys leave it that were killed while they made another build, or before they told systemd of a timer.
        host.sh(f"touch /etc/systemd/system/ddconsul-{slug}-clock.timer")
        host.sh("mkdir -p /opt/ddconsul/scratch/gems && touch /opt/ddconsul/scratch/environment")
        set_by_hand(world, "mailer_from_name", "Van de beheerder")
        municipality.edit({"modules.budgets": True})

        planned = municipality.plan("--exit-code", code=2).json
        done = municipality.deploy().json

        assert planned["changes"] == done["changes"]
        assert planned["effects"] == done["effects"]
        told = {(change["kind"], change["object"], change["action"]) for change in done["changes"]}
        assert {
            ("file", unit, "written"),
            ("service", f"ddconsul-{slug}-nightly.timer", "started"),
            ("service", f"ddconsul-{slug}-clock.timer", "started"),
            ("service", f"ddconsul-{slug}-web.service", "restarted"),
            ("service", "the web server in front", "set up anew"),
            ("content", "setting process.budgets", "changed"),
        } <= told
        assert "scratch" not in host.sh("ls /opt/ddconsul").split()
        kept = {(change["object"], change["old"], change["action"]) for change in done["kept"]}
        assert ("setting mailer_from_name", "Van de beheerder", "kept") in kept
        again = municipality.plan("--exit-code", code=0).json
        assert again["changes"] == []
        assert {change["object"] for change in again["kept"]} == {"setting mailer_from_name"}
        municipality.edit({"modules.budgets": False})
        municipality.deploy()

    def test_an_edit_in_the_admin_pages_can_be_written_into_the_file(self, world: World) -> None:
        municipality = world.municipality
        comment = "# Wat de beheerder wijzigt, komt hier terug.\n"
        municipality.file.write_text(comment + municipality.file.read_text())
        set_by_hand(world, "mailer_from_name", "Team Meedoen")

        adopted = municipality.run("adopt", "--json")

        assert adopted.code == 0, adopted
        told = [(one["object"], one["key"], one["value"]) for one in adopted.json["adopted"]]
        assert told == [("setting mailer_from_name", "mail.name", "Team Meedoen")]
        assert municipality.file.read_text().startswith(comment)
        again = municipality.plan("--exit-code", code=0).json
        assert (again["changes"], again["kept"], again["conflicts"]) == ([], [], [])

    def test_processes_that_are_killed_come_back(self, world: World) -> None:
        for part in ("web", "worker"):
            unit = f"ddconsul-{world.slug}-{part}.service"
            killed = world.host.main_pid(unit)
            world.host.sh(f"kill -9 {killed}")
            wait_until(lambda unit=unit, killed=killed: world.host.main_pid(unit) not in {0, killed}, f"{unit} is back")
        wait_until(lambda: Visitor(world.site({})).get("/consul.json").status == 200, "the site answers", BACK_SECONDS)

        # Which also sees a job done by the new worker.
        told = world.municipality.run("status", "--json").json
        assert (told["answers"], told["job_processed"]) == (True, True), told


class SecondSite:
    """Another site on the same host, over SSH, by a user with sudo, with a certificate of the host's own."""

    def test_it_is_there_soon_and_the_first_one_does_not_notice(self, world: World, second: Second) -> None:
        before, builds = world.host.starts(world.slug), world.host.builds()

        done = second.municipality.deploy()

        assert done.json["url"] == f"https://{SECOND_DOMAIN}/"
        assert_soon(world, done, SECOND_SITE_SHARE)
        after = world.host.starts(world.slug)
        assert [before_line for before_line in before.split("\n\n") if "ddconsul" in before_line] == [
            after_line for after_line in after.split("\n\n") if "ddconsul" in after_line
        ]
        assert world.host.builds() == builds, "a second build was made"

    def test_each_has_its_own_name_modules_and_administrator(self, world: World, second: Second) -> None:
        site = second.site
        answer = Visitor(site).get("/")
        assert (answer.status, answer.page.language) == (200, "nl")
        assert SECOND_NAME in answer.page.title
        assert json.loads(Visitor(site).get("/consul.json").text)["features"]["polls"] is None
        assert Visitor(site).log_in(*site.administrator).logged_in
        assert not Visitor(site).log_in("admin@consul.dev", "12345678").logged_in
        assert not Visitor(site).log_in(*world.site({}).administrator).logged_in

        assert NAME in Visitor(world.site({})).get("/").page.title.replace("&#39;", "'")
        assert features(world)["polls"] == "t"

    def test_neither_can_read_what_is_the_other_s(self, world: World, second: Second) -> None:
        theirs = f"/srv/ddconsul/{world.slug}/shared"
        attempts = (
            f"cat {theirs}/config/secrets.yml",
            f"ls {theirs}/storage",
            f"psql --tuples-only --dbname {account(world.slug)} --command 'SELECT 1'",
        )

        for attempt in attempts:
            assert world.host.sh(f"cd / && runuser -u {account(second.slug)} -- {attempt}", check=False) == "", attempt

    def test_when_it_is_destroyed_nothing_of_it_is_left_and_the_first_one_answers(
        self, world: World, second: Second
    ) -> None:
        builds = world.host.builds()
        assert world.host.traces(second.slug)

        done = second.municipality.run("destroy", "--yes")

        assert done.code == 0, done
        assert world.host.traces(second.slug) == []
        assert world.host.builds() == builds, "the build that the first site runs on is gone"
        assert Visitor(world.site({})).get("/consul.json").status == 200
        told = second.municipality.run("status", "--json")
        assert (told.code, told.json["installed"]) == (6, False)


class Destroy:
    """The end."""

    def test_it_takes_everything_but_the_file_and_its_secrets(self, world: World) -> None:
        before = sorted(path.name for path in world.municipality.folder.iterdir())

        done = world.municipality.run("destroy", "--yes")

        assert done.code == 0, done
        assert not (world.municipality.tool.state / "containers" / world.slug).exists()
        assert sorted(path.name for path in world.municipality.folder.iterdir()) == before
        told = world.municipality.run("status", "--json")
        assert (told.code, told.json["installed"]) == (6, False)


@dataclass
class Second:
    """The second site on the same host."""

    municipality: Municipality
    slug: str
    site: Site


def assert_soon(world: World, done: Outcome, share: float) -> None:
    """Hold a deploy of Consul itself to a share of the first one; the stand-in's first one has little to build."""
    took, first = done.seconds, world.first.seconds
    assert world.material.standin or took <= share * first, f"it took {took:.1f} s, and the first one {first:.1f} s"


def features(world: World) -> dict[str, Any]:
    """Return which modules the site says are on."""
    answer: dict[str, Any] = json.loads(Visitor(world.site({})).get("/consul.json").text)["features"]
    return answer


def lines(shown: str) -> dict[str, str]:
    """Return what `systemctl show` prints, by unit."""
    blocks = shown.split("\n\n")
    return {re.search(r"^Id=(.*)$", block, re.MULTILINE)[1]: block for block in blocks}  # type: ignore[index] — always there


def second_site(world: World, folder: Path) -> Second:
    """Write the file of a second site, on the container that a first one made: from here on just a server."""
    world.host.sh("apt-get install --yes --no-install-recommends sudo >/dev/null")
    login = world.host.let_in("beheer", world.municipality.tool.state / "containers" / world.slug)
    slug = f"tweede-{world.slug.rpartition('-')[2]}"
    municipality = Municipality(
        login.known_to(world.municipality.tool),
        folder,
        {
            **world.material.settings,
            "municipality.name": SECOND_NAME,
            "municipality.domain": SECOND_DOMAIN,
            "target": {**login.target, "site": slug},
            "modules.polls": False,
            "tls": {"mode": "internal"},
        },
    )
    password = municipality.secrets()["administrator_password"]
    site = Site(
        url=f"https://{SECOND_DOMAIN}/",
        name=SECOND_NAME,
        administrator=("beheer@example.org", password),
        modules={**MODULES, "polls": False},
        mails=world.mails,
        standin=world.material.standin,
        connect=f"127.0.0.1:{world.host.port('https')}",
    )
    return Second(municipality, slug, site)
