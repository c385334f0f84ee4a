"""Whether a run of PyJWT's suite is what it has to be."""

from __future__ import annotations

from typing import Any

# What PyJWT 2.15.1 itself gives with cryptography; the four demand its absence.
PASSED, SKIPPED = 471, 4
# And without it.
PASSED_WITHOUT, SKIPPED_WITHOUT = 286, 189
# The suite's own words on a test that demands an algorithm to be missing.
DEMANDS_ABSENCE = "Requires cryptography library not installed"
# Two that say it in their `else`: `assert "RS256" not in …`.
ASSERT_ABSENCE = (
    "tests/test_api_jws.py::TestJWS::test_rsa_related_algorithms",
    "tests/test_api_jws.py::TestJWS::test_ecdsa_related_algorithms",
)


def faults(report: dict[str, Any], *, cryptography: bool) -> list[str]:
    """What is wrong with the run, one sentence each; an empty list if nothing."""
    found = _wrong_module(report)
    if report["cryptography"] != cryptography:
        found.append(f"cryptography was {'' if report['cryptography'] else 'not '}imported")
    count = {name: len(tests) for name, tests in report["outcomes"].items()}
    if cryptography:
        wanted = {"passed": PASSED, "failed": 0, "skipped": SKIPPED}
        if count != wanted:
            found.append(f"{_words(count)}, where {_words(wanted)} are due")
        if report["exit"] != 0:
            found.append(f"pytest ended with {report['exit']}")
        return found + [f"failed: {name}" for name in report["outcomes"]["failed"]]
    excused = set(demanding_absence(report))
    unexcused = [name for name in report["outcomes"]["failed"] if name not in excused]
    found += [f"failed: {name}" for name in unexcused]
    settled = count["passed"] + count["failed"]
    if (settled, count["skipped"]) != (PASSED_WITHOUT, SKIPPED_WITHOUT):
        found.append(f"{settled} tests ran and {count['skipped']} were skipped,")
        found.append(f"where {PASSED_WITHOUT} and {SKIPPED_WITHOUT} are due")
    return found


def demanding_absence(report: dict[str, Any]) -> list[str]:
    """The failed tests that demand an algorithm to be missing; jotem has them all."""
    conditions = report["skip_conditions"]
    failed = report["outcomes"]["failed"]
    return [
        name
        for name in failed
        if name in ASSERT_ABSENCE or DEMANDS_ABSENCE in conditions.get(name, [])
    ]


def _wrong_module(report: dict[str, Any]) -> list[str]:
    answering = report["answering"]
    if "jwt" not in answering:
        return ["`jwt` was never imported"]
    wrong = {a: n for a, n in answering.items() if n != "jotem." + a}
    return [f"{alias} was answered by {name}" for alias, name in sorted(wrong.items())]


def _words(count: dict[str, int]) -> str:
    return ", ".join(f"{count[name]} {name}" for name in ("passed", "skipped", "failed"))
