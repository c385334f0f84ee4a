"""K01, K02, K04, K11 to K15: secrets, what a key is for, and which half of it one has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from attacks.faces import Native, PyJWTFace
from attacks.jwks import OCT, jwk
from attacks.tokens import SECRET, good, maced, segment, token
from differential.keys import private_key
from jotem import Issuer, Key, KeySet, Verifier
from jotem.errors import JotemError

FAMILIES = {"RSA": "RS256", "P-256": "ES256", "Ed25519": "EdDSA"}


def public_pem(family: str) -> bytes:
    key = private_key(family).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(family: str) -> bytes:
    return private_key(family).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_k01_refuses_an_empty_secret_in_every_form(native: Native, pyjwt: PyJWTFace) -> None:
    empty = {"kty": "oct", "k": ""}
    for algorithm in ("HS256", "HS384", "HS512"):
        for nothing in ("", b""):
            native.raises("key_secret_empty", Key.from_secret, nothing, algorithm=algorithm)
            native.raises("key_secret_empty", Key.from_base64_secret, nothing, algorithm=algorithm)
        native.raises("key_secret_empty", Key.from_jwk, empty, algorithm=algorithm)
        native.rejects_type(Key.from_secret, None, algorithm=algorithm)
        forged = maced(b"", algorithm)
        for key in ("", b"", None):
            pyjwt.refuses(forged, key, [algorithm])
            pyjwt.refuses_call(lambda jwt, k=key, a=algorithm: jwt.encode({}, k, a))
        pyjwt.refuses(forged, lambda jwt: jwt.PyJWK(empty), None)
    for document in ({"kty": "oct"}, {"kty": "oct", "k": None}, {"kty": "oct", "k": 1}):
        with pytest.raises(JotemError):
            Key.from_jwk(document, algorithm="HS256")
        pyjwt.refuses_call(lambda jwt, d=document: jwt.PyJWK(d))
    only = KeySet.from_dict({"keys": [empty]})
    native.raises("misuse_keys_unusable", Verifier, only, algorithms="HS256")


def test_k02_refuses_a_secret_shorter_than_the_hash(native: Native, pyjwt: PyJWTFace) -> None:
    enforce = {"enforce_minimum_key_length": True}
    for algorithm, size in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
        native.accepts(
            maced(SECRET[:size], algorithm),
            native.verifier(Key.from_secret(SECRET[:size], algorithm=algorithm)),
        )
        pyjwt.accepts(maced(SECRET[:size], algorithm), SECRET[:size], [algorithm])
        for short in (SECRET[: size - 1], SECRET[:1], b"secret"):
            code = "key_secret_too_short"
            native.raises(code, Key.from_secret, short, algorithm=algorithm)
            native.raises(code, Key.from_base64_secret, segment(short), algorithm=algorithm)
            member = {"kty": "oct", "k": segment(short)}
            native.raises(code, Key.from_jwk, member, algorithm=algorithm)
            # PyJWT warns, in the same words and as often, and refuses where it is told to.
            pyjwt.lets_through(maced(short, algorithm), short, [algorithm])
            pyjwt.refuses_call(
                lambda jwt, s=short, a=algorithm: jwt.PyJWT(enforce).decode(maced(s, a), s, [a])
            )
            pyjwt.refuses(maced(short, algorithm), short, [algorithm], options=enforce)


def test_k04_opens_no_file_and_no_url(native: Native, pyjwt: PyJWTFace, tmp_path: Any) -> None:
    file = tmp_path / "a secret of thirty-two bytes or more"
    file.write_bytes(SECRET)
    for place in (str(file), f"file://{file}", "https://attacker.example/a-secret-of-32-bytes"):
        native.refuses(token(), "jws_signature_mismatch",
                       native.verifier(Key.from_secret(place, algorithm="HS256")))  # fmt: skip
        native.accepts(
            maced(place.encode()), native.verifier(Key.from_secret(place, algorithm="HS256"))
        )
        pyjwt.refuses(token(), place)
        pyjwt.accepts(maced(place.encode()), place)
        native.raises("key_format", Key.from_pem, place, algorithm="RS256")
        native.raises("key_json", Key.from_jwk, place, algorithm="RS256")
        pyjwt.refuses(good("RS256"), place, ["RS256"])
    native.rejects_type(Key.from_secret, file, algorithm="HS256")
    pyjwt.refuses(token(), file)


@pytest.mark.parametrize(("family", "algorithm"), list(FAMILIES.items()))
def test_k11_refuses_to_sign_with_a_public_key(
    native: Native, pyjwt: PyJWTFace, family: str, algorithm: str
) -> None:
    public = private_key(family).public_key()
    for key in (
        Key.from_pem(public_pem(family), algorithm=algorithm),
        Key.from_cryptography(public, algorithm=algorithm),
        Key.from_jwk(jwk(public), algorithm=algorithm),
        Key.from_cryptography(private_key(family), algorithm=algorithm).public(),
    ):
        assert not key.is_private
        native.raises("key_public", Issuer, key, lifetime=60)
        native.raises("key_public", key.to_pem, private=True)
        native.raises("key_public", key.to_jwk, private=True)
    for key in (public, public_pem(family), public_pem(family).decode()):
        pyjwt.refuses_call(lambda jwt, k=key: jwt.encode({}, k, algorithm))
    pyjwt.refuses_call(lambda jwt: jwt.encode({}, jwt.PyJWK(jwk(public)), algorithm))
    for hmac in ("HS256", "HS512"):
        pyjwt.refuses_call(lambda jwt, h=hmac: jwt.encode({}, public_pem(family), h))
        native.raises("key_secret_is_key", Key.from_secret, public_pem(family), algorithm=hmac)


@pytest.mark.parametrize(("family", "algorithm"), list(FAMILIES.items()))
def test_k12_never_publishes_a_private_member(
    native: Native, pyjwt: PyJWTFace, family: str, algorithm: str
) -> None:
    private = private_key(family)
    key = Key.from_cryptography(private, algorithm=algorithm)
    secret = {
        name: value for name, value in jwk(private).items() if name not in jwk(private.public_key())
    }
    published = f"{key.to_jwk()} {key.to_pem()} {KeySet([key]).to_json()} {key!r} {KeySet([key])!r}"
    published += (
        f" {KeySet.from_dict({'keys': [jwk(private)]}).to_json()} {KeySet([key]).to_dict()}"
    )
    for name, value in secret.items():
        assert f'"{name}"' not in published and f"'{name}'" not in published
        assert value not in published
    native.accepts(good(algorithm), native.verifier(key.public()))
    # Published by PyJWT as well where a program hands it the private key.
    pyjwt.lets_call_through(lambda jwt: sorted(
        jwt.PyJWK(jwk(private)).Algorithm.to_jwk(private, as_dict=True)))  # fmt: skip
    pyjwt.accepts_call(lambda jwt: sorted(
        jwt.PyJWK(jwk(private)).Algorithm.to_jwk(private.public_key(), as_dict=True)))  # fmt: skip


def test_k12_a_set_does_not_mix_secrets_and_public_keys(native: Native, pyjwt: PyJWTFace) -> None:
    mixed = {"keys": [{**OCT, "alg": "HS256", "kid": "s"}, jwk(private_key("P-256").public_key())]}
    keys = KeySet.from_dict(mixed)
    native.raises("misuse_keys_mixed", Verifier, keys)
    # Narrowed, the set has no secret any more.
    narrowed = native.verifier(keys, algorithms="ES256")
    native.accepts(good("ES256"), narrowed)
    native.refuses(token('{"alg":"HS256","kid":"s"}'), "jws_alg_not_allowed", narrowed)
    assert segment(SECRET) not in keys.to_json()
    for call in (Key.public, Key.to_jwk, Key.to_pem, Key.to_der):
        native.raises("key_no_public_part", call, Key.from_secret(SECRET, algorithm="HS256"))
    pyjwt.lets_call_through(lambda jwt: jwt.PyJWKSet.from_dict(mixed))


PURPOSES = [{"use": "enc"}, {"use": "SIG"}, {"use": ""}, {"use": "tls"}, {"key_ops": []},
            {"key_ops": ["encrypt"]}, {"key_ops": ["VERIFY"]}, {"key_ops": ["sign"]},
            {"use": "enc", "key_ops": ["encrypt"]}]  # fmt: skip


@pytest.mark.parametrize("purpose", PURPOSES, ids=json.dumps)
def test_k13_refuses_a_key_that_is_meant_for_something_else(
    native: Native, pyjwt: PyJWTFace, purpose: dict[str, Any]
) -> None:
    for family, algorithm in FAMILIES.items():
        member = jwk(private_key(family).public_key(), **purpose)
        native.raises("key_use", Key.from_jwk, member, algorithm=algorithm)
        only = KeySet.from_dict({"keys": [member]})
        native.raises("misuse_keys_unusable", Verifier, only, algorithms=algorithm)
        pyjwt.lets_call_through(
            lambda jwt, m=member, a=algorithm: jwt.decode(good(a), jwt.PyJWK(m))
        )
        sound = jwk(private_key(family).public_key(), use="sig", key_ops=["verify"])
        key = Key.from_jwk(sound, algorithm=algorithm)
        native.accepts(good(algorithm), native.verifier(key))


CONTRADICTIONS = [{"use": "sig", "key_ops": ["encrypt"]}, {"use": "enc", "key_ops": ["verify"]},
                  {"key_ops": ["sign", "verify", "sign"]}, {"key_ops": "sign, verify"},
                  {"key_ops": ["sign", 1]}, {"key_ops": None}, {"key_ops": {"verify": True}},
                  {"use": ["sig"]}, {"use": None}, {"use": True}]  # fmt: skip


@pytest.mark.parametrize("purpose", CONTRADICTIONS, ids=json.dumps)
def test_k14_refuses_contradictory_and_malformed_uses(
    native: Native, pyjwt: PyJWTFace, purpose: dict[str, Any]
) -> None:
    for family, algorithm in FAMILIES.items():
        member = jwk(private_key(family).public_key(), **purpose)
        native.raises("key_member", Key.from_jwk, member, algorithm=algorithm)
        pyjwt.lets_call_through(lambda jwt, m=member: jwt.PyJWK(m))
    native.raises("key_member", Key.from_jwk, {**OCT, **purpose}, algorithm="HS256")


def test_k15_refuses_a_key_type_that_does_not_fit(native: Native, pyjwt: PyJWTFace) -> None:
    for family, algorithm in FAMILIES.items():
        member = jwk(private_key(family).public_key())
        for kty in ("", "rsa", "ec", "okp", "LMS", "EC2", "oct\0", " EC"):
            bad = {**member, "kty": kty}
            native.raises("key_type_unknown", Key.from_jwk, bad, algorithm=algorithm)
            pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
        for value in (None, 1, [member["kty"]], {"kty": 1}):
            bad = {**member, "kty": value}
            native.raises("key_member", Key.from_jwk, bad, algorithm=algorithm)
            pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
        bad = {name: value for name, value in member.items() if name != "kty"}
        native.raises("key_member_missing", Key.from_jwk, bad, algorithm=algorithm)
        pyjwt.refuses_call(lambda jwt, b=bad: jwt.PyJWK(b))
        for kty in {"RSA", "EC", "OKP", "oct"} - {member["kty"]}:
            with pytest.raises(JotemError):
                Key.from_jwk({**member, "kty": kty}, algorithm=algorithm)
            pyjwt.refuses_call(lambda jwt, k=kty, m=member: jwt.PyJWK({**m, "kty": k}))
    for alg in ("A256GCM", "A256KW", "dir", "hs256", "none", "RSA-OAEP"):
        bad = {**OCT, "alg": alg}
        native.raises("key_algorithm_mismatch", Key.from_jwk, bad, algorithm="HS256")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.PyJWK(b))
    crossed = jwk(private_key("RSA").public_key(), crv="P-256")
    native.raises("key_member", Key.from_jwk, crossed, algorithm="RS256")
    pyjwt.lets_call_through(lambda jwt: jwt.PyJWK(crossed))
