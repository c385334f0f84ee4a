"""`jotem.jwt_key_cache`: what is kept, for how long, and what is left of it afterwards."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from jotem import jwt, jwt_key_cache

ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")

CLAIMS = {"sub": "42"}


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    size = jwt_key_cache.size()
    jwt_key_cache.clear()
    yield
    jwt_key_cache.resize(size)


def secret(number: int) -> str:
    return f"secret number {number:03}, of more than 32 bytes"


def use(key: object, algorithm: str = "HS256") -> None:
    assert jwt.decode(jwt.encode(CLAIMS, key, algorithm), key, [algorithm]) == CLAIMS


def test_the_sample_says_what_happens() -> None:
    outcome = doctest.testmod(jwt_key_cache)
    assert (outcome.attempted, outcome.failed) == (6, 0)


def test_a_key_is_kept_once_however_often_it_is_used() -> None:
    assert (jwt_key_cache.kept(), jwt_key_cache.size()) == (0, 256)
    for _ in range(3):
        use(secret(1))
        use(secret(1).encode())
    assert jwt_key_cache.kept() == 1


def test_a_key_is_kept_for_each_algorithm() -> None:
    for name in ("HS256", "HS384", "HS512"):
        use(secret(1) * 2, name)
    assert jwt_key_cache.kept() == 3


def test_what_pyjwt_refuses_is_not_kept() -> None:
    token = jwt.encode(CLAIMS, secret(1))
    jwt_key_cache.clear()
    for key in (5, b"ssh-rsa AAAA", None):
        with pytest.raises((TypeError, jwt.InvalidKeyError)):
            jwt.decode(token, key, ["HS256"])
    assert jwt_key_cache.kept() == 0


def test_the_bound_holds() -> None:
    jwt_key_cache.resize(3)
    for number in range(20):
        use(secret(number))
        assert jwt_key_cache.kept() == min(number + 1, 3)


def test_the_key_not_used_for_longest_leaves_first() -> None:
    jwt_key_cache.resize(2)
    first, second, third = keys = [ed25519.Ed25519PrivateKey.generate() for _ in range(3)]
    before = [sys.getrefcount(key) for key in keys]
    use(first, "EdDSA")
    use(second, "EdDSA")
    use(first, "EdDSA")
    use(third, "EdDSA")
    # The cache holds the object itself.
    after = [sys.getrefcount(key) for key in keys]
    assert [now - then for now, then in zip(after, before)] == [1, 0, 1]


def test_size_zero_keeps_nothing_and_everything_works() -> None:
    jwt_key_cache.resize(0)
    for number in range(3):
        use(secret(number))
    key = ed25519.Ed25519PrivateKey.generate()
    use(key, "EdDSA")
    assert (jwt_key_cache.kept(), jwt_key_cache.size()) == (0, 0)


def test_resizing_and_clearing_forget_everything() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    alone = sys.getrefcount(key)
    for forget in (jwt_key_cache.clear, lambda: jwt_key_cache.resize(10)):
        use(key, "EdDSA")
        assert (jwt_key_cache.kept(), sys.getrefcount(key)) == (1, alone + 1)
        forget()
        assert (jwt_key_cache.kept(), sys.getrefcount(key)) == (0, alone)
    assert jwt_key_cache.size() == 10


@pytest.mark.parametrize("size", [-1, 2**70, "3", 1.0, None])
def test_a_size_is_a_whole_number(size: object) -> None:
    with pytest.raises((TypeError, OverflowError)):
        jwt_key_cache.resize(size)  # type: ignore[arg-type]
    assert jwt_key_cache.size() == 256


# A program whose memory is looked at from outside after each line that it writes. CPython's debug
# allocator overwrites what Python frees, so that a copy which is found is in use, or the engine's.
_PROGRAM = """
from jotem import jwt, jwt_key_cache
def use(key):
    jwt.decode(jwt.encode({"sub": "42"}, key), key, ["HS256"])
def say(word):
    print(word, flush=True)
    input()
secret = bytearray(64)
for place in range(64):
    secret[place] = (place * 37 + 11) % 256
use(bytes(secret))
for place in range(64):
    secret[place] = 0
say("kept")
jwt_key_cache.clear()
say("cleared")
"""
# Without its first bytes: an allocator writes notes of its own there, whether it was wiped or not.
_SECRET = bytes((place * 37 + 11) % 256 for place in range(24, 64))


def copies(process: int, of: bytes) -> int:
    """How often the bytes are in the writable memory of a process."""
    found = 0
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            extent, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(address, 16) for address in extent.split("-"))
                memory.seek(start)
                found += memory.read(end - start).count(of)
    return found


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="memory is looked at in /proc")
def test_nothing_of_a_secret_is_left_in_memory_when_it_left_the_cache() -> None:
    environment = {**os.environ, "PYTHONMALLOC": "debug"}
    command = [sys.executable, "-c", _PROGRAM]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True) as program:
        assert program.stdin and program.stdout
        assert answer(program.stdout) == "kept"
        kept = copies(program.pid, _SECRET)
        program.stdin.write("\n")
        program.stdin.flush()
        assert answer(program.stdout) == "cleared"
        cleared = copies(program.pid, _SECRET)
        program.stdin.write("\n")
    assert program.returncode == 0
    assert kept > 0
    assert cleared == 0


def answer(program: IO[str]) -> str:
    return program.readline().strip()


def test_a_key_that_another_thread_signs_with_is_forgotten_all_the_same() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for _ in range(10):
        pem = private.private_bytes(serialization.Encoding.PEM, *form).decode()
        jwt_key_cache.resize(10)
        alone, begun, enough = sys.getrefcount(pem), threading.Event(), threading.Event()

        def sign(key: str = pem, begun: threading.Event = begun) -> None:
            while not enough.is_set():
                jwt.encode(CLAIMS, key, "EdDSA")
                begun.set()

        thread = threading.Thread(target=sign)
        thread.start()
        begun.wait()
        jwt_key_cache.resize(0)
        enough.set()
        thread.join()
        del sign, thread
        assert (jwt_key_cache.kept(), sys.getrefcount(pem)) == (0, alone)
