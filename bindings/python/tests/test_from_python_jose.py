"""Every row of docs/migrations/from-python-jose.md on functions, keys and exceptions, with
python-jose beside jotem as control. The rows on options, claims and behaviour have theirs in
test_from_python_jose_claims.py.
"""

from __future__ import annotations

import doctest
import json
import pathlib
import re
import warnings
from datetime import datetime, timedelta, timezone
from typing import Any

import jose.exceptions
import jose.utils
import pytest
import test_from_python_jose_claims
from jose import jwe as old_jwe
from jose import jwk as old_jwk
from jose import jws as old_jws
from jose import jwt as old
from jose.constants import ALGORITHMS
from python_jose import FUTURE, HS256, JWKS, KEY, OCT, OTHER, PRIVATE, PUBLIC, RSA, SECRET
from python_jose import code_of, native, signed

import jotem
from jotem import Algorithm, Key, KeySet, Verifier, errors, jwt

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "migrations" / "from-python-jose.md"


# The page.


def test_the_page_runs() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 25
    assert outcome.failed == 0


def test_every_row_has_its_test_and_every_test_its_row() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    assert all("`test_" in row for row in rows if not row.startswith(("| python-jose", "| what")))
    both = {**globals(), **vars(test_from_python_jose_claims)}
    here = {name for name, value in both.items() if name.startswith("test_") and callable(value)}
    about_the_page = {name for name in here if "page" in name or "row" in name}
    assert named == here - about_the_page


def test_the_page_names_every_exception_option_and_function() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [n for n in vars(jose.exceptions) if n.endswith(("Error", "InvalidAuth"))]
    options = re.findall(r"'((?:verify|require)_\w+|leeway)'", old.decode.__doc__)
    functions = [
        f"{module.__name__[5:]}.{name}"
        for module in (old, old_jws, old_jwk, old_jwe)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    ]
    assert (len(names), len(options), len(functions)) == (12, 18, 16)
    for name in [*names, *options, *functions]:
        assert f"`{name}`" in text or f"`{name}(" in text, name


# Functions.


def test_encode_writes_the_same_bytes() -> None:
    for claims in ({"sub": "42", "é": [1.5, None]}, {"exp": datetime(2100, 1, 1)}, {}):
        assert jwt.encode(claims, SECRET) == signed(claims)
        assert jwt.encode(claims, SECRET, "HS256", {"kid": "a"}) == signed(
            claims, algorithm="HS256", headers={"kid": "a"}
        )


def test_encode_leaves_the_claims_as_they_are() -> None:
    noon = datetime(2100, 1, 1, 12, tzinfo=timezone.utc)
    changed, kept = {"exp": noon}, {"exp": noon}
    old.encode(changed, SECRET)
    jwt.encode(kept, SECRET)
    assert changed["exp"] == 4102488000
    assert kept["exp"] == noon


def test_decode_reads_the_same_claims() -> None:
    for token in (signed({"sub": "42"}), signed({"sub": "42"}).encode()):
        claims = old.decode(token, SECRET, HS256)
        assert claims == jwt.decode(token, SECRET, HS256) == native(token).claims == {"sub": "42"}


