"""Write files into the source that a build is made of.

This runs on the host, as the account that builds, so that a link in the source leads no farther than that account
reaches. In: JSON on standard input, a list of {"path", "content", "unless_there"}; paths are below the folder that is
given.
"""

import json
import os
import sys
from pathlib import Path

os.umask(0o022)
for file in json.load(sys.stdin):
    path = Path(sys.argv[1], file["path"])
    if file.get("unless_there") and path.exists():
        continue
    path.parent.mkdir(parents=True, exist_ok=True)
    # A link in its place is replaced, not followed.
    path.unlink(missing_ok=True)
    path.write_text(file["content"], encoding="utf-8")
