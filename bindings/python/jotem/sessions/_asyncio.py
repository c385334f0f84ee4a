"""``AsyncSessions``: every call that may take a while is a coroutine of asyncio."""

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


class AsyncSessions:
    """``Sessions`` for asyncio: the same calls, to be awaited; ``verify`` never waits and is none.

    The arguments are those of ``Sessions``. ``claims_for`` may be ``async def``: it is awaited in the
    task of the call. Whoever cancels a call lets go of it; a rotation that was under way may have been
    done, and presenting the same refresh token again within the window gives the same answer.

    The store is opened at the first call, or by ``async with``, which says at once what is wrong with
    it. Any number of event loops and threads may share one object.

    Args:
        secret: As for ``Sessions``, and so are all others.
        store: Where sessions are kept.
        issuer: The ``iss`` of access tokens.
        audience: The ``aud`` of access tokens.
        policy: A ``RotationPolicy``, or the name of a preset.
        access_lifetime: How long access tokens live.
        ring: The ring whose keys sign.
        key: One key that signs for ever.
        algorithm: That of the ring in the store.
        default_client: The client of whoever names none.
        max_sessions: How many sessions a subject may have.
        max_staleness: How old the knowledge of revocations may be.
        cache: Remembers tokens that were verified, in so many bytes.
        claims_for: Supplies the application's claims; a function or a coroutine function.
        on_event: Is called with a ``SessionEvent`` for everything that happens.
        audit: A log of everything that happens: its path, or an ``AuditLog``.
        poll_every: How often the store is asked what was revoked.
        maintain: Whether this process takes its turn at the upkeep.

    Example:
        >>> import asyncio
        >>> from jotem.sessions import AsyncSessions
        >>> async def main():
        ...     async with AsyncSessions(secret, audience="api") as sessions:
        ...         pair = await sessions.start("ada", scopes=["invoices"])
        ...         pair = await sessions.refresh(pair.refresh_token)
        ...         return sessions.verify(pair.access_token).subject
        >>> asyncio.run(main())
        'ada'
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

    async def start(
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

        See ``Sessions.start``.

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
        pair: TokenPair = await self._run(operation)
        return pair

    async def refresh(
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

        See ``Sessions.refresh``.

        Args:
            token: The refresh token.
            client: The client that presents it, authenticated if it has a secret.
            scopes: Some of the scopes only. The session keeps all of them.
            audience: Some of the audiences only (RFC 8707 section 2.2).
            proves: The thumbprint of the key that the request proved (RFC 9449 section 4.3).
            tenant: The tenant that is expected: the session of another one, or of none, is refused, and
                its token stays good. Left out, every tenant is good.
            address: From where it comes, for events.
        """
        operation = self._engine.refresh(
            token, client, scopes, audience, proves, tenant, address
        )
        pair: TokenPair = await self._run(operation)
        return pair

    async def revoke_token(self, token: str | bytes) -> bool:
        """Revokes a token that somebody has in hand (RFC 7009): the session of a refresh token, or this one
        access token.

        See ``Sessions.revoke_token``.

        Args:
            token: The token.
        """
        was_ours: bool = await self._run(self._engine.revoke_token(token))
        return was_ours

    async def revoke_session(self, subject: str, session: str, *, tenant: str | None = None) -> None:
        """Ends one session of a subject: log out. Its access tokens are refused from now on.

        See ``Sessions.revoke_session``.

        Args:
            subject: The subject.
            session: The session: ``session`` of a ``TokenPair`` or of a ``Live``, ``id`` in a list.
            tenant: The tenant of the subject.
        """
        await self._run(self._engine.revoke_session(subject, session, tenant))

    async def revoke_subject(self, subject: str, *, tenant: str | None = None) -> int:
        """Ends all sessions of a subject: log out everywhere, a new password, a disabled account.

        See ``Sessions.revoke_subject``.

        Args:
            subject: The subject.
            tenant: The tenant of the subject.
        """
        ended: int = await self._run(self._engine.revoke_subject(subject, tenant))
        return ended

    async def revoke_client(self, client: str) -> None:
        """Ends all sessions of a client, whoever's they are.

        See ``Sessions.revoke_client``.

        Args:
            client: The client.
        """
        await self._run(self._engine.revoke_client(client))

    async def revoke_key(self, key_id: str) -> None:
        """Refuses all access tokens that a key signed, in every process that follows the store.

        See ``Sessions.revoke_key``.

        Args:
            key_id: The name of the key: ``key_id`` of a ``Live``.
        """
        await self._run(self._engine.revoke_key(key_id))

    async def list(self, subject: str, *, tenant: str | None = None) -> SessionList:
        """Returns the sessions of a subject that live.

        See ``Sessions.list``.

        Args:
            subject: The subject.
            tenant: The tenant of the subject.
        """
        found: SessionList = await self._run(self._engine.list(subject, tenant))
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

        See ``Sessions.verify``.

        Args:
            token: The access token, without ``Bearer``.
            proven: The thumbprint of the key that the request proved, for a token that is bound to one.
            tenant: The tenant that is expected: a token of another one, or of none, is refused. Left out,
                tokens of every tenant are good.
            into: A dataclass, a msgspec Struct or a pydantic model to read the claims into.
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

        See ``Sessions.verify_fail_open``.

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

        See ``Sessions.publication``.
        """
        return self._engine.publication()

    def audit_state(self) -> AuditState | None:
        """Returns what the audit log did so far in this process; None if there is none that is open."""
        return self._engine.audit_state()

    async def rotate_keys(self) -> None:
        """Rotates the keys of the ring now; otherwise that happens when it is due.

        See ``Sessions.rotate_keys``.
        """
        await self._run(self._engine.rotate_keys())

    async def catch_up(self) -> None:
        """Asks the store at once what was revoked, instead of a moment later.

        Raises:
            Unavailable: It does not answer.
        """
        await self._run(self._engine.catch_up())

    async def close(self) -> None:
        """Lets go of the store, and of everything that goes on beside; twice is once."""
        await self._run(self._engine.close())

    async def __aenter__(self) -> Self:
        await self._run(self._engine.open())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        closed = ": closed" if self._engine.is_closed else ""
        return f"<jotem.sessions.AsyncSessions{closed}>"

    async def _run(self, operation: SessionsOperation) -> Any:
        return await _driving.drive(operation, self._claims_for)
