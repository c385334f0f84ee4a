"""H18 to H21, H23 to H25, H31, J12, J13, J16: with which key a token is verified."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from attacks.faces import Native, PyJWTFace
from attacks.jwks import OCT, jwk
from attacks.public_forms import forms
from attacks.tokens import CLAIMS, SECRET, good, maced, segment, token
from differential.keys import private_key
from jotem import Key, KeySet, Verifier, jwt

TRUSTED = private_key("P-256")
ATTACKER = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is looked up here may ask the network, nor open a file."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"connects: {args}")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def es256(key: ec.EllipticCurvePrivateKey, claims: str = CLAIMS, **header: Any) -> str:
    """A token that a key signs, whatever the header says of keys."""
    head = segment(json.dumps({"alg": "ES256", **header}).encode())
    message = f"{head}.{segment(claims.encode())}"
    r, s = decode_dss_signature(key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{message}.{segment(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def is_never_followed(native: Native, pyjwt: PyJWTFace, **parameter: Any) -> None:
    """Tokens with the parameter verify under the trusted key, and under it alone."""
    public = TRUSTED.public_key()
    verifier = native.verifier(Key.from_cryptography(public, algorithm="ES256"))
    keys = KeySet.from_dict(
        {"keys": [jwk(public, kid="a"), jwk(private_key("Ed25519").public_key())]}
    )
    named = native.verifier(keys)
    native.accepts(es256(TRUSTED, **parameter), verifier)
    native.accepts(es256(TRUSTED, kid="a", **parameter), named)
    pyjwt.accepts(es256(TRUSTED, **parameter), public, ["ES256"])
    for bad in (es256(ATTACKER, **parameter), es256(ATTACKER, kid="a", **parameter)):
        native.refuses(bad, "jws_signature_mismatch", verifier)
        native.refuses(bad, "jws_signature_mismatch", named)
        for key in (public, "", None, []):
            pyjwt.refuses(bad, key, ["ES256"])
        pyjwt.refuses(bad, lambda jwt: jwt.PyJWK(jwk(public)), None)
    native.refuses(es256(ATTACKER, kid="c", **parameter), "jws_key_not_found", named)


@pytest.mark.usefixtures("no_network")
def test_h18_never_takes_a_key_from_jwk(native: Native, pyjwt: PyJWTFace) -> None:
    for embedded in (jwk(ATTACKER.public_key()), jwk(ATTACKER), OCT, {}):
        is_never_followed(native, pyjwt, jwk=embedded)
    header = json.dumps({"alg": "HS256", "jwk": {"kty": "oct", "k": segment(b"\x9d" * 32)}})
    forged = maced(b"\x9d" * 32, header=header)
    native.refuses(forged, "jws_signature_mismatch")
    pyjwt.refuses(forged)
    for key in ("", None, b""):
        pyjwt.refuses(forged, key)


URLS = ["https://attacker.example/jwks.json", "https://good.example@attacker.example/jwks.json",
        "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
        "data:application/json,{}", "//attacker.example", ""]  # fmt: skip


@pytest.mark.usefixtures("no_network")
def test_h19_never_follows_jku(native: Native, pyjwt: PyJWTFace) -> None:
    for url in URLS:
        is_never_followed(native, pyjwt, jku=url)


@pytest.mark.usefixtures("no_network")
def test_h20_never_follows_x5u(native: Native, pyjwt: PyJWTFace) -> None:
    for url in URLS:
        is_never_followed(native, pyjwt, x5u=url, x5t="AAAA")


@pytest.mark.usefixtures("no_network")
def test_h21_never_takes_a_key_from_x5c(native: Native, pyjwt: PyJWTFace) -> None:
    certificate = forms("P-256")["cert DER base64 (x5c entry)"].decode()
    for chain in ([certificate], [], ["!"], [certificate, certificate]):
        is_never_followed(native, pyjwt, x5c=chain)


def test_h22_refuses_a_token_that_names_another_certificate(native: Native) -> None:
    certificate = forms("P-256")["cert PEM"]
    key = Key.from_x509(certificate, algorithm="ES256")
    own, other = key.to_jwk()["x5t#S256"], "A" * 43
    verifier = native.verifier(KeySet([key]))
    native.accepts(good("ES256"), verifier)
    for named, bad in [("x5t#S256", other), ("x5t#S256", own + "="), ("x5t#S256", "")]:
        header = json.dumps({"alg": "ES256", named: bad})
        refusal = token(header, algorithm="ES256")
        native.refuses(refusal, "jws_certificate_mismatch", verifier)
    for right in ({"x5t#S256": own}, {"x5t": "AAAA"}):
        native.accepts(token(json.dumps({"alg": "ES256", **right}), algorithm="ES256"), verifier)
    spoiled = {**key.to_jwk(), "x5t#S256": other}
    native.raises("key_certificate_mismatch", Key.from_jwk, spoiled)


STRANGE = ["", " ", "2026-1", " 2026-11", "2026-11 ", "2026-11\n", "2026-11\0", "%32026-11",
           "' UNION SELECT 'secret' --", "2026-11' OR '1'='1", "../../../../dev/null",
           "/proc/self/environ", "|id", "$(id)", "http://169.254.169.254/", "*)(uid=*",
           "2026-11\r\nSet-Cookie: a=b", "*", "__proto__", "{}", "k" * 1024]  # fmt: skip


def test_h23_looks_kid_up_exactly(native: Native, pyjwt: PyJWTFace) -> None:
    verifier = native.verifier(Key.from_secret(SECRET, algorithm="HS256", key_id="2026-11"))
    key_set = {"keys": [{**OCT, "kid": "2026-11"}]}
    native.accepts(token('{"alg":"HS256","kid":"2026-11"}'), verifier)
    for kid in STRANGE:
        bad = token(json.dumps({"alg": "HS256", "kid": kid}))
        native.refuses(bad, "jws_key_not_found", verifier)
        pyjwt.refuses_call(lambda jwt, kid=kid: jwt.PyJWKSet.from_dict(key_set)[kid])
        # One key is not looked up: what its name is does not matter to it.
        pyjwt.accepts(bad)
    for kid in ("1", "null", "true", "[]", '["2026-11"]', '{"kid":"2026-11"}'):
        bad = token(f'{{"alg":"HS256","kid":{kid}}}')
        native.refuses(bad, "jws_parameter_type", verifier)
        pyjwt.refuses(bad)


def test_h24_an_unknown_kid_finds_no_key(native: Native, pyjwt: PyJWTFace) -> None:
    one = native.verifier(
        Key.from_cryptography(TRUSTED.public_key(), algorithm="ES256", key_id="a")
    )
    key_set = {"keys": [jwk(TRUSTED.public_key(), kid="a"), jwk(ATTACKER.public_key(), kid="b")]}
    two = native.verifier(KeySet.from_dict(key_set))
    for kid in ("c", "", "A", "a ", "null"):
        for verifier in (one, two):
            native.refuses(es256(TRUSTED, kid=kid), "jws_key_not_found", verifier)
        pyjwt.refuses_call(lambda jwt, kid=kid: jwt.PyJWKSet.from_dict(key_set)[kid])
    for nothing in (None, "", b"", {}, []):
        pyjwt.refuses(token(), nothing)
    # Several keys are an addition: docs/migrations/from-pyjwt.md.
    for nothings in ([None], [""], [b"", None], ((),)):
        with pytest.raises((jwt.PyJWTError, TypeError)):
            jwt.decode(token(), nothings, ["HS256"])


def test_h25_one_kid_of_two_issuers_is_two_keys(native: Native, pyjwt: PyJWTFace) -> None:
    ours = Key.from_cryptography(TRUSTED.public_key(), algorithm="ES256", key_id="1")
    theirs = Key.from_cryptography(ATTACKER.public_key(), algorithm="ES256", key_id="1")
    forged = es256(ATTACKER, kid="1")
    native.refuses(forged, "jws_signature_mismatch", native.verifier(ours))
    native.accepts(forged, native.verifier(theirs))
    owned = native.verifier(
        [ours.of_issuers("https://a"), theirs.of_issuers("https://b")],
        issuer=["https://a", "https://b"],
    )
    for key, issuer, code in [(TRUSTED, "https://a", None), (ATTACKER, "https://b", None),
                              (ATTACKER, "https://a", "jws_signature_mismatch"),
                              (TRUSTED, "https://b", "jws_signature_mismatch")]:  # fmt: skip
        claims = json.dumps({"exp": 4102444800, "iss": issuer})
        signed = es256(key, claims, kid="1")
        if code is None:
            native.accepts(signed, owned)
        else:
            native.refuses(signed, code, owned)
    sets = [{"keys": [jwk(key.public_key(), kid="1")]} for key in (TRUSTED, ATTACKER)]
    for key_set, is_good in zip(sets, (False, True)):
        check = pyjwt.accepts_call if is_good else pyjwt.refuses_call
        check(lambda jwt, s=key_set: jwt.decode(forged, jwt.PyJWKSet.from_dict(s)["1"]))


def test_h31_no_key_is_asked_for_by_what_the_token_says(native: Native, pyjwt: PyJWTFace) -> None:
    def chosen(*args: Any) -> bytes:
        raise AssertionError("a callable is no key")

    chooser = {"tenant": SECRET, "42": SECRET}
    for keys in (chosen, chooser):
        native.rejects_type(Verifier, keys)
    for key in (lambda jwt: chosen, lambda jwt: chooser):
        pyjwt.refuses(token(), key)
        pyjwt.refuses(good("ES256"), key, ["ES256"])


def test_j12_two_keys_of_one_kid_are_never_decided_by_their_order(
    native: Native, pyjwt: PyJWTFace
) -> None:
    members = [jwk(TRUSTED.public_key(), kid="1"), jwk(ATTACKER.public_key(), kid="1")]
    for ordered in (members, members[::-1]):
        keys = KeySet.from_dict({"keys": ordered})
        for key in (TRUSTED, ATTACKER):
            native.refuses(es256(key, kid="1"), "jws_key_ambiguous", native.verifier(keys))
            native.refuses(es256(key), "jws_key_ambiguous", native.verifier(keys))
            native.accepts(es256(key, kid="1"), native.verifier(keys, try_keys=2))
        first = TRUSTED if ordered is members else ATTACKER
        key_set, sound = {"keys": ordered}, es256(first, kid="1")
        pyjwt.lets_call_through(
            lambda jwt, s=key_set, t=sound: jwt.decode(t, jwt.PyJWKSet.from_dict(s)["1"])
        )


def test_j13_a_token_without_kid_takes_no_key_of_several(native: Native, pyjwt: PyJWTFace) -> None:
    members = [jwk(key.public_key(), kid=kid) for kid, key in
               (("a", TRUSTED), ("b", ATTACKER), ("c", private_key("Ed25519")))]  # fmt: skip
    keys = native.verifier(KeySet.from_dict({"keys": members}))
    native.refuses(es256(TRUSTED), "jws_key_ambiguous", keys)
    native.accepts(good("EdDSA"), keys)
    native.accepts(es256(TRUSTED, kid="a"), keys)
    for kid in (None, "", 0, 1):
        pyjwt.refuses_call(lambda jwt, kid=kid: jwt.PyJWKSet.from_dict({"keys": members})[kid])


def test_j16_takes_no_encryption_key_for_a_signature(native: Native, pyjwt: PyJWTFace) -> None:
    public = private_key("RSA").public_key()
    for more in ({"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "RSA-OAEP"}):
        member = jwk(public, kid="1", **more)
        native.raises(
            "misuse_keys_unusable",
            Verifier,
            KeySet.from_dict({"keys": [member]}),
            algorithms="RS256",
        )
        sound = token('{"alg":"RS256","kid":"1"}', algorithm="RS256")
        both = KeySet.from_dict({"keys": [member, jwk(public, kid="2")]})
        native.refuses(sound, "jws_key_not_found", native.verifier(both, algorithms="RS256"))
        check = pyjwt.refuses_call if "alg" in more else pyjwt.lets_call_through
        check(lambda jwt, m=member, t=sound: jwt.decode(t, jwt.PyJWK(m)))
    client = {"keys": [jwk(public, kid="1", use="enc")]}
    pyjwt.refuses_call(
        lambda jwt: jwt.PyJWKClient._get_signing_keys_from_jwk_set(jwt.PyJWKSet.from_dict(client))
    )
