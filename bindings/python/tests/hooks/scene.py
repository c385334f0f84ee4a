"""What is run under each replacement: good and refused tokens of four algorithms."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Callable

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Step = tuple[str, Callable[[], Any]]
_CLAIMS = {"sub": "42", "aud": "api", "iss": "https://issuer.example", "exp": 4102444800}
_EXPIRED = {**_CLAIMS, "exp": 1000000000}
_EXPECTED = {"audience": "api", "issuer": "https://issuer.example"}
ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")


@dataclass(frozen=True)
class Material:
    """Keys and tokens that both sides are given."""

    signing: dict[str, Any]
    verifying: dict[str, Any]
    tokens: dict[str, dict[str, str]]
    jwk: dict[str, str]


def material(control: Any) -> Material:
    """Make the keys, and tokens with them by PyJWT."""
    # A key object: PyJWT takes fifty milliseconds to read a private RSA key from PEM.
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ec_key = ec.derive_private_key(0x1F2E3D4C5B6A79, ec.SECP256R1())
    ed_key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signing = {"HS256": "k" * 32, "RS256": rsa_key, "ES256": _pem(ec_key), "EdDSA": _pem(ed_key)}
    verifying: dict[str, Any] = {"HS256": "k" * 32}
    for name, key in (("RS256", rsa_key), ("ES256", ec_key), ("EdDSA", ed_key)):
        public = key.public_key()
        verifying[name] = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    tokens = {name: _tokens(control, name, signing[name]) for name in ALGORITHMS}
    jwk = {"kty": "oct", "alg": "HS256", "k": "a2tr" * 14}
    return Material(signing, verifying, tokens, jwk)


def steps(root: str, given: Material) -> list[Step]:
    """The steps for the package `root`; everything is looked up when a step runs."""
    package = import_module(root)
    found: list[Step] = []
    for name in ALGORITHMS:
        found += _of_algorithm(package, name, given)
    return found + _others(package, given)


def run(step: Callable[[], Any]) -> tuple[Any, ...]:
    """What came of it: the value, or the exception's type and text; and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result: tuple[Any, ...] = ("value", step())
        except Exception as error:
            text = re.sub(r" at 0x[0-9a-f]+", " at 0x", str(error))
            result = ("raised", type(error).__name__, text)
    return (*result, [(w.category.__name__, str(w.message)) for w in caught])


def _of_algorithm(package: Any, name: str, given: Material) -> list[Step]:
    tokens, key = given.tokens[name], given.verifying[name]

    def encode() -> str:
        token: str = package.encode(_CLAIMS, given.signing[name], name, {"kid": "1"})
        # An ECDSA signature is different each time.
        return token.rpartition(".")[0] if name == "ES256" else token

    def decode(token: str, **more: Any) -> Any:
        return package.decode(token, key, algorithms=[name], **{**_EXPECTED, **more})

    def complete(token: str) -> Any:
        return package.decode_complete(token, key, algorithms=[name], **_EXPECTED)

    found: list[Step] = [("encode", encode)]
    found += [(f"decode {which}", partial(decode, token)) for which, token in tokens.items()]
    found += [(f"complete {which}", partial(complete, token)) for which, token in tokens.items()]
    found += [
        ("decode for another", partial(decode, tokens["good"], audience="other")),
        ("decode with require", partial(decode, tokens["good"], options={"require": ["jti"]})),
    ]
    return [(f"{name} {label}", step) for label, step in found]


def _others(package: Any, given: Material) -> list[Step]:
    good, key = given.tokens["HS256"]["good"], given.verifying["HS256"]
    unsigned = {"verify_signature": False}
    listed = ["HS256"]
    return [
        ("algorithm not allowed", lambda: package.decode(good, key, algorithms=["HS384"])),
        ("no algorithms", lambda: package.decode(good, key)),
        ("signature off", lambda: package.decode(good, options=unsigned)),
        ("unverified header", lambda: package.get_unverified_header(good)),
        ("short secret", lambda: package.encode(_CLAIMS, "short")),
        ("an object of one's own", lambda: package.PyJWT().decode(good, key, listed, **_EXPECTED)),
        ("bytes", lambda: package.PyJWS().decode(good, key, listed)),
        ("a JWK", lambda: package.encode(_CLAIMS, package.PyJWK(given.jwk))),
        ("none", lambda: package.encode(_CLAIMS, None, algorithm=None)),
    ]


def _tokens(control: Any, name: str, key: Any) -> dict[str, str]:
    good = control.encode(_CLAIMS, key, name)
    head, _, signature = good.rpartition(".")
    swapped = "A" if signature[0] != "A" else "B"
    return {
        "good": good,
        "altered": f"{head}.{swapped}{signature[1:]}",
        "expired": control.encode(_EXPIRED, key, name),
        "cut": head,
        "not JSON": control.PyJWS().encode(b"{", key, name),
    }


def _pem(key: Any) -> bytes:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem
