"""Claims as dataclasses, msgspec Structs and pydantic models; keys of ``cryptography``.

Imported when the first such object is seen. msgspec and pydantic are known by the attributes of
their classes, so neither is imported unless the program has done so.
"""

from __future__ import annotations

import base64
import dataclasses
import os
import sys
from collections.abc import Mapping
from typing import Any, cast

from . import _fields

REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})

CLAIMS = "a dict, a dataclass, a msgspec Struct or a pydantic model"


def to_claims(value: Any) -> dict[str, Any]:
    """Turns an object of the application into claims.

    A registered claim that is ``None`` is left out: such a field is there for reading.
    """
    kind = _kind(value)
    if _is_pydantic(kind):
        claims = value.model_dump(mode="json", by_alias=True)
    elif _is_msgspec(kind):
        claims = sys.modules["msgspec"].to_builtins(value)
    elif dataclasses.is_dataclass(kind):
        claims = dataclasses.asdict(value)
    elif isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    else:
        raise TypeError(f"claims: expected {CLAIMS}, got {_name(kind)}")
    if not isinstance(claims, dict):
        raise TypeError(f"claims: {_name(kind)} is written as {_name(_kind(claims))}, not a dict")
    return {
        name: claim
        for name, claim in cast("dict[str, Any]", claims).items()
        if claim is not None or name not in REGISTERED
    }


def check_class(into: Any) -> None:
    """Refuses what claims cannot be read into, before any token is looked at."""
    if not isinstance(into, type):
        raise TypeError(f"into: expected a class, got {_name(_kind(into))}")
    if into is dict or _is_pydantic(into) or _is_msgspec(into):
        return
    if not dataclasses.is_dataclass(into):
        expected = "dict, a dataclass, a msgspec Struct or a pydantic model"
        got = _name(cast("type[object]", into))
        raise TypeError(f"into: expected {expected}, got the class {got}")
    _fields.reader(into)


def from_claims(into: Any, claims: dict[str, Any], text: str) -> tuple[Any, str | None]:
    """Reads claims into a class: the object, or ``None`` and what does not fit."""
    if into is dict:
        return claims, None
    if _is_pydantic(into):
        return _into_pydantic(into, text)
    if _is_msgspec(into):
        return _into_msgspec(into, text)
    try:
        return _fields.reader(into)(claims, ""), None
    except _fields.Misfit as misfit:
        return None, str(misfit)


def key_to_der(key: Any) -> bytes:
    """Exports a key object of ``cryptography``."""
    module = type(key).__module__
    private, public = (hasattr(key, name) for name in ("private_bytes", "public_bytes"))
    if not module.startswith("cryptography.") or not (private or public):
        raise TypeError(f"key: expected a key of cryptography, got {_name(_kind(key))}")
    from cryptography.hazmat.primitives import serialization

    der = serialization.Encoding.DER
    if private:
        pkcs8 = serialization.PrivateFormat.PKCS8
        exported = key.private_bytes(der, pkcs8, serialization.NoEncryption())
    elif hasattr(key, "issuer"):
        raise TypeError("key: expected a key of cryptography, got a certificate: .public_key()")
    else:
        exported = key.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    return bytes(exported)


def token_id() -> str:
    """Makes a ``jti`` of 128 random bits."""
    return base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode("ascii")


def _is_pydantic(kind: type) -> bool:
    return hasattr(kind, "__pydantic_validator__") and hasattr(kind, "model_validate_json")


def _is_msgspec(kind: type) -> bool:
    return hasattr(kind, "__struct_fields__") and "msgspec" in sys.modules


def _into_pydantic(into: Any, text: str) -> tuple[Any, str | None]:
    invalid = sys.modules["pydantic"].ValidationError
    try:
        return into.model_validate_json(text), None
    except invalid as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return None, f"{place}: {first['msg']}"


def _into_msgspec(into: Any, text: str) -> tuple[Any, str | None]:
    msgspec = sys.modules["msgspec"]
    try:
        return msgspec.json.decode(text, type=into), None
    except msgspec.ValidationError as error:
        return None, str(error)


def _kind(value: object) -> type[object]:
    return type(value)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
