"""A pytest plugin that writes down what happened, for `judge` to read.

It changes nothing in the run. The path of the report is in the environment variable WITNESS.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import Any

_outcomes: dict[str, list[str]] = {"passed": [], "failed": [], "skipped": []}
_skip_conditions: dict[str, list[str]] = {}


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Note on which condition a test would be skipped."""
    for item in items:
        reasons = [str(mark.kwargs.get("reason")) for mark in item.iter_markers("skipif")]
        _skip_conditions[item.nodeid] = reasons


def pytest_runtest_logreport(report: Any) -> None:
    """Note the outcome; a fault of a fixture is a failure of its test."""
    if report.failed or report.when == "call" or report.skipped:
        names = _outcomes[report.outcome]
        if report.nodeid not in names:
            names.append(report.nodeid)


def pytest_sessionfinish(exitstatus: int) -> None:
    """Write the report."""
    answering = {
        name: getattr(module, "__name__", "?")
        for name, module in list(sys.modules.items())
        if name == "jwt" or name.startswith("jwt.")
    }
    report = {
        "python": platform.python_version(),
        "exit": int(exitstatus),
        "outcomes": _outcomes,
        "skip_conditions": _skip_conditions,
        "answering": answering,
        "cryptography": "cryptography" in sys.modules,
    }
    with open(os.environ["WITNESS"], "w", encoding="utf-8") as file:
        json.dump(report, file)
