"""Forks at a bad moment: beside what closes a file or changes a ring, and among hooks of the program."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forked import Child
from jotem import KeyRing, errors
from jotem.sessions import AsyncSessions, Grant, Sessions

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]

SECRET = b"thirty-two bytes, which nobody has"


def open_another(folder: Path, number: int) -> None:
    """What a child can do only if no file was open at the fork."""
    with Sessions(SECRET, store=f"sqlite://{folder}/child-{number}.db") as sessions:
        sessions.start("ada")


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "let go of"])
def test_sessions_that_are_gone_are_gone_in_a_child_at_once(
    tmp_path: Path, is_closed: bool
) -> None:
    for number in range(20):
        sessions = Sessions(SECRET, store=f"sqlite://{tmp_path}/a.db", poll_every=0.001)
        sessions.start("ada")
        if is_closed:
            sessions.close()
        del sessions
        Child(lambda number=number: open_another(tmp_path, number)).end()


def test_a_call_that_outlives_its_sessions_keeps_no_file_open_in_a_child(tmp_path: Path) -> None:
    async def main() -> None:
        is_asked, may_answer = asyncio.Event(), asyncio.Event()

        async def claims_for(subject: str, grant: Grant) -> dict[str, object]:
            is_asked.set()
            await may_answer.wait()
            return {}

        url = f"sqlite://{tmp_path}/a.db"
        sessions = AsyncSessions(SECRET, store=url, claims_for=claims_for)
        login = asyncio.ensure_future(sessions.start("ada"))
        await is_asked.wait()
        await sessions.close()
        Child(lambda: open_another(tmp_path, 1)).end()
        may_answer.set()
        with pytest.raises(errors.Unavailable):
            await login

    asyncio.run(main())


def test_closing_beside_forks_fails_nobody(tmp_path: Path) -> None:
    done, has_begun = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def use(number: int) -> None:
        try:
            while not done.is_set():
                Sessions(SECRET, store=f"sqlite://{tmp_path}/{number}.db").close()
                has_begun.set()
        except BaseException as error:
            failed.append(error)
            has_begun.set()

    threads = [threading.Thread(target=use, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    has_begun.wait()
    try:
        for number in range(20):
            Child(lambda number=number: open_another(tmp_path, number)).end()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert failed == []


@pytest.mark.parametrize("store", ["memory:", "sqlite://{}/a.db"])
def test_a_fork_beside_changes_of_a_ring_leaves_it_whole_in_the_child(
    tmp_path: Path, store: str
) -> None:
    path = f"{tmp_path}/ring.json"
    ring = KeyRing.create(path, algorithm="RS256", password="a long one", token_lifetime=60)
    done, has_begun = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def change() -> None:
        while not done.is_set():
            try:
                has_begun.set()
                sessions.revoke_key(ring.keys[0].key_id)
            except errors.Unavailable:
                pass  # A fork came into it.
            except BaseException as error:
                failed.append(error)
                return

    before = ring.revision

    with Sessions(SECRET, store=store.format(tmp_path), ring=ring, maintain=False) as sessions:
        threads = [threading.Thread(target=change) for _ in range(2)]
        for thread in threads:
            thread.start()
        has_begun.wait()
        try:
            for _ in range(10):
                Child(ring.reload).end()
        finally:
            done.set()
            for thread in threads:
                thread.join()
    assert failed == []
    assert ring.revision > before, "there were changes beside the forks"


PROGRAM = """
import os, signal, sys, threading, warnings
warnings.simplefilter("ignore")
lock, sessions = threading.Lock(), None
hooks = {
    "before": dict(before=lambda: sessions.close()),
    "after_in_parent": dict(after_in_parent=lambda: (sessions.start("x"), sessions.revoke_key("none"))),
    "after_in_child": dict(after_in_child=lambda: (sessions.start("x"), sessions.revoke_key("none"))),
    "fork": dict(before=lambda: fork(), after_in_parent=lambda: fork(), after_in_child=lambda: fork()),
    "lock": dict(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release),
}[sys.argv[2]]
depth = 0
def fork():
    global depth
    depth += 1
    if depth == 1:
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            sessions.start("x")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    depth -= 1
if sys.argv[1] == "first":
    os.register_at_fork(**hooks)
import jotem
if sys.argv[1] == "then":
    os.register_at_fork(**hooks)
from jotem.sessions import Sessions
sessions = Sessions(b"thirty-two bytes, which nobody has", store="sqlite://" + sys.argv[3])
if sys.argv[1] == "last":
    os.register_at_fork(**hooks)
token = sessions.start("ada").access_token
signal.alarm(60)
def use():
    while True:
        with lock:
            sessions.verify(token)
if sys.argv[2] == "lock":
    threading.Thread(target=use, daemon=True).start()
for _ in range(20 if sys.argv[2] == "lock" else 1):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
if sys.argv[2] != "before":
    assert sessions.verify(sessions.start("ada").access_token).subject == "ada"
sys.stdout.write("done")
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.parametrize(
    ("when", "hook"),
    [
        (when, hook)
        for when in ("first", "then", "last")
        for hook in ("before", "after_in_parent", "after_in_child", "fork", "lock")
        # It waits for a lock that somebody has who waits for the fork: `Sessions` says so.
        if (when, hook) != ("first", "lock")
    ],
)
def test_hooks_of_the_program_may_use_sessions_and_take_locks(
    tmp_path: Path, when: str, hook: str
) -> None:
    command = [sys.executable, "-c", PROGRAM, when, hook, f"{tmp_path}/a.db"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "done"), done.stderr


ABANDONED = """
import asyncio, concurrent.futures.thread, os, signal, threading, warnings
warnings.simplefilter("ignore")
signal.alarm(60)
# That module takes its lock around forks since before this one is imported.
from jotem.sessions import AsyncSessions

async def main():
    async def claims_for(subject, grant):
        await asyncio.get_running_loop().create_future()
    sessions = AsyncSessions(b"thirty-two bytes, which nobody has", claims_for=claims_for)
    loop = asyncio.get_running_loop()
    while True:
        for _ in range(20):
            abandoned = sessions.start("ada")
            abandoned.send(None)
            circle = [abandoned]
            circle.append(circle)
            loop.run_in_executor(None, int)
        await asyncio.sleep(0)

threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
for _ in range(100):
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
os.write(1, b"done")
os._exit(0)
"""


def test_what_a_finalizer_ends_does_not_wait_for_a_fork() -> None:
    done = subprocess.run([sys.executable, "-c", ABANDONED], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "done"), done.stderr
