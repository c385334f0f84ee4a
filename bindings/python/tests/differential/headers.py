"""JOSE headers: those handed to `encode`, and the bytes of those in a token."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_MEMBERS: dict[str, list[Any]] = {
    "kid": ["1", "", "\u00e9", 7, None, ["1"]],
    "typ": ["JWT", "at+jwt", "", None, 0, 7, "jwt"],
    "alg": ["HS256", "HS384", "none", "", None, "EdDSA", "XS256", 7],
    "crit": [["b64"], [], ["x"], "b64", None, ["exp", "b64"], [7]],
    "b64": [False, True, 0, None, "false"],
    "cty": ["JWT", None],
    "x": [1.5, float("nan"), {"z": 1, "a": 2}, ["\u2603"], {1: 2}, b"bytes", {1, 2}],
    "Zed": [1], "aaa": [True],
}  # fmt: skip


@st.composite
def for_encode(draw: st.DrawFn) -> Any:
    """The `headers` of a call."""
    kind = draw(st.integers(0, 9))
    if kind <= 2:
        return None
    if kind == 3:
        return draw(st.sampled_from([{}, [], ["a"], "text", {1: 2}, {"a": 1, 2: 3}, 7]))
    names = draw(st.lists(st.sampled_from(sorted(_MEMBERS)), max_size=3, unique=True))
    found = {name: draw(st.sampled_from(_MEMBERS[name])) for name in names}
    if draw(st.booleans()):
        found[draw(st.text(max_size=6))] = draw(st.text(max_size=6))
    return found


def _with(**members: Any) -> bytes:
    return json.dumps({"alg": "HS256", "typ": "JWT", **members}).encode()


def _deep(depth: int) -> bytes:
    return b'{"alg":"HS256","x":' + b"[" * depth + b"]" * depth + b"}"


PLAIN = _with()
# Headers as a sender may write them; all but the first few are refused by one rule or another.
IN_TOKENS: list[bytes] = [
    PLAIN, _with(kid="1", x5u="https://other.example"), _with(typ=None), _with(typ=7, cty=[1]),
    b'{"alg":"none","alg":"HS256"}', b'{"alg":"HS256","alg":"none"}', b'\xef\xbb\xbf' + PLAIN,
    PLAIN.decode().encode("utf-16"), PLAIN.decode().encode("utf-32"), b" \n" + PLAIN + b"\t",
    PLAIN.decode().encode("utf-16-be"), b'{"alg":"HS256","x":NaN}', b'{"alg":"HS256","n":1e400}',
    b'{"alg":"HS256","x":"\\ud800"}', b'{"\\u0061lg":"HS256"}', _deep(60), _deep(100_000),
    b'{"alg":"HS256","n":' + b"9" * 30 + b"}", b'{"alg":"HS256","n":' + b"9" * 5000 + b"}",
    _with(crit=["b64"]), _with(crit=["b64"], b64=True), _with(crit=[]), _with(crit="b64"),
    _with(crit=None), _with(crit=[7]), _with(crit=["exp"], exp=1), _with(crit=["b64", "b64"]),
    _with(crit=[["b64"]]), _with(b64=False), _with(b64=False, crit=["b64"]), _with(b64=True),
    _with(b64=None), _with(b64=0), _with(b64="false"), _with(kid=7), _with(kid=None),
    _with(kid=["1"]), _with(kid=""), _with(alg=None), _with(alg=""), _with(alg=7),
    _with(alg=["HS256"]), _with(alg="none"), _with(alg="None"), _with(alg="hs256"),
    _with(alg="HS999"), _with(alg="HS256 "), b'{"typ":"JWT"}', b"{}", b"", b"null", b"[]", b"7",
    b'"text"', b"true", b"{", b"}", b"\xff\xfe\xfd", b'{"alg":"\xff"}', b"{'alg':'HS256'}",
    b'{"alg":"HS256",}', b'{"alg":"HS256"}x', b'{"alg":"HS256"}{}', b'\x0c{"alg":"HS256"}',
    b'{"alg":"HS256","x":"\n"}', b'{"alg":"HS256","x":01}', b'{"alg":"HS256" "x":1}',
    b"[" * 100_000,
]  # fmt: skip
