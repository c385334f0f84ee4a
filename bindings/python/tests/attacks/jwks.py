"""JWKs of key objects of `cryptography`, member by member, so that any may be spoilt."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from differential.forge import segment
from differential.keys import SECRET

OCT = {"kty": "oct", "k": segment(SECRET)}
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
           "secp256k1": "secp256k1"}  # fmt: skip


def number(value: int, size: int | None = None) -> str:
    """A number as JWKs write it (RFC 7518 section 2), at its own size or at a wider one."""
    return segment(value.to_bytes(size or max(1, (value.bit_length() + 7) // 8), "big"))


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    """The JWK of a public or private key; `more` adds members or replaces them."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return {**_rsa(key), **more}
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return {**_ec(key), **more}
    return {**_okp(key), **more}


def _rsa(key: Any) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPublicKey):
        public = key.public_numbers()
        return {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
    private = key.private_numbers()
    parts = {"d": private.d, "p": private.p, "q": private.q, "dp": private.dmp1,
             "dq": private.dmq1, "qi": private.iqmp}  # fmt: skip
    return {**_rsa(key.public_key()), **{name: number(value) for name, value in parts.items()}}


def _ec(key: Any) -> dict[str, Any]:
    size = (key.curve.key_size + 7) // 8
    if isinstance(key, ec.EllipticCurvePublicKey):
        public = key.public_numbers()
        x, y = number(public.x, size), number(public.y, size)
        return {"kty": "EC", "crv": _CURVES[key.curve.name], "x": x, "y": y}
    secret = key.private_numbers().private_value
    return {**_ec(key.public_key()), "d": number(secret, size)}


def _okp(key: Any) -> dict[str, Any]:
    if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        curve = "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "Ed448"
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": curve, "x": segment(raw)}
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return {**_okp(key.public_key()), "d": segment(raw)}
