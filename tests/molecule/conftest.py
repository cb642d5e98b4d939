"""Settings of pytest for molecule's scenarios."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "molecule: puts a role to work in a container; takes half a minute or more")
