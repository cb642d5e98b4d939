"""Lets tests import the helpers that stand beside them, and keeps from them what belongs to whoever runs them."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# A CI system's own, a user's own: with these, ddconsul does something else.
NOT_OURS = (
    "GITHUB_",
    "GITLAB_",
    "ANSIBLE_",
    "DDCONSUL_VAULT_",
    "DDCONSUL_SMTP_",
    "DDCONSUL_DEBUG",
    "COLUMNS",
    "NO_COLOR",
)

# By itself Hypothesis fails a test that took long, which says more about the machine than about ddconsul.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _a_user_without_a_past(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test folders of its own for what ddconsul keeps, and an environment that names nothing."""
    home = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    for name in [name for name in os.environ if name.startswith(NOT_OURS)]:
        monkeypatch.delenv(name)
