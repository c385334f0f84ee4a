"""K05 to K10, K16, K17, K19: the numbers, points and encodings of keys."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)

from attacks.catalogue import VECTORS
from attacks.faces import Native, PyJWTFace
from attacks.jwks import OCT, jwk, number
from attacks.tokens import good, segment
from differential.keys import CURVES, private_key
from jotem import Key
from jotem.errors import JotemError, KeyRefused

ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}
SIZES = {"P-256": 32, "P-384": 48, "P-521": 66, "secp256k1": 32}
PRIMES = {"P-256": 2**256 - 2**224 + 2**192 + 2**96 - 1, "P-521": 2**521 - 1,
          "P-384": 2**384 - 2**128 - 2**96 + 2**32 - 1, "secp256k1": 2**256 - 2**32 - 977}  # fmt: skip
RSA = private_key("RSA")


def der(key: Any) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(key: Any) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def armoured(document: bytes) -> str:
    body = base64.b64encode(document).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def test_k05_refuses_weak_and_odd_rsa_keys(native: Native, pyjwt: PyJWTFace) -> None:
    n = RSA.public_key().public_numbers().n
    weak = private_key("RSA small").public_key()
    for members, code in [
        ({"n": number(weak.public_numbers().n)}, "key_rsa_size"),
        ({"n": number((1 << 511) + 1)}, "key_rsa_size"),
        ({"n": number((1 << 16383) + 1)}, "key_rsa_size"),
        ({"n": number(n + 1)}, "key_rsa_modulus"),
        ({"e": number(1)}, "key_rsa_exponent"),
        ({"e": number(2)}, "key_rsa_exponent"),
        ({"e": number(65536)}, "key_rsa_exponent"),
        ({"e": number((1 << 64) + 1)}, "key_rsa_exponent"),
    ]:
        bad = {**jwk(RSA.public_key()), **members}
        native.raises(code, Key.from_jwk, bad, algorithm="RS256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.decode(good("RS256"), jwt.PyJWK(b)))
    for zero in ({"n": "AA"}, {"n": ""}, {"e": "AA"}, {"e": ""}):
        with pytest.raises(KeyRefused):
            Key.from_jwk({**jwk(RSA.public_key()), **zero}, algorithm="RS256")
        pyjwt.agrees_on_bad(lambda jwt, z=zero: jwt.PyJWK({**jwk(RSA.public_key()), **z}))
    native.raises("key_rsa_size", Key.from_pem, pem(weak), algorithm="RS256")
    pyjwt.lets_call_through(lambda jwt: jwt.encode({}, private_key("RSA small"), "RS256"))
    native.raises("key_rsa_size", Key.generate, "RS256", bits=1024)


def test_k06_refuses_a_key_on_another_curve_than_the_algorithm_has(
    native: Native, pyjwt: PyJWTFace
) -> None:
    for curve in CURVES:
        private = private_key(curve)
        for other, algorithm in ALGORITHMS.items():
            if other == curve:
                continue
            for make in (
                lambda: Key.from_jwk(jwk(private.public_key()), algorithm=algorithm),
                lambda: Key.from_pem(pem(private.public_key()), algorithm=algorithm),
                lambda: Key.from_cryptography(private, algorithm=algorithm),
            ):
                native.raises("key_algorithm_mismatch", make)
            pyjwt.refuses(good(algorithm), private.public_key(), [algorithm])
            pyjwt.refuses_call(lambda jwt: jwt.encode({}, private, algorithm))
            pyjwt.agrees_on_bad(lambda jwt: jwt.PyJWK(jwk(private.public_key(), alg=algorithm)))
    for name in ("P-192", "P-224", "p-256", "P256", "secp256r1", "Ed25519", ""):
        bad = jwk(private_key("P-256").public_key(), crv=name)
        native.raises("key_type_unknown", Key.from_jwk, bad, algorithm="ES256")
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
    small = ec.derive_private_key(99, ec.SECP192R1())
    native.raises("key_type_unknown", Key.from_cryptography, small, algorithm="ES256")
    pyjwt.refuses_call(lambda jwt: jwt.encode({}, small, "ES256"))


@pytest.mark.parametrize("curve", list(CURVES))
def test_k07_refuses_points_that_are_none(native: Native, pyjwt: PyJWTFace, curve: str) -> None:
    member, size, algorithm = jwk(private_key(curve).public_key()), SIZES[curve], ALGORITHMS[curve]
    numbers = private_key(curve).public_key().public_numbers()
    rejected = [
        {"y": number(numbers.y ^ 1, size)},
        {"x": number(0, size), "y": number(0, size)},
        {"x": member["y"], "y": member["x"]},
        {"x": number(1, size), "y": number(1, size)},
    ]
    if numbers.x + PRIMES[curve] < 1 << (8 * size):
        rejected.append({"x": number(numbers.x + PRIMES[curve], size)})
    for members in rejected:
        native.raises("key_rejected", Key.from_jwk, {**member, **members}, algorithm=algorithm)
        pyjwt.agrees_on_bad(lambda jwt, m=members: jwt.PyJWK({**member, **m}))
    for name in ("x", "y"):
        value = base64.urlsafe_b64decode(member[name] + "==")
        for spoilt in (b"", value[1:], value[:-1], b"\0" + value, value + b"\0"):
            bad = {**member, name: segment(spoilt)}
            native.raises("key_member", Key.from_jwk, bad, algorithm=algorithm)
            pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
        missing = {key: value for key, value in member.items() if key != name}
        native.raises("key_member_missing", Key.from_jwk, missing, algorithm=algorithm)
        pyjwt.refuses_call(lambda jwt, m=missing: jwt.PyJWK(m))
    infinity = bytes.fromhex("3019301306072a8648ce3d020106082a8648ce3d03010703020000")
    native.raises("key_format", Key.from_der, infinity, algorithm="ES256")
    pyjwt.refuses(good("ES256"), armoured(infinity), ["ES256"])


def test_k08_keeps_secp256k1_and_p256_apart(native: Native, pyjwt: PyJWTFace) -> None:
    for curve, other in (("P-256", "ES256K"), ("secp256k1", "ES256")):
        key = private_key(curve)
        native.raises("key_algorithm_mismatch", Key.from_cryptography, key, algorithm=other)
        pyjwt.refuses(good(other), key.public_key(), [other])
        renamed = jwk(key.public_key(), crv="secp256k1" if curve == "P-256" else "P-256")
        native.raises("key_rejected", Key.from_jwk, renamed, algorithm=other)
        pyjwt.refuses_call(lambda jwt, r=renamed: jwt.PyJWK(r))
    for name in ("P-256K", "K-256", "secp256k", "SECP256K1"):
        bad = jwk(private_key("secp256k1").public_key(), crv=name)
        native.raises("key_type_unknown", Key.from_jwk, bad, algorithm="ES256K")
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))


def test_k09_refuses_octet_key_pairs_that_are_none(native: Native, pyjwt: PyJWTFace) -> None:
    key = private_key("Ed25519")
    for size in (0, 1, 31, 33, 57, 64):
        bad = jwk(key.public_key(), x=segment(bytes(size)))
        native.raises("key_member", Key.from_jwk, bad, algorithm="EdDSA")
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
        bad = jwk(key, d=segment(bytes(size)))
        native.raises("key_member", Key.from_jwk, bad, algorithm="EdDSA")
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
    for curve in ("X25519", "X448", "Ed448", "ed25519", "ED25519", "P-256", ""):
        bad = jwk(key.public_key(), crv=curve)
        code = "key_ed448_off" if curve == "Ed448" else "key_type_unknown"
        native.raises(code, Key.from_jwk, bad, algorithm="EdDSA")
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    exchange = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    native.raises("key_type_unknown", Key.from_cryptography, exchange, algorithm="EdDSA")
    pyjwt.refuses_call(lambda jwt: jwt.encode({}, exchange, "EdDSA"))
    pyjwt.refuses(good("EdDSA"), exchange.public_key(), ["EdDSA"])


def test_k10_refuses_halves_of_two_keys(native: Native, pyjwt: PyJWTFace) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other_ec = ec.derive_private_key(77, ec.SECP256R1())
    other_okp = Ed25519PrivateKey.from_private_bytes(bytes(32))
    halves = jwk(private_key("P-256"), d=jwk(other_ec)["d"])
    native.raises("key_halves_mismatch", Key.from_jwk, halves, algorithm="ES256")
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(halves))
    octets = jwk(private_key("Ed25519"), d=jwk(other_okp)["d"])
    native.raises("key_halves_mismatch", Key.from_jwk, octets, algorithm="EdDSA")
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(octets))
    stranger = {**jwk(RSA), "n": jwk(private_key("RSA other").public_key())["n"]}
    native.raises("key_rejected", Key.from_jwk, stranger, algorithm="RS256")
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(stranger))


def test_k16_refuses_rsa_numbers_that_do_not_belong_together(
    native: Native, pyjwt: PyJWTFace
) -> None:
    private = jwk(RSA)
    for name in ("d", "p", "q", "dp", "dq", "qi"):
        value = int.from_bytes(base64.urlsafe_b64decode(private[name] + "=="), "big")
        for spoilt in (number(value ^ 4), "AQ"):
            bad = {**private, name: spoilt}
            native.raises("key_rejected", Key.from_jwk, bad, algorithm="RS256")
            pyjwt.agrees_on_bad(
                lambda jwt, b=bad: jwt.decode(
                    jwt.encode({"a": 1}, jwt.PyJWK(b)), RSA.public_key(), ["RS256"]
                )
            )
        without = {key: value for key, value in private.items() if key != name}
        native.raises("key_member_missing", Key.from_jwk, without, algorithm="RS256")
        pyjwt.agrees_on_bad(lambda jwt, w=without: jwt.PyJWK(w))
    for oth in ([{"r": "Aw", "d": "AQ", "t": "Ag"}], [], None, ""):
        native.raises("key_member", Key.from_jwk, {**private, "oth": oth}, algorithm="RS256")
        pyjwt.agrees_on_bad(lambda jwt, o=oth: jwt.PyJWK({**private, "oth": o}))
    bare = {name: private[name] for name in ("kty", "n", "e", "d")}
    native.raises("key_member_missing", Key.from_jwk, bare, algorithm="RS256")
    pyjwt.lets_call_through(lambda jwt: jwt.encode({}, jwt.PyJWK(bare)))


def test_k17_refuses_der_and_pem_that_are_damaged(native: Native, pyjwt: PyJWTFace) -> None:
    public = private_key("P-256").public_key()
    document, text = der(public), pem(public)
    for bad in (document + b"\0", document + b"\n", document * 2, b"\0" + document, document[:-1],
                document[:20], b"\x30\x80" + document[2:] + b"\0\0",
                b"\x30\x81" + document[1:]):  # fmt: skip
        native.raises("key_format", Key.from_der, bad, algorithm="ES256")
        with pytest.raises(JotemError):
            Key.from_pem(armoured(bad), algorithm="ES256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.decode(good("ES256"), armoured(b), ["ES256"]))
    lines = text.splitlines(keepends=True)
    for bad, code in [
        (text * 2, "key_pem_several"),
        (text.replace("PUBLIC KEY", "PRIVATE KEY"), "key_format"),
        (text.replace("PUBLIC KEY", "public key"), "key_format"),
        (text.replace("PUBLIC KEY", "CERTIFICATE"), "key_certificate"),
        (lines[0] + lines[-1], "key_format"),
        ("".join(lines[:-1]), "key_format"),
        ("".join(lines[1:]), "key_format"),
        (text.replace(lines[1], lines[1][1:]), "key_format"),
        (text.replace(lines[1], "*" + lines[1][1:]), "key_format"),
        ("", "key_format"),
    ]:
        native.raises(code, Key.from_pem, bad, algorithm="ES256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.decode(good("ES256"), b, ["ES256"]))


def test_k17_refuses_an_encrypted_key_and_odd_members(native: Native, pyjwt: PyJWTFace) -> None:
    encrypted = private_key("P-256").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )
    native.raises("key_encrypted", Key.from_pem, encrypted, algorithm="ES256")
    pyjwt.refuses_call(lambda jwt: jwt.encode({}, encrypted, "ES256"))
    member = jwk(private_key("P-256").public_key())
    for spoil in (lambda t: f"{t}=", lambda t: f" {t}", lambda t: f"{t}\n", lambda t: f"+{t[1:]}",
                  lambda t: f"\u00e9{t[2:]}"):  # fmt: skip
        bad = {**member, "x": spoil(member["x"])}
        native.raises("key_member", Key.from_jwk, bad, algorithm="ES256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.PyJWK(b))
        bad = {**OCT, "k": spoil(OCT["k"])}
        native.raises("key_member", Key.from_jwk, bad, algorithm="HS256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.PyJWK(b))
    padded = segment(b"\0" + base64.urlsafe_b64decode(jwk(RSA.public_key())["n"] + "=="))
    native.raises(
        "key_member", Key.from_jwk, {**jwk(RSA.public_key()), "n": padded}, algorithm="RS256"
    )
    pyjwt.lets_call_through(lambda jwt: jwt.PyJWK({**jwk(RSA.public_key()), "n": padded}))
    sound = json.dumps(member)
    for bad in (sound * 2, f"{sound},", f"\ufeff{sound}", f"[{sound}]", sound.replace('"', "'"),
                sound.replace("{", '{"kty":"EC",', 1), sound[:-1], "null", ""):  # fmt: skip
        native.raises("key_json", Key.from_jwk, bad, algorithm="ES256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.PyJWK.from_json(b))


def test_k19_computes_the_published_thumbprints(native: Native) -> None:
    cases = json.loads((VECTORS / "rfc-examples" / "rfc_examples.json").read_text())["cases"]
    seen = 0
    for case in cases:
        prints = case.get("thumbprints", [])
        for member, thumbprint in zip(case.get("jwks", {}).get("keys", []), prints):
            if member.get("use") == "enc":
                member = {name: value for name, value in member.items() if name != "use"}
            algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[member["kty"]]
            key = Key.from_jwk({**member, "alg": algorithm})
            native.asked += 1
            assert key.thumbprint() == thumbprint
            reordered = dict(reversed(list(member.items())), kid="another", x5t="AA", alg=algorithm)
            assert Key.from_jwk(reordered).thumbprint() == thumbprint
            seen += 1
    assert seen >= 2
