"""Sessions: access tokens for minutes, refresh tokens for weeks, kept in a store, and ended at once.

>>> import os
>>> from jotem import errors
>>> from jotem.sessions import Sessions
>>> secret = os.urandom(32)  # in a program the same in every process, and after every restart
>>> sessions = Sessions(secret, store="memory:", issuer="https://auth.example", audience="api")
>>> pair = sessions.start("ada", scopes=["invoices"])
>>> sessions.verify(pair.access_token).subject
'ada'
>>> pair = sessions.refresh(pair.refresh_token)
>>> sessions.revoke_subject("ada")
1
>>> sessions.verify(pair.access_token)
Traceback (most recent call last):
    ...
jotem.errors.TokenRevoked: the token was revoked: by its subject

``Sessions`` waits, with the GIL released; ``AsyncSessions`` has the same calls for asyncio. Verifying
never asks the store: revocations come to every process within about a second. Everything that is
refused raises: see :mod:`jotem.errors`.
"""

from .._jotem import (
    AccessToken,
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
    SessionList,
    SessionVerifier,
    Stale,
    TokenPair,
    verify_audit_log,
)
from ._asyncio import AsyncSessions
from ._outputs import logging_events, prometheus_events
from ._refused import Refused
from ._waiting import Sessions

__all__ = [
    "AccessToken",
    "AsyncSessions",
    "AuditLog",
    "AuditState",
    "AuditVerified",
    "Grant",
    "Granted",
    "Live",
    "PermissionExplanation",
    "Policy",
    "Refused",
    "RotationPolicy",
    "SessionEvent",
    "SessionInfo",
    "SessionList",
    "SessionVerifier",
    "Sessions",
    "Stale",
    "TokenPair",
    "logging_events",
    "prometheus_events",
    "verify_audit_log",
]
