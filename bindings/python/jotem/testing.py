"""For the tests of applications: a clock that stands still, and tokens wrong in exactly one way.

With pytest, ``pytest_plugins = ["jotem.testing"]`` in ``conftest.py`` gives the fixtures
``jotem_issuer`` and ``jotem_clock``. Without it:

Example:
    >>> from datetime import timedelta
    >>> from jotem.testing import Forgery, FrozenClock, TestIssuer
    >>> issuer = TestIssuer()
    >>> verifier = issuer.verifier()      # or your own, with issuer.key, .ISSUER, .AUDIENCE, .clock
    >>> verifier.verify(issuer.token({"role": "admin"})).claims["role"]
    'admin'
    >>> verifier.verify(issuer.forge(Forgery.EXPIRED))
    Traceback (most recent call last):
        ...
    jotem.errors.Expired: the token expired 3600 s ago: exp is 1699996400, now is 1700000000, leeway is 30 s

(PYTEST_DONT_REWRITE: nothing here asserts, so a ``conftest.py`` may import it and name it as well.)
"""

from __future__ import annotations

import base64
import enum
from datetime import datetime, timedelta, timezone
from typing import Any

from . import Issuer, Key, Verifier

__all__ = ["Forgery", "FrozenClock", "TestIssuer"]

START = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)


