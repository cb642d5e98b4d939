"""What can go wrong, as a person sees it: what is wrong, where, and what to do about it."""

from __future__ import annotations

import errno
from enum import IntEnum
from typing import TYPE_CHECKING

from ddconsul.addresses import masked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ExitCode(IntEnum):
    """How ddconsul ends. These numbers are stable: scripts may rely on them."""

    OK = 0
    """What was asked is done."""
    UNEXPECTED = 1
    """A fault in ddconsul itself; for `plan --exit-code`, where 2 stands for changes, also a file that is not right."""
    USAGE = 2
    """A wrong command line, or a file or source that is not right. Nothing was changed."""
    UNREACHABLE = 3
    """The target could not be made or reached. Nothing of the site was changed."""
    PREFLIGHT = 4
    """The target was reached, but does not qualify. Nothing of the site was changed."""
    DEPLOY_FAILED = 5
    """A step on the target failed. The log tells which one."""
    NOT_ANSWERING = 6
    """The site is not there, or does not answer as it should (`status`)."""
    LOCKED = 7
    """Another run is changing this site. Nothing was changed."""
    DRIFT = 8
    """The site is no longer as the last deploy left it, or not as a plan said it would be."""
    CHECK_FAILED = 9
    """The site was deployed, and a check of it failed (`smoke`)."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""


class DdconsulError(Exception):
    """An error that a user can do something about. No password that stands in an address is told.

    Args:
        what: What is wrong, as a sentence.
        where: The file, host or step it is about.
        todo: What to do about it.
    """

    exit_code: ExitCode = ExitCode.UNEXPECTED

    def __init__(self, what: str, where: str = "", todo: str = "") -> None:
        self.what, self.where, self.todo = masked(what), masked(where), masked(todo)
        super().__init__(self.what)

    def __str__(self) -> str:
        """Return one or two lines: where and what, then what to do."""
        first = f"{self.where}: {self.what}" if self.where else self.what
        return f"{first}\n  {self.todo}" if self.todo else first

    def as_dict(self) -> dict[str, object]:
        """Return the error as `--json` shows it."""
        return {"error": self.what, "where": self.where, "todo": self.todo, "exit_code": int(self.exit_code)}


class InputError(DdconsulError):
    """The command line, a file or a source is not right."""

    exit_code = ExitCode.USAGE


class UnreachableError(DdconsulError):
    """The target cannot be made or reached."""

    exit_code = ExitCode.UNREACHABLE


class PreflightError(DdconsulError):
    """The target does not qualify.

    Args:
        what: What is wrong, as a sentence.
        where: The host.
        todo: What to do about it.
        gaps: Each thing that is wrong, as `--json` shows it.
    """

    exit_code = ExitCode.PREFLIGHT

    def __init__(self, what: str, where: str = "", todo: str = "", gaps: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(what, where, todo)
        self.gaps = gaps

    def as_dict(self) -> dict[str, object]:
        """Return the error as `--json` shows it."""
        return {**super().as_dict(), "gaps": list(self.gaps)}


class StepFailedError(DdconsulError):
    """A step on the target failed."""

    exit_code = ExitCode.DEPLOY_FAILED


class LockedError(DdconsulError):
    """Another run is changing the site."""

    exit_code = ExitCode.LOCKED


class InterruptedRunError(DdconsulError):
    """The user stopped the run."""

    exit_code = ExitCode.INTERRUPTED


_FOLDERS = "where ddconsul keeps things follows XDG_STATE_HOME and XDG_CACHE_HOME"
_FULL = "Make room there, and try again."
_CLOSED = f"Let this account write there, or choose another folder: {_FOLDERS}."
_TAKEN = f"Move aside what is there, or choose another folder: {_FOLDERS}."
# What is no fault of ddconsul's, wherever it shows: the state of this machine's disks and folders.
_OF_THIS_MACHINE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.EEXIST: _TAKEN,
    errno.ENOTDIR: _TAKEN,
    errno.EISDIR: _TAKEN,
    errno.EIO: "The disk fails; the kernel's log (dmesg) tells more.",
    errno.EMFILE: "Allow more open files (ulimit -n), and try again.",
    errno.ENFILE: "End programs that hold many files, and try again.",
}


def of_this_machine(error: BaseException | None) -> InputError | None:
    """Return what a user can do about a file or folder that this machine does not give; None when it is no such thing.

    Args:
        error: What went wrong.
    """
    if not isinstance(error, OSError) or error.errno not in _OF_THIS_MACHINE:
        return None
    where = str(error.filename or "this machine")
    return InputError(f"cannot be used: {error.strerror}", where, _OF_THIS_MACHINE[error.errno])
