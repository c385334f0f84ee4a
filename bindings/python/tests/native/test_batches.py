"""`verify_many`, `verify_each`, `issue_many`, `issue_each`: all cores, in order, one verdict each."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from attacks.publisher import Publisher
from jotem import Issuer, JWKSClient, Key, Verified, Verifier, errors
from jotem.testing import FrozenClock

MANY = 3_000
NOW = 1_700_000_000


@dataclass
class Profile:
    n: int


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def token_of(issuer: Issuer, number: int) -> str:
    """A good one; every seventh is for somebody else, every eleventh is none."""
    if number % 11 == 0:
        return f"no token {number}"
    return issuer.issue({"n": number}, audience="web" if number % 7 == 0 else "api")


def expected(number: int) -> object:
    if number % 11 == 0:
        return "jws_segment_count"
    return "jwt_audience_mismatch" if number % 7 == 0 else number


def said(verdict: Any) -> object:
    return verdict.claims["n"] if isinstance(verdict, Verified) else verdict.code


@pytest.mark.parametrize("algorithm", ["ES256", "HS256", "RS256"])
def test_each_token_gets_its_own_verdict_in_order(algorithm: str) -> None:
    key = Key.generate(algorithm)
    issuer = Issuer(key, lifetime=900)
    verifier = Verifier(key if algorithm == "HS256" else key.public(), audience="api")
    tokens = [token_of(issuer, number) for number in range(300)]
    due = [expected(number) for number in range(300)]
    for given in (tokens, tuple(tokens), iter(tokens), [token.encode() for token in tokens]):
        assert [said(verdict) for verdict in verifier.verify_many(given)] == due
    assert [said(verdict) for verdict in verifier.verify_each(tokens)] == due


def test_more_tokens_than_are_taken_at_a_time(verifier: Verifier, issuer: Issuer) -> None:
    some = [token_of(issuer, number) for number in range(77)]
    tokens = (some[number % 77] for number in range(MANY))
    verdicts = verifier.verify_each(tokens)
    for number in range(MANY):
        assert said(next(verdicts)) == expected(number % 77)
    assert list(verdicts) == []
    with pytest.raises(StopIteration):
        next(verdicts)


def test_a_verdict_is_what_verify_raises(verifier: Verifier, issuer: Issuer) -> None:
    for number in (0, 7):
        token = token_of(issuer, number)
        [verdict] = verifier.verify_many([token])
        with pytest.raises(errors.TokenRefused) as refused:
            verifier.verify(token)
        assert type(verdict) is type(refused.value)
        assert isinstance(verdict, errors.TokenRefused)
        assert (verdict.code, verdict.facts) == (refused.value.code, refused.value.facts)
        assert str(verdict) == str(refused.value)


def test_nothing_gives_nothing(verifier: Verifier, issuer: Issuer) -> None:
    assert verifier.verify_many([]) == list(verifier.verify_each(())) == []
    assert issuer.issue_many([]) == list(issuer.issue_each(iter(()))) == []


def test_claims_are_read_into_a_class(verifier: Verifier, issuer: Issuer) -> None:
    tokens = [token_of(issuer, 1), issuer.issue({"n": "one"}, audience="api"), "no token"]
    good, misfit, none = verifier.verify_many(tokens, into=Profile)
    assert isinstance(good, Verified)
    assert good.claims == Profile(1)
    assert isinstance(misfit, errors.ClaimRefused)
    assert misfit.code == "jwt_claims_shape"
    assert isinstance(none, errors.TokenRefused)
    with pytest.raises(TypeError):
        verifier.verify_many(tokens, into=5)  # type: ignore[call-overload]


def test_what_a_class_raises_on_its_own_is_raised(verifier: Verifier, issuer: Issuer) -> None:
    @dataclass
    class Broken:
        n: int

        def __post_init__(self) -> None:
            raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        verifier.verify_many([token_of(issuer, 1)], into=Broken)


@pytest.mark.parametrize("wrong", ["a.b.c", b"a.b.c", 5, None, object()])
def test_what_is_no_iterable_of_tokens_is_refused(
    verifier: Verifier, issuer: Issuer, wrong: Any
) -> None:
    for call in (verifier.verify_many, verifier.verify_each):
        with pytest.raises(TypeError, match="tokens: expected an iterable of str or bytes"):
            call(wrong)
    for issue in (issuer.issue_many, issuer.issue_each):
        with pytest.raises(TypeError, match="claims: expected an iterable of claims"):
            issue(wrong)
    with pytest.raises(TypeError, match="claims: expected an iterable of claims"):
        issuer.issue_many({"sub": "42"})


def test_an_element_that_is_no_text_comes_after_the_verdicts_before_it(
    verifier: Verifier, issuer: Issuer
) -> None:
    tokens: list[Any] = [token_of(issuer, 1), token_of(issuer, 7), 5, token_of(issuer, 2)]
    verdicts = verifier.verify_each(tokens)
    assert [said(next(verdicts)) for _ in range(2)] == [1, "jwt_audience_mismatch"]
    with pytest.raises(TypeError, match="token: expected str or bytes, got int"):
        next(verdicts)
    assert list(verdicts) == []
    with pytest.raises(TypeError):
        verifier.verify_many(tokens)


def test_what_the_iterable_raises_comes_after_the_verdicts_before_it(
    verifier: Verifier, issuer: Issuer
) -> None:
    def read() -> Iterator[str]:
        yield from [token_of(issuer, 1), token_of(issuer, 2)]
        raise OSError("the line is down")

    verdicts = verifier.verify_each(read())
    assert [said(next(verdicts)) for _ in range(2)] == [1, 2]
    with pytest.raises(OSError, match="the line is down"):
        next(verdicts)
    assert list(verdicts) == []
    with pytest.raises(OSError, match="the line is down"):
        verifier.verify_many(read())


def test_an_endless_iterable_is_asked_no_further_than_it_must(
    verifier: Verifier, issuer: Issuer
) -> None:
    token, taken = token_of(issuer, 1), itertools.count()
    endless = (token for _ in taken)
    verdicts = verifier.verify_each(endless)
    assert next(taken) == 0
    for _ in range(10):
        assert said(next(verdicts)) == 1
    cores = os.cpu_count() or 1
    assert next(taken) <= 512 * cores + 1
    # However quick the work is seen to be.
    many = 20_000 * cores
    assert sum(1 for _ in itertools.islice(verdicts, many - 10)) == many - 10
    assert next(taken) <= many + 2048 * cores + 2


def test_the_clock_is_asked_for_each_token(private: Key, issuer: Issuer) -> None:
    """A token that expires while the batch is read is refused from then on."""
    token = issuer.issue(audience="api", issued_at=NOW)
    seconds = iter([0, 929, 930, 0])
    verifier = Verifier(
        private.public(), audience="api", clock=lambda: NOW + next(seconds)
    )
    codes = [getattr(verdict, "code", "good") for verdict in verifier.verify_many([token] * 4)]
    assert codes == ["good", "good", "jwt_expired", "good"]


def test_the_python_clock_counts_on_every_thread(private: Key, issuer: Issuer) -> None:
    """The clock of the tests stands in 2023: by the system's, every one of these is expired."""
    verifier = Verifier(private.public(), audience="api", clock=FrozenClock())
    late = Verifier(private.public(), audience="api")
    tokens = [issuer.issue(audience="api")] * MANY
    assert all(isinstance(verdict, Verified) for verdict in verifier.verify_many(tokens))
    assert {getattr(v, "code", "good") for v in late.verify_many(tokens)} == {"jwt_expired"}


