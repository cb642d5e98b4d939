"""The modules of role consul_site, on folders and servers made for the test."""

from __future__ import annotations

import errno
import fnmatch
import http.server
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ansible.module_utils
import modules
import pytest

from ddconsul.translate import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROLE = Path(__file__).parents[2] / "roles" / "consul_site"
# As Ansible does: what modules of a role share is found among its own.
ansible.module_utils.__path__.append(str(ROLE / "module_utils"))
LINKS = {"config/secrets.yml": "config/secrets.yml", "log": "log", "public/sitemap.xml": "public/sitemap.xml"}


def load(name: str) -> ModuleType:
    return modules.load("consul_site", name)


class FakeModule(modules.FakeModule):
    """With the parameters that are the same for all tests."""

    def __init__(self, *, check_mode: bool = False, **params: Any) -> None:
        super().__init__(check_mode=check_mode, **{"links": LINKS, "keep": 5, **params})


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "releases").mkdir(parents=True)
    (root / "shared" / "log").mkdir(parents=True)
    return root


def make_build(root: Path, name: str) -> Path:
    build = root / "builds" / name
    (build / "log").mkdir(parents=True)
    (build / "log" / ".keep").write_text("")
    (build / "BUILD").write_text(f"{name}\n")
    (build / "config.ru").write_text("run app")
    (build / "vendor" / "bundle" / "ruby").mkdir(parents=True)
    (build / "vendor" / "assets").mkdir()
    return build


def lay_out_and_go_live(site: Path, build: Path, keep: int = 5) -> dict[str, Any]:
    release = load("consul_release")
    release.run(FakeModule(root=site, build=build, state="laid_out"))
    result: dict[str, Any] = release.run(FakeModule(root=site, build=build, state="live", keep=keep))
    return result


