"""What is in what we release: the packages that are linked into it, and those that build it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

TARGETS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
"""What `.github/workflows/release.yml` builds for. One graph serves all: it is their union."""


@dataclass(frozen=True)
class Artefact:
    """Something that is built, with the file of licences that travels with it."""

    name: str
    package: str
    manifest: Path
    licences: Path

    @property
    def lock(self) -> Path:
        """The versions that it is built with."""
        workspace = self.manifest.parent / "Cargo.lock"
        return workspace if workspace.exists() else ROOT / "Cargo.lock"


COMMAND = Artefact(
    "the command `jotem`",
    "jotem-cli",
    ROOT / "crates/jotem-cli/Cargo.toml",
    ROOT / "crates/jotem-cli/THIRD-PARTY-LICENSES.txt",
)
WHEEL = Artefact(
    "the Python package jotem",
    "jotem-python",
    ROOT / "bindings/python/Cargo.toml",
    ROOT / "bindings/python/THIRD-PARTY-LICENSES.txt",
)
ARTEFACTS = (COMMAND, WHEEL)


@dataclass(frozen=True, order=True)
class Package:
    """A crate of others, and where its source is."""

    name: str
    version: str
    licence: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def linked(artefact: Artefact, *options: str, **more: str) -> list[Package]:
    """The crates whose code is in the artefact on some target, by name.

    Procedural macros and build scripts run while it is built and stay behind. `options` and the
    environment `more` go to cargo.
    """
    described = _cargo(artefact, "metadata", "--format-version", "1", *options, **more)
    packages = {
        (package["name"], package["version"]): _package(package)
        for package in json.loads(described)["packages"]
        if package["source"] is not None
    }
    # `cargo metadata` turns on what any crate of the workspace wants, `cargo tree` what this one does.
    tree = ("tree", "--package", artefact.package, "--edges", "normal,no-proc-macro")
    form = ("--prefix", "none", "--format", "{p}")
    found: set[tuple[str, str]] = set()
    for target in TARGETS:
        listed = _cargo(artefact, *tree, *form, "--target", target, *options, **more)
        found |= {_name_and_version(line) for line in listed.splitlines()}
    return sorted(packages[one] for one in found if one in packages)


def _name_and_version(line: str) -> tuple[str, str]:
    name, version, *_ = line.split()
    return name, version.removeprefix("v")


def _package(package: dict[str, Any]) -> Package:
    folder = Path(package["manifest_path"]).parent
    licence = package["license"] or "not stated"
    return Package(package["name"], package["version"], licence.replace("/", " OR "), folder)


def _cargo(artefact: Artefact, *arguments: str, **more: str) -> str:
    command = ["cargo", *arguments, "--locked", "--manifest-path", str(artefact.manifest)]
    environment = {**os.environ, **more}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True, text=True)
    return done.stdout


def locked(artefact: Artefact) -> list[str]:
    """`name version` of every crate of others in the lock file, by name: what is linked, what
    builds it and, for the command, what tests the workspace."""
    found = []
    for entry in artefact.lock.read_text(encoding="utf-8").split("[[package]]")[1:]:
        facts = dict(line.split(" = ", 1) for line in entry.splitlines() if " = " in line)
        if "source" in facts:
            found.append("{name} {version}".format(**facts).replace('"', ""))
    return sorted(found)
