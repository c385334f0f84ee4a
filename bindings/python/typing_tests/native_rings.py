"""Key rings of the native API: what type checkers must infer, and must refuse."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from typing_extensions import assert_type

from jotem import (
    Algorithm,
    Compromise,
    Issuer,
    KeyRing,
    KeyState,
    Maintenance,
    Publication,
    RingKey,
    RingTimers,
    Rotation,
    Verifier,
)
from jotem.errors import JotemError


def makes_and_opens(path: Path, now: datetime) -> KeyRing:
    KeyRing.create(path, algorithm=Algorithm.ES256, password="p", token_lifetime=timedelta(hours=1))
    KeyRing.create("ring.json", algorithm="RS256", password=b"p", bits=3072, rotate_every=86_400)
    assert_type(KeyRing.open_public(path, clock=lambda: now), KeyRing)

    KeyRing.open(path)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    KeyRing.open(path, "p")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    KeyRing.create(path, algorithm="ES256", password="p", leeway="30s")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return KeyRing.open(path, password="p")


def signs_and_verifies(ring: KeyRing) -> None:
    token = Issuer(ring, issuer="https://auth.example").issue(subject="42")
    assert_type(Verifier(ring, audience="api").verify(token).key_id, "str | None")

    Verifier([ring])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    Issuer(Path("ring.json"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def rotates(ring: KeyRing) -> None:
    assert_type(ring.rotate(), Rotation)
    assert_type(ring.rotate_now().announced, str)
    assert_type(ring.compromise("kid"), Compromise)
    assert_type(ring.compromise("kid").announced, "str | None")
    assert_type(ring.compromise("kid").was, KeyState)
    assert_type(ring.maintain(), Maintenance)
    assert_type(ring.maintain().rotation, "Rotation | None")
    assert_type(ring.reload(), bool)
    assert_type(ring.last_error, "JotemError | None")
    assert_type(ring.keys, tuple[RingKey, ...])
    assert_type(ring.keys[0].retired_at, "datetime | None")
    assert_type(ring.timers, RingTimers)
    assert_type(ring.timers.retire_for, timedelta)

    ring.compromise()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ring.revision = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def publishes(ring: KeyRing, if_none_match: str | None) -> bytes:
    publication = ring.publication()
    assert_type(publication, Publication)
    assert_type(publication.headers, dict[str, str])
    status, headers, body = publication.answer(if_none_match)
    assert_type((status, headers), tuple[int, dict[str, str]])

    publication.is_current(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return body
