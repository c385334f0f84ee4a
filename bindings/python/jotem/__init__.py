"""JSON Web Tokens on a Rust engine: typed keys, one verifier, refusals that say why.

>>> from datetime import timedelta
>>> from jotem import Issuer, Key, Verifier
>>> key = Key.generate("ES256")
>>> issuer = Issuer(key, issuer="https://auth.example", lifetime=timedelta(minutes=15))
>>> token = issuer.issue({"role": "admin"}, subject="42", audience="api")
>>> verifier = Verifier(key.public(), issuer="https://auth.example", audience="api")
>>> verifier.verify(token).subject
'42'

A token that is not valid raises: see :mod:`jotem.errors`. PyJWT's own API is in ``jotem.jwt``, and
what tests need in ``jotem.testing``; neither is imported here.
"""

from . import errors
from ._algorithm import Algorithm
from ._jotem import (
    CacheState,
    Compromise,
    Explanation,
    Finding,
    Issuer,
    JWKSClient,
    JWKSEvent,
    Key,
    KeyRing,
    KeySet,
    Maintenance,
    Member,
    Publication,
    RingKey,
    RingTimers,
    Rotation,
    SourceStatus,
    Step,
    Unverified,
    Verified,
    Verifier,
    __version__,
    explain,
    lint,
    token_hash,
    unverified_claims,
    unverified_header,
)
from ._key_state import KeyState

__all__ = [
    "Algorithm",
    "CacheState",
    "Compromise",
    "Explanation",
    "Finding",
    "Issuer",
    "JWKSClient",
    "JWKSEvent",
    "Key",
    "KeyRing",
    "KeySet",
    "KeyState",
    "Maintenance",
    "Member",
    "Publication",
    "RingKey",
    "RingTimers",
    "Rotation",
    "SourceStatus",
    "Step",
    "Unverified",
    "Verified",
    "Verifier",
    "__version__",
    "errors",
    "explain",
    "lint",
    "token_hash",
    "unverified_claims",
    "unverified_header",
]
