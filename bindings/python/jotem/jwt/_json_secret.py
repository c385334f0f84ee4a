"""Does a would-be secret read as a JWK? Whoever passes one has passed the wrong thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, cast

# A string, and the colon after it if it names a member; or the quote of an unclosed string.
_STRING = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")([ \t\r\n]*:)?|"', re.DOTALL)


def holds_jwk(value: Any) -> bool:
    """Tell whether an object with a member ``kty`` is somewhere in a parsed document."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if "kty" in node:
                return True
            pending.extend(cast("Mapping[str, Any]", node).values())
        elif isinstance(node, list):
            pending.extend(cast("Iterable[Any]", node))
    return False


def may_hold_jwk(document: bytes, json: ModuleType) -> bool:
    """Tell the same, from its text alone, of a document that nests too deep to be parsed.

    An object is taken for a JWK whatever it holds; an array if it names a member ``kty``.
    """
    try:
        text = document.decode(json.detect_encoding(document), errors="surrogatepass")
    except UnicodeError:
        return False
    names_kty = _names_kty(text, json)
    start = text.lstrip("\ufeff \t\r\n")
    return start.startswith("{") or (start.startswith("[") and names_kty)


def _names_kty(text: str, json: ModuleType) -> bool:
    """Tell whether a member is named ``kty``, spelled with escapes or without."""
    for match in _STRING.finditer(text):
        name, colon = match.groups()
        if name is None:  # unclosed: nothing after it is a name
            return False
        if colon and _spells_kty(name, json):
            return True
    return False


def _spells_kty(name: str, json: ModuleType) -> bool:
    try:
        return bool(json.loads(name) == "kty")
    except ValueError:
        return False
