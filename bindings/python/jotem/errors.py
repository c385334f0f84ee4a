"""Every exception of the native API: one tree, by whose doing.

======================  =================================================================
``JotemError``          any of them
├ ``TokenRefused``      the token: whoever sent it. Answer 401
│ ├ ``SignatureInvalid``  the signature is missing, malformed or does not hold
│ ├ ``KeyNotFound``       no key of the verifier has its ``kid``: fetch the keys again
│ └ ``ClaimRefused``      the signature holds, but a claim or ``typ`` is not as expected
│   ├ ``Expired``           past its ``exp``: renew it
│   └ ``NotYetValid``       before its ``nbf``
├ ``KeyRefused``        the key: whoever configured it
├ ``Misuse``            the call: the program. Also a ``ValueError``
└ ``SigningFailed``     the signer
======================  =================================================================

An argument of the wrong type is a ``TypeError``. No message shows a token or a key.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = [
    "ClaimRefused",
    "Expired",
    "JotemError",
    "KeyNotFound",
    "KeyRefused",
    "Misuse",
    "NotYetValid",
    "SignatureInvalid",
    "SigningFailed",
    "TokenRefused",
]


class JotemError(Exception):
    """Any error of jotem.

    Attributes:
        code: The stable identifier of the reason, such as ``jwt_expired``: what programs compare
            and people search for.
        hint: What the developer may do about it.
        facts: What the message says, by name: ``{"exp": datetime(...), "ago": 60, ...}``.
        claim: The name of the claim that it is about, if it is about one.
        public: What may be said on the wire (RFC 6750 section 3.1): ``error`` and
            ``error_description``, the same for every reason that depends on a secret.
    """

    code: str
    hint: str
    facts: dict[str, Any]
    claim: str | None
    public: dict[str, str]

    def __init__(
        self,
        message: str,
        code: str,
        hint: str = "",
        facts: dict[str, Any] | None = None,
        claim: str | None = None,
        public: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.facts = facts if facts is not None else {}
        self.claim = claim
        self.public = public if public is not None else {}

    def __reduce__(self) -> tuple[Callable[..., JotemError], tuple[object, ...]]:
        message = str(self)
        state = (message, self.code, self.hint, self.facts, self.claim, self.public)
        return type(self), state


class TokenRefused(JotemError):
    """The token is refused; ``code`` says why. Whoever sent it gets ``public``, and 401."""


class SignatureInvalid(TokenRefused):
    """The signature is missing, has another form than its algorithm's, or does not hold."""


class KeyNotFound(TokenRefused):
    """No key of the verifier has the token's ``kid`` and algorithm.

    After a rotation of keys that is a reason to fetch the key set again, once.
    """


class ClaimRefused(TokenRefused):
    """The signature holds, and a claim, or ``typ``, is not as the verifier expects."""


class Expired(ClaimRefused):
    """The token is past its ``exp``. Renew it; if both clocks should agree, compare them."""


class NotYetValid(ClaimRefused):
    """The token is before its ``nbf``. Try later; if both clocks should agree, compare them."""


class KeyRefused(JotemError):
    """The key cannot be read, or not be used so: it is of another type, too short, public."""


class Misuse(JotemError, ValueError):
    """The call makes no sense: a mistake of the program. No token from outside leads here."""


class SigningFailed(JotemError):
    """The signer could not sign."""
