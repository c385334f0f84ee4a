"""jotem beside the other JWT libraries of Python: one process, interleaved rounds, the same token.

    ./run.sh                    everything, the other programs as well; minutes
    ./run.sh --quick --only HS256

Each row is one library: the least and the median time of a call, and how many times as fast as
PyJWT it is, by medians of the rounds. Nothing is asserted about time.
"""

from __future__ import annotations

import argparse
import platform
import statistics
from dataclasses import dataclass, field

import cases


@dataclass
class Row:
    """One library's times of one operation, in microseconds a call."""

    call: cases.Call
    number: int = 0
    times: list[float] = field(default_factory=list)


def main() -> None:
    """Run every operation that was asked for, and print a table of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="operations whose name has this text")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    arguments = parser.parse_args()
    rounds, seconds = (7, 0.01) if arguments.quick else (25, 0.03)
    print(f"CPython {platform.python_version()}, {platform.machine()}, {cases.versions()}")
    for name, make in cases.OPERATIONS.items():
        if arguments.only in name:
            report(name, measure(make(), rounds, seconds))


def measure(calls: dict[str, cases.Call], rounds: int, seconds: float) -> dict[str, Row]:
    """Time each call in every round, one after the other, so that noise meets all alike."""
    rows = {name: Row(call) for name, call in calls.items()}
    for row in rows.values():
        row.call.timeit(2)
        row.number = max(1, int(seconds / max(row.call.timeit(1), 1e-7)))
    for _ in range(rounds):
        for row in rows.values():
            row.times.append(row.call.timeit(row.number) / row.number * 1e6)
    return rows


def report(name: str, rows: dict[str, Row]) -> None:
    """Print one table."""
    print(f"\n{name}\n{'':34} {'least µs':>10} {'median µs':>10} {'x PyJWT':>9}")
    control = rows.get("PyJWT")
    for library, row in rows.items():
        ratio = ""
        if control is not None:
            pairs = zip(control.times, row.times)
            ratio = f"{statistics.median(theirs / ours for theirs, ours in pairs):.2f}"
        least, median = min(row.times), statistics.median(row.times)
        print(f"{library:34} {least:10.2f} {median:10.2f} {ratio:>9}")


if __name__ == "__main__":
    main()
