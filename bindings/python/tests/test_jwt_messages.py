"""The messages that docs/python/jwt.md explains, provoked in the ways that it names."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from jotem import jwt

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "python" / "jwt.md"
SECRET = "a secret of 32 bytes, or of more"
TOKEN = jwt.encode({"sub": "42", "aud": "api"}, SECRET)
HS256 = ["HS256"]

CALLS: dict[str, list[Callable[[], Any]]] = {
    "Invalid header padding": [
        lambda: jwt.decode("Bearer " + TOKEN, SECRET, HS256),
        lambda: jwt.decode(str(TOKEN.encode()), SECRET, HS256),
    ],
    "Not enough segments": [
        lambda: jwt.decode("", SECRET, HS256),
        lambda: jwt.decode("opaque", SECRET, HS256),
    ],
    "Invalid token type. Token must be a <class 'bytes'>": [
        lambda: jwt.decode(None, SECRET, HS256),  # type: ignore[arg-type]
    ],
    'It is required that you pass in a value for the "algorithms" argument when calling decode().': [
        lambda: jwt.decode(TOKEN, SECRET),
    ],
    "The specified alg value is not allowed": [
        lambda: jwt.decode(TOKEN, SECRET, ["RS256"]),
        lambda: jwt.decode(TOKEN, SECRET, ["hs256"]),
    ],
    "Algorithm not supported": [lambda: jwt.encode({}, SECRET, "SHA256")],
    "Signature verification failed": [lambda: jwt.decode(TOKEN, SECRET.upper(), HS256)],
    "Could not parse the provided public key.": [
        lambda: jwt.encode({}, SECRET, "RS256"),
        lambda: jwt.encode({}, "key.pem", "RS256"),
    ],
    "Expected a string or bytes value": [
        lambda: jwt.decode(TOKEN, None, HS256),  # type: ignore[arg-type]
        lambda: jwt.encode({}, {"kty": "oct", "k": "AA"}),  # type: ignore[arg-type]
    ],
    "Invalid audience": [lambda: jwt.decode(TOKEN, SECRET, HS256)],
    "Audience doesn't match": [lambda: jwt.decode(TOKEN, SECRET, HS256, audience="web")],
    "Subject must be a string": [
        lambda: jwt.decode(jwt.encode({"sub": 42}, SECRET), SECRET, HS256),
    ],
    "Object of type datetime is not JSON serializable": [
        lambda: jwt.encode({"at": datetime(2030, 1, 1)}, SECRET),
    ],
}


def test_the_page_explains_these_messages() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| message |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(CALLS)


@pytest.mark.parametrize("message", CALLS)
def test_a_mistake_has_the_message_that_the_page_explains(message: str) -> None:
    for call in CALLS[message]:
        with pytest.raises((jwt.PyJWTError, TypeError, NotImplementedError)) as caught:
            call()
        assert str(caught.value) == message
