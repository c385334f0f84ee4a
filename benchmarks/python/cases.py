"""What is measured: each operation, and how each library is asked for it.

The token is the usual one: the claims sub, name, admin, iat, exp, iss and aud; audience and issuer
are checked. Keys come as text in each call, as objects of `cryptography` in each call, and as the
prepared objects of the libraries that have them.
"""

from __future__ import annotations

import base64
import importlib
import importlib.metadata
import time
import timeit
from functools import partial
from typing import Any, Callable

import jotem
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jotem import jwt as ours
from jotem._jotem import EngineKey

# A statement as a program would write it, or a function of no argument where that is a call.
Call = timeit.Timer

ISSUER, AUDIENCE = "https://auth.example.com", "https://api.example.com"
NOW = int(time.time())
CLAIMS = {
    "sub": "1234567890",
    "name": "John Doe",
    "admin": True,
    "iat": NOW,
    "exp": NOW + 86_400,
    "iss": ISSUER,
    "aud": AUDIENCE,
}
SECRET = "a secret of forty bytes, as it happens.."
EXPECTED: dict[str, Any] = {"audience": AUDIENCE, "issuer": ISSUER}


def optional(name: str) -> Any:
    """Return a peer, or `None` where this Python has none of it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


pyjwt, jwt_rs, oxyjwt = optional("jwt"), optional("jwt_rs"), optional("oxyjwt")
ryjwt, jose, joserfc = optional("ryjwt"), optional("jose.jwt"), optional("joserfc.jwt")


def versions() -> str:
    """Name the libraries that are here."""
    names = ["jotem", "PyJWT", "oxyjwt", "pyjwt-rs", "ryjwt", "python-jose", "joserfc"]
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def pem_pair(algorithm: str) -> tuple[Any, str, str]:
    """Return a new private key object, its PEM text and that of its public key."""
    private: Any
    if algorithm.startswith(("RS", "PS")):
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif algorithm == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    private_pem = private.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return private, private_pem.decode(), private.public_key().public_bytes(pem, spki).decode()


PAIRS = {algorithm: pem_pair(algorithm) for algorithm in ("RS256", "ES256", "EdDSA")}


def like_pyjwt(operation: str, key: Any, argument: Any, algorithm: str) -> dict[str, Call]:
    """Ask every library that has PyJWT's interface."""
    calls: dict[str, Call] = {}
    for name, module in {"PyJWT": pyjwt, "jotem.jwt": ours, "pyjwt-rs": jwt_rs}.items():
        if module is None:
            continue
        calls[name] = statement(module, operation, key, argument, algorithm)
    return calls


def statement(module: Any, operation: str, key: Any, argument: Any, algorithm: str) -> Call:
    """Write the call as a program does: through the module, arguments by name."""
    names = {"jwt": module, "argument": argument, "key": key, "algorithm": algorithm}
    names |= {"audience": AUDIENCE, "issuer": ISSUER}
    if operation == "encode":
        return Call("jwt.encode(argument, key, algorithm=algorithm)", globals=names)
    return Call(
        "jwt.decode(argument, key, algorithms=[algorithm], audience=audience, issuer=issuer)",
        globals=names,
    )


def encode(algorithm: str, key: Any, claims: dict[str, Any] = CLAIMS) -> dict[str, Call]:
    """Sign claims, with the key as it is in each call."""
    calls = like_pyjwt("encode", key, claims, algorithm)
    if algorithm == "HS256":
        if oxyjwt:
            calls["oxyjwt"] = statement(oxyjwt, "encode", key, claims, "HS256")
        if jose:
            calls["python-jose"] = statement(jose, "encode", key, claims, "HS256")
        prepared_encode(calls, claims)
    return calls


def prepared_encode(calls: dict[str, Call], claims: dict[str, Any]) -> None:
    """Sign claims with objects that were prepared before."""
    if joserfc:
        from joserfc.jwk import OctKey

        header, octets = {"alg": "HS256"}, OctKey.import_key(SECRET)
        calls["joserfc, prepared"] = Call(lambda: joserfc.encode(header, claims, octets))
    if ryjwt:
        secret = ryjwt.SecretKey(SECRET, algorithms=["HS256"])
        calls["ryjwt, prepared"] = Call(
            "secret.encode(claims)", globals={"secret": secret, "claims": claims}
        )
    # It writes the same seven claims: iat, exp, iss and aud are its own.
    key = jotem.Key.from_secret(SECRET, algorithm="HS256")
    issuer = jotem.Issuer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=86_400)
    own = {"name": claims["name"], "admin": claims["admin"]}
    names = {"issuer": issuer, "own": own, "subject": claims["sub"]}
    calls["jotem.Issuer"] = Call("issuer.issue(own, subject=subject)", globals=names)


def decode(algorithm: str, key: Any, token: str) -> dict[str, Call]:
    """Verify a token, with the key as it is in each call."""
    calls = like_pyjwt("decode", key, token, algorithm)
    if algorithm == "HS256":
        if oxyjwt:
            calls["oxyjwt"] = statement(oxyjwt, "decode", key, token, "HS256")
        if jose:
            calls["python-jose"] = statement(jose, "decode", key, token, "HS256")
        prepared_decode(calls, token)
    return calls


