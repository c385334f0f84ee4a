"""One peer of sessions.py in a process of its own, which does what it is told through a pipe.

The process keeps the sessions it has begun. Its threads are kept, too, as a server's are, and with
them what a library has for each thread.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from session_peers import USERS, Peer, Tokens

THREADS = 16
# How often one token is presented by all threads at once.
TRIALS = 10


class Replay(NamedTuple):
    """What an old refresh token gets, and what holds of the session afterwards."""

    is_refused: bool
    is_answer_of_before: bool
    access_holds: bool
    refresh_holds: bool


class Process:
    """A peer, seen from the program that measures."""

    def __init__(self, make: Callable[..., Peer], arguments: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # A daemon ends with this program, whatever happens.
        process = context.Process(target=serve, args=(theirs, make, arguments), daemon=True)
        process.start()
        theirs.close()

    def ask(self, question: str, *arguments: Any) -> Any:
        """Calls a method of the worker, and waits for what it returns."""
        self._pipe.send((question, arguments))
        return self._pipe.recv()


def serve(pipe: Connection, make: Callable[..., Peer], arguments: tuple[Any, ...]) -> None:
    """Answers until the other end is closed."""
    worker = Worker(make(*arguments))
    while True:
        try:
            question, asked = pipe.recv()
        except EOFError:
            return
        pipe.send(getattr(worker, question)(*asked))


class Worker:
    """A peer and the sessions it has begun."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._sessions: list[Tokens] = []
        self._pool = ThreadPoolExecutor(THREADS, initializer=peer.enter)
        # Tables are there and every thread has its connection before anything is measured.
        self.login(1, 1)
        self.login(THREADS, THREADS)
        self.logout(THREADS)

    def login(self, threads: int, count: int) -> float:
        """Begins so many sessions, and forgets those of before. Returns calls a second; so the others."""
        users = [number % USERS for number in range(count)]
        self._sessions, rate = self._share(self._peer.login, users, threads)
        return rate

    def refresh(self, threads: int, count: int | None = None) -> float:
        """Refreshes each session once, or only so many of them."""
        tokens = [session.refresh for session in self._sessions[:count]]
        refreshed, rate = self._share(self._peer.refresh, tokens, threads)
        self._sessions[:count] = refreshed
        return rate

    def verify(self, threads: int, count: int) -> float:
        """Verifies so many times, one session after the other."""
        tokens = [session.access for session in self._sessions]
        turns = [tokens[number % len(tokens)] for number in range(count)]
        return self._share(self._peer.verify, turns, threads)[1]

    def logout(self, threads: int) -> float:
        """Ends each session."""
        rate = self._share(self._peer.logout, self._sessions, threads)[1]
        self._sessions = []
        return rate

    def at_once(self) -> list[tuple[int, int]]:
        """One refresh token from all threads at once, some times: how many threads were given tokens,
        and how many different successors can be refreshed afterwards."""
        found = []
        for _ in range(TRIALS):
            token = self._once(self._peer.login, 0).refresh
            answers, _ = self._share(self._attempt, [token] * THREADS, THREADS)
            successors = {answer.refresh for answer in answers if answer is not None}
            alive, _ = self._share(self._attempt, sorted(successors), THREADS)
            found.append((len(answers) - answers.count(None), len(alive) - alive.count(None)))
        return found

    def replay(self, rotations: int) -> Replay:
        """An old refresh token after so many rotations: what it gets, and what it does to the session."""
        login = newest = self._once(self._peer.login, 0)
        for _ in range(rotations):
            newest = self._once(self._peer.refresh, newest.refresh)
        stolen = self._once(self._attempt, login.refresh)
        return Replay(
            is_refused=stolen is None,
            is_answer_of_before=stolen is not None and stolen.refresh == newest.refresh,
            access_holds=self._once(self._holds, newest.access),
            refresh_holds=self._once(self._attempt, newest.refresh) is not None,
        )

    def access_holds_after_logout(self) -> bool:
        """Whether the access token of a session that was ended is still good."""
        session = self._once(self._peer.login, 0)
        self._once(self._peer.logout, session)
        holds: bool = self._once(self._holds, session.access)
        return holds

    def _attempt(self, token: str) -> Tokens | None:
        try:
            return self._peer.refresh(token)
        except self._peer.refusals:
            return None

    def _holds(self, token: str) -> bool:
        try:
            self._peer.verify(token)
        except self._peer.refusals:
            return False
        return True

    def _once(self, call: Callable[[Any], Any], item: Any) -> Any:
        return self._share(call, [item], 1)[0][0]

    def _share(
        self, call: Callable[[Any], Any], items: Iterable[Any], threads: int
    ) -> tuple[list[Any], float]:
        """Shares calls out to threads that begin together; what they return, and calls a second."""
        work = list(items)
        barrier = threading.Barrier(threads)

        def part(mine: list[Any]) -> tuple[float, list[Any], float]:
            barrier.wait()
            start = time.perf_counter()
            results = [call(item) for item in mine]
            return start, results, time.perf_counter()

        futures = [self._pool.submit(part, work[number::threads]) for number in range(threads)]
        starts, results, ends = zip(*(future.result() for future in futures))
        return list(chain(*results)), len(work) / (max(ends) - min(starts))
