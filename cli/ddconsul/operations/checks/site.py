"""The site that is looked at, and what its municipality file promises about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance
    from ddconsul.operations.checks.host import Host


@dataclass(frozen=True)
class Site:
    """A running site.

    Args:
        url: Where a browser finds it.
        instance: What its municipality file says.
        password: The first administrator's; "" when it is not known here, or not for this address.
        stranger: Why the password is not for this address; "" when that is not so.
        host: Its inside; None when it is only looked at from outside.
        write: Whether the checks may change it: register a citizen, put a job in its queue.
        trusted: Whether its certificate must be one that this machine or `authorities` vouch for.
        authorities: Certificates of the file's own authorities, as PEM.
    """

    url: str
    instance: Instance
    password: str = ""
    stranger: str = ""
    host: Host | None = None
    write: bool = False
    trusted: bool = False
    authorities: tuple[str, ...] = ()

    @property
    def administrator(self) -> str:
        """E-mail address of the first administrator."""
        return self.instance.administrators[0].email

    @property
    def modules(self) -> dict[str, bool]:
        """Which modules are on."""
        modules = self.instance.modules
        return {name: bool(getattr(modules, name)) for name in type(modules).model_fields}
