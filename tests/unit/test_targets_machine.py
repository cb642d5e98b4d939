"""What podman is told follows from what the machine is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from programs import packages_of

from ddconsul.targets import machine
from ddconsul.targets.base import TargetError
from ddconsul.targets.machine import Attempt, Limits, Machine

if TYPE_CHECKING:
    from pathlib import Path

V2 = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate
"""
HYBRID = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V1 = "\n".join(line for line in HYBRID.splitlines() if "cgroup2" not in line)
NESTED = """\
900 800 0:99 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c
910 900 254:0 /volumes/x /var/lib/containers rw,relatime - ext4 /dev/vda rw
"""

LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units     
Max processes             {soft}                {nproc}                processes 
Max open files            1024                 {nofile}                files     
"""  # noqa: W291 — as the kernel writes it

USUAL = Machine(
    user="root",
    root=True,
    debian=True,
    podman=(4, 3, 1),
    cgroups="v2",
    runtimes=("crun", "runc"),
    helpers=("slirp4netns", "pasta"),
    limits=Limits(20000, 9000),
)


@pytest.mark.parametrize(("mountinfo", "expected"), [(V2, "v2"), (HYBRID, "hybrid"), (V1, "v1"), ("", "v1")])
def test_cgroup_layout(mountinfo: str, expected: str) -> None:
    assert machine.cgroup_layout(mountinfo) == expected


def test_a_later_mount_hides_an_earlier_one() -> None:
    over = "50 31 0:40 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    assert machine.cgroup_layout(HYBRID + over) == "v2"


def test_file_system_is_that_of_the_deepest_mount() -> None:
    assert machine.file_system(NESTED, "/var/lib/containers/storage") == "ext4"
    assert machine.file_system(NESTED, "/var/lib/containersz") == "overlay"
    assert machine.file_system("", "/x") == ""


@pytest.mark.parametrize(
    ("nofile", "nproc", "nr_open", "pid_max", "expected"),
    [
        ("4000", "4000", "1048576\n", "32768\n", Limits(4000, 4000)),
        ("unlimited", "unlimited", "1048576\n", "4194304\n", Limits(1048576, 1048576)),
        # nr_open caps files; podman lowers itself to pid_max before it starts anything
        ("unlimited", "96365", "65536\n", "32768\n", Limits(65536, 32768)),
        ("1073741816", "1000", "", "", Limits(1048576, 1000)),
    ],
)
def test_hard_limits(nofile: str, nproc: str, nr_open: str, pid_max: str, expected: Limits) -> None:
    text = LIMITS.format(soft=nproc, nproc=nproc, nofile=nofile)
    assert machine.hard_limits(text, nr_open, pid_max) == expected


def test_limits_are_asked_for_as_they_are() -> None:
    assert machine.ulimit_flags(Limits(4000, 300)) == ("--ulimit", "nofile=4000:4000", "--ulimit", "nproc=300:300")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an:100000:65536\n", True),
        ("1000:100000:65536\n", True),
        ("bob:100000:65536\n", False),
        ("an:100000:1000\n", False),
        ("", False),
        ("# an\nan:1:x\n", False),
    ],
)
def test_subordinate_ids(text: str, *, expected: bool) -> None:
    assert machine.has_subordinate_ids(text, "an", 1000) is expected


def test_podman_version() -> None:
    assert machine.podman_version("podman version 4.3.1\n") == (4, 3, 1)
    assert machine.podman_version("podman version 5.4.2-dev\n") == (5, 4, 2)
    assert machine.podman_version("?") == ()


def test_crun_goes_last_on_hybrid_cgroups() -> None:
    assert machine.runtimes(replace(USUAL, cgroups="hybrid")) == ("runc", "crun")
    assert machine.runtimes(USUAL) == ("crun", "runc")
    assert machine.runtimes(replace(USUAL, runtimes=("runc",))) == ("runc",)
    assert machine.runtimes(replace(USUAL, runtimes=())) == ("",)


@pytest.mark.parametrize(
    ("root", "podman", "helpers", "expected"),
    [
        (True, (4, 3, 1), ("slirp4netns", "pasta"), ("bridge", "slirp4netns")),
        (True, (5, 4, 2), (), ("bridge",)),
        (False, (4, 3, 1), ("slirp4netns", "pasta"), ("slirp4netns",)),
        (False, (4, 9, 0), ("slirp4netns", "pasta"), ("slirp4netns", "pasta")),
        (False, (5, 4, 2), ("slirp4netns", "pasta"), ("pasta", "slirp4netns")),
        (False, (5, 4, 2), ("slirp4netns",), ("slirp4netns",)),
    ],
)
def test_networks(podman: tuple[int, ...], helpers: tuple[str, ...], expected: tuple[str, ...], *, root: bool) -> None:
    assert machine.networks(replace(USUAL, root=root, podman=podman, helpers=helpers)) == expected


ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100580A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t{net}\t00000000\t0001\t0\t0\t0\t{mask}\t0\t0\t0
podman0\t0000580A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""


@pytest.mark.parametrize(
    ("net", "mask", "expected"),
    [
        ("0000580A", "0000FFFF", True),  # 10.88.0.0/16
        ("0107580A", "00FFFFFF", True),  # 10.88.7.0/24
        ("0000000A", "000000FF", False),  # 10.0.0.0/8: what is narrower wins
        ("0001A8C0", "00FFFFFF", False),  # 192.168.1.0/24
    ],
)
def test_the_bridge_s_own_addresses(net: str, mask: str, *, expected: bool) -> None:
    assert machine.takes_bridge(ROUTES.format(net=net, mask=mask)) is expected
    assert machine.takes_bridge("") is False


def test_a_bridge_whose_addresses_are_taken_comes_last() -> None:
    assert machine.networks(replace(USUAL, bridge_taken=True)) == ("slirp4netns", "bridge")


@pytest.mark.parametrize(("podman", "package"), [((4, 3, 1), "slirp4netns"), ((5, 4, 2), "passt")])
def test_rootless_without_a_network_helper(podman: tuple[int, ...], package: str) -> None:
    with pytest.raises(TargetError) as caught:
        machine.networks(replace(USUAL, root=False, user="an", podman=podman, helpers=()))
    assert caught.value.todo == f"Run: sudo apt-get install --no-install-recommends {package}"


def test_each_network_is_tried_with_each_runtime() -> None:
    assert machine.attempts(replace(USUAL, cgroups="hybrid")) == (
        Attempt("runc", "bridge"),
        Attempt("crun", "bridge"),
        Attempt("runc", "slirp4netns"),
        Attempt("crun", "slirp4netns"),
    )


def test_podman_missing_as_root_on_debian() -> None:
    with pytest.raises(TargetError) as caught:
        machine.check(replace(USUAL, podman=()))
    assert caught.value.what == "Podman is not installed."
    assert caught.value.todo.startswith("Run: apt-get install --no-install-recommends podman runc ")


def test_what_to_install_for_podman_is_all_that_a_demo_needs_of_debian_for_containers() -> None:
    of_ddconsul_itself = {"git", "python3-venv", "libcairo2", "libharfbuzz-subset0", "libpangoft2-1.0-0"}
    assert set(machine.PACKAGES) == packages_of("demo") - of_ddconsul_itself


def test_podman_missing_elsewhere() -> None:
    with pytest.raises(TargetError) as caught:
        machine.check(replace(USUAL, podman=(), debian=False))
    assert "apt-get" not in caught.value.todo


def test_subordinate_ids_missing() -> None:
    with pytest.raises(TargetError) as caught:
        machine.check(replace(USUAL, root=False, user="an", subordinate_ids=False))
    assert "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 an" in caught.value.todo


def test_hybrid_cgroups_without_runc() -> None:
    with pytest.raises(TargetError) as caught:
        machine.check(replace(USUAL, cgroups="hybrid", runtimes=("crun",)))
    assert caught.value.todo.endswith("runc")


def test_a_usual_machine_passes() -> None:
    machine.check(USUAL)
    machine.check(replace(USUAL, root=False, user="an"))


def test_flags_and_environment() -> None:
    assert machine.global_flags(USUAL) == ()
    own = "/var/lib/containers/storage-ddconsul"
    assert machine.global_flags(replace(USUAL, own_storage=own)) == (
        "--root", own, "--runroot", f"{own}/run", "--storage-driver", "vfs",
    )  # fmt: skip
    assert machine.environment(USUAL) == {}
    assert machine.environment(replace(USUAL, cgroups="v1")) == {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"}


def test_this_machine_can_be_read() -> None:
    found = machine.read_machine()
    assert found.cgroups in {"v1", "hybrid", "v2"}
    assert found.limits.nofile > 0


@pytest.mark.parametrize(
    ("mountinfo", "controllers", "root", "limits"),
    [
        ("35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "", True, True),
        ("35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "", False, False),
        ("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "cpuset cpu io memory pids\n", False, True),
        ("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "pids\n", False, False),
    ],
)
def test_who_can_limit_the_memory_of_a_container(mountinfo: str, controllers: str, root: bool, limits: bool) -> None:
    assert machine.limits_memory(mountinfo, controllers, root=root) is limits


@pytest.mark.parametrize(
    ("groups", "folder", "counts"),
    [
        (
            "9:name=systemd:/pod/x/init.scope\n4:memory:/pod/x\n0::/pod/x\n",
            "sys/fs/cgroup/memory/pod/x",
            "cache 900\ntotal_cache 900\ntotal_rss 200\ntotal_shmem 50\n",
        ),
        ("0::/pod/x/init.scope\n", "sys/fs/cgroup/pod/x", "anon 200\nfile 900\nshmem 50\n"),
    ],
)
def test_memory_that_processes_use_and_not_the_cache_of_files(
    groups: str, folder: str, counts: str, tmp_path: Path
) -> None:
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/cgroup").write_text(groups)
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "memory.stat").write_text(counts)
    assert machine.memory_used(7, tmp_path) == 250
    assert machine.memory_used(8, tmp_path) is None
