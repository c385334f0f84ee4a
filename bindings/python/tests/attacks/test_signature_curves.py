"""S01 to S09, S16, S23: signatures of elliptic curves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from attacks.catalogue import VECTORS
from attacks.faces import NOW, Native, PyJWTFace
from attacks.jwks import jwk
from attacks.tokens import CLAIMS, good, segment, sign, token
from differential.keys import private_key
from jotem import Issuer, Key, Verifier, jwt
from jotem.errors import KeyRefused, TokenRefused

CURVES = {
    "ES256": ("P-256", 32, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "ES384": ("P-384", 48, (1 << 384) - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D),
    "ES512": ("P-521", 66, (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7),
    "ES256K": ("secp256k1", 32, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
}  # fmt: skip
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def verifiers(native: Native, algorithm: str) -> tuple[Verifier, Any]:
    """What verifies on either side."""
    family = "Ed25519" if algorithm == "EdDSA" else CURVES[algorithm][0]
    public = private_key(family).public_key()
    return native.verifier(Key.from_cryptography(public, algorithm=algorithm)), public


def split(algorithm: str) -> tuple[str, int, int]:
    """A signed text, and the two numbers of its signature."""
    size = CURVES[algorithm][1]
    text = good(algorithm).rpartition(".")[0]
    signature = sign(algorithm, text.encode())
    return text, int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")


def joined(text: str, r: int, s: int, size: int) -> str:
    return f"{text}.{segment(r.to_bytes(size, 'big') + s.to_bytes(size, 'big'))}"


def refused(native: Native, pyjwt: PyJWTFace, bad: str, algorithm: str, code: str) -> None:
    verifier, public = verifiers(native, algorithm)
    native.refuses(bad, code, verifier)
    pyjwt.refuses(bad, public, [algorithm])


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s01_refuses_signatures_of_zeros_and_trivial_numbers(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    _, size, order = CURVES[algorithm]
    text, r, s = split(algorithm)
    trivial = (0, 1, order - 1, order)
    pairs = [(a, b) for a in trivial for b in trivial] + [(r, 0), (0, s), (r, order), (order, s)]
    for a, b in pairs:
        refused(native, pyjwt, joined(text, a, b, size), algorithm, "jws_signature_mismatch")


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s02_refuses_numbers_that_are_not_below_the_order(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    _, size, order = CURVES[algorithm]
    text, r, s = split(algorithm)
    verifier, public = verifiers(native, algorithm)
    native.accepts(joined(text, r, s, size), verifier)
    pyjwt.accepts(joined(text, r, s, size), public, [algorithm])
    top = (1 << (8 * size)) - 1
    for a, b in ((r + order, s), (r, s + order), (r + order, s + order), (top, s), (r, top)):
        if max(a, b) <= top:
            bad = joined(text, a, b, size)
            refused(native, pyjwt, bad, algorithm, "jws_signature_mismatch")
    # The same numbers at their own width, where they do not fit.
    wide = f"{text}.{segment((r + order).to_bytes(size + 1, 'big') + s.to_bytes(size, 'big'))}"
    refused(native, pyjwt, wide, algorithm, "jws_signature_length")


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s03_refuses_signatures_of_every_other_length(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    size = CURVES[algorithm][1]
    text, r, s = split(algorithm)
    halves = [number.to_bytes(size, "big") for number in (r, s)]
    whole = b"".join(halves)
    others = [bytes(length) for length in range(1, 140, 7) if length != 2 * size]
    others += [b"\0" + whole, whole + b"\0", b"\0".join(halves), b"\0" + b"\0".join(halves),
               whole[1:], whole[:-1], whole * 2, halves[0]]  # fmt: skip
    for other in others:
        bad = f"{text}.{segment(other)}"
        refused(native, pyjwt, bad, algorithm, "jws_signature_length")
    refused(native, pyjwt, f"{text}.", algorithm, "jws_signature_missing")


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s04_refuses_der_and_takes_what_looks_like_it(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    size = CURVES[algorithm][1]
    verifier, public = verifiers(native, algorithm)
    text, r, s = split(algorithm)
    refused(
        native,
        pyjwt,
        f"{text}.{segment(encode_dss_signature(r, s))}",
        algorithm,
        "jws_signature_is_der",
    )
    if size == 66:
        return
    for number in range(5000):
        claims = f'{{"exp":4102444800,"n":{number}}}'
        text = token(f'{{"alg":"{algorithm}"}}', claims, algorithm).rpartition(".")[0]
        signature = sign(algorithm, text.encode())
        if signature[0] == 0x30:
            break
    assert signature[0] == 0x30
    native.accepts(f"{text}.{segment(signature)}", verifier)
    pyjwt.accepts(f"{text}.{segment(signature)}", public, [algorithm])


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s05_takes_the_other_s_of_the_same_signature(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    _, size, order = CURVES[algorithm]
    verifier, public = verifiers(native, algorithm)
    text, r, s = split(algorithm)
    other = joined(text, r, order - s, size)
    # RFC 7518 allows both: the text of a token is no identity.
    native.accepts(other, verifier)
    pyjwt.accepts(other, public, [algorithm])
    refused(native, pyjwt, joined(text, order - r, s, size), algorithm, "jws_signature_mismatch")


def test_s06_writes_and_reads_short_numbers_at_full_length(
    native: Native, pyjwt: PyJWTFace
) -> None:
    verifier, public = verifiers(native, "ES512")
    private = private_key("P-521")
    text = good("ES512").rpartition(".")[0]
    # One signature in 256 has a number that is two bytes short.
    for _ in range(5000):
        signature = sign("ES512", text.encode())
        if b"\0\0" in (signature[:2], signature[66:68]):
            break
    assert b"\0\0" in (signature[:2], signature[66:68])
    native.accepts(f"{text}.{segment(signature)}", verifier)
    pyjwt.accepts(f"{text}.{segment(signature)}", public, ["ES512"])
    issuer = Issuer(
        Key.from_cryptography(private, algorithm="ES512"), lifetime=60, clock=lambda: NOW
    )
    for _ in range(20):
        for made in (issuer.issue(), jwt.encode({}, private, "ES512")):
            assert len(made.rpartition(".")[2]) == 176


def test_s07_refuses_ed25519_signatures_in_other_forms(native: Native, pyjwt: PyJWTFace) -> None:
    verifier, _ = verifiers(native, "EdDSA")
    head, _, _ = good("EdDSA").rpartition(".")
    signature = sign("EdDSA", head.encode())
    point, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    native.accepts(good("EdDSA"), verifier)
    others = [scalar + k * ED25519_ORDER for k in range(1, 16)]
    others += [0, ED25519_ORDER, (1 << 256) - 1, scalar | 1 << 255, scalar | 1 << 252]
    for other in others:
        if other < 1 << 256 and other != scalar:
            bad = f"{head}.{segment(point + other.to_bytes(32, 'little'))}"
            refused(native, pyjwt, bad, "EdDSA", "jws_signature_mismatch")
    for length in (1, 32, 63, 65, 96, 114, 128):
        bad = f"{head}.{segment((signature * 2)[:length])}"
        refused(native, pyjwt, bad, "EdDSA", "jws_signature_length")
    swapped = f"{head}.{segment(signature[32:] + signature[:32])}"
    refused(native, pyjwt, swapped, "EdDSA", "jws_signature_mismatch")


# The points of order 1, 2, 4 and 8, in every encoding (RFC 8032 section 5.1.3).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
BASE = bytes.fromhex("58" + "66" * 31)


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_s08_refuses_keys_and_points_of_small_order(
    native: Native, pyjwt: PyJWTFace, point: str
) -> None:
    octets = bytes.fromhex(point)
    member = {"kty": "OKP", "crv": "Ed25519", "x": segment(octets)}
    native.raises("key_rejected", Key.from_jwk, member, algorithm="EdDSA")
    head = good("EdDSA").rpartition(".")[0]
    # Under the identity R = B, S = 1 is a signature of everything; under the others of much.
    for first in (BASE, octets, bytes.fromhex(SMALL_ORDER[0])):
        for scalar in (0, 1):
            bad = f"{head}.{segment(first + scalar.to_bytes(32, 'little'))}"
            pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.decode(b, jwt.PyJWK(member)))
            pyjwt.refuses(bad, private_key("Ed25519").public_key(), ["EdDSA"])
            verifier, _ = verifiers(native, "EdDSA")
            native.refuses(bad, "jws_signature_mismatch", verifier)


def test_s09_ed448_signatures_in_other_forms(native: Native, pyjwt: PyJWTFace) -> None:
    key = private_key("Ed448")
    for algorithm in ("Ed448", "EdDSA"):
        native.raises("key_ed448_off", Key.from_jwk, jwk(key.public_key()), algorithm=algorithm)
        native.raises("key_ed448_off", Key.from_cryptography, key, algorithm=algorithm)
    head = good("EdDSA").rpartition(".")[0]
    signature = key.sign(head.encode())
    pyjwt.accepts(f"{head}.{segment(signature)}", key.public_key(), ["EdDSA"])
    order = 2**446 - 13818066809895115352007386748515426880336692474882178609894547503885
    scalar = int.from_bytes(signature[57:], "little")
    for other in (0, order, scalar + order, scalar + 2 * order, (1 << 456) - 1):
        bad = f"{head}.{segment(signature[:57] + other.to_bytes(57, 'little'))}"
        pyjwt.refuses(bad, key.public_key(), ["EdDSA"])
    for length in (1, 64, 113, 115, 228):
        bad = f"{head}.{segment((signature * 2)[:length])}"
        pyjwt.refuses(bad, key.public_key(), ["EdDSA"])
    pyjwt.refuses(good("EdDSA"), key.public_key(), ["EdDSA"])


@pytest.mark.parametrize("algorithm", list(CURVES))
def test_s16_never_repeats_a_nonce(native: Native, pyjwt: PyJWTFace, algorithm: str) -> None:
    private = private_key(CURVES[algorithm][0])
    issuer = Issuer(Key.from_cryptography(private, algorithm=algorithm), lifetime=60,
                    clock=lambda: NOW)  # fmt: skip
    seen = set()
    for _ in range(50):
        for made in (issuer.issue(), jwt.encode({"a": 1}, private, algorithm)):
            signature = made.rpartition(".")[2]
            seen.add(signature[: len(signature) // 2])
    assert len(seen) == 100
    native.accepts(issuer.issue(), verifiers(native, algorithm)[0])
    pyjwt.accepts(jwt.encode({"a": 1}, private, algorithm), private.public_key(), [algorithm])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_s16_a_child_process_does_not_repeat_its_parents_nonce(
    native: Native, pyjwt: PyJWTFace
) -> None:
    private = private_key("P-256")
    before = jwt.encode({}, private, "ES256")
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(into, "\n".join(jwt.encode({}, private, "ES256") for _ in range(4)).encode())
        os._exit(0)
    os.close(into)
    mine = {before, *(jwt.encode({}, private, "ES256") for _ in range(4))}
    with os.fdopen(out) as reader:
        theirs = set(reader.read().split())
    assert os.waitpid(child, 0)[1] == 0
    starts = {made.rpartition(".")[2][:43] for made in mine | theirs}
    assert len(theirs) == 4 and len(starts) == 9
    for made in theirs:
        pyjwt.accepts(made, private.public_key(), ["ES256"])
        native.accepts(made, native.verifier(
            Key.from_cryptography(private.public_key(), algorithm="ES256"), expiry_optional=True))  # fmt: skip


def vectors() -> Iterator[tuple[dict[str, Any], dict[str, Any], bool]]:
    """Each case of Wycheproof's JWS file, with its key and whether it holds; corrected."""
    folder = VECTORS / "wycheproof"
    corrected = {
        row["tcId"]: row["right"]
        for row in json.loads((folder / "exceptions.json").read_text(encoding="utf-8"))
        if row["file"] == "json_web_signature_test.json"
    }
    file = json.loads((folder / "json_web_signature_test.json").read_text(encoding="utf-8"))
    for group in file["testGroups"]:
        for case in group["tests"]:
            right = corrected.get(case["tcId"], case["result"])
            yield case, group.get("public", group["private"]), right == "valid"


