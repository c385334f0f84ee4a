"""Build the Python package for every CPython here, and test it: `python3 tests/run.py`.

The newest and the one that `python3` is (or 3.11) get the full set; the others PyJWT's suite, the
hook walk and the tests of the native interface. Types are checked on the newest. Two more are built
in the other ways in which the package is released: one wheel for many versions (abi3), and from the
source distribution alone. Environments are kept in .venv/, archives in .cache/, builds in target/.
`--only 3.12` takes one version and none of these two, `--full` gives every version everything.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Callable

from runner import checkers
from runner.build import ABI3, build, build_from_source, missing_tools
from runner.environments import HERE, Environment, StepFailedError
from runner.pythons import SUPPORTED, Python, ask, find

# On versions that do not get the full set: only what depends on the version. How CPython numbers
# classes and dicts does, and what its modules import.
_EVERYWHERE = [
    "native",
    "test_from_pyjwt.py",
    "test_hooks.py",
    "test_imports.py",
    "test_key_cache.py",
    "test_paths.py",
    "test_signals.py",
]
_CLOSING = re.compile(r"(\d+) (passed|skipped|failed|errors?)\b")


@dataclass
class Result:
    """The steps of one interpreter, with the package built in one way."""

    python: Python
    full: bool
    typed: bool = False
    # How it is built: "" for this version, "abi3" for many, "sdist" from the source distribution.
    way: str = ""
    steps: dict[str, str] = field(default_factory=dict)
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def name(self) -> str:
        """The version, and the way if it is not the usual one."""
        return f"{self.python.name} {self.way}".strip()

    @property
    def environment(self) -> Environment:
        """Where its tests run."""
        return Environment(self.python, self.way and f"-{self.way}")

    @property
    def bare(self) -> Environment:
        """One without cryptography."""
        return Environment(self.python, "-bare")

    @property
    def types(self) -> Environment:
        """One with type checkers."""
        return Environment(self.python, "-types")


def main() -> int:
    """The exit status: 0 if every step of every version went well."""
    arguments = _arguments()
    pythons = [p for p in find() if arguments.only in (None, p.name)]
    lines = missing_tools()
    if not pythons:
        lines.append(f"missing: a CPython from {_dotted(SUPPORTED[0])} to {_dotted(SUPPORTED[-1])}"
                     "; Debian: apt-get install python3 python3-venv")  # fmt: skip
    if lines:
        print("\n".join(lines))
        return 1
    print("python: " + ", ".join(python.version for python in pythons), flush=True)
    tools = Environment(pythons[0], "-build")
    if not _step(None, "build tools", lambda: tools.prepare("requirements-build.txt")):
        return 1
    full = {pythons[0].minor, _default(pythons)}
    results = [
        Result(python, arguments.full or python.minor in full, python.minor == _typed(pythons))
        for python in pythons
    ]
    if arguments.only is None:
        results += _other_ways(pythons)
    # pip waits for disk and network, a test-suite keeps one core busy, cargo keeps all.
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(_prepare, results))
        for result in results:
            _build(result, tools)
        built = [result for result in results if not result.failed]
        types = [pool.submit(_check_types, result) for result in built if result.typed]
        list(pool.map(_test, built))
        for check in types:
            check.result()
    return _summary(results)


def _other_ways(pythons: list[Python]) -> list[Result]:
    """Those built as a release is: the source distribution on the version that was built last,
    whose crates are there, and the wheel for many on one between the ends."""
    ways = [Result(pythons[-1], full=False, way="sdist")]
    many = [python for python in pythons if python.minor >= (3, 10)]
    ways += [Result(python, full=False, way="abi3") for python in many[1:2] or many[:1]]
    return ways


def _prepare(result: Result) -> None:
    """The environments of one interpreter."""

    def work() -> str:
        if result.full:
            result.bare.prepare("requirements-bare.txt")
        if result.typed:
            result.types.prepare("requirements-types.txt")
        return result.environment.prepare(
            "requirements-full.txt" if result.full else "requirements.txt"
        )

    _step(result, "environment", work)


def _build(result: Result, tools: Environment) -> None:
    """The extension, and its installation."""

    def work() -> str:
        if result.way == "sdist":
            wheel = build_from_source(tools, result.environment)
        else:
            wheel = build(tools, result.environment, *(ABI3 if result.way == "abi3" else ()))
        result.environment.install(wheel)
        if result.full:
            result.bare.install(wheel)
        if result.typed:
            result.types.install(wheel)
        return wheel.name

    if not result.failed:
        _step(result, "extension", work)


def _check_types(result: Result) -> None:
    """The checkers."""
    _step(result, "types", lambda: checkers.check(result.types))


def _test(result: Result) -> None:
    """The tests of one interpreter."""
    if result.way != "sdist":
        _step(result, "PyJWT's suite", lambda: _suite(result, result.environment))
    if result.typed:
        _step(result, "the same, cached", lambda: _suite(result, result.environment, "--cache"))
    if result.full:
        _step(result, "the same, bare", lambda: _suite(result, result.bare, "--no-cryptography"))
        _step(result, "tests, bare", lambda: _pytest(result, result.bare, ["bare"]))
    tests = ["."] if result.full else _EVERYWHERE
    if result.way == "sdist":
        tests = ["native"]
    _step(result, "tests", lambda: _pytest(result, result.environment, tests))


def _suite(result: Result, environment: Environment, *options: str) -> str:
    command = [str(environment.executable), "pyjwt_suite.py", *options]
    return _counted(result, _output(command))


def _pytest(result: Result, environment: Environment, tests: list[str]) -> str:
    command = [str(environment.executable), "-m", "pytest", "-q", *tests]
    return _counted(result, _output(command))


def _output(command: list[str]) -> str:
    environment = {name: v for name, v in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=HERE, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)  # fmt: skip
    if done.returncode != 0:
        raise StepFailedError(f"{done.stdout}\n{done.stderr[-2000:]}")
    return done.stdout


def _counted(result: Result, output: str) -> str:
    """The last line, its counts added to the result's."""
    lines = output.strip().splitlines()
    for line in lines:
        if line.startswith("| "):
            print(f"{result.name}: {line[2:]}", flush=True)
    last = lines[-1]
    for count, word in _CLOSING.findall(last):
        if word in ("passed", "skipped"):
            setattr(result, word, getattr(result, word) + int(count))
    return last


