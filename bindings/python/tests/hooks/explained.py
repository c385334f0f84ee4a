"""Differences under a replacement that are meant; each stands in the table of differences.

A pattern matches the label of a place. An entry that explains nothing is a fault.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple


class Explained(NamedTuple):
    """Places, and why they differ."""

    pattern: str
    reason: str


EXPLAINED: tuple[Explained, ...] = ()


def explanation(label: str) -> Explained | None:
    """The entry for the place, if there is one. Brackets stand for themselves."""
    for entry in EXPLAINED:
        if fnmatchcase(label, entry.pattern.replace("[", "[[]")):
            return entry
    return None
