"""Role nginx: that nginx hears of what was taken away."""

from __future__ import annotations

from typing import Any

import yaml
from rendering import ROLES


def test_a_site_that_is_destroyed_is_no_longer_answered_for_whatever_fails_after_that() -> None:
    tasks: list[dict[str, Any]] = yaml.safe_load((ROLES / "nginx/tasks/destroy.yml").read_text())
    removed, known, told = tasks
    assert removed["ansible.builtin.file"]["state"] == "absent"
    # Also when an earlier run removed it all, and was killed before nginx heard.
    assert known["host_files"]["also"] == ["/etc/nginx/sites-enabled"]
    assert removed["notify"] == known["notify"] == "Reload nginx"
    assert told["ansible.builtin.meta"] == "flush_handlers"
