"""`AsyncSessions`: real awaitables, in any number of event loops, that can be cancelled."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jotem import errors
from jotem.sessions import AsyncSessions, Grant, Live, Refused, Sessions

SECRET = b"thirty-two bytes, which nobody has"


@pytest.fixture(params=["memory:", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/sessions.db" if request.param == "sqlite" else request.param


async def refused(code: str, call: Awaitable[object]) -> errors.JotemError:
    with pytest.raises(errors.JotemError) as caught:
        await call
    assert caught.value.code == code, caught.value
    return caught.value


def test_a_session_goes_from_login_to_log_out(url: str) -> None:
    async def main() -> None:
        async with AsyncSessions(SECRET, store=url, audience="api") as sessions:
            pair = await sessions.start("ada", tenant="acme", client="web", scopes=["a"])
            assert type(sessions.verify(pair.access_token)) is Live
            pair = await sessions.refresh(pair.refresh_token, client="web")
            (info,) = (await sessions.list("ada", tenant="acme")).sessions
            assert info.id == pair.session
            assert await sessions.revoke_token(pair.access_token) is True
            assert await sessions.revoke_subject("ada", tenant="acme") == 1
            await sessions.revoke_session("ada", pair.session)
            await sessions.revoke_client("web")
            await sessions.catch_up()
            with pytest.raises(errors.TokenRevoked):
                sessions.verify(pair.access_token)
            with pytest.raises(errors.TokenRevoked):
                sessions.verify_fail_open(pair.access_token)
            with pytest.raises(errors.TokenRevoked):
                sessions.verifier().verify(pair.access_token)
            assert sessions.publication().content_type == "application/jwk-set+json"
            await refused("session_client_mismatch", sessions.refresh(pair.refresh_token, client="web"))
            await refused("refresh_token_shape", sessions.refresh("garbage"))
            await refused("session_subject_length", sessions.start(""))
            await refused("ring_spare_too_new", sessions.rotate_keys())
        await refused("misuse_argument", sessions.start("ada"))
        assert "closed" in repr(sessions)

    asyncio.run(main())


def test_the_store_is_opened_at_the_first_call(tmp_path: Path) -> None:
    broken = AsyncSessions(SECRET, store=f"sqlite://{tmp_path}/no/such/folder/sessions.db")

    async def main() -> None:
        with pytest.raises(errors.JotemError):
            await broken.start("ada")
        with pytest.raises(errors.JotemError):
            async with broken:
                pass
        with pytest.raises(errors.JotemError):
            broken.verify("a.b.c")

    asyncio.run(main())


def test_thirty_two_refreshes_of_one_token_at_once_rotate_once(url: str) -> None:
    async def main() -> None:
        async with AsyncSessions(SECRET, store=url) as sessions:
            for _ in range(5):
                pair = await sessions.start("ada")
                calls = [sessions.refresh(pair.refresh_token) for _ in range(32)]
                pairs = await asyncio.gather(*calls)
                assert len({one.refresh_token for one in pairs}) == 1
                assert sum(not one.is_replay for one in pairs) == 1

    asyncio.run(main())


def test_without_a_window_one_of_thirty_two_wins_and_the_session_ends(url: str) -> None:
    async def main() -> None:
        async with AsyncSessions(SECRET, store=url, policy="strict") as sessions:
            pair = await sessions.start("ada")
            calls = [sessions.refresh(pair.refresh_token) for _ in range(32)]
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            codes = sorted(getattr(one, "code", "rotated") for one in outcomes)
            assert codes == ["rotated", *["session_ended"] * 30, "session_reuse"]

    asyncio.run(main())


def test_the_event_loop_goes_on_while_a_call_waits() -> None:
    async def main() -> None:
        may_answer = asyncio.Event()

        async def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
            await may_answer.wait()
            return {"roles": ["editor"]}

        async with AsyncSessions(SECRET, claims_for=claims_for) as sessions:
            login = asyncio.ensure_future(sessions.start("ada"))
            await asyncio.sleep(0)
            assert (await sessions.list("ada")).sessions == ()
            assert not login.done()
            may_answer.set()
            assert sessions.verify((await login).access_token).claims["roles"] == ["editor"]

    asyncio.run(main())


def test_claims_are_awaited_in_the_task_and_the_context_of_the_call() -> None:
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request")
    seen: list[tuple[Any, str]] = []

    async def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
        await asyncio.sleep(0)
        seen.append((asyncio.current_task(), request.get()))
        return {"others": len((await sessions.list(subject)).sessions)}

    sessions = AsyncSessions(SECRET, claims_for=claims_for)

    async def main() -> None:
        async with sessions:
            request.set("a request")
            await sessions.start("ada")
            pair = await sessions.start("ada")
            assert sessions.verify(pair.access_token).claims["others"] == 1
            assert seen == [(asyncio.current_task(), "a request")] * 2

    asyncio.run(main())


@pytest.mark.parametrize("is_async", [False, True])
def test_callbacks_that_refuse_and_that_fail(is_async: bool) -> None:
    fails: Exception = Refused("disabled")

    def plain(subject: str, grant: Grant) -> dict[str, Any]:
        raise fails

    async def awaited(subject: str, grant: Grant) -> dict[str, Any]:
        await asyncio.sleep(0)
        raise fails

    async def main() -> None:
        nonlocal fails
        async with AsyncSessions(SECRET, claims_for=awaited if is_async else plain) as sessions:
            assert isinstance(await refused("session_refused", sessions.start("a")), errors.SessionRefused)
            fails = TimeoutError("no database")
            error = await refused("session_claims", sessions.start("a"))
            assert isinstance(error, errors.Unavailable)
            assert error.__cause__ is fails

    asyncio.run(main())


def test_a_call_that_is_cancelled_is_let_go_of_and_nothing_is_used_up() -> None:
    async def main() -> None:
        never = asyncio.Event()
        waits = True
        entered = asyncio.Event()

        async def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
            if waits and grant.client == "web":
                entered.set()
                await never.wait()
            return {}

        async with AsyncSessions(SECRET, claims_for=claims_for, policy="strict") as sessions:
            waits = False
            pair = await sessions.start("ada", client="web")
            waits = True
            refresh = asyncio.ensure_future(sessions.refresh(pair.refresh_token, client="web"))
            await entered.wait()
            refresh.cancel()
            with pytest.raises(asyncio.CancelledError):
                await refresh
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(sessions.refresh(pair.refresh_token, client="web"), 0.01)
            waits = False
            assert (await sessions.refresh(pair.refresh_token, client="web")).session == pair.session

    asyncio.run(main())


def test_calls_that_are_cancelled_in_the_store_leave_it_whole(tmp_path: Path) -> None:
    async def main() -> None:
        url = f"sqlite://{tmp_path}/sessions.db"
        async with AsyncSessions(SECRET, store=url, max_sessions=0) as sessions:
            await sessions.start("ada")
            for _ in range(50):
                call = asyncio.ensure_future(sessions.start("ada"))
                await asyncio.sleep(0)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            pair = await sessions.start("ada")
            assert (await sessions.refresh(pair.refresh_token)).session == pair.session

    asyncio.run(main())


def test_no_thread_is_made_for_a_call(tmp_path: Path) -> None:
    async def main() -> int:
        async with AsyncSessions(SECRET, store=f"sqlite://{tmp_path}/sessions.db") as sessions:
            await sessions.start("ada")
            before = threads()
            await asyncio.gather(*(sessions.start(f"user {n}") for n in range(200)))
            return threads() - before

    def threads() -> int:
        tasks = Path("/proc/self/task")
        return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()

    assert asyncio.run(main()) <= 1


def test_event_loops_in_several_threads_share_one_object(url: str) -> None:
    sessions = AsyncSessions(SECRET, store=url)

    async def life(number: int) -> str:
        pair = await sessions.start(f"user {number}")
        pairs = await asyncio.gather(*(sessions.refresh(pair.refresh_token) for _ in range(8)))
        assert len({one.refresh_token for one in pairs}) == 1
        return sessions.verify(pairs[0].access_token).subject

    async def lives(first: int) -> list[str]:
        return await asyncio.gather(*(life(first + n) for n in range(8)))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: asyncio.run(lives(n * 8)), range(4)))
    assert sorted(sum(found, [])) == sorted(f"user {n}" for n in range(32))
    asyncio.run(sessions.close())


def test_a_loop_that_is_closed_in_the_middle_harms_nobody(url: str) -> None:
    sessions = AsyncSessions(SECRET, store=url)

    async def leave() -> None:
        for n in range(20):
            asyncio.ensure_future(sessions.start(f"user {n}"))
        await asyncio.sleep(0)

    asyncio.run(leave())

    async def go_on() -> None:
        assert await sessions.start("ada")
        await sessions.close()

    asyncio.run(go_on())


def test_what_waits_and_what_awaits_share_a_file(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/sessions.db"

    async def main(token: str) -> str:
        async with AsyncSessions(SECRET, store=url) as sessions:
            return (await sessions.refresh(token)).refresh_token

    with Sessions(SECRET, store=url) as sessions:
        token = asyncio.run(main(sessions.start("ada").refresh_token))
        assert sessions.refresh(token)


@pytest.mark.parametrize("kind", [Sessions, AsyncSessions])
def test_sessions_in_a_circle_of_references_are_collected(kind: Callable[..., Any]) -> None:
    class Listener:
        sessions: Any = None

        def hear(self, event: object) -> None: ...

        def claims(self, subject: str, grant: Grant) -> dict[str, Any]:
            return {}

    listener = Listener()
    listener.sessions = kind(SECRET, on_event=listener.hear, claims_for=listener.claims)
    gone = weakref.ref(listener)
    del listener
    gc.collect()
    assert gone() is None
