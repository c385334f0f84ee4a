"""Payloads for encoding, and claims, expectations and options for decoding."""

from __future__ import annotations

import enum
import json
import uuid
from collections import OrderedDict, namedtuple
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

# The whole comparison runs at this instant; a quarter second tells floats from integers.
NOW = 1_800_000_000
INSTANT = NOW + 0.25


class _Level(enum.IntEnum):
    LOW = 1


class _Plain(enum.Enum):
    A = "a"


class _Text(str):
    def __str__(self) -> str:
        return "not this"


class _Copied(dict):  # type: ignore[type-arg]
    def copy(self) -> dict[str, Any]:
        return {"copied": True}


class _Stamp(datetime):
    pass


_Point = namedtuple("_Point", "x y")  # noqa: PYI024


def circular() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _deep(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


# Values that Python's json writes in a way of its own, or refuses.
EXOTIC: list[Any] = [
    float("nan"), float("inf"), float("-inf"), -0.0, 1e16, 1e-7, 5e-324, 1.7976931348623157e308,
    10**40, -(10**19), 2**63, 2**64, 2**53 + 1, True, None, "", "\ud800", "\u2028\x7f\x00\"\\/",
    "\U0001f600", "\u00e9", (1, 2), _Point(1, 2), _Level.LOW, _Text("x"), OrderedDict(b=1, a=2),
    {1: "a", "1": "b"}, {1.5: 1, None: 2, True: 3}, {_Level.LOW: 1}, {}, [], [[]], _deep(60),
    {"z": 1, "a": {"z": 1, "a": 2}}, "x" * 5000, list(range(300)),
]  # fmt: skip
REFUSED: list[Any] = [
    {1, 2}, b"bytes", Decimal("1.5"), uuid.UUID(int=7), _Plain.A, datetime(2027, 1, 1), object,
    {(1, 2): 3}, {b"k": 1}, 1j, range(3), date(2027, 1, 1), timedelta(1), circular(), 10**5000,
    _deep(50_000),
]  # fmt: skip
NOT_A_PAYLOAD: list[Any] = ["text", b"bytes", [1], None, 7, (("a", 1),)]
ISSUERS: list[Any] = [7, None, b"iss", ["iss"], _Text("iss")]
TIMES: list[Any] = [
    datetime(2027, 1, 15, 8, 0, 0, 999999, tzinfo=timezone.utc), datetime(1969, 12, 31),
    datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=-5))), _Stamp(2027, 1, 1),
    datetime(1, 1, 1), datetime(9999, 12, 31), NOW, NOW + 0.5, "12", date(2027, 1, 1),
    timedelta(1), None, True, [datetime(2027, 1, 1)],
]  # fmt: skip

_scalars = st.one_of(
    st.integers(-(10**6), 10**20), st.floats(width=64), st.text(max_size=12), st.booleans(),
    st.none(), st.sampled_from(EXOTIC),
)  # fmt: skip
_values = st.one_of(_scalars, st.lists(_scalars, max_size=3), st.dictionaries(
    st.text(max_size=4), _scalars, max_size=3))  # fmt: skip
JSON_PAYLOADS = st.dictionaries(st.text(max_size=8), _values, max_size=4)
TEXTS = st.text(min_size=1, max_size=10)


@st.composite
def payloads(draw: st.DrawFn) -> Any:
    """What is handed to `encode`."""
    kind = draw(st.integers(0, 19))
    base = draw(JSON_PAYLOADS)
    if kind == 0:
        return draw(st.sampled_from(NOT_A_PAYLOAD))
    if kind == 1:
        return _Copied(base)
    if kind in (2, 3):
        return {**base, "iss": draw(st.sampled_from(ISSUERS))}
    if kind in (4, 5, 6):
        return {**base, draw(TEXTS): draw(st.sampled_from(REFUSED))}
    if kind in (7, 8, 9):
        claim = draw(st.sampled_from(["exp", "iat", "nbf", "auth_time"]))
        return {**base, claim: draw(st.sampled_from(TIMES))}
    if kind == 10:
        return {draw(st.sampled_from([1, None, 2.5, True, _Level.LOW, (1,)])): 1, **base}
    return {"sub": draw(TEXTS), "exp": NOW + 900, **base}