def test_a_release_costs_no_second_copy_and_points_to_what_is_shared(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    lay_out_and_go_live(site, build)
    current = site / "current"
    assert (current / "config.ru").stat().st_ino == (build / "config.ru").stat().st_ino
    assert (current / "log").resolve() == site / "shared" / "log"
    assert (current / "config" / "secrets.yml").is_symlink()
    assert (build / "log" / ".keep").exists(), "the build itself must stay as it was made"


def test_a_release_leaves_the_gems_where_they_are(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    lay_out_and_go_live(site, build)
    vendor = site / "current" / "vendor"
    assert (vendor / "bundle" / "ruby").resolve() == build / "vendor" / "bundle" / "ruby"
    assert not (vendor / "assets").is_symlink()
    assert (vendor / "assets").is_dir()


def test_a_full_disk_is_told_once_and_not_for_each_file(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", source, None, target)

    release = load("consul_release")
    given = FakeModule(root=site, build=make_build(tmp_path, "aaaa"), state="laid_out")
    monkeypatch.setattr(release, "AnsibleModule", lambda **_: given)
    monkeypatch.setattr(os, "link", link)
    with pytest.raises(AssertionError, match=r"laid out, from .*No space left on device") as told:
        release.main()
    assert str(told.value).count("No space left") == 1


@pytest.mark.parametrize("place", ["config", "vendor"])
def test_a_link_that_a_gem_left_in_the_build_takes_nobody_out_of_the_release(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    build, elsewhere = make_build(tmp_path, "aaaa"), tmp_path / "etc"
    if place == "vendor":
        (build / place).rename(elsewhere)
    else:
        elsewhere.mkdir()
    (elsewhere / "secrets.yml").write_text("somebody else's")
    before = sorted(elsewhere.iterdir())
    (build / place).symlink_to(elsewhere)
    release = load("consul_release")
    given = FakeModule(root=site, build=build, state="laid_out")
    monkeypatch.setattr(release, "AnsibleModule", lambda **_: given)

    with pytest.raises(AssertionError, match=rf"could not be laid out.*a link that leads out of it.*{place}"):
        release.main()

    assert sorted(elsewhere.iterdir()) == before
    assert not (elsewhere / "secrets.yml").is_symlink()


def test_when_an_old_release_goes_its_build_keeps_its_gems(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    lay_out_and_go_live(site, build)
    lay_out_and_go_live(site, make_build(tmp_path, "bbbb"), keep=1)
    assert [path.name for path in (site / "releases").iterdir()] == ["2"]
    assert (build / "vendor" / "bundle" / "ruby").is_dir()


def test_the_same_build_again_changes_nothing(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    lay_out_and_go_live(site, build)
    release = load("consul_release")
    for state in ("laid_out", "live"):
        assert release.run(FakeModule(root=site, build=build, state=state))["changed"] is False
    assert [path.name for path in (site / "releases").iterdir()] == ["1"]


def test_another_build_becomes_the_next_release(site: Path, tmp_path: Path) -> None:
    lay_out_and_go_live(site, make_build(tmp_path, "aaaa"))
    release = load("consul_release")
    build = make_build(tmp_path, "bbbb")
    laid_out = release.run(FakeModule(root=site, build=build, state="laid_out"))
    assert laid_out["previous"].endswith("/releases/1")
    assert laid_out["live"] is False
    assert (site / "current").resolve().name == "1", "laying out must not make it live"
    assert release.run(FakeModule(root=site, build=build, state="live"))["live"] is True
    assert (site / "current").resolve().name == "2"


def test_check_mode_says_so_and_makes_nothing(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    release = load("consul_release")
    for state in ("laid_out", "live"):
        assert release.run(FakeModule(root=site, build=build, state=state, check_mode=True))["changed"] is True
    assert list((site / "releases").iterdir()) == []
    assert not (site / "current").exists()


def test_what_a_killed_run_left_is_not_taken_for_a_release(site: Path, tmp_path: Path) -> None:
    half = site / "releases" / ".1"
    half.mkdir()
    (half / "BUILD").write_text("aaaa")
    lay_out_and_go_live(site, make_build(tmp_path, "aaaa"))
    assert (site / "current" / "config.ru").exists()


def test_what_a_killed_run_left_goes_when_its_build_is_not_wanted_any_more(site: Path, tmp_path: Path) -> None:
    build = make_build(tmp_path, "aaaa")
    lay_out_and_go_live(site, build)
    (site / "releases" / ".2" / "log").mkdir(parents=True)
    lay_out_and_go_live(site, build)
    assert [path.name for path in (site / "releases").iterdir()] == ["1"]
    assert [path.name for path in (site / "releases").iterdir()] == ["1"]


def test_old_releases_go_and_the_live_one_stays(site: Path, tmp_path: Path) -> None:
    for name in ("aaaa", "bbbb", "cccc", "dddd"):
        lay_out_and_go_live(site, make_build(tmp_path, name), keep=2)
    assert sorted(path.name for path in (site / "releases").iterdir()) == ["3", "4"]
    assert (site / "current").resolve().name == "4"


def test_only_the_order_of_keys_differs_then_it_is_the_same_document() -> None:
    state = load("consul_state")
    assert state.fingerprint({"a": 1, "b": {"c": True, "d": None}}) == state.fingerprint(
        {"b": {"d": None, "c": True}, "a": 1}
    )
    assert state.fingerprint({"a": True}) != state.fingerprint({"a": "true"})


def test_the_answer_is_found_among_what_rails_prints() -> None:
    state = load("consul_state")
    output = 'W, warning\nDDCONSUL {"changes": []}\n'
    assert state.answer_of(output) == {"changes": []}
    assert state.answer_of("something broke\n") is None


def test_no_password_stands_in_the_command_that_runs_rails() -> None:
    argv = load("consul_state").runner_argv("/srv/ddconsul/x", "ddconsul_x", "/opt/ddconsul/consul_state")
    assert not [word for word in argv if "password" in word.lower()]
    assert "--uid=ddconsul_x" in argv
    assert argv[-1] == "/opt/ddconsul/consul_state/main.rb"


STATE: dict[str, Any] = {
    "settings": {"org_name": "Haaksveld", "process.polls": True, "feature.map": False, "meta_title": ""},
    "objects": [
        {"key": "account a@example.org", "fields": {"username": "A", "administrator": True, "moderator": False}},
        {"key": "card one", "fields": {"columns": 4, "title.nl": "Een", "label.nl": ""}},
    ],
}


def told(kind: str, name: str, old: str | None, new: str | None, field: str = "value") -> dict[str, Any]:
    return {"object": name, "field": field, "old": old, "new": new, "kind": kind}


def test_a_new_site_is_foretold_in_the_words_of_the_program() -> None:
    assert load("consul_state").first_changes(STATE) == [
        told("created", "setting org_name", None, "Haaksveld"),
        told("created", "setting process.polls", None, "t"),
        told("created", "setting feature.map", None, None),
        told("created", "setting meta_title", None, None),
        told("created", "account a@example.org", None, "A", "username"),
        told("created", "account a@example.org", None, "true", "administrator"),
        told("created", "account a@example.org", None, "false", "moderator"),
        told("created", "card one", None, "4", "columns"),
        told("created", "card one", None, "Een", "title.nl"),
        told("created", "card one", None, None, "label.nl"),
    ]


def known(**settings: list[str | None]) -> dict[str, Any]:
    """What the database knows when nothing changed since, but for the settings that a test names."""
    state = load("consul_state")
    values = {f"setting {key}": [state.stored(value)] * 2 for key, value in STATE["settings"].items()}
    changed = {f"setting {key}": value for key, value in settings.items()}
    return {"fingerprint": "m", "same": True, "kept": [], "settings": {**values, **changed}}


def test_without_a_change_rails_is_not_asked() -> None:
    assert load("consul_state").unchanged(STATE, known(), "m", []) == []


@pytest.mark.parametrize(
    "different",
    [{"fingerprint": "other"}, {"same": False}, {"settings": {}}],
    ids=["another document", "edited in the admin pages", "settings that nobody remembers"],
)
def test_with_a_change_rails_is_asked(different: dict[str, Any]) -> None:
    assert load("consul_state").unchanged(STATE, {**known(), **different}, "m", []) is None


def test_of_a_new_site_nothing_is_known() -> None:
    assert load("consul_state").unchanged(STATE, {}, "m", []) is None


def test_an_edited_setting_is_told_without_rails() -> None:
    edited = known(org_name=["Haaksveld", "Van beheer"])
    assert load("consul_state").unchanged(STATE, edited, "m", []) == [
        told("drift", "setting org_name", "Van beheer", "Haaksveld")
    ]


def test_an_edited_setting_whose_new_value_waits_in_the_file_stays_a_conflict() -> None:
    edited = known(org_name=["Vroeger", "Van beheer"])
    assert load("consul_state").unchanged(STATE, edited, "m", []) == [
        told("conflict", "setting org_name", "Van beheer", "Haaksveld")
    ]


def test_an_edit_that_was_taken_back_lets_the_file_s_value_through() -> None:
    assert load("consul_state").unchanged(STATE, known(org_name=["Vroeger", "Vroeger"]), "m", []) is None


@pytest.mark.parametrize(("enforce", "asked"), [([], False), (["page x"], False), (["card one"], True), (["*"], True)])
def test_what_was_kept_is_told_until_it_is_overruled(enforce: list[str], *, asked: bool) -> None:
    kept = [told("drift", "card one", "3", "4", "columns")]
    answer = load("consul_state").unchanged(STATE, {**known(), "kept": kept}, "m", enforce)
    assert (answer is None) is asked
    assert answer is None or answer == kept


def test_what_a_tenant_remembers_stands_in_its_own_schema() -> None:
    sql = load("consul_state").known_sql("SELECT key, digest FROM ddconsul.objects", "oost.example.org")
    assert 'FROM "oost.example.org".ddconsul_document' in sql
    assert 'SET search_path TO "oost.example.org"' in sql
    assert "ddconsul.objects" not in sql


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            {"error": "Title can't be blank", "object": "page over", "field": "title.nl"},
            "Consul refused page over, title.nl, and what it contains stays as it was: Title can't be blank",
        ),
        (
            {"error": "boom", "object": None, "field": None},
            "Consul refused the document, and what it contains stays as it was: boom",
        ),
    ],
)
def test_a_refusal_names_the_object_and_the_field(answer: dict[str, Any], sentence: str) -> None:
    assert load("consul_state").refusal(answer) == sentence


def test_the_program_is_written_whole_and_for_everybody_to_read(tmp_path: Path) -> None:
    state = load("consul_state")
    state.install(tmp_path / "program", {"main.rb": "puts 1\n", "kinds/page.rb": "puts 2\n"})
    state.install(tmp_path / "program", {"main.rb": "puts 3\n"})
    assert (tmp_path / "program" / "main.rb").read_text() == "puts 3\n"
    assert (tmp_path / "program" / "kinds" / "page.rb").stat().st_mode & 0o777 == 0o644


class Visitor(http.server.BaseHTTPRequestHandler):
    """A site that answers with what the test put in `pages`."""

    pages: dict[str, tuple[int, str]]
    # By which a visitor's proxy says that they came over HTTPS.
    claimed = ""

    def do_GET(self) -> None:
        Visitor.claimed = self.headers.get("X-Forwarded-Proto", "")
        status, body = self.pages.get(self.path, (404, ""))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Keep the test's output free of requests."""


@pytest.fixture
def health(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    module = load("consul_health")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Visitor)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class OnPort(module.Loopback):  # type: ignore[name-defined, misc]  # the module is loaded at run time
        def connect(self) -> None:
            self.port = server.server_port
            super().connect()

    monkeypatch.setattr(module, "Loopback", OnPort)
    yield module
    server.shutdown()


def test_the_release_is_read_as_a_visitor_would(health: ModuleType) -> None:
    Visitor.pages = {"/consul.json": (200, json.dumps({"release": "2.5.1"}))}
    assert health.answering_release("participatie.example.org", "http") == "2.5.1"


@pytest.mark.parametrize(("behind_proxy", "claimed"), [(True, "https"), (False, "")])
def test_a_site_whose_proxy_does_the_encryption_is_asked_past_that_proxy(
    health: ModuleType, monkeypatch: pytest.MonkeyPatch, *, behind_proxy: bool, claimed: str
) -> None:
    monkeypatch.setattr(health, "output", lambda *_: "")
    Visitor.pages = {"/consul.json": (200, json.dumps({"release": "2.5.1"})), "/": (200, "")}
    given = {"name": "zee", "user": "ddconsul_zee", "domain": "zee.example", "release": "2.5.1", "since": 0, "wait": 0}
    seen = health.look({**given, "https": behind_proxy, "behind_proxy": behind_proxy})
    assert (seen["answers"], seen["home"], Visitor.claimed) == (True, 200, claimed)


@pytest.mark.parametrize("page", [(503, "starting"), (200, "<html>"), (200, "[]")])
def test_anything_else_is_no_release(health: ModuleType, page: tuple[int, str]) -> None:
    Visitor.pages = {"/consul.json": page}
    assert health.answering_release("participatie.example.org", "http") == ""


WELL: dict[str, Any] = {
    "answers": True,
    "release": "2.5.1",
    "home": 200,
    "services": {"ddconsul-x-web.service": "active"},
    "job_processed": True,
    "errors": [],
}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"answers": False, "release": "2.4.1"}, "2.4.1"),
        ({"home": 500}, "500"),
        ({"services": {"ddconsul-x-worker.service": "failed"}}, "ddconsul-x-worker.service is failed"),
        ({"job_processed": False}, "worker"),
        ({"errors": ["E, [2026] ERROR -- : boom"]}, "boom"),
    ],
)
def test_each_thing_that_is_wrong_is_told(health: ModuleType, wrong: dict[str, Any], words: str) -> None:
    assert health.problems_of(WELL, "2.5.1") == []
    problems = health.problems_of({**WELL, **wrong}, "2.5.1")
    assert len(problems) == 1
    assert words in problems[0]


