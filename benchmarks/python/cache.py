"""What a verification costs whose signature is remembered: `./run.sh cache`.

The references are Python's own HMAC-SHA256 of 208 bytes, the least that a verification without a
cache would have to compute, and the same verification uncached. Each row has the least and the
median time of a call, and ratios of medians taken round by round. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import hmac
import itertools
import platform
import statistics
import timeit
from functools import partial
from typing import Any, Callable

import jotem
from bench import Row, measure
from cases import AUDIENCE, CLAIMS, ISSUER
from jotem import jwt

TOKENS = 1_000
CACHE = 4 << 20
FLOOR = "HMAC-SHA256 of 208 bytes, hmac"
MESSAGE, SECRET = b"x" * 208, b"k" * 32


def main() -> None:
    """Measure one token again and again, and many in turn; print a table of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    rounds, seconds = (7, 0.01) if parser.parse_args().quick else (41, 0.03)
    print(f"CPython {platform.python_version()}, {platform.machine()}, ES256, seven claims")
    for title, count in [("one token", 1), (f"{TOKENS} tokens in turn", TOKENS)]:
        report(title, measure(calls(count), rounds, seconds))


def calls(count: int) -> dict[str, timeit.Timer]:
    """Each call on the next of so many tokens, all of which are remembered where anything is."""
    key = jotem.Key.generate("ES256")
    private, public = key.to_pem(private=True), key.public().to_pem()
    tokens = [jwt.encode({**CLAIMS, "sub": str(n)}, private, "ES256") for n in range(count)]
    expected: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE}
    plain = jotem.Verifier(key.public(), **expected)
    verifier = jotem.Verifier(key.public(), cache=CACHE, **expected)
    decode = partial(jwt.decode, key=public, algorithms=["ES256"], **expected)
    for token in tokens:
        verifier.verify(token)

    def enable() -> None:
        jwt.enable_cache(CACHE)
        for token in tokens:
            decode(token)

    def timer(statement: str, of: Callable[..., Any], before: Any = "pass") -> timeit.Timer:
        names = {"of": of, "next": itertools.cycle(tokens).__next__}
        return timeit.Timer(statement, before, globals=names)

    return {
        FLOOR: timer_of_hmac(),
        "Verifier, not cached, one claim": timer("of(next()).subject", plain.verify),
        "  cached": timer("of(next())", verifier.verify),
        "  cached, one claim": timer("of(next()).subject", verifier.verify),
        "  cached, all claims in a dict": timer("of(next()).claims", verifier.verify),
        "jotem.jwt, not cached": timer("of(next())", decode, jwt.disable_cache),
        "  cached, which is a dict": timer("of(next())", decode, enable),
    }


def timer_of_hmac() -> timeit.Timer:
    """Python's own, in one call of C."""
    names = {"digest": hmac.digest, "key": SECRET, "message": MESSAGE}
    return timeit.Timer("digest(key, message, 'sha256')", globals=names)


def report(title: str, rows: dict[str, Row]) -> None:
    """Print one table; what is not cached is what the rows after it are compared with."""
    print(f"\n{title}\n{'':36} {'least µs':>9} {'median µs':>10} {'to HMAC':>8} {'faster':>7}")
    plain = None
    for name, row in rows.items():
        plain = row if "not cached" in name else plain
        faster = f"{ratio(plain, row):.0f} x" if plain is not None else ""
        least, median = min(row.times), statistics.median(row.times)
        to_floor = ratio(row, rows[FLOOR])
        print(f"{name:36} {least:9.2f} {median:10.2f} {to_floor:8.2f} {faster:>7}")


def ratio(one: Row, other: Row) -> float:
    """The median of the ratios in each round."""
    return statistics.median(a / b for a, b in zip(one.times, other.times))


if __name__ == "__main__":
    main()
