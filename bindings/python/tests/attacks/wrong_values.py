"""Arguments that no interface asks for, each made anew for every call."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Callable


class Odd:
    """An object of no use."""

    def __repr__(self) -> str:
        return "Odd()"


class Refusing:
    """An object that refuses what everything else answers."""

    def __repr__(self) -> str:
        return "Refusing()"

    def __str__(self) -> str:
        raise OSError("no text")

    def __len__(self) -> int:
        raise OSError("no length")

    def __iter__(self) -> Iterator[Any]:
        raise OSError("no items")

    def __bool__(self) -> bool:
        raise OSError("no truth")

    def __eq__(self, other: object) -> bool:
        raise OSError("no equal")

    __hash__ = None  # type: ignore[assignment]


def _generator() -> Iterator[str]:
    yield "HS256"


WRONG: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "False": lambda: False,
    "0": lambda: 0,
    "-1": lambda: -1,
    "a large int": lambda: 10**400,
    "1.5": lambda: 1.5,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "complex": lambda: 1j,
    "empty text": lambda: "",
    "text": lambda: "a text of more than thirty-two characters",
    "HS256": lambda: "HS256",
    "half a pair": lambda: "\ud800",
    "a dotted text": lambda: "a.b.c",
    "empty bytes": lambda: b"",
    "bytes": lambda: b"bytes of more than thirty-two characters",
    "no UTF-8": lambda: b"\xff\xfe" * 20,
    "bytearray": lambda: bytearray(b"x" * 40),
    "memoryview": lambda: memoryview(b"x" * 40),
    "empty list": list,
    "list": lambda: [1, None],
    "list of names": lambda: ["HS256", "HS512"],
    "empty tuple": tuple,
    "tuple": lambda: (1, "a"),
    "empty dict": dict,
    "dict": lambda: {"a": 1},
    "dict of numbers": lambda: {1: 2},
    "set": lambda: {1},
    "frozenset": lambda: frozenset({"HS256"}),
    "generator": _generator,
    "range": lambda: range(3),
    "object": Odd,
    "refusing": Refusing,
    "class": lambda: Odd,
    "function": lambda: len,
    "datetime": lambda: datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
    "timedelta": lambda: datetime.timedelta(seconds=1),
    "exception": lambda: ValueError("x"),
    "Ellipsis": lambda: ...,
}
