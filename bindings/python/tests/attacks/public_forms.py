"""A public key in every form in which somebody might take it for a secret.

`MEASURED` are the 35 that the catalogue's source measured for H09, by its names; `more` are further
disguises. What is marked can be told from a secret by looking at it, what is `BARE` cannot.
"""

from __future__ import annotations

import base64
import datetime
import json
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from attacks.jwks import jwk
from differential.forge import segment
from differential.keys import private_key

_SPKI, _PKCS1 = PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1
KEYS = {"RSA": "RS256", "P-256": "ES256", "Ed25519": "EdDSA"}
# Indistinguishable from random bytes, or from the base64url or hexadecimal of such.
BARE = {"RSA n raw bytes", "RSA n base64url", "RSA n hexadecimal", "EC compressed 33 bytes",
        "EC x and y 64 bytes", "Ed25519 raw 32 bytes", "Ed25519 base64url"}  # fmt: skip


@cache
def forms(family: str) -> dict[str, bytes]:
    """Every form of the public key of a family."""
    key = private_key(family).public_key()
    return {
        **_pem_forms(key),
        **_der_forms(key, private_key(family)),
        **_json_forms(key),
        **_ssh_forms(key),
        **_bare_forms(key),
    }


def _pem_forms(key: Any) -> dict[str, bytes]:
    pem = key.public_bytes(Encoding.PEM, _SPKI).decode()
    body = "".join(line for line in pem.splitlines() if "-----" not in line)
    texts = {
        "SPKI PEM": pem,
        "SPKI PEM + leading newline": f"\n{pem}",
        "SPKI PEM + leading spaces": f"   {pem}",
        "SPKI PEM CRLF": pem.replace("\n", "\r\n"),
        "SPKI PEM CR": pem.replace("\n", "\r"),
        "SPKI PEM no newlines": pem.replace("\n", ""),
        "SPKI PEM literal backslash-n": pem.replace("\n", "\\n"),
        "SPKI PEM trailing newline cut": pem.rstrip(),
        "SPKI PEM tab before END": pem.replace("-----END", "\t-----END"),
        "SPKI PEM BOM": f"\ufeff{pem}",
        "SPKI PEM comment before": f"# a key\n{pem}",
        "SPKI PEM two blocks": pem * 2,
        "SPKI PEM body only (base64)": body,
        "SPKI PEM base64": base64.b64encode(pem.encode()).decode(),
    }
    return {**{name: text.encode() for name, text in texts.items()},
            "SPKI PEM UTF-16": pem.encode("utf-16"),
            "SPKI PEM UTF-16 without mark": pem.encode("utf-16-le"),
            "SPKI PEM UTF-32": pem.encode("utf-32-be")}  # fmt: skip


def _der_forms(key: Any, private: Any) -> dict[str, bytes]:
    spki = key.public_bytes(Encoding.DER, _SPKI)
    certificate = _certificate(private)
    der = certificate.public_bytes(Encoding.DER)
    found = {
        "SPKI DER": spki,
        "SPKI DER + trailing byte": spki + b"\0",
        "SPKI DER base64": base64.b64encode(spki),
        "cert PEM": certificate.public_bytes(Encoding.PEM),
        "cert DER": der,
        "cert DER base64 (x5c entry)": base64.b64encode(der),
    }
    if isinstance(key, (ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)):
        return found
    pkcs1 = key.public_bytes(Encoding.DER, _PKCS1)
    return {**found, "PKCS1 PEM": key.public_bytes(Encoding.PEM, _PKCS1), "PKCS1 DER": pkcs1}


def _certificate(private: Any) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, start,
                                      start + datetime.timedelta(days=1))  # fmt: skip
    digest = None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(private, digest)


