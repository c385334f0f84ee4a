"""Makes what is published as source: the crates, the source distribution, and what they need."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from pathlib import Path

from graph import ROOT, WHEEL
from sealed import run
from versions import version

CRATES = ("jotem", "jotem-jwks", "jotem-cli")


def package_crates(folder: Path, *, dirty: bool) -> list[Path]:
    """The `.crate` files. cargo takes each for the others' dependency, published or not."""
    options = ["--allow-dirty"] if dirty else []
    target = folder / "package-target"
    run("cargo", "package", "--workspace", "--no-verify", "--locked", "--quiet", *options,
        folder=ROOT, CARGO_TARGET_DIR=str(target))  # fmt: skip
    made = [target / "package" / f"{name}-{version()}.crate" for name in CRATES]
    return [Path(shutil.copy(path, folder)) for path in made]


def source_distribution(folder: Path, maturin: Path) -> Path:
    """The source distribution of the Python package."""
    run(maturin, "sdist", "--out", folder, folder=WHEEL.manifest.parent)
    (made,) = folder.glob("jotem-*.tar.gz")
    return made


def vendor(folder: Path, crates: list[Path]) -> Path:
    """Every crate of both lock files, and `crates` as the registry would serve them."""
    vendored = folder / "vendor"
    run("cargo", "vendor", "--locked", "--versioned-dirs", "--quiet",
        "--sync", WHEEL.manifest, vendored, folder=ROOT)  # fmt: skip
    for crate in crates:
        source = unpack(crate, vendored)
        digest = hashlib.sha256(crate.read_bytes()).hexdigest()
        # jotem-cli's lock file has the digests of the other packages: they are compared.
        (source / ".cargo-checksum.json").write_text(
            json.dumps({"files": {}, "package": digest}), encoding="utf-8"
        )
    return vendored


def unpack(archive: Path, folder: Path) -> Path:
    """The one folder in the archive, unpacked into `folder`."""
    with tarfile.open(archive) as tar:
        (top,) = {name.partition("/")[0] for name in tar.getnames()}
    shutil.unpack_archive(archive, folder, "gztar")
    return folder / top
