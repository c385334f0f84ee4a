"""Differences from PyJWT that are meant; each stands in docs/migrations/from-pyjwt.md.

An entry holds for a case if every field that it gives matches. One that explains no case of a
full run is a fault: the table would promise a difference that is not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from differential.sides import Case
from outcome import Outcome


@dataclass(frozen=True)
class Explained:
    """One meant difference; the patterns are searched in the texts of the outcomes."""

    #: The beginning of its row in the table.
    row: str
    reason: str
    operation: str = ""
    key: str = ""
    control: str = ""
    ours: str = ""

    def covers(self, case: Case, control: Outcome, ours: Outcome) -> bool:
        """Whether the difference between the two is this one."""
        pairs = (
            (self.operation, case.operation),
            (self.key, case.key.name if case.key else ""),
            (self.control, control.words),
            (self.ours, ours.words),
        )
        return all(re.search(pattern, text) for pattern, text in pairs)


EXPLAINED: tuple[Explained, ...] = (
    Explained(
        row="| `algorithms` that mix HS\\* with public-key algorithms",
        reason="with such a list the sender decides whether the key is a secret",
        operation="^(jwt\\.|jws\\.)?decode",
        key="^(?!.*PyJWK)",
        # The key is good: PyJWT goes on to the signature and the claims.
        control="^(?!InvalidKeyError)",
        ours='^InvalidAlgorithmError: HS\\d+ is not accepted where "algorithms" also allows',
    ),
)


def explanation(case: Case, control: Outcome, ours: Outcome) -> Explained | None:
    """The entry that covers the difference, if there is one."""
    for entry in EXPLAINED:
        if entry.covers(case, control, ours):
            return entry
    return None
