"""Every parameter of the native interface given everything that it does not want.

The answer is a `TypeError` that says what was expected and what came, or a `jotem.errors` one; no
text shows a key or a token. Which wrong values are right for a parameter is stated, and checked.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

import pytest

from attacks.faces import NOW
from attacks.jwks import OCT
from attacks.tokens import SECRET, token
from attacks.wrong_values import WRONG
from differential.keys import private_key
from jotem import (
    Issuer,
    JWKSClient,
    Key,
    KeyRing,
    KeySet,
    Verifier,
    errors,
    explain,
    unverified_claims,
    unverified_header,
)
from jotem.testing import FrozenClock

KEY = Key.from_secret(SECRET, algorithm="HS256", key_id="a")
PRIVATE = Key.from_cryptography(private_key("P-256"), algorithm="ES256")
VERIFIER = Verifier(KEY, clock=lambda: NOW)
ISSUER = Issuer(KEY, lifetime=60, clock=lambda: NOW)
TOKEN = token()
FOLDER = tempfile.TemporaryDirectory()
FILE = Path(FOLDER.name, "ring.json")
RING = KeyRing.create(FILE, algorithm="ES256", password=SECRET)
HOST = "https://issuer.example"

TEXT = {"text", "HS256", "a dotted text"}
OPTIONAL_TEXT = {"None", *TEXT}
TEXTS = {*OPTIONAL_TEXT, "list of names", "frozenset", "generator", "dict"}
BOOL = {"True", "False"}
SPAN = {"None", "0", "1.5", "timedelta"}
INSTANT = {"None", "0", "1.5", "datetime"}
NOTHING: set[str] = set()
EMPTY = {"empty list", "empty tuple", "empty dict", "empty bytes"}
ANY_TEXT = {*TEXT, "empty text", "half a pair", "empty bytes", "bytes", "no UTF-8"}

# The call, and for each parameter which of the wrong values are right.
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, set[str]]]] = {
    "Key.from_secret": (Key.from_secret, {"secret": SECRET, "algorithm": "HS256"},
                        {"secret": {"text", "bytes", "no UTF-8"}, "algorithm": {"HS256"},
                         "key_id": {*OPTIONAL_TEXT, "empty text"}}),
    "Key.from_base64_secret": (Key.from_base64_secret, {"secret": "A" * 64, "algorithm": "HS256"},
                               {"secret": NOTHING, "algorithm": {"HS256"}}),
    "Key.from_pem": (Key.from_pem, {"pem": PRIVATE.to_pem(), "algorithm": "ES256"},
                     {"pem": NOTHING, "algorithm": NOTHING}),
    "Key.from_der": (Key.from_der, {"der": PRIVATE.to_der(), "algorithm": "ES256"},
                     {"der": NOTHING, "algorithm": NOTHING}),
    "Key.from_jwk": (Key.from_jwk, {"jwk": OCT, "algorithm": "HS256"},
                     {"jwk": NOTHING, "algorithm": {"HS256"}, "key_id": {*OPTIONAL_TEXT, "empty text"}}),
    "Key.from_cryptography": (Key.from_cryptography,
                              {"key": private_key("P-256"), "algorithm": "ES256"},
                              {"key": NOTHING, "algorithm": NOTHING}),
    "Key.generate": (Key.generate, {"algorithm": "ES256"}, {"algorithm": {"HS256"}, "bits": {"None"}}),
    "Key.with_key_id": (KEY.with_key_id, {"key_id": "a"}, {"key_id": {*TEXT, "empty text"}}),
    "Key.of_issuers": (PRIVATE.of_issuers, {"issuers": "a"}, {"issuers": TEXTS - {"None"}}),
    "Key.to_jwk": (KEY.to_jwk, {"private": True}, {"private": {"True"}}),
    "Key.to_pem": (PRIVATE.to_pem, {"private": True}, {"private": BOOL}),
    "KeySet": (KeySet, {"keys": [PRIVATE]}, {"keys": {"empty list", "empty tuple",
                                                     "empty text", "empty bytes"}}),
    "KeySet.from_json": (KeySet.from_json, {"json": '{"keys":[]}'}, {"json": NOTHING}),
    "KeySet.from_dict": (KeySet.from_dict, {"jwks": {"keys": []}}, {"jwks": NOTHING}),
    "Issuer": (Issuer, {"key": KEY, "lifetime": 60, "clock": lambda: NOW}, {
        "key": NOTHING, "issuer": OPTIONAL_TEXT, "audience": TEXTS, "lifetime": SPAN - {"None"},
        "never_expires": {"False"}, "token_type": {*OPTIONAL_TEXT, "empty text"}, "token_ids": BOOL,
        "header": {"None", "empty dict", "dict"}, "clock": {"None", "class", "function"}}),
    "Issuer.issue": (ISSUER.issue, {"claims": {}}, {
        "claims": {"None", "empty dict", "dict"}, "subject": {*OPTIONAL_TEXT, "empty text"},
        "audience": TEXTS,
        "expires_at": INSTANT, "not_before": INSTANT, "issued_at": INSTANT,
        "token_id": {*OPTIONAL_TEXT, "empty text"}}),
    "Verifier": (Verifier, {"keys": KEY, "clock": lambda: NOW}, {
        "keys": NOTHING, "issuer": TEXTS, "audience": TEXTS, "any_audience": BOOL,
        "subject": OPTIONAL_TEXT, "token_type": OPTIONAL_TEXT, "leeway": SPAN,
        "expiry_optional": BOOL, "max_age": SPAN, "max_lifetime": SPAN, "require": {*TEXTS, *EMPTY},
        "accept_bound_tokens": BOOL, "try_keys": {"0"},
        "algorithms": {"None", "HS256", "list of names", "frozenset", "generator"},
        "critical": {*TEXTS, *EMPTY, "empty text"}, "clock": {"None", "class", "function"}}),
    "JWKSClient": (JWKSClient, {"key_set": HOST}, {
        "issuer": {"None", *EMPTY}, "key_set": NOTHING,
        "algorithms": {"None"}, "soft_age": {"None"}, "soft_age_unless_said": {"None"},
        "hard_age": {"None"}, "cool_down": {"None"}, "remember_absent": {"None", "1.5", "timedelta"},
        "deadline": {"None", "1.5", "timedelta"}, "headers": {"None", "empty dict"},
        "allow_http": {*TEXTS, *EMPTY, "empty text"}, "allow_private": {*TEXTS, *EMPTY, "empty text"},
        "certificate_authorities": {"None"}, "proxy": {"None"}, "proxy_login": {"None"},
        "resolve_names": {"None", "class", "function"}, "on_event": {"None", "class", "function"}}),
    "Verifier.verify": (VERIFIER.verify, {"token": TOKEN}, {"token": NOTHING, "into": {"None"}}),
    "Verifier.explain": (VERIFIER.explain, {"token": TOKEN}, {"token": ANY_TEXT}),
    "explain": (explain, {"token": TOKEN}, {"token": ANY_TEXT}),
    "unverified_header": (unverified_header, {"token": TOKEN}, {"token": NOTHING}),
    "unverified_claims": (unverified_claims, {"token": TOKEN}, {"token": NOTHING}),
    "KeyRing.open": (KeyRing.open, {"path": FILE, "password": SECRET}, {
        "path": NOTHING, "password": NOTHING}),
    "KeyRing.open_public": (KeyRing.open_public, {"path": FILE}, {"path": NOTHING}),
    "KeyRing.compromise": (RING.compromise, {"key_id": RING.keys[0].key_id}, {"key_id": NOTHING}),
    "Publication.is_current": (RING.publication().is_current, {"if_none_match": "*"}, {
        "if_none_match": {*TEXT, "empty text"}}),
    "Publication.answer": (RING.publication().answer, {"if_none_match": "*"}, {
        "if_none_match": {*OPTIONAL_TEXT, "empty text"}}),
    "FrozenClock": (FrozenClock, {"at": FrozenClock()()}, {"at": {"datetime"}}),
}  # fmt: skip
FIRST = {name: next(iter(sound)) for name, (_, sound, _) in CALLS.items()}
PARAMETERS = [(name, parameter) for name, (_, _, right) in CALLS.items() for parameter in right]


def called(name: str, arguments: dict[str, Any]) -> Any:
    """The call with its first argument by position, as it must be."""
    rest = dict(arguments)
    keywords = name == "JWKSClient" or name.startswith("Key.to_")
    first = [rest.pop(FIRST[name])] if FIRST[name] in rest and not keywords else []
    return CALLS[name][0](*first, **rest)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=lambda name: name)
def test_a_wrong_argument_is_refused_in_words(name: str, parameter: str) -> None:
    _, sound, right = CALLS[name]
    called(name, sound)
    taken, unclear = set(), []
    for label, make in WRONG.items():
        try:
            called(name, {**sound, parameter: make()})
        except (TypeError, errors.JotemError) as error:
            if not is_clear(error, parameter):
                unclear.append(f"{label}: {error!r}")
            assert SECRET.decode() not in f"{error!r}" and TOKEN[:20] not in f"{error!r}"
        else:
            taken.add(label)
    assert (taken, unclear) == (right[parameter], [])


def is_clear(error: Exception, parameter: str) -> bool:
    """Whether it says what was expected and what came, or has a code and a hint."""
    if isinstance(error, errors.JotemError):
        return bool(error.code and error.hint)
    text = str(error) + " ".join(getattr(error, "__notes__", []))
    if sys.version_info < (3, 11) and "is not an instance of" in text:
        # Which argument it is stands in a note, and there are none.
        return True
    return ("expected" in text and "got" in text) or parameter in text
