"""What role memcached leaves on a host."""

from testinfra.host import Host


def test_a_site_can_run_one_of_its_own(host: Host) -> None:
    assert host.check_output("/usr/bin/memcached --version").startswith("memcached ")


def test_none_runs_that_all_programs_of_the_host_share(host: Host) -> None:
    service = host.service("memcached")
    assert not service.is_running
    assert not service.is_enabled
