"""What a site needs other parties for. A demo or a throwaway container stands by itself, without secrets of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.instance.models import Mail
from ddconsul.instance.sections.participation import LogIn

if TYPE_CHECKING:
    from ddconsul.instance.models import Instance


def of_others(instance: Instance) -> tuple[str, ...]:
    """Return the keys of the municipality file that `without_others` leaves out, and puts nothing in the place of."""
    section = instance.participation
    given = {
        "participation.log_in.oidc": section.log_in.oidc,
        "participation.log_in.saml": section.log_in.saml,
        "participation.codes": section.codes,
    }
    return tuple(key for key, value in given.items() if value is not None)


def without_others(instance: Instance) -> Instance:
    """Return an instance that no other party is needed for.

    Its mails are kept as files. Nobody logs in through a provider, and the codes of letters are not there: the secret
    of either is beside the municipality file, where neither a demo nor CI looks.

    Args:
        instance: The checked municipality file.
    """
    mail = Mail.model_validate({**instance.mail.model_dump(by_alias=True), "smtp": None})
    participation = instance.participation.model_copy(update={"codes": None, "log_in": LogIn.absent()})
    return instance.model_copy(update={"mail": mail, "participation": participation})
