"""Issuing and verifying with the native API: what type checkers must infer, and must refuse.

Like every file here it is read by mypy and pyright and never run. A line with two comments that
ignore an error must be that error, for both: a comment that is not needed is an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from typing_extensions import assert_type

from jotem import Algorithm, CacheState, Issuer, Key, KeySet, Verified, Verifier
from jotem.errors import TokenRefused


@dataclass
class Profile:
    """Claims of an application."""

    role: str


NOW = datetime.now(timezone.utc)


def issues(key: Key) -> None:
    issuer = Issuer(key, issuer="https://auth.example", lifetime=timedelta(minutes=15))
    assert_type(issuer, Issuer)
    assert_type(issuer.algorithm, Algorithm)
    assert_type(issuer.issue({"role": "admin"}, subject="42", audience=["api", "web"]), str)
    assert_type(issuer.issue(Profile("admin"), expires_at=NOW, not_before=1_700_000_000), str)
    assert_type(Issuer(key, never_expires=True, clock=lambda: NOW).issue(), str)

    Issuer(key, "https://auth.example")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Issuer(key, lifetime="15 minutes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Issuer(key, header={"x": None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    Issuer("secret", lifetime=60)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    issuer.issue({}, subject=42)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    issuer.issue({}, "42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    issuer.issue({}, lifetime=60)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def verifies(key: Key, keys: KeySet, token: str) -> None:
    verifier = Verifier(key, issuer=["https://a.example", "https://b.example"], audience="api")
    verified = verifier.verify(token)
    assert_type(verified, Verified[dict[str, Any]])
    assert_type(verified.claims, dict[str, Any])
    assert_type(verified.subject, "str | None")
    assert_type(verified.audience, list[str])
    assert_type(verified.expires_at, "datetime | None")
    assert_type(verifier.verify(b"a.b.c", into=Profile), Verified[Profile])
    assert_type(verifier.verify(token, into=Profile).claims.role, str)
    assert_type(Verifier(keys, algorithms=["RS256", Algorithm.ES256]), Verifier)
    assert_type(Verifier([key], clock=lambda: 1_700_000_000.0).algorithms, tuple[Algorithm, ...])

    cached = Verifier(key, cache=1 << 20)
    assert_type(cached.cache_state, "CacheState | None")
    cached.clear_cache()

    Verifier(key, cache="1 MiB")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cached.cache_state.hits  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    Verifier("secret")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Verifier(key, "api")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Verifier(key, algorithms=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Verifier(key, leeway="30")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Verifier(key, clock=lambda: "now")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    verifier.verify(None)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    verifier.verify(token, into=Profile("a"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    verifier.verify(token, key)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    verified.subject.upper()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    verified["sub"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


def works_in_batches(issuer: Issuer, verifier: Verifier, lines: Iterator[bytes]) -> None:
    tokens = issuer.issue_many([{"sub": "1"}, Profile("admin")], audience="api", expires_at=NOW)
    assert_type(tokens, list[str])
    assert_type(issuer.issue_each({"n": n} for n in range(9)), Iterator[str])
    assert_type(issuer.issue_many([{}], return_exceptions=False), list[str])
    answers = issuer.issue_many([{}], return_exceptions=True)
    assert_type(answers, list[str | Exception])
    assert_type(issuer.issue_each([{}], return_exceptions=True), Iterator[str | Exception])
    verdicts = verifier.verify_many(tokens)
    assert_type(verdicts, list[Verified[dict[str, Any]] | TokenRefused])
    assert_type(verifier.verify_each(lines), Iterator[Verified[dict[str, Any]] | TokenRefused])
    for verdict in verifier.verify_each(lines, into=Profile):
        if isinstance(verdict, TokenRefused):
            assert_type(verdict.code, str)
        else:
            assert_type(verdict.claims.role, str)

    verdicts[0].subject  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    verifier.verify_many([5])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    verifier.verify_many(tokens, Profile)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    issuer.issue_many([{}], subject="42")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    issuer.issue_many([{}], return_exceptions=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    answers[0].upper()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    len(issuer.issue_each([{}]))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def needs_a_profile(proof: Verified[Profile]) -> str:
    return proof.claims.role


def proofs_say_what_they_prove(verifier: Verifier, token: str) -> None:
    object_proof: Verified[object] = verifier.verify(token, into=Profile)
    assert_type(object_proof.header, dict[str, Any])
    needs_a_profile(verifier.verify(token, into=Profile))

    needs_a_profile(verifier.verify(token))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    needs_a_profile(token)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
