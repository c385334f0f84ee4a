"""What programs do all day: plain claims, fitting keys, expectations that hold.

Most of these take the one call into Rust, so this is where its reading and writing of JSON, its
dates and its headers are compared with Python's.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from differential import claims, forge
from differential.draw import fitting, given_names
from differential.keys import KEYS
from differential.sides import Case

_ALGORITHMS = ["HS256"] * 6 + ["HS384", "HS512", "EdDSA", "ES256", "RS256"]
_NUMBERS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-10, 10),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 1e15, 1e16, 123456789012345680.0, 1e-4, 1e-5, -0.0, 1e22, 5e-324]),
)
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["é", "\u2028\u007f\x00", '"\\/\b\f\n\r\t', "\U0001f600", "a" * 300]),
)
_PLAIN = st.recursive(
    st.one_of(_NUMBERS, _TEXTS, st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)
_CLAIMS = st.dictionaries(_TEXTS, _PLAIN, max_size=4)
_MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).flatmap(
    lambda moment: st.sampled_from([moment, moment.replace(tzinfo=timezone.utc)])
)
_TIMES = st.one_of(_MOMENTS, st.just(claims.NOW + 900), st.just(claims.NOW + 900.5))


@st.composite
def ordinary(draw: st.DrawFn) -> Case:
    """`encode`, or `decode` of what was encoded."""
    name = draw(st.sampled_from(_ALGORITHMS))
    payload = {**draw(_CLAIMS), "sub": draw(_TEXTS)}
    if draw(st.booleans()):
        return _encoding(draw, name, payload)
    return _decoding(draw, name, payload)


def _encoding(draw: st.DrawFn, name: str, payload: dict[str, Any]) -> Case:
    arguments: dict[str, Any] = {"payload": payload, "algorithm": name}
    for claim in draw(st.sets(st.sampled_from(["exp", "iat", "nbf"]))):
        payload[claim] = draw(_TIMES)
    if draw(st.integers(0, 2)) == 0:
        arguments["headers"] = {"kid": draw(_TEXTS), draw(_TEXTS): draw(_TEXTS)}
    return Case("encode", arguments, name, _key(draw, name, True), given_names(arguments))


def _decoding(draw: st.DrawFn, name: str, payload: dict[str, Any]) -> Case:
    moment = claims.NOW + draw(st.sampled_from([900, 900.5, 10**9]))
    payload = {**payload, "exp": moment, "iat": claims.NOW - draw(st.integers(0, 99))}
    arguments: dict[str, Any] = {"algorithms": draw(st.sampled_from([[name], (name,)]))}
    if draw(st.booleans()):
        payload["aud"] = draw(st.sampled_from(["api", ["web", "api"]]))
        arguments["audience"] = draw(st.sampled_from(["api", ["api"], ("x", "api"), {"api"}]))
    if draw(st.booleans()):
        payload["iss"] = draw(_TEXTS)
        arguments["issuer"] = draw(st.sampled_from([payload["iss"], [payload["iss"], "other"]]))
    if draw(st.integers(0, 3)) == 0:
        arguments["leeway"] = draw(st.sampled_from([0, 5, 1.5, timedelta(seconds=3), -1]))
    if draw(st.integers(0, 3)) == 0:
        options: dict[str, Any] = {"require": ["exp", "sub"], "verify_aud": "aud" in payload}
        arguments["options"] = options
    header: dict[str, Any] = {"alg": name, "typ": "JWT"}
    if draw(st.booleans()):
        header["kid"] = draw(_TEXTS)
    arguments["jwt"] = forge.forge(header, payload, name)
    if draw(st.booleans()):
        arguments["jwt"] = arguments["jwt"].encode()
    operation = draw(st.sampled_from(["decode", "decode", "decode_complete"]))
    return Case(operation, arguments, name, _key(draw, name, False), given_names(arguments))


def _key(draw: st.DrawFn, name: str, private: bool) -> Any:
    """A key object, a secret, or now and then a text that is parsed once."""
    key = fitting(name, private=private)
    return key if name != "HS256" or draw(st.booleans()) else KEYS["secret text"]
