"""PyJWT's source distribution: fetched, checked, and unpacked where it may be run.

It is never a part of this project: the archive lies in a cache folder that git ignores.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path

VERSION = "2.15.1"
SHA256 = "4f259e80cdfb6b3fc18a7de51fd1ef9ec79652f25019bae68975ca2468a34df8"
CACHE = Path(__file__).resolve().parents[2] / ".cache"
_ARCHIVE = f"pyjwt-{VERSION}.tar.gz"
_WHEEL = f"pyjwt-{VERSION}-py3-none-any.whl"


class SourceMissingError(Exception):
    """The archive is not in the cache and cannot be fetched."""


def archive() -> Path:
    """The archive, from the cache or from PyPI; its content is what the pinned hash says."""
    path = CACHE / _ARCHIVE
    if not path.exists():
        _fetch(_ARCHIVE, "--no-binary")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        path.unlink()
        raise RuntimeError(f"{_ARCHIVE} has SHA-256 {found}, not {SHA256}: removed, run again")
    return path


def wheel() -> Path:
    """PyJWT's wheel, from the cache or from PyPI, for tests that install it."""
    path = CACHE / _WHEEL
    if not path.exists():
        _fetch(_WHEEL, "--only-binary")
    return path


def unpack(into: Path) -> Path:
    """Unpack below `into`; the root of the source tree, its package moved out of the way.

    pytest runs in the root and would import the package from there.
    """
    with tarfile.open(archive()) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(into, filter="data")
        else:
            tar.extractall(into)  # noqa: S202 (its hash is pinned)
    root = into / f"pyjwt-{VERSION}"
    (root / "jwt").rename(root / "moved-aside")
    return root


def _fetch(name: str, choice: str) -> None:
    CACHE.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", choice, ":all:"]
    done = subprocess.run(
        [*command, "--dest", str(CACHE), f"PyJWT=={VERSION}"], capture_output=True, text=True
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SourceMissingError(f"{name} could not be fetched: {last}")
    if not (CACHE / name).exists():
        raise SourceMissingError(f"pip fetched something else than {name}")