def test_a_clock_that_fails_ends_the_batch(private: Key, issuer: Issuer) -> None:
    def broken() -> float:
        raise OSError("no time")

    verifier = Verifier(private.public(), audience="api", clock=broken)
    with pytest.raises(OSError, match="no time"):
        verifier.verify_many([token_of(issuer, 1)])
    with pytest.raises(OSError, match="no time"):
        Issuer(private, lifetime=900, clock=broken).issue_many([{}])


def test_a_cache_serves_batches_and_is_served_by_them(private: Key, issuer: Issuer) -> None:
    clock = FrozenClock()
    verifier = Verifier(private.public(), audience="api", clock=clock, cache=1 << 22)
    tokens = [token_of(issuer, number) for number in range(100)]
    due = [expected(number) for number in range(100)]
    for _ in range(3):
        verdicts = verifier.verify_many(tokens)
        assert [said(verdict) for verdict in verdicts] == due
        for verdict in verdicts:
            if isinstance(verdict, Verified):
                verdict.claims.clear()
    state = verifier.cache_state
    good = sum(isinstance(one, int) for one in due)
    assert state is not None
    # Two threads at work in one set of the cache: who finds it taken does not remember.
    assert state.hits > good


def test_issued_tokens_say_what_was_given_in_order(private: Key, verifier: Verifier) -> None:
    issuer = Issuer(private, issuer="https://auth.example", lifetime=900, clock=FrozenClock())
    claims = [{"sub": str(number), "n": number} for number in range(200)]
    for tokens in (
        issuer.issue_many(claims, audience="api"),
        list(issuer.issue_each(iter(claims), audience=iter(["api", "web"]))),
    ):
        verdicts = verifier.verify_many(tokens)
        assert [v.subject for v in verdicts if isinstance(v, Verified)] == [
            str(number) for number in range(200)
        ]
    [token] = issuer.issue_many(
        [Profile(5)], audience="api", issued_at=NOW, not_before=NOW, expires_at=NOW + 60
    )
    assert verifier.verify(token).claims == {
        "iss": "https://auth.example", "aud": "api", "n": 5, "exp": NOW + 60, "nbf": NOW, "iat": NOW
    }  # fmt: skip


