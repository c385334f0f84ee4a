"""Builds what was packed, away from the repository and the network, and tries what comes out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from packages import unpack
from sealed import Sealed, StepFailedError, run

_LOCKED = ("--offline", "--locked")
_SMOKE = Path(__file__).with_name("smoke.py")


def library(sealed: Sealed, crate: Path, work: Path) -> str:
    """Builds the crate with every feature, and runs what it has of tests: its samples."""
    source = unpack(crate, work / "libraries")
    said = sealed.run("cargo", "test", *_LOCKED, "--release", "--all-features", "--quiet",
                      folder=source)  # fmt: skip
    results = [line for line in said.splitlines() if line.startswith("test result")]
    if not any(" 0 passed" not in line for line in results):
        raise StepFailedError("the package has no test that runs")
    return "; ".join(line.partition(": ")[2].partition("; 0 measured")[0] for line in results)


def command(sealed: Sealed, crate: Path, folder: Path) -> Path:
    """Installs the command as its users do, and lets it sign, verify and refuse."""
    source = unpack(crate, folder)
    root = folder / "installed"
    sealed.run("cargo", "install", *_LOCKED, "--path", ".", "--root", root, folder=source)
    program = root / "bin" / "jotem"
    place = folder / "tried"
    place.mkdir()
    pair = ("--out", "key.jwk", "--public-out", "public.jwk")
    sealed.run(program, "key", "generate", "--alg", "ES256", *pair, folder=place)
    ours = "https://auth.example"
    token = sealed.run(program, "sign", "--key", "key.jwk", "--iss", ours, folder=place)
    verify = (program, "verify", token.strip(), "--key", "public.jwk", "--json", "--iss")
    sealed.run(*verify, ours, folder=place)
    _must_refuse(sealed, verify, place)
    return program


def _must_refuse(sealed: Sealed, verify: tuple[str | Path, ...], place: Path) -> None:
    try:
        sealed.run(*verify, "https://other.example", folder=place)
    except StepFailedError as why:
        if "jwt_issuer_mismatch" in str(why):
            return
        raise
    raise StepFailedError("the command accepted a token of another issuer")


def wheel(sealed: Sealed, archive: Path, tools: Path, folder: Path) -> Path:
    """Builds the wheel as pip does, by the maturin of `tools`, installs and imports it."""
    source = unpack(archive, folder)
    made = folder / "wheel"
    bins = f"{tools / 'bin'}:{os.environ['PATH']}"
    sealed.run(tools / "bin" / "python", "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
               "--wheel-dir", made, source, folder=folder,
               PATH=bins, MATURIN_PEP517_ARGS="--locked --offline")  # fmt: skip
    (built,) = made.glob("*.whl")
    fresh = folder / "fresh"
    run(sys.executable, "-m", "venv", fresh, folder=folder)
    python = fresh / "bin" / "python"
    # typing-extensions, which the package wants on Python before 3.11, is not at issue here.
    sealed.run(python, "-m", "pip", "install", "--quiet", "--no-deps", built, folder=folder)
    sealed.run(python, "-I", _SMOKE, folder=folder)
    return built
