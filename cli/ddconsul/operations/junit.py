"""What `smoke` found, as a JUnit report: what CI shows beside a change."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from ddconsul.operations.checks.check import Outcome
from ddconsul.xml import clean, document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddconsul.operations.checks.check import Finding
    from ddconsul.operations.checks.result import SmokeResult

CLASS = "ddconsul.smoke"


def junit(results: Iterable[SmokeResult]) -> str:
    """Return the report: a suite for each file, a case for each check.

    Args:
        results: What was found.
    """
    root = Element("testsuites", name="ddconsul smoke")
    suites = [_suite(root, result) for result in results]
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    return document(root)


def _suite(root: Element, result: SmokeResult) -> Element:
    suite = SubElement(
        root,
        "testsuite",
        name=clean(result.file),
        tests=str(len(result.findings) + bool(result.error)),
        failures=str(result.count(Outcome.FAILED)),
        errors=str(int(bool(result.error))),
        skipped=str(result.count(Outcome.SKIPPED)),
        time=f"{result.seconds:.3f}",
        timestamp=result.begun,
        hostname="localhost",
    )
    properties = SubElement(suite, "properties")
    for name, value in result.properties().items():
        SubElement(properties, "property", name=name, value=clean(value))
    for finding in result.findings:
        _case(suite, result, finding)
    if result.error:
        case = SubElement(suite, "testcase", classname=f"{CLASS}.{result.slug}", name=result.stage, time="0")
        error = SubElement(case, "error", message=clean(result.error.partition("\n")[0]), type=result.exit_code.name)
        error.text = clean(result.error)
    return suite


def _case(suite: Element, result: SmokeResult, finding: Finding) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=f"{CLASS}.{result.slug}",
        name=finding.name,
        time=f"{finding.seconds:.3f}",
    )
    if finding.outcome is Outcome.FAILED:
        failure = SubElement(case, "failure", message=clean(finding.seen), type="CheckFailed")
        failure.text = clean(f"expected: {finding.expected}\nseen: {finding.seen}")
    elif finding.outcome is Outcome.SKIPPED:
        SubElement(case, "skipped", message=clean(finding.seen))
