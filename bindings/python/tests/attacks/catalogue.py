"""The classes of `vectors/attacks.json`, and which of them a test is about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

VECTORS = Path(__file__).parents[4] / "vectors"
SAME, STRICTER, NOT_APPLICABLE = "same", "stricter", "not applicable"


@dataclass(frozen=True)
class AttackClass:
    """What the catalogue says about a class, as far as it concerns Python."""

    id: str
    room: str
    face: str
    face_note: Optional[str]
    waits: bool

    @property
    def is_native(self) -> bool:
        """Whether the native interface has what the class is about."""
        return self.room in ("core", "jwks", "python", "ring") and not self.waits


def _read() -> dict[str, AttackClass]:
    rows = json.loads((VECTORS / "attacks.json").read_text(encoding="utf-8"))
    return {
        row["id"]: AttackClass(
            row["id"], row["room"], row["pyjwt_face"], row.get("pyjwt_note"), "waits_for" in row
        )
        for row in rows
    }


CLASSES = _read()


def id_of(test: str) -> str | None:
    """The id with which the name of a test function begins."""
    found = re.match(r"test_([a-z]\d\d)_", test)
    return found[1].upper() if found else None
