"""H01 to H07, H14: `alg`, and which algorithms a verifier takes."""

from __future__ import annotations

import pytest

from attacks.faces import NOW, Native, PyJWTFace
from attacks.tokens import SECRET, good, segment, token, unsigned
from differential.keys import private_key
from jotem import Algorithm, Issuer, Key, KeySet, Verifier
from jotem.errors import TokenRefused

FAMILIES = {"HS256": "oct", "HS384": "oct", "HS512": "oct", "RS256": "RSA", "RS384": "RSA",
            "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA", "ES256": "P-256",
            "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1",
            "EdDSA": "Ed25519"}  # fmt: skip


def public(algorithm: str) -> object:
    """What verifies the tokens of an algorithm: the secret, or a public key object."""
    family = FAMILIES[algorithm]
    return SECRET if family == "oct" else private_key(family).public_key()


def native_key(algorithm: str) -> Key:
    if FAMILIES[algorithm] == "oct":
        return Key.from_secret(SECRET, algorithm=algorithm)
    return Key.from_cryptography(public(algorithm), algorithm=algorithm)


@pytest.mark.parametrize("algorithm", list(FAMILIES))
def test_h01_refuses_an_unsecured_token_under_every_algorithm(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    key, verifier = public(algorithm), native.verifier(native_key(algorithm))
    sound = good(algorithm)
    native.accepts(sound, verifier)
    pyjwt.accepts(sound, key, [algorithm])
    body, signature = sound.split(".")[1:]
    for header in ('{"alg":"none"}', '{"typ":"JWT","alg":"none","kid":"a"}'):
        for bad in (unsigned(header), f"{segment(header.encode())}.{body}.{signature}"):
            native.refuses(bad, "jws_alg_none", verifier)
            for allowed in ([algorithm], ["none"], ["none", algorithm], [], None):
                pyjwt.refuses(bad, key, allowed)
    stripped = sound.replace(signature, "")
    native.refuses(stripped, "jws_signature_missing", verifier)
    pyjwt.refuses(stripped, key, [algorithm, "none"])


def test_h01_no_key_makes_none_an_algorithm(native: Native, pyjwt: PyJWTFace) -> None:
    bad = unsigned('{"alg":"none"}')
    for key in ("", b"", None, "none"):
        for allowed in (["none"], ["HS256", "none"], ["HS256"], "none", None, []):
            pyjwt.refuses(bad, key, allowed)
    for build in (Key.from_secret, Key.from_pem):
        with pytest.raises((TypeError, ValueError, KeyError)):
            build(SECRET, algorithm="none")
    native.raises("misuse_keys_missing", Verifier, [])
    oct_none = {"kty": "oct", "alg": "none", "k": segment(SECRET)}
    native.raises("misuse_keys_unusable", Verifier, KeySet.from_dict({"keys": [oct_none]}))
    pyjwt.same(lambda jwt: jwt.PyJWK(oct_none))
    pyjwt.refuses(bad, lambda jwt: jwt.PyJWK({"kty": "oct", "k": segment(SECRET)}), ["none"])


SPELLINGS = {"None": "jws_alg_none", "NONE": "jws_alg_none", "nOnE": "jws_alg_none",
             "none ": "jws_alg_none", " none": "jws_alg_none", "\\tnone\\n": "jws_alg_none",
             "n\\u006fne": "jws_alg_none", "none\\u0000": "jws_alg_unknown",
             "n\u043ene": "jws_alg_unknown", "\uff4e\uff4f\uff4e\uff45": "jws_alg_unknown",
             "no\u200bne": "jws_alg_unknown", "none,HS256": "jws_alg_unknown",
             "null": "jws_alg_unknown", "": "jws_alg_unknown", " ": "jws_alg_unknown"}  # fmt: skip


@pytest.mark.parametrize("spelling", list(SPELLINGS), ids=ascii)
def test_h02_refuses_none_in_every_spelling(
    native: Native, pyjwt: PyJWTFace, spelling: str
) -> None:
    header = f'{{"alg":"{spelling}"}}'
    for bad in (unsigned(header), token(header)):
        native.refuses(bad, SPELLINGS[spelling])
        for key, allowed in ((SECRET, ["HS256"]), ("", ["none"]), (None, [spelling, "HS256"])):
            pyjwt.refuses(bad, key, allowed)


@pytest.mark.parametrize("algorithm", list(FAMILIES))
def test_h03_refuses_a_signature_that_does_not_go_with_the_algorithm(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    head, _, signature = good(algorithm).rpartition(".")
    key, verifier = public(algorithm), native.verifier(native_key(algorithm))
    size = len(signature) * 3 // 4
    for octets, code in (
        (b"", "jws_signature_missing"),
        (b"\0", "jws_signature_length"),
        (bytes(size - 1), "jws_signature_length"),
        (bytes(size), "jws_signature_mismatch"),
        (bytes(size + 1), "jws_signature_length"),
    ):
        native.refuses(f"{head}.{segment(octets)}", code, verifier)
        pyjwt.refuses(f"{head}.{segment(octets)}", key, [algorithm])
    for bad in (unsigned('{"alg":"none"}', segment(bytes(size))), token('{"alg":"none"}')):
        native.refuses(bad, "jws_alg_none", verifier)
        pyjwt.refuses(bad, key, [algorithm, "none"])


def test_h04_refuses_an_alg_that_is_missing_or_no_text(native: Native, pyjwt: PyJWTFace) -> None:
    for header in ("{}", '{"typ":"JWT"}', '{"ALG":"HS256"}', '{"alg ":"HS256"}',
                   '{"x":{"alg":"HS256"}}'):  # fmt: skip
        native.refuses(token(header), "jws_alg_missing")
        pyjwt.refuses(token(header))
    for value in ("null", "1", "256", "true", '["HS256"]', "[]", '{"a":1}', '{"alg":"HS256"}'):
        native.refuses(token(f'{{"alg":{value}}}'), "jws_parameter_type")
        for allowed in (["HS256"], ("HS256",), "HS256", {"HS256"}, [256, None, True]):
            pyjwt.refuses(token(f'{{"alg":{value}}}'), SECRET, allowed)
    native.refuses(token('{"alg":""}'), "jws_alg_unknown")
    pyjwt.refuses(token('{"alg":""}'), SECRET, ["", "HS256"])


@pytest.mark.parametrize("algorithm", list(FAMILIES))
def test_h05_compares_alg_with_its_case(native: Native, pyjwt: PyJWTFace, algorithm: str) -> None:
    key, verifier = public(algorithm), native.verifier(native_key(algorithm))
    native.accepts(good(algorithm), verifier)
    others = {algorithm.lower(), algorithm.upper(), algorithm.swapcase(), f" {algorithm}",
              f"{algorithm} ", algorithm.replace("25", "-25"), f"{algorithm}\u212a"}  # fmt: skip
    for other in others - {algorithm}:
        bad = token(f'{{"alg":"{other}"}}', algorithm=algorithm)
        native.refuses(bad, "jws_alg_unknown", verifier)
        pyjwt.refuses(bad, key, [algorithm])
        pyjwt.refuses(bad, key, [algorithm, other])


def test_h06_refuses_an_algorithm_that_is_not_allowed(native: Native, pyjwt: PyJWTFace) -> None:
    for algorithm in FAMILIES:
        if algorithm == "HS256":
            continue
        native.refuses(good(algorithm), "jws_alg_not_allowed")
        for key in (SECRET, public(algorithm)):
            pyjwt.refuses(good(algorithm), key, ["HS256"])
    keys = [native_key("HS256"), native_key("HS512")]
    native.accepts(good("HS512"), native.verifier(keys))
    native.refuses(good("HS512"), "jws_alg_not_allowed", native.verifier(keys, algorithms="HS256"))
    pyjwt.accepts(good("HS512"), SECRET, ["HS256", "HS512"])


def test_h06_touches_no_key_of_a_token_that_is_not_allowed(
    native: Native, pyjwt: PyJWTFace
) -> None:
    # Each would be refused for itself, in other words.
    for key in (None, 7, b"", "-----BEGIN PUBLIC KEY-----"):
        refusal = pyjwt.refuses(good("HS512"), key, ["HS256"])
        assert refusal == "InvalidAlgorithmError: The specified alg value is not allowed"
    refused = native.refuses(good("HS512"), "jws_alg_not_allowed")
    assert refused.facts["allowed"] == [Algorithm.HS256]


@pytest.mark.parametrize("algorithm", ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
def test_h06_what_the_engine_has_beyond_pyjwt_is_no_algorithm_of_jotem_jwt(
    native: Native, pyjwt: PyJWTFace, algorithm: str
) -> None:
    key = Key.generate(algorithm, key_id="a")
    bad = Issuer(key, lifetime=60, clock=lambda: NOW).issue()
    native.accepts(bad, native.verifier(key.public()))
    pem, jwk = key.public().to_pem(), key.to_jwk()
    for form in (pem, pem.encode(), key.to_der(), SECRET, None):
        for allowed in ([algorithm], ["HS256", algorithm], ["EdDSA"], algorithm, None):
            pyjwt.refuses(bad, form, allowed)
    refusal = pyjwt.refuses(bad, pem, [algorithm])
    assert refusal == "InvalidAlgorithmError: Algorithm not supported"
    for signing in (key.to_pem(private=True), SECRET, None):
        pyjwt.refuses_call(lambda jwt, k=signing: jwt.encode({"a": 1}, k, algorithm))
    pyjwt.refuses_call(lambda jwt: jwt.get_algorithm_by_name(algorithm))
    pyjwt.refuses_call(lambda jwt: jwt.PyJWS([algorithm]).get_algorithm_by_name(algorithm))
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(jwk))
    pyjwt.refuses_call(lambda jwt: jwt.PyJWK(jwk, algorithm))
    pyjwt.refuses_call(lambda jwt: jwt.PyJWKSet.from_dict({"keys": [jwk]}))
    for other in ("HS256", "RS256", "ES256", "EdDSA"):
        pyjwt.refuses_call(lambda jwt, o=other: jwt.encode({"a": 1}, pem, o))
    assert pyjwt.same(lambda jwt: sorted(jwt.PyJWS().get_algorithms())).is_value


def test_h07_an_allow_list_that_is_missing_or_empty_allows_nothing(
    native: Native, pyjwt: PyJWTFace
) -> None:
    for allowed in (None, [], (), "", {}, set()):
        pyjwt.refuses(token(), SECRET, allowed)
        pyjwt.refuses(token(), "", allowed)
    pyjwt.refuses_call(lambda jwt: jwt.decode(token(), SECRET))
    pyjwt.refuses_call(lambda jwt: jwt.decode(token(), key=SECRET, algorithms=None))
    native.raises("misuse_keys_missing", Verifier, [])
    native.raises("misuse_keys_missing", Verifier, KeySet.from_dict({"keys": []}))
    key = native_key("HS256")
    native.raises("misuse_algorithms_empty", Verifier, key, algorithms=[])
    native.raises("misuse_keys_unusable", Verifier, key, algorithms=["HS512"])
    native.raises("misuse_keys_unusable", Verifier, key, algorithms=["RS256"])
    native.rejects_type(Verifier)
    native.rejects_type(Verifier, None)


def test_h14_an_allow_list_tells_the_two_names_of_ed25519_apart(
    native: Native, pyjwt: PyJWTFace
) -> None:
    key, native_ed = public("EdDSA"), native_key("EdDSA")
    old, new = good("EdDSA"), token('{"alg":"Ed25519"}', algorithm="EdDSA")
    native.accepts(old, native.verifier(native_ed))
    native.accepts(new, native.verifier(native_ed))
    native.refuses(new, "jws_alg_not_allowed", native.verifier(native_ed, algorithms="EdDSA"))
    native.refuses(old, "jws_alg_not_allowed", native.verifier(native_ed, algorithms="Ed25519"))
    pyjwt.accepts(old, key, ["EdDSA"])
    for allowed in (["EdDSA"], ["HS256", "EdDSA"]):
        pyjwt.refuses(new, key, allowed)
    # Beyond PyJWT, where the list names it: docs/migrations/from-pyjwt.md.
    pyjwt.refuses(old, key, ["Ed25519"])
    for name in ("Ed448", "ed25519", "EDDSA", "EdDsa", "Ed25519ph", "X25519"):
        bad = token(f'{{"alg":"{name}"}}', algorithm="EdDSA")
        code = "jws_alg_not_allowed" if name == "Ed448" else "jws_alg_unknown"
        native.refuses(bad, code, native.verifier(native_ed))
        pyjwt.refuses(bad, key, ["EdDSA", name])


def test_h14_an_ed448_key_is_no_ed25519_key(native: Native, pyjwt: PyJWTFace) -> None:
    ed448 = private_key("Ed448")
    head = ".".join([segment(b'{"alg":"Ed25519"}'), segment(b'{"exp":4102444800}')])
    bad = f"{head}.{segment(ed448.sign(head.encode()))}"
    pyjwt.refuses(bad, ed448.public_key(), ["EdDSA"])
    from jotem import jwt

    with pytest.raises(jwt.PyJWTError):
        jwt.decode(bad, ed448.public_key(), ["Ed25519"])
    native.raises("key_ed448_off", Key.from_cryptography, ed448.public_key(), algorithm="EdDSA")
    with pytest.raises(TokenRefused):
        native.accepts(bad, native.verifier(native_key("EdDSA")))