def _step(result: Result | None, name: str, work: Callable[[], str]) -> bool:
    """Do it, say so in one line, and note how it went."""
    start = time.monotonic()
    where = f"{result.name}: " if result else ""
    try:
        said = work()
    except StepFailedError as why:
        print(f"{why}\n{where}{name}: FAILED", flush=True)
        if result:
            result.steps[name] = "FAILED"
            result.failed += 1
        return False
    print(f"{where}{name}: {said} ({time.monotonic() - start:.0f} s)", flush=True)
    if result:
        result.steps[name] = "ok"
    return True


def _summary(results: list[Result]) -> int:
    """The table, and the closing line that counts."""
    names = list(dict.fromkeys(name for result in results for name in result.steps))
    print("\n" + "  ".join([f"{'CPython':13}", *names]))
    for result in results:
        cells = [f"{result.steps.get(name, '-'):{len(name)}}" for name in names]
        print("  ".join([f"{result.python.version + ' ' + result.way:13}", *cells]))
    passed, failed, skipped = (
        sum(getattr(r, n) for r in results) for n in ("passed", "failed", "skipped")
    )
    print(f"\nPython: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def _default(pythons: list[Python]) -> tuple[int, int]:
    """The version that `python3` is, if it is supported, else 3.11."""
    default = ask("python3")
    minors = [python.minor for python in pythons]
    return default.minor if default is not None and default.minor in minors else (3, 11)


def _typed(pythons: list[Python]) -> tuple[int, int] | None:
    """The newest version, if the checkers know it."""
    newest = pythons[0].minor
    return newest if newest >= checkers.OLDEST else None


def _dotted(minor: tuple[int, int]) -> str:
    return ".".join(map(str, minor))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="3.X", help="one version")
    parser.add_argument("--full", action="store_true", help="everything on every version")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
