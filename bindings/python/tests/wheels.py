"""Build the wheels for release: `python3 tests/wheels.py` fills dist/.

One for each CPython here, one for every CPython from 3.10 on (`abi3-py310`, slower by a tenth), and
the source distribution.
"""

from __future__ import annotations

import shutil
import sys

from runner.build import ABI3, missing_tools
from runner.environments import PROJECT, Environment, StepFailedError, run
from runner.pythons import find


def main() -> int:
    """The exit status: 0 if everything was built."""
    pythons = find()
    lines = missing_tools()
    if not pythons:
        lines.append("missing: a CPython from 3.9 to 3.13; Debian: apt-get install python3-venv")
    if lines:
        print("\n".join(lines))
        return 1
    tools = Environment(pythons[0], "-build")
    folder = PROJECT / "dist"
    maturin = str(tools.executable.parent / "maturin")
    release = [maturin, "build", "--quiet", "--release", "--out", str(folder)]
    commands = [[*release, "--interpreter", python.path] for python in pythons]
    newest = next((python for python in pythons if python.minor >= (3, 10)), None)
    if newest is not None:
        commands.append([*release, "--interpreter", newest.path, *ABI3])
    commands.append([maturin, "sdist", "--out", str(folder)])
    # What an earlier version left is not of this release.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        tools.prepare("requirements-build.txt")
        for command in commands:
            run(command, folder=PROJECT)
    except StepFailedError as why:
        print(why)
        return 1
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:>10,}  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
