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
    environment `more` go to `cargo metadata`.
    """
    found: set[Package] = set()
    for target in TARGETS:
        found |= _linked_on(_metadata(artefact, "--filter-platform", target, *options, **more))
    return sorted(found)


def _linked_on(metadata: dict[str, Any]) -> set[Package]:
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen: set[str] = set()
    waiting = [metadata["resolve"]["root"]]
    while waiting:
        one = waiting.pop()
        if one in seen or _is_macro(packages[one]):
            continue
        seen.add(one)
        for dependency in nodes[one]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return {_package(packages[one]) for one in seen if packages[one]["source"] is not None}


def _is_macro(package: dict[str, Any]) -> bool:
    return any("proc-macro" in target["kind"] for target in package["targets"])


def _package(package: dict[str, Any]) -> Package:
    folder = Path(package["manifest_path"]).parent
    licence = package["license"] or "not stated"
    return Package(package["name"], package["version"], licence.replace("/", " OR "), folder)


def _metadata(artefact: Artefact, *options: str, **more: str) -> dict[str, Any]:
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    command += ["--manifest-path", str(artefact.manifest), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, env={**os.environ, **more}, check=True)
    metadata: dict[str, Any] = json.loads(done.stdout)
    return metadata


def locked(artefact: Artefact) -> list[str]:
    """`name version` of every crate of others in the lock file, by name: what is linked, what
    builds it and, for the command, what tests the workspace."""
    found = []
    for entry in artefact.lock.read_text(encoding="utf-8").split("[[package]]")[1:]:
        facts = dict(line.split(" = ", 1) for line in entry.splitlines() if " = " in line)
        if "source" in facts:
            found.append("{name} {version}".format(**facts).replace('"', ""))
    return sorted(found)
