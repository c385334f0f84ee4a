"""A pytest plugin that writes down what happened, for `judge` to read.

It changes nothing in the run, unless WITNESS_CACHE says how many bytes of signatures to remember:
then every test runs twice, and what it does the second time counts. The path of the report is in
the environment variable WITNESS.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import Any

_outcomes: dict[str, list[str]] = {"passed": [], "failed": [], "skipped": []}
_skip_conditions: dict[str, list[str]] = {}


def pytest_sessionstart() -> None:
    """Enable the cache, if the run is one with it."""
    if size := os.environ.get("WITNESS_CACHE"):
        from jotem import jwt

        jwt.enable_cache(int(size))


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Note on which condition a test would be skipped."""
    for item in items:
        reasons = [str(mark.kwargs.get("reason")) for mark in item.iter_markers("skipif")]
        _skip_conditions[item.nodeid] = reasons


def pytest_runtest_protocol(item: Any, nextitem: Any) -> None:
    """Run the test once before it counts, so that its tokens are remembered."""
    if os.environ.get("WITNESS_CACHE"):
        from _pytest.runner import runtestprotocol

        runtestprotocol(item, nextitem=nextitem, log=False)


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
    from jotem import jwt

    state = jwt.cache_state()
    report = {
        "remembered": state and {"hits": state.hits, "misses": state.misses},
        "python": platform.python_version(),
        "exit": int(exitstatus),
        "outcomes": _outcomes,
        "skip_conditions": _skip_conditions,
        "answering": answering,
        "cryptography": "cryptography" in sys.modules,
    }
    with open(os.environ["WITNESS"], "w", encoding="utf-8") as file:
        json.dump(report, file)
