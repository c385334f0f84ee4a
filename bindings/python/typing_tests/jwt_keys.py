"""Keys, algorithms and clients of `jotem.jwt`: what type checkers must infer, and must refuse."""

from __future__ import annotations

import ssl
from typing import Any

from typing_extensions import assert_type

from jotem.jwt import PyJWK, PyJWKClient, PyJWKSet, PyJWS
from jotem.jwt.algorithms import (
    Algorithm,
    AllowedECKeys,
    AllowedOKPKeys,
    AllowedRSAKeys,
    HMACAlgorithm,
    OKPAlgorithm,
    RSAAlgorithm,
)
from jotem.jwt.types import JWKDict


def jwks_are_keys(document: str, data: JWKDict) -> None:
    jwk = PyJWK(data, algorithm="RS256")
    assert_type(PyJWK.from_json(document), PyJWK)
    assert_type(jwk.key, Any)
    assert_type(jwk.Algorithm, Algorithm)
    assert_type(jwk.algorithm_name, str)
    assert_type(jwk.key_id, "str | None")
    keys = PyJWKSet.from_dict({"keys": [data]})
    assert_type(keys.keys, list[PyJWK])
    assert_type(keys["2026-01"], PyJWK)
    assert_type([one.key_type for one in keys], "list[str | None]")

    PyJWK(document)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    PyJWK()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    PyJWKSet(data)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    keys[0]  # type: ignore[index]  # pyright: ignore[reportArgumentType]
    jwk.key_id = "2026-02"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def clients_fetch_keys(token: bytes) -> None:
    client = PyJWKClient(
        "https://auth.example/jwks",
        headers={"User-Agent": "tests"},
        ssl_context=ssl.create_default_context(),
        lifespan=60,
    )
    assert_type(client.get_signing_key_from_jwt(token), PyJWK)
    assert_type(client.get_signing_keys(refresh=True), list[PyJWK])
    assert_type(client.get_jwk_set(), PyJWKSet)
    assert_type(client.headers, dict[str, Any])

    PyJWKClient()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    PyJWKClient("https://auth.example/jwks", lifespan="60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.get_signing_key(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def algorithms_know_their_keys(pem: bytes, ed25519: AllowedOKPKeys, ec: AllowedECKeys) -> None:
    rsa = RSAAlgorithm(RSAAlgorithm.SHA256)
    assert_type(rsa.prepare_key(pem), AllowedRSAKeys)
    assert_type(RSAAlgorithm.from_jwk("{}"), AllowedRSAKeys)
    assert_type(HMACAlgorithm.to_jwk(b"secret", as_dict=True), JWKDict)
    assert_type(OKPAlgorithm.to_jwk(ed25519), str)
    assert_type(HMACAlgorithm(HMACAlgorithm.SHA256).sign(b"message", b"secret"), bytes)

    rsa.prepare_key(ec)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rsa.sign(b"message", pem)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    RSAAlgorithm()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Algorithm()  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage]


class Reversed(Algorithm):
    """An algorithm of an application, as it registers one."""

    def prepare_key(self, key: Any) -> bytes:
        return bytes(key)

    def sign(self, msg: bytes, key: bytes) -> bytes:
        return bytes(reversed(msg + key))

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool:
        return self.sign(msg, key) == sig

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
        raise NotImplementedError

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> bytes:
        raise NotImplementedError


class Unfinished(Reversed):
    """One that returns its signature as text."""

    def sign(self, msg: bytes, key: bytes) -> str:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return "signature"


def algorithms_are_registered(jws: PyJWS) -> None:
    jws.register_algorithm("X-REVERSED", Reversed())

    jws.register_algorithm("X-REVERSED", Reversed)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
