"""Images that sites start from: how one is taken, and which go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from test_targets_container import MACHINE, Engine, quiet, target

from ddconsul.targets.base import TargetError
from ddconsul.targets.podman import Podman
from ddconsul.targets.process import Command, Outcome
from ddconsul.targets.snapshot import LABEL, NAME, Snapshots

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Store:
    """Stands in for podman's images; those that a container was made from stay."""

    kinds: list[str]
    in_use: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.images = [
            {"Id": f"{at}", "Names": [f"{NAME}:{at}"], "Labels": {LABEL: kind}, "Size": 10, "Created": at}
            for at, kind in enumerate(self.kinds)
        ]

    def __call__(self, command: Command) -> Outcome:
        match command.argv[1:]:
            case ("images", *_):
                return Outcome(0, json.dumps(self.images))
            case ("rmi", name):
                at = int(name.rpartition(":")[2])
                if at in self.in_use:
                    return Outcome(2, err="image is in use by a container")
                self.images = [image for image in self.images if image["Created"] != at]
        return Outcome(0)

    def left(self) -> list[int]:
        return [int(str(image["Created"])) for image in self.images]


@pytest.mark.parametrize(
    ("store", "kept", "left"),
    [
        (Store(["standin"] * 4), 2, [2, 3]),
        (Store(["standin", "consul", "standin", "standin", "consul"]), 2, [1, 2, 3, 4]),
        (Store(["standin"] * 4, in_use={0}), 2, [0, 2, 3]),
        (Store(["standin", "consul"]), 0, []),
        (Store([]), 2, []),
    ],
)
def test_a_newer_one_supersedes_the_oldest_of_its_kind(store: Store, kept: int, left: list[int]) -> None:
    Snapshots(Podman(MACHINE, store)).prune(kept)
    assert store.left() == left


def test_the_newest_comes_first() -> None:
    found = Snapshots(Podman(MACHINE, Store(["standin", "consul"]))).all()
    assert [(image.name, image.kind, image.size) for image in found] == [
        (f"{NAME}:1", "consul", 10),
        (f"{NAME}:0", "standin", 10),
    ]


def taking(tmp_path: Path, engine: Engine) -> None:
    container = target(engine, tmp_path)
    container.prepare(quiet)
    engine.lines.clear()
    Snapshots(Podman(MACHINE, engine)).take(container, f"{NAME}:1", "standin")


def test_what_belongs_to_one_container_is_gone_before_the_image_is_taken(tmp_path: Path) -> None:
    engine = Engine()
    taking(tmp_path, engine)
    text = "\n".join(engine.lines)
    order = ["ssh_host_", "machine-id", "podman stop", "podman commit", "podman rm --force", "podman images"]
    assert [text.find(step) for step in order] == sorted(text.find(step) for step in order)
    assert -1 not in [text.find(step) for step in order]
    assert not list((tmp_path / "containers").iterdir()), "nor are its keys left here"


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    engine = Engine(lambda line: "no space left on device" if " commit " in line else "")
    with pytest.raises(TargetError, match="no space left"):
        taking(tmp_path, engine)
