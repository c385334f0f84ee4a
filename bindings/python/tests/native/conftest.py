"""What the tests of the native API share: real keys and a clock that stands still."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from jotem import Issuer, Key, Verifier
from jotem.testing import FrozenClock, jotem_clock, jotem_issuer
from provider import Provider

__all__ = ["jotem_clock", "jotem_issuer"]

SECRET = b"a secret of 32 bytes, or of more"
MINUTES = timedelta(minutes=15)


@pytest.fixture(scope="session")
def secret() -> Key:
    return Key.from_secret(SECRET, algorithm="HS256")


@pytest.fixture(scope="session")
def private() -> Key:
    return Key.generate("ES256", key_id="2026-11")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A server of keys on loopback."""
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def issuer(private: Key, clock: FrozenClock) -> Issuer:
    return Issuer(private, issuer="https://auth.example", lifetime=MINUTES, clock=clock)


@pytest.fixture
def verifier(private: Key, clock: FrozenClock) -> Verifier:
    return Verifier(
        private.public(), issuer="https://auth.example", audience="api", clock=clock
    )


@pytest.fixture
def sign(secret: Key) -> Callable[[str], str]:
    """Signs a payload that the issuer would not write, with the shared secret."""
    import base64
    import hashlib
    import hmac

    def encode(text: bytes) -> str:
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()

    def sign(payload: str, header: str = '{"alg":"HS256"}') -> str:
        message = f"{encode(header.encode())}.{encode(payload.encode())}"
        mac = hmac.new(SECRET, message.encode(), hashlib.sha256).digest()
        return f"{message}.{encode(mac)}"

    return sign


@pytest.fixture
def lets_others_in() -> Iterator[Callable[[Callable[[], object]], bool]]:
    """Whether a call gives up the GIL: then a thread that only counts gets on meanwhile."""
    done, count = threading.Event(), 0

    def tick() -> None:
        nonlocal count
        while not done.is_set():
            count += 1
            time.sleep(0)  # It lets others in, which it is not asked for.

    def is_let_in(call: Callable[[], object]) -> bool:
        # Once is enough; the system need not wake the other at the first.
        for _ in range(1_000):
            before = count
            call()
            if count > before:
                return True
        return False

    thread = threading.Thread(target=tick)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # Nobody is let in unless the GIL is given up.
    try:
        yield is_let_in
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()
