"""Make true what the document last deployed says by now: phases begin, polls are answered, pages change.

The site's timer runs this, as the site's account and in its release, at each moment that the document names.

usage: by_clock.py DOCUMENT
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import consul_document  # noqa: E402 — it stands beside this file


def main() -> int:
    """Read the document, ask Rails, tell the journal what changed."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    state = consul_document.resolved(given["state"], consul_document.now())
    document = {
        **state,
        "tenant": given["tenant"],
        "fingerprint": consul_document.fingerprint(state),
        "by_clock": True,
        "check": False,
    }
    argv = ["bundle", "exec", "rails", "runner", str(HERE / "main.rb")]
    done = subprocess.run(argv, input=json.dumps(document), capture_output=True, text=True, check=False)
    answer = consul_document.answer_of(done.stdout)
    if answer is None or "error" in answer:
        sentence = consul_document.refusal(answer) if answer else f"Rails did not answer: {done.stderr[-2000:]}"
        print(sentence, file=sys.stderr)
        return 1
    for change in answer["changes"]:
        print(f"{change['object']} {change['field']}: {change['kind']}, {change['new']!r}"[:500])
    return 0


if __name__ == "__main__":
    sys.exit(main())
