"""A check and the run itself come to the same list of changes, whichever tasks they went through."""

from __future__ import annotations

from typing import Any

import pytest

from ddconsul.ansible.events import Step
from ddconsul.operations.changes import Change, cautions_of, changes_of, effects_of, held_of, unified

SITE = "zand-rijk"


def step(role: str, file: str, task: str, /, **result: Any) -> Step:
    return Step(role, file, task, {"changed": True, **result})


def content(kind: str, **more: Any) -> Step:
    change = {"object": "setting org_name", "field": "value", "old": "Oud", "new": "Nieuw", "kind": kind}
    return step("consul_site", "main", "Write what Consul contains", booted=True, changes=[{**change, **more}])


CHECK_OF_AN_EMPTY_HOST = [
    step("base", "install", "Install nginx postgresql-17"),
    step("consul_build", "start", "Make build abc of Consul 2.5.1", msg="It would be made."),
    step("consul_site", "prepare", "Make the site's own account", name="ddconsul_zand_rijk"),
    step("postgresql", "database", "Make the database ddconsul_zand_rijk"),
    step("consul_site", "start", "Lay out the release", previous="", release=""),
    content("created", old=None),
]
RUN_ON_AN_EMPTY_HOST = [
    step("base", "install", "Install nginx postgresql-17"),
    step("consul_build", "begin", "Make build abc of Consul 2.5.1", rc=0),
    step("consul_build", "write", "Write .ruby-version", results=[{"changed": True, "dest": "/opt/ddconsul/x"}]),
    step("postgresql", "main", "Size the server to the host", dest="/etc/postgresql/17/main/conf.d/ddconsul.conf"),
    step("postgresql", "create_database", "Make the database ddconsul_scratch_abc"),
    step("nginx", "configure", "Let nginx serve the site", dest="/etc/nginx/sites-enabled/ddconsul-zand-rijk"),
    step(
        "nginx", "brand", "Bring the files of the house style", results=[{"changed": True, "item": {"name": "x.css"}}]
    ),
    step("consul_site", "prepare", "Make the site's own account", name="ddconsul_zand_rijk"),
    step("postgresql", "create_database", "Make the database ddconsul_zand_rijk"),
    step("postgresql", "create_database", "Let nobody but its owner have ddconsul_zand_rijk"),
    step("consul_site", "prepare", "Write it", written=["/etc/systemd/system/ddconsul-zand-rijk-web.service"]),
    step(
        "consul_site", "prepare", "Write the site's secrets", dest="/srv/ddconsul/zand-rijk/shared/config/secrets.yml"
    ),
    step("consul_site", "start", "Lay out the release", previous="", release="/srv/ddconsul/zand-rijk/releases/1"),
    step("consul_site", "start", "Start the site", name="ddconsul-zand-rijk.target"),
    content("created", old=None),
]


def test_a_new_site_is_told_alike_by_its_check_and_by_its_deploy() -> None:
    planned = changes_of(CHECK_OF_AN_EMPTY_HOST, SITE)

    assert planned == changes_of(RUN_ON_AN_EMPTY_HOST, SITE)
    assert [(change.kind, change.object) for change in planned] == [
        ("package", "nginx"),
        ("package", "postgresql-17"),
        ("build", "abc of Consul 2.5.1"),
        ("site", SITE),
        ("content", "setting org_name"),
    ]
    assert [effect.text for effect in effects_of(planned)] == ["The site is new: nobody uses it yet."]


def test_a_house_style_is_told_alike_whether_its_folder_was_there() -> None:
    first = [step("nginx", "brand", "Bring the files of the house style", msg="They would be brought.")]
    later = [step("nginx", "brand", "Bring the files of the house style", results=[{"changed": True}])]

    assert [str(change) for change in changes_of(first, SITE)] == ["Bring the files of the house style"]
    assert changes_of([*first, *later], SITE) == changes_of(first, SITE) == changes_of(later, SITE)


def test_of_a_site_that_is_there_each_file_and_service_is_told() -> None:
    steps = [
        step("consul_site", "prepare", "Write it", written=["/etc/a"], outdated=False, sessions_end=True),
        step("consul_site", "start", "Start what of it has stopped", results=[{"changed": True, "item": "x.timer"}]),
        step("consul_site", "main", "Restart the site", results=[{"changed": True, "item": "x-web.service"}]),
    ]

    changes = changes_of(steps, SITE)

    assert [str(change) for change in changes] == [
        "/etc/a is written",
        "the session of every inhabitant is ended",
        "x.timer is started",
        "x-web.service is restarted",
    ]
    told = effects_of(changes)
    assert "log in again" in told[0].text
    assert told[1].seconds > 0


def test_what_an_administrator_changed_is_told_as_kept_and_changes_nothing() -> None:
    (change,) = changes_of([content("drift")], SITE)

    assert (change.action, change.made) == ("kept", False)
    assert "stays" in str(change)
    assert effects_of([change]) == ()


def test_what_was_changed_on_both_sides_waits_for_a_choice() -> None:
    (change,) = changes_of([content("conflict")], SITE)

    assert (change.action, change.made) == ("conflict", False)
    assert str(change) == "setting org_name was changed in the admin pages to “Oud”, and in the file to “Nieuw”"


@pytest.mark.parametrize(("kind", "word"), [("removed", "is removed"), ("withdrawn", "is withdrawn, and kept")])
def test_what_the_file_no_longer_has_is_told(kind: str, word: str) -> None:
    (change,) = changes_of([content(kind, object="page over-ons", field="")], SITE)

    assert change.made
    assert str(change).startswith(f"page over-ons {word}: the file no longer has it")


def test_what_a_run_ends_for_inhabitants_is_told() -> None:
    caution = {"object": "setting process.polls", "text": "2 polls are open"}
    steps = [content("changed"), step("consul_site", "contents", "Write", booted=True, cautions=[caution])]
    assert cautions_of(steps) == ("setting process.polls: 2 polls are open",)


def test_what_people_are_voting_on_is_told_once_and_nothing_else() -> None:
    held = {"object": "question plein/wat", "text": "people are voting on it now", "held": True}
    other = {"object": "setting process.polls", "text": "2 polls are open", "held": False}
    steps = [step("consul_site", "contents", "Write", booted=True, cautions=[held, held, other])]
    assert held_of(steps) == ("question plein/wat",)


def test_a_long_text_is_told_by_its_size_and_a_short_one_on_a_line() -> None:
    change = Change("content", "page privacy", "changed", "content.nl", "<p>a\n b</p>", "x" * 300)
    assert str(change) == "page privacy: content.nl becomes a text of 300 characters (was “<p>a b</p>”)"


def test_what_restarts_nothing_is_noticed_by_nobody() -> None:
    (effect,) = effects_of(changes_of([content("changed")], SITE))

    assert effect.seconds == 0


@pytest.mark.parametrize(("stored", "word"), [("t", "on"), (None, "off or empty"), ("Zand", "“Zand”")])
def test_a_setting_is_told_in_words(stored: str | None, word: str) -> None:
    assert (
        str(Change("content", "setting x", "changed", "value", "Oud", stored))
        == f"setting x becomes {word} (was “Oud”)"
    )


def test_the_diffs_of_a_module_are_shown_as_diff_shows_them() -> None:
    answer = {"results": [{"diff": [{"before": "a\n", "after": "b\n", "before_header": "/x", "after_header": "/x"}]}]}

    assert list(unified(answer)) == ["--- /x\n+++ /x\n@@ -1 +1 @@\n-a\n+b"]