def signature_holds(native: Native, member: dict[str, Any], token: str) -> bool:
    """What the native interface says about key and signature, whatever the payload is."""
    native.asked += 1
    try:
        native.verifier(Key.from_jwk(member)).verify(token)
    except KeyRefused:
        return False
    except TokenRefused as refused:
        # Most payloads are no claims, which is found out after the signature.
        return refused.code.startswith(("json_", "jwt_"))
    return True


def test_s23_computes_the_vectors_of_wycheproof_exactly(native: Native, pyjwt: PyJWTFace) -> None:
    holding, refused_ones = 0, 0
    for case, member, holds in vectors():
        jws = case["jws"] if isinstance(case["jws"], str) else json.dumps(case["jws"])
        # The native interface reads claims: a payload of nothing is none.
        if "alg" in member and ".." not in jws:
            assert signature_holds(native, member, jws) == holds, case
        control = pyjwt.same(lambda jwt, m=member, t=jws: jwt.PyJWS().decode(t, jwt.PyJWK(m)))
        # That PyJWT ignores what a key is for is K13; 347 and 351 are the name ES521.
        if control.is_value and not holds:
            assert case["tcId"] in {*range(353, 357), 347, 351}, case
        holding, refused_ones = holding + holds, refused_ones + (not holds)
    assert (holding, refused_ones) == (42, 359)
