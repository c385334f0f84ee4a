"""The extension module, built for one interpreter after the other."""

from __future__ import annotations

import shutil
from pathlib import Path

from runner.environments import PROJECT, Environment, run

WHEELS = PROJECT / "target" / "wheels"


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


def build(tools: Environment, target: Environment) -> Path:
    """A wheel for the interpreter of `target`, by the maturin of `tools`.

    All versions share cargo's target directory: only the binding and pyo3 are built anew.
    """
    folder = WHEELS / target.python.name
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(tools.executable.parent / "maturin"), "build", "--quiet", "--profile", "quick"]
    command += ["--interpreter", target.python.path, "--out", str(folder)]
    run(command, folder=PROJECT)
    (wheel,) = folder.glob("*.whl")
    return wheel
