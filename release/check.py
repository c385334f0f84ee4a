"""A release, up to where it would be published: `make release-check`.

Packs the crates and the source distribution, and builds them from vendored sources, away from the
repository and from the network. `--tag v1.2.3` also asks that the repository is ready for that
tag. What was made stays in target/dist/.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, TypeVar

import archive
import contents
import inventory
import trial
from graph import ARTEFACTS, COMMAND, ROOT, WHEEL, Artefact, Package, linked
from packages import package_crates, source_distribution, unpack, vendor
from sealed import Sealed, StepFailedError, run
from third_party import document
from versions import disagreements, version

_Made = TypeVar("_Made")
_ENVIRONMENT = ROOT / "target/release-env"
_DIST = ROOT / "target/dist"
_WORKFLOWS = ROOT / ".github/workflows"


def main() -> int:
    """The exit status: 0 if everything is as a release needs it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tag", help="the tag of the release, as v1.2.3")
    tag = parser.parse_args().tag or None
    missing = [tool for tool in ("cargo-deny", "cargo-cyclonedx") if shutil.which(tool) is None]
    if missing:
        names = " ".join(missing)
        print(f"missing: {names}; get it with: cargo install --locked {names}")
        return 1
    if sys.version_info < (3, 11):
        print("missing: Python 3.11 or newer, on which the package needs no other")
        return 1
    try:
        _step("the version is the same everywhere", lambda: _versions(tag))
        _step("tools", _tools)
        _step("workflows", lambda: _workflows(tag))
        _step("dependencies", _dependencies)
        with tempfile.TemporaryDirectory(prefix="jotem-release-") as folder:
            _release(Path(folder).resolve(), tag)
    except StepFailedError as why:
        print(f"{why}\nNOT ready for release")
        return 1
    for file in sorted(_DIST.iterdir()):
        print(f"{file.stat().st_size:>11,}  {file.name}")
    return 0


def _release(work: Path, tag: str | None) -> None:
    """Everything that is made, in `work`, which no folder of the repository is above."""
    packed = _fresh(work / "packed")
    crates = _step("crates", lambda: package_crates(packed, dirty=tag is None))
    source = _step("source distribution", lambda: source_distribution(packed, _tool("maturin")))
    for crate in crates:
        contents.check_crate(crate)
    contents.check_source(source)
    *libraries, command = crates
    vendored = _step("vendored sources", lambda: vendor(work, libraries))
    sealed = Sealed(work, vendored)
    print(f"network: {sealed.how}", flush=True)
    _step("licences of what is linked", lambda: _licences(sealed))
    for crate in libraries:
        _step(crate.name, lambda crate=crate: trial.library(sealed, crate, work))
    program = _step("command", lambda: trial.command(sealed, command, _fresh(work / "command")))
    command_sbom = _step("inventory", lambda: _inventory(sealed, command, work))
    place = _fresh(work / "wheel")
    wheel = _step("wheel", lambda: trial.wheel(sealed, source, _ENVIRONMENT, place))
    _step("inventories", lambda: _inventories(sealed, command_sbom, wheel, work))
    shutil.rmtree(_DIST, ignore_errors=True)
    _fresh(_DIST)
    for file in (*crates, source, command_sbom):
        shutil.copy(file, _DIST)
    _step("archive", lambda: archive.pack("this-system", program, command_sbom, work))


def _versions(tag: str | None) -> str:
    wrong = disagreements(tag)
    if wrong:
        raise StepFailedError("\n".join(wrong))
    return version()


def _tools() -> str:
    if not _tool("python").exists():
        run(sys.executable, "-m", "venv", _ENVIRONMENT, folder=ROOT)
    wanted = Path(__file__).with_name("requirements.txt")
    run(_tool("python"), "-m", "pip", "install", "--quiet", "--requirement", wanted, folder=ROOT)
    return _ENVIRONMENT.name


def _tool(name: str) -> Path:
    return _ENVIRONMENT / "bin" / name


def _workflows(tag: str | None) -> str:
    """The schema of workflows, and what zizmor knows of their abuse."""
    files = sorted(_WORKFLOWS.glob("*.yml"))
    # A release is not made by actions that someone else can change.
    options = ["--no-config"] if tag else ["--config", Path(__file__).with_name("zizmor.yml")]
    schema = ("--builtin-schema", "vendor.github-workflows")
    run(_tool("check-jsonschema"), *schema, *files, folder=ROOT)
    run(_tool("zizmor"), "--offline", "--quiet", *options, _WORKFLOWS, folder=ROOT)
    return ", ".join(file.name for file in files)


def _dependencies() -> str:
    for artefact in ARTEFACTS:
        # Those of other systems too, which no build here has asked for.
        run("cargo", "fetch", "--locked", folder=artefact.lock.parent)
        run("cargo", "deny", "--config", ROOT / "deny.toml", "--offline", "check", "bans",
            "licenses", "sources", folder=artefact.lock.parent)  # fmt: skip
    return "allowed by deny.toml"


def _licences(sealed: Sealed) -> str:
    """The files that are committed are those that the vendored sources make."""
    for artefact in ARTEFACTS:
        text = document(artefact, _linked(sealed, artefact))
        if artefact.licences.read_text(encoding="utf-8") != text:
            raise StepFailedError(f"{artefact.licences} is not up to date; run: make third-party")
    return "as committed"


def _inventory(sealed: Sealed, crate: Path, work: Path) -> Path:
    return inventory.write(sealed, unpack(crate, _fresh(work / "described")), work)


def _inventories(sealed: Sealed, command: Path, wheel: Path, work: Path) -> str:
    inside = work / "wheel.cdx.json"
    inside.write_bytes(contents.check_wheel(wheel))
    counts = [
        inventory.check(command.read_bytes(), COMMAND, _linked(sealed, COMMAND), work, ROOT),
        inventory.check(inside.read_bytes(), WHEEL, _linked(sealed, WHEEL)),
    ]
    run(_tool("python"), Path(inventory.__file__), command, inside, folder=work)
    return f"{counts[0]} packages in the command's, {counts[1]} in the wheel's"


def _linked(sealed: Sealed, artefact: Artefact) -> list[Package]:
    return linked(artefact, "--offline", CARGO_HOME=str(sealed.home))


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _step(name: str, work: Callable[[], _Made]) -> _Made:
    """Do it, and say in one line what it took: time on the wall, and of processors."""
    wall, processors = time.monotonic(), _processors()
    made = work()
    took = f"{time.monotonic() - wall:.0f} s, {_processors() - processors:.0f} s of processors"
    said = made.name if isinstance(made, Path) else made
    said = ", ".join(path.name for path in made) if isinstance(made, list) else said
    print(f"{name}: {said} ({took})", flush=True)
    return made


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
