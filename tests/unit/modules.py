"""Ansible modules of the roles, as what they are besides: Python that a test can call."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from rendering import ROLES

if TYPE_CHECKING:
    from types import ModuleType


def load(role: str, name: str) -> ModuleType:
    """Return a module out of a role's library."""
    path = ROLES / role / "library" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Where dataclasses look for it.
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


class FakeModule:
    """What a module needs of AnsibleModule."""

    def __init__(self, *, check_mode: bool = False, **params: Any) -> None:
        self.params = params
        self.check_mode = check_mode

    def exit_json(self, **result: Any) -> None:
        self.result = result

    def fail_json(self, **result: Any) -> None:
        raise AssertionError(result["msg"])
