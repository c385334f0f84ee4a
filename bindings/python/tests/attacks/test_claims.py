"""C09 to C19, C22, C25, C26: what the other claims say."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.jwks import jwk
from attacks.tokens import SECRET, token
from differential.keys import private_key
from jotem import Key, Verifier
from jotem.errors import TokenRefused

KEY = Key.from_secret(SECRET, algorithm="HS256")


def claims(header: str = '{"alg":"HS256"}', **values: Any) -> str:
    return token(header, json.dumps({"exp": 4102444800, **values}))


def test_c09_finds_the_audience_by_whole_members_only(native: Native, pyjwt: PyJWTFace) -> None:
    expecting = native.verifier(audience="me")
    for aud in ("me", ["me"], ["other", "me"]):
        native.accepts(claims(aud=aud), expecting)
        pyjwt.accepts(claims(aud=aud), audience="me")
    for aud in ([], "", "m", "mee", "me other", ["x"], ["m", "e"], "ME", " me"):
        with pytest.raises(TokenRefused) as caught:
            native.accepts(claims(aud=aud), expecting)
        assert caught.value.code in ("jwt_audience_mismatch", "jwt_claim_empty")
        pyjwt.refuses(claims(aud=aud), audience="me")
    for aud in (["me", 1], {"me": 1}, 1, True, [["me"]], [None, "me"], ["me", {}]):
        native.refuses(claims(aud=aud), "jwt_claim_type", expecting)
        pyjwt.refuses(claims(aud=aud), audience="me")
    strict = {"strict_aud": True}
    pyjwt.accepts(claims(aud="me"), audience="me", options=strict)
    for aud in (["me"], ["me", "other"], "other", []):
        pyjwt.refuses(claims(aud=aud), audience="me", options=strict)
    pyjwt.refuses(claims(aud="me"), audience=["me"], options=strict)


def test_c10_requires_an_audience_that_is_expected(native: Native, pyjwt: PyJWTFace) -> None:
    native.refuses(claims(), "jwt_claim_missing", native.verifier(audience="me"))
    for absent in (claims(), claims(aud=None)):
        for audience in ("me", ["me", "you"], ("me",), {"me"}):
            pyjwt.refuses(absent, audience=audience)
    native.refuses(claims(aud=None), "jwt_claim_type", native.verifier(audience="me"))


def test_c11_refuses_an_audience_where_none_is_expected(native: Native, pyjwt: PyJWTFace) -> None:
    for aud in ("me", ["me"], ["me", "you"]):
        native.refuses(claims(aud=aud), "jwt_audience_unexpected")
        native.accepts(claims(aud=aud), native.verifier(any_audience=True))
        pyjwt.refuses(claims(aud=aud))
        pyjwt.accepts(claims(aud=aud), options={"verify_aud": False})
    pyjwt.lets_through(claims(aud=""))
    pyjwt.lets_through(claims(aud=[]))


def test_c12_refuses_an_expectation_of_another_type(native: Native, pyjwt: PyJWTFace) -> None:
    for audience in (
        b"me",
        1,
        1.5,
        object(),
        True,
        {"me": 1}.items(),
        [1],
        [b"me"],
        [None],
        [["me"]],
    ):
        native.rejects_type(Verifier, KEY, audience=audience)
        pyjwt.refuses(claims(aud="me"), audience=audience)
    for audience in ([], "", (), [""]):
        native.raises("misuse_expectation_empty", Verifier, KEY, audience=audience)
        pyjwt.refuses(claims(aud="me"), audience=audience)
    for name in ("issuer", "subject", "token_type"):
        for value in (1, b"me", object(), True):
            native.rejects_type(Verifier, KEY, **{name: value})
    for issuer in (1, 1.5, object(), True):
        pyjwt.refuses(claims(iss="me"), issuer=issuer)
    for subject in (1, b"me", [], object()):
        pyjwt.refuses(claims(sub="me"), subject=subject)


EXPECTED = "https://a.example"
STRANGE = ["https://a", "", "https://a.example.evil", "https://a.example/", "HTTPS://A.EXAMPLE",
           "https://a.example\0", " https://a.example", "https://b.example,https://a.example",
           "https://a\u2024example"]  # fmt: skip


def test_c13_compares_the_issuer_whole_and_exactly(native: Native, pyjwt: PyJWTFace) -> None:
    for expected in (EXPECTED, [EXPECTED], ["https://b.example", EXPECTED]):
        verifier = native.verifier(issuer=expected)
        native.accepts(claims(iss=EXPECTED), verifier)
        pyjwt.accepts(claims(iss=EXPECTED), issuer=expected)
        for issuer in STRANGE:
            with pytest.raises(TokenRefused) as caught:
                native.accepts(claims(iss=issuer), verifier)
            assert caught.value.code in ("jwt_issuer_mismatch", "jwt_claim_empty")
            pyjwt.refuses(claims(iss=issuer), issuer=expected)
        for issuer in ([EXPECTED], {"a": 1}, 1, True, None):
            native.refuses(claims(iss=issuer), "jwt_claim_type", verifier)
            pyjwt.refuses(claims(iss=issuer), issuer=expected)
        native.refuses(claims(), "jwt_claim_missing", verifier)
        pyjwt.refuses(claims(), issuer=expected)
    for issuer in ([EXPECTED], 1, True, None):
        native.refuses(claims(iss=issuer), "jwt_claim_type")
        pyjwt.lets_through(claims(iss=issuer))
    for expected in ("https://a.example and more", "xhttps://a.example"):
        pyjwt.refuses(claims(iss=EXPECTED), issuer=expected)


def test_c14_takes_no_key_of_one_issuer_for_the_token_of_another(
    native: Native, pyjwt: PyJWTFace
) -> None:
    a = Key.from_cryptography(private_key("P-256").public_key(), algorithm="ES256")
    b = Key.from_cryptography(private_key("Ed25519").public_key(), algorithm="EdDSA")
    verifier = native.verifier([a.of_issuers("A"), b.of_issuers("B")], issuer=["A", "B"])
    native.raises("misuse_keys_unbound", Verifier, [a, b], issuer=["A", "B"])
    for issuer, algorithm, is_own in (("A", "ES256", True), ("B", "EdDSA", True),
                                      ("B", "ES256", False), ("A", "EdDSA", False),
                                      ("C", "ES256", False)):  # fmt: skip
        made = token(
            f'{{"alg":"{algorithm}"}}', f'{{"exp":4102444800,"iss":"{issuer}"}}', algorithm
        )
        if is_own:
            native.accepts(made, verifier)
        else:
            native.refuses(made, "jwt_issuer_mismatch", verifier)
    crossed = token('{"alg":"ES256"}', '{"exp":4102444800,"iss":"B"}', "ES256")
    native.refuses(
        token('{"alg":"ES256"}', '{"exp":4102444800}', "ES256"), "jwt_claim_missing", verifier
    )
    # PyJWT binds no key to an issuer: who expects several must choose the key by issuer.
    public = private_key("P-256").public_key()
    pyjwt.refuses(crossed, public, ["ES256"], issuer="A")
    pyjwt.lets_through(crossed, public, ["ES256"], issuer=["A", "B"])


def test_c15_refuses_a_subject_that_is_no_text(native: Native, pyjwt: PyJWTFace) -> None:
    for value in (1, None, [], {}, True, ["42"]):
        native.refuses(claims(sub=value), "jwt_claim_type", native.verifier(subject="42"))
        pyjwt.refuses(claims(sub=value))
        pyjwt.refuses(claims(sub=value), subject="42")
    native.refuses(claims(sub="43"), "jwt_subject_mismatch", native.verifier(subject="42"))
    native.refuses(claims(), "jwt_claim_missing", native.verifier(subject="42"))
    for other in (claims(sub="43"), claims(sub="")):
        pyjwt.refuses(other, subject="42")
    pyjwt.lets_through(claims(), subject="42")
    pyjwt.refuses(claims(), subject="42", options={"require": ["sub"]})
    pyjwt.lets_through(claims(sub="x" * 10_240))
    native.refuses(claims(sub="x" * 10_240), "jwt_claim_too_long")


def test_c16_refuses_a_token_id_that_is_no_text(native: Native, pyjwt: PyJWTFace) -> None:
    for value in (1, None, [], {}, True, ["x"]):
        native.refuses(claims(jti=value), "jwt_claim_type")
        pyjwt.refuses(claims(jti=value))
    native.refuses(claims(jti="x" * 1025), "jwt_claim_too_long")
    native.accepts(claims(jti="x"))
    pyjwt.accepts(claims(jti="x"))


def test_c17_takes_no_other_kind_of_token_for_an_access_token(
    native: Native, pyjwt: PyJWTFace
) -> None:
    strict = native.verifier(token_type="at+jwt", audience="api")
    native.accepts(claims('{"alg":"HS256","typ":"at+jwt"}', aud="api"), strict)
    for typ, aud in (("id+jwt", "api"), ("logout+jwt", "api"), ("JWT", "api"), ("rt+jwt", "api")):
        bad = claims(f'{{"alg":"HS256","typ":"{typ}"}}', aud=aud, nonce="n", at_hash="h", events={})
        native.refuses(bad, "jwt_type_mismatch", strict)
        pyjwt.lets_through(bad, audience="api")
        pyjwt.refuses(bad, audience="another")
    native.refuses(
        claims('{"alg":"HS256","typ":"at+jwt"}', aud="client"), "jwt_audience_mismatch", strict
    )


def test_c18_refuses_a_required_claim_that_says_nothing(native: Native, pyjwt: PyJWTFace) -> None:
    for name in ("sub", "iss", "jti", "role"):
        verifier = native.verifier(require=[name])
        native.refuses(claims(), "jwt_claim_missing", verifier)
        pyjwt.refuses(claims(), options={"require": [name]})
        with pytest.raises(TokenRefused):
            native.accepts(claims(**{name: None}), verifier)
        pyjwt.refuses(claims(**{name: None}), options={"require": [name]})
        native.refuses(claims(**{name: ""}), "jwt_claim_empty", verifier)
        pyjwt.lets_through(claims(**{name: ""}), options={"require": [name]})


def test_c19_refuses_a_bound_token_whose_proof_nobody_checks(
    native: Native, pyjwt: PyJWTFace
) -> None:
    for cnf in (
        {"jkt": "x"},
        {"x5t#S256": "x"},
        {"jwk": jwk(private_key("P-256").public_key())},
        {},
    ):
        bad = claims(cnf=cnf)
        native.refuses(bad, "jwt_confirmation_unchecked")
        native.accepts(bad, native.verifier(accept_bound_tokens=True))
        pyjwt.lets_through(bad)


def test_c22_keeps_nothing_of_one_call_for_the_next(native: Native, pyjwt: PyJWTFace) -> None:
    from jotem import jwt

    options: dict[str, Any] = {"verify_aud": False, "require": ["exp"]}
    kept = dict(options)
    assert jwt.decode(claims(aud="x"), SECRET, ["HS256"], options=options)["aud"] == "x"
    assert options == kept
    pyjwt.refuses(claims(aud="x"))
    expectations = {"api": native.verifier(audience="api"), "web": native.verifier(audience="web")}
    wrong: list[str] = []

    def verify(mine: str, other: str) -> None:
        for _ in range(200):
            expectations[mine].verify(claims(aud=mine))
            jwt.decode(claims(aud=mine), SECRET, ["HS256"], audience=mine)
            for accept in (lambda: expectations[mine].verify(claims(aud=other)),
                           lambda: jwt.decode(claims(aud=other), SECRET, ["HS256"], audience=mine)):  # fmt: skip
                try:
                    accept()
                except (TokenRefused, jwt.InvalidAudienceError):
                    continue
                wrong.append(mine)

    threads = [threading.Thread(target=verify, args=pair)
               for pair in [("api", "web"), ("web", "api")] * 2]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    native.refuses(claims(aud="web"), "jwt_audience_mismatch", expectations["api"])
    with pytest.raises((AttributeError, TypeError)):
        expectations["api"].audience = "web"  # type: ignore[attr-defined]


LOOK_ALIKES = [("caf\u00e9", "cafe\u0301"), ("api", "\uff41pi"), ("api", "\u0430pi"),
               ("api", "api\u200b"), ("\u212b", "\u00c5"), ("stra\u00dfe", "strasse"),
               ("i", "\u0130")]  # fmt: skip


@pytest.mark.parametrize(("expected", "other"), LOOK_ALIKES, ids=ascii)
def test_c25_compares_code_point_by_code_point(
    native: Native, pyjwt: PyJWTFace, expected: str, other: str
) -> None:
    for claim, name in (("iss", "issuer"), ("aud", "audience"), ("sub", "subject")):
        for mine, theirs in ((expected, other), (other, expected)):
            verifier = native.verifier(**{name: mine})
            native.accepts(claims(**{claim: mine}), verifier)
            native.refuses(claims(**{claim: theirs}), f"jwt_{name}_mismatch", verifier)
            pyjwt.accepts(claims(**{claim: mine}), **{name: mine})
            pyjwt.refuses(claims(**{claim: theirs}), **{name: mine})


def test_c26_knows_no_patterns(native: Native, pyjwt: PyJWTFace) -> None:
    import re

    for pattern in (".*", "a*", "^a$", "(a+)+$", "[a]", "%", "*"):
        for claim, name in (("iss", "issuer"), ("aud", "audience"), ("sub", "subject")):
            native.refuses(
                claims(**{claim: "a"}), f"jwt_{name}_mismatch", native.verifier(**{name: pattern})
            )
            pyjwt.refuses(claims(**{claim: "a"}), **{name: pattern})
            native.rejects_type(Verifier, KEY, **{name: re.compile(pattern.replace("*", "x*"))})
            compiled = re.compile(pattern.replace("*", "x*"))
            pyjwt.refuses(claims(**{claim: "a"}), **{name: compiled})
    long = claims(iss="a" * 50_000)
    native.refuses(long, "token_too_large", native.verifier(issuer="(a+)+$"))
    pyjwt.refuses(long, issuer="(a+)+$")
    verifier = native.verifier(issuer="a")
    assert {native.accepts(claims(iss="a"), verifier).issuer for _ in range(1000)} == {"a"}
