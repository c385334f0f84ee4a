"""python-jose and jotem side by side: the keys and the tokens that both get."""

from __future__ import annotations

from typing import Any

import jose.utils
import pytest
from jose import jwk as old_jwk
from jose import jwt as old

import jotem
from jotem import Key, Verifier, errors

SECRET = "a secret of more than thirty-two bytes"
OTHER = "another secret of more than 32 bytes"
KEY = Key.from_secret(SECRET, algorithm="HS256")
OCT = KEY.to_jwk(private=True)
OTHER_OCT = Key.from_secret(OTHER, algorithm="HS256").to_jwk(private=True)
JWKS = {"keys": [{**OTHER_OCT, "kid": "b"}, {**OCT, "kid": "a"}]}
RSA = Key.generate("RS256")
PRIVATE, PUBLIC = RSA.to_pem(private=True), RSA.to_pem()
FUTURE = 4_000_000_000
HS256 = ["HS256"]


def signed(claims: dict[str, Any], **more: Any) -> str:
    """A token as python-jose writes it."""
    return old.encode(dict(claims), SECRET, **more)


def raw(payload: str, header: str = '{"alg":"HS256"}') -> str:
    """A token that neither library would write, with a signature that holds."""
    encode = jose.utils.base64url_encode
    message = b".".join(encode(part.encode()) for part in (header, payload))
    mac = old_jwk.construct(SECRET, "HS256").sign(message)
    return b".".join([message, encode(mac)]).decode()


def native(token: str, **expected: Any) -> jotem.Verified[dict[str, Any]]:
    return Verifier(KEY, expiry_optional=True, **expected).verify(token)


def code_of(token: str, **expected: Any) -> str:
    with pytest.raises(errors.TokenRefused) as caught:
        native(token, **expected)
    return caught.value.code
