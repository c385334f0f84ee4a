"""What a batch gets out of the cores, beside one core: `./run.sh batches`.

Each row is an operation: calls a second one after the other, in a batch, and the median of their
ratios, round by round; and how much of the processors' time the batch took, to that of the calls one
after the other: on idle cores the ratio is at most their number divided by this. The last row is Python's own PBKDF2 on so many threads, which holds no lock
at all: what the cores gave meanwhile. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import threading
import time
from typing import Any, Callable

import jotem
from cases import AUDIENCE, ISSUER

Work = Callable[[], Any]
# How many tokens keep one core busy for a quarter of a second, about.
TOKENS = {"HS256": 100_000, "ES256": 4_000, "RS256": 10_000, "EdDSA": 5_000}
ISSUED = {"ES256": 10_000, "RS256": 300}


def main() -> None:
    """Measure every operation in interleaved rounds, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if parser.parse_args().quick else 21
    rows = {**verifications(), **issues(), "PBKDF2 of hashlib": control()}
    times: dict[str, list[tuple[Elapsed, Elapsed]]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, (_, alone, together) in rows.items():
            times[name].append((Elapsed(alone), Elapsed(together)))
    print(f"{os.cpu_count()} cores, {rounds} rounds")
    print(f"\n{'':20} {'alone, 1/s':>12} {'batch':>10} {'ratio':>7} {'best':>7} {'cpu':>6}")
    for name, measured in times.items():
        count = rows[name][0]
        one, many = zip(*measured)
        rates = [count / statistics.median(each.wall for each in side) for side in (one, many)]
        ratio = statistics.median(a.wall / b.wall for a, b in measured)
        best = min(each.wall for each in one) / min(each.wall for each in many)
        cpu = statistics.median(b.cpu / a.cpu for a, b in measured)
        print(f"{name:20} {rates[0]:12,.0f} {rates[1]:10,.0f} {ratio:7.2f} {best:7.2f} {cpu:6.2f}")


class Elapsed:
    """The seconds that some work took, on the clock and of all processors together."""

    def __init__(self, work: Work) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.wall = time.perf_counter() - wall
        self.cpu = time.process_time() - cpu


def verifications() -> dict[str, tuple[int, Work, Work]]:
    """The same tokens verified one by one, and as a batch."""
    rows: dict[str, tuple[int, Work, Work]] = {}
    for name, count in TOKENS.items():
        key = jotem.Key.generate(name)
        issuer = jotem.Issuer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=86_400)
        public = key if name == "HS256" else key.public()
        verifier = jotem.Verifier(public, issuer=ISSUER, audience=AUDIENCE)
        tokens = [issuer.issue({"name": "John Doe", "admin": True}, subject="42")] * count

        def alone(verifier: jotem.Verifier = verifier, tokens: list[str] = tokens) -> None:
            for token in tokens:
                verifier.verify(token)

        def together(verifier: jotem.Verifier = verifier, tokens: list[str] = tokens) -> None:
            for _ in verifier.verify_each(tokens):
                pass

        rows[f"{name} verify"] = (count, alone, together)
    return rows


def issues() -> dict[str, tuple[int, Work, Work]]:
    """The same claims issued one by one, and as a batch."""
    rows: dict[str, tuple[int, Work, Work]] = {}
    for name, count in ISSUED.items():
        key = jotem.Key.generate(name)
        issuer = jotem.Issuer(key, issuer=ISSUER, audience=AUDIENCE, lifetime=86_400)
        claims = [{"sub": "42", "name": "John Doe", "admin": True}] * count

        def alone(issuer: jotem.Issuer = issuer, claims: list[Any] = claims) -> None:
            for one in claims:
                issuer.issue(one)

        def together(issuer: jotem.Issuer = issuer, claims: list[Any] = claims) -> None:
            for _ in issuer.issue_each(claims):
                pass

        rows[f"{name} issue"] = (count, alone, together)
    return rows


def control() -> tuple[int, Work, Work]:
    """As many derivations on one thread, and on as many as there are cores."""
    cores = os.cpu_count() or 1
    count = 400 * cores

    def derive(times: int) -> None:
        for _ in range(times):
            hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 1_000)

    def together() -> None:
        threads = [threading.Thread(target=derive, args=(400,)) for _ in range(cores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return count, lambda: derive(count), together


if __name__ == "__main__":
    main()
