"""What was found in municipality files, in the forms that CI reads: SARIF and JUnit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

from ddconsul import __version__
from ddconsul.instance.problems import RULES
from ddconsul.xml import clean, document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ddconsul.instance.loader import Inspected
    from ddconsul.instance.problems import Problem

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(inspected: Sequence[Inspected]) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log: GitHub and GitLab show its results at their lines.

    Args:
        inspected: The files, with what was found in them.
    """
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "ddconsul", "version": __version__, "rules": rules}
    results = [
        _result(problem, level)
        for one in inspected
        for level, problems in (("error", one.problems), ("warning", one.warnings))
        for problem in problems
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, level: str) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.file)}}
    if problem.line:
        end = problem.column + problem.width
        location["region"] = {"startLine": problem.line, "startColumn": problem.column, "endColumn": end}
    return {
        "ruleId": problem.rule,
        "ruleIndex": list(RULES).index(problem.rule),
        "level": level,
        "message": {"text": f"{problem.sentence}. {problem.todo}".strip()},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    """Return a file's place as SARIF wants it: relative to the folder where CI runs, or absolute with its scheme."""
    from urllib.parse import quote  # noqa: PLC0415 — only this form needs it

    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def junit(inspected: Iterable[Inspected]) -> str:
    """Return a JUnit report: a suite for each file, and in it a case for each problem, or one that passes.

    Args:
        inspected: The files, with what was found in them.
    """
    root = Element("testsuites", name="ddconsul validate")
    for one in inspected:
        problems = one.problems
        count = {"tests": str(max(1, len(problems))), "failures": str(len(problems)), "errors": "0", "skipped": "0"}
        suite = SubElement(root, "testsuite", {"name": clean(one.document.file), **count})
        for problem in problems:
            name = clean(f"{problem.place}: {problem.key or problem.rule}")
            case = SubElement(suite, "testcase", name=name, classname=problem.rule, file=clean(problem.file))
            if problem.line:
                case.set("line", str(problem.line))
            failure = SubElement(case, "failure", message=clean(problem.sentence), type=problem.rule)
            failure.text = clean(str(problem))
        if not problems:
            SubElement(suite, "testcase", name=clean(one.document.file), classname="municipality file")
        if one.warnings:
            SubElement(suite, "system-out").text = clean("\n".join(map(str, one.warnings)))
    return document(root)