def test_claims_that_are_no_token_come_after_the_tokens_before_them(issuer: Issuer) -> None:
    for wrong, error in [
        ({"iss": "me"}, errors.Misuse),
        ({"a": b""}, TypeError),
        (5, TypeError),
        ({"text": "x" * 20_000}, errors.Misuse),
    ]:
        tokens = issuer.issue_each([{"n": 1}, {"n": 2}, wrong, {"n": 3}])
        assert [next(tokens).count(".") for _ in range(2)] == [2, 2]
        with pytest.raises(error):
            list(tokens)
        with pytest.raises(error):
            issuer.issue_many([{"n": 1}, wrong])


def test_with_return_exceptions_every_claims_set_has_its_own_answer(
    verifier: Verifier, issuer: Issuer
) -> None:
    """Before it, after it, and in the next load that is taken ahead."""
    wrong: dict[int, tuple[Any, type[Exception]]] = {
        0: ({"iss": "me"}, errors.Misuse),
        5: ({"n": b""}, TypeError),
        6: (5, TypeError),
        7: (None, TypeError),
        MANY - 2: ({"text": "x" * 20_000}, errors.Misuse),
        MANY - 1: ({"n": float("nan")}, errors.Misuse),
    }
    claims = [wrong[number][0] if number in wrong else {"n": number} for number in range(MANY)]
    for answers in (
        issuer.issue_many(claims, audience="api", return_exceptions=True),
        list(issuer.issue_each(iter(claims), audience="api", return_exceptions=True)),
    ):
        assert len(answers) == MANY
        for number, answer in enumerate(answers):
            if number in wrong:
                assert type(answer) is wrong[number][1], number
            else:
                assert isinstance(answer, str)
                assert verifier.verify(answer).claims["n"] == number


def test_an_answer_that_is_no_token_is_what_issue_raises(issuer: Issuer) -> None:
    for wrong in ({"iss": "me"}, {"a": {"b": {1, 2}}}, 5, {"text": "x" * 20_000}):
        [answer] = issuer.issue_many([wrong], return_exceptions=True)
        with pytest.raises((errors.Misuse, TypeError)) as raised:
            issuer.issue(wrong)
        assert isinstance(answer, Exception)
        assert (type(answer), str(answer)) == (type(raised.value), str(raised.value))


def test_without_it_one_claims_set_ends_the_batch(issuer: Issuer) -> None:
    for given in ({}, {"return_exceptions": False}):
        with pytest.raises(errors.Misuse, match="iss"):
            issuer.issue_many([{"n": 1}, {"iss": "me"}, {"n": 3}], **given)
    for word in (0, 1, None, "yes"):
        with pytest.raises(TypeError, match="instance of 'bool'"):
            issuer.issue_many([], return_exceptions=word)  # type: ignore[call-overload]


def test_what_is_about_no_claims_set_is_raised_all_the_same(private: Key, issuer: Issuer) -> None:
    def read() -> Iterator[dict[str, Any]]:
        yield {"n": 1}
        raise OSError("the line is down")

    class Interrupting:
        def __call__(self) -> float:
            raise KeyboardInterrupt

    tokens = issuer.issue_each(read(), return_exceptions=True)
    assert isinstance(next(tokens), str)
    with pytest.raises(OSError, match="the line is down"):
        next(tokens)
    with pytest.raises(OSError, match="the line is down"):
        issuer.issue_many(read(), return_exceptions=True)
    with pytest.raises(errors.Misuse):
        issuer.issue_many([{}], audience="", return_exceptions=True)
    with pytest.raises(TypeError, match="claims: expected an iterable of claims"):
        issuer.issue_many({"sub": "42"}, return_exceptions=True)
    interrupted = Issuer(private, lifetime=900, clock=Interrupting())
    with pytest.raises(KeyboardInterrupt):
        interrupted.issue_many([{}, {}], return_exceptions=True)


