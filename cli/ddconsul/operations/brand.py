"""Makes the files of a house style on this machine, for Ansible to bring to the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddconsul.operations.archives import appearing
from ddconsul.translate.brand import brand_files, image_files

if TYPE_CHECKING:
    from pathlib import Path

    from ddconsul.instance.models import Instance


def make_brand(instance: Instance, folder: Path) -> Path:
    """Make the files of a site's house style that are not there yet; return their folder.

    They are named after what is in them, so that a name is enough to know.

    Args:
        instance: The checked municipality file.
        folder: Where they are kept.

    Raises:
        InputError: When a file that they are made of cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in brand_files(instance):
        if not (folder / file.name).exists():
            with appearing(folder / file.name) as temporary:
                temporary.write_bytes(file.make())
    for image in image_files(instance):
        if not (folder / image.file).exists():
            with appearing(folder / image.file) as temporary:
                temporary.write_bytes(image.data)
    return folder