class FrozenClock:
    """A clock that stands still until it is moved: ``Verifier(..., clock=FrozenClock())``.

    Calling it tells the time. Freezing Python's own clock does not reach jotem's native API.

    Args:
        at: Where it stands, with a time zone: 2023-11-14T22:13:20Z, which is 1700000000.

    Raises:
        ValueError: ``at`` has no time zone.

    Example:
        >>> FrozenClock()().isoformat()
        '2023-11-14T22:13:20+00:00'
    """

    def __init__(self, at: datetime = START) -> None:
        self.set(at)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Moves the clock on, ``by`` a timedelta.

        Example:
            >>> token = issuer.token()
            >>> issuer.clock.advance(timedelta(minutes=16))
            >>> verifier.verify(token)
            Traceback (most recent call last):
                ...
            jotem.errors.Expired: the token expired 60 s ago: exp is 1700000900, now is 1700000960, leeway is 30 s
        """
        self._now += by

    def set(self, at: datetime) -> None:
        """Sets the clock, forwards or back. ``ValueError`` if ``at`` has no time zone.

        Example:
            >>> issuer.clock.set(FrozenClock()())
            >>> verifier.verify(token).subject
            '42'
        """
        if not isinstance(at, datetime):
            raise TypeError(f"at: expected a datetime, got {type(at).__name__}")
        if at.utcoffset() is None:
            raise ValueError("at: expected a datetime with a time zone")
        self._now = at


class Forgery(enum.Enum):
    """A token that is wrong in exactly one way. Its value says in which.

    Example:
        >>> Forgery.UNSIGNED.value
        'its signature was cut off'
    """

    EXPIRED = "it expired an hour ago"
    NOT_YET_VALID = "it is valid in an hour"
    NEVER_EXPIRES = "it has no exp"
    OTHER_ISSUER = "it was issued by somebody else"
    OTHER_AUDIENCE = "it is meant for somebody else"
    OTHER_KEY = "it is signed with another key of the same algorithm and name"
    ALTERED_CLAIMS = "its subject was changed after it was signed"
    UNSECURED = "its signature was cut off, and its header says none"
    UNSIGNED = "its signature was cut off"

    @property
    def code(self) -> str:
        """The ``code`` of the exception that a verifier raises.

        Example:
            >>> Forgery.EXPIRED.code
            'jwt_expired'
        """
        return _CODES[self]


_CODES = {
    Forgery.EXPIRED: "jwt_expired",
    Forgery.NOT_YET_VALID: "jwt_not_yet_valid",
    Forgery.NEVER_EXPIRES: "jwt_claim_missing",
    Forgery.OTHER_ISSUER: "jwt_issuer_mismatch",
    Forgery.OTHER_AUDIENCE: "jwt_audience_mismatch",
    Forgery.OTHER_KEY: "jws_signature_mismatch",
    Forgery.ALTERED_CLAIMS: "jws_signature_mismatch",
    Forgery.UNSECURED: "jws_alg_none",
    Forgery.UNSIGNED: "jws_signature_missing",
}


class TestIssuer:
    """Issues good and forged tokens under a key that it makes: ES256, ``kid`` "test".

    Args:
        clock: Tells the time of its tokens and of its verifier; a new ``FrozenClock`` if not given.

    Attributes:
        ISSUER: The ``iss`` of its good tokens.
        AUDIENCE: The ``aud`` of its good tokens.
        clock: Its clock, to be moved.

    Example:
        >>> issuer.ISSUER, issuer.AUDIENCE
        ('https://issuer.test', 'https://audience.test')
    """

    __test__ = False
    ISSUER = "https://issuer.test"
    AUDIENCE = "https://audience.test"

    def __init__(self, clock: FrozenClock | None = None) -> None:
        self.clock: FrozenClock = clock if clock is not None else FrozenClock()
        self._signing = Key.generate("ES256", key_id="test")
        self._other = Key.generate("ES256", key_id="test")

    @property
    def key(self) -> Key:
        """The public key that its good tokens verify under.

        Example:
            >>> issuer.key
            <jotem.Key: ES256 public, kid `test`>
        """
        return self._signing.public()

    def verifier(self) -> Verifier:
        """Returns a verifier that accepts its good tokens.

        Example:
            >>> issuer.verifier().verify(issuer.token()).issuer
            'https://issuer.test'
        """
        return Verifier(
            self.key, issuer=self.ISSUER, audience=self.AUDIENCE, clock=self.clock
        )

    def token(self, claims: object = None, *, subject: str = "42") -> str:
        """Issues a good token, valid for 15 minutes.

        Args:
            claims: The application's own claims, as for ``Issuer.issue``.
            subject: The claim ``sub``.

        Example:
            >>> verifier.verify(issuer.token(subject="7")).subject
            '7'
        """
        return self._issuer(self._signing).issue(claims, subject=subject)

    def forge(self, forgery: Forgery, claims: object = None, *, subject: str = "42") -> str:
        """Makes a token that is wrong in exactly one way.

        Args:
            forgery: In which.
            claims: The application's own claims, as for ``Issuer.issue``.
            subject: The claim ``sub``.

        Example:
            >>> verifier.verify(issuer.forge(Forgery.UNSECURED))
            Traceback (most recent call last):
                ...
            jotem.errors.TokenRefused: the token is unsecured: alg is `none`
        """
        now, hour = self.clock(), timedelta(hours=1)
        issuer = self._issuer(self._signing)
        if forgery is Forgery.EXPIRED:
            return issuer.issue(
                claims, subject=subject, issued_at=now - 2 * hour, expires_at=now - hour
            )
        if forgery is Forgery.NOT_YET_VALID:
            return issuer.issue(
                claims, subject=subject, not_before=now + hour, expires_at=now + 2 * hour
            )
        if forgery is Forgery.NEVER_EXPIRES:
            never = self._issuer(self._signing, lifetime=None, never_expires=True)
            return never.issue(claims, subject=subject)
        if forgery is Forgery.OTHER_ISSUER:
            other = self._issuer(self._signing, issuer="https://other.test")
            return other.issue(claims, subject=subject)
        if forgery is Forgery.OTHER_AUDIENCE:
            return issuer.issue(claims, subject=subject, audience="https://other.test")
        if forgery is Forgery.OTHER_KEY:
            return self._issuer(self._other).issue(claims, subject=subject)
        header, payload, signature = issuer.issue(claims, subject=subject).split(".")
        if forgery is Forgery.ALTERED_CLAIMS:
            altered = issuer.issue(claims, subject=f"not {subject}").split(".")[1]
            return f"{header}.{altered}.{signature}"
        if forgery is Forgery.UNSECURED:
            header = _encode(b'{"alg":"none","typ":"JWT"}')
        return f"{header}.{payload}."

    def _issuer(self, key: Key, **changes: Any) -> Issuer:
        settings: dict[str, Any] = {
            "issuer": self.ISSUER,
            "audience": self.AUDIENCE,
            "lifetime": timedelta(minutes=15),
            "clock": self.clock,
        }
        return Issuer(key, **{**settings, **changes})


def _encode(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")


try:
    import pytest
except ImportError:  # Without pytest there are no fixtures, and nothing is missing.
    pass
else:
    __all__ += ["jotem_clock", "jotem_issuer"]

    @pytest.fixture
    def jotem_clock() -> FrozenClock:
        """A clock that stands still at 2023-11-14T22:13:20Z: a fixture, by this name."""
        return FrozenClock()

    @pytest.fixture
    def jotem_issuer(jotem_clock: FrozenClock) -> TestIssuer:
        """An issuer of good and forged tokens, on the clock of ``jotem_clock``: a fixture."""
        return TestIssuer(jotem_clock)
