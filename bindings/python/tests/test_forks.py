"""Caches and batches after a fork, and in processes that multiprocessing starts."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jotem
from forked import Child
from jotem import Verified, Verifier, jwt

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

KEY = jotem.Key.generate("ES256")
PUBLIC = KEY.public().to_pem()
ISSUER = jotem.Issuer(KEY, audience="api", lifetime=900)
TOKENS = ISSUER.issue_many([{"n": number} for number in range(50)])
EXPIRED = ISSUER.issue({"n": 0}, issued_at=1_000_000_000, expires_at=1_000_000_900)
STRANGE = jotem.Issuer(jotem.Key.generate("ES256"), audience="api", lifetime=900).issue()


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    jwt.enable_cache(1 << 20)
    yield
    jwt.disable_cache()


def use(verifier: Verifier) -> None:
    """Everything once, refusals among it; an `AssertionError` if anything is not as it should be."""
    for number, token in enumerate(TOKENS):
        assert verifier.verify(token).claims["n"] == number
        assert jwt.decode(token, PUBLIC, ["ES256"], audience="api")["n"] == number
    verdicts = verifier.verify_many([*TOKENS, EXPIRED, STRANGE] * 4)
    assert sum(isinstance(verdict, Verified) for verdict in verdicts) == 4 * len(TOKENS)
    codes = {verdict.code for verdict in verdicts if not isinstance(verdict, Verified)}
    assert codes == {"jwt_expired", "jws_signature_mismatch"}
    for token, error in [(EXPIRED, jwt.ExpiredSignatureError), (STRANGE, jwt.InvalidSignatureError)]:
        try:
            jwt.decode(token, PUBLIC, ["ES256"], audience="api")
        except error:
            continue
        raise AssertionError("accepted")
    assert len(set(ISSUER.issue_many([{"n": 1}] * 50))) == 50


def test_a_child_uses_what_its_parent_used() -> None:
    verifier = Verifier(KEY.public(), audience="api", cache=1 << 20)
    use(verifier)
    Child(lambda: use(verifier)).end()
    use(verifier)


def test_a_child_of_a_parent_that_used_nothing() -> None:
    verifier = Verifier(KEY.public(), audience="api", cache=1 << 20)
    Child(lambda: use(verifier)).end()
    Child(lambda: Child(lambda: use(verifier)).end()).end()
    use(verifier)


def test_what_a_child_does_to_its_caches_is_its_own() -> None:
    verifier = Verifier(KEY.public(), audience="api", cache=1 << 20)
    use(verifier)
    before = (verifier.cache_state, jwt.cache_state())

    def forget() -> None:
        verifier.clear_cache()
        jwt.disable_cache()
        assert jwt.cache_state() is None

    Child(forget).end()
    assert (verifier.cache_state, jwt.cache_state()) == before


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forks_while_threads_are_in_the_middle_of_it() -> None:
    verifier = Verifier(KEY.public(), audience="api", cache=1 << 16)
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            use(verifier)
            verifier.clear_cache()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            Child(lambda: use(verifier)).end()
    finally:
        done.set()
        for thread in threads:
            thread.join()


_PROGRAM = """
import multiprocessing, sys
sys.path.insert(0, {here!r})
import test_forks
from jotem import Verifier, jwt

def work(number):
    verifier = Verifier(test_forks.KEY.public(), audience="api", cache=1 << 20)
    test_forks.use(verifier)
    return verifier.cache_state.hits >= len(test_forks.TOKENS)

if __name__ == "__main__":
    jwt.enable_cache(1 << 20)
    work(0)
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(pool.map_async(work, range(4)).get(60))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pools_of_processes(method: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    here = str(Path(__file__).resolve().parent)
    program.write_text(_PROGRAM.format(here=here, method=method), encoding="utf-8")
    done: Any = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert done.stdout.strip() == str([True] * 4), done.stderr
