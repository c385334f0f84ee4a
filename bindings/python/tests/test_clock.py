"""The clock is Python's: whatever stops it for PyJWT stops it for jotem.jwt.

Each test runs on both, PyJWT as control. The token expired in 1970; under a clock that stands
before that it is good.
"""

from __future__ import annotations

import datetime as real
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

freezegun = pytest.importorskip("freezegun")
time_machine = pytest.importorskip("time_machine")

PACKAGES = ("jwt", "jotem.jwt")
KEY = "k" * 32
EARLY = 10.0
EARLY_DATE = real.datetime.fromtimestamp(EARLY, real.timezone.utc)
_EXPIRED = import_module("jotem.jwt").encode({"exp": 1000}, KEY)
_LATER = import_module("jotem.jwt").encode({"nbf": 4102444800}, KEY)


class _Early(real.datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: Any = None) -> real.datetime:
        return EARLY_DATE


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> ModuleType:
    """PyJWT, then jotem.jwt."""
    return import_module(request.param)


def _accepts(package: ModuleType) -> bool:
    """Whether the token of 1970 is taken; by all three ways to ask."""
    answers = set()
    for decode in (package.decode, package.PyJWT().decode, package.decode_complete):
        try:
            decode(_EXPIRED, KEY, algorithms=["HS256"])
            answers.add(True)
        except package.ExpiredSignatureError:
            answers.add(False)
    assert len(answers) == 1
    return answers.pop()


@contextmanager
def _assigned(package: ModuleType, value: Any) -> Iterator[None]:
    module = import_module(package.__name__ + ".api_jwt")
    before = module.datetime
    module.datetime = value
    try:
        yield
    finally:
        module.datetime = before


def _mock() -> MagicMock:
    mock = MagicMock()
    mock.now.return_value = EARLY_DATE
    return mock


def _patched(package: ModuleType, value: Any) -> Any:
    return patch(f"{package.__name__}.api_jwt.datetime", value)


# Every way to stop the clock that PyJWT honours.
WAYS = {
    "freezegun": lambda package: freezegun.freeze_time(EARLY_DATE),
    "time-machine": lambda package: time_machine.travel(EARLY, tick=False),
    "patch with a subclass": lambda package: _patched(package, _Early),
    "patch with a mock": lambda package: _patched(package, _mock()),
    "assignment": lambda package: _assigned(package, _Early),
}


@pytest.fixture(params=sorted(WAYS))
def stopped(request: pytest.FixtureRequest, package: ModuleType) -> Iterator[ModuleType]:
    """The package, its clock stopped by a fixture."""
    with WAYS[request.param](package):
        yield package


def test_without_a_mock_the_token_has_expired(package: ModuleType) -> None:
    assert not _accepts(package)


def test_a_fixture_stops_the_clock(stopped: ModuleType) -> None:
    assert _accepts(stopped)


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_context_manager_stops_the_clock_and_lets_it_go(package: ModuleType, way: str) -> None:
    with WAYS[way](package):
        assert _accepts(package)
    assert not _accepts(package)
    with WAYS[way](package):
        assert _accepts(package)


@freezegun.freeze_time(EARLY_DATE)
def test_freezegun_as_a_decorator_stops_the_clock(package: ModuleType) -> None:
    assert _accepts(package)


@time_machine.travel(EARLY, tick=False)
def test_time_machine_as_a_decorator_stops_the_clock(package: ModuleType) -> None:
    assert _accepts(package)


@patch("jwt.api_jwt.datetime", _Early)
@patch("jotem.jwt.api_jwt.datetime", _Early)
def test_patch_as_a_decorator_stops_the_clock(package: ModuleType) -> None:
    assert _accepts(package)


def test_the_clock_of_freezegun_can_be_moved(package: ModuleType) -> None:
    with freezegun.freeze_time(EARLY_DATE) as clock:
        assert _accepts(package)
        clock.move_to("1980-01-01")
        assert not _accepts(package)
        clock.move_to(EARLY_DATE)
        assert _accepts(package)


def test_the_clock_of_time_machine_can_be_moved(package: ModuleType) -> None:
    with time_machine.travel(EARLY, tick=False) as clock:
        assert _accepts(package)
        clock.shift(2000)
        assert not _accepts(package)
        clock.move_to(999.99)
        assert _accepts(package)


