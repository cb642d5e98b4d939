"""Lets tests import what stands in this folder, and see what an assertion in it compared."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
pytest.register_assert_rewrite("contract.contract", "contract.site", "contract.visitor")
