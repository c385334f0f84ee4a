"""The areas of a full run, with how many cases each has."""

from __future__ import annotations

from typing import Callable

from hypothesis import strategies as st

from differential import areas
from differential.directed import DIRECTED, directed
from differential.ordinary import ordinary
from differential.sides import Case

AREAS: dict[str, tuple[Callable[[], st.SearchStrategy[Case]], int]] = {
    "encoding": (areas.encoding, 3500),
    "signing keys": (areas.signing_keys, 3200),
    "verifying keys": (areas.verifying_keys, 4200),
    "validating": (areas.validating, 4500),
    "reading": (areas.reading, 3500),
    "unencoded": (areas.unencoded, 1300),
    "ordinary": (ordinary, 10_000),
    "directed": (directed, 35 * len(DIRECTED)),
}
