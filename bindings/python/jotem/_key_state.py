"""The states of a key of a ring, as an enum of their names."""

from __future__ import annotations

import enum


class KeyState(str, enum.Enum):
    """What a key of a ring is for: announced, active, retiring, removed: in this order, never back.

    A ring lists no key that was removed.

    Example:
        >>> from jotem import KeyState
        >>> KeyState.ACTIVE == "active"
        True
    """

    ANNOUNCED = "announced"
    """Published, so that everybody knows it before it signs."""
    ACTIVE = "active"
    """The one key that signs."""
    RETIRING = "retiring"
    """Published until the last token that it signed has expired; its private half is destroyed."""
    REMOVED = "removed"
    """Gone: it verifies nothing."""

    __str__ = str.__str__

    def __repr__(self) -> str:
        return f"KeyState.{self.name}"
