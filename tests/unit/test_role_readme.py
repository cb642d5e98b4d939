"""Each role says what it takes, and its README.md says the same."""

import subprocess
import sys

import pytest
from rendering import REPOSITORY, ROLES, roles

SCRIPT = REPOSITORY / "scripts/role_readme.py"


@pytest.mark.parametrize("role", roles())
def test_a_role_declares_what_it_takes(role: str) -> None:
    assert (ROLES / role / "meta/argument_specs.yml").is_file()
    assert (ROLES / role / "meta/main.yml").is_file()


@pytest.mark.parametrize("role", roles())
def test_the_readme_is_up_to_date(role: str) -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--check", role], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"stale: run scripts/role_readme.py {role}\n{answer.stdout}{answer.stderr}"


def test_marks_become_markdown_and_options_are_listed_with_what_is_inside_them() -> None:
    answer = (ROLES / "nginx/README.md").read_text()
    assert "With `internal`, a certificate" in answer
    assert "| `nginx_site_name` | str | **required** |" in answer
    assert "| `nginx_site_tls.mode` | `off` or `internal` or `files` |" in answer
    assert "## Take one site out of nginx: `tasks_from: destroy`" in answer
