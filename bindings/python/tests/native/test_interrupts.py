"""Ctrl-C in the program's own code that an argument runs: it is raised, and not said to be a wrong type."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone, tzinfo

import pytest

from jotem import Key, KeySet, Verifier
from jotem.sessions import AuditLog

KEY = Key.from_secret(b"a secret of thirty-two bytes or more", algorithm="HS256")


@pytest.fixture(autouse=True)
def as_at_a_terminal() -> Iterator[None]:
    """What is started in the background is born with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Iterable:
    """Presses Ctrl-C, or fails, when it is walked through."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def __iter__(self) -> Iterator[object]:
        if self.error is not None:
            raise self.error
        signal.raise_signal(signal.SIGINT)
        return iter([])


class Index(Iterable):
    def __index__(self) -> int:
        return len(list(self))


class Path(Iterable):
    def __fspath__(self) -> str:
        return str(list(self))


class Zone(tzinfo):
    """A time zone in Python, which is interrupted the second time that it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def utcoffset(self, when: datetime | None) -> timedelta:
        self.asked += 1
        if self.asked == 2:
            signal.raise_signal(signal.SIGINT)
        return timedelta(0)


USES: list[tuple[str, Callable[[type[Iterable]], object]]] = [
    ("keys of a verifier", lambda made: Verifier(made())),
    ("keys of a set", lambda made: KeySet(made())),
    ("audience", lambda made: Verifier(KEY, audience=made())),
    ("algorithms", lambda made: Verifier(KEY, algorithms=made())),
    ("verify_many", lambda made: Verifier(KEY).verify_many(made())),
]


@pytest.mark.parametrize(("name", "use"), USES, ids=[name for name, _ in USES])
def test_ctrl_c_in_an_iterable_is_raised(
    name: str, use: Callable[[type[Iterable]], object]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        use(Iterable)


@pytest.mark.parametrize(("name", "use"), USES, ids=[name for name, _ in USES])
def test_an_iterable_that_fails_is_said_to_be_none(
    name: str, use: Callable[[type[Iterable]], object]
) -> None:
    with pytest.raises(TypeError, match="expected .*, got "):
        use(lambda: Iterable(ZeroDivisionError()))  # type: ignore[arg-type,return-value]


def test_ctrl_c_in_a_number_a_path_and_a_time_zone_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        Verifier(KEY, cache=Index())
    with pytest.raises(KeyboardInterrupt):
        AuditLog(Path())
    verifier = Verifier(KEY, clock=lambda: datetime(2030, 1, 1, tzinfo=Zone()))
    with pytest.raises(KeyboardInterrupt):
        verifier.verify("eyJhbGciOiJIUzI1NiJ9.e30.AAAA")


def test_what_is_of_another_type_is_still_said_to_be() -> None:
    for use in (
        lambda: Verifier(1),
        lambda: KeySet(1),
        lambda: Verifier(KEY, audience=1),
        lambda: Verifier(KEY, algorithms=1),
        lambda: Verifier(KEY).verify_many(1),
        lambda: Verifier(KEY, cache="many"),
        lambda: AuditLog(1),
    ):
        with pytest.raises(TypeError, match="expected .*, got "):
            use()
    late = datetime(2030, 1, 1, tzinfo=timezone.utc)
    assert Verifier(KEY, clock=lambda: late) is not None
