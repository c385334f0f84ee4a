"""The two interfaces as the tests ask them: what they refuse, and what they let through."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Callable, Union

import pytest

from attacks.catalogue import SAME, STRICTER, AttackClass
from outcome import CONTROL, OURS, Call, Outcome, outcome
from differential.keys import SECRET
from jotem import Key, Verifier, errors

NOW = 1_700_000_000
Token = Union[str, bytes]
_REFUSALS = (
    errors.FetchFailed,
    errors.KeyRefused,
    errors.Misuse,
    errors.RingFailed,
    errors.SessionRefused,
    errors.TokenRefused,
    errors.Unavailable,
)


class Native:
    """The native interface, at `NOW`. Every refusal is looked through for tokens and keys."""

    def __init__(self) -> None:
        self.asked = 0

    def verifier(self, keys: Any = None, **expected: Any) -> Verifier:
        """A verifier, by default of HS256 under the secret of all tests."""
        if keys is None:
            keys = Key.from_secret(SECRET, algorithm="HS256")
        return Verifier(keys, **{"clock": lambda: NOW, **expected})

    def accepts(self, token: Token, verifier: Any = None) -> Any:
        self.asked += 1
        return (verifier or self.verifier()).verify(token)

    def refuses(self, token: Token, code: str, verifier: Any = None) -> Any:
        """Checks that the token is refused, by this code, and in words that do not show it."""
        self.asked += 1
        with pytest.raises(errors.TokenRefused) as caught:
            (verifier or self.verifier()).verify(token)
        assert caught.value.code == code, (caught.value, token[:200])
        hides(caught.value, token)
        return caught.value

    def raises(self, code: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Checks that a key, a ring or a call is refused by this code, or that a fetch fails by it;
        of a session, that it goes no further."""
        self.asked += 1
        with pytest.raises(_REFUSALS) as caught:
            call(*args, **kwargs)
        assert caught.value.code == code, caught.value
        for argument in args:
            if isinstance(argument, (str, bytes)):
                hides(caught.value, argument)
        return caught.value

    def rejects_type(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        self.asked += 1
        with pytest.raises(TypeError):
            call(*args, **kwargs)


def hides(error: BaseException, secret: Token) -> None:
    """Checks that nothing an error shows has a piece of a token or key in it."""
    text = secret.decode("latin-1") if isinstance(secret, bytes) else secret
    shown = f"{error!s} {error!r} {getattr(error, 'hint', '')} {getattr(error, 'public', '')}"
    for segment in text.replace("\n", ".").split("."):
        if len(segment) >= 16:
            assert segment[:16] not in shown, shown


class PyJWTFace:
    """jotem.jwt beside PyJWT: every call is made on both, and in every way there is.

    `refuses` and `accepts` are for equal outcomes, `lets_through` for an attack that both accept,
    `is_stricter` for one that jotem.jwt alone refuses.
    """

    def __init__(self, attack: AttackClass) -> None:
        self.attack = attack
        self.asked = 0
        self.stricter = 0

    def refuses(
        self, token: Any, key: Any = SECRET, algorithms: Any = ("HS256",), **more: Any
    ) -> str:
        """Checks that both refuse in the same words, and returns these."""
        control = self._decode(token, key, algorithms, more)
        assert not control.is_value, f"let through: {control}"
        return control.words

    def accepts(
        self, token: Any, key: Any = SECRET, algorithms: Any = ("HS256",), **more: Any
    ) -> None:
        control = self._decode(token, key, algorithms, more)
        assert control.is_value, str(control)

    def lets_through(
        self, token: Any, key: Any = SECRET, algorithms: Any = ("HS256",), **more: Any
    ) -> None:
        """Checks that both accept what the class wants refused. `pyjwt_note` must say so."""
        assert self.attack.face_note, f"{self.attack.id}: no pyjwt_note says what is let through"
        self.accepts(token, key, algorithms, **more)

    def is_stricter(
        self, token: Any, key: Any, algorithms: Any, because: str = "InvalidAlgorithmError"
    ) -> None:
        """Checks that jotem.jwt refuses in every way what PyJWT accepts."""
        self.asked += 1
        self.stricter += 1
        for way in _WAYS:
            call = _decoding(way, token, key, algorithms, {})
            control, ours = outcome(call, CONTROL), outcome(call, OURS)
            assert control.is_value, f"{way}: PyJWT refuses it: {control}"
            assert ours.kind == f"jwt.exceptions.{because}", f"{way}: {ours}"

    def same(self, call: Call) -> Outcome:
        """Checks that a call gives the same on both, and returns what."""
        self.asked += 1
        control, ours = outcome(call, CONTROL), outcome(call, OURS)
        assert ours == control, f"PyJWT {control}\njotem {ours}"
        return control

    def refuses_call(self, call: Call) -> None:
        control = self.same(call)
        assert not control.is_value, str(control)

    def accepts_call(self, call: Call) -> None:
        control = self.same(call)
        assert control.is_value, str(control)

    def lets_call_through(self, call: Call) -> None:
        assert self.attack.face_note, f"{self.attack.id}: no pyjwt_note says what is let through"
        self.accepts_call(call)

    def agrees_on_bad(self, call: Call) -> None:
        """Checks a row of a table of bad inputs, of which PyJWT takes some."""
        if self.same(call).is_value:
            assert self.attack.face_note, (
                f"{self.attack.id}: no pyjwt_note says what is let through"
            )

    def _decode(self, token: Any, key: Any, algorithms: Any, more: dict[str, Any]) -> Outcome:
        control = self.same(_decoding("decode", token, key, algorithms, more))
        for way in _WAYS[1:]:
            if way == "PyJWS.decode_complete" and more:
                continue
            self.same(_decoding(way, token, key, algorithms, more))
        return control

    def check_used(self) -> None:
        """Fails if the face was not asked, or not as the catalogue says that it answers."""
        assert self.asked, "the test never asked jotem.jwt"
        assert self.attack.face in (SAME, STRICTER), f"{self.attack.id} is {self.attack.face}"
        if self.attack.face == SAME:
            assert not self.stricter, f"{self.attack.id} is {SAME}, and jotem.jwt is stricter"
        else:
            assert self.stricter, (
                f"{self.attack.id} is {STRICTER}, and the test shows nothing of it"
            )


# The last one has a method of its own, so that the one fast call does not answer for it.
_WAYS = ("decode", "decode_complete", "PyJWS.decode_complete", "subclass")


def _decoding(way: str, token: Any, key: Any, algorithms: Any, more: dict[str, Any]) -> Call:
    def call(jwt: ModuleType) -> Any:
        chosen = key(jwt) if callable(key) else key
        arguments = (token, chosen, algorithms)
        if way == "PyJWS.decode_complete":
            return jwt.PyJWS().decode_complete(*arguments)
        if way == "subclass":
            return _overridden(jwt)().decode(*arguments, **more)
        return getattr(jwt, way)(*arguments, **more)

    return call


def _overridden(jwt: ModuleType) -> Any:
    class Overridden(jwt.PyJWT):  # type: ignore[misc, name-defined]
        def _decode_payload(self, decoded: dict[str, Any]) -> Any:
            return super()._decode_payload(decoded)

    return Overridden
