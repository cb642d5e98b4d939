"""Two runs never change the same site at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from files import MINIMAL, instance

from ddconsul.errors import UnreachableError
from ddconsul.operations.lock import only_run
from ddconsul.paths import Paths


def test_a_second_run_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "gemeente.yml", tmp_path / "cache", tmp_path / "state")
    site = instance(tmp_path)
    other = instance(tmp_path, MINIMAL.replace("container", "local"))
    with only_run(site, paths):
        with pytest.raises(UnreachableError, match="another run"), only_run(site, paths):
            pass
        with only_run(other, paths):
            pass
    with only_run(site, paths):
        pass