def test_positions_after_options_differ() -> None:
    token = signed({"aud": "api"})
    assert old.decode(token, SECRET, HS256, None, "api") == {"aud": "api"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with pytest.raises(jwt.InvalidAudienceError):
            jwt.decode(token, SECRET, HS256, None, "api")
    with pytest.raises(TypeError):
        Verifier(KEY, "api")  # type: ignore[misc]


def test_unverified_claims_and_header() -> None:
    token = signed({"sub": "42"}, headers={"kid": "a"})
    claims = old.get_unverified_claims(token)
    assert claims == jwt.get_unverified_claims(token) == {"sub": "42"}
    assert claims == jotem.unverified_claims(token).as_untrusted()
    header = old.get_unverified_header(token)
    assert header == old.get_unverified_headers(token) == jwt.get_unverified_header(token)
    assert header == jotem.unverified_header(token).as_untrusted()
    assert not hasattr(jwt, "get_unverified_headers")
    for read in (old.get_unverified_claims, old.get_unverified_header):
        with pytest.raises(jose.exceptions.JWTError):
            read("no token")
    for read in (jwt.get_unverified_claims, jwt.get_unverified_header):
        with pytest.raises(jwt.DecodeError):
            read("no token")


def test_access_token_and_at_hash_are_for_the_program() -> None:
    token = signed({"sub": "42"}, access_token="opaque")
    assert "at_hash" in old.decode(token, SECRET, HS256, access_token="opaque")
    for given in (None, "another"):
        with pytest.raises(jose.exceptions.JWTClaimsError):
            old.decode(token, SECRET, HS256, access_token=given)
    assert jwt.decode(token, SECRET, HS256)["at_hash"] == native(token).claims["at_hash"]
    with pytest.warns(DeprecationWarning, match="access_token"):
        jwt.decode(token, SECRET, HS256, access_token="another")
    with pytest.raises(TypeError, match="access_token"):
        jwt.encode({}, SECRET, access_token="opaque")  # type: ignore[call-arg]


def test_jws_signs_and_verifies_bytes() -> None:
    signature = old_jws.sign(b"\x00\xff", SECRET)
    assert jwt.PyJWS().encode(b"\x00\xff", SECRET, "HS256") == signature
    assert old_jws.verify(signature, SECRET, HS256) == b"\x00\xff"
    assert jwt.PyJWS().decode(signature, SECRET, HS256) == b"\x00\xff"
    assert old_jws.sign({"a": 1}, SECRET) == jwt.PyJWS().encode(b'{"a":1}', SECRET, "HS256")
    with pytest.raises(jose.exceptions.JWSError):
        old_jws.verify(signature, OTHER, HS256)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.PyJWS().decode(signature, OTHER, HS256)


def test_jws_reads_without_verifying() -> None:
    signature = old_jws.sign(b"\x00\xff", SECRET)
    unverified = {"verify_signature": False}
    assert old_jws.get_unverified_claims(signature) == b"\x00\xff"
    assert old_jws.verify(signature, "", None, verify=False) == b"\x00\xff"
    assert jwt.PyJWS().decode(signature, options=unverified) == b"\x00\xff"
    header = old_jws.get_unverified_header(signature)
    assert header == old_jws.get_unverified_headers(signature)
    assert header == jwt.PyJWS().get_unverified_header(signature)


def test_jwk_construct_is_pyjwk_or_key() -> None:
    old_key, py_key, key = old_jwk.construct(OCT), jwt.PyJWK(OCT), Key.from_jwk(OCT)
    mac = old_key.sign(b"message")
    assert old_key.verify(b"message", mac)
    assert py_key.Algorithm.sign(b"message", py_key.key) == mac
    assert py_key.Algorithm.verify(b"message", py_key.key, mac)
    assert not py_key.Algorithm.verify(b"another", py_key.key, mac)
    assert key.to_jwk(private=True)["k"] == old_key.to_dict()["k"]
    old_rsa = old_jwk.construct(PRIVATE, "RS256")
    assert old_rsa.public_key().to_pem().decode() == RSA.public().to_pem()
    assert old_rsa.to_dict()["n"] == RSA.to_jwk()["n"]
    with pytest.raises(jose.exceptions.JWKError):
        old_jwk.construct({"kty": "oct", "k": "AA"})
    with pytest.raises(errors.KeyRefused):
        Key.from_jwk({"kty": "oct", "k": "AA"})


def test_register_key_is_register_algorithm() -> None:
    class Mine(jwt.algorithms.HMACAlgorithm):
        """An algorithm of the program."""

    own = jwt.PyJWS()
    own.register_algorithm("MINE", Mine(Mine.SHA256))
    signature = own.encode(b"message", SECRET, "MINE")
    assert own.decode(signature, SECRET, ["MINE"]) == b"message"
    assert old_jwk.get_key("HS256") is not None and old_jwk.get_key("MINE") is None
    assert type(own.get_algorithm_by_name("MINE")) is Mine
    with pytest.raises(NotImplementedError):
        jwt.get_algorithm_by_name("MINE")
    with pytest.raises(ValueError, match="MINE"):
        Algorithm("MINE")
    with pytest.raises(TypeError):
        old_jwk.register_key("MINE", Mine)


def test_names_of_algorithms_are_members_of_an_enum() -> None:
    for name in ("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"):
        assert getattr(ALGORITHMS, name) == getattr(Algorithm, name) == name


def test_base64url_is_in_utils() -> None:
    assert jwt.utils.base64url_encode(b"\xff\xfe") == jose.utils.base64url_encode(b"\xff\xfe")
    assert jwt.utils.base64url_decode(b"__4") == jose.utils.base64url_decode(b"__4") == b"\xff\xfe"


# Keys.


def test_a_list_of_keys_is_tried_in_turn() -> None:
    token = signed({"sub": "42"})
    for keys in ([OTHER, SECRET], (SECRET, OTHER)):
        assert old.decode(token, keys, HS256) == jwt.decode(token, keys, HS256) == {"sub": "42"}
    with pytest.raises(jose.exceptions.JWTError):
        old.decode(token, [OTHER, OTHER], HS256)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, [OTHER, OTHER], HS256)
    keys = [Key.from_secret(OTHER, algorithm="HS256"), KEY]
    assert Verifier(keys, expiry_optional=True, try_keys=2).verify(token).subject == "42"
    with pytest.raises(errors.TokenRefused) as caught:
        Verifier(keys, expiry_optional=True).verify(token)
    assert caught.value.code == "jws_key_ambiguous"


