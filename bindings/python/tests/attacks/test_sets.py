"""J10, J11, E01: documents that are no key sets, sets with bad members, encrypted tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.jwks import jwk, number
from attacks.tokens import CLAIMS, SECRET, good, segment, token
from differential.keys import private_key
from jotem import KeySet, Verifier, unverified_header

GOOD = jwk(private_key("P-256").public_key(), kid="good")
NO_SETS = [("", "key_json"), ("<!doctype html><body>502 Bad Gateway</body>", "key_json"),
           ("{}", "key_set_empty"), ('{"keys":{}}', "key_set_empty"), ("[]", "key_set_empty"),
           ('{"keys":null}', "key_set_empty"), ('{"keys":1}', "key_set_empty"),
           ('{"Keys":[]}', "key_set_empty"), ("null", "key_set_empty"), ("404", "key_set_empty"),
           ('"not found"', "key_set_empty"), ('{"error":"server_error"}', "key_set_empty"),
           ('{"keys":[]', "key_json"), ('{"keys":[,]}', "key_json"),
           ('{"keys":[]}{"keys":[]}', "key_json")]  # fmt: skip


def test_j10_refuses_a_document_that_is_no_key_set(native: Native, pyjwt: PyJWTFace) -> None:
    for document, code in NO_SETS:
        native.raises(code, KeySet.from_json, document)
        native.raises(code, KeySet.from_json, document.encode())
        pyjwt.refuses_call(lambda jwt, d=document: jwt.PyJWKSet.from_json(d))
        if not code.endswith("json"):
            pyjwt.refuses_call(lambda jwt, d=document: jwt.PyJWKSet.from_dict(json.loads(d)))
    native.raises("key_json", KeySet.from_json, b'{"keys":["\xff"]}')
    pyjwt.refuses_call(lambda jwt: jwt.PyJWKSet.from_json(b'{"keys":["\xff"]}'))
    twice = f'{{"keys":[],"keys":[{json.dumps(GOOD)}]}}'
    native.raises("key_json", KeySet.from_json, twice)
    pyjwt.lets_call_through(lambda jwt: jwt.PyJWKSet.from_json(twice))
    for members in ([1, None], ["a"], [[]], [{}]):
        native.raises("misuse_keys_unusable", Verifier, KeySet.from_dict({"keys": members}))
        pyjwt.refuses_call(lambda jwt, m=members: jwt.PyJWKSet.from_dict({"keys": m}))
    native.raises("misuse_keys_missing", Verifier, KeySet.from_json('{"keys":[]}'))


UNUSABLE: list[Any] = [
    {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}, {"kty": "unheard-of"}, {"kty": "ec"},
    {"kty": 1}, {"kty": None}, {}, 1, None, [], "x", {"kty": "EC", "crv": "P-256"},
    {"kty": "EC", "crv": "P-224", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
    {**GOOD, "kid": "off", "x": number(1, 32), "y": number(1, 32)},
    {"kty": "OKP", "crv": "Ed448", "x": "AAAA"}, {"kty": "OKP", "crv": "X25519", "x": segment(bytes(32))},
    {"kty": "RSA", "n": "AQ", "e": "AQAB", "alg": "RS256"}, {"kty": "oct", "k": ""},
    {**GOOD, "kid": "b", "alg": "RS256"}, {**GOOD, "kid": "b", "alg": "ML-DSA-65"},
    {**GOOD, "kid": "b", "alg": 5},
]  # fmt: skip


@pytest.mark.parametrize("bad", UNUSABLE, ids=lambda bad: json.dumps(bad)[:40])
def test_j11_a_bad_member_does_not_harm_the_good_one(
    native: Native, pyjwt: PyJWTFace, bad: Any
) -> None:
    sound = token('{"alg":"ES256","kid":"good"}', CLAIMS, "ES256")
    for members in ([GOOD, bad], [bad, GOOD]):
        keys = KeySet.from_dict({"keys": members})
        native.accepts(sound, native.verifier(keys))
        assert len(keys.members) == 2
        control = pyjwt.same(lambda jwt, m=members: jwt.PyJWKSet.from_dict({"keys": m})["good"])
        assert control.is_value or not isinstance(bad, dict), f"{bad} kills the set"
    native.raises("misuse_keys_unusable", Verifier, KeySet.from_dict({"keys": [bad]}))
    pyjwt.same(lambda jwt: jwt.PyJWKSet.from_dict({"keys": [bad]}))


def test_e01_takes_no_encrypted_token_for_a_signed_one(native: Native, pyjwt: PyJWTFace) -> None:
    part = segment(b"x" * 16)
    for header in ('{"alg":"dir","enc":"A256GCM"}', '{"alg":"RSA-OAEP","enc":"A128GCM"}',
                   '{"alg":"HS256","enc":"A256GCM"}', '{"alg":"HS256"}'):  # fmt: skip
        head = segment(header.encode())
        for five in (f"{head}.{part}.{part}.{part}.{part}", f"{head}..{part}.{part}.{part}"):
            code = "jws_encrypted" if "enc" in header else "jws_segment_count"
            native.refuses(five, code)
            native.raises(code, unverified_header, five)
            for allowed in (["HS256"], ["dir"], ["HS256", "dir", "RSA-OAEP"]):
                pyjwt.refuses(five, SECRET, allowed)
        for count in (4, 6):
            native.refuses(".".join([head] + [part] * (count - 1)), "jws_segment_count")
            pyjwt.refuses(".".join([head] + [part] * (count - 1)))
    pyjwt.refuses(good("ES256"), SECRET, ["dir"])