def prepared_decode(calls: dict[str, Call], token: str) -> None:
    """Verify a token with objects that were prepared before."""
    if joserfc:
        from joserfc.jwk import OctKey

        registry = joserfc.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}
        )
        octets = OctKey.import_key(SECRET)
        calls["joserfc, prepared"] = Call(
            lambda: registry.validate(joserfc.decode(token, octets).claims)
        )
    if ryjwt:
        secret = ryjwt.SecretKey(SECRET, algorithms=["HS256"], **EXPECTED)
        names = {"secret": secret, "token": token}
        calls["ryjwt, prepared"] = Call("secret.decode(token)", globals=names)
    verifier = jotem.Verifier(jotem.Key.from_secret(SECRET, algorithm="HS256"), **EXPECTED)
    names = {"verifier": verifier, "token": token}
    calls["jotem.Verifier"] = Call("verifier.verify(token)", globals=names)
    calls["jotem.Verifier, with .claims"] = Call("verifier.verify(token).claims", globals=names)


def sign_prepared(algorithm: str, token: str) -> dict[str, Call]:
    """Sign with objects that were prepared before, and with nothing but the engine's primitive."""
    _, pem, _ = PAIRS[algorithm]
    calls = encode(algorithm, pem)
    if ryjwt:
        private = ryjwt.PrivateKey(pem, algorithms=[algorithm])
        names = {"private": private, "claims": CLAIMS}
        calls["ryjwt, prepared"] = Call("private.encode(claims)", globals=names)
    key = jotem.Key.from_pem(pem, algorithm=algorithm)
    issuer = jotem.Issuer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=86_400)
    own = {"name": CLAIMS["name"], "admin": CLAIMS["admin"]}
    names = {"issuer": issuer, "own": own, "subject": CLAIMS["sub"]}
    calls["jotem.Issuer"] = Call("issuer.issue(own, subject=subject)", globals=names)
    engine = EngineKey.from_text(pem.encode())
    names = {"key": engine, "algorithm": algorithm, "message": token.rsplit(".", 1)[0].encode()}
    calls["the signature alone, in Rust"] = Call("key.sign(algorithm, message)", globals=names)
    return calls


def verify_prepared(algorithm: str, token: str) -> dict[str, Call]:
    """Verify with objects that were prepared before, and with the engine's primitive alone."""
    _, _, pem = PAIRS[algorithm]
    calls = decode(algorithm, pem, token)
    if ryjwt:
        public = ryjwt.PublicKey(pem, algorithms=[algorithm], **EXPECTED)
        names = {"public": public, "token": token}
        calls["ryjwt, prepared"] = Call("public.decode(token)", globals=names)
    verifier = jotem.Verifier(jotem.Key.from_pem(pem, algorithm=algorithm), **EXPECTED)
    names = {"verifier": verifier, "token": token}
    calls["jotem.Verifier"] = Call("verifier.verify(token)", globals=names)
    calls["jotem.Verifier, with .claims"] = Call("verifier.verify(token).claims", globals=names)
    message, signature = token.rsplit(".", 1)
    names = {
        "key": EngineKey.from_text(pem.encode()),
        "algorithm": algorithm,
        "message": message.encode(),
        "signature": base64.urlsafe_b64decode(signature + "=="),
    }
    statement = "key.verify(algorithm, message, signature)"
    calls["the signature alone, in Rust"] = Call(statement, globals=names)
    return calls


def pair(algorithm: str, form: str) -> dict[str, Callable[[], dict[str, Call]]]:
    """Signing and verifying with a key pair, as text or as objects."""
    private, private_pem, _ = PAIRS[algorithm]
    token = ours.encode(CLAIMS, private_pem, algorithm=algorithm)
    if form == "PEM text":
        sign = partial(sign_prepared, algorithm, token)
        verify = partial(verify_prepared, algorithm, token)
    else:
        sign = partial(encode, algorithm, private)
        verify = partial(decode, algorithm, private.public_key(), token)
    return {f"{algorithm} encode, {form}": sign, f"{algorithm} decode, {form}": verify}


def nested(levels: int) -> dict[str, Any]:
    """Claims in which one nests this deep."""
    value: Any = 0
    for _ in range(levels):
        value = {"a": [value]}
    return {**CLAIMS, "deep": value}


LARGE = {**CLAIMS, "items": [{"id": n, "name": f"item {n}", "on": True} for n in range(2_600)]}

OPERATIONS: dict[str, Callable[[], dict[str, Call]]] = {
    "HS256 encode": partial(encode, "HS256", SECRET),
    "HS256 decode": partial(decode, "HS256", SECRET, ours.encode(CLAIMS, SECRET)),
}
for _algorithm in PAIRS:
    for _form in ("PEM text", "key objects"):
        OPERATIONS |= pair(_algorithm, _form)
for _name, _claims in {"100 KiB of claims": LARGE, "claims nested 25 deep": nested(25)}.items():
    OPERATIONS[f"{_name}, encode"] = partial(like_pyjwt, "encode", SECRET, _claims, "HS256")
    OPERATIONS[f"{_name}, decode"] = partial(
        like_pyjwt, "decode", SECRET, ours.encode(_claims, SECRET), "HS256"
    )
