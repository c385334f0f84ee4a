"""The samples in the programs: which lines are a tutorial's, and whether they are unchanged.

`samples.json` has no text of the tutorials, only a fingerprint of each line that is not blank.
Spaces at its ends do not count: the tutorials have lost their indentation.
"""

from __future__ import annotations

import hashlib
import json
from itertools import zip_longest
from pathlib import Path

_BEGIN = "# sample: "
_END = "# end of sample"


class UnbalancedError(Exception):
    """A sample begins within another one, or does not end."""


def of_the_tutorials() -> dict[str, list[str]]:
    """The fingerprints of each sample's lines; its name is the tutorial and the heading."""
    manifest = Path(__file__).with_name("samples.json")
    found: dict[str, list[str]] = json.loads(manifest.read_text(encoding="utf-8"))
    return found


def of_the_program(text: str) -> dict[str, list[str]]:
    """The lines of each sample; one may come in several pieces, with other lines between."""
    found: dict[str, list[str]] = {}
    name = None
    for line in map(str.strip, text.splitlines()):
        if line.startswith(_BEGIN):
            if name is not None:
                raise UnbalancedError(f"{line!r} within {name!r}")
            name = line[len(_BEGIN) :]
            found.setdefault(name, [])
        elif line == _END:
            if name is None:
                raise UnbalancedError("an end without a beginning")
            name = None
        elif name is not None and line:
            found[name].append(line)
    if name is not None:
        raise UnbalancedError(f"{name!r} does not end")
    return found


def differences(lines: list[str], fingerprints: list[str]) -> list[str]:
    """What is not as in the tutorial, by the number of the line in the sample."""
    return [
        f"line {number}: {line or 'missing'}"
        for number, (line, wanted) in enumerate(zip_longest(lines, fingerprints), 1)
        if line is None or fingerprint(line) != wanted
    ]


def fingerprint(line: str) -> str:
    """The beginning of the line's SHA-256: it guards against a slip, not against malice."""
    return hashlib.sha256(line.strip().encode()).hexdigest()[:16]
