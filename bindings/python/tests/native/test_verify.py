"""Verifying: what is accepted, what is refused, and how the refusal is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from jotem import Algorithm, Issuer, Key, KeySet, Verified, Verifier, errors
from jotem.testing import Forgery, FrozenClock, TestIssuer

NOW = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
EXP = ',"exp":4102444800}'


def refusal(verifier: Verifier, token: object) -> errors.TokenRefused:
    with pytest.raises(errors.TokenRefused) as caught:
        verifier.verify(token)  # type: ignore[call-overload]
    return caught.value


def test_a_verified_token_tells_everything_it_says(issuer: Issuer, verifier: Verifier) -> None:
    token = issuer.issue(
        {"role": "admin"},
        subject="42",
        audience=["api", "web"],
        not_before=NOW - timedelta(seconds=1),
        token_id="7",
    )
    verified = verifier.verify(token)
    assert verified.subject == "42"
    assert verified.issuer == "https://auth.example"
    assert verified.audience == ["api", "web"]
    assert verified.issued_at == NOW
    assert verified.not_before == NOW - timedelta(seconds=1)
    assert verified.expires_at == NOW + timedelta(minutes=15)
    assert verified.expires_at.tzinfo is not None
    assert verified.token_id == "7"
    assert verified.key_id == "2026-11"
    assert verified.algorithm == "ES256"
    assert verified.header == {"alg": "ES256", "kid": "2026-11", "typ": "JWT"}
    assert verified.claims["role"] == "admin"
    assert verified.claims is verified.claims
    assert verifier.verify(token.encode()).subject == "42"


def test_what_a_token_does_not_say_is_none(private: Key) -> None:
    token = Issuer(private, never_expires=True).issue()
    verified = Verifier(private.public(), expiry_optional=True).verify(token)
    absent = (verified.subject, verified.issuer, verified.expires_at, verified.token_id)
    assert absent == (None, None, None, None)
    assert verified.audience == []


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_algorithm_signs_and_verifies_and_refuses_a_change(algorithm: str) -> None:
    key = Key.generate(algorithm)
    token = Issuer(key, lifetime=60).issue(subject="42")
    verifier = Verifier(key if algorithm.startswith("HS") else key.public())
    assert verifier.verify(token).subject == "42"
    header, payload, signature = token.split(".")
    changed = "B" if signature[9] == "A" else "A"
    forged = f"{header}.{payload}.{signature[:9]}{changed}{signature[10:]}"
    assert isinstance(refusal(verifier, forged), errors.SignatureInvalid)


@pytest.mark.parametrize("forgery", list(Forgery))
def test_every_forgery_is_refused_for_its_reason(forgery: Forgery) -> None:
    issuer = TestIssuer()
    error = refusal(issuer.verifier(), issuer.forge(forgery))
    assert error.code == forgery.code
    assert error.hint
    assert error.public["error"] == "invalid_token"


def test_an_expired_token_is_refused_with_its_facts(
    issuer: Issuer, verifier: Verifier, clock: FrozenClock
) -> None:
    token = issuer.issue(audience="api")
    clock.advance(timedelta(minutes=15, seconds=30))
    error = refusal(verifier, token)
    assert type(error) is errors.Expired
    assert (error.code, error.claim) == ("jwt_expired", "exp")
    exp = NOW + timedelta(minutes=15)
    now = exp + timedelta(seconds=30)
    assert error.facts == {"exp": exp, "now": now, "leeway": 30, "ago": 30}
    assert error.public == {"error": "invalid_token", "error_description": "the token expired"}


def test_the_leeway_ends_where_it_says(
    issuer: Issuer, verifier: Verifier, clock: FrozenClock
) -> None:
    token = issuer.issue(audience="api")
    clock.advance(timedelta(minutes=15, seconds=29))
    assert verifier.verify(token)
    clock.advance(timedelta(seconds=1))
    refusal(verifier, token)


@pytest.mark.parametrize(
    ("payload", "code", "claim"),
    [
        ('{"sub":"a"}', "jwt_claim_missing", "exp"),
        ('{"exp":"4102444800"}', "jwt_claim_type", "exp"),
        ('{"exp":4102444800000}', "jwt_date_milliseconds", "exp"),
        ('{"exp":true}', "jwt_claim_type", "exp"),
        ('{"exp":NaN}', "json_syntax", None),
        ('{"exp":1,"exp":4102444800}', "json_duplicate_member", None),
        ('{"a":{"b":1,"b":2}' + EXP, "json_duplicate_member", None),
        ('{"a":1e999' + EXP, "json_number_range", None),
        ('{"a":' + "9" * 400 + EXP, "json_number_range", None),
        ('{"a":"\\ud800"' + EXP, "json_lone_surrogate", None),
        ('{"a":' + "[" * 40 + "]" * 40 + EXP, "json_too_deep", None),
        ('{"sub":42' + EXP, "jwt_claim_type", "sub"),
        ('{"aud":"api"' + EXP, "jwt_audience_unexpected", "aud"),
        ('{"cnf":{}' + EXP, "jwt_confirmation_unchecked", "cnf"),
        ('{"iat":4102444000' + EXP, "jwt_issued_in_future", "iat"),
        ('{"nbf":4102444000' + EXP, "jwt_not_yet_valid", "nbf"),
        ('["exp"]', "json_not_object", None),
    ],
)
def test_refuses_what_a_signed_payload_may_not_be(
    secret: Key, sign: Callable[[str], str], payload: str, code: str, claim: str | None
) -> None:
    error = refusal(Verifier(secret), sign(payload))
    assert (error.code, error.claim) == (code, claim)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"issuer": "a"}, "jwt_claim_missing"),
        ({"audience": "a"}, "jwt_claim_missing"),
        ({"subject": "a"}, "jwt_subject_mismatch"),
        ({"token_type": "at+jwt"}, "jwt_type_mismatch"),
        ({"max_age": 60}, "jwt_claim_missing"),
        ({"max_lifetime": timedelta(minutes=5)}, "jwt_claim_missing"),
        ({"require": ["role"]}, "jwt_claim_missing"),
        ({"require": "empty"}, "jwt_claim_empty"),
    ],
)
def test_what_is_expected_is_required(
    secret: Key, sign: Callable[[str], str], settings: dict[str, object], code: str
) -> None:
    token = sign('{"sub":"42","empty":[]' + EXP)
    verifier = Verifier(secret, **settings)  # type: ignore[arg-type]
    error = refusal(verifier, token)
    assert isinstance(error, errors.ClaimRefused)
    assert error.code == code


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "token_empty"),
        ("Bearer a.b.c", "token_bearer_prefix"),
        (" a.b.c", "token_whitespace"),
        ("a.b", "jws_segment_count"),
        ("a.b.c.d", "jws_segment_count"),
        ("eyJhbGciOiJub25lIn0.e30.", "jws_alg_none"),
        (b"\xff.\xff.\xff", "token_character"),
        ("\ud800.a.b", "token_character"),
        ("é.a.b", "token_character"),
        ("a" * 20_000, "token_too_large"),
    ],
)
def test_refuses_what_is_no_token(verifier: Verifier, token: object, code: str) -> None:
    assert refusal(verifier, token).code == code


@pytest.mark.parametrize("token", [None, 7, ["a.b.c"], object(), bytearray(b"a.b.c")])
def test_a_token_of_another_type_is_a_type_error(verifier: Verifier, token: object) -> None:
    with pytest.raises(TypeError, match="token: expected str or bytes, got"):
        verifier.verify(token)  # type: ignore[call-overload]


def test_a_token_without_a_key_of_its_kid_says_which_one(verifier: Verifier) -> None:
    other = Key.generate("ES256", key_id="2027-01")
    error = refusal(verifier, Issuer(other, lifetime=60).issue())
    assert type(error) is errors.KeyNotFound
    assert error.facts == {"algorithm": "ES256", "key_id": "2027-01"}


def test_no_message_shows_a_token_or_a_long_text_of_its_sender(
    secret: Key, sign: Callable[[str], str]
) -> None:
    token = sign('{"iss":"' + "x" * 500 + '"' + EXP)
    error = refusal(Verifier(secret, issuer="a"), token)
    assert len(str(error)) < 150
    shown = f"{error!r} {error.facts} {error.public} {error.hint}"
    assert token not in shown
    assert token.split(".")[2] not in shown


def test_a_public_key_is_never_a_shared_secret(private: Key) -> None:
    with pytest.raises(errors.KeyRefused) as caught:
        Key.from_secret(private.to_pem(), algorithm="HS256")
    assert caught.value.code == "key_secret_is_key"


def test_a_private_key_has_no_place_in_a_verifier(private: Key) -> None:
    with pytest.raises(errors.KeyRefused, match="private key") as caught:
        Verifier(private)
    assert "key.public()" in caught.value.hint


def test_secrets_and_public_keys_do_not_mix(secret: Key, private: Key) -> None:
    with pytest.raises(errors.Misuse) as caught:
        Verifier([secret, private.public()])
    assert caught.value.code == "misuse_keys_mixed"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"audience": "a", "any_audience": True}, "misuse_argument"),
        ({"audience": []}, "misuse_expectation_empty"),
        ({"issuer": ""}, "misuse_expectation_empty"),
        ({"leeway": 301}, "misuse_leeway_too_long"),
        ({"leeway": -1}, "misuse_argument"),
        ({"leeway": float("nan")}, "misuse_argument"),
        ({"max_age": timedelta(seconds=-1)}, "misuse_argument"),
        ({"algorithms": []}, "misuse_algorithms_empty"),
        ({"algorithms": "none"}, "misuse_argument"),
        ({"algorithms": ["es256"]}, "misuse_argument"),
        ({"subject": "\ud800"}, None),
    ],
)
def test_refuses_settings_that_make_no_sense(
    private: Key, settings: dict[str, object], code: str | None
) -> None:
    with pytest.raises(ValueError) as caught:
        Verifier(private.public(), **settings)  # type: ignore[arg-type]
    if code is not None:
        assert isinstance(caught.value, errors.Misuse)
        assert caught.value.code == code


@pytest.mark.parametrize(
    "settings",
    [
        {"leeway": "30"},
        {"leeway": True},
        {"audience": 7},
        {"audience": ["a", 7]},
        {"algorithms": 7},
        {"algorithms": [None]},
        {"clock": 7},
        {"any_audience": "yes"},
        {"unknown": 1},
    ],
)
def test_settings_of_another_type_are_type_errors(
    private: Key, settings: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        Verifier(private.public(), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("keys", [None, "secret", b"secret", 7, [7], {"keys": []}])
def test_keys_of_another_type_are_type_errors(keys: object) -> None:
    with pytest.raises(TypeError, match="keys: expected jotem.Key"):
        Verifier(keys)  # type: ignore[arg-type]


def test_settings_are_keywords(private: Key) -> None:
    with pytest.raises(TypeError):
        Verifier(private.public(), "https://auth.example")  # type: ignore[call-arg]


def test_a_verifier_without_a_key_is_refused() -> None:
    with pytest.raises(errors.Misuse) as caught:
        Verifier([])
    assert caught.value.code == "misuse_keys_missing"


def test_several_issuers_need_to_be_told_whose_key_is_whose(private: Key) -> None:
    other = Key.generate("ES256")
    with pytest.raises(errors.Misuse) as caught:
        Verifier([private.public(), other.public()], issuer=["a", "b"])
    assert caught.value.code == "misuse_keys_unbound"
    bound = [private.public().of_issuers("a"), other.public().of_issuers(["b"])]
    verifier = Verifier(bound, issuer=["a", "b"])
    assert verifier.verify(Issuer(private, issuer="a", lifetime=9).issue()).issuer == "a"
    forged = Issuer(private, issuer="b", lifetime=9).issue()
    assert refusal(verifier, forged).code == "jws_signature_mismatch"


def test_a_key_set_verifies_by_kid(private: Key) -> None:
    keys = KeySet([private, Key.generate("ES256", key_id="other")])
    token = Issuer(private, lifetime=60).issue(subject="42")
    assert Verifier(keys).verify(token).subject == "42"


def test_a_clock_may_return_seconds_and_its_exceptions_pass(secret: Key) -> None:
    token = Issuer(secret, lifetime=60, clock=lambda: 1000.5).issue()
    verified = Verifier(secret, clock=lambda: 1001).verify(token)
    assert verified.claims == {"exp": 1060, "iat": 1000}

    def broken() -> float:
        raise LookupError("no clock")

    with pytest.raises(LookupError, match="no clock"):
        Verifier(secret, clock=broken).verify(token)
    with pytest.raises(errors.Misuse, match="without a time zone"):
        Verifier(secret, clock=lambda: datetime(2026, 1, 1)).verify(token)
    with pytest.raises(TypeError, match="clock: expected"):
        Verifier(secret, clock=lambda: "now").verify(token)  # type: ignore[arg-type]


def test_nobody_but_a_verifier_makes_a_proof() -> None:
    with pytest.raises(TypeError):
        Verified()
    with pytest.raises(TypeError):
        type("Mine", (Verified,), {})


def test_a_proof_shows_no_claim_and_is_frozen(issuer: Issuer, verifier: Verifier) -> None:
    verified = verifier.verify(issuer.issue({"card": "4111"}, subject="42", audience="api"))
    assert repr(verified) == "<jotem.Verified: ES256, kid `2026-11`>"
    with pytest.raises(AttributeError):
        verified.subject = "root"  # type: ignore[misc]


def test_threads_share_a_verifier(issuer: Issuer, verifier: Verifier) -> None:
    token = issuer.issue(subject="42", audience="api")
    subjects: list[str | None] = []

    def work() -> None:
        subjects.extend(verifier.verify(token).subject for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects == ["42"] * 200


def test_explains_every_step_of_a_refused_token(verifier: Verifier) -> None:
    issuer = TestIssuer()
    explanation = verifier.explain(issuer.token())
    assert [step.verdict for step in explanation.steps][4:6] == ["failed", "not reached"]
    assert explanation.steps[0].name == "size"
    assert not explanation.is_verified
    assert isinstance(explanation.rejection, errors.KeyNotFound)
    assert "refused: no key for ES256 with the kid `test`" in str(explanation)


def test_an_explanation_ends_in_the_hint_of_its_refusal(
    issuer: Issuer, private: Key, clock: FrozenClock
) -> None:
    verifier = Verifier(private.public(), audience="web", clock=clock)
    explanation = verifier.explain(issuer.issue(audience="api"))
    assert explanation.rejection is not None
    assert explanation.rejection.code == "jwt_audience_mismatch"
    assert str(explanation).endswith(f"\nhint: {explanation.rejection.hint}")
    assert "`audience=`" in explanation.rejection.hint


def test_explains_an_accepted_token(
    issuer: Issuer, verifier: Verifier, clock: FrozenClock
) -> None:
    explanation = verifier.explain(issuer.issue(audience="api"))
    assert explanation.is_verified
    assert explanation.rejection is None
    clock.advance(timedelta(hours=1))
    late = verifier.explain(issuer.issue(audience="api", issued_at=NOW, expires_at=NOW))
    assert isinstance(late.rejection, errors.Expired)
