"""Cases aimed at the outcomes that chance meets too seldom."""

from __future__ import annotations

import json
from typing import Any, Callable

from hypothesis import strategies as st

from differential import claims, forge, headers
from differential.draw import given_names
from differential.keys import KEYS
from differential.sides import Case

_DIGITS = b"9" * 5000
_DEEP = b"[" * 100_000 + b"]" * 100_000
Make = Callable[[str], Case]


def _encode(key: str = "secret bytes", algorithm: str = "HS256", **more: Any) -> Make:
    def make(text: str) -> Case:
        arguments = {"algorithm": algorithm, **more}
        arguments["payload"] = {"x": text, **more.get("payload", {})}
        return Case("encode", arguments, algorithm, KEYS[key], given_names(arguments))

    return make


def _decode(header: Any = None, payload: Any = None, key: str = "secret bytes",
            algorithm: str = "HS256", **more: Any) -> Make:  # fmt: skip
    """A token whose payload ends in the text, and the call that reads it."""

    def make(text: str) -> Case:
        body = payload if payload is not None else {**claims.GOOD, "x": text}
        if isinstance(body, bytes):
            body = body.replace(b"TEXT", json.dumps(text).encode())
        token = forge.forge(header or {"alg": algorithm}, body, algorithm)
        arguments = {"jwt": token, "algorithms": [algorithm], **more}
        return Case("decode", arguments, algorithm, KEYS[key], given_names(arguments))

    return make


def _claims(expected: dict[str, Any], **changed: Any) -> Make:
    def make(text: str) -> Case:
        body = {**claims.GOOD, "x": text, **changed}
        return _decode(payload=body, **{"audience": "api", **expected})(text)

    return make


def _sign(key: str, algorithm: str) -> Make:
    """Under an object that refuses short keys."""

    def make(text: str) -> Case:
        arguments = {"payload": text.encode(), "algorithm": algorithm}
        own = {"enforce_minimum_key_length": True}
        return Case("jws.encode", arguments, algorithm, KEYS[key], ("own options",), own)

    return make


_STRICT = {"options": {"strict_aud": True}}
DIRECTED: list[Make] = [
    _encode(headers={"b64": False, "crit": "b64"}),
    _encode(headers={"b64": False, "crit": None}),
    _encode(payload={"a": 10**5000}),
    _encode(payload={"a": claims.circular()}),
    _encode(payload={(1,): 2}),
    _encode(headers={"a": 1, 2: 3}),
    _encode(headers=["alg"]),
    _encode(algorithm="HS999"),
    _encode("encrypted PEM", "ES256"),
    _encode("no UTF-8", "EdDSA"),
    _encode("words", "EdDSA"),
    _encode("empty bytes"),
    _encode("JWK text", "HS512"),
    _encode("P-256 public DER"),
    _encode("RSA public object", "PS256"),
    _encode("Ed25519 public object", "EdDSA"),
    _encode("RSA small private object", "RS256"),
    _encode("broken private PEM", "ES384"),
    _encode("P-256 public object", "RS256"),
    _sign("RSA small private object", "RS256"),
    _sign("short secret", "HS256"),
    _decode(b'{"alg":"HS256","n":' + _DIGITS + b',"x":TEXT}'),
    _decode(payload=b'{"n":' + _DIGITS + b',"x":TEXT}'),
    _decode(payload=b'{"x":TEXT,"n":' + _DEEP + b"}"),
    _decode(headers.PLAIN[:-1] + b',"n":' + _DEEP + b"}"),
    _decode(payload=b"[TEXT]"),
    _decode({"alg": "HS256", "crit": ["b64"]}),
    _decode({"alg": "HS256", "crit": [7]}),
    _decode({"typ": "JWT"}),
    _decode({"alg": "HS999"}, algorithms=["HS999"]),
    _decode(key="encrypted PEM", algorithm="ES256"),
    _decode(key="no UTF-8", algorithm="EdDSA"),
    _decode(key="RSA private object", algorithm="RS256"),
    _decode(key="RSA small public PEM", algorithm="RS256"),
    _decode(key="RSA small public PEM", algorithm="RS256",
            options={"enforce_minimum_key_length": True}),
    _decode(key="P-384 public PEM", algorithm="ES256"),
    _decode(algorithms=7),
    _decode(algorithms=["HS256", "RS256"], audience="api"),
    _decode(algorithms=("EdDSA", "HS512"), algorithm="HS512", key="secret text"),
    _decode(algorithms=["HS256", "ES256"], key="other secret"),
    _decode(algorithms=["HS512", "ES256"], algorithm="HS512", key="HS512 PyJWK"),
    _claims({}, iss=7),
    _claims({"issuer": "https://issuer.example"}, iss=7),
    _claims({"issuer": 7}),
    _claims({}, jti=7),
    _claims({}, sub=7),
    _claims({"subject": "7"}),
    _claims({"audience": 7}),
    _claims({}, aud={"api": 1}),
    _claims({}, aud="other"),
    _claims({"audience": None}),
    _claims({"leeway": "30"}),
    _claims({"options": {"require": None}}),
    _claims(_STRICT, aud=["api"]),
    _claims(_STRICT, aud="other"),
    _claims({**_STRICT, "audience": ["api"]}),
    _claims({}, nbf=claims.NOW + 5),
    _claims({}, iat=claims.NOW + 5),
    _claims({"leeway": 0.75}, iat=claims.NOW + 1),
    _claims({"leeway": 0.75}, nbf=claims.NOW + 1),
    _claims({"leeway": 0.25}, exp=claims.NOW),
    _claims({"leeway": 0.5}, exp=claims.NOW),
    _claims({}, exp="no number"),
    _claims({}, iat="no number"),
    _claims({}, nbf="no number"),
]  # fmt: skip


@st.composite
def directed(draw: st.DrawFn) -> Case:
    """One of the calls above, with a text that makes it new."""
    return draw(st.sampled_from(DIRECTED))(draw(st.text(max_size=12)))