def test_a_jwk_is_made_a_key_first() -> None:
    token = signed({"sub": "42"})
    assert old.decode(token, OCT, HS256) == jwt.decode(token, jwt.PyJWK(OCT)) == {"sub": "42"}
    assert old.decode(token, json.dumps(OCT), HS256) == {"sub": "42"}
    assert native(token).key_id is None
    for as_it_is in (OCT, json.dumps(OCT)):
        with pytest.raises((TypeError, jwt.InvalidKeyError)):
            jwt.decode(token, as_it_is, HS256)
    with pytest.raises(TypeError, match="expected jotem.Key"):
        Verifier(OCT)  # type: ignore[arg-type]


def test_a_jwks_is_made_a_set_first() -> None:
    token = signed({"sub": "42"}, headers={"kid": "a"})
    for keys in (JWKS, json.dumps(JWKS)):
        assert old.decode(token, keys, HS256) == {"sub": "42"}
        with pytest.raises((TypeError, jwt.InvalidKeyError)):
            jwt.decode(token, keys, HS256)
    keys = jwt.PyJWKSet.from_dict(JWKS)
    assert jwt.decode(token, list(keys), HS256) == jwt.decode(token, keys["a"]) == {"sub": "42"}
    with pytest.raises(KeyError):
        keys["c"]
    ring = KeySet.from_dict(JWKS)
    assert Verifier(ring, expiry_optional=True).verify(token).key_id == "a"
    with pytest.raises(errors.KeyNotFound):
        Verifier(ring, expiry_optional=True).verify(signed({}, headers={"kid": "c"}))


def test_a_dict_of_names_is_given_as_its_values() -> None:
    token, keys = signed({"sub": "42"}), {"b": OTHER, "a": SECRET}
    assert old.decode(token, keys, HS256) == jwt.decode(token, list(keys.values()), HS256)
    with pytest.raises(TypeError):
        jwt.decode(token, keys, HS256)  # type: ignore[arg-type]


def test_kid_chooses_the_key() -> None:
    token = signed({"sub": "42"}, headers={"kid": "b"})
    assert old.decode(token, JWKS, HS256) == {"sub": "42"}
    with pytest.raises(errors.SignatureInvalid):
        Verifier(KeySet.from_dict(JWKS), expiry_optional=True).verify(token)


def test_a_jwk_is_used_with_its_own_algorithm_only() -> None:
    token, bound = signed({}), {**OCT, "alg": "HS512"}
    assert old.decode(token, bound, HS256) == {}
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, jwt.PyJWK(bound), HS256)
    with pytest.raises(errors.KeyRefused):
        Key.from_jwk(bound)


