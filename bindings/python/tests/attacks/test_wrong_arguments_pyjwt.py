"""Every parameter of jotem.jwt given everything that it does not want: PyJWT's own exceptions.

The type, the text, the cause and the warnings are compared with PyJWT's, value by value.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Callable

import pytest

from attacks.jwks import OCT, jwk
from outcome import CONTROL, OURS, outcome
from attacks.tokens import SECRET, token
from attacks.wrong_values import WRONG
from differential.keys import private_key

TOKEN = token()
EC = private_key("P-256")
SETS = {"keys": [{**OCT, "kid": "a"}, jwk(EC.public_key(), kid="b")]}
# The callable, made of the package, and arguments that it takes.
Row = tuple[Callable[[ModuleType], Callable[..., Any]], dict[str, Any]]

DECODING = {"jwt": TOKEN, "key": SECRET, "algorithms": ["HS256"], "options": {},
            "detached_payload": None}  # fmt: skip
CLAIM_CHECKS = {"verify": None, "audience": None, "subject": None, "issuer": None, "leeway": 0}
ENCODING = {"key": SECRET, "algorithm": "HS256", "headers": {}, "json_encoder": None,
            "sort_headers": True}  # fmt: skip
CLIENT = {"uri": "http://127.0.0.1/", "cache_keys": False, "max_cached_keys": 16,
          "cache_jwk_set": True, "lifespan": 300, "headers": None, "timeout": 30,
          "ssl_context": None, "cooldown_duration": 30}  # fmt: skip


def prepared(jwt: ModuleType, name: str) -> Any:
    return jwt.PyJWS().get_algorithm_by_name(name)


CALLS: dict[str, Row] = {
    "encode": (lambda jwt: jwt.encode, {"payload": {"a": 1}, **ENCODING}),
    "decode": (lambda jwt: jwt.decode, {**DECODING, **CLAIM_CHECKS}),
    "decode_complete": (lambda jwt: jwt.decode_complete, {**DECODING, **CLAIM_CHECKS}),
    "get_unverified_header": (lambda jwt: jwt.get_unverified_header, {"jwt": TOKEN}),
    "get_algorithm_by_name": (lambda jwt: jwt.PyJWS().get_algorithm_by_name, {"alg_name": "HS256"}),
    "PyJWT": (lambda jwt: jwt.PyJWT, {"options": {}}),
    "PyJWT.decode": (lambda jwt: jwt.PyJWT().decode, {**DECODING, **CLAIM_CHECKS}),
    "PyJWS": (lambda jwt: jwt.PyJWS, {"algorithms": ["HS256"], "options": {}}),
    "PyJWS.encode": (
        lambda jwt: jwt.PyJWS().encode,
        {"payload": b"x", **ENCODING, "is_payload_detached": False},
    ),
    "PyJWS.decode": (lambda jwt: jwt.PyJWS().decode, DECODING),
    "PyJWS.decode_complete": (lambda jwt: jwt.PyJWS().decode_complete, DECODING),
    "PyJWS.register_algorithm": (
        lambda jwt: lambda alg_id, alg_obj: jwt.PyJWS().register_algorithm(alg_id, alg_obj),
        {"alg_id": "X", "alg_obj": None},
    ),
    "PyJWS.unregister_algorithm": (lambda jwt: jwt.PyJWS().unregister_algorithm, {"alg_id": "HS256"}),
    "PyJWK": (lambda jwt: jwt.PyJWK, {"jwk_data": OCT, "algorithm": "HS256"}),
    "PyJWK of EC": (lambda jwt: jwt.PyJWK, {"jwk_data": jwk(EC), "algorithm": None}),
    "PyJWK.from_dict": (lambda jwt: jwt.PyJWK.from_dict, {"obj": OCT, "algorithm": None}),
    "PyJWK.from_json": (lambda jwt: jwt.PyJWK.from_json, {"data": '{"kty":"oct"}', "algorithm": None}),
    "PyJWKSet": (lambda jwt: jwt.PyJWKSet, {"keys": SETS["keys"]}),
    "PyJWKSet.from_dict": (lambda jwt: jwt.PyJWKSet.from_dict, {"obj": SETS}),
    "PyJWKSet.from_json": (lambda jwt: jwt.PyJWKSet.from_json, {"data": '{"keys":[]}'}),
    "PyJWKSet[]": (lambda jwt: lambda kid: jwt.PyJWKSet.from_dict(SETS)[kid], {"kid": "a"}),
    "PyJWKClient": (lambda jwt: jwt.PyJWKClient, CLIENT),
    "HMACAlgorithm.prepare_key": (lambda jwt: prepared(jwt, "HS256").prepare_key, {"key": SECRET}),
    "RSAAlgorithm.prepare_key": (
        lambda jwt: prepared(jwt, "RS256").prepare_key, {"key": private_key("RSA")}),
    "ECAlgorithm.prepare_key": (lambda jwt: prepared(jwt, "ES256").prepare_key, {"key": EC}),
    "OKPAlgorithm.prepare_key": (
        lambda jwt: prepared(jwt, "EdDSA").prepare_key, {"key": private_key("Ed25519")}),
    "NoneAlgorithm.prepare_key": (lambda jwt: prepared(jwt, "none").prepare_key, {"key": None}),
    "HMACAlgorithm.sign": (lambda jwt: prepared(jwt, "HS256").sign, {"msg": b"x", "key": SECRET}),
    "HMACAlgorithm.verify": (
        lambda jwt: prepared(jwt, "HS256").verify, {"msg": b"x", "key": SECRET, "sig": b"x"}),
    "ECAlgorithm.verify": (
        lambda jwt: prepared(jwt, "ES256").verify,
        {"msg": b"x", "key": EC.public_key(), "sig": b"x" * 64}),
    "RSAAlgorithm.verify": (
        lambda jwt: prepared(jwt, "RS256").verify,
        {"msg": b"x", "key": private_key("RSA").public_key(), "sig": b"x" * 256}),
    "OKPAlgorithm.verify": (
        lambda jwt: prepared(jwt, "EdDSA").verify,
        {"msg": b"x", "key": private_key("Ed25519").public_key(), "sig": b"x" * 64}),
    "HMACAlgorithm.from_jwk": (lambda jwt: prepared(jwt, "HS256").from_jwk, {"jwk": OCT}),
    "RSAAlgorithm.from_jwk": (
        lambda jwt: prepared(jwt, "RS256").from_jwk, {"jwk": jwk(private_key("RSA"))}),
    "ECAlgorithm.from_jwk": (lambda jwt: prepared(jwt, "ES256").from_jwk, {"jwk": jwk(EC)}),
    "OKPAlgorithm.from_jwk": (
        lambda jwt: prepared(jwt, "EdDSA").from_jwk, {"jwk": jwk(private_key("Ed25519"))}),
    "HMACAlgorithm.to_jwk": (
        lambda jwt: prepared(jwt, "HS256").to_jwk, {"key_obj": SECRET, "as_dict": False}),
    "RSAAlgorithm.to_jwk": (
        lambda jwt: prepared(jwt, "RS256").to_jwk,
        {"key_obj": private_key("RSA"), "as_dict": True}),
    "ECAlgorithm.to_jwk": (
        lambda jwt: prepared(jwt, "ES256").to_jwk, {"key_obj": EC, "as_dict": True}),
    "OKPAlgorithm.to_jwk": (
        lambda jwt: prepared(jwt, "EdDSA").to_jwk,
        {"key_obj": private_key("Ed25519"), "as_dict": True}),
    "HMACAlgorithm.compute_hash_digest": (
        lambda jwt: prepared(jwt, "HS256").compute_hash_digest, {"bytestr": b"x"}),
    "RSAAlgorithm.check_key_length": (
        lambda jwt: prepared(jwt, "RS256").check_key_length, {"key": private_key("RSA")}),
    "HMACAlgorithm.check_key_length": (
        lambda jwt: prepared(jwt, "HS256").check_key_length, {"key": SECRET}),
}  # fmt: skip

# Differences that docs/migrations/from-pyjwt.md names: several keys.
_SEVERAL_KEYS = {"list", "list of names", "tuple"}


def is_named_difference(function: str, parameter: str, wrong: str) -> bool:
    return parameter == "key" and "decode" in function and wrong in _SEVERAL_KEYS


PARAMETERS = [(name, parameter) for name, (_, sound) in CALLS.items() for parameter in sound]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=lambda name: name)
def test_a_wrong_argument_gets_the_exception_of_pyjwt(name: str, parameter: str) -> None:
    function, sound = CALLS[name]
    wrong = []
    for label, make in WRONG.items():
        if is_named_difference(name, parameter, label):
            continue
        control, ours = (
            outcome(lambda jwt: function(jwt)(**{**sound, parameter: make()}), root)
            for root in (CONTROL, OURS)
        )
        if control != ours:
            wrong.append(f"{label}: PyJWT {control}; jotem.jwt {ours}")
    assert not wrong, "\n".join(wrong)


# Their signatures are those of the lambdas above.
_OF_THIS_FILE = {"PyJWS.register_algorithm", "PyJWKSet[]"}


@pytest.mark.parametrize("name", [name for name in CALLS if name not in _OF_THIS_FILE])
def test_missing_surplus_and_unknown_arguments_get_it_too(name: str) -> None:
    function, sound = CALLS[name]
    calls: list[Callable[[ModuleType], Any]] = [
        lambda jwt: function(jwt)(),
        lambda jwt: function(jwt)(**sound, unheard_of=1),
        lambda jwt: function(jwt)(*([1] * 30)),
        lambda jwt: function(jwt)(**{"": 1}),
        *(
            lambda jwt, p=p: function(jwt)(**{n: v for n, v in sound.items() if n != p})
            for p in sound
        ),
    ]
    for call in calls:
        control, ours = outcome(call, CONTROL), outcome(call, OURS)
        assert ours == control, f"PyJWT {control}; jotem.jwt {ours}"


OPTIONS = ["verify_signature", "verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss",
           "verify_sub", "verify_jti", "require", "strict_aud", "enforce_minimum_key_length",
           "unheard_of"]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
def test_a_wrong_option_gets_the_exception_of_pyjwt(option: str) -> None:
    wrong = []
    # The truth of `strict_aud` is asked before it is known to matter: who refuses to say notices.
    values = {k: v for k, v in WRONG.items() if (option, k) != ("strict_aud", "refusing")}
    tokens = [TOKEN, token(claims='{"exp":1,"aud":"x","iss":1,"sub":1,"jti":1,"nbf":4102444800}')]
    for made in tokens:
        for label, make in values.items():
            for way in ("decode", "PyJWT", "PyJWS"):

                def call(jwt: ModuleType) -> Any:
                    options = {option: make()}
                    if way == "PyJWT":
                        return jwt.PyJWT(options).decode(made, SECRET, ["HS256"])
                    if way == "PyJWS":
                        return jwt.PyJWS().decode(made, SECRET, ["HS256"], options)
                    return jwt.decode(made, SECRET, ["HS256"], options=options)

                control, ours = outcome(call, CONTROL), outcome(call, OURS)
                if control != ours:
                    wrong.append(f"{way} {label}: PyJWT {control}; jotem.jwt {ours}")
    assert not wrong, "\n".join(wrong)


def encodings(name: str, make: Callable[[], Any]) -> list[Callable[[ModuleType], Any]]:
    """A wrong value as claim, as header parameter, and as the name of either."""
    return [
        lambda jwt: jwt.encode({name: make()}, SECRET),
        lambda jwt: jwt.encode({"a": 1}, SECRET, headers={name: make()}),
        lambda jwt: jwt.encode({"a": {name: [make()]}}, SECRET),
        lambda jwt: jwt.encode({make(): 1}, SECRET),
        lambda jwt: jwt.encode({"a": 1}, SECRET, headers={make(): 1}),
        lambda jwt: jwt.PyJWS().encode(b"x", SECRET, headers={name: make()}, sort_headers=False),
    ]


@pytest.mark.parametrize(
    "name",
    ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "kid", "typ", "alg", "crit", "b64", "role"],
)
def test_a_wrong_claim_or_header_to_encode_gets_the_exception_of_pyjwt(name: str) -> None:
    wrong = []
    for label, make in WRONG.items():
        for call in encodings(name, make):
            control, ours = outcome(call, CONTROL), outcome(call, OURS)
            if control != ours:
                wrong.append(f"{label}: PyJWT {control}; jotem.jwt {ours}")
    assert not wrong, "\n".join(wrong)
