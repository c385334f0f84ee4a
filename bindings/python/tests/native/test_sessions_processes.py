"""Sessions in processes: forked before and in the middle of use, in pools, under gunicorn's ways, ending."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Callable

import pytest

from forked import Child
from jotem import errors
from jotem.sessions import AsyncSessions, RotationPolicy, SessionEvent, Sessions, verify_audit_log
from preloaded import Preloaded

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]

SECRET = b"thirty-two bytes, which nobody has"
# An exchanged token may come again for longer than a busy machine takes to fork.
PATIENT = RotationPolicy("web", window=300)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/sessions.db"


def test_a_parent_and_its_child_go_on_with_one_file(url: str) -> None:
    with Sessions(SECRET, store=url, policy=PATIENT) as sessions:
        pair, verifier = sessions.start("ada"), sessions.verifier()

        def work() -> None:
            assert verifier.verify(pair.access_token).subject == "ada"
            assert sessions.verify(pair.access_token).subject == "ada"
            assert sessions.refresh(pair.refresh_token).session == pair.session
            sessions.start("child of ada")

        Child(work).end()
        assert sessions.refresh(pair.refresh_token).is_replay
        assert len(sessions.list("child of ada").sessions) == 1
        assert sessions.verify(pair.access_token).subject == "ada"


def test_a_revocation_in_a_child_reaches_its_parent(url: str) -> None:
    with Sessions(SECRET, store=url) as sessions:
        pair = sessions.start("ada")
        Child(lambda: sessions.revoke_subject("ada")).end()
        sessions.catch_up()
        with pytest.raises(errors.TokenRevoked):
            sessions.verify(pair.access_token)


def test_a_parent_that_closes_takes_nothing_from_its_child(url: str) -> None:
    """A file that is closed for the last time loses its log: the child's must be seen to be open."""
    sessions = Sessions(SECRET, store=url)
    sessions.start("ada")
    ready, go = os.pipe(), os.pipe()

    def work() -> None:
        sessions.start("ada")
        os.write(ready[1], b".")
        os.read(go[0], 1)
        sessions.start("ada")

    child = Child(work)
    os.read(ready[0], 1)
    sessions.list("ada")
    sessions.close()
    os.write(go[1], b".")
    child.end()
    with Sessions(SECRET, store=url) as again:
        assert len(again.list("ada").sessions) == 3


def test_several_children_refresh_one_token_and_one_rotates(url: str) -> None:
    with Sessions(SECRET, store=url, policy=PATIENT) as sessions:
        pair = sessions.start("ada")
        read, write = os.pipe()

        def work() -> None:
            next_pair = sessions.refresh(pair.refresh_token)
            os.write(write, f"{next_pair.refresh_token} {next_pair.is_replay}\n".encode())

        children = [Child(work) for _ in range(4)]
        for child in children:
            child.end()
        os.close(write)
        with os.fdopen(read) as said:
            lines = said.read().split("\n")[:-1]
        assert len({line.split()[0] for line in lines}) == 1
        assert sorted(line.split()[1] for line in lines) == ["False", "True", "True", "True"]


def test_memory_is_of_one_process_and_a_child_begins_with_nothing() -> None:
    with Sessions(SECRET) as sessions:
        pair = sessions.start("ada")

        def work() -> None:
            with pytest.raises(errors.TokenRefused):
                sessions.verify(pair.access_token)
            with pytest.raises(errors.SessionRefused):
                sessions.refresh(pair.refresh_token)
            assert sessions.verify(sessions.start("ada").access_token).subject == "ada"

        Child(work).end()
        assert sessions.refresh(pair.refresh_token).session == pair.session


def test_a_fork_in_the_middle_of_many_calls_leaves_no_lock_behind(url: str) -> None:
    done, has_begun = threading.Event(), threading.Event()
    heard: list[tuple[str, str]] = []

    def hear(event: SessionEvent) -> None:
        heard.append((event.kind, event.subject or ""))
        has_begun.set()

    def use(subject: str) -> None:
        while not done.is_set():
            try:
                pair = sessions.start(subject)
                sessions.verify(sessions.refresh(pair.refresh_token).access_token)
            except errors.Unavailable as error:
                assert "forked" in str(error) or error.code.startswith("store_")

    with Sessions(SECRET, store=url, max_sessions=5, on_event=hear) as sessions:
        threads = [threading.Thread(target=use, args=(f"user {n}",)) for n in range(3)]
        for thread in threads:
            thread.start()
        has_begun.wait()
        try:
            for n in range(5):
                children = [Child(lambda n=n: sessions.start(f"child {n}")) for _ in range(2)]
                for child in children:
                    child.end()
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert all(len(sessions.list(f"child {n}").sessions) == 2 for n in range(5))
        sessions.start("ada")
        assert ("session.start", "ada") in heard


