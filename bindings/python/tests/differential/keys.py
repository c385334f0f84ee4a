"""Keys in every form in which a caller may hand one over, made once for each side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Callable

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_RSA = json.loads((Path(__file__).parent / "keys.json").read_text(encoding="utf-8"))
SECRET = b"0123456789abcdef" * 4
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1,
          "secp256k1": ec.SECP256K1}  # fmt: skip
# Which key family an algorithm needs.
FAMILY = {
    **{name: "oct" for name in ("HS256", "HS384", "HS512")},
    **{name: "RSA" for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")},
    "ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES521": "P-521",
    "ES256K": "secp256k1", "EdDSA": "Ed25519", "none": "none",
}  # fmt: skip


@dataclass(frozen=True)
class KeyForm:
    """A key as a caller gives it: `family` is what it is, `form` how it is given."""

    name: str
    family: str
    form: str
    make: Callable[[str], Any]
    private: bool = False
    verifier: str | None = None

    def on(self, root: str) -> Any:
        """The key itself; only a PyJWK is not the same on both sides."""
        return _made(self.name, root if self.form == "PyJWK" else "")


@cache
def _made(name: str, root: str) -> Any:
    return KEYS[name].make(root)


def private_key(family: str) -> Any:
    """The key object that signs for a family."""
    if family in CURVES:
        return ec.derive_private_key(0xA1B2C3D4E5F60718293A4B5C6D7E8F90, CURVES[family]())
    if family == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    if family == "Ed448":
        return ed448.Ed448PrivateKey.from_private_bytes(bytes(range(57)))
    return _rsa({"RSA": "rsa", "RSA other": "rsa other", "RSA small": "rsa small"}[family])


@cache
def _rsa(name: str) -> Any:
    algorithm = import_module("jwt.algorithms").RSAAlgorithm
    return algorithm.from_jwk(_RSA[name])


def _pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))


def _public(key: Any, encoding: Encoding = Encoding.PEM) -> bytes:
    form = PublicFormat.SubjectPublicKeyInfo
    if encoding == Encoding.OpenSSH:
        form = PublicFormat.OpenSSH
    return bytes(key.public_key().public_bytes(encoding, form))


def _jwk(family: str, *, private: bool) -> dict[str, Any]:
    algorithms = import_module("jwt.algorithms")
    cls = algorithms.OKPAlgorithm
    if family.startswith("RSA"):
        cls = algorithms.RSAAlgorithm
    elif family in CURVES:
        cls = algorithms.ECAlgorithm
    key = private_key(family)
    data: dict[str, Any] = cls.to_jwk(key if private else key.public_key(), as_dict=True)
    if family == "Ed448":
        data["alg"] = "EdDSA"
    return {**data, "kid": f"{family} key"}


def _as_pyjwk(data: Callable[[], dict[str, Any]]) -> Callable[[str], Any]:
    return lambda root: import_module(root).PyJWK(data())


def _of_family(family: str) -> Iterator[KeyForm]:
    """The forms of an asymmetric key."""
    public = f"{family} public object"

    def form(name: str, kind: str, make: Callable[[], Any], private: bool = False) -> KeyForm:
        return KeyForm(f"{family} {name}", family, kind, lambda _: make(), private, public)

    def key() -> Any:
        return private_key(family)

    yield form("private object", "object", key, private=True)
    yield form("public object", "object", lambda: key().public_key())
    yield form("private PEM", "PEM", lambda: _pem(key()), private=True)
    yield form("public PEM", "PEM", lambda: _public(key()))
    yield form("public PEM text", "PEM text", lambda: _public(key()).decode())
    yield form("public DER", "DER", lambda: _public(key(), Encoding.DER))
    if family in ("RSA", "P-256", "P-384", "P-521", "Ed25519"):
        yield form("public SSH", "SSH", lambda: _public(key(), Encoding.OpenSSH))
    for private in (True, False):
        name = f"{family} {'private' if private else 'public'} PyJWK"
        data = _as_pyjwk(lambda private=private: _jwk(family, private=private))  # type: ignore[misc]
        yield KeyForm(name, family, "PyJWK", data, private, public)


def _secrets() -> Iterator[KeyForm]:
    def secret(name: str, kind: str, value: Any) -> KeyForm:
        return KeyForm(name, "oct", kind, lambda _: value, private=True, verifier=name)

    yield secret("secret bytes", "bytes", SECRET)
    yield secret("secret text", "text", SECRET.decode())
    yield secret("other secret", "bytes", b"another secret" * 5)
    yield secret("text beyond ASCII", "text", "gehe\u00efm \u2603" * 12)
    yield secret("binary secret", "bytes", bytes(range(128, 200)))
    yield secret("secret of 40 bytes", "bytes", SECRET[:40])
    yield secret("short secret", "bytes", SECRET[:20])
    yield secret("short text", "text", "secret")
    yield secret("JSON without kty", "text", '{"a": [1, 2], "b": "a secret of many characters"}')
    for size, name in ((64, "HS512"), (48, "HS384"), (32, "HS256")):
        data = {"kty": "oct", "alg": name, "k": _b64(SECRET[:size])}
        label = f"{name} PyJWK"
        yield KeyForm(label, "oct", "PyJWK", _as_pyjwk(lambda d=data: d), True, label)  # type: ignore[misc]


def _unfit() -> Iterator[KeyForm]:
    """What is no key for anything, or must not be one."""
    encrypted = BestAvailableEncryption(b"password")

    def other(name: str, make: Callable[[], Any], kind: str = "unfit") -> KeyForm:
        return KeyForm(name, "unfit", kind, lambda _: make())

    yield other("empty text", lambda: "")
    yield other("empty bytes", lambda: b"")
    yield other("None", lambda: None)
    yield other("a number", lambda: 7)
    yield other("a bytearray", lambda: bytearray(SECRET))
    yield other("an object", lambda: ValueError)
    yield other("no UTF-8", lambda: b"\xff\xfe\xfd" * 20)
    yield other("words", lambda: "no key, but long enough to be taken for a secret by HMAC")
    yield other(
        "broken PEM", lambda: b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    )
    yield other(
        "broken private PEM", lambda: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    )
    yield other("broken SSH", lambda: "ssh-rsa AAAA")
    yield other("broken SSH EC", lambda: b"ecdsa-sha2-nistp256 AAAA")
    yield other("JWK text", lambda: json.dumps(_jwk("P-256", private=False)))
    yield other(
        "JWK set text", lambda: json.dumps({"keys": [_jwk("P-256", private=False)]}).encode()
    )
    yield other("JWK in UTF-16", lambda: json.dumps(_jwk("P-256", private=False)).encode("utf-16"))
    yield other("JWK dict", lambda: _jwk("P-256", private=False))
    yield other("encrypted PEM", lambda: private_key("P-256").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encrypted))  # fmt: skip
    yield from _unusual()


def _unusual() -> Iterator[KeyForm]:
    """Keys that are read, or nearly, in other shapes than usual."""

    def private(name: str, family: str, kind: str, make: Callable[[], Any]) -> KeyForm:
        public = f"{family} public object" if family in FAMILY.values() else None
        return KeyForm(name, family, kind, lambda _: make(), True, public)

    sec1, openssh = PrivateFormat.TraditionalOpenSSL, PrivateFormat.OpenSSH
    yield private("SEC1 PEM", "P-256", "PEM", lambda: _pem(private_key("P-256"), sec1))
    yield private(
        "OpenSSH private", "Ed25519", "PEM", lambda: _pem(private_key("Ed25519"), openssh)
    )
    yield private(
        "P-192 object", "P-192", "object", lambda: ec.derive_private_key(99, ec.SECP192R1())
    )


def _b64(value: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


_FAMILIES = ("RSA", "RSA other", "RSA small", *CURVES, "Ed25519", "Ed448")
KEYS: dict[str, KeyForm] = {
    form.name: form
    for form in [*_secrets(), *_unfit(), *(f for name in _FAMILIES for f in _of_family(name))]
}
__all__ = ["CURVES", "FAMILY", "KEYS", "SECRET", "KeyForm", "private_key", "rsa"]
