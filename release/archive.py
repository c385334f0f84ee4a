"""Packs the command as it is downloaded: `archive.py TARGET PROGRAM SBOM FOLDER`.

The archive has the program, the licences, and the inventory of what is in it. Its bytes depend on
these files alone.
"""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from graph import COMMAND, ROOT
from versions import version

_EPOCH = (1980, 1, 1, 0, 0, 0)


def main() -> int:
    """The exit status; the archive's path is printed."""
    target, program, sbom, folder = sys.argv[1:]
    print(pack(target, Path(program), Path(sbom), Path(folder)))
    return 0


def pack(target: str, program: Path, sbom: Path, folder: Path) -> Path:
    """A `.zip` for Windows, a `.tar.gz` for the others, with one folder in it."""
    name = f"jotem-{version()}-{target}"
    files = [program, sbom, COMMAND.licences, ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT"]
    files += [COMMAND.manifest.with_name("README.md"), *_licences_of_rust()]
    contents = {f"{name}/{file.name}": file for file in sorted(files, key=lambda file: file.name)}
    folder.mkdir(parents=True, exist_ok=True)
    if "windows" in target:
        return _zip(folder / f"{name}.zip", contents)
    return _tar(folder / f"{name}.tar.gz", contents, program)


def _licences_of_rust() -> list[Path]:
    """What the compiler's makers say of the standard library, which is in every program."""
    sysroot = subprocess.check_output(["rustc", "--print", "sysroot"], text=True).strip()
    file = Path(sysroot) / "share/doc/rust/COPYRIGHT-library.html"
    # Some packages of Rust leave its documentation out.
    return [file] if file.exists() else []


def _zip(path: Path, contents: dict[str, Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return path


def _tar(path: Path, contents: dict[str, Path], program: Path) -> Path:
    with path.open("wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, file in contents.items():
                member = tarfile.TarInfo(name)
                member.size = file.stat().st_size
                member.mode = 0o755 if file == program else 0o644
                archive.addfile(member, io.BytesIO(file.read_bytes()))
    return path


if __name__ == "__main__":
    sys.exit(main())