def test_what_rubys_logger_calls_an_error_is_one(health: ModuleType) -> None:
    assert health.LOGGED_ERROR.search("E, [2026-11-24T04:00:00.1 #12] ERROR -- : boom")
    assert health.LOGGED_ERROR.search("E, [2026-11-24T04:00:00.1 #12] ERROR -- : [ddconsul-health] boom")
    assert health.LOGGED_ERROR.search("F, [2026-11-24T04:00:00.1 #12] FATAL -- : boom")
    assert not health.LOGGED_ERROR.search("W, [2026-11-24T04:00:00.1 #12]  WARN -- : no ERROR here")


def test_what_a_visitor_asked_for_in_vain_is_no_error_of_a_deploy(health: ModuleType) -> None:
    visitor = "E, [2026-11-24T04:00:00.1 #12] ERROR -- : [d8ea1eb2-7ad4-4981-a191-cc623c890f56]"
    assert not health.LOGGED_ERROR.search(visitor)


def test_a_page_that_rails_cannot_tell_the_template_of_is_no_error(
    health: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = "E, [2026-11-27T22:29:46.3 #371] ERROR -- : [ddconsul-health]"
    lines = [
        f"{begin}   Couldn't find template for digesting: budgets/investment_component",
        f"{begin} boom",
    ]
    journal = "\n".join(json.dumps({"MESSAGE": line, "PRIORITY": "6"}) for line in lines)
    monkeypatch.setattr(health, "output", lambda _: journal)

    assert health.logged_errors("demo", 0) == lines[1:]


def test_the_journal_of_a_site_is_read_and_not_that_of_one_with_a_longer_name(
    health: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(health, "output", lambda argv: asked.extend(argv) or "")
    health.logged_errors("zee", 0)
    patterns = [argument.removeprefix("--unit=") for argument in asked if argument.startswith("--unit=")]

    def is_read(unit: str) -> bool:
        return any(fnmatch.fnmatchcase(unit, pattern) for pattern in patterns)

    # What these begin with is what the site's templates are called.
    own = {f"ddconsul-zee-{path.name.removesuffix('.j2')}" for path in (ROLE / "templates").glob("*.service.j2")}
    assert {unit for unit in own if not is_read(unit)} == set()
    assert is_read("ddconsul-zee-upgrade.service")
    assert not is_read("ddconsul-zee-noord-worker.service")


SCHEDULE = {"schedule": [["2027-03-01T08:00:00Z", "accepting"], ["2027-03-15T08:00:00Z", "balloting"]]}


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        ("2026-01-01T00:00:00Z", "accepting"),
        ("2027-03-14T23:59:59Z", "accepting"),
        ("2027-03-15T08:00:00Z", "balloting"),
        ("2031-01-01T00:00:00Z", "balloting"),
    ],
)
def test_a_value_that_follows_the_clock_is_what_it_is_at_that_moment(moment: str, phase: str) -> None:
    from ansible.module_utils import consul_document

    state = {"settings": {}, "objects": [{"key": "budget wijk", "fields": {"phase": SCHEDULE, "hide_money": False}}]}
    (found,) = consul_document.resolved(state, moment)["objects"]
    assert found == {"key": "budget wijk", "fields": {"phase": phase, "hide_money": False}}
    # What adopting reads on this side: nothing of ours is installed where the timer runs.
    assert clock.at(SCHEDULE, moment) == phase


def test_moments_of_documents_and_of_the_clock_are_written_alike() -> None:
    from ansible.module_utils import consul_document

    assert len(consul_document.now()) == len("2027-03-01T08:00:00Z")
    assert "2020-01-01T00:00:00Z" < consul_document.now() <= clock.now() < "2100-01-01T00:00:00Z"
    assert len(clock.now()) == len(consul_document.now())


def test_the_document_is_kept_for_the_timer_and_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = load("consul_state")
    monkeypatch.setattr(state.shutil, "chown", lambda *_: None)
    document = tmp_path / "contents.json"
    state.keep(document, "ddconsul_zee", {"objects": []}, "")
    first = document.stat()
    state.keep(document, "ddconsul_zee", {"objects": []}, "")

    assert json.loads(document.read_text()) == {"state": {"objects": []}, "tenant": ""}
    assert first.st_mode & 0o777 == 0o640
    assert document.stat().st_mtime_ns == first.st_mtime_ns
