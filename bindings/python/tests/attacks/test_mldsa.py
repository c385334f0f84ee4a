"""K18, S17 to S19: ML-DSA (RFC 9964). PyJWT has none of it, and so has `jotem.jwt` none."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa

from attacks.catalogue import VECTORS
from attacks.faces import NOW, Native
from attacks.tokens import segment
from jotem import Issuer, Key, KeySet, Verifier

ALL = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]
PUBLIC = {"ML-DSA-44": 1312, "ML-DSA-65": 1952, "ML-DSA-87": 2592}
EXPANDED = {"ML-DSA-44": 2560, "ML-DSA-65": 4032, "ML-DSA-87": 4896}
# FIPS 204 section 4: how many hints there are at most, and in how many polynomials.
HINTS = {"ML-DSA-44": (80, 4), "ML-DSA-65": (55, 6), "ML-DSA-87": (75, 8)}
OF_CRYPTOGRAPHY: dict[str, Any] = {
    "ML-DSA-44": mldsa.MLDSA44PrivateKey,
    "ML-DSA-65": mldsa.MLDSA65PrivateKey,
    "ML-DSA-87": mldsa.MLDSA87PrivateKey,
}


def members(algorithm: str, **changed: Any) -> dict[str, Any]:
    """A private JWK with members replaced, or left out where they are `None`."""
    jwk = {**Key.generate(algorithm).to_jwk(private=True), **changed}
    return {name: value for name, value in jwk.items() if value is not None}


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed(signing_input: str, signature: bytes) -> str:
    return f"{signing_input}.{segment(signature)}"


@pytest.mark.parametrize("algorithm", ALL)
def test_k18_refuses_a_jwk_that_is_not_whole(native: Native, algorithm: str) -> None:
    for missing in ({"alg": None}, {"pub": None}, {"pub": None, "priv": None}):
        native.raises("key_member_missing", Key.from_jwk, members(algorithm, **missing))
    for other in ("ES256", "EdDSA", "HS256"):
        native.raises("key_algorithm_mismatch", Key.from_jwk, members(algorithm, alg=other))
    for unknown in ("ML-DSA", algorithm.lower(), "HashML-DSA-65"):
        native.raises("key_type_unknown", Key.from_jwk, members(algorithm, alg=unknown))
    for kty in ("akp", "ML-DSA"):
        native.raises("key_type_unknown", Key.from_jwk, members(algorithm, kty=kty))
    assert Key.from_jwk(members(algorithm)).algorithm == algorithm
    assert not Key.from_jwk(members(algorithm, priv=None)).is_private


@pytest.mark.parametrize("algorithm", ALL)
def test_k18_refuses_halves_of_another_length_or_key(native: Native, algorithm: str) -> None:
    for size in {0, 32, *PUBLIC.values(), PUBLIC[algorithm] + 1} - {PUBLIC[algorithm]}:
        native.raises("key_member", Key.from_jwk, members(algorithm, pub=segment(bytes(size))))
    for size in (0, 31, 33, 64, EXPANDED[algorithm] - 1, EXPANDED[algorithm] + 1):
        native.raises("key_member", Key.from_jwk, members(algorithm, priv=segment(bytes(size))))
    expanded = members(algorithm, priv=segment(bytes(EXPANDED[algorithm])))
    native.raises("key_expanded", Key.from_jwk, expanded)
    mixed = members(algorithm, pub=members(algorithm)["pub"])
    native.raises("key_halves_mismatch", Key.from_jwk, mixed)


@pytest.mark.parametrize("algorithm", ALL)
def test_k18_refuses_a_document_of_another_algorithm(native: Native, algorithm: str) -> None:
    key = Key.generate(algorithm)
    for other in ("ES256", "EdDSA", "RS256", *ALL):
        if other != algorithm:
            pem, der = key.to_pem(private=True), key.to_der()
            native.raises("key_algorithm_mismatch", Key.from_pem, pem, algorithm=other)
            native.raises("key_algorithm_mismatch", Key.from_der, der, algorithm=other)
    der = key.to_der()
    for bad in (der[:-1], der + b"\0"):
        native.raises("key_format", Key.from_der, bad, algorithm=algorithm)
    other_arc = der.replace(b"\x03\x04\x03", b"\x03\x04\x04", 1)
    native.raises("key_type_unknown", Key.from_der, other_arc, algorithm=algorithm)
    native.raises("key_secret_is_key", Key.from_secret, der, algorithm="HS256")
    assert Key.from_der(der, algorithm=algorithm) == key.public()


def test_k18_a_bad_member_of_a_set_fails_alone(native: Native) -> None:
    good = Key.generate("ML-DSA-65", key_id="good")
    short = {**good.to_jwk(), "kid": "short", "pub": "AAAA"}
    keys = KeySet.from_dict({"keys": [short, good.to_jwk()]})
    token = Issuer(good, lifetime=60, clock=lambda: NOW).issue()
    native.accepts(token, native.verifier(keys))
    alone = KeySet.from_dict({"keys": [short]})
    native.raises("misuse_keys_unusable", Verifier, alone)


def signed(algorithm: str) -> tuple[Verifier, str, bytes]:
    """A verifier, and the signing input and the signature of a token that it accepts."""
    key = Key.generate(algorithm)
    token = Issuer(key, lifetime=60, clock=lambda: NOW).issue(subject="42")
    signing_input, _, signature = token.rpartition(".")
    verifier = Verifier(key.public(), clock=lambda: NOW)
    return verifier, signing_input, decoded(signature)


def unsigned(algorithm: str) -> str:
    """What a token of another library signs."""
    header, claims = json.dumps({"alg": algorithm}), json.dumps({"exp": 4_102_444_800})
    return f"{segment(header.encode())}.{segment(claims.encode())}"


@pytest.mark.parametrize("algorithm", ALL)
def test_s17_refuses_every_second_spelling_of_a_hint(native: Native, algorithm: str) -> None:
    most, polynomials = HINTS[algorithm]
    while True:
        verifier, text, signature = signed(algorithm)
        indices, ends = signature[-most - polynomials : -polynomials], signature[-polynomials:]
        rest = signature[: -most - polynomials]
        if ends[0] >= 2 and ends[-1] < most:
            break
    native.accepts(sealed(text, rest + indices + ends), verifier)
    swapped = bytes([indices[1], indices[0]]) + indices[2:]
    behind = indices[: ends[-1]] + b"\1" + indices[ends[-1] + 1 :]
    twice = indices[:1] + indices[:-1]
    for bad in (
        rest + twice + bytes(end + 1 for end in ends),
        rest + swapped + ends,
        rest + behind + ends,
        rest + indices + ends[:-1] + bytes([most + 1]),
        rest + indices + ends[:-1] + b"\0",
    ):
        assert len(bad) == len(signature)
        native.refuses(sealed(text, bad), "jws_signature_mismatch", verifier)


@pytest.mark.parametrize("algorithm", ALL)
def test_s18_refuses_a_response_at_its_bounds(native: Native, algorithm: str) -> None:
    verifier, text, signature = signed(algorithm)
    native.accepts(sealed(text, signature), verifier)
    challenge = {"ML-DSA-44": 32, "ML-DSA-65": 48, "ML-DSA-87": 64}[algorithm]
    # The response: coefficients of 18 or 20 bits, of which all zeros and all ones are the extremes.
    for extreme in (b"\0" * 9, b"\xff" * 9):
        for place in (challenge, challenge + 576, challenge + 1152):
            bad = signature[:place] + extreme + signature[place + 9 :]
            native.refuses(sealed(text, bad), "jws_signature_mismatch", verifier)
    for same in (b"\0", b"\xff", b"\x7f", b"\x80"):
        bad = same * len(signature)
        native.refuses(sealed(text, bad), "jws_signature_mismatch", verifier)


@pytest.mark.parametrize("algorithm", ALL)
def test_s18_takes_what_another_library_signed_in_many_steps(
    native: Native, algorithm: str
) -> None:
    theirs = OF_CRYPTOGRAPHY[algorithm].generate()
    verifier = native.verifier(Key.from_cryptography(theirs.public_key(), algorithm=algorithm))
    text = unsigned(algorithm)
    for _ in range(20):
        native.accepts(sealed(text, theirs.sign(text.encode())), verifier)


@pytest.mark.parametrize("algorithm", ALL)
def test_s19_refuses_a_signature_with_a_context(native: Native, algorithm: str) -> None:
    theirs = OF_CRYPTOGRAPHY[algorithm].generate()
    verifier = native.verifier(Key.from_cryptography(theirs.public_key(), algorithm=algorithm))
    text = unsigned(algorithm)
    for context in (b"x", b"JWS", b"\0", b"x" * 255):
        bad = sealed(text, theirs.sign(text.encode(), context))
        native.refuses(bad, "jws_signature_mismatch", verifier)
    native.accepts(sealed(text, theirs.sign(text.encode(), b"")), verifier)


def test_s19_refuses_the_variants_of_the_standard(native: Native) -> None:
    example = json.loads((VECTORS / "rfc9964-mldsa-jose" / "ML_DSA_44.jose.json").read_text())
    variants = json.loads((VECTORS / "mldsa-variants" / "ml_dsa_44.json").read_text())
    verifier = native.verifier(Key.from_jwk(example["jwk"]).public())
    text = example["jws"].rpartition(".")[0]
    assert len(variants) == 5
    for variant in variants:
        bad = f"{text}.{variant['signature']}"
        native.refuses(bad, "jws_signature_mismatch", verifier)
    # The example itself has a sound signature, and a payload that is no JSON.
    native.refuses(example["jws"], "json_syntax", verifier)


@pytest.mark.parametrize("algorithm", ALL)
def test_s19_refuses_every_other_length(native: Native, algorithm: str) -> None:
    verifier, text, signature = signed(algorithm)
    lengths = {1, 64, 2420, 3309, 4627, len(signature) - 1, len(signature) + 1} - {len(signature)}
    for length in lengths:
        bad = sealed(text, (signature * 3)[:length])
        native.refuses(bad, "jws_signature_length", verifier)
    native.refuses(f"{text}.", "jws_signature_missing", verifier)
