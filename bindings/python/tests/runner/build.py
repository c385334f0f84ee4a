"""The package, built for one interpreter after the other: as wheels, and from its own source."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from runner.environments import PROJECT, Environment, run

WHEELS = PROJECT / "target" / "wheels"
ABI3 = ("--features", "abi3-py310")
"""What makes a wheel for every CPython from 3.10 on."""


def missing_tools() -> list[str]:
    """What is needed and not there, with how to get it; one line each."""
    found = []
    if shutil.which("cargo") is None:
        found.append(
            "missing: Rust 1.88 or newer; get it from https://rustup.rs or your system's packages"
        )
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        found.append(
            "missing: a C compiler; Debian: apt-get install gcc libc6-dev;"
            " macOS: xcode-select --install"
        )
    return found


def build(tools: Environment, target: Environment, *options: str, **more: str) -> Path:
    """A wheel for the interpreter of `target`, by the maturin of `tools`.

    All versions share cargo's target directory: only the binding and pyo3 are built anew.
    """
    folder = WHEELS / target.folder.name
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(tools.executable.parent / "maturin"), "build", "--quiet", "--profile", "quick"]
    command += ["--interpreter", target.python.path, "--out", str(folder), *options]
    run(command, folder=PROJECT, **more)
    (wheel,) = folder.glob("*.whl")
    return wheel


def build_from_source(tools: Environment, target: Environment) -> Path:
    """A wheel as pip builds it, of the source distribution alone, away from the repository.

    Only crates that were downloaded are taken from cargo's target directory.
    """
    folder = WHEELS / target.folder.name
    shutil.rmtree(folder, ignore_errors=True)
    maturin = str(tools.executable.parent / "maturin")
    run([maturin, "sdist", "--out", str(folder)], folder=PROJECT)
    (archive,) = folder.glob("*.tar.gz")
    # The same place each time: cargo keeps what it built of a crate by where the crate is.
    place = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
    empty = Path(tempfile.gettempdir()) / f"jotem-sdist-{place}"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir(mode=0o700)
    shutil.unpack_archive(str(archive), str(empty))
    (source,) = empty.iterdir()
    shared = os.environ.get("CARGO_TARGET_DIR", str(PROJECT / "target"))
    target.pip(
        "wheel", "--no-deps", "--wheel-dir", str(folder), str(source),
        folder=empty, CARGO_TARGET_DIR=shared, MATURIN_PEP517_ARGS="--profile quick",
    )  # fmt: skip
    shutil.rmtree(empty)
    (wheel,) = folder.glob(f"{source.name}-*.whl")
    return wheel