@pytest.mark.parametrize("instant", [999.0, 999.75, 1000.0, 1000.25])
def test_the_boundary_is_the_same_under_a_stopped_clock(
    package: ModuleType, instant: float
) -> None:
    with time_machine.travel(instant, tick=False):
        assert _accepts(package) is (instant < 1000)


def test_a_token_for_later_is_taken_when_later_has_come(package: ModuleType) -> None:
    with pytest.raises(package.ImmatureSignatureError):
        package.decode(_LATER, KEY, algorithms=["HS256"])
    with freezegun.freeze_time("2100-01-02"):
        assert package.decode(_LATER, KEY, algorithms=["HS256"]) == {"nbf": 4102444800}


def test_a_patched_time_time_is_not_asked(package: ModuleType) -> None:
    # PyJWT asks datetime; a program that patches this finds the token expired there too.
    with patch("time.time", return_value=EARLY):
        assert not _accepts(package)


def test_the_clock_is_asked_once_for_a_token_without_times_too(package: ModuleType) -> None:
    token = package.encode({"sub": "42"}, KEY)
    mock = _mock()
    with _patched(package, mock):
        package.decode(token, KEY, algorithms=["HS256"])
    mock.now.assert_called_once_with(tz=real.timezone.utc)


def test_a_clock_that_fails_fails_the_call(package: ModuleType) -> None:
    mock = MagicMock()
    mock.now.side_effect = RuntimeError("no clock")
    with _patched(package, mock), pytest.raises(RuntimeError, match="no clock"):
        package.decode(_EXPIRED, KEY, algorithms=["HS256"])


def test_dates_are_encoded_under_freezegun(package: ModuleType) -> None:
    with freezegun.freeze_time(EARLY_DATE):
        frozen = real.datetime.now(tz=real.timezone.utc)
        token = package.encode({"exp": frozen + real.timedelta(seconds=5)}, KEY)
        assert package.decode(token, KEY, algorithms=["HS256"]) == {"exp": 15}


def test_encoding_under_a_mock_that_is_no_class_is_a_type_error(package: ModuleType) -> None:
    with _patched(package, _mock()), pytest.raises(TypeError):
        package.encode({"exp": 1000}, KEY)


@freezegun.freeze_time(EARLY_DATE)
class TestFreezegunOnAClass:
    def test_stops_the_clock(self, package: ModuleType) -> None:
        assert _accepts(package)


@freezegun.freeze_time(EARLY_DATE)
class FreezegunOnATestCase(unittest.TestCase):
    def test_stops_the_clock(self) -> None:
        assert all(_accepts(import_module(name)) for name in PACKAGES)


@time_machine.travel(EARLY, tick=False)
class TimeMachineOnATestCase(unittest.TestCase):
    def test_stops_the_clock(self) -> None:
        assert all(_accepts(import_module(name)) for name in PACKAGES)


@patch("jwt.api_jwt.datetime", _Early)
@patch("jotem.jwt.api_jwt.datetime", _Early)
class PatchOnATestCase(unittest.TestCase):
    def test_stops_the_clock(self) -> None:
        assert all(_accepts(import_module(name)) for name in PACKAGES)


class FromSetUp(unittest.TestCase):
    """Started in setUp, stopped by a clean-up."""

    def test_freezegun_stops_the_clock(self) -> None:
        freezer = freezegun.freeze_time(EARLY_DATE)
        freezer.start()
        self.addCleanup(freezer.stop)
        self._accepted()

    def test_time_machine_stops_the_clock(self) -> None:
        traveller = time_machine.travel(EARLY, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self._accepted()

    def test_patch_stops_the_clock(self) -> None:
        for name in PACKAGES:
            patcher = patch(f"{name}.api_jwt.datetime", _Early)
            patcher.start()
            self.addCleanup(patcher.stop)
        self._accepted()

    def _accepted(self) -> None:
        for name in PACKAGES:
            assert _accepts(import_module(name)), name


class EachFromSetUp(unittest.TestCase):
    """The clock is stopped before the test is entered."""

    def setUp(self) -> None:
        self.freezer = freezegun.freeze_time(EARLY_DATE)
        self.freezer.start()

    def tearDown(self) -> None:
        self.freezer.stop()

    def test_stops_the_clock(self) -> None:
        assert all(_accepts(import_module(name)) for name in PACKAGES)
