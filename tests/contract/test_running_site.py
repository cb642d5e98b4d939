"""The contract against a site that runs already: DDCONSUL_CONTRACT_SITE=site.json pytest tests/contract.

site.json holds the fields of `contract.site.Site`, with `mails` as {"enter": [...], "folder": "..."}.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from contract.contract import Contract, citizen
from contract.site import Mailbox, Site

__all__ = ["citizen"]


@pytest.fixture(scope="module")
def site() -> Site:
    file = os.environ.get("DDCONSUL_CONTRACT_SITE")
    if not file:
        pytest.skip("DDCONSUL_CONTRACT_SITE names no site")
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    return Site(**{**given, "mails": Mailbox(**given["mails"]), "administrator": tuple(given["administrator"])})


class TestRunningSite(Contract):
    """The site of the file."""
