"""Every exception of the native API: one tree, by whose doing.

::

    JotemError              any of them
    ├ TokenRefused          the token: whoever sent it. Answer 401
    │ ├ SignatureInvalid    the signature is missing, malformed or does not hold
    │ ├ KeyNotFound         no key of the verifier has its kid: fetch the keys again
    │ ├ TokenRevoked        it was sound, and is revoked: refresh, or log in again
    │ └ ClaimRefused        the signature holds, but a claim or typ is not as expected
    │   ├ Expired           past its exp: renew it
    │   └ NotYetValid       before its nbf
    ├ SessionRefused        the session: whoever presents the refresh token logs in again
    ├ PermissionRefused     the roles of whoever asks. Answer 403
    ├ Unavailable           the store, or the program's own claims, for now. Answer 503
    ├ StoreFailed           the store of the sessions: whoever operates it
    ├ KeyRefused            the key: whoever configured it
    ├ Misuse                the call: the program. Also a ValueError
    ├ FetchFailed           the server with an issuer's keys, or the way to it
    ├ RingFailed            the ring of keys: its file, or whoever operates it
    └ SigningFailed         the signer

An argument of the wrong type is a ``TypeError``. No message shows a token or a key. Every ``code``
has a section in ``docs/errors.md``.

Example:
    >>> from jotem import Issuer, Key, Verifier, errors
    >>> from jotem.testing import Forgery, TestIssuer
    >>> test = TestIssuer()
    >>> verifier = test.verifier()
    >>> try:
    ...     verifier.verify(test.forge(Forgery.OTHER_AUDIENCE))
    ... except errors.TokenRefused as error:
    ...     print(error.code, error.claim, error.facts)
    ...     print(error.public)
    jwt_audience_mismatch aud {'found': '`https://other.test`'}
    {'error': 'invalid_token', 'error_description': 'the token is meant for another audience'}
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from typing import Any

__all__ = [
    "AuditFailed",
    "ClaimRefused",
    "Expired",
    "FetchFailed",
    "JotemError",
    "KeyNotFound",
    "KeyRefused",
    "Misuse",
    "NotYetValid",
    "PermissionRefused",
    "RingFailed",
    "SessionRefused",
    "SignatureInvalid",
    "SigningFailed",
    "StoreFailed",
    "TokenRefused",
    "TokenRevoked",
    "Unavailable",
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
        oauth_error: What a token endpoint answers as ``error`` (RFC 6749 section 5.2), where sessions
            raise it; None elsewhere.
        retry_after: When to try again, where that may help: the answer is then 503 with
            ``Retry-After``.

    Example:
        >>> error = errors.Misuse("the reason", "misuse_argument", hint="what to do")
        >>> str(error), error.code, error.hint
        ('the reason', 'misuse_argument', 'what to do')
    """

    code: str
    hint: str
    facts: dict[str, Any]
    claim: str | None
    public: dict[str, str]
    oauth_error: str | None = None
    retry_after: timedelta | None = None

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

    def __reduce__(
        self,
    ) -> tuple[Callable[..., JotemError], tuple[object, ...], dict[str, object]]:
        message = str(self)
        made_of = (message, self.code, self.hint, self.facts, self.claim, self.public)
        more = ("oauth_error", "retry_after")
        return type(self), made_of, {name: vars(self)[name] for name in more if name in vars(self)}


class TokenRefused(JotemError):
    """The token is refused; ``code`` says why. Whoever sent it gets ``public``, and 401.

    Example:
        >>> verifier.verify("Bearer " + test.token())
        Traceback (most recent call last):
            ...
        jotem.errors.TokenRefused: the token begins with the authentication scheme `Bearer `
    """


class SignatureInvalid(TokenRefused):
    """The signature (RFC 7515 section 5.2) is missing, of another form, or does not hold.

    Example:
        >>> verifier.verify(test.forge(Forgery.UNSIGNED))
        Traceback (most recent call last):
            ...
        jotem.errors.SignatureInvalid: the signature is missing
    """


class KeyNotFound(TokenRefused):
    """No key of the verifier has the token's ``kid`` and algorithm.

    After a rotation of keys that is a reason to fetch the key set again, once.

    Example:
        >>> key = Key.generate("ES256", key_id="new")
        >>> verifier.verify(Issuer(key, lifetime=60).issue())
        Traceback (most recent call last):
            ...
        jotem.errors.KeyNotFound: no key for ES256 with the kid `new`
    """


class ClaimRefused(TokenRefused):
    """The signature holds, and a claim (RFC 7519 section 4), or ``typ``, is not as expected.

    ``claim`` is its name.

    Example:
        >>> verifier.verify(test.forge(Forgery.NEVER_EXPIRES))
        Traceback (most recent call last):
            ...
        jotem.errors.ClaimRefused: the claim exp is missing
    """


class Expired(ClaimRefused):
    """The token is past its ``exp`` (RFC 7519 section 4.1.4): renew it.

    ``facts`` has ``exp`` and ``now`` as datetimes, ``ago`` and ``leeway`` in seconds.

    Example:
        >>> try:
        ...     verifier.verify(test.forge(Forgery.EXPIRED))
        ... except errors.Expired as error:
        ...     print(error.facts["ago"])
        3600
    """


