"""Tokens signed here, so that header and payload may be any bytes whatever."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from differential.keys import FAMILY, SECRET, private_key

_HASHES: dict[str, Any] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512,
                           "521": hashes.SHA512, "56K": hashes.SHA256}  # fmt: skip


def forge(header: bytes | dict[str, Any], payload: bytes | dict[str, Any], algorithm: str) -> str:
    """A token over exactly these bytes, signed by the key of the algorithm."""
    signing_input = f"{segment(_json(header))}.{segment(_json(payload))}"
    return f"{signing_input}.{segment(sign(algorithm, signing_input.encode()))}"


def detached(header: dict[str, Any], payload: bytes, algorithm: str) -> str:
    """A token without its payload, which is signed as it is (RFC 7797)."""
    head = segment(_json(header))
    return f"{head}..{segment(sign(algorithm, head.encode() + b'.' + payload))}"


def segment(value: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def sign(algorithm: str, message: bytes) -> bytes:
    """The raw signature; nothing for an algorithm that is not known."""
    family = FAMILY.get(algorithm, "none")
    if family == "none":
        return b""
    if family == "oct":
        return hmac.new(SECRET, message, getattr(hashlib, f"sha{algorithm[2:]}")).digest()
    key = _key(family)
    if family == "Ed25519":
        return bytes(key.sign(message))
    digest = _HASHES[algorithm[-3:]]()
    if algorithm.startswith("RS"):
        return bytes(key.sign(message, padding.PKCS1v15(), digest))
    if algorithm.startswith("PS"):
        scheme = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return bytes(key.sign(message, scheme, digest))
    size = (key.curve.key_size + 7) // 8
    numbers = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return b"".join(number.to_bytes(size, "big") for number in numbers)


@cache
def _key(family: str) -> Any:
    return private_key(family)


def _json(value: bytes | dict[str, Any]) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()
