"""What role postgresql leaves on a host."""

import pytest
from testinfra.host import Host


def psql(host: Host, database: str, query: str) -> str:
    answer = host.run("runuser -u postgres -- psql -Atq -v ON_ERROR_STOP=1 -d %s -c %s", database, query)
    assert answer.succeeded, answer.stderr
    return answer.stdout.strip()


def test_the_server_is_sized_to_the_memory_it_was_given(host: Host) -> None:
    assert psql(host, "postgres", "SHOW shared_buffers") == "256MB"


@pytest.mark.parametrize(
    ("database", "owner"), [("zandrijk", "zandrijk"), ("clone", "clone"), ("finished", "postgres")]
)
def test_the_database_is_its_owners_and_sorts_as_the_dutch_do(host: Host, database: str, owner: str) -> None:
    query = "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocale FROM pg_database WHERE datname = "
    assert psql(host, "postgres", f"{query} '{database}'") == f"{owner}|UTF8|nl"


@pytest.mark.parametrize("database", ["zandrijk", "clone"])
def test_the_extensions_are_where_consul_looks_for_them(host: Host, database: str) -> None:
    query = "SELECT extname, extnamespace::regnamespace FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
    assert psql(host, database, query) == "pg_trgm|shared_extensions\nunaccent|shared_extensions"
    assert psql(host, database, f"SET ROLE {database}; SELECT shared_extensions.unaccent('geïnd')") == "geind"


def test_an_owner_is_no_superuser_and_may_make_schemas(host: Host) -> None:
    assert psql(host, "zandrijk", "SET ROLE zandrijk; CREATE SCHEMA tried; SHOW is_superuser") == "off"


@pytest.mark.parametrize("database", ["zandrijk", "clone"])
def test_nobody_but_its_owner_connects(host: Host, database: str) -> None:
    assert psql(host, "postgres", f"SELECT has_database_privilege('public', '{database}', 'CONNECT')") == "f"
    assert psql(host, "postgres", f"SELECT has_database_privilege('{database}', '{database}', 'CONNECT')") == "t"


def test_a_clone_has_what_its_template_had_and_owns_it(host: Host) -> None:
    assert psql(host, "clone", "SET ROLE clone; SELECT value FROM settings") == "from the template"
    assert psql(host, "clone", "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'builder'") == "0"


def test_the_template_kept_its_own(host: Host) -> None:
    assert psql(host, "finished", "SELECT tableowner FROM pg_tables WHERE tablename = 'settings'") == "builder"


def test_what_was_dropped_left_nothing(host: Host) -> None:
    left = psql(host, "postgres", "SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles").splitlines()
    assert "zandrijk" in left
    assert "gone" not in left


@pytest.mark.parametrize(("password", "lets_in"), [("not-a-password", True), ("another", False)])
def test_a_role_on_loopback_has_to_show_its_password(host: Host, password: str, lets_in: bool) -> None:
    answer = host.run("PGPASSWORD=%s psql -h localhost -U far -d far -Atc 'SELECT 1'", password)
    assert answer.succeeded == lets_in


def test_nobody_outside_reaches_it(host: Host) -> None:
    # 1538 is 5432; 0100007F is 127.0.0.1.
    listening = host.run("grep -h ':1538 ' /proc/net/tcp").stdout.splitlines()
    assert {line.split()[1] for line in listening if line.split()[3] == "0A"} == {"0100007F:1538"}
