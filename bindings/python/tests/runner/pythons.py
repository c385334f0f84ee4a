"""Which CPythons are on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ((3, 9), (3, 10), (3, 11), (3, 12), (3, 13))
_ASK = (
    # Without ensurepip, which some systems pack apart, no environment can be made.
    "import ensurepip, sys; print(sys.implementation.name, *sys.version_info[:2], "
    "'.'.join(map(str, sys.version_info[:3])), sys.executable)"
)


@dataclass(frozen=True)
class Python:
    """An interpreter that runs."""

    minor: tuple[int, int]
    version: str
    path: str

    @property
    def name(self) -> str:
        """As in `python3.11`."""
        return ".".join(map(str, self.minor))


def find() -> list[Python]:
    """One of each supported version, the newest first."""
    found: dict[tuple[int, int], Python] = {}
    for candidate in _candidates():
        python = ask(candidate)
        if python is not None and python.minor in SUPPORTED:
            found.setdefault(python.minor, python)
    return [found[minor] for minor in sorted(found, reverse=True)]


def ask(path: str) -> Python | None:
    """What the interpreter says it is; None if it does not run, as a shim without a version."""
    try:
        done = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    name, major, minor, version, executable = done.stdout.split(maxsplit=4)
    if name != "cpython":
        return None
    return Python((int(major), int(minor)), version, executable.strip())


def _candidates() -> Iterator[str]:
    """Where interpreters are: on the path, and where pyenv keeps them, which is not on it."""
    for minor in SUPPORTED:
        name = "python" + ".".join(map(str, minor))
        for folder in os.get_exec_path():
            yield from filter(None, [shutil.which(name, path=folder)])
        root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
        for path in sorted(root.glob(f"versions/{name[6:]}.*/bin/{name}"), reverse=True):
            yield str(path)
    yield sys.executable