def test_a_fork_beside_threads_that_only_ask_finds_the_file_closed_and_fails_none_of_them(
    url: str,
) -> None:
    """Who waits for the fork to be over has nothing in hand that would keep the file open in the child."""
    done = threading.Event()
    failed: list[BaseException] = []

    with Sessions(SECRET, store=url) as sessions:
        token = sessions.start("ada").access_token
        asks: list[Callable[[], object]] = [
            lambda: sessions.verify(token),
            lambda: sessions.verify_fail_open(token),
            sessions.publication,
        ]

        def use(ask: Callable[[], object]) -> None:
            try:
                while not done.is_set():
                    ask()
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=use, args=(ask,)) for ask in asks]
        for thread in threads:
            thread.start()
        try:
            for n in range(20):
                Child(lambda n=n: sessions.start(f"child {n}")).end()
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert failed == []
        assert all(len(sessions.list(f"child {n}").sessions) == 1 for n in range(20))


def test_calls_that_a_fork_comes_into_are_woken_to_learn_it(url: str) -> None:
    import asyncio

    async def main() -> None:
        async with AsyncSessions(SECRET, store=url) as sessions:
            await sessions.catch_up()
            for _ in range(5):
                logins = [asyncio.ensure_future(sessions.start("ada")) for _ in range(20)]
                await asyncio.sleep(0)  # Each has asked the store.
                Child(lambda: None).end()
                ended = asyncio.gather(*logins, return_exceptions=True)
                for pair in await asyncio.wait_for(ended, 60):
                    if isinstance(pair, BaseException):
                        assert isinstance(pair, errors.Unavailable), pair
                    else:
                        assert sessions.verify(pair.access_token).subject == "ada"

    asyncio.run(main())


def test_a_call_that_a_fork_comes_into_is_to_be_made_again(url: str) -> None:
    import asyncio

    from jotem.sessions import Grant

    async def main() -> None:
        is_asked, may_answer = asyncio.Event(), asyncio.Event()

        async def claims_for(subject: str, grant: Grant) -> dict[str, object]:
            is_asked.set()
            await may_answer.wait()
            return {}

        async with AsyncSessions(SECRET, store=url, claims_for=claims_for) as sessions:
            login = asyncio.ensure_future(sessions.start("ada"))
            await is_asked.wait()
            Child(lambda: None).end()
            may_answer.set()
            with pytest.raises(errors.Unavailable) as caught:
                await login
            assert caught.value.retry_after is not None
            assert sessions.verify((await sessions.start("ada")).access_token).subject == "ada"

    asyncio.run(main())


def test_a_child_awaits_what_its_parent_made(url: str) -> None:
    import asyncio

    sessions = AsyncSessions(SECRET, store=url)
    pair = asyncio.run(sessions.start("ada"))

    async def main() -> None:
        assert (await sessions.refresh(pair.refresh_token)).session == pair.session
        assert sessions.verify(pair.access_token).subject == "ada"

    Child(lambda: asyncio.run(main())).end()
    asyncio.run(main())
    asyncio.run(sessions.close())


_PROGRAM = """
import multiprocessing
from jotem.sessions import Sessions

def begin():
    global sessions
    sessions = Sessions(b"thirty-two bytes, which nobody has", store={url!r})

def work(token):
    return sessions.verify(token).subject, sessions.verify(sessions.start("2").access_token).subject

if __name__ == "__main__":
    begin()
    token = sessions.start("1").access_token
    with multiprocessing.get_context({method!r}).Pool(2, {begin}) as pool:
        print(pool.map(work, [token] * 4))
    print(len(sessions.list("2").sessions))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_workers_of_a_pool_share_a_file(method: str, url: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    begin = "None" if method == "fork" else "begin"
    text = _PROGRAM.format(url=url, method=method, begin=begin)
    program.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(program)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.split("\n")[:2] == [str([("1", "2")] * 4), "4"], done.stderr


APPLICATION = """
from jotem import errors
from jotem.sessions import Sessions

sessions = Sessions(
    os.environ["SECRET"], store=os.environ["STORE"], audit=os.environ["AUDIT"], max_staleness=300
)
pair = sessions.start("ada")

DO = {
    "/first": lambda token, turn: sessions.verify(pair.access_token).subject,
    "/refresh": lambda token, turn: sessions.refresh(pair.refresh_token).refresh_token,
    "/start": lambda token, turn: sessions.start("grace").access_token,
    "/verify": lambda token, turn: sessions.verify(token).subject,
    "/revoke": lambda token, turn: turn or sessions.revoke_subject("ada"),
    "/catch-up": lambda token, turn: sessions.catch_up(),
}

def application(environ, start_response):
    token = environ["HTTP_AUTHORIZATION"].partition(" ")[2]
    turn = all_of_them.wait(30)
    try:
        return answer(environ, start_response, DO[environ["PATH_INFO"]](token, turn))
    except errors.JotemError as error:
        return answer(environ, start_response, f"{error.code}: {error}", "401 Unauthorized")
