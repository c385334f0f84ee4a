"""The `_async` methods of `JWKSClient`: the loop goes on, and whoever is cancelled is gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jotem import JWKSEvent, Key, errors
from provider import Provider

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    if request.param == "asyncio":
        return asyncio.run
    new_loop = pytest.importorskip("uvloop").new_event_loop

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        loop = new_loop()
        try:
            return loop.run_until_complete(work)
        finally:
            loop.close()

    return run


class Asked:
    """Tells when the server has been asked: the attempt is under way then."""

    def __init__(self) -> None:
        self.fetching = threading.Event()

    def __call__(self, event: JWKSEvent) -> None:
        if event.kind == "fetch_started":
            self.fetching.set()


def test_the_first_token_fetches_the_keys(provider: Provider, run: Run) -> None:
    client = provider.client()
    verifier = provider.verifier(client)

    async def work() -> None:
        for _ in range(5):
            verified = await client.verify_async(verifier, provider.token())
            assert verified.subject == "42"

    run(work())
    assert provider.requests == 1


def test_a_known_key_answers_without_a_switch(provider: Provider) -> None:
    client = provider.client()
    client.ready()
    coroutine = client.verify_async(provider.verifier(client), provider.token())
    # There is no event loop at all.
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value.subject == "42"


def test_who_must_wait_needs_a_loop_of_asyncio(provider: Provider) -> None:
    client = provider.client()
    coroutine = client.verify_async(provider.verifier(client), provider.token())
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)


def test_two_hundred_tasks_with_unknown_keys_make_one_request(
    provider: Provider, run: Run
) -> None:
    client = provider.client()
    verifier = provider.verifier(client)

    async def work() -> list[Any]:
        await client.ready_async()
        return await asyncio.gather(
            *(client.verify_async(verifier, one) for one in provider.tokens_of_nobody(200)),
            return_exceptions=True,
        )

    refusals = run(work())
    assert {type(refused) for refused in refusals} == {errors.KeyNotFound}
    assert provider.requests == 2


def test_the_loop_goes_on_while_the_server_hangs(provider: Provider, run: Run) -> None:
    asked = Asked()
    client = provider.client(deadline=60, on_event=asked)
    verifier = provider.verifier(client)
    known, new = provider.token(), Key.generate("ES256", key_id="second")

    async def work() -> None:
        await client.verify_async(verifier, known)
        asked.fetching.clear()
        provider.publish(provider.key, new)
        provider.hang()
        tasks = [
            asyncio.ensure_future(client.verify_async(verifier, provider.token(new)))
            for _ in range(20)
        ]
        await asyncio.sleep(0)
        assert asked.fetching.wait(30)
        for _ in range(100):
            await asyncio.sleep(0)
            assert (await client.verify_async(verifier, known)).subject == "42"
        assert not any(task.done() for task in tasks)
        provider.release()
        assert {verified.key_id for verified in await asyncio.gather(*tasks)} == {"second"}

    run(work())
    assert provider.requests == 2


def test_who_is_cancelled_takes_nobody_along(provider: Provider, run: Run) -> None:
    provider.hang()
    client = provider.client(deadline=60)
    verifier = provider.verifier(client)

    async def work() -> None:
        first, second, third = (
            asyncio.ensure_future(client.verify_async(verifier, provider.token()))
            for _ in range(3)
        )
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(third, 0.01)
        provider.release()
        assert (await second).subject == "42"

    run(work())
    assert provider.requests == 1


def test_a_loop_that_is_closed_is_not_woken(provider: Provider, run: Run) -> None:
    provider.hang()
    client = provider.client(deadline=60)
    verifier = provider.verifier(client)

    async def begin() -> None:
        task = asyncio.ensure_future(client.verify_async(verifier, provider.token()))
        await asyncio.sleep(0)
        task.cancel()

    run(begin())
    provider.release()
    # The fetch went on, and what comes of it is for the next.
    client.ready()
    assert run(client.verify_async(verifier, provider.token())).subject == "42"
    assert provider.requests == 1


def test_a_failed_fetch_is_raised_where_it_is_awaited(provider: Provider, run: Run) -> None:
    provider.server.fail(500, {})
    client = provider.client()
    verifier = provider.verifier(client)

    async def work() -> None:
        for wait in (client.ready_async, client.refresh_async):
            with pytest.raises(errors.FetchFailed) as failed:
                await wait()
            assert failed.value.code == "jwks_status"
        with pytest.raises(errors.TokenRefused) as refused:
            await client.verify_async(verifier, provider.token())
        assert refused.value.code == "jws_keys_unavailable"

    run(work())
    assert provider.requests == 2


def test_what_is_wrong_is_raised_where_it_is_awaited(provider: Provider) -> None:
    client = provider.client()
    client.ready()
    verifier = provider.verifier(client)

    async def work() -> list[Any]:
        return await asyncio.gather(
            client.verify_async(verifier, "not a token"),
            client.verify_async(verifier, None),  # type: ignore[call-overload]
            client.verify_async(None, provider.token()),  # type: ignore[call-overload]
            client.verify_async(verifier, provider.token(), into=int),
            client.verify_async(provider.verifier(provider.client()), provider.token()),
            return_exceptions=True,
        )

    kinds = [type(one) for one in asyncio.run(work())]
    assert kinds == [errors.TokenRefused, TypeError, TypeError, TypeError, errors.Misuse]


def test_loops_of_several_threads_wait_for_one_fetch(provider: Provider, run: Run) -> None:
    client = provider.client(deadline=60)
    verifier = provider.verifier(client)
    provider.hang()
    # Whoever comes before the answer does waits for it.
    started = threading.Barrier(9)

    def ask() -> str:
        async def work() -> str:
            task = asyncio.ensure_future(client.verify_async(verifier, provider.token()))
            await asyncio.sleep(0)
            started.wait()
            return str((await task).subject)

        return str(run(work()))

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask) for _ in range(8)]
        started.wait()
        provider.release()
        assert {answer.result() for answer in answers} == {"42"}
    assert provider.requests == 1
