"""What type checkers say of the package, of its stub, and of programs that use it."""

from __future__ import annotations

import os
from pathlib import Path

from runner.environments import PROJECT, Environment, run

# mypy knows no older Python.
OLDEST = (3, 10)
_TESTS = PROJECT / "typing_tests"


def check(environment: Environment) -> str:
    """Run them all in an environment that has the package; `StepFailedError` is what they say.

    The package's own files are read as they lie here. What a program sees is the package as it is
    installed: from inside `typing_tests/` no other is in sight.
    """
    settings = str(PROJECT / "pyproject.toml")
    _run(environment, PROJECT, "mypy")
    _run(environment, _TESTS, "mypy", "--config-file", settings, ".")
    _run(environment, PROJECT, "pyright")
    # What `cryptography` leaves without a type is not ours to name.
    _run(environment, _TESTS, "pyright", "--verifytypes", "jotem", "--ignoreexternal")
    _run(environment, _TESTS, "mypy.stubtest", "jotem", "--allowlist", "stubtest-allowlist.txt")
    files = len(list(_TESTS.glob("*.py")))
    return f"mypy, pyright, --verifytypes and stubtest find nothing; {files} files of typing_tests"


def _run(environment: Environment, folder: Path, tool: str, *arguments: str) -> None:
    run(
        [str(environment.executable), "-m", tool, *arguments],
        folder=folder,
        # pyright looks for packages where `python` does, and takes the Node that it is given.
        PATH=os.pathsep.join([str(environment.executable.parent), os.environ["PATH"]]),
        PYRIGHT_PYTHON_GLOBAL_NODE="0",
        PYRIGHT_PYTHON_IGNORE_WARNINGS="1",
        MYPY_CACHE_DIR=str(environment.folder / "mypy-cache"),
    )
