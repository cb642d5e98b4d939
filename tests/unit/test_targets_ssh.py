"""A server over SSH: the command, and each way it can go wrong said as what, where, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ddconsul.errors import PreflightError
from ddconsul.targets.base import Connection, TargetError
from ddconsul.targets.local import LocalTarget
from ddconsul.targets.process import TIMED_OUT, Command, Outcome
from ddconsul.targets.ssh import Login, SshTarget, explain, qualify, ssh_argv

LOGIN = Login("server1.example.org", 2222, "beheer")
GOOD = "uid=0\nos=debian 13\npython=yes\nsudo=yes\n"


def test_ssh_command_checks_the_host_key_and_asks_nothing() -> None:
    connection = Connection("192.0.2.10", 2222, "beheer", Path("/k/id"), Path("/k/known"))
    assert ssh_argv(connection, "true") == (
        "ssh",
        "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "ConnectTimeout=10",
        "-o", "UserKnownHostsFile=/k/known",
        "-i", "/k/id",
        "-o", "IdentitiesOnly=yes",
        "-p", "2222",
        "-l", "beheer",
        "--", "192.0.2.10",
        "true",
    )  # fmt: skip


def test_what_is_not_given_is_left_to_ssh() -> None:
    words = ssh_argv(Connection("192.0.2.10"), "true")
    assert "-i" not in words
    assert not any("UserKnownHostsFile" in word for word in words)


CASES = {
    "unknown key": (
        (
            "No ED25519 host key is known for server1.example.org and you have requested strict checking.\r\n"
            "Host key verification failed."
        ),
        "does not know the server's host key yet",
        "ssh -p 2222 -o StrictHostKeyChecking=ask beheer@server1.example.org",
    ),
    "changed key": (
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
        "another host key than before",
        "ssh-keygen -R '[server1.example.org]:2222'",
    ),
    "key refused": (
        "beheer@server1.example.org: Permission denied (publickey,password).",
        "does not let beheer in",
        "ssh-copy-id -p 2222 beheer@server1.example.org",
    ),
    "no such name": (
        "ssh: Could not resolve hostname server1.example.org: Name or service not known",
        "No such host name",
        "Correct target.host",
    ),
    "nothing listens": (
        "ssh: connect to host server1.example.org port 2222: Connection refused",
        "Nothing answers SSH on port 2222",
        "apt-get install openssh-server",
    ),
    "no answer": ("ssh: connect to host x port 22: Connection timed out", "does not answer", "firewalls"),
    "no route": ("ssh: connect to host x port 22: No route to host", "does not answer", "firewalls"),
    "something else": ("kex_exchange_identification: odd", "odd", "Try it by hand: ssh -p 2222 beheer@server1"),
}


@pytest.mark.parametrize(("words", "what", "todo"), CASES.values(), ids=CASES)
def test_each_failure_says_what_to_do(words: str, what: str, todo: str) -> None:
    error = explain(Outcome(255, err=words), LOGIN)
    assert what in error.what
    assert error.where == "server1.example.org:2222"
    assert todo in error.todo


def test_a_server_that_never_answers() -> None:
    assert "does not answer" in explain(Outcome(TIMED_OUT, err="ssh took longer than 30 seconds"), LOGIN).what


def test_the_key_is_named_where_it_matters() -> None:
    login = Login("h.example.org", 22, "root", Path("/k/id"))
    assert login.known_as() == "h.example.org"
    assert "ssh-copy-id -i /k/id.pub -p 22" in explain(Outcome(255, err="Permission denied"), login).todo


def answering(outcome: Outcome) -> tuple[list[Command], SshTarget]:
    seen: list[Command] = []

    def run(command: Command) -> Outcome:
        seen.append(command)
        return outcome

    return seen, SshTarget(LOGIN, sudo=True, run=run)


def test_prepare_reaches_the_server_once() -> None:
    seen, target = answering(Outcome(0, GOOD))
    connection = target.prepare(lambda _: None)
    assert connection == Connection("server1.example.org", 2222, "beheer", become=True)
    assert len(seen) == 1
    assert target.public_host("inwoners.example.org") == "inwoners.example.org"
    target.remove(lambda _: None)
    assert len(seen) == 1


def test_prepare_fails_with_ssh() -> None:
    _, target = answering(Outcome(255, err="Connection refused"))
    with pytest.raises(TargetError):
        target.prepare(lambda _: None)


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="not there"):
        SshTarget(Login("h", key=tmp_path / "id")).prepare(lambda _: None)


def test_a_key_that_others_can_read(tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.write_text("")
    key.chmod(0o644)
    with pytest.raises(TargetError) as caught:
        SshTarget(Login("h", key=key)).prepare(lambda _: None)
    assert caught.value.todo == f"Run: chmod 600 {key}"


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(PreflightError) as caught:
        qualify("uid=1000\nos=debian 12\n", where="h", user="beheer", sudo=True)
    assert caught.value.what == (
        "The host does not qualify: it runs debian 12, and only Debian 13 is supported; python3 is missing; "
        "beheer cannot use sudo without a password."
    )
    assert "NOPASSWD" in caught.value.todo


def test_not_root_and_no_sudo() -> None:
    with pytest.raises(PreflightError, match="beheer is not root"):
        qualify("uid=1000\nos=debian 13\npython=yes\nsudo=yes\n", where="h", user="beheer", sudo=False)


def test_root_needs_no_sudo() -> None:
    qualify("uid=0\nos=debian 13\npython=yes\n", where="h", user="root", sudo=False)


@pytest.mark.parametrize(("uid", "become"), [("0", False), ("1000", True)])
def test_this_machine(uid: str, *, become: bool) -> None:
    target = LocalTarget(lambda _: Outcome(0, GOOD.replace("uid=0", f"uid={uid}")))
    connection = target.prepare(lambda _: None)
    assert connection.local
    assert connection.become is become
    assert target.public_host("a.example.org") == "a.example.org"
    target.remove(lambda _: None)
