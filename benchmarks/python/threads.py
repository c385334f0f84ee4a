"""What eight threads get done beside one: `./run.sh threads`.

Each row is an operation on one interface: calls a second from one thread, from eight, and the
median of their ratios, round by round. The gates are for a machine with two cores to itself; the
last row is Python's own PBKDF2, which holds no lock at all: what the cores gave meanwhile. Nothing
is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import threading
import time
from functools import partial
from typing import Any, Callable

import jotem
from cases import AUDIENCE, CLAIMS, ISSUER
from jotem import jwt

THREADS = 8
GATES = {"ES256 verify": 1.7, "RS256 sign": 1.7, "RS256 verify": 1.4}
Call = Callable[[], Any]


def main() -> None:
    """Measure every operation in interleaved rounds, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    rounds, seconds = (5, 0.1) if parser.parse_args().quick else (25, 0.3)
    rows = {name: (call, calls_in(call, seconds)) for name, call in operations().items()}
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, (call, calls) in rows.items():
            rates[name].append((rate(call, calls, 1), rate(call, calls, THREADS)))
    print(f"{os.cpu_count()} cores, {THREADS} threads, {rounds} rounds")
    print(f"\n{'':26} {'one, calls/s':>14} {'eight':>10} {'ratio':>7} {'gate':>6}")
    for name, measured in rates.items():
        one, eight = (statistics.median(column) for column in zip(*measured))
        ratio = statistics.median(eight / one for one, eight in measured)
        gate = GATES.get(name.partition(",")[0], "")
        print(f"{name:26} {one:14,.0f} {eight:10,.0f} {ratio:7.2f} {gate:>6}")


def operations() -> dict[str, Call]:
    """Each operation on each interface, keys as a program has them."""
    calls: dict[str, Call] = {}
    for name in ("ES256", "RS256"):
        key = jotem.Key.generate(name)
        private, public = key.to_pem(private=True), key.public().to_pem()
        token = jwt.encode(CLAIMS, private, algorithm=name)
        verifier = jotem.Verifier(key.public(), issuer=ISSUER, audience=AUDIENCE)
        issuer = jotem.Issuer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=86_400)
        calls[f"{name} verify, jotem.jwt"] = partial(
            jwt.decode, token, public, algorithms=[name], audience=AUDIENCE, issuer=ISSUER
        )
        calls[f"{name} verify, Verifier"] = partial(verifier.verify, token)
        calls[f"{name} sign, jotem.jwt"] = partial(jwt.encode, CLAIMS, private, algorithm=name)
        calls[f"{name} sign, Issuer"] = partial(issuer.issue, {"admin": True}, subject="42")
    calls["PBKDF2 of hashlib"] = partial(hashlib.pbkdf2_hmac, "sha256", b"secret", b"salt", 1_000)
    return calls


def calls_in(call: Call, seconds: float) -> int:
    """How many calls one thread makes in that time, as a multiple of the threads."""
    call()
    start = time.perf_counter()
    for _ in range(20):
        call()
    each = (time.perf_counter() - start) / 20
    return max(1, int(seconds / each / THREADS)) * THREADS


def rate(call: Call, calls: int, threads: int) -> float:
    """Calls a second when so many threads share them."""
    barrier = threading.Barrier(threads + 1)

    def work() -> None:
        barrier.wait()
        for _ in range(calls // threads):
            call()
        barrier.wait()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    barrier.wait()
    elapsed = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return calls / elapsed


if __name__ == "__main__":
    main()
