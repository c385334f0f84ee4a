"""The JWS algorithms of the engine, as an enum of their names."""

from __future__ import annotations

import enum


class Algorithm(str, enum.Enum):
    """A JWS algorithm (RFC 7518 section 3).

    A member is the text that stands in ``alg``, and is accepted wherever that text is. HS: HMAC
    with a shared secret. RS and PS: RSA. ES: ECDSA; ES256K is on secp256k1 (RFC 8812). EdDSA and
    Ed25519 are two names of one operation (RFC 8037, RFC 9864). ML_DSA: ML-DSA, which a quantum
    computer does not break (RFC 9964); a signature has 2,420, 3,309 or 4,627 bytes. For a new
    key choose ES256.

    Example:
        >>> from jotem import Algorithm
        >>> Algorithm.ES256 == "ES256"
        True
        >>> Algorithm("none")
        Traceback (most recent call last):
            ...
        ValueError: 'none' is not a valid Algorithm
    """

    HS256 = "HS256"
    HS384 = "HS384"
    HS512 = "HS512"
    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    ES256K = "ES256K"
    EdDSA = "EdDSA"
    Ed25519 = "Ed25519"
    ML_DSA_44 = "ML-DSA-44"
    ML_DSA_65 = "ML-DSA-65"
    ML_DSA_87 = "ML-DSA-87"

    __str__ = str.__str__

    def __repr__(self) -> str:
        return f"Algorithm.{self.name}"
