"""Every row of docs/migrations/from-python-jose.md on options, claims and behaviour, with
python-jose beside jotem as control.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import jose.exceptions
import pytest
import time_machine
from freezegun import freeze_time
from jose import jwt as old
from python_jose import FUTURE, HS256, KEY, PRIVATE, PUBLIC, RSA, SECRET
from python_jose import code_of, native, raw, signed

import jotem
from jotem import Issuer, Key, Verifier, errors, jwt

# Options.


@pytest.mark.parametrize(
    ("option", "claims"),
    [
        ("verify_aud", {"aud": "web"}),
        ("verify_exp", {"exp": 1}),
        ("verify_nbf", {"nbf": FUTURE}),
        ("verify_iat", {"iat": "never"}),
        ("verify_iss", {"iss": "https://other.example"}),
        ("verify_sub", {"sub": 42}),
        ("verify_jti", {"jti": 42}),
    ],
)
def test_verify_options_have_the_same_names(option: str, claims: dict[str, Any]) -> None:
    token, expected = signed(claims), {"issuer": "https://auth.example"} if "iss" in claims else {}
    with pytest.raises(jose.exceptions.JWTError):
        old.decode(token, SECRET, HS256, **expected)
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(token, SECRET, HS256, **expected)
    with pytest.raises(errors.ClaimRefused):
        native(token, **expected)
    off = {option: False}
    assert old.decode(token, SECRET, HS256, off, **expected) == claims
    assert jwt.decode(token, SECRET, HS256, off, **expected) == claims


def test_without_the_signature_no_claim_is_checked() -> None:
    token, off = signed({"exp": 1}), {"verify_signature": False}
    with pytest.raises(jose.exceptions.ExpiredSignatureError):
        old.decode(token, "", options=off)
    assert jwt.decode(token, options=off) == {"exp": 1}
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, options={**off, "verify_exp": True})
    assert jotem.unverified_claims(token).as_untrusted() == {"exp": 1}


@pytest.mark.parametrize("claim", ["aud", "iat", "exp", "nbf", "iss", "sub", "jti", "at_hash"])
def test_require_is_one_list(claim: str) -> None:
    token = signed({"role": "admin"})
    with pytest.raises(jose.exceptions.JWTError, match=claim):
        old.decode(token, SECRET, HS256, {f"require_{claim}": True})
    assert jwt.decode(token, SECRET, HS256, {f"require_{claim}": True}) == {"role": "admin"}
    with pytest.raises(jwt.MissingRequiredClaimError, match=claim):
        jwt.decode(token, SECRET, HS256, {"require": [claim]})
    assert code_of(token, require=claim) == "jwt_claim_missing"


def test_leeway_is_an_argument() -> None:
    token = signed({"exp": int(time.time()) - 100})
    assert old.decode(token, SECRET, HS256, {"leeway": 500})
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, SECRET, HS256, {"leeway": 500})
    for leeway in (500, timedelta(seconds=500)):
        assert jwt.decode(token, SECRET, HS256, leeway=leeway)
        with pytest.raises(errors.Misuse, match="300"):
            native(token, leeway=leeway)
    assert native(token, leeway=300)


# Claims.


def test_an_expected_audience_must_be_there() -> None:
    token = signed({"sub": "42"})
    assert old.decode(token, SECRET, HS256, audience="api") == {"sub": "42"}
    with pytest.raises(jwt.MissingRequiredClaimError, match="aud"):
        jwt.decode(token, SECRET, HS256, audience="api")
    assert code_of(token, audience="api") == "jwt_claim_missing"


def test_an_audience_that_nobody_expects_is_refused() -> None:
    token = signed({"aud": "api"})
    with pytest.raises(jose.exceptions.JWTClaimsError):
        old.decode(token, SECRET, HS256)
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, SECRET, HS256)
    assert code_of(token) == "jwt_audience_unexpected"


def test_several_audiences_may_be_expected() -> None:
    token = signed({"aud": ["api", "admin"]})
    with pytest.raises(jose.exceptions.JWTError, match="must be a string"):
        old.decode(token, SECRET, HS256, audience=["api", "web"])
    assert jwt.decode(token, SECRET, HS256, audience=["api", "web"])
    assert native(token, audience=["api", "web"]).audience == ["api", "admin"]


def test_an_expected_issuer_must_be_there() -> None:
    for claims in ({}, {"iss": "https://other.example"}):
        token = signed(claims)
        with pytest.raises(jose.exceptions.JWTClaimsError):
            old.decode(token, SECRET, HS256, issuer="https://auth.example")
        with pytest.raises((jwt.InvalidIssuerError, jwt.MissingRequiredClaimError)):
            jwt.decode(token, SECRET, HS256, issuer="https://auth.example")
        assert code_of(token, issuer="a").startswith(("jwt_claim_missing", "jwt_issuer_mismatch"))
    token, several = signed({"iss": "a"}), ["a", "b"]
    assert old.decode(token, SECRET, HS256, issuer=several)
    assert jwt.decode(token, SECRET, HS256, issuer=several)


def test_an_expected_subject_must_be_there_for_a_verifier() -> None:
    token = signed({"role": "admin"})
    assert old.decode(token, SECRET, HS256, subject="42")
    assert jwt.decode(token, SECRET, HS256, subject="42")
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(token, SECRET, HS256, {"require": ["sub"]}, subject="42")
    assert code_of(token, subject="42") == "jwt_claim_missing"


def test_a_token_from_the_future_is_refused() -> None:
    token = signed({"iat": FUTURE})
    assert old.decode(token, SECRET, HS256)
    with pytest.raises(jwt.ImmatureSignatureError):
        jwt.decode(token, SECRET, HS256)
    assert code_of(token) == "jwt_issued_in_future"


def test_a_token_has_expired_at_its_exp() -> None:
    token = signed({"exp": 2_000_000_000})
    with time_machine.travel(datetime.fromtimestamp(2_000_000_000, timezone.utc), tick=False):
        assert old.decode(token, SECRET, HS256)
        with pytest.raises(jwt.ExpiredSignatureError):
            jwt.decode(token, SECRET, HS256)
    assert code_of(token, leeway=0, clock=lambda: 2_000_000_000) == "jwt_expired"


def test_exp_is_required_by_a_verifier() -> None:
    token = signed({"sub": "42"})
    assert old.decode(token, SECRET, HS256) == jwt.decode(token, SECRET, HS256)
    with pytest.raises(errors.ClaimRefused, match="exp is missing"):
        Verifier(KEY).verify(token)


def test_dates_are_numbers() -> None:
    text = raw(f'{{"exp":"{FUTURE}"}}')
    assert old.decode(text, SECRET, HS256) == jwt.decode(text, SECRET, HS256)
    assert code_of(text) == "jwt_claim_type"
    null = raw('{"exp":null}')
    with pytest.raises(TypeError):
        old.decode(null, SECRET, HS256)
    with pytest.raises(jwt.DecodeError):
        jwt.decode(null, SECRET, HS256)
    assert code_of(null) == "jwt_claim_type"


def test_datetimes_without_a_zone_are_refused_by_an_issuer() -> None:
    noon = datetime(2100, 1, 1, 12)
    assert jwt.encode({"exp": noon}, SECRET) == signed({"exp": noon})
    with pytest.raises(errors.Misuse, match="time zone"):
        Issuer(KEY, lifetime=60).issue(expires_at=noon)


# Behaviour.


def test_the_algorithms_are_the_programs_choice() -> None:
    token = signed({"sub": "42"})
    assert old.decode(token, SECRET) == {"sub": "42"}
    with pytest.raises(jwt.DecodeError, match="algorithms"):
        jwt.decode(token, SECRET)
    for library, refusal in ((old, jose.exceptions.JWTError), (jwt, jwt.InvalidAlgorithmError)):
        assert library.decode(token, SECRET, "HS256 and more") == {"sub": "42"}
        with pytest.raises(refusal):
            library.decode(token, SECRET, ["HS512"])
    with pytest.raises(errors.Misuse):
        Verifier(KEY, algorithms="HS256 and more")


def test_secrets_and_public_keys_do_not_mix() -> None:
    token, both = signed({}), ["HS256", "RS256"]
    assert old.decode(token, SECRET, both) == {}
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, SECRET, both)
    with pytest.raises(errors.Misuse) as caught:
        Verifier([KEY, RSA.public()])
    assert caught.value.code == "misuse_keys_mixed"


def test_a_critical_extension_is_refused() -> None:
    token = raw("{}", '{"alg":"HS256","crit":["x"],"x":1}')
    assert old.decode(token, SECRET, HS256) == {}
    with pytest.raises(jwt.InvalidTokenError, match="critical"):
        jwt.decode(token, SECRET, HS256)
    assert code_of(token) == "jws_crit_unknown"


def test_a_document_is_read_in_one_way() -> None:
    for payload, code in [
        ('{"role":"user","role":"admin"}', "json_duplicate_member"),
        ('{"role":NaN}', "json_syntax"),
    ]:
        token = raw(payload)
        assert str(old.decode(token, SECRET, HS256)) == str(jwt.decode(token, SECRET, HS256))
        assert code_of(token) == code


def test_a_kid_is_text() -> None:
    token = raw("{}", '{"alg":"HS256","kid":1}')
    assert old.decode(token, SECRET, HS256) == {}
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(token, SECRET, HS256)
    assert code_of(token) == "jws_parameter_type"


def test_there_are_more_algorithms() -> None:
    with pytest.raises(jose.exceptions.JWSError):
        old.encode({}, PRIVATE, "PS256")
    assert jwt.decode(jwt.encode({}, PRIVATE, "PS256"), PUBLIC, ["PS256"]) == {}
    for name in ("PS384", "PS512", "ES256K", "EdDSA", "Ed25519"):
        key = Key.generate(name)
        assert Verifier(key.public()).verify(Issuer(key, lifetime=60).issue())


def test_a_mocked_clock_is_seen_by_jwt_and_given_to_a_verifier() -> None:
    token = signed({"exp": 1_000})
    with freeze_time("1970-01-01"):
        assert old.decode(token, SECRET, HS256) == jwt.decode(token, SECRET, HS256)
    assert native(token, clock=lambda: 0).claims == {"exp": 1_000}
