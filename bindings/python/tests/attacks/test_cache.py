"""S22, H25: a cache of signatures says of a token that its signature held, under which key, and
nothing else. Here it is on, in both interfaces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from attacks.faces import NOW, Native, PyJWTFace
from attacks.test_lookup import ATTACKER, TRUSTED, es256
from attacks.tokens import segment
from jotem import Key, Verifier, jwt

MIB = 1 << 20
EXP = NOW + 900


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    jwt.enable_cache(MIB)
    yield
    jwt.disable_cache()


def key_of(private: Any, **named: Any) -> Key:
    return Key.from_cryptography(private.public_key(), algorithm="ES256", **named)


def cached(native: Native, private: Any = TRUSTED, **expected: Any) -> Verifier:
    return native.verifier(key_of(private), cache=MIB, **expected)


def signed(private: Any = TRUSTED, **claims: Any) -> str:
    return es256(private, json.dumps({"exp": EXP, **claims}))


def hits(verifier: Verifier) -> int:
    state = verifier.cache_state
    assert state is not None
    return state.hits


def test_s22_another_tokens_claims_are_never_returned(native: Native) -> None:
    verifier = cached(native)
    tokens = [signed(sub=str(number)) for number in range(50)]
    for _ in range(2):
        for number, token in enumerate(tokens):
            assert native.accepts(token, verifier).subject == str(number)
    assert hits(verifier) == 50
    header, _, signature = tokens[0].split(".")
    for payload in ('{"sub":"admin","exp":4102444800}', "{}", "[]"):
        spliced = f"{header}.{segment(payload.encode())}.{signature}"
        native.refuses(spliced, "jws_signature_mismatch", verifier)


def test_s22_a_remembered_token_expires_to_the_second(native: Native) -> None:
    now = [NOW]
    verifier = cached(native, clock=lambda: now[0])
    token = signed()
    for _ in range(2):
        now[0] = EXP + 29
        native.accepts(token, verifier)
        now[0] = EXP + 30
        native.refuses(token, "jwt_expired", verifier)
    assert hits(verifier) == 3


def test_s22_a_remembered_token_is_for_its_audience_alone(native: Native) -> None:
    token = signed(aud="api", iss="here")
    for _ in range(2):
        native.accepts(token, cached(native, audience="api"))
        native.refuses(token, "jwt_audience_mismatch", cached(native, audience="web"))
        native.refuses(token, "jwt_audience_unexpected", cached(native))
        native.refuses(token, "jwt_issuer_mismatch", cached(native, issuer="b", audience="api"))


def test_s22_in_a_batch_as_alone(native: Native) -> None:
    verifier = cached(native)
    tokens = [signed(sub=str(number)) for number in range(30)]
    forged = signed(ATTACKER, sub="0")
    for _ in range(2):
        verdicts = verifier.verify_many([*tokens, forged])
        assert [v.subject for v in verdicts[:-1]] == [str(number) for number in range(30)]  # type: ignore[union-attr]
        assert verdicts[-1].code == "jws_signature_mismatch"  # type: ignore[union-attr]
    native.refuses(forged, "jws_signature_mismatch", verifier)


def test_s22_jotem_jwt_decides_everything_again() -> None:
    """PyJWT has no cache to compare with: the refusals are those that it makes without."""
    public = TRUSTED.public_key()
    good = {"exp": 4_102_444_800, "aud": "api", "sub": "42"}
    token, forged = es256(TRUSTED, json.dumps(good)), es256(ATTACKER, json.dumps(good))
    for _ in range(2):
        assert jwt.decode(token, public, ["ES256"], audience="api") == good
        for error, call in [
            (jwt.InvalidAudienceError, {"audience": "web"}),
            (jwt.InvalidIssuerError, {"audience": "api", "issuer": "b"}),
            (jwt.InvalidAlgorithmError, {"audience": "api", "algorithms": ["ES384"]}),
            (jwt.InvalidSignatureError, {"audience": "api", "key": ATTACKER.public_key()}),
        ]:
            arguments: dict[str, Any] = {"key": public, "algorithms": ["ES256"], **call}
            with pytest.raises((error, jwt.MissingRequiredClaimError)):
                jwt.decode(token, **arguments)
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(forged, public, ["ES256"], audience="api")
    state = jwt.cache_state()
    assert state is not None
    assert (state.entries, state.hits > 0) == (1, True)


def test_h25_a_remembered_signature_is_of_a_key_and_not_of_its_name(
    native: Native, pyjwt: PyJWTFace
) -> None:
    ours, theirs = key_of(TRUSTED, key_id="1"), key_of(ATTACKER, key_id="1")
    token = es256(ATTACKER, kid="1")
    both = native.verifier([ours, theirs], try_keys=2, cache=MIB)
    alone = native.verifier(ours, cache=MIB)
    for _ in range(2):
        native.accepts(token, both)
        native.accepts(token, native.verifier(theirs, cache=MIB))
        native.refuses(token, "jws_signature_mismatch", alone)
        pyjwt.accepts(token, ATTACKER.public_key(), ["ES256"])
        pyjwt.refuses(token, TRUSTED.public_key(), ["ES256"])
    assert (hits(both), hits(alone)) == (1, 0)
    owned = native.verifier(
        [ours.of_issuers("https://a"), theirs.of_issuers("https://b")],
        issuer=["https://a", "https://b"], cache=MIB,
    )  # fmt: skip
    for _ in range(2):
        native.accepts(signed_by(TRUSTED, "https://a"), owned)
        for private, issuer in [(ATTACKER, "https://a"), (TRUSTED, "https://b")]:
            native.refuses(signed_by(private, issuer), "jws_signature_mismatch", owned)


def signed_by(private: Any, issuer: str) -> str:
    return es256(private, json.dumps({"exp": EXP, "iss": issuer}), kid="1")
