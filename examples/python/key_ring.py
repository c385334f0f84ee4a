"""Two rotations of a key ring that refuse no token, and what becomes of a key whose time is over.

The issuer has the ring, in a file. The other service has what was published when it fetched last, and
fetches as seldom as the settings allow. The clock is moved by hand, ten minutes at a time.

It prints::

    day 0: 1 active, 1 announced
    day 7: 1 active, 1 announced, 1 retiring
    day 7: 1 active, 1 announced
    day 14: 1 active, 1 announced, 1 retiring
    day 14: 1 active, 1 announced
    2 rotations, 4320 tokens verified, none refused
    a token of the key of day 0: jws_key_not_found
    a key is stolen, and its token is good: accepted
    after compromise(), where the ring is: jws_key_not_found
    the other service, until it fetches: accepted
    the other service, from then on: jws_key_not_found
    a token of the next key: accepted
"""

import tempfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from jotem import Issuer, KeyRing, KeySet, KeyState, Verifier
from jotem.errors import TokenRefused
from jotem.testing import FrozenClock

START = datetime(2027, 1, 15, tzinfo=timezone.utc)
# In a program: from where secrets are kept.
PASSWORD = "a password from the environment"
EXPECTED = {"issuer": "https://auth.example", "audience": "api"}


class Service:
    """Knows the published keys as they were when it fetched them, and nothing else."""

    def __init__(self, ring: KeyRing, clock: FrozenClock) -> None:
        # GET /.well-known/jwks.json
        keys = KeySet.from_json(ring.publication().body)
        self.fetched_at = clock()
        self.verifier = Verifier(keys, clock=clock, **EXPECTED)


def verdict(verifier: Verifier, token: str) -> str:
    try:
        verifier.verify(token)
    except TokenRefused as error:
        return error.code
    return "accepted"


def states(ring: KeyRing) -> str:
    counts = Counter(key.state.value for key in ring.keys)
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def rotate_for_two_weeks(ring: KeyRing, clock: FrozenClock) -> Service:
    issuer, timers = Issuer(ring, **EXPECTED), ring.timers
    # The oldest copy that the settings allow for: it was fresh for max-age, a cache gave it away
    # while it fetched, and the service has a rhythm of its own.
    oldest = timers.jwks_max_age + timers.stale_while_revalidate + timers.fetch_interval
    service = Service(ring, clock)
    live, rotations, verified, seen = [], 0, 0, ""
    while clock() < START + timedelta(days=15):
        # In the issuer, now and then: what is due is done.
        rotations += ring.maintain().rotation is not None
        live.append((clock() + timers.token_lifetime, issuer.issue(subject="42")))
        live = [(expiry, token) for expiry, token in live if clock() < expiry]

        # In the other service: the oldest token that lives, and the newest.
        if clock() >= service.fetched_at + oldest:
            service = Service(ring, clock)
        for _, token in (live[0], live[-1]):
            service.verifier.verify(token)
            verified += 1

        if states(ring) != seen:
            seen = states(ring)
            print(f"day {(clock() - START).days}: {seen}")
        clock.advance(timedelta(minutes=10))
    print(f"{rotations} rotations, {verified} tokens verified, none refused")
    return service


def main(path: Path) -> None:
    clock = FrozenClock(START)
    ring = KeyRing.create(
        path,
        algorithm="ES256",
        password=PASSWORD,
        token_lifetime=timedelta(hours=1),
        jwks_max_age=timedelta(hours=1),
        rotate_every=timedelta(days=7),
        clock=clock,
    )
    # As every other process of the issuer does it.
    ring = KeyRing.open(path, password=PASSWORD, clock=clock)
    first = Issuer(ring, **EXPECTED).issue(subject="42")
    service = rotate_for_two_weeks(ring, clock)

    # It is long expired as well; nobody has the key any more that could say so.
    assert verdict(service.verifier, first) == verdict(Verifier(ring, **EXPECTED), first)
    print("a token of the key of day 0:", verdict(service.verifier, first))

    # A stolen key is another matter: it goes at once, and everything that it signed with it.
    service = Service(ring, clock)
    (stolen,) = (key for key in ring.keys if key.state is KeyState.ACTIVE)
    token = Issuer(ring, **EXPECTED).issue(subject="42")
    print("a key is stolen, and its token is good:", verdict(service.verifier, token))
    ring.compromise(stolen.key_id)
    print("after compromise(), where the ring is:", verdict(Verifier(ring, **EXPECTED), token))
    print("the other service, until it fetches:", verdict(service.verifier, token))
    service = Service(ring, clock)
    print("the other service, from then on:", verdict(service.verifier, token))
    token = Issuer(ring, **EXPECTED).issue(subject="42")
    print("a token of the next key:", verdict(service.verifier, token))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder, "ring.json"))
