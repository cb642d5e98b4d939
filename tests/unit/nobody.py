"""Be somebody who may do nothing, also where the tests run as root, who may do everything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Have only the rights that everybody has; everybody may pass through what is above the folder.

    What the code under test imports along the way may not be readable for everybody: import it before.
    """
    if os.geteuid() != 0:
        yield
        return
    for above in folder.parents:
        if not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
