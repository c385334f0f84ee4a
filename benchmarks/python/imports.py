"""How long an import takes: `./run.sh imports`.

Fresh processes, one for each program in turn, round by round. A row is what the program takes
beyond an interpreter that imports nothing: the medians of the differences within a round, and of
the ratios to PyJWT. Time is the processor's, of the process and of what the system does for it: the
clock on the wall counts what other programs did as well. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys

_HIDDEN = "import sys; sys.modules['cryptography'] = None; "
PROGRAMS = {
    "nothing": "pass",
    "import jotem": "import jotem",
    "import jwt": "import jwt",
    "from jotem import jwt": "from jotem import jwt",
    "import jwt, no cryptography": _HIDDEN + "import jwt",
    "from jotem import jwt, no cryptography": _HIDDEN + "from jotem import jwt",
}
# What a row is compared with, and the most that it should be: milliseconds, or a ratio.
MOST = {"import jotem": 15.0}
PEERS = {
    "from jotem import jwt": "import jwt",
    "from jotem import jwt, no cryptography": "import jwt, no cryptography",
}


def main() -> None:
    """Run each program in each round, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 9 if parser.parse_args().quick else 61
    for program in PROGRAMS.values():
        run(program)
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for number in range(rounds):
        names = list(PROGRAMS)
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            times[name].append(run(PROGRAMS[name]))
    beyond = {
        name: [taken - bare for taken, bare in zip(column, times["nothing"])]
        for name, column in times.items()
    }
    print(f"CPython {sys.version.split()[0]}, {rounds} rounds")
    print(f"\n{'':40} {'ms':>7} {'most':>6} {'x PyJWT':>8} {'most':>6}")
    for name, column in beyond.items():
        median = statistics.median(times[name] if name == "nothing" else column)
        print(f"{name:40} {median:7.2f} {MOST.get(name, ''):>6} {ratio(name, beyond)}")


def ratio(name: str, beyond: dict[str, list[float]]) -> str:
    """How many times as long as PyJWT's, beside what it should be at most."""
    if name not in PEERS:
        return ""
    pairs = zip(beyond[name], beyond[PEERS[name]])
    return f"{statistics.median(ours / theirs for ours, theirs in pairs):8.3f} {1.0:>6}"


def run(program: str) -> float:
    """Milliseconds of processor time of a process that runs the program and ends at once."""
    command = [sys.executable, "-I", "-c", f"{program}\nimport os; os._exit(0)"]
    process = os.spawnv(os.P_NOWAIT, command[0], command)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        raise SystemExit(f"{program!r} failed")
    return (usage.ru_utime + usage.ru_stime) * 1_000


if __name__ == "__main__":
    main()
