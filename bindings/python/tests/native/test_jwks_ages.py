"""`JWKSClient(clock=)`: for how long keys are served, as a clock says that is moved by hand."""

from __future__ import annotations

import gc
import sys
import weakref
from datetime import datetime, timedelta
from typing import Any, Optional

import pytest

from jotem import JWKSClient, JWKSEvent, Key, errors
from jotem.testing import FrozenClock
from provider import Provider

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(errors.TokenRefused) as caught:
        call(*arguments)
    return caught.value.code


def publish(provider: Provider, *keys: Key, cache_control: Optional[str] = None) -> None:
    header = {} if cache_control is None else {"Cache_Control": cache_control}
    provider.server.publish([key.public().to_jwk() for key in keys], **header)


@pytest.mark.parametrize(
    ("said", "settings", "seconds"),
    [
        (None, {}, 300),
        ("max-age=600", {}, 600),
        ("max-age=10", {}, 60),
        ("max-age=86400", {}, 3600),
        ("no-store", {}, 60),
        ("max-age=100", {"soft_age": (5, 20), "soft_age_unless_said": 10}, 20),
        (None, {"soft_age": (5, 20), "soft_age_unless_said": timedelta(seconds=10)}, 10),
    ],
)
def test_keys_are_stale_from_their_soft_age_on_and_not_before(
    provider: Provider, clock: FrozenClock, said: Optional[str], settings: Any, seconds: int
) -> None:
    publish(provider, provider.key, cache_control=said)
    client = provider.client(clock=clock, **settings)
    client.ready()
    clock.advance(timedelta(seconds=seconds) - SECOND)
    (source,) = client.status
    assert (source.age, source.is_stale) == (timedelta(seconds=seconds) - SECOND, False)
    clock.advance(SECOND)
    (source,) = client.status
    assert (source.age, source.is_stale, source.is_available) == (seconds * SECOND, True, True)
    assert provider.requests == 1


def test_keys_are_fetched_again_before_they_are_old(
    provider: Provider, clock: FrozenClock
) -> None:
    heard: list[JWKSEvent] = []
    publish(provider, provider.key, cache_control="max-age=1000")
    client = provider.client(clock=clock, on_event=heard.append)
    assert client.status[0].due_in == timedelta(0)
    client.ready()
    due = client.status[0].due_in
    assert timedelta(seconds=700) <= due <= timedelta(seconds=900)
    verifier = provider.verifier(client)
    clock.advance(due - SECOND)
    assert client.status[0].due_in == SECOND
    verifier.verify(provider.token())
    assert client.counters["fetches_started"] == 1
    clock.advance(SECOND)
    assert client.status[0].due_in == timedelta(0)
    verifier.verify(provider.token())
    # Joins the fetch that nobody waited for, or finds it done.
    client.refresh()
    reasons = [event.facts["reason"] for event in heard if event.kind == "fetch_started"]
    assert reasons[:2] == ["no_keys", "ahead"]
    assert client.status[0].age == timedelta(0)
    assert client.counters["stale_served"] == 0


@pytest.mark.parametrize(
    ("settings", "hard"), [({}, 48 * HOUR), ({"hard_age": HOUR}, HOUR), ({"hard_age": 7200}, 2 * HOUR)]
)
@pytest.mark.parametrize("cache", [None, 1 << 18])
def test_an_outage_up_to_the_hard_age_loses_no_verification(
    provider: Provider, clock: FrozenClock, settings: Any, hard: timedelta, cache: Optional[int]
) -> None:
    heard: list[str] = []
    listen = lambda event: heard.append(event.kind)
    client = provider.client(clock=clock, on_event=listen, **settings)
    verifier, token = provider.verifier(client, cache=cache), provider.token()
    client.ready()
    provider.server.fail(503, {})
    for _ in range(9):
        clock.advance(hard / 10)
        assert verifier.verify(token).subject == "42"
        # The attempt that this began is over before the clock moves on.
        with pytest.raises(errors.FetchFailed):
            client.refresh()
    clock.advance(hard / 10 - SECOND)
    assert client.verify(verifier, token).subject == verifier.verify(token).subject == "42"
    assert client.status[0].is_stale and client.status[0].is_available
    client.ready()
    clock.advance(SECOND)
    assert refusal(verifier.verify, token) == "jws_keys_unavailable"
    assert refusal(client.verify, verifier, token) == "jws_keys_unavailable"
    assert [verdict.code for verdict in verifier.verify_many([token] * 3)] == [
        "jws_keys_unavailable"
    ] * 3
    assert not client.status[0].is_available
    with pytest.raises(errors.FetchFailed):
        client.ready()
    assert heard.count("stale_served") == heard.count("hard_age_reached") == 1
    assert client.counters["stale_served"] >= 10

    # When the issuer is back, so are its keys.
    provider.publish(provider.key)
    clock.advance(30 * SECOND)
    assert client.verify(verifier, token).subject == "42"