class NotYetValid(ClaimRefused):
    """The token is before its ``nbf`` (RFC 7519 section 4.1.5): try later, or compare clocks.

    ``facts`` has ``nbf`` and ``now`` as datetimes, ``early`` and ``leeway`` in seconds.

    Example:
        >>> try:
        ...     verifier.verify(test.forge(Forgery.NOT_YET_VALID))
        ... except errors.NotYetValid as error:
        ...     print(error.facts["early"])
        3600
    """


class TokenRevoked(TokenRefused):
    """The access token is sound, and it was revoked, or its session, subject, client or key was.

    ``facts["by"]`` says which. The client refreshes, or logs in again.

    Example:
        >>> import os
        >>> from jotem.sessions import Policy, Refused, Sessions
        >>> sessions = Sessions(os.urandom(32))
        >>> pair = sessions.start("ada")
        >>> sessions.revoke_token(pair.access_token)
        True
        >>> sessions.verify(pair.access_token)
        Traceback (most recent call last):
            ...
        jotem.errors.TokenRevoked: the token was revoked: by its own id
    """


class SessionRefused(JotemError):
    """No session begins, or this one goes no further: the client has to log in again.

    ``oauth_error`` is what its token endpoint answers: ``invalid_grant``, or ``invalid_scope`` and
    ``invalid_target`` where it asks for more than was granted. The code ``session_reuse`` means theft.

    Example:
        >>> sessions.revoke_session("ada", pair.session)
        >>> try:
        ...     sessions.refresh(pair.refresh_token)
        ... except errors.SessionRefused as error:
        ...     print(error.code, error.facts, error.oauth_error)
        session_ended {'state': 'logged_out'} invalid_grant
    """


class PermissionRefused(JotemError):
    """The roles of whoever asks do not allow it: answer 403 with ``public``.

    Example:
        >>> policy = Policy.from_json('{"roles": {"viewer": {"allow": ["invoice:read"]}}}')
        >>> policy.granted(["viewer"]).require("invoice:write")
        Traceback (most recent call last):
            ...
        jotem.errors.PermissionRefused: no role allows `invoice:write`
    """


class Unavailable(JotemError):
    """Nobody can say now: the store does not answer, ``claims_for`` failed, or what is known of
    revocations is too old. Answer 503 with ``retry_after``; the client keeps its tokens.

    What ``claims_for`` raised is ``__cause__``.

    Example:
        >>> def claims_for(subject, grant):
        ...     raise ConnectionError("no database")
        >>> try:
        ...     Sessions(os.urandom(32), claims_for=claims_for).start("ada")
        ... except errors.Unavailable as error:
        ...     print(error.code, error.retry_after, repr(error.__cause__))
        session_claims 0:00:01 ConnectionError('no database')
    """


class StoreFailed(JotemError):
    """The store is full, damaged, of another version, or set up so that sessions would be lost.

    Trying again does not help; nothing that it had kept is lost by it.

    Example:
        >>> import pathlib, tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> file = pathlib.Path(folder.name, "sessions.db")
        >>> _ = file.write_text("a letter to a friend, which is none of ours " * 40)
        >>> file.chmod(0o600)
        >>> try:
        ...     Sessions(os.urandom(32), store=f"sqlite://{file}")
        ... except errors.StoreFailed as error:
        ...     print(error.code, error.facts["store"])
        store_corrupt sqlite
        >>> folder.cleanup()
    """


class AuditFailed(JotemError):
    """The audit log of sessions cannot be written; or the chain of one does not hold.

    Example:
        >>> folder = tempfile.TemporaryDirectory()
        >>> try:
        ...     Sessions(os.urandom(32), audit=folder.name)
        ... except errors.AuditFailed as error:
        ...     print(error.code)
        audit_not_a_file
        >>> folder.cleanup()
    """


class KeyRefused(JotemError):
    """The key cannot be read, or not be used so: it is of another type, too short, public.

    Example:
        >>> Key.from_pem("secret", algorithm="ES256")
        Traceback (most recent call last):
            ...
        jotem.errors.KeyRefused: this is not PEM: it must begin with `-----BEGIN` and end with `-----END …-----`
    """


class Misuse(JotemError, ValueError):
    """The call makes no sense: a mistake of the program. No token from outside leads here.

    Example:
        >>> Issuer(key)
        Traceback (most recent call last):
            ...
        jotem.errors.Misuse: the lifetime of the tokens is not set
    """


class SigningFailed(JotemError):
    """The signer could not sign: its library or its hardware failed."""


class RingFailed(JotemError):
    """The ring of keys cannot be read, written or changed so. A ring that runs goes on with what it has.

    What the system said, if it is about the system, is ``__cause__``.

    Example:
        >>> from jotem import KeyRing
        >>> KeyRing.open("/no/such/ring.json", password="a long password")
        Traceback (most recent call last):
            ...
        jotem.errors.RingFailed: there is no /no/such/ring.json
    """


class FetchFailed(JotemError):
    """The keys of an issuer could not be had: its server, or the way to it, failed.

    ``ready`` and ``refresh`` of a ``JWKSClient`` raise it, and its events have it as ``error``. No
    token is judged by it: one that cannot be verified for want of keys is a ``TokenRefused`` with
    the code ``jws_keys_unavailable``.

    Example:
        >>> from jotem import JWKSClient
        >>> client = JWKSClient(key_set="http://127.0.0.1:9/jwks.json")
        >>> try:
        ...     client.refresh()
        ... except errors.FetchFailed as error:
        ...     print(error.code, error.facts["host"])
        jwks_connection 127.0.0.1
    """
