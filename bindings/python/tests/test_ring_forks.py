"""One ring in several processes: forked after first use, in the middle of a rotation, and spawned."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forked import Child
from jotem import Issuer, KeyRing, KeyState, Verifier, errors

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

PASSWORD = "a long password"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ring.json"
    KeyRing.create(path, algorithm="ES256", password=PASSWORD)
    return path


def active(ring: KeyRing) -> str:
    (key,) = [key.key_id for key in ring.keys if key.state is KeyState.ACTIVE]
    return key


def becomes_true(condition: Callable[[], bool]) -> None:
    """Waits for what another process brings about: a ring looks at its file once a second."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


class Stepping(Child):
    """A child that does a step whenever it is told to, and says how it went."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        orders, answers = os.pipe(), os.pipe()

        def work() -> None:
            for step in steps:
                os.read(orders[0], 1)
                step()
                os.write(answers[1], b"+")

        super().__init__(work)
        os.close(orders[0])
        os.close(answers[1])
        self.orders, self.answers = orders[1], answers[0]

    def step(self) -> None:
        """Lets it do the next step; fails if that failed."""
        os.write(self.orders, b".")
        assert os.read(self.answers, 1) == b"+"

    def end(self) -> None:
        os.close(self.orders)
        os.close(self.answers)
        super().end()


def refuses(verifier: Verifier, token: str) -> bool:
    try:
        verifier.verify(token)
    except errors.KeyNotFound:
        return True
    return False


def test_a_forked_child_signs_and_verifies_and_follows_its_parent(path: Path) -> None:
    ring = KeyRing.open(path, password=PASSWORD)
    issuer, verifier = Issuer(ring), Verifier(ring, cache=1 << 16)
    token, first = issuer.issue(), active(ring)
    verifier.verify(token)

    def works() -> None:
        assert verifier.verify(token).key_id == first
        assert verifier.verify(issuer.issue()).key_id == first

    def follows_a_rotation() -> None:
        becomes_true(lambda: active(ring) != first)
        assert verifier.verify(issuer.issue()).key_id == active(ring)
        assert verifier.verify(token).key_id == first

    def follows_a_compromise() -> None:
        becomes_true(lambda: refuses(verifier, token))
        assert verifier.verify(issuer.issue()).key_id == active(ring)

    child = Stepping(works, follows_a_rotation, follows_a_compromise)
    child.step()
    ring.rotate_now()
    child.step()
    ring.compromise(first)
    child.step()
    child.end()


def test_a_parent_follows_its_child(path: Path) -> None:
    ring = KeyRing.open(path, password=PASSWORD)
    issuer, verifier = Issuer(ring), Verifier(ring)
    token, first = issuer.issue(), active(ring)
    verifier.verify(token)
    child = Stepping(lambda: ring.rotate_now(), lambda: ring.compromise(first))
    child.step()
    becomes_true(lambda: active(ring) != first)
    assert verifier.verify(token).key_id == first
    assert verifier.verify(issuer.issue()).key_id == active(ring)
    child.step()
    becomes_true(lambda: refuses(verifier, token))
    child.end()


def rotates(ring: KeyRing, times: int) -> int:
    """Rotates, whoever else does; returns how often it was first."""
    done = 0
    while done < times:
        try:
            ring.rotate_now()
        except errors.RingFailed as error:
            assert error.code == "ring_conflict"
        else:
            done += 1
    return done


def test_processes_that_rotate_at_once_leave_one_consistent_ring(path: Path) -> None:
    ring = KeyRing.open(path, password=PASSWORD)
    children = [Stepping(lambda: rotates(ring, 4)) for _ in range(3)]
    for child in children:
        os.write(child.orders, b".")
    rotates(ring, 4)
    for child in children:
        assert os.read(child.answers, 1) == b"+"
        child.end()
    for each in (ring, KeyRing.open(path, password=PASSWORD)):
        each.reload()
        assert each.revision == 1 + 4 * 4
        states = [key.state for key in each.keys]
        assert states == [KeyState.RETIRING] * 16 + [KeyState.ACTIVE, KeyState.ANNOUNCED]


@contextmanager
def busy(*works: Callable[[], object]) -> Iterator[None]:
    """Threads that do this all the while."""
    done = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not done.is_set():
            work()

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_in_the_middle_of_a_change_leaves_no_lock_behind(path: Path) -> None:
    """Neither in the child, which would wait for ever or never look again, nor for the parent."""
    ring = KeyRing.open(path, password=PASSWORD)
    issuer, verifier = Issuer(ring), Verifier(ring)

    def change() -> None:
        ring.compromise(ring.keys[0].key_id)

    def use() -> None:
        verifier.verify_many([issuer.issue()] * 3)
        KeyRing.open(path, password=PASSWORD)

    children = []
    with busy(change, use, lambda: ring.reload()):
        for _ in range(6):
            seen = ring.revision
            child = Stepping(lambda: ring.reload(), lambda s=seen: becomes_true(lambda: ring.revision > s),
                          lambda: rotates(ring, 1), lambda: verifier.verify(issuer.issue()))  # fmt: skip
            child.step()
            child.step()
            children.append(child)
    # All children still live: none of them holds the lock of the file.
    ring.rotate_now()
    for child in children:
        child.step()
        child.step()
    ring.rotate_now()
    for child in children:
        child.end()


_PROGRAM = """
import multiprocessing, sys
sys.path.insert(0, {here!r})
from jotem import Issuer, KeyRing, Verifier
import test_ring_forks

ring = None

def begin():
    global ring
    ring = KeyRing.open({path!r}, password="a long password")

def work(token):
    issuer, verifier = Issuer(ring), Verifier(ring)
    test_ring_forks.becomes_true(lambda: ring.revision > 1)
    return verifier.verify(token).subject, verifier.verify(issuer.issue(subject="2")).subject

if __name__ == "__main__":
    begin()
    token = Issuer(ring).issue(subject="1")
    with multiprocessing.get_context({method!r}).Pool(2, begin) as pool:
        results = pool.map_async(work, [token] * 4)
        ring.rotate_now()
        print(results.get(120))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_workers_of_a_pool_follow_a_rotation(method: str, path: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    here = str(Path(__file__).resolve().parent)
    text = _PROGRAM.format(here=here, path=str(path), method=method)
    program.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert done.stdout.strip() == str([("1", "2")] * 4), done.stderr