GOOD: dict[str, Any] = {
    "iss": "https://issuer.example", "sub": "42", "aud": "api", "exp": NOW + 900,
    "nbf": NOW - 60, "iat": NOW - 60, "jti": "one",
}  # fmt: skip
_DROP = object()
_NUMBERS: list[Any] = [
    NOW - 900, NOW - 1, NOW, NOW + 1, NOW + 30, NOW + 0.5, NOW + 900.9, "1900000000", " 12 ",
    "9_999", "1.5", "abc", "", None, True, False, [], {}, -1, 0, 1e308, float("inf"),
    float("nan"), 10**30, -(10**30),
]  # fmt: skip
# Per claim, what may stand in a token.
VALUES: dict[str, list[Any]] = {
    "exp": _NUMBERS, "nbf": _NUMBERS, "iat": _NUMBERS,
    "aud": ["api", "other", ["api"], ["other", "api"], [], "", None, 7, ["api", 7], {"api": 1},
            [None], "ap", ["other"], True],
    "iss": ["https://issuer.example", "other", "", None, 7, ["https://issuer.example"], "https://"],
    "sub": ["42", "7", "", None, 42, ["42"]],
    "jti": ["one", "", None, 1, ["one"]],
}  # fmt: skip


class _Mapping(dict):  # type: ignore[type-arg]
    copy = None  # type: ignore[assignment]


AUDIENCES: list[Any] = [
    "api", "other", ["api"], ["x", "api"], ("api",), {"api"}, frozenset(["other"]), [], "",
    {"api": 1}, b"api", [b"api"], 7, 1.5, object, [None], ["api", 7], "ap",
]  # fmt: skip
ISSUERS_EXPECTED: list[Any] = [
    "https://issuer.example", "other", "", ["https://issuer.example"], {"other"}, (),
    frozenset(["https://issuer.example", "b"]), {"https://issuer.example": 1}, 7, b"iss",
    [7], "https://issuer.example/",
]  # fmt: skip
SUBJECTS: list[Any] = ["42", "7", "", 42, ["42"]]
LEEWAYS: list[Any] = [
    0, 0.25, 0.75, 1, 30, 60.5, -1, -100, timedelta(seconds=30), timedelta(0), timedelta(-1),
    10**6, True, float("inf"),
]  # fmt: skip
BAD_LEEWAYS: list[Any] = ["30", None, [1]]
REQUIRED: list[Any] = [
    [], ["exp"], ["jti", "sub"], ("iss",), {"nbf"}, ["nothing"], "exp", {"aud": 1}, None, ["iat"],
]  # fmt: skip
FLAGS = ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub",
         "verify_jti", "strict_aud", "verify_signature", "enforce_minimum_key_length",
         "unknown_option", "verify")  # fmt: skip


@st.composite
def claim_sets(draw: st.DrawFn) -> dict[str, Any]:
    """Claims of a token: the good ones with up to two of them changed or dropped."""
    claims = dict(GOOD)
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(VALUES)))
        value = draw(st.sampled_from([_DROP, *VALUES[name]]))
        if value is _DROP:
            claims.pop(name, None)
        else:
            claims[name] = value
    return {**claims, draw(TEXTS): draw(_scalars.filter(writable))}


def writable(value: Any) -> bool:
    """Whether json writes the value."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


@st.composite
def options(draw: st.DrawFn) -> Any:
    """The `options` of a call."""
    kind = draw(st.integers(0, 9))
    if kind <= 3:
        return None
    chosen: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(FLAGS), max_size=3, unique=True)):
        chosen[name] = draw(st.sampled_from([True, False, False, True, 0, 1, None]))
    if kind == 4:
        chosen["verify_signature"] = False
    if kind in (5, 6):
        chosen["require"] = draw(st.sampled_from(REQUIRED))
    if kind == 7:
        chosen["strict_aud"] = True
    return _Mapping(chosen) if kind == 8 else chosen


@st.composite
def expectations(draw: st.DrawFn) -> dict[str, Any]:
    """`audience`, `issuer`, `subject`, `leeway`; mostly the right ones."""
    found: dict[str, Any] = {"audience": "api"}
    if draw(st.integers(0, 2)) == 0:
        found["audience"] = draw(st.sampled_from([None, *AUDIENCES]))
    if draw(st.integers(0, 2)) == 0:
        found["issuer"] = draw(st.sampled_from([None, *ISSUERS_EXPECTED]))
    if draw(st.integers(0, 3)) == 0:
        found["subject"] = draw(st.sampled_from([None, *SUBJECTS]))
    if draw(st.integers(0, 2)) == 0:
        found["leeway"] = draw(st.sampled_from([*LEEWAYS, *BAD_LEEWAYS]))
    return found
