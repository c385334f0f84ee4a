"""The software bill of materials, CycloneDX: made for the command, checked for command and wheel.

`inventory.py FILE…` holds files against the schema; it needs what requirements.txt names.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from graph import Artefact, Package
from sealed import Sealed, StepFailedError


def write(sealed: Sealed, source: Path, into: Path) -> Path:
    """The inventory of the command whose package is unpacked at `source`, for every system."""
    sealed.run("cargo", "cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5",
               "--target", "all", "--no-build-deps", "--override-filename", "inventory",
               folder=source, SOURCE_DATE_EPOCH="315532800")  # fmt: skip
    text = (source / "inventory.json").read_text(encoding="utf-8")
    written = into / "jotem.cdx.json"
    # Where it was made is nobody's business, and changes from run to run.
    written.write_text(text.replace(f"path+file://{source}", "."), encoding="utf-8")
    return written


def check(text: bytes, artefact: Artefact, packages: list[Package], *nowhere: Path) -> int:
    """Everything that is linked is in it, with the digest of its source; how many are.

    No path of `nowhere` stands in it.
    """
    listed = {f"{c['name']} {c['version']}": c for c in json.loads(text)["components"]}
    missing = [p for p in map(str, packages) if not listed.get(p, {}).get("hashes")]
    if missing:
        raise StepFailedError(f"the inventory of {artefact.name} lacks {', '.join(missing)}")
    for place in nowhere:
        if str(place) in text.decode():
            raise StepFailedError(f"the inventory of {artefact.name} says where it was made")
    return len(listed)


def validate(*files: Path) -> int:
    """The exit status: 0 if each file is as the schema of CycloneDX 1.5 wants it."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    wrong = 0
    schema = JsonStrictValidator(SchemaVersion.V1_5)
    for file in files:
        fault = schema.validate_str(file.read_text(encoding="utf-8"))
        if fault is not None:
            wrong += 1
            print(f"{file.name}: {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(validate(*map(Path, sys.argv[1:])))
