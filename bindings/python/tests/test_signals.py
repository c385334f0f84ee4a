"""A signal in the middle of the one call: what its handler raises reaches the caller, once."""

from __future__ import annotations

import builtins
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from jotem import jwt, jwt_key_cache

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGUSR1"), reason="this system has no signals of the user's"
)

SECRET = "a secret of thirty-two bytes or more"
SHORT = "a short one"
CLAIMS = {"sub": "42", "exp": 2**33}
TOKEN = jwt.encode(CLAIMS, SECRET)


def encode() -> object:
    return jwt.encode(CLAIMS, SECRET)


def decode() -> object:
    return jwt.decode(TOKEN, SECRET, ["HS256"])


def decode_complete() -> object:
    return jwt.decode_complete(TOKEN, SECRET, ["HS256"])


def encode_with_a_short_secret() -> object:
    return jwt.encode(CLAIMS, SHORT)


class OutOfTime(Exception):
    """As programs name such a thing."""


HANDLED = [
    KeyboardInterrupt(),
    SystemExit(3),
    TimeoutError("alarm"),
    OutOfTime(),
    # What Python's own code raises too.
    Exception("out of time"),
    RuntimeError("out of time"),
    ValueError("out of time"),
]


@contextmanager
def signalled_in(functions: set[str], error: BaseException) -> Iterator[list[str]]:
    """Sends this process one signal, when a function of these names begins; its handler raises."""
    sent: list[str] = []

    def handle(number: int, frame: FrameType | None) -> None:
        raise error

    def look(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_name in functions and not sent:
            sent.append(frame.f_code.co_name)
            signal.raise_signal(signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handle)
    sys.setprofile(look)
    try:
        yield sent
    finally:
        sys.setprofile(None)
        signal.signal(signal.SIGUSR1, before)


def assert_raised_once(
    call: Callable[[], object], functions: set[str], error: BaseException
) -> None:
    with signalled_in(functions, error) as sent:
        with pytest.raises(type(error)) as caught:
            call()
        assert len(sent) == 1
        assert caught.value is error
        # Nothing of it is left behind.
        assert call()


@pytest.mark.parametrize("error", HANDLED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("function", ["prepare_key", "check_key_length"])
@pytest.mark.parametrize("call", [encode, decode, decode_complete])
def test_an_exception_of_a_handler_while_a_key_is_read_is_not_lost(
    call: Callable[[], object], function: str, error: BaseException
) -> None:
    jwt_key_cache.clear()
    assert_raised_once(call, {function}, error)


@pytest.mark.parametrize("error", HANDLED, ids=lambda error: type(error).__name__)
def test_an_exception_of_a_handler_in_the_middle_of_a_warning_is_not_lost(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []

    def show_the_warning(*arguments: object) -> None:
        shown.append(arguments[0])

    monkeypatch.setattr(warnings, "showwarning", show_the_warning)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        encode_with_a_short_secret()
        assert len(shown) == 1
        assert_raised_once(encode_with_a_short_secret, {"show_the_warning"}, error)


@pytest.mark.parametrize("action", ["default", "always", "once", "module"])
@pytest.mark.parametrize("call", [jwt.encode, jwt.decode, jwt.decode_complete])
def test_a_warning_that_cannot_be_shown_is_raised_and_not_given_again(
    call: Callable[..., object], action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []

    def show(message: object, *rest: object) -> None:
        shown.append(message)
        raise RuntimeError("no place to show it")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        token = jwt.encode(CLAIMS, SHORT)
        monkeypatch.setattr(warnings, "showwarning", show)
        warnings.simplefilter(action)
        with pytest.raises(RuntimeError, match="no place"):
            jwt.encode(CLAIMS, SHORT) if call is jwt.encode else call(token, SHORT, ["HS256"])
    assert len(shown) == 1


def test_a_program_that_replaces_warn_is_called_as_by_pyjwt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        warnings, "warn", lambda *positional, **named: given.append((*positional, named))
    )
    encode_with_a_short_secret()
    ((_, category, named),) = given
    assert category is jwt.warnings.InsecureKeyLengthWarning
    assert named == {"stacklevel": 2}


def test_an_import_hook_of_the_program_is_no_business_of_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key = ed25519.Ed25519PrivateKey.generate()
    once = jwt.encode(CLAIMS, key, "EdDSA")
    jwt_key_cache.clear()

    def forbid(*arguments: object, **named: object) -> None:
        raise OutOfTime("no imports any more")

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", forbid)
        again = jwt.encode(CLAIMS, key, "EdDSA")
    assert again == once


@pytest.mark.parametrize("error", HANDLED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", [decode, decode_complete])
def test_an_exception_of_a_handler_in_a_mocked_clock_is_not_lost(
    call: Callable[[], object], error: BaseException
) -> None:
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(1_700_000_000):
        assert call()
        # What it puts in the place of `time.time` is of one name or of the other.
        assert_raised_once(call, {"time", "time_ns"}, error)


def test_what_is_wrong_with_a_key_is_still_said_step_by_step() -> None:
    """In PyJWT's order: the claims are looked at before the key."""
    with pytest.raises(TypeError, match="Issuer"):
        jwt.encode({"iss": 1}, "no PEM", "RS256")
    with pytest.raises(jwt.InvalidKeyError):
        jwt.encode({}, "no PEM", "RS256")
    with pytest.raises(TypeError, match="not JSON serializable"):
        jwt.encode({"a": object()}, "no PEM", "RS256")
