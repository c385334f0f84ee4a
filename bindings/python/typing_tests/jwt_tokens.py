"""`jotem.jwt` as programs written for PyJWT call it: what checkers must infer, and refuse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from typing_extensions import assert_type

from jotem import CacheState, jwt
from jotem.jwt import PyJWS, PyJWT, algorithms
from jotem.jwt.types import Options


def encodes(rsa: RSAPrivateKey, ed25519: Ed25519PrivateKey, jwk: jwt.PyJWK) -> None:
    claims = {"sub": "42", "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
    assert_type(jwt.encode(claims, "secret"), str)
    assert_type(jwt.encode(claims, rsa, algorithm="RS256", headers={"kid": "1"}), str)
    assert_type(jwt.encode(claims, ed25519, "EdDSA", json_encoder=json.JSONEncoder), str)
    assert_type(jwt.encode(claims, jwk, sort_headers=False), str)
    assert_type(PyJWS().encode(b"payload", b"secret", is_payload_detached=True), str)

    jwt.encode("claims", "secret")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.encode(claims)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    jwt.encode(claims, 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.encode(claims, rsa.public_key())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.encode(claims, "secret", json_encoder=json.JSONEncoder())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.encode(claims, "secret", is_payload_detached=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    PyJWS().encode({"sub": "42"}, "secret")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def decodes(token: str, rsa: RSAPublicKey, ed25519: Ed25519PublicKey, jwk: jwt.PyJWK) -> None:
    options: Options = {"require": ["exp"], "verify_aud": False}
    assert_type(jwt.decode(token, "secret", algorithms=["HS256"]), dict[str, Any])
    assert_type(jwt.decode(token.encode(), rsa, ["RS256"], options), dict[str, Any])
    assert_type(jwt.decode(token, jwk, audience={"api"}, leeway=timedelta(1)), dict[str, Any])
    assert_type(jwt.decode(token, ed25519, "EdDSA", issuer=("a", "b")), dict[str, Any])
    assert_type(jwt.decode(token, "secret", algorithm="HS256"), dict[str, Any])
    assert_type(jwt.decode_complete(token, options={"verify_signature": False}), dict[str, Any])
    assert_type(jwt.get_unverified_header(token), dict[str, Any])
    assert_type(jwt.get_unverified_claims(token), dict[str, Any])
    jwt.enable_cache(1 << 20)
    assert_type(jwt.cache_state(), "CacheState | None")
    jwt.disable_cache()
    assert_type(PyJWT(options={"verify_exp": False}).decode(token, "secret"), dict[str, Any])

    jwt.decode({}, "secret")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, Ed25519PrivateKey.generate())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, "secret", algorithms={"HS256"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, "secret", options={"verify": False})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, "secret", options={"require": "exp"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, "secret", leeway="30")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.decode(token, "secret", issuer=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.enable_cache("1 MiB")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.get_unverified_header(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def several_keys_are_not_in_the_types_of_pyjwt(token: str) -> None:
    jwt.decode(token, ["new", "old"], ["HS256"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def functions_are_replaced_with_setattr_or_a_mock() -> None:
    jwt.encode = PyJWT().encode  # type: ignore[misc]


def refusals_are_those_of_pyjwt(token: str) -> None:
    try:
        jwt.decode(token, "secret", ["HS256"])
    except jwt.MissingRequiredClaimError as error:
        assert_type(error, jwt.MissingRequiredClaimError)
        assert_type(error.claim, str)
    refused: list[jwt.InvalidTokenError] = [
        jwt.ExpiredSignatureError("expired"),
        jwt.InvalidSignatureError("no"),
    ]
    key_error: jwt.PyJWTError = jwt.InvalidKeyError("no key")
    assert_type(refused[0].args, tuple[Any, ...])

    refused.append(key_error)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.MissingRequiredClaimError()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def algorithms_are_found_by_name() -> None:
    assert_type(jwt.get_algorithm_by_name("HS256"), algorithms.Algorithm)
    assert_type(algorithms.get_default_algorithms(), dict[str, algorithms.Algorithm])
    assert_type(PyJWS(algorithms=["HS256"]).get_algorithms(), list[str])

    jwt.get_algorithm_by_name(256)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    jwt.register_algorithm("X", object())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