def _json_forms(key: Any) -> dict[str, bytes]:
    one = json.dumps(jwk(key))
    key_set = json.dumps({"keys": [jwk(key)]})
    texts = {
        "JWK JSON": one,
        "JWK JSON leading space": f" {one}",
        "JWK JSON indented": json.dumps(jwk(key), indent=2),
        "JWK JSON in an array": f"[{one}]",
        "JWK JSON in nested arrays": f"[[[{one}]]]",
        "JWK JSON escaped kty": one.replace('"kty"', '"\\u006bty"'),
        "JWK JSON BOM": f"\ufeff{one}",
        "JWKS JSON": key_set,
        "JWK base64url of JSON": segment(one.encode()),
        "JWKS base64 of JSON": base64.b64encode(key_set.encode()).decode(),
        "JWK JSON 5000-digit integer": one.replace("{", f'{{"x5":{"9" * 5000},', 1),
    }
    return {**{name: text.encode() for name, text in texts.items()},
            "JWK JSON UTF-16": one.encode("utf-16"), "JWK JSON UTF-32": one.encode("utf-32")}  # fmt: skip


def _ssh_forms(key: Any) -> dict[str, bytes]:
    line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    kind, _, body = line.partition(" ")
    texts = {
        f"OpenSSH {kind}": line,
        "OpenSSH + leading space": f" {line}",
        "OpenSSH with options prefix": f'no-pty,from="10.0.0.0/8" {line}',
        "OpenSSH comment line before": f"# mine\n{line}\n",
        "OpenSSH body only": body,
    }
    if kind == "ssh-ed25519":
        texts["sk-ssh-ed25519 type"] = line.replace(kind, "sk-ssh-ed25519@openssh.com")
    return {name: text.encode() for name, text in texts.items()}


def _bare_forms(key: Any) -> dict[str, bytes]:
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"Ed25519 raw 32 bytes": raw, "Ed25519 base64url": segment(raw).encode()}
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        compressed = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return {"EC X9.62 uncompressed 65 bytes": point, "EC x and y 64 bytes": point[1:],
                "EC compressed 33 bytes": compressed}  # fmt: skip
    modulus = key.public_numbers().n
    raw = modulus.to_bytes((modulus.bit_length() + 7) // 8, "big")
    return {"RSA n raw bytes": raw, "RSA n base64url": segment(raw).encode(),
            "RSA n hexadecimal": raw.hex().encode()}  # fmt: skip


# The table of the source, section by section: which family's form each name is.
MEASURED = {
    **dict.fromkeys(["SPKI PEM", "SPKI PEM + leading newline", "SPKI PEM + leading spaces",
                     "SPKI PEM CRLF", "SPKI PEM no newlines", "SPKI PEM literal backslash-n",
                     "SPKI PEM trailing newline cut", "SPKI PEM BOM", "SPKI PEM comment before",
                     "SPKI PEM body only (base64)", "SPKI PEM UTF-16", "PKCS1 PEM", "SPKI DER",
                     "PKCS1 DER", "SPKI DER + trailing byte", "cert PEM", "cert DER",
                     "cert DER base64 (x5c entry)", "JWK JSON", "JWK JSON leading space",
                     "JWKS JSON", "JWK JSON UTF-16", "JWK base64url of JSON", "RSA n raw bytes",
                     "RSA n base64url"], "RSA"),
    "EC SPKI DER": "P-256", "EC X9.62 uncompressed 65 bytes": "P-256",
    "EC compressed 33 bytes": "P-256", "OpenSSH ecdsa-sha2-nistp256": "P-256",
    "Ed25519 raw 32 bytes": "Ed25519", "OpenSSH ssh-ed25519": "Ed25519",
    "OpenSSH + leading space": "Ed25519", "OpenSSH with options prefix": "Ed25519",
    "sk-ssh-ed25519 type": "Ed25519", "empty": "",
}  # fmt: skip


def measured(name: str) -> bytes:
    """The bytes of one of the 35."""
    if name == "empty":
        return b""
    return forms(MEASURED[name])["SPKI DER" if name == "EC SPKI DER" else name]
