"""Keys and key sets: ways in, ways out, and what never leaves by accident."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from jotem import Algorithm, Issuer, Key, KeySet, Verifier, errors

_CURVES = ["ES256", "ES384", "ES512", "ES256K", "EdDSA"]
_ML_DSA = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]
VECTORS = Path(__file__).parents[4] / "vectors"
SECRET = b"a secret of 32 bytes, or of more"


def code_of(call: Any, *arguments: Any, **settings: Any) -> str:
    with pytest.raises(errors.KeyRefused) as caught:
        call(*arguments, **settings)
    assert caught.value.hint
    assert caught.value.public["error"] == "server_error"
    return caught.value.code


@pytest.mark.parametrize("algorithm", [*_CURVES, "RS256", *_ML_DSA])
def test_a_key_comes_back_from_every_format(algorithm: str) -> None:
    key = Key.generate(algorithm, key_id="a")
    assert key.algorithm is Algorithm(algorithm)
    for half, private in [(key, True), (key.public(), False)]:
        pem, der = half.to_pem(private=private), half.to_der(private=private)
        jwk = half.to_jwk(private=private)
        assert Key.from_pem(pem, algorithm=algorithm, key_id="a") == half
        assert Key.from_pem(pem.encode(), algorithm=algorithm).with_key_id("a") == half
        assert Key.from_der(der, algorithm=algorithm, key_id="a") == half
        assert Key.from_jwk(jwk) == half
        assert Key.from_jwk(json.dumps(jwk)) == half
        assert half.is_private is private
        assert bool({"d", "priv"} & jwk.keys()) is private


@pytest.mark.parametrize("algorithm", _ML_DSA)
def test_the_examples_of_rfc_9964_are_the_same_keys(algorithm: str) -> None:
    name = algorithm.replace("-", "_")
    example = json.loads((VECTORS / "rfc9964-mldsa-jose" / f"{name}.jose.json").read_text("utf-8"))
    key = Key.from_jwk(example["jwk"])
    assert key.algorithm is getattr(Algorithm, name)
    assert key.thumbprint() == key.public().thumbprint() == key.key_id == example["jwk"]["kid"]
    document = {**example["jwk"], "use": "sig"}
    assert key.to_jwk(private=True) == document
    assert key.to_jwk() == {name: document[name] for name in document if name != "priv"}
    same = Key.from_der(key.to_der(private=True), algorithm=algorithm)
    assert same.public().to_jwk()["pub"] == document["pub"]
    assert "PRIVATE" not in key.to_pem()


@pytest.mark.parametrize("algorithm", _ML_DSA)
def test_a_key_of_cryptography_signs_for_ml_dsa(algorithm: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import mldsa

    theirs = getattr(mldsa, algorithm.replace("-", "") + "PrivateKey").generate()
    key = Key.from_cryptography(theirs, algorithm=algorithm)
    token = Issuer(key, lifetime=60).issue(subject="42")
    public = Key.from_cryptography(theirs.public_key(), algorithm=algorithm)
    assert Verifier(public).verify(token).subject == "42"
    signing_input, _, signature = token.rpartition(".")
    padded = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    theirs.public_key().verify(padded, signing_input.encode())


def test_the_private_half_leaves_only_when_it_is_named(private: Key) -> None:
    assert "d" not in private.to_jwk()
    assert "PRIVATE" not in private.to_pem()
    assert private.to_der() == private.public().to_der()
    assert code_of(private.public().to_pem, private=True) == "key_public"
    assert code_of(private.public().to_der, private=True) == "key_public"
    assert code_of(private.public().to_jwk, private=True) == "key_public"


def test_a_shared_secret_has_no_public_half(secret: Key) -> None:
    ways = [secret.public, secret.to_jwk, secret.to_pem, secret.to_der, secret.thumbprint]
    assert {code_of(way) for way in ways} == {"key_no_public_part"}
    assert code_of(KeySet, [secret]) == "key_no_public_part"
    assert secret.is_private
    jwk = secret.to_jwk(private=True)
    assert Key.from_jwk(jwk) == secret


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_short_or_empty_secret_is_refused(algorithm: str) -> None:
    assert code_of(Key.from_secret, b"changeme", algorithm=algorithm) == "key_secret_too_short"
    assert code_of(Key.from_secret, "", algorithm=algorithm) == "key_secret_empty"
    assert code_of(Key.from_base64_secret, "!", algorithm=algorithm) == "key_secret_not_base64"
    assert code_of(Key.from_base64_secret, b"\xff", algorithm=algorithm) == "key_secret_not_base64"


def test_a_base64_secret_is_the_same_key() -> None:
    import base64

    text = base64.b64encode(SECRET)
    key = Key.from_base64_secret(text, algorithm="HS256")
    assert key == Key.from_secret(SECRET, algorithm=Algorithm.HS256)
    assert key == Key.from_base64_secret(text.decode().rstrip("="), algorithm="HS256")


def test_keys_are_equal_where_nothing_tells_them_apart(private: Key, secret: Key) -> None:
    assert private.public() == Key.from_jwk(private.to_jwk())
    assert hash(private.public()) == hash(Key.from_jwk(private.to_jwk()))
    different = [
        private,
        private.public(),
        private.with_key_id("b"),
        private.public().of_issuers("me"),
        Key.generate("ES256", key_id="2026-11"),
        secret,
        Key.from_secret(SECRET + b"!", algorithm="HS256"),
        Key.from_secret(SECRET + b"a secret of 16 ..", algorithm="HS384"),
        "key",
        None,
    ]
    for one in different:
        assert [one == other for other in different].count(True) == 1


def test_no_repr_shows_a_secret(private: Key, secret: Key) -> None:
    assert repr(private) == "<jotem.Key: ES256 private, kid `2026-11`>"
    assert repr(private.public()) == "<jotem.Key: ES256 public, kid `2026-11`>"
    assert repr(secret) == "<jotem.Key: HS256 secret>"
    assert len(repr(private.with_key_id("\x1b[31m" * 100))) < 120


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled(private: Key, protocol: int) -> None:
    with pytest.raises(TypeError, match=r"a jotem.Key is not pickled.*to_pem\(\)"):
        pickle.dumps(private, protocol)


def test_a_key_is_immutable_so_that_a_copy_is_itself(private: Key) -> None:
    assert copy.copy(private) is private
    assert copy.deepcopy([private])[0] is private
    with pytest.raises(AttributeError):
        private.key_id = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        private.extra = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        Key()
    with pytest.raises(TypeError):
        type("Mine", (Key,), {})


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", "key_format"),
        ("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n", "key_certificate"),
        ("-----BEGIN PUBLIC KEY-----\\nMCow\\n-----END PUBLIC KEY-----", "key_pem_escaped"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----", "key_open_ssh"),
    ],
)
def test_a_pem_that_is_no_key_is_refused_with_what_it_is(document: str, code: str) -> None:
    assert code_of(Key.from_pem, document, algorithm="ES256") == code


def test_a_key_of_another_type_than_its_algorithm_is_refused(private: Key) -> None:
    pem = private.to_pem()
    assert code_of(Key.from_pem, pem, algorithm="RS256") == "key_algorithm_mismatch"
    assert code_of(Key.from_pem, pem, algorithm="ES384") == "key_algorithm_mismatch"
    assert code_of(Key.from_jwk, private.to_jwk(), algorithm="ES384") == "key_algorithm_mismatch"
    assert code_of(Key.from_der, b"\x30\x00", algorithm="ES256") == "key_format"


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        ("{", "key_json"),
        ("[]", "key_json"),
        ({}, "key_member_missing"),
        ({"kty": "OKP", "crv": "Ed25519"}, "key_member_missing"),
        ({"kty": "oct", "k": "YQ"}, "key_algorithm_unknown"),
        ({"kty": "nope"}, "key_type_unknown"),
        ('{"kty":"oct","kty":"RSA"}', "key_json"),
    ],
)
def test_a_jwk_that_is_none_is_refused(jwk: Any, code: str) -> None:
    assert code_of(Key.from_jwk, jwk) == code


def test_a_secret_that_may_only_verify_signs_nothing(secret: Key) -> None:
    jwk = secret.to_jwk(private=True) | {"key_ops": ["verify"]}
    jwk.pop("use")
    key = Key.from_jwk(jwk)
    assert Verifier(key).verify(Issuer(secret, lifetime=60).issue())
    assert code_of(Issuer, key, lifetime=60) == "key_public"


@pytest.mark.parametrize("value", [None, 7, ["a"], object()])
def test_documents_of_another_type_are_type_errors(value: Any) -> None:
    for read in (Key.from_pem, Key.from_der, Key.from_secret, Key.from_base64_secret, Key.from_jwk):
        with pytest.raises(TypeError):
            read(value, algorithm="HS256")
    with pytest.raises(TypeError):
        KeySet.from_json(value)
    with pytest.raises(TypeError):
        KeySet.from_dict(value)
    with pytest.raises(TypeError):
        KeySet(value)
    with pytest.raises(TypeError, match="expected a key of cryptography"):
        Key.from_cryptography(value, algorithm="ES256")


def test_no_type_error_shows_a_secret() -> None:
    with pytest.raises(TypeError) as caught:
        Key.from_secret(bytearray(b"hunter2"), algorithm="HS256")  # type: ignore[arg-type]
    assert str(caught.value) == "secret: expected str or bytes, got bytearray"


@pytest.mark.parametrize("algorithm", ["none", "HS257", "es256", "", "\ud800"])
def test_an_algorithm_that_there_is_not_is_refused(algorithm: str) -> None:
    with pytest.raises(errors.Misuse, match="not the name of a JWS algorithm"):
        Key.generate(algorithm)


def test_the_size_is_for_rsa() -> None:
    assert Key.generate("PS256", bits=2048).algorithm is Algorithm.PS256
    assert code_of(Key.generate, "RS256", bits=1024) == "key_rsa_size"
    with pytest.raises(errors.Misuse, match="bits is for RSA"):
        Key.generate("ES256", bits=256)


def test_takes_keys_of_cryptography() -> None:
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    theirs = ec.generate_private_key(ec.SECP256R1())
    key = Key.from_cryptography(theirs, algorithm="ES256", key_id="a")
    public = Key.from_cryptography(theirs.public_key(), algorithm="ES256", key_id="a")
    assert (key.is_private, public.is_private) == (True, False)
    assert key.public() == public
    assert Verifier(public).verify(Issuer(key, lifetime=60).issue())
    other = ed25519.Ed25519PrivateKey.generate()
    assert code_of(Key.from_cryptography, other, algorithm="ES256") == "key_algorithm_mismatch"
    assert Key.from_cryptography(other, algorithm="EdDSA").is_private


def test_a_set_publishes_public_halves_only(private: Key) -> None:
    keys = KeySet([private, Key.generate("EdDSA", key_id="b").public()])
    assert "\"d\"" not in keys.to_json()
    assert json.loads(keys.to_json()) == keys.to_dict()
    again = KeySet.from_json(keys.to_json())
    assert again == keys
    assert KeySet.from_dict(keys.to_dict()) == keys
    assert list(again) == list(keys)
    assert [key.key_id for key in again] == ["2026-11", "b"]
    assert (len(again), private.public() in again, private in again) == (2, True, False)


def test_a_set_says_why_a_member_cannot_be_used() -> None:
    rsa = Key.generate("RS256", key_id="rsa").to_jwk()
    del rsa["alg"]
    keys = KeySet.from_dict({"keys": [rsa, {"kty": "new", "kid": "x"}, {"kty": "EC"}]})
    assert [member.reason and member.reason.code for member in keys.members] == [
        "key_algorithm_unknown",
        "key_type_unknown",
        "key_member_missing",
    ]
    assert [member.key_id for member in keys.members] == ["rsa", "x", None]
    assert [member.key_type for member in keys.members] == ["RSA", "new", "EC"]
    assert all(member.key is None for member in keys.members)
    assert (list(keys), len(keys), bool(keys)) == ([], 0, True)
    with pytest.raises(errors.Misuse) as caught:
        Verifier(keys)
    assert caught.value.code == "misuse_keys_unusable"
    assert 'algorithms=["RS256"]' in caught.value.hint
    assert Verifier(keys, algorithms=["RS256"]).algorithms == (Algorithm.RS256,)


@pytest.mark.parametrize(
    ("text", "code"),
    [("{}", "key_set_empty"), ("[]", "key_set_empty"), ("{", "key_json"), (b"\xff", "key_json")],
)
def test_what_is_no_set_is_refused(text: Any, code: str) -> None:
    assert code_of(KeySet.from_json, text) == code


def test_a_public_key_of_openssh_is_read() -> None:
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iRylAiKYIW4X9Y me"
    key = Key.from_ssh(line, algorithm="EdDSA", key_id="a")
    assert Key.from_ssh(line.encode(), algorithm="EdDSA", key_id="a") == key
    assert not key.is_private and key.key_id == "a"
    assert code_of(Key.from_ssh, line, algorithm="ES256") == "key_algorithm_mismatch"
    assert code_of(Key.from_ssh, "ssh-ed25519 AAAA", algorithm="EdDSA") == "key_format"
    with pytest.raises(TypeError, match="line"):
        Key.from_ssh(5, algorithm="EdDSA")  # type: ignore[arg-type]
