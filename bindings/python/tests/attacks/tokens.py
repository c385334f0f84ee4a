"""Tokens that no issuer would write, signed all the same."""

from __future__ import annotations

import hashlib
import hmac
from typing import Union

from differential.forge import segment, sign
from differential.keys import SECRET

HEADER = '{"alg":"HS256"}'
# Good for a clock at `NOW` and for one of today.
CLAIMS = '{"sub":"42","exp":4102444800}'
EITHER = '{"alg":"HS256","exp":4102444800}'
Text = Union[str, bytes]


def seal(signing_input: str, algorithm: str = "HS256") -> str:
    """Signs a text as it stands, whatever it is, and appends the signature."""
    return f"{signing_input}.{segment(sign(algorithm, signing_input.encode()))}"


def token(header: Text = HEADER, claims: Text = CLAIMS, algorithm: str = "HS256") -> str:
    """Signs any header and any payload, neither of which need be JSON."""
    return seal(f"{segment(_bytes(header))}.{segment(_bytes(claims))}", algorithm)


def maced(secret: bytes, algorithm: str = "HS256", header: Text | None = None) -> str:
    """A good token under any secret."""
    head = segment(_bytes(header or f'{{"alg":"{algorithm}"}}'))
    message = f"{head}.{segment(CLAIMS.encode())}"
    digest = getattr(hashlib, f"sha{algorithm[2:]}")
    return f"{message}.{segment(hmac.new(secret, message.encode(), digest).digest())}"


def good(algorithm: str) -> str:
    """A good token of the key of an algorithm."""
    return token(f'{{"alg":"{algorithm}"}}', CLAIMS, algorithm)


def unsigned(header: Text, signature: str = "") -> str:
    """A token that nobody signed, with any third segment."""
    return f"{segment(_bytes(header))}.{segment(CLAIMS.encode())}.{signature}"


def both(text: Text) -> tuple[str, str]:
    """Tokens with the text as header, and as payload."""
    return token(header=text), token(claims=text)


def _bytes(text: Text) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


__all__ = ["CLAIMS", "EITHER", "HEADER", "SECRET", "both", "good", "maced", "seal", "segment",
           "sign", "token", "unsigned"]  # fmt: skip
