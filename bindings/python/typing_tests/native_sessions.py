"""Sessions: what type checkers must infer, and must refuse."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from typing_extensions import assert_type

from jotem import Key, KeyRing, Publication
from jotem.sessions import (
    AccessToken,
    AsyncSessions,
    AuditLog,
    AuditState,
    AuditVerified,
    Grant,
    Granted,
    Live,
    PermissionExplanation,
    Policy,
    RotationPolicy,
    SessionEvent,
    SessionInfo,
    Sessions,
    SessionVerifier,
    Stale,
    TokenPair,
    logging_events,
    verify_audit_log,
)


@dataclass
class Profile:
    roles: list[str]


def claims_for(subject: str, grant: Grant) -> dict[str, Any]:
    assert_type(grant.acr, "str | None")
    assert_type(grant.amr, tuple[str, ...])
    assert_type(grant.authenticated_at, "datetime | None")
    return {"tenant of": grant.tenant, "scopes": grant.scopes}


async def claims_later(subject: str, grant: Grant) -> Profile:
    return Profile([])


def hears(event: SessionEvent) -> None:
    assert_type(event.subject, "str | None")
    assert_type(event.is_alarm, bool)
    if event.kind == "refresh.reuse":
        print(event.address)


def makes(ring: KeyRing, key: Key) -> None:
    Sessions(b"secret", store="memory:", policy=RotationPolicy("web", idle=timedelta(hours=1)))
    Sessions("secret", access_lifetime=900, ring=ring, claims_for=claims_for, on_event=hears)
    Sessions("secret", key=key, algorithm="ES256", audience=["a", "b"], maintain=False)
    AsyncSessions("secret", claims_for=claims_later, on_event=logging_events(logging.getLogger()))

    Sessions()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Sessions("secret", "memory:")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Sessions("secret", on_event=print, claims_for=len)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Sessions("secret", access_lifetime="15m")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    RotationPolicy("lenient")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TokenPair()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def lives(sessions: Sessions, now: datetime) -> None:
    pair = sessions.start("ada", scopes="read", authenticated_at=now, expected_epoch=1)
    assert_type(pair, TokenPair)
    assert_type(pair.expires_in, timedelta)
    assert_type(pair.to_dict(), dict[str, Any])
    assert_type(sessions.refresh(pair.refresh_token, client="web").is_replay, bool)
    assert_type(sessions.revoke_token(pair.refresh_token), bool)
    assert_type(sessions.revoke_subject("ada", tenant="acme"), int)
    assert_type(sessions.list("ada").sessions, tuple[SessionInfo, ...])
    assert_type(sessions.publication(), Publication)
    with sessions as own:
        assert_type(own, Sessions)

    sessions.start()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sessions.start("ada", "web")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sessions.revoke_session("ada")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sessions.revoke_session("ada", pair)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def lives_in_a_loop(sessions: AsyncSessions) -> None:
    pair = await sessions.start("ada")
    assert_type(pair, TokenPair)
    assert_type(await sessions.revoke_subject("ada"), int)
    assert_type(sessions.verify(pair.access_token), Live[dict[str, Any]])
    async with sessions as own:
        assert_type(own, AsyncSessions)

    with sessions:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass


def shows(live: Live[Profile]) -> str:
    return live.claims.roles[0]


def verifies(sessions: Sessions, verifier: SessionVerifier, token: str) -> None:
    live = sessions.verify(token, into=Profile)
    assert_type(live, Live[Profile])
    assert_type(live.claims.roles, list[str])
    assert_type(verifier.verify(token).claims, dict[str, Any])
    assert_type(verifier.verify(token, proven="thumbprint").bound_to, "str | None")
    shows(live)
    either = sessions.verify_fail_open(token, into=Profile)
    assert_type(either, "Live[Profile] | Stale[Profile]")
    if isinstance(either, Stale):
        assert_type(either.age, "timedelta | None")
    less: AccessToken[Profile] = either
    assert_type(less.subject, str)

    shows(either)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    live.subject = "mallory"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def audits(path: Path, sessions: Sessions) -> None:
    Sessions("secret", audit=path)
    AsyncSessions("secret", audit=AuditLog("audit-{pid}.jsonl", secret=b"secret", keep=7))
    assert_type(AuditLog(path).path, Path)
    assert_type(sessions.audit_state(), "AuditState | None")
    verified = verify_audit_log(path, "audit.jsonl", secret="secret", checkpoint="17:")
    assert_type(verified, AuditVerified)
    assert_type(verified.last, "tuple[int, str] | None")

    Sessions("secret", audit=b"audit.jsonl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AuditLog(path, addresses="some")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AuditLog(path, b"secret")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    AuditState()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sessions.audit_state().dropped  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def allows(policy: Policy, roles: list[str]) -> None:
    granted = policy.granted(roles, tenant="acme")
    assert_type(granted, Granted)
    granted.require("invoice:write:17")
    assert_type(granted.explain("invoice:read"), PermissionExplanation)

    granted.require(17)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    policy.granted(roles, "acme")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
