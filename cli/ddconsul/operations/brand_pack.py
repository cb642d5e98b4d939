"""Makes the files of a house style, in the cache of this machine: a deploy sends them from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.operations.archives import appearing
from ddconsul.translate.brand import brand_files, image_files

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.models import Instance


def pack(instance: Instance, cache: Path) -> Path:
    """Make the files of a house style, each under the name that it has on the host; return their folder.

    A name says what is in a file, so what is there already is not made again.

    Args:
        instance: The checked municipality file.
        cache: Folder for what can be made again.

    Raises:
        InputError: When a logo or font cannot be read.
    """
    folder = cache / "brand"
    for file in brand_files(instance):
        if not (folder / file.name).exists():
            with appearing(folder / file.name) as temporary:
                temporary.write_bytes(file.make())
    for image in image_files(instance):
        if not (folder / image.file).exists():
            with appearing(folder / image.file) as temporary:
                temporary.write_bytes(image.data)
    return folder
