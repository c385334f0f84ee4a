"""`Verifier(cache=…)`: what is remembered, and that everything else is decided at each call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from jotem import CacheState, Issuer, Key, KeySet, Verified, Verifier, errors
from jotem.testing import FrozenClock

LEAST = 16 * 1024
MIB = 1 << 20


@pytest.fixture
def cached(private: Key, clock: FrozenClock) -> Verifier:
    return Verifier(
        private.public(), issuer="https://auth.example", audience="api", clock=clock, cache=MIB
    )


def state(verifier: Verifier) -> CacheState:
    found = verifier.cache_state
    assert found is not None
    return found


def code(verifier: Verifier, token: str) -> str:
    with pytest.raises(errors.TokenRefused) as refused:
        verifier.verify(token)
    return refused.value.code


def test_nothing_is_remembered_unless_asked_for(verifier: Verifier, issuer: Issuer) -> None:
    verifier.verify(issuer.issue(audience="api"))
    verifier.clear_cache()
    assert verifier.cache_state is None


def test_a_token_that_comes_again_is_a_hit_and_says_the_same(
    cached: Verifier, issuer: Issuer
) -> None:
    token = issuer.issue({"role": "admin"}, subject="42", audience="api")
    first, again = cached.verify(token), cached.verify(token.encode())
    assert (state(cached).hits, state(cached).misses, state(cached).entries) == (1, 1, 1)
    assert first.claims == again.claims
    assert first.header == again.header == {"alg": "ES256", "kid": "2026-11", "typ": "JWT"}
    assert (again.subject, again.claims["role"], again.key_id) == ("42", "admin", "2026-11")
    assert again.expires_at == first.expires_at


def test_what_one_caller_changes_no_other_sees(cached: Verifier, issuer: Issuer) -> None:
    token = issuer.issue({"roles": ["reader"], "of": {"team": "a"}}, audience="api")
    before = cached.verify(token)
    changed = cached.verify(token)
    changed.claims["roles"].append("admin")
    changed.claims["of"]["team"] = "b"
    changed.claims["sub"] = "root"
    changed.header["kid"] = "mine"
    for other in (before, cached.verify(token)):
        assert other.claims["roles"] == ["reader"]
        assert other.claims["of"] == {"team": "a"}
        assert "sub" not in other.claims
        assert other.header["kid"] == "2026-11"
    assert state(cached).hits == 2


def test_claims_are_read_into_a_class_for_each_caller(cached: Verifier, issuer: Issuer) -> None:
    @dataclass
    class Profile:
        roles: list[str]

    @dataclass
    class Strict:
        roles: int

    token = issuer.issue({"roles": ["reader"]}, audience="api")
    first, again = (cached.verify(token, into=Profile) for _ in range(2))
    first.claims.roles.append("admin")
    assert again.claims == Profile(["reader"])
    with pytest.raises(errors.ClaimRefused) as refused:
        cached.verify(token, into=Strict)
    assert refused.value.code == "jwt_claims_shape"
    assert state(cached).hits == 2


def test_it_expires_to_the_second(cached: Verifier, issuer: Issuer, clock: FrozenClock) -> None:
    token = issuer.issue(audience="api")
    cached.verify(token)
    clock.advance(timedelta(minutes=15, seconds=29))
    cached.verify(token)
    clock.advance(timedelta(seconds=1))
    assert code(cached, token) == "jwt_expired"
    clock.advance(timedelta(seconds=-1))
    cached.verify(token)
    clock.advance(timedelta(hours=-1))
    assert code(cached, token) == "jwt_issued_in_future"


@pytest.mark.parametrize(
    ("expected", "refusal"),
    [
        ({"audience": "web"}, "jwt_audience_mismatch"),
        ({"audience": None}, "jwt_audience_unexpected"),
        ({"issuer": "https://other.example"}, "jwt_issuer_mismatch"),
        ({"subject": "43"}, "jwt_subject_mismatch"),
        ({"token_type": "at+jwt"}, "jwt_type_mismatch"),
        ({"max_lifetime": 60}, "jwt_lifetime_too_long"),
        ({"require": "nonce"}, "jwt_claim_missing"),
    ],
)
def test_another_verifier_of_the_same_key_decides_for_itself(
    private: Key, issuer: Issuer, clock: FrozenClock, expected: dict[str, Any], refusal: str
) -> None:
    usual = {"issuer": "https://auth.example", "audience": "api", "clock": clock, "cache": MIB}
    token = issuer.issue(subject="42", audience="api")
    own = Verifier(private.public(), **usual)
    other = Verifier(private.public(), **{**usual, **expected})
    for _ in range(2):
        own.verify(token)
        assert code(other, token) == refusal
    assert (state(own).hits, state(other).hits) == (1, 0)


def test_a_refused_token_is_not_remembered(cached: Verifier, issuer: Issuer, private: Key) -> None:
    stranger = Issuer(Key.generate("ES256", key_id="2026-11"), lifetime=900)
    refused = {
        issuer.issue(audience="web"): "jwt_audience_mismatch",
        stranger.issue(audience="api"): "jws_signature_mismatch",
        "a.b.c": "base64url_length",
        "": "token_empty",
    }
    for token, why in refused.items():
        for _ in range(2):
            assert code(cached, token) == why
    assert (state(cached).entries, state(cached).hits) == (0, 0)


def test_no_other_text_passes_for_the_remembered_one(cached: Verifier, issuer: Issuer) -> None:
    token = issuer.issue(subject="42", audience="api")
    other = issuer.issue(subject="43", audience="api")
    cached.verify(token)
    header, payload, signature = token.split(".")
    spliced = f"{header}.{other.split('.')[1]}.{signature}"
    assert code(cached, spliced) == "jws_signature_mismatch"
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(errors.TokenRefused):
            cached.verify(changed)
    with pytest.raises(errors.TokenRefused):
        cached.verify(f"{header}.{payload}.")
    assert state(cached).hits == 0


def test_a_verifier_without_the_key_refuses(issuer: Issuer, clock: FrozenClock) -> None:
    """Keys of a verifier do not change: who removes one makes another, which remembers nothing."""
    impostor = Key.generate("ES256", key_id="2026-11").public()
    renamed = Key.generate("ES256", key_id="2026-12").public()
    token = issuer.issue(audience="api")
    for keys, refusal in [
        (impostor, "jws_signature_mismatch"),
        (KeySet([renamed]), "jws_key_not_found"),
    ]:
        verifier = Verifier(keys, audience="api", clock=clock, cache=MIB)
        assert code(verifier, token) == refusal


def test_of_two_keys_with_one_name_each_is_itself(private: Key, clock: FrozenClock) -> None:
    twin = Key.generate("ES256", key_id=private.key_id)
    verifier = Verifier(
        [private.public(), twin.public()], audience="api", clock=clock, try_keys=2, cache=MIB
    )
    for key in (private, twin, private, twin):
        issuer = Issuer(key, lifetime=900, clock=clock)
        token = issuer.issue(subject=key.thumbprint(), audience="api")
        assert [verifier.verify(token).subject for _ in range(2)] == [key.thumbprint()] * 2
    assert (state(verifier).hits, state(verifier).misses) == (4, 4)


def test_clearing_forgets_every_token(cached: Verifier, issuer: Issuer) -> None:
    token = issuer.issue(audience="api")
    for misses in (1, 2):
        cached.verify(token)
        assert (state(cached).entries, state(cached).misses) == (1, misses)
        cached.clear_cache()
        assert state(cached).entries == 0


def test_a_small_cache_stays_within_its_bytes_and_is_never_wrong(
    private: Key, issuer: Issuer, clock: FrozenClock
) -> None:
    small = Verifier(private.public(), audience="api", clock=clock, cache=LEAST)
    tokens = [issuer.issue(subject=str(number), audience="api") for number in range(200)]
    for _ in range(2):
        for number, token in enumerate(tokens):
            assert small.verify(token).subject == str(number)
            assert 0 < state(small).bytes <= state(small).capacity == LEAST
    assert 0 < state(small).entries < 200


def test_shared_secrets_are_not_remembered(secret: Key) -> None:
    token = Issuer(secret, lifetime=900).issue()
    verifier = Verifier(secret, cache=MIB)
    assert verifier.verify(token) and verifier.verify(token)
    assert verifier.cache_state is None


@pytest.mark.parametrize("size", [0, 1, LEAST - 1])
def test_a_cache_too_small_for_a_token_is_refused(private: Key, size: int) -> None:
    with pytest.raises(errors.Misuse) as refused:
        Verifier(private.public(), cache=size)
    assert refused.value.code == "misuse_cache_too_small"
    assert refused.value.facts == {"bytes": size, "needed": LEAST}
    assert "`cache=`" in refused.value.hint


@pytest.mark.parametrize("size", [-1, 2**36 + 1, 2**62, 2**64, 2**200])
def test_a_size_that_is_none_is_refused(private: Key, size: int) -> None:
    with pytest.raises(errors.Misuse) as refused:
        Verifier(private.public(), cache=size)
    assert refused.value.code == "misuse_argument"


@pytest.mark.parametrize("size", ["1", 1.5, b"", True, object()])
def test_a_size_of_another_type_is_refused(private: Key, size: Any) -> None:
    with pytest.raises(TypeError, match="cache: expected int"):
        Verifier(private.public(), cache=size)


def test_the_state_is_a_value(cached: Verifier, issuer: Issuer) -> None:
    assert cached.cache_state == cached.cache_state
    empty = cached.cache_state
    cached.verify(issuer.issue(audience="api"))
    assert cached.cache_state != empty
    assert repr(empty).startswith("<jotem.CacheState: 0 entries, ")
    with pytest.raises(AttributeError):
        empty.hits = 1  # type: ignore[union-attr,misc]
    with pytest.raises(TypeError):
        CacheState()  # type: ignore[call-arg]


def test_explaining_is_no_use_of_the_cache(cached: Verifier, issuer: Issuer) -> None:
    token = issuer.issue(audience="api")
    cached.verify(token)
    assert cached.explain(token).is_verified
    assert (state(cached).hits, state(cached).misses) == (0, 1)


def test_a_clock_that_fails_fails_at_a_hit_as_well(private: Key) -> None:
    answers: list[Callable[[], float]] = []
    verifier = Verifier(private.public(), audience="api", clock=lambda: answers[-1](), cache=MIB)
    token = Issuer(private, lifetime=900).issue(audience="api", issued_at=1_700_000_000)
    answers.append(lambda: 1_700_000_001)
    verifier.verify(token)

    def broken() -> float:
        raise OSError("no time")

    answers.append(broken)
    with pytest.raises(OSError, match="no time"):
        verifier.verify(token)


def test_threads_share_it(cached: Verifier, issuer: Issuer) -> None:
    tokens = [issuer.issue(subject=str(number), audience="api") for number in range(40)]
    bad = issuer.issue(audience="web")
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for turn in range(400):
            number = (turn * 7 + seed) % len(tokens)
            verified: Verified[dict[str, Any]] = cached.verify(tokens[number])
            assert verified.subject == verified.claims.pop("sub") == str(number)
            if turn % 50 == 0:
                assert code(cached, bad) == "jwt_audience_mismatch"
            if turn % 100 == seed:
                cached.clear_cache()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, seed) for seed in range(8)]:
            done.result()
    assert state(cached).hits > 1000
