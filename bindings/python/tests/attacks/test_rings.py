"""J22, J23, R24, R25, W16: key rings. PyJWT has none."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from attacks.faces import Native
from jotem import Issuer, Key, KeyRing, KeySet, KeyState, Verifier
from jotem.testing import FrozenClock

PASSWORD = "correct horse battery staple"
SECOND, MINUTE, HOUR = (timedelta(seconds=seconds) for seconds in (1, 60, 3600))
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ring.json"


@pytest.fixture
def ring(path: Path, clock: FrozenClock) -> KeyRing:
    return KeyRing.create(path, algorithm="ES256", password=PASSWORD, clock=clock)


def published(ring: KeyRing) -> list[str]:
    """The names of the keys that are published now, after a look at everything else."""
    status, headers, body = ring.publication().answer()
    assert (status, headers["Content-Type"]) == (200, "application/jwk-set+json")
    assert headers["Cache-Control"].startswith("public, max-age=300, stale-while-")
    assert headers["ETag"].startswith('"')
    document = json.loads(body)
    assert set(document) == {"keys"}
    for key in document["keys"]:
        assert set(key) == {"alg", "crv", "kid", "kty", "use", "x", "y"}
    return [key["kid"] for key in document["keys"]]


def test_j22_our_own_set_is_public_and_complete_at_every_stage(
    native: Native, ring: KeyRing, clock: FrozenClock
) -> None:
    token, verifier = Issuer(ring).issue(), Verifier(ring)
    first = published(ring)
    assert len(first) == 2
    clock.advance(ring.timers.announce_for)
    rotation = ring.rotate()
    expected = [rotation.retired, rotation.active, rotation.announced]
    assert published(ring) == expected
    assert expected[:2] == first
    clock.advance(ring.timers.retire_for - SECOND)
    assert published(ring) == expected
    clock.advance(SECOND)
    assert published(ring) == expected[1:]
    native.refuses(token, "jws_key_not_found", verifier)
    ring.maintain()
    assert published(ring) == expected[1:]
    compromise = ring.compromise(rotation.active)
    assert published(ring) == [compromise.active, compromise.announced]


@pytest.mark.parametrize("algorithm", ["ES384", "EdDSA", "RS256", "ML-DSA-44"])
def test_j22_no_algorithm_publishes_a_private_member(native: Native, algorithm: str, path: Path) -> None:
    ring = KeyRing.create(path, algorithm=algorithm, password=PASSWORD)
    native.accepts(Issuer(ring).issue(), Verifier(KeySet.from_json(ring.publication().body)))
    kept = [key["public"] for key in json.loads(path.read_bytes())["keys"]]
    for key in [*json.loads(ring.publication().body)["keys"], *kept]:
        assert not PRIVATE & set(key)
        assert key["alg"] == algorithm


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_j22_a_shared_secret_has_no_ring(native: Native, algorithm: str, path: Path) -> None:
    native.raises(
        "ring_algorithm_symmetric", KeyRing.create, path, algorithm=algorithm, password=PASSWORD
    )
    assert list(path.parent.iterdir()) == []


def test_j23_no_name_is_used_for_two_keys(native: Native, ring: KeyRing, clock: FrozenClock) -> None:
    seen: dict[str, Key] = {}
    issuer, verifier = Issuer(ring), Verifier(ring)
    for step in range(9):
        for key in KeySet.from_json(ring.publication().body):
            assert key.key_id == key.thumbprint()
            assert seen.setdefault(key.key_id, key) == key
        native.accepts(issuer.issue(), verifier)
        clock.advance(ring.timers.announce_for)
        if step % 3:
            ring.rotate()
        else:
            ring.compromise(str(issuer.key_id))
    assert len(seen) == 10


@pytest.mark.parametrize("half", ["public", "private"])
def test_j23_a_key_under_the_name_of_another_is_refused(
    native: Native, half: str, ring: KeyRing, path: Path
) -> None:
    file = json.loads(path.read_bytes())
    file["keys"][0][half] = file["keys"][1][half]
    path.write_text(json.dumps(file), "utf-8")
    error = native.raises("ring_damaged", KeyRing.open, path, password=PASSWORD)
    assert half in str(error)
    native.raises("ring_replaced", ring.rotate_now)


def test_r24_a_rotation_breaks_no_live_token(native: Native, path: Path, clock: FrozenClock) -> None:
    ring = KeyRing.create(
        path, algorithm="ES256", password=PASSWORD, clock=clock, token_lifetime=HOUR,
        jwks_max_age=HOUR, stale_while_revalidate=0, stale_if_error=0, fetch_interval=0,
        announce_for=HOUR, rotate_every=2 * HOUR,
    )  # fmt: skip
    issuer, inside = Issuer(ring), Verifier(ring, cache=1 << 18)
    fetched, rotations = inside, 0
    live: list[tuple[Any, str]] = []
    for minute in range(0, 12 * 60, 10):
        rotations += ring.maintain().rotation is not None
        if minute % 60 == 0:
            fetched = Verifier(KeySet.from_json(ring.publication().body), clock=clock)
        live = [(expiry, token) for expiry, token in live if expiry > clock()]
        live.append((clock() + HOUR, issuer.issue()))
        clock.advance(9 * MINUTE + 59 * SECOND)
        for _, token in live:
            native.accepts(token, inside)
            native.accepts(token, fetched)
        clock.advance(SECOND)
    assert rotations == 5


def test_r24_a_rotation_before_the_next_key_is_known_is_refused(
    native: Native, ring: KeyRing, clock: FrozenClock
) -> None:
    clock.advance(ring.timers.announce_for - SECOND)
    native.raises("ring_spare_too_new", ring.rotate)
    clock.advance(SECOND)
    ring.rotate()
    native.raises("ring_spare_too_new", ring.rotate)


def test_r25_a_compromised_key_verifies_nothing(
    native: Native, ring: KeyRing, path: Path, clock: FrozenClock
) -> None:
    """At the next call here, in another process within a second, and by whoever fetches anew."""
    other = KeyRing.open(path, password=PASSWORD, clock=clock)
    public = KeyRing.open_public(path, clock=clock)
    rings = (ring, other, public)
    verifiers = [[Verifier(one), Verifier(one, cache=1 << 16)] for one in rings]
    token, (stolen, _) = Issuer(ring).issue(), ring.keys
    for verifier in sum(verifiers, []):
        native.accepts(token, verifier)
    assert ring.compromise(stolen.key_id).was is KeyState.ACTIVE
    for verifier in verifiers[0]:
        native.refuses(token, "jws_key_not_found", verifier)
    clock.advance(SECOND)
    for verifier in sum(verifiers, []):
        native.refuses(token, "jws_key_not_found", verifier)
    fetched = KeySet.from_json(ring.publication().body)
    native.refuses(token, "jws_key_not_found", Verifier(fetched, clock=clock))
    assert stolen.key_id not in path.read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="modes are Unix's")
def test_w16_a_file_that_others_may_read_is_neither_made_nor_taken(
    native: Native, ring: KeyRing, path: Path
) -> None:
    ring.rotate_now()
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    for mode in (0o640, 0o620, 0o604, 0o644, 0o666, 0o610):
        path.chmod(mode)
        native.raises("ring_permissions", KeyRing.open, path, password=PASSWORD)
        native.raises("ring_permissions", KeyRing.open_public, path)
        native.raises("ring_permissions", ring.rotate_now)
    path.chmod(0o600)
    assert KeyRing.open(path, password=PASSWORD).revision == 2
