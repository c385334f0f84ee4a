"""H08 to H13, K20: a public key taken for a secret, and algorithms that are not the key's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Callable

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.jwks import jwk
from outcome import CONTROL, OURS, outcome
from attacks.public_forms import BARE, KEYS, MEASURED, forms, measured
from attacks.tokens import CLAIMS, SECRET, good, maced, segment, sign, token
from differential.keys import private_key
from jotem import Key, KeySet, Verifier, jwt

MIXED = ["HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"]
EVERY_FORM = [(family, name) for family in KEYS for name in forms(family)]


def verifier_of(native: Native, family: str) -> Verifier:
    public = private_key(family).public_key()
    return native.verifier(Key.from_cryptography(public, algorithm=KEYS[family]))


@pytest.mark.parametrize("family", list(KEYS))
def test_h08_refuses_an_hmac_made_with_the_public_key(
    native: Native, pyjwt: PyJWTFace, family: str
) -> None:
    pem = forms(family)["SPKI PEM"]
    verifier, public = verifier_of(native, family), private_key(family).public_key()
    native.accepts(good(KEYS[family]), verifier)
    pyjwt.accepts(good(KEYS[family]), pem, MIXED)
    for hmac in ("HS256", "HS384", "HS512"):
        forged = maced(pem, hmac)
        native.refuses(forged, "jws_alg_not_allowed", verifier)
        for key in (pem, pem.decode(), public):
            for allowed in (
                MIXED,
                [KEYS[family]],
                ["HS256", "HS384", "HS512"],
                [hmac, KEYS[family]],
            ):
                pyjwt.refuses(forged, key, allowed)


def test_h09_the_table_has_the_35_encodings() -> None:
    assert len(MEASURED) == 35
    assert len(EVERY_FORM) > 90


@pytest.mark.parametrize("name", list(MEASURED))
def test_h09_each_measured_encoding_is_refused_in_every_way(name: str) -> None:
    encoded = measured(name)
    lists: list[Callable[[str], Any]] = [
        lambda hmac: MIXED,
        lambda hmac: tuple(MIXED),
        lambda hmac: set(MIXED),
        lambda hmac: iter(MIXED),
        lambda hmac: " ".join(MIXED),
        lambda hmac: [hmac, "RS256"],
        lambda hmac: [hmac, "Ed25519"],
        lambda hmac: [hmac, "PS512", "none"],
    ]
    calls = (jwt.decode, jwt.decode_complete, jwt.PyJWS().decode, jwt.PyJWS().decode_complete,
             jwt.PyJWT().decode, jwt.PyJWT().decode_complete)  # fmt: skip
    assert_nothing_verifies(encoded, ("HS256", "HS384", "HS512"), lists, calls)


@pytest.mark.parametrize(("family", "name"), EVERY_FORM)
def test_h09_every_form_of_every_key_is_refused_under_a_mixed_list(family: str, name: str) -> None:
    calls = (jwt.decode, jwt.PyJWS().decode_complete)
    assert_nothing_verifies(forms(family)[name], ("HS256",), [lambda hmac: MIXED], calls)


def assert_nothing_verifies(
    encoded: bytes, hmacs: Sequence[str], lists: Any, calls: Sequence[Any]
) -> None:
    """Forges a token for each HMAC, and offers it with the key as bytes, as text, and in lists."""
    others = [b"another secret, of enough bytes for each hash", private_key("RSA").public_key()]
    keys: list[Any] = [encoded, [encoded], [*others, encoded], (encoded, others[0])]
    try:
        keys += [encoded.decode(), [encoded.decode()]]
    except UnicodeDecodeError:
        pass
    for hmac, key, allowed, call in itertools.product(hmacs, keys, lists, calls):
        forged = maced(encoded, hmac)
        with pytest.raises((jwt.PyJWTError, TypeError, ValueError)):
            call(forged, key, allowed(hmac))


def test_h09_what_pyjwt_takes_for_a_secret_is_named(native: Native, pyjwt: PyJWTFace) -> None:
    taken = set()
    for name in MEASURED:
        encoded = measured(name)
        forged = maced(encoded)
        control = outcome(lambda jwt: jwt.decode(forged, encoded, MIXED), CONTROL)
        if control.is_value:
            taken.add(name)
            pyjwt.is_stricter(forged, encoded, MIXED)
        else:
            pyjwt.refuses(forged, encoded, MIXED)
        for family in KEYS:
            native.refuses(forged, "jws_alg_not_allowed", verifier_of(native, family))
    assert taken == {
        "SPKI PEM body only (base64)", "SPKI PEM UTF-16", "SPKI DER + trailing byte",
        "cert DER base64 (x5c entry)", "JWK base64url of JSON", "RSA n raw bytes",
        "RSA n base64url", "EC X9.62 uncompressed 65 bytes", "EC compressed 33 bytes",
        "Ed25519 raw 32 bytes", "OpenSSH + leading space", "OpenSSH with options prefix",
        "sk-ssh-ed25519 type",
    }  # fmt: skip


@pytest.mark.parametrize(("family", "name"), EVERY_FORM)
def test_h09_no_marked_form_is_a_native_secret(family: str, name: str) -> None:
    native, encoded = Native(), forms(family)[name]
    stated = {"kty": "oct", "k": segment(encoded), "alg": "HS256"}
    makers: list[Any] = [
        lambda: Key.from_secret(encoded, algorithm="HS256"),
        lambda: Key.from_base64_secret(segment(encoded), algorithm="HS256"),
        lambda: Key.from_jwk(stated),
    ]
    for make in makers:
        if name in BARE:
            # Nothing tells it from a secret; a verifier of the public key refuses all the same.
            key = make()
            native.accepts(maced(encoded), native.verifier(key))
            native.refuses(maced(encoded), "jws_alg_not_allowed", verifier_of(native, family))
        else:
            native.raises("key_secret_is_key", make)


def test_h09_an_ordinary_secret_is_taken(native: Native, pyjwt: PyJWTFace) -> None:
    for secret in (b"correct horse battery staple, and more", bytes(range(32, 96)),
                   b"9d3f5b1c7e2a4d6f8091a2b3c4d5e6f79d3f5b1c7e2a4d6f8091a2b3c4d5e6f7",
                   b"\x30\x22" + b"\x5a" * 40, b"\x04" + b"\x5a" * 64):  # fmt: skip
        native.accepts(maced(secret), native.verifier(Key.from_secret(secret, algorithm="HS256")))
        pyjwt.accepts(maced(secret), secret, ["HS256"])
        pyjwt.is_stricter(maced(secret), secret, MIXED)


def test_h10_a_list_that_mixes_families_takes_no_mac(native: Native, pyjwt: PyJWTFace) -> None:
    names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
             "ES521", "ES256K", "EdDSA"]  # fmt: skip
    for other in names:
        for allowed in (["HS256", other], (other, "HS256"), {"HS256", other}, f"HS256 {other}"):
            pyjwt.is_stricter(token(), SECRET, allowed)
            pyjwt.is_stricter(token(), SECRET.decode(), allowed)
    # What is explicitly a secret is taken, and a public-key token is none of this.
    pyjwt.accepts(token(), lambda jwt: jwt.PyJWK({"kty": "oct", "k": segment(SECRET)}), MIXED)
    for family, algorithm in KEYS.items():
        pyjwt.accepts(good(algorithm), forms(family)["SPKI PEM"], MIXED)
    for allowed in (["HS256"], ["HS256", "HS512", "none"], ["none", "HS256"]):
        pyjwt.accepts(token(), SECRET, allowed)
    for family, algorithm in KEYS.items():
        public = Key.from_cryptography(private_key(family).public_key(), algorithm=algorithm)
        secret = Key.from_secret(SECRET, algorithm="HS256")
        for keys in ([secret, public], [public.with_key_id("a"), secret.with_key_id("b")]):
            native.raises("misuse_keys_mixed", Verifier, keys)
            native.raises("misuse_keys_mixed", Verifier, keys, algorithms=["HS256"])
        native.raises("misuse_keys_mixed", Verifier, public, algorithms=["HS256", algorithm])


def test_h10_a_handler_of_ones_own_is_a_mac_as_well(native: Native, pyjwt: PyJWTFace) -> None:
    def decode(package: ModuleType, allowed: list[str]) -> Any:
        class Mine(package.algorithms.HMACAlgorithm):  # type: ignore[misc, name-defined]
            pass

        api = package.PyJWS()
        api.unregister_algorithm("HS256")
        api.register_algorithm("HS256", Mine(Mine.SHA256))
        return api.decode(token(), SECRET, allowed)

    pyjwt.accepts_call(lambda jwt: decode(jwt, ["HS256"]))
    assert outcome(lambda jwt: decode(jwt, MIXED), CONTROL).is_value
    ours = outcome(lambda jwt: decode(jwt, MIXED), OURS)
    assert ours.kind == "jwt.exceptions.InvalidAlgorithmError"
    pyjwt.is_stricter(token(), SECRET, MIXED)
    native.refuses(token(), "jws_alg_not_allowed", verifier_of(native, "RSA"))


def rsa_token(header: str, signed: str) -> str:
    """A token whose header names one algorithm and whose signature is of another."""
    return token(f'{{"alg":"{header}"}}', CLAIMS, signed)


def rsa_jwk(**more: str) -> dict[str, Any]:
    return jwk(private_key("RSA").public_key(), **more)


def test_h11_wants_header_key_and_allow_list_to_agree(native: Native, pyjwt: PyJWTFace) -> None:
    named = rsa_jwk(alg="RS512")
    keys = KeySet.from_dict({"keys": [named]})
    plain, both = native.verifier(keys), native.verifier(keys, algorithms=["RS256", "RS512"])
    native.accepts(rsa_token("RS512", "RS512"), plain)
    for header, signed in (("RS256", "RS512"), ("RS256", "RS256")):
        native.refuses(rsa_token(header, signed), "jws_alg_not_allowed", plain)
        native.refuses(rsa_token(header, signed), "jws_key_not_found", both)
    native.refuses(rsa_token("RS512", "RS256"), "jws_signature_mismatch", both)
    native.raises("misuse_keys_unusable", Verifier, keys, algorithms=["RS256"])
    for allowed in (None, ["RS512"], ["RS256", "RS512"], MIXED):
        for header, signed in (("RS256", "RS512"), ("RS256", "RS256"), ("RS512", "RS256")):
            pyjwt.refuses(rsa_token(header, signed), lambda jwt: jwt.PyJWK(named), allowed)
    pyjwt.accepts(rsa_token("RS512", "RS512"), lambda jwt: jwt.PyJWK(named), None)
    pyjwt.refuses(rsa_token("RS512", "RS512"), lambda jwt: jwt.PyJWK(named), ["RS256"])


def test_h12_the_header_never_decides_for_a_key_without_alg(
    native: Native, pyjwt: PyJWTFace
) -> None:
    keys = KeySet.from_dict({"keys": [rsa_jwk()]})
    native.raises("misuse_keys_unusable", Verifier, keys)
    pinned = native.verifier(keys, algorithms=["RS256"])
    native.accepts(good("RS256"), pinned)
    modulus = forms("RSA")["RSA n raw bytes"]
    for bad in (rsa_token("PS256", "PS256"), maced(modulus), maced(b""), maced(b"\0" * 32)):
        native.refuses(bad, "jws_alg_not_allowed", pinned)
        pyjwt.refuses(bad, lambda jwt: jwt.PyJWK(rsa_jwk()), None)
        pyjwt.refuses(bad, lambda jwt: jwt.PyJWK(rsa_jwk()), [*MIXED, "PS256"])
    pyjwt.accepts(good("RS256"), lambda jwt: jwt.PyJWK(rsa_jwk()), None)
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(rsa_jwk(), algorithm="HS256"))
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(rsa_jwk(alg="HS256")))


def test_h13_refuses_another_scheme_or_hash_of_the_same_rsa_key(
    native: Native, pyjwt: PyJWTFace
) -> None:
    names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
    public = private_key("RSA").public_key()
    for mine in names:
        verifier = native.verifier(Key.from_cryptography(public, algorithm=mine))
        for other in names:
            if other == mine:
                continue
            native.refuses(rsa_token(other, other), "jws_alg_not_allowed", verifier)
            native.refuses(rsa_token(mine, other), "jws_signature_mismatch", verifier)
            pyjwt.refuses(rsa_token(other, other), public, [mine])
            pyjwt.refuses(rsa_token(mine, other), public, names)


def test_k20_refuses_key_material_in_an_oct_jwk(native: Native, pyjwt: PyJWTFace) -> None:
    for name in MEASURED:
        encoded = measured(name)
        stated = {"kty": "oct", "k": segment(encoded), "alg": "HS256"}
        forged = maced(encoded)
        if name == "empty":
            native.raises("key_secret_empty", Key.from_jwk, stated)
        elif name not in BARE:
            native.raises("key_secret_is_key", Key.from_jwk, stated)
        if outcome(lambda jwt: jwt.decode(forged, jwt.PyJWK(stated), None), CONTROL).is_value:
            pyjwt.lets_through(forged, lambda jwt: jwt.PyJWK(stated), None)
        else:
            pyjwt.refuses(forged, lambda jwt: jwt.PyJWK(stated), None)
    assert sign("HS256", b"") != b""