@pytest.mark.parametrize(
    "shared", [{"audience": ""}, {"audience": []}, {"expires_at": -1}, {"not_before": float("nan")}]
)
def test_what_all_share_is_looked_at_once_and_first(issuer: Issuer, shared: Any) -> None:
    for call in (issuer.issue_many, issuer.issue_each):
        with pytest.raises(errors.Misuse):
            call([], **shared)


def test_a_batch_asked_from_within_itself_says_so(verifier: Verifier, issuer: Issuer) -> None:
    token = token_of(issuer, 1)
    verdicts: list[Iterator[Any]] = []

    def tokens() -> Iterator[str]:
        yield token
        next(verdicts[0])
        yield token

    verdicts.append(verifier.verify_each(tokens()))
    assert said(next(verdicts[0])) == 1
    with pytest.raises(RuntimeError):
        next(verdicts[0])


def test_a_batch_within_a_batch(verifier: Verifier, issuer: Issuer) -> None:
    some = [token_of(issuer, number) for number in (1, 2, 3)]

    def tokens() -> Iterator[str]:
        for token in some:
            assert [said(verdict) for verdict in verifier.verify_many(some)] == [1, 2, 3]
            yield token

    assert [said(verdict) for verdict in verifier.verify_each(tokens())] == [1, 2, 3]


def test_batches_of_several_threads_do_not_mix(verifier: Verifier, issuer: Issuer) -> None:
    tokens = [token_of(issuer, number) for number in range(1, 7)] * 200
    start = threading.Barrier(4)

    def work(_: int) -> list[object]:
        start.wait()
        return [said(verdict) for verdict in verifier.verify_many(tokens)]

    with ThreadPoolExecutor(4) as pool:
        for verdicts in pool.map(work, range(4)):
            assert verdicts == [1, 2, 3, 4, 5, 6] * 200


def test_other_threads_run_meanwhile(
    verifier: Verifier, issuer: Issuer, lets_others_in: Callable[[Callable[[], object]], bool]
) -> None:
    """They are let in: a thread that only counts gets on while tokens are verified and issued."""
    tokens, claims = [token_of(issuer, 1)] * 600, [{"n": 1}] * 600
    for call in (
        lambda: verifier.verify_many(tokens),
        lambda: deque(verifier.verify_each(tokens), maxlen=0),
        lambda: issuer.issue_many(claims),
        lambda: issuer.issue_many(claims, return_exceptions=True),
        lambda: deque(issuer.issue_each(claims), maxlen=0),
    ):
        assert lets_others_in(call)


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_more_than_one_thread_verifies(private: Key) -> None:
    """Each look-up of a remote key asks the client's clock, on the thread that verifies."""
    here, elsewhere = threading.get_ident(), threading.Event()

    def tell() -> float:
        if threading.get_ident() == here:
            # Long enough for threads to be worth starting, and over when one has begun to work.
            elsewhere.wait(0.05)
        else:
            elsewhere.set()
        return NOW

    server = Publisher()
    try:
        server.publish([private.public().to_jwk()])
        client = JWKSClient(key_set=server.url(), clock=tell)
        client.ready()
        verifier = Verifier(client, algorithms=["ES256"], clock=FrozenClock())
        token = Issuer(private, lifetime=900, clock=FrozenClock()).issue()
        # The thread that fetched asked as well, and has nothing more to do.
        elsewhere.clear()
        verdicts = verifier.verify_many([token] * 500)
        assert all(isinstance(verdict, Verified) for verdict in verdicts)
        assert elsewhere.is_set()
    finally:
        server.close()


def test_an_iterator_of_verdicts_outlives_what_it_was_made_of(private: Key) -> None:
    clock = FrozenClock()
    issuer = Issuer(private, lifetime=900, clock=clock)
    verdicts = Verifier(private.public(), clock=clock).verify_each([issuer.issue({"n": 1})])
    tokens = Issuer(private, lifetime=900).issue_each([{"n": 1}])
    del issuer
    assert [said(verdict) for verdict in verdicts] == [1]
    assert len(list(tokens)) == 1
