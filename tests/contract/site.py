"""A running site, as far as the contract needs to know it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from email.message import EmailMessage

MAIL_SECONDS = 60


@dataclass(frozen=True)
class Mailbox:
    """Mails that were caught as files, named after who they are for.

    Args:
        enter: The command that runs another one where the files are, such as `podman exec NAME`.
        folder: Where they are.
    """

    enter: Sequence[str]
    folder: str

    def wait_for(self, recipient: str, seconds: float = MAIL_SECONDS) -> EmailMessage:
        """Return the mail to a recipient; it may still have to come."""
        until = time.monotonic() + seconds
        find = [*self.enter, "find", self.folder, "-name", f"*{recipient}*", "-exec", "cat", "{}", "+"]
        while not (raw := subprocess.run(find, capture_output=True, check=False).stdout):
            assert time.monotonic() < until, f"no mail to {recipient} in {seconds} seconds: does the worker send?"
            time.sleep(0.5)
        return message_from_bytes(raw, policy=policy.default)


@dataclass(frozen=True)
class Site:
    """A running site.

    Args:
        url: Where a browser finds it, as the municipality file says.
        name: The municipality's name.
        administrator: E-mail address and password of the first administrator.
        modules: Which modules are on.
        mails: The mails it sent.
        release: Of Consul.
        standin: Whether it is the stand-in.
        brand: The main colour; "" when the file has none.
        sender: Address in the mails' From.
        connect: Host and port to connect to, when the name in the URL is not in the DNS.
    """

    url: str
    name: str
    administrator: tuple[str, str]
    modules: Mapping[str, bool]
    mails: Mailbox
    release: str = "2.5.1"
    standin: bool = False
    brand: str = ""
    sender: str = ""
    connect: str = ""
