"""Runs commands as on a machine that has the vendored sources and nothing else: no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_WAYS = (["unshare", "--net"], ["unshare", "--net", "--map-root-user"])
_INTERFACES = "import socket; print(*(name for _, name in socket.if_nameindex()))"


class StepFailedError(Exception):
    """A command failed, or made what it must not; the text says which and how."""


class Sealed:
    """A folder of its own for cargo, and no network."""

    def __init__(self, folder: Path, vendored: Path) -> None:
        self.home = folder / "cargo-home"
        self.home.mkdir()
        (self.home / "config.toml").write_text(
            '[source.crates-io]\nreplace-with = "vendored"\n'
            f'[source.vendored]\ndirectory = "{vendored}"\n',
            encoding="utf-8",
        )
        self.target = folder / "target"
        self._way = _way()

    @property
    def how(self) -> str:
        """How the network is cut, for the report."""
        if self._way:
            return f"cut by `{' '.join(self._way)}`"
        return "NOT cut, only declined, by --offline and an empty CARGO_HOME: no unshare here"

    def run(self, *command: str | Path, folder: Path, **more: str) -> str:
        """What the command wrote; it must succeed."""
        environment = {
            "CARGO_HOME": str(self.home),
            "CARGO_NET_OFFLINE": "true",
            "CARGO_TARGET_DIR": str(self.target),
            "PIP_NO_INDEX": "1",
        }
        return run(*self._way, *command, folder=folder, **environment, **more)


def run(*command: str | Path, folder: Path, **more: str) -> str:
    """What the command wrote; `StepFailedError` with its last words if it fails."""
    # What the caller has set for its own builds is not of the release.
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("CARGO_PROFILE_", "PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**kept, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        words = (done.stdout + done.stderr)[-4000:]
        raise StepFailedError(f"{words}\nfailed: {' '.join(map(str, command))}")
    return done.stdout


def _way() -> list[str]:
    """The first way that runs and leaves no interface but the loopback."""
    if shutil.which("unshare") is None:
        return []
    for way in _WAYS:
        ask = [*way, sys.executable, "-c", _INTERFACES]
        done = subprocess.run(ask, capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.split() == ["lo"]:
            return way
    return []
