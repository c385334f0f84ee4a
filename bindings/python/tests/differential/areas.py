"""Where cases come from: each area leans on one part of the interface."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from differential import claims, forge, headers, tokens
from differential.draw import (
    algorithm_lists,
    fitting,
    given_names,
    implied,
    payload_bytes,
    some_key,
)
from differential.keys import FAMILY
from differential.sides import Case

ALGORITHMS = sorted(FAMILY)


class _Default(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return sorted(o) if isinstance(o, set) else f"<{type(o).__name__}>"


class _Whole(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        return super().encode({"whole": sorted(map(str, o))})


class _Pieces(json.JSONEncoder):
    def iterencode(self, o: Any, _one_shot: bool = False) -> Any:
        yield json.dumps({"pieces": len(o)})


def _factory(**settings: Any) -> json.JSONEncoder:
    return json.JSONEncoder(**{**settings, "ensure_ascii": False})


_ENCODERS: list[Any] = [None] * 12 + [
    _Default,
    _Default,
    _Whole,
    _Pieces,
    _factory,
    json.JSONEncoder,
]


@st.composite
def encoding(draw: st.DrawFn) -> Case:
    """`encode`: payloads, headers, encoders, with a key that fits."""
    name = draw(
        st.sampled_from(["HS256"] * 6 + ["HS384", "HS512", "EdDSA", "EdDSA", "ES256", "RS256"])
    )
    arguments: dict[str, Any] = {"payload": draw(claims.payloads())}
    arguments["headers"] = draw(headers.for_encode())
    arguments["json_encoder"] = draw(st.sampled_from(_ENCODERS))
    if draw(st.integers(0, 3)) == 0:
        arguments["sort_headers"] = draw(st.booleans())
    if draw(st.integers(0, 4)):
        arguments["algorithm"] = name
    else:
        name = "HS256"
    return Case("encode", arguments, name, fitting(name), given_names(arguments))


@st.composite
def signing_keys(draw: st.DrawFn) -> Case:
    """`encode`: every algorithm with every form of key."""
    name = draw(st.sampled_from([*ALGORITHMS, "HS256", "HS999"]))
    key = draw(some_key(name, private=True))
    payload = {"n": draw(st.integers(0, 10**9))}
    arguments: dict[str, Any] = {"payload": payload, "algorithm": name}
    kind = draw(st.integers(0, 9))
    if kind == 0:
        del arguments["algorithm"]
    elif kind == 1:
        arguments["algorithm"] = None
    if kind in (0, 1):
        name = implied(key, "HS256" if kind == 0 else "none")
    own = {"enforce_minimum_key_length": True} if draw(st.integers(0, 3)) == 0 else None
    if own is None:
        return Case("encode", arguments, name, key)
    arguments["payload"] = json.dumps(payload).encode()
    return Case("jws.encode", arguments, name, key, ("own options",), own)


@st.composite
def verifying_keys(draw: st.DrawFn) -> Case:
    """`decode`: every algorithm with every form of key and list of algorithms."""
    name = draw(st.sampled_from(ALGORITHMS))
    key = draw(some_key(name, private=False))
    payload = {"n": draw(st.integers(0, 10**9))}
    token = forge.forge({"alg": name, "typ": "JWT"}, payload, name)
    if draw(st.integers(0, 4)) == 0:
        _, token = draw(tokens.changed(token))
    arguments: dict[str, Any] = {"jwt": token, "algorithms": draw(algorithm_lists(name))}
    if draw(st.integers(0, 3)) == 0:
        chosen = [{"enforce_minimum_key_length": True}, {"verify_signature": False}, {}]
        arguments["options"] = draw(st.sampled_from(chosen))
    operation = draw(st.sampled_from(["decode", "decode", "decode_complete"]))
    return Case(operation, arguments, name, key, given_names(arguments))


@st.composite
def validating(draw: st.DrawFn) -> Case:
    """`decode`: claims against expectations and options."""
    name = draw(st.sampled_from(["HS256"] * 8 + ["EdDSA", "ES256", "RS256"]))
    token = forge.forge({"alg": name, "typ": "JWT"}, draw(claims.claim_sets()), name)
    arguments: dict[str, Any] = {"jwt": token, "algorithms": [name], **draw(claims.expectations())}
    chosen = draw(claims.options())
    if chosen is not None:
        arguments["options"] = chosen
    extra = draw(st.integers(0, 30))
    if extra == 0:
        arguments["unknown_argument"] = True
    if extra in (1, 2):
        arguments["verify"] = draw(st.booleans())
    own = draw(claims.options()) if extra > 26 else None
    operation = draw(st.sampled_from(["decode", "decode", "decode_complete"]))
    if own is not None:
        operation = f"jwt.{operation}"
    return Case(
        operation, arguments, name, fitting(name, private=False), given_names(arguments), own
    )


@st.composite
def reading(draw: st.DrawFn) -> Case:
    """Tokens with any header and payload, and changed on the way."""
    header, payload = headers.PLAIN, tokens.GOOD
    kind = draw(st.integers(0, 3))
    if kind == 0:
        header = draw(st.sampled_from(headers.IN_TOKENS))
    if kind == 1:
        payload = draw(payload_bytes())
    name = "HS256"
    if kind == 2:
        name = draw(st.sampled_from(["EdDSA", "ES256", "ES512", "RS256", "HS512"]))
        header = json.dumps({"alg": name, "kid": draw(st.text(max_size=5))}).encode()
    token: Any = forge.forge(header, payload, name)
    if kind >= 2:
        _, token = draw(tokens.changed(token))
    operation = draw(st.sampled_from(
        ["decode", "decode", "decode_complete", "jws.decode", "get_unverified_header"]
    ))  # fmt: skip
    if operation == "get_unverified_header":
        return Case(operation, {"jwt": token}, name)
    arguments: dict[str, Any] = {"jwt": token, "algorithms": [name, "none"]}
    if draw(st.integers(0, 5)) == 0:
        arguments["options"] = {"verify_signature": False}
    return Case(operation, arguments, name, fitting(name, private=False), given_names(arguments))


@st.composite
def unencoded(draw: st.DrawFn) -> Case:
    """`PyJWS`: bytes, detached payloads and `b64` (RFC 7797)."""
    name = draw(st.sampled_from(["HS256", "HS256", "EdDSA"]))
    content = draw(st.binary(max_size=20))
    if draw(st.booleans()):
        body: Any = draw(
            st.sampled_from([content, bytearray(content), memoryview(content), "text", content])
        )
        arguments: dict[str, Any] = {
            "payload": body,
            "algorithm": name,
            "headers": draw(headers.for_encode()),
        }
        if draw(st.booleans()):
            arguments["is_payload_detached"] = draw(st.booleans())
        return Case(
            "jws.encode",
            arguments,
            name,
            fitting(name),
            given_names(arguments),
            notes={"detached": True},
        )
    members = draw(st.sampled_from(
        [{"b64": False, "crit": ["b64"]}] * 3
        + [{"b64": False}, {"b64": False, "crit": ["x"]}, {}]
    ))  # fmt: skip
    token = forge.detached({"alg": name, **members}, content, name)
    if draw(st.integers(0, 5)) == 0:
        token = token.replace("..", ".AAAA.")
    arguments = {"jwt": token, "algorithms": [name]}
    kind = draw(st.integers(0, 5))
    if kind:
        arguments["detached_payload"] = (
            content if kind > 1 else draw(st.sampled_from([b"other", "text", bytearray(b"x")]))
        )
    if draw(st.integers(0, 9)) == 0:
        arguments["unknown_argument"] = 1
    operation = draw(st.sampled_from(["jws.decode", "jws.decode_complete", "decode_complete"]))
    return Case(operation, arguments, name, fitting(name, private=False), given_names(arguments))
