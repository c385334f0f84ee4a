"""``jotem.jwt`` where ``cryptography`` is not installed: the engine has every algorithm."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from jotem import Issuer, Key, _jotem, jwt
from jotem.jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm, RSAPSSAlgorithm

ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "ES256K", "EdDSA"),
]
CLAIMS = {"sub": "42", "level": 1}
VECTORS = Path(__file__).resolve().parents[4] / "vectors"


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    """A private key for each algorithm; RSA has one for all, because it takes long to make."""
    rsa = Key.generate("RS256").to_jwk(private=True)
    made = {}
    for name in ALGORITHMS:
        if name[:2] in ("RS", "PS"):
            members = {n: v for n, v in rsa.items() if n != "alg"}
            made[name] = Key.from_jwk(members, algorithm=name)
        else:
            made[name] = Key.generate(name)
    return made


def one_call() -> int:
    return dict(_jotem.pyjwt_paths())["one call"]


def test_cryptography_is_not_here() -> None:
    assert "cryptography" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        __import__("cryptography")
    assert jwt.algorithms.has_crypto is False
    assert jwt.algorithms.requires_cryptography == set()
    assert set(ALGORITHMS) <= set(jwt.PyJWS().get_algorithms())


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_signs_and_verifies_with_pem_in_one_call(
    name: str, keys: dict[str, Key]
) -> None:
    private, public = keys[name].to_pem(private=True), keys[name].public().to_pem()
    before = one_call()
    for key in (private, private.encode()):
        token = jwt.encode(CLAIMS, key, algorithm=name)
        assert jwt.decode(token, public, algorithms=[name]) == CLAIMS
    assert one_call() == before + 4


@pytest.mark.parametrize("name", ALGORITHMS)
def test_both_paths_and_the_native_interface_make_the_same_signatures(
    name: str, keys: dict[str, Key]
) -> None:
    algorithm = jwt.get_algorithm_by_name(name)
    private = algorithm.prepare_key(keys[name].to_pem(private=True))
    signature = algorithm.sign(b"message", private)
    assert algorithm.verify(b"message", private.public_key(), signature)
    assert not algorithm.verify(b"another", private.public_key(), signature)
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    assert not algorithm.verify(b"message", private.public_key(), changed)
    assert not algorithm.verify(b"message", private.public_key(), b"")
    if name[:2] in ("RS", "Ed"):
        by_steps = jwt.encode(CLAIMS, private, algorithm=name, sort_headers=False)
        assert jwt.PyJWS().encode(
            json.dumps(CLAIMS, separators=(",", ":")).encode(), private, algorithm=name,
            sort_headers=False,
        ) == by_steps  # fmt: skip


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_key_goes_through_a_jwk_and_back(name: str, keys: dict[str, Key]) -> None:
    algorithm = jwt.get_algorithm_by_name(name)
    private = algorithm.prepare_key(keys[name].to_pem(private=True))
    members = algorithm.to_jwk(private, as_dict=True)
    assert members["d"] and json.loads(algorithm.to_jwk(private)) == members
    public = json.loads(algorithm.to_jwk(private.public_key()))
    assert "d" not in public
    token = jwt.encode(CLAIMS, jwt.PyJWK(members, algorithm=name))
    assert jwt.decode(token, jwt.PyJWK(public, algorithm=name)) == CLAIMS
    keyset = jwt.PyJWKSet([{**public, "kid": "a", "alg": name}])
    assert jwt.decode(token, keyset["a"]) == CLAIMS


def test_a_public_key_of_openssh_verifies(keys: dict[str, Key]) -> None:
    key = keys["EdDSA"]
    x = key.public().to_jwk()["x"]
    raw = base64.urlsafe_b64decode(x + "=")
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + raw
    line = "ssh-ed25519 " + base64.b64encode(blob).decode() + " a comment"
    token = jwt.encode(CLAIMS, key.to_pem(private=True), algorithm="EdDSA")
    assert jwt.decode(token, line, algorithms=["EdDSA"]) == CLAIMS
    assert jwt.decode(token, line, algorithms=["Ed25519", "EdDSA"]) == CLAIMS


def test_tokens_of_the_rfcs_verify() -> None:
    folder = VECTORS / "ietf-jose-cookbook" / "jws"
    verified = 0
    for path in sorted(folder.glob("*.json")):
        example = json.loads(path.read_text())
        name = example["input"]["alg"]
        token = example["output"].get("compact")
        if name not in ALGORITHMS or token is None or not token.split(".")[1]:
            continue
        members = {n: v for n, v in example["input"]["key"].items() if n in ("kty", "crv", "n", "e", "x", "y")}  # fmt: skip
        key = jwt.PyJWK(members, algorithm=name)
        payload = jwt.PyJWS().decode(token, key, algorithms=[name])
        assert payload.decode() == example["input"]["payload"]
        with pytest.raises(jwt.InvalidSignatureError):
            other = "A" if token[-9] != "A" else "B"
            jwt.PyJWS().decode(token[:-9] + other + token[-8:], key)
        verified += 1
    assert verified >= 3


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_public_key_does_not_sign(name: str, keys: dict[str, Key]) -> None:
    with pytest.raises(jwt.InvalidKeyError, match="a public key cannot sign"):
        jwt.encode(CLAIMS, keys[name].public().to_pem(), algorithm=name)


def test_a_private_key_of_rsa_does_not_verify_and_others_do(keys: dict[str, Key]) -> None:
    for name in ALGORITHMS:
        private = keys[name].to_pem(private=True)
        token = jwt.encode(CLAIMS, private, algorithm=name)
        if name[:2] in ("RS", "PS"):
            with pytest.raises(jwt.InvalidKeyError):
                jwt.decode(token, private, algorithms=[name])
        else:
            assert jwt.decode(token, private, algorithms=[name]) == CLAIMS


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA", b"\x30\x00"])
def test_what_is_no_key_is_refused(name: str, key: Any) -> None:
    with pytest.raises(jwt.InvalidKeyError, match="Could not parse the provided key"):
        jwt.encode(CLAIMS, key, algorithm=name)


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("key", [None, 5, object(), bytearray(b"a")])
def test_what_is_neither_text_nor_a_key_is_a_type_error(name: str, key: Any) -> None:
    with pytest.raises(TypeError, match="PEM"):
        jwt.encode(CLAIMS, key, algorithm=name)


def test_a_key_of_another_family_or_curve_is_refused(keys: dict[str, Key]) -> None:
    for name, other in [("RS256", "ES256"), ("ES256", "RS256"), ("EdDSA", "ES256"),
                        ("ES256", "ES384"), ("ES256", "ES256K"), ("ES512", "ES256")]:  # fmt: skip
        with pytest.raises(jwt.InvalidKeyError):
            jwt.encode(CLAIMS, keys[other].to_pem(private=True), algorithm=name)
    with pytest.raises(jwt.InvalidKeyError, match="does not go with a hash"):
        bare = ECAlgorithm(ECAlgorithm.SHA512)
        bare.sign(b"", bare.prepare_key(keys["ES256"].to_pem(private=True)))


def test_a_public_key_is_no_secret(keys: dict[str, Key]) -> None:
    pem, der = keys["RS256"].public().to_pem(), keys["RS256"].public().to_der()
    token = jwt.encode(CLAIMS, "a secret that is long enough, and then some")
    for key in (pem, der):
        with pytest.raises(jwt.InvalidKeyError):
            jwt.decode(token, key, algorithms=["HS256"])
    for mixed in (["HS256", "RS256"], ["ES256", "HS256"], ["HS256", "Ed25519"]):
        with pytest.raises(jwt.InvalidAlgorithmError):
            jwt.decode(token, "a secret that is long enough, and then some", algorithms=mixed)


@pytest.mark.parametrize(
    ("algorithm", "members"),
    [
        (RSAAlgorithm, {"kty": "RSA", "n": "AQAB"}),
        (RSAAlgorithm, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
        (RSAAlgorithm, {"kty": "EC"}),
        (RSAPSSAlgorithm, "no JSON"),
        (ECAlgorithm, {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        (ECAlgorithm, {"kty": "EC", "crv": "P-257", "x": "AAAA", "y": "AAAA"}),
        (ECAlgorithm, {"kty": "RSA"}),
        (OKPAlgorithm, {"kty": "OKP", "crv": "Ed25519"}),
        (OKPAlgorithm, {"kty": "OKP", "crv": "Ed25519", "x": 5}),
        (OKPAlgorithm, {"kty": "OKP", "crv": "Ed448", "x": "AAAA"}),
        (OKPAlgorithm, {"kty": "oct"}),
        (OKPAlgorithm, {"kty": "AKP"}),
    ],
)
def test_what_is_no_jwk_of_the_family_is_refused(algorithm: Any, members: Any) -> None:
    with pytest.raises(jwt.InvalidKeyError):
        algorithm.from_jwk(members)


@pytest.mark.parametrize("algorithm", ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
def test_what_the_engine_has_beyond_pyjwt_is_no_key_here(algorithm: str) -> None:
    key = Key.generate(algorithm)
    token = Issuer(key, lifetime=60).issue()
    with pytest.raises(jwt.InvalidAlgorithmError, match="Algorithm not supported"):
        jwt.decode(token, key.public().to_pem(), [algorithm])
    with pytest.raises(NotImplementedError):
        jwt.encode({"a": 1}, key.to_pem(private=True), algorithm)
    for family in (RSAAlgorithm(RSAAlgorithm.SHA256), ECAlgorithm(ECAlgorithm.SHA256), OKPAlgorithm()):
        for text in (key.to_pem(), key.to_pem(private=True)):
            with pytest.raises((jwt.InvalidKeyError, ValueError, TypeError)):
                family.prepare_key(text)
        with pytest.raises(jwt.InvalidKeyError):
            family.from_jwk(key.to_jwk())
    for form in (key.to_pem(), key.to_der()):
        with pytest.raises(jwt.InvalidKeyError):
            jwt.encode({"a": 1}, form, "HS256")


def test_a_key_shows_nothing_secret(keys: dict[str, Key]) -> None:
    key = jwt.get_algorithm_by_name("ES256").prepare_key(keys["ES256"].to_pem(private=True))
    assert repr(key) == "<EngineKey: private P-256>"
    assert repr(key.public_key()) == "<EngineKey: public P-256>"