async def verdict(client: JWKSClient, provider: Provider, token: str) -> str:
    try:
        await client.verify_async(provider.verifier(client), token)
    except errors.TokenRefused as refused:
        return refused.code
    return "accepted"


def test_the_hard_age_counts_in_an_event_loop_as_well(
    provider: Provider, clock: FrozenClock
) -> None:
    import asyncio

    client, token = provider.client(clock=clock, hard_age=HOUR), provider.token()
    client.ready()
    provider.server.fail(503, {})
    clock.advance(HOUR - SECOND)
    assert asyncio.run(verdict(client, provider, token)) == "accepted"
    clock.advance(SECOND)
    assert asyncio.run(verdict(client, provider, token)) == "jws_keys_unavailable"


def test_the_pause_after_a_request_for_an_unknown_key_is_told_by_the_clock(
    provider: Provider, clock: FrozenClock
) -> None:
    client = provider.client(clock=clock)
    verifier = provider.verifier(client)
    client.ready()
    asked = []
    for second in range(0, 100, 5):
        unknown = Key.generate("ES256", key_id=f"unknown {second}")
        before = provider.requests
        token = provider.token(unknown)
        assert refusal(client.verify, verifier, token) == "jws_key_not_found"
        asked += [second] * (provider.requests - before)
        clock.advance(5 * SECOND)
    assert asked == [0, 10, 40, 70]


@pytest.mark.parametrize("wrong", ["now", 5, None.__class__, lambda: "now", lambda: None])
def test_what_tells_no_time_is_no_clock(provider: Provider, wrong: Any) -> None:
    with pytest.raises(TypeError):
        provider.client(clock=wrong)


def test_a_time_that_cannot_be_is_refused_at_once(provider: Provider) -> None:
    def broken() -> float:
        raise OSError("no time")

    for tells in (lambda: datetime(2026, 1, 1), lambda: -1, lambda: float("nan"), lambda: 1e300):
        with pytest.raises(errors.Misuse):
            provider.client(clock=tells)
    with pytest.raises(OSError, match="no time"):
        provider.client(clock=broken)


def test_while_a_clock_fails_keys_grow_old_as_by_the_system(
    provider: Provider, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", reported.append)
    is_broken = False

    def tell() -> datetime:
        if is_broken:
            raise OSError("no time")
        return clock()

    client = provider.client(clock=tell, hard_age=HOUR)
    verifier, token = provider.verifier(client), provider.token()
    client.ready()
    provider.server.fail(503, {})
    clock.advance(HOUR - MOMENT)
    client.verify(verifier, token)
    is_broken = True
    # By the last that it told, and not from the beginning. It goes on, whatever the clock does.
    for _ in range(100_000):
        (source,) = client.status
        assert source.age is not None and source.age >= HOUR - MOMENT
        if not source.is_available:
            break
    assert refusal(verifier.verify, token) == "jws_keys_unavailable"
    assert {str(one.exc_value) for one in reported} == {"no time"}
    assert {one.object for one in reported} == {tell}
    is_broken = False
    client.verify(verifier, token)


def test_a_clock_cannot_wait_for_its_client(provider: Provider, clock: FrozenClock) -> None:
    clients: list[JWKSClient] = []
    refused = 0

    def tell() -> datetime:
        nonlocal refused
        for client in clients:
            for wait in (client.ready, client.refresh):
                with pytest.raises(errors.Misuse, match="waits for the client"):
                    wait()
            refused += 1
        return clock()

    clients.append(provider.client(clock=tell))
    verifier = provider.verifier(clients[0])
    assert clients[0].verify(verifier, provider.token()).subject == "42"
    assert refused > 0


def test_a_clock_that_looks_at_its_client_is_not_asked_for_ever(
    provider: Provider, clock: FrozenClock
) -> None:
    clients: list[JWKSClient] = []
    looked = 0

    def tell() -> datetime:
        nonlocal looked
        for client in clients:
            looked += len(client.status)
        return clock()

    clients.append(provider.client(clock=tell))
    verifier = provider.verifier(clients[0])
    assert clients[0].verify(verifier, provider.token()).subject == "42"
    assert looked > 0
    clients.clear()


def test_a_client_that_only_its_own_clock_holds_is_collected(provider: Provider) -> None:
    class Service:
        def __init__(self) -> None:
            self.client = provider.client(clock=self.tell)

        def tell(self) -> float:
            return 1_700_000_000.0

    service = Service()
    service.client.ready()
    gone = weakref.ref(service)
    del service
    gc.collect()
    assert gone() is None