def test_a_certificate_is_opened_first() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    key = serialization.load_pem_private_key(PRIVATE.encode(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(1))
    certificate = builder.sign(key, hashes.SHA256())
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    token = old.encode({"sub": "42"}, PRIVATE, "RS256")
    assert old.decode(token, pem, ["RS256"]) == {"sub": "42"}
    with pytest.raises(jwt.InvalidKeyError):
        jwt.decode(token, pem, ["RS256"])
    with pytest.raises(errors.KeyRefused) as caught:
        Key.from_pem(pem, algorithm="RS256")
    assert caught.value.code == "key_certificate"
    opened = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert jwt.decode(token, opened, ["RS256"]) == {"sub": "42"}
    assert Key.from_cryptography(opened, algorithm="RS256") == RSA.public()
    assert Key.from_x509(pem, algorithm="RS256") == RSA.public()


def test_a_private_key_is_no_key_to_verify_with() -> None:
    token = old.encode({}, PRIVATE, "RS256")
    with pytest.warns(UserWarning, match="private key"):
        assert old.decode(token, PRIVATE, ["RS256"]) == {}
    with pytest.raises(AttributeError):
        jwt.decode(token, PRIVATE, ["RS256"])
    with pytest.raises(errors.KeyRefused) as caught:
        Verifier(RSA)
    assert caught.value.code == "key_private"


def test_a_short_or_empty_secret() -> None:
    assert old.encode({}, "") and old.encode({}, "short")
    with pytest.raises(jwt.InvalidKeyError):
        jwt.encode({}, "")
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        jwt.encode({}, "short")
    for secret in ("", "short"):
        with pytest.raises(errors.KeyRefused):
            Key.from_secret(secret, algorithm="HS256")


def test_a_public_key_is_no_secret_in_any_encoding() -> None:
    public = json.dumps(RSA.to_jwk())
    for disguised in (PUBLIC, RSA.to_der(), public):
        with pytest.raises(jwt.InvalidKeyError):
            jwt.encode({}, disguised)
        with pytest.raises(errors.KeyRefused):
            Key.from_secret(disguised, algorithm="HS256")
    with pytest.raises(jose.exceptions.JOSEError):
        old.encode({}, PUBLIC)
    for disguised in (RSA.to_der(), public):
        forged = old.encode({"sub": "admin"}, disguised)
        if isinstance(disguised, bytes):
            assert old.decode(forged, disguised)["sub"] == "admin"


# Exceptions.


@pytest.mark.parametrize(
    ("claims", "expected", "before", "after", "code"),
    [
        ({"exp": 1}, {}, "ExpiredSignatureError", "ExpiredSignatureError", "jwt_expired"),
        ({"nbf": FUTURE}, {}, "JWTClaimsError", "ImmatureSignatureError", "jwt_not_yet_valid"),
        ({"aud": "a"}, {"audience": "b"}, "JWTClaimsError", "InvalidAudienceError", "jwt_audience_mismatch"),
        ({"iss": "a"}, {"issuer": "b"}, "JWTClaimsError", "InvalidIssuerError", "jwt_issuer_mismatch"),
        ({"sub": "a"}, {"subject": "b"}, "JWTClaimsError", "InvalidSubjectError", "jwt_subject_mismatch"),
    ],
)  # fmt: skip
def test_a_claim_is_refused_with(
    claims: dict[str, Any], expected: dict[str, Any], before: str, after: str, code: str
) -> None:
    token = signed(claims)
    with pytest.raises(getattr(jose.exceptions, before)):
        old.decode(token, SECRET, HS256, **expected)
    with pytest.raises(getattr(jwt.exceptions, after)) as caught:
        jwt.decode(token, SECRET, HS256, **expected)
    assert isinstance(caught.value, jwt.InvalidTokenError)
    assert code_of(token, **expected) == code


def test_a_signature_is_refused_with() -> None:
    token = signed({})
    with pytest.raises(jose.exceptions.JWTError) as was:
        old.decode(token, OTHER, HS256)
    assert type(was.value) is jose.exceptions.JWTError
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, OTHER, HS256)
    with pytest.raises(errors.SignatureInvalid):
        Verifier(Key.from_secret(OTHER, algorithm="HS256")).verify(token)


def test_a_key_is_refused_with() -> None:
    with pytest.raises(jose.exceptions.JWKError) as was:
        old.decode(signed({}), PUBLIC, HS256)
    assert not isinstance(was.value, jose.exceptions.JWTError)
    with pytest.raises(jwt.InvalidKeyError) as now:
        jwt.decode(signed({}), PUBLIC, HS256)
    assert not isinstance(now.value, jwt.InvalidTokenError)
    with pytest.raises(errors.KeyRefused) as caught:
        Key.from_secret(PUBLIC, algorithm="HS256")
    assert not isinstance(caught.value, errors.TokenRefused)


def test_every_refusal_has_one_base() -> None:
    for one in (jose.exceptions.JWTError, jose.exceptions.JWSError, jose.exceptions.JWKError):
        assert issubclass(one, jose.exceptions.JOSEError)
    for other in (jwt.InvalidTokenError, jwt.InvalidKeyError, jwt.PyJWKError):
        assert issubclass(other, jwt.PyJWTError)
    for native_one in (errors.TokenRefused, errors.KeyRefused, errors.Misuse):
        assert issubclass(native_one, errors.JotemError)


# What there is not.


def test_nothing_is_encrypted() -> None:
    secret = "a key of 32 bytes, for A256GCM ."
    token = old_jwe.encrypt(b"{}", secret).decode()
    assert old_jwe.decrypt(token, secret) == b"{}"
    assert old_jwe.get_unverified_header(token)["enc"] == "A256GCM"
    with pytest.raises(jwt.DecodeError):
        jwt.decode(token, secret, HS256)
    assert code_of(token) == "jws_encrypted"
