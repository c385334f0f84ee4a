"""PyJWT 2.15.1 and jotem.jwt on the same generated calls: the same comes of each.

`DIFFERENTIAL_SCALE=0.1` runs a tenth of the cases, for work on a part; the counts are then not
asked for.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("hypothesis")
time_machine = pytest.importorskip("time_machine")

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402

from announce import announce  # noqa: E402
from differential import claims  # noqa: E402
from differential.explained import EXPLAINED  # noqa: E402
from differential.outcomes import DUE  # noqa: E402
from differential.registry import AREAS  # noqa: E402
from differential.sides import Case  # noqa: E402
from differential.tally import Tally, paths_taken  # noqa: E402

TABLE = Path(__file__).resolve().parents[3] / "docs" / "migrations" / "from-pyjwt.md"
SCALE = float(os.environ.get("DIFFERENTIAL_SCALE", "1"))
LEAST_CASES, LEAST_PER_OUTCOME, LEAST_REFUSED, LEAST_OF_A_PATH = 20_000, 20, 0.4, 0.3
LEAST_REMEMBERED = 1_000
_full_run = pytest.mark.skipif(SCALE < 1, reason="counts are of the full run")


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Tally:
    """Every case of every area, run once; its histogram is printed."""
    assert import_module("jwt").__version__ == "2.15.1"
    found = Tally()
    before = paths_taken()
    for name, (area, count) in AREAS.items():
        _play(name, area(), max(1, int(count * SCALE)), found)
    # Other tests of this process have been counted too.
    found.paths = {
        path: count - before[path] - found.not_counted[path]
        for path, count in paths_taken().items()
    }
    announce(request.config, found.histogram(),
             summary=f"differential: {found.summary()}; paths {found.paths}; "
             f"{found.hits} signatures remembered")  # fmt: skip
    return found


def test_pyjwt_and_jotem_do_the_same(tally: Tally) -> None:
    found = sorted(map(str, tally.differences.values()), key=len)
    assert not found, f"{len(found)} kinds of difference\n" + "\n".join(found)


@_full_run
def test_there_were_enough_cases_and_enough_refusals(tally: Tally) -> None:
    assert tally.cases >= LEAST_CASES
    assert tally.refused >= tally.cases * LEAST_REFUSED


@_full_run
def test_each_path_was_taken_often_enough(tally: Tally) -> None:
    """`decode` and `encode` count here; what has one path only, as `PyJWS`, does not."""
    taken = tally.paths.values()
    assert min(taken) >= LEAST_OF_A_PATH * sum(taken), tally.paths


@_full_run
def test_the_cache_of_signatures_was_of_use_often_enough(tally: Tally) -> None:
    """Every call that decodes is made without it, with it, and with what it remembers."""
    assert tally.hits >= LEAST_REMEMBERED


@_full_run
def test_every_outcome_of_pyjwt_was_met_often_enough(tally: Tally) -> None:
    met = tally.by["outcome"]
    rare = {name: met[name] for name in DUE if met[name] < LEAST_PER_OUTCOME}
    assert rare == {}


def test_no_outcome_of_pyjwt_is_unknown(tally: Tally) -> None:
    assert dict(tally.unknown) == {}


@_full_run
def test_every_explained_difference_was_met(tally: Tally) -> None:
    assert [entry.row for entry in EXPLAINED if not tally.explained[entry]] == []


def test_every_explained_difference_stands_in_the_table() -> None:
    table = TABLE.read_text(encoding="utf-8")
    assert [entry.row for entry in EXPLAINED if entry.row not in table] == []


def _play(name: str, cases: object, count: int, found: Tally) -> None:
    """Draw `count` cases and take them at the fixed instant."""

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)  # type: ignore[arg-type]
    def take(case: Case) -> None:
        with time_machine.travel(claims.INSTANT, tick=False):
            found.take(case)

    take.__qualname__ = name
    take()
