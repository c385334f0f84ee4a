"""What a package must hold, and what it must not."""

from __future__ import annotations

import email
import tarfile
import zipfile
from pathlib import Path

from graph import COMMAND, WHEEL
from sealed import StepFailedError

_LICENCES = ("LICENSE-APACHE", "LICENSE-MIT")
_THIRD_PARTY = "THIRD-PARTY-LICENSES.txt"


def check_crate(crate: Path) -> int:
    """Licences, what it is, how it was locked; no tests of the repository. How many files."""
    wanted = [*_LICENCES, "README.md", "Cargo.lock", "Cargo.toml"]
    wanted += [_THIRD_PARTY] if crate.name.startswith(COMMAND.package) else []
    return _check(crate, _tar(crate), wanted, ("tests", "examples", "vectors"))


def check_source(archive: Path) -> int:
    """The crates of the engine and their lock file too. How many files."""
    wanted = [*_LICENCES, _THIRD_PARTY, "pyproject.toml", "PKG-INFO", "jotem/py.typed"]
    wanted += ["bindings/python/Cargo.lock"]
    for crate in ("jotem", "jotem-jwks"):
        wanted += [f"crates/{crate}/Cargo.toml", f"crates/{crate}/LICENSE-MIT"]
    return _check(archive, _tar(archive), wanted, ("tests", "typing_tests", "dropin"))


def check_wheel(wheel: Path) -> bytes:
    """The licences under `.dist-info/licenses`, named in the metadata, and one inventory, which is
    the answer."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        info = metadata.rpartition("/")[0]
        wanted = [f"{info}/licenses/{name}" for name in (*_LICENCES, _THIRD_PARTY)]
        _check(wheel, names, [*wanted, "jotem/py.typed", "jotem/_jotem.pyi"], ("tests", "src"))
        said = email.message_from_bytes(archive.read(metadata))
        if sorted(said.get_all("License-File", [])) != sorted((*_LICENCES, _THIRD_PARTY)):
            raise StepFailedError(f"{wheel.name}: License-File is {said.get_all('License-File')}")
        if archive.read(wanted[-1]) != WHEEL.licences.read_bytes():
            raise StepFailedError(f"{wheel.name}: {_THIRD_PARTY} is not the repository's")
        (inventory,) = (name for name in names if name.startswith(f"{info}/sboms/"))
        return archive.read(inventory)


def _tar(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        for member in tar.getmembers():
            if not member.isfile():
                raise StepFailedError(f"{path.name}: {member.name} is no file")
        return [name.partition("/")[2] for name in tar.getnames()]


def _check(path: Path, names: list[str], wanted: list[str], unwanted: tuple[str, ...]) -> int:
    missing = [name for name in wanted if name not in names]
    strange = [name for name in names if not set(unwanted).isdisjoint(name.split("/")[:-1])]
    strange += [name for name in names if name.endswith((".pem", ".der", ".key", ".jwk", ".rej"))]
    if missing or strange:
        raise StepFailedError(f"{path.name}: missing {missing}, not to be there {strange}")
    return len(names)