"""


def test_the_workers_of_gunicorn_go_on_with_sessions_that_were_preloaded(
    url: str, tmp_path: Path
) -> None:
    audit = str(tmp_path / "audit-{pid}.jsonl")
    server = Preloaded(tmp_path, APPLICATION, SECRET=SECRET.decode(), STORE=url, AUDIT=audit)
    try:
        first = server.ask_all("", "/first")
        assert {(status, said) for status, _, said in first} == {(200, "ada")}
        workers = {worker for _, worker, _ in first}
        assert len(workers) == 4 and str(server.process.pid) not in workers
        # All four present one token: one rotates, and the others get the same answer.
        refreshed = {(status, said) for status, _, said in server.ask_all("", "/refresh")}
        assert len(refreshed) == 1 and {status for status, _ in refreshed} == {200}
        # What one has issued, all verify.
        token = server.ask_all("", "/start")[0][2]
        seen = server.ask_all(token, "/verify")
        assert {(status, said) for status, _, said in seen} == {(200, "grace")}
        assert {worker for _, worker, _ in seen} == workers
        # What one has revoked is over for all of them.
        assert {status for status, *_ in server.ask_all("", "/revoke")} == {200}
        assert {status for status, *_ in server.ask_all("", "/catch-up")} == {200}
        ended = server.ask_all("", "/first")
        assert {(status, said.partition(":")[0]) for status, _, said in ended} == {
            (401, "access_revoked")
        }
    finally:
        server.close()
    # Each has written what it did, in a chain of its own.
    for process in [str(server.process.pid), *workers]:
        assert verify_audit_log(audit.format(pid=process)).lines >= 2
    assert len(list(tmp_path.glob("audit-*.jsonl"))) == 5


def test_the_workers_of_gunicorn_refuse_the_one_audit_log_of_who_loaded_them(
    url: str, tmp_path: Path
) -> None:
    audit = tmp_path / "audit.jsonl"
    server = Preloaded(tmp_path, APPLICATION, SECRET=SECRET.decode(), STORE=url, AUDIT=str(audit))
    try:
        said = {(status, said) for status, _, said in server.ask_all("", "/start")}
    finally:
        server.close()
    message = "the audit log is of another process, in which the sessions were made"
    assert said == {(401, f"misuse_argument: {message}")}
    assert verify_audit_log(audit).chains == 1


@pytest.mark.parametrize(
    "end",
    [
        "",
        "sys.exit(0)",
        "threading.Thread(target=lambda: [sessions.start('x') for _ in range(50)]).start()",
        "threading.Thread(target=lambda: [sessions.start('x') for _ in range(10**6)], daemon=True).start()",
        "sessions.close()",
    ],
)
def test_a_program_ends_whatever_goes_on(end: str, url: str) -> None:
    program = f"""
    import sys, threading
    from jotem.sessions import Sessions
    heard = []
    sessions = Sessions({SECRET!r}, store={url!r}, on_event=heard.append, poll_every=0.001)
    sessions.start("ada")
    print("begun", flush=True)
    {end}
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "begun\n"), done.stderr


def test_a_program_that_awaited_ends_however_its_loop_ended(url: str) -> None:
    program = f"""
    import asyncio, sys
    from jotem.sessions import AsyncSessions
    sessions = AsyncSessions({SECRET!r}, store={url!r}, poll_every=0.001)

    async def main():
        await sessions.start("ada")
        for n in range(50):
            asyncio.ensure_future(sessions.start("x"))
        await asyncio.sleep(0)

    asyncio.run(main())
    if sys.argv[1] == "close":
        asyncio.run(sessions.close())
    """
    for end in ["close", "leave"] * 10:
        command = [sys.executable, "-c", textwrap.dedent(program), end]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


def test_a_program_ends_in_the_middle_of_a_callback(url: str) -> None:
    """The interpreter takes its time to end, and a thread that wakes up meanwhile finds it ending."""
    program = f"""
    import sys, threading, time
    from jotem.sessions import Sessions

    class Slow:
        def __del__(self, sleep=time.sleep):
            sleep(0.6)

    def hear(event):
        began.set()
        time.sleep(0.3)

    sys.slow_to_go = Slow()
    began = threading.Event()
    sessions = Sessions({SECRET!r}, store={url!r}, on_event=hear)
    threading.Thread(target=lambda: sessions.start("ada"), daemon=True).start()
    began.wait()
    """
    for _ in range(2):
        command = [sys.executable, "-c", textwrap.dedent(program)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")


def test_sessions_are_closed_by_what_is_called_at_the_end(url: str) -> None:
    program = f"""
    import asyncio, atexit
    from jotem.sessions import AsyncSessions
    sessions = AsyncSessions({SECRET!r}, store={url!r})
    atexit.register(lambda: print(asyncio.run(sessions.revoke_subject("ada"))))
    asyncio.run(sessions.start("ada"))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
