"""``Sessions``: every call waits, with the GIL released."""

from __future__ import annotations

from .._jotem import SessionsEngine
from . import _driving
from ._expected import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta
    from ipaddress import IPv4Address, IPv6Address
    from os import PathLike
    from types import TracebackType
    from typing import Any, TypeVar, overload

    from typing_extensions import Self

    from .. import Algorithm, Key, KeyRing, Publication
    from .._jotem import (
        AuditLog,
        AuditState,
        Grant,
        Live,
        RotationPolicy,
        SessionEvent,
        SessionList,
        SessionsOperation,
        SessionVerifier,
        Stale,
        TokenPair,
    )

    _C = TypeVar("_C")
else:

    def overload(signature):
        return signature


class Sessions:
    """Sessions of an application: made once, when the program starts, and shared by all threads.

    Access tokens are JWTs as RFC 9068 has them. Refresh tokens are exchanged for new ones each time
    they are used, and one that comes twice ends its session (RFC 9700 section 4.14). The keys that sign
    are a ring in the store, encrypted, which one process rotates and all others follow; or ``ring``, or
    ``key``.

    ``claims_for`` is called in the thread of the call, before a refresh token is used up; it may use
    the sessions itself. ``on_event`` must not wait. What it raises goes to ``sys.unraisablehook``.

    After a fork the child opens connections of its own at first use. What is kept in ``memory:`` is of
    one process: a child begins with nothing. A fork waits until what other threads are in the middle
    of is done. So a hook of ``os.register_at_fork`` that uses sessions or waits for a lock is to be
    registered after ``import jotem``: whoever has the lock may be waiting for the fork.

    Args:
        secret: At least 32 random bytes, the same in every process and after every restart: every key
            that protects the sessions is derived from them. Who loses them logs everybody out.
        store: Where sessions are kept: ``memory:``, which ends with the process, or
            ``sqlite:///path/sessions.db``, ``redis://host:6379``, ``rediss://``,
            ``redis+sentinel://a,b/name``, ``redis+cluster://a,b``, ``postgres://user@host/database``.
            Python's ``sqlite3`` must not open the file in the same process: the two would not see each
            other's locks.
        issuer: The ``iss`` of access tokens, which is then required of them.
        audience: The ``aud`` of access tokens for which no other was granted, or several, which is then
            required of them here.
        policy: A ``RotationPolicy``, or the name of a preset.
        access_lifetime: How long access tokens live: one second to one day, 15 minutes if not given.
        ring: The ring whose keys sign, such as one in a file.
        key: One key that signs for ever.
        algorithm: That of the ring in the store, when it is made: EdDSA if not given.
        default_client: The client of whoever names none: ``default`` if not given.
        max_sessions: How many sessions a subject may have; one more ends the least recently used. 100
            if not given, 0 for any number.
        max_staleness: How old the knowledge of revocations may be: 30 seconds if not given.
        cache: Remembers tokens that were verified, in so many bytes: see ``Verifier``.
        claims_for: Supplies the application's claims, at login and at every refresh: takes the subject
            and a ``Grant``, and returns a dict, a dataclass, a msgspec Struct or a pydantic model.
        on_event: Is called with a ``SessionEvent`` for everything that happens.
        audit: A log of everything that happens, in a file, each line chained to the one before: its path,
            or an ``AuditLog``.
        poll_every: How often the store is asked what was revoked: once a second if not given.
        maintain: Whether this process takes its turn at forgetting what is over and at rotating keys.

    Raises:
        Misuse: A setting that makes no sense, a URL that is none.
        StoreFailed: The store is not one, or not fit to keep sessions.
        Unavailable: It does not answer.
        AuditFailed: The audit log cannot be written.
        TypeError: An argument of the wrong type.

    Example:
        >>> sessions = Sessions(secret, store="memory:", audience="api", policy="web")
        >>> pair = sessions.start("ada", client="web", scopes=["invoices"], label="Firefox on Linux")
        >>> sessions.refresh(pair.refresh_token, client="web").scopes
        ('invoices',)
        >>> Sessions(b"a short secret")
        Traceback (most recent call last):
            ...
        jotem.errors.Misuse: a master secret of 14 bytes is shorter than 32
    """

    def __init__(
        self,
        secret: str | bytes,
        *,
        store: str | None = None,
        issuer: str | None = None,
        audience: str | Iterable[str] | None = None,
        policy: str | RotationPolicy | None = None,
        access_lifetime: timedelta | float | None = None,
        ring: KeyRing | None = None,
        key: Key | None = None,
        algorithm: Algorithm | str | None = None,
        default_client: str | None = None,
        max_sessions: int | None = None,
        max_staleness: timedelta | float | None = None,
        cache: int | None = None,
        claims_for: Callable[[str, Grant], object] | None = None,
        on_event: Callable[[SessionEvent], object] | None = None,
        audit: str | PathLike[str] | AuditLog | None = None,
        poll_every: timedelta | float | None = None,
        maintain: bool = True,
    ) -> None:
        _driving.check(claims_for)
        self._claims_for = claims_for
        self._engine = SessionsEngine(
            secret,
            store=store,
            issuer=issuer,
            audience=audience,
            policy=policy,
            access_lifetime=access_lifetime,
            ring=ring,
            key=key,
            algorithm=algorithm,
            default_client=default_client,
            max_sessions=max_sessions,
            max_staleness=max_staleness,
            cache=cache,
            asks_for_claims=claims_for is not None,
            on_event=on_event,
            audit=audit,
            poll_every=poll_every,
            maintain=maintain,
        )
        self._verifier = self._engine.verifier()
        try:
            self._run(self._engine.open())
        except BaseException:
            # Whoever tries again finds no file that is still held.
            self._run(self._engine.close())
            raise

    def start(
        self,
        subject: str,
        *,
        tenant: str | None = None,
        client: str | None = None,
        scopes: str | Iterable[str] | None = None,
        audience: str | Iterable[str] | None = None,
        authenticated_at: datetime | float | None = None,
        acr: str | None = None,
        amr: str | Iterable[str] | None = None,
        bound_to: str | None = None,
        label: str | None = None,
        address: str | IPv4Address | IPv6Address | None = None,
        expected_epoch: int | None = None,
    ) -> TokenPair:
        """Begins a session, for a subject who has just proved who they are.

        If the subject has too many sessions, the least recently used end.

        Args:
            subject: Who it is: the ``sub`` of access tokens.
            tenant: The tenant of the subject, if there are tenants.
            client: The client (RFC 6749 section 2.2): only the same one may refresh.
            scopes: What is granted (RFC 6749 section 3.3): a text with spaces between, or an iterable.
            audience: For whom access tokens are (RFC 9068 section 3), in place of the sessions' own.
            authenticated_at: When the subject logged in, if that was not just now.
            acr: How sure one can be of who it is (OpenID Connect Core section 2).
            amr: By what means the subject logged in (RFC 8176).
            bound_to: The RFC 7638 thumbprint of a key (RFC 9449 section 6): only who proves the key may
                refresh.
            label: What a list of sessions shows of this one: a device, a place. At most 256 bytes.
            address: From where it comes, for events; it is not kept.
            expected_epoch: Start only if nothing of the subject was revoked since ``list`` gave this
                epoch: for a login that takes several steps.

        Raises:
            SessionRefused: ``claims_for`` refuses, or the epoch is another by now.
            Unavailable: The store does not answer, or ``claims_for`` fails.
            Misuse: The grant cannot be.

        Example:
            >>> pair = sessions.start("ada", client="web", amr=["pwd", "otp"])
            >>> sessions.verify(pair.access_token).amr
            ('otp', 'pwd')
        """
        operation = self._engine.start(
            subject,
            tenant,
            client,
            scopes,
            audience,
            authenticated_at,
            acr,
            amr,
            bound_to,
            label,
            address,
            expected_epoch,
        )
        pair: TokenPair = self._run(operation)
        return pair

    def refresh(
        self,
        token: str | bytes,
        *,
        client: str | None = None,
        scopes: str | Iterable[str] | None = None,
        audience: str | Iterable[str] | None = None,
        proves: str | None = None,
        tenant: str = ANY,
        address: str | IPv4Address | IPv6Address | None = None,
    ) -> TokenPair:
        """Exchanges a refresh token for the next one and an access token (RFC 6749 section 6).

        Args:
            token: The refresh token.
            client: The client that presents it, authenticated if it has a secret.
            scopes: Some of the scopes only. The session keeps all of them.
            audience: Some of the audiences only (RFC 8707 section 2.2).
            proves: The thumbprint of the key that the request proved (RFC 9449 section 4.3).
            tenant: The tenant that is expected: the session of another one, or of none, is refused, and
                its token stays good. Left out, every tenant is good.
            address: From where it comes, for events.

        Raises:
            SessionRefused: The client has to log in again; or asks for more than was granted.
            Unavailable: The store or ``claims_for`` cannot say now: the client keeps its tokens, and
                tries again after ``retry_after``.

        Example:
            >>> pair = sessions.refresh(sessions.start("ada").refresh_token)
            >>> try:
            ...     sessions.refresh(pair.access_token)
            ... except errors.SessionRefused as error:
            ...     print(error.code, error.oauth_error)
            refresh_token_shape invalid_grant
        """
        operation = self._engine.refresh(
            token, client, scopes, audience, proves, tenant, address
        )
        pair: TokenPair = self._run(operation)
        return pair

    def revoke_token(self, token: str | bytes) -> bool:
        """Revokes a token that somebody has in hand (RFC 7009): the session of a refresh token, or this one
        access token.

        Returns whether it was one of ours. One that is not, or has expired, is left alone, which is
        what the client wanted: answer 200.

        Args:
            token: The token.
        """
        was_ours: bool = self._run(self._engine.revoke_token(token))
        return was_ours

    def revoke_session(self, subject: str, session: str, *, tenant: str | None = None) -> None:
        """Ends one session of a subject: log out. Its access tokens are refused from now on.

        Args:
            subject: The subject.
            session: The session: ``session`` of a ``TokenPair`` or of a ``Live``, ``id`` in a list.
            tenant: The tenant of the subject.
        """
        self._run(self._engine.revoke_session(subject, session, tenant))

    def revoke_subject(self, subject: str, *, tenant: str | None = None) -> int:
        """Ends all sessions of a subject: log out everywhere, a new password, a disabled account.

        Returns how many lived. What the subject starts from now on holds.

        Args:
            subject: The subject.
            tenant: The tenant of the subject.
        """
        ended: int = self._run(self._engine.revoke_subject(subject, tenant))
        return ended

    def revoke_client(self, client: str) -> None:
        """Ends all sessions of a client, whoever's they are.

        Args:
            client: The client.
        """
        self._run(self._engine.revoke_client(client))

    def revoke_key(self, key_id: str) -> None:
        """Refuses all access tokens that a key signed, in every process that follows the store.

        The sessions live on, and get new ones. A key of a ring is removed from it: the announced one
        signs.

        Args:
            key_id: The name of the key: ``key_id`` of a ``Live``.
        """
        self._run(self._engine.revoke_key(key_id))

    def list(self, subject: str, *, tenant: str | None = None) -> SessionList:
        """Returns the sessions of a subject that live.

        Args:
            subject: The subject.
            tenant: The tenant of the subject.
        """
        found: SessionList = self._run(self._engine.list(subject, tenant))
        return found

    @overload
    def verify(
        self,
        token: str | bytes,
        *,
        proven: str | None = None,
        tenant: str = ...,
        into: None = None,
    ) -> Live[dict[str, Any]]: ...
    @overload
    def verify(
        self,
        token: str | bytes,
        *,
        proven: str | None = None,
        tenant: str = ...,
        into: type[_C],
    ) -> Live[_C]: ...
    def verify(
        self,
        token: str | bytes,
        *,
        proven: str | None = None,
        tenant: str = ANY,
        into: type[Any] | None = None,
    ) -> Live[Any]:
        """Verifies an access token: see ``SessionVerifier.verify``.

        Args:
            token: The access token, without ``Bearer``.
            proven: The thumbprint of the key that the request proved, for a token that is bound to one.
            tenant: The tenant that is expected: a token of another one, or of none, is refused. Left out,
                tokens of every tenant are good.
            into: A dataclass, a msgspec Struct or a pydantic model to read the claims into.

        Raises:
            TokenRevoked: It was revoked.
            TokenRefused: The token itself is no good.
            Unavailable: What is known of revocations is too old: answer 503.
        """
        return self._verifier.verify(token, proven=proven, tenant=tenant, into=into)

    @overload
    def verify_fail_open(
        self,
        token: str | bytes,
        *,
        tenant: str = ...,
        max_outage: timedelta | float | None = None,
        into: None = None,
    ) -> Live[dict[str, Any]] | Stale[dict[str, Any]]: ...
    @overload
    def verify_fail_open(
        self,
        token: str | bytes,
        *,
        tenant: str = ...,
        max_outage: timedelta | float | None = None,
        into: type[_C],
    ) -> Live[_C] | Stale[_C]: ...
    def verify_fail_open(
        self,
        token: str | bytes,
        *,
        tenant: str = ANY,
        max_outage: timedelta | float | None = None,
        into: type[Any] | None = None,
    ) -> Live[Any] | Stale[Any]:
        """Verifies an access token, and goes on while what is known of revocations is too old: see
        ``SessionVerifier.verify_fail_open``.

        Args:
            token: The access token, without ``Bearer``.
            tenant: As for ``verify``.
            max_outage: How old what is known may be, a timedelta or seconds: one hour unless told.
            into: As for ``verify``.
        """
        return self._verifier.verify_fail_open(
            token, tenant=tenant, max_outage=max_outage, into=into
        )

    def verifier(self) -> SessionVerifier:
        """Returns the verifier of access tokens, to keep where tokens are verified."""
        return self._verifier

    def publication(self) -> Publication:
        """Returns the public keys of the ring as a web framework sends them, such as at
        ``/.well-known/jwks.json``.

        Raises:
            Misuse: The sessions have one key, and no ring.

        Example:
            >>> sessions.publication().content_type
            'application/jwk-set+json'
        """
        return self._engine.publication()

    def audit_state(self) -> AuditState | None:
        """Returns what the audit log did so far in this process; None if there is none that is open."""
        return self._engine.audit_state()

    def rotate_keys(self) -> None:
        """Rotates the keys of the ring now; otherwise that happens when it is due.

        Raises:
            RingFailed: The announced key may not be known everywhere yet.
        """
        self._run(self._engine.rotate_keys())

    def catch_up(self) -> None:
        """Asks the store at once what was revoked, instead of a moment later.

        Raises:
            Unavailable: It does not answer.
        """
        self._run(self._engine.catch_up())

    def close(self) -> None:
        """Lets go of the store, and of everything that goes on beside; twice is once.

        What other threads are in the middle of comes to its end; calls after it raise ``Misuse``.

        Example:
            >>> own = Sessions(secret)
            >>> own.close()
            >>> own.start("ada")
            Traceback (most recent call last):
                ...
            jotem.errors.Misuse: the sessions are closed
        """
        self._run(self._engine.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        closed = ": closed" if self._engine.is_closed else ""
        return f"<jotem.sessions.Sessions{closed}>"

    def _run(self, operation: SessionsOperation) -> Any:
        return _driving.run(operation, self._claims_for)
