"""Refusals and explanations of the native API: what type checkers must infer, and must refuse."""

from __future__ import annotations

from typing import Any

from typing_extensions import Literal, assert_type

from jotem import (
    Explanation,
    Finding,
    Step,
    Unverified,
    Verifier,
    explain,
    lint,
    unverified_claims,
    unverified_header,
)
from jotem.errors import (
    ClaimRefused,
    Expired,
    JotemError,
    KeyRefused,
    Misuse,
    RingFailed,
    SigningFailed,
    TokenRefused,
)


def errors_form_one_tree(verifier: Verifier, token: str) -> None:
    try:
        verifier.verify(token)
    except (Expired, KeyRefused) as error:
        assert_type(error, "Expired | KeyRefused")
        assert_type(error.code, str)
        assert_type(error.hint, str)
        assert_type(error.claim, "str | None")
        assert_type(error.facts, dict[str, Any])
        assert_type(error.public, dict[str, str])
    any_of_them: list[JotemError] = [
        Expired("expired", "jwt_expired"),
        KeyRefused("refused", "key_refused"),
        Misuse("misuse", "misuse"),
        RingFailed("failed", "ring_failed"),
        SigningFailed("failed", "signing_failed"),
    ]
    refused: TokenRefused = ClaimRefused("another", "jwt_audience_mismatch")
    assert_type(any_of_them[0].code, str)

    not_a_token: TokenRefused = KeyRefused("refused", "key_refused")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    Expired("expired")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    refused.claim.upper()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    str(not_a_token)


def a_misuse_is_a_value_error(error: ValueError) -> None:
    if isinstance(error, Misuse):
        assert_type(error.code, str)

    error.code  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def explanations_have_steps(verifier: Verifier, token: str) -> None:
    explanation = verifier.explain(token)
    assert_type(explanation, Explanation)
    assert_type(explain(token), Explanation)
    assert_type(explanation.steps, tuple[Step, ...])
    assert_type(explanation.steps[0].verdict, Literal["passed", "failed", "not reached"])
    assert_type(explanation.rejection, "TokenRefused | None")

    bool(explanation.steps[0].verdict == "maybe")  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
    explanation.is_verified = True  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def findings_are_read_only(token: str) -> None:
    findings = lint(token, key=b"secret", now=0)
    assert_type(findings, list[Finding])
    assert_type(findings[0].severity, Literal["critical", "high", "medium", "low", "info"])
    assert_type(findings[0].facts["bytes"], "int | str")

    lint(token, b"secret")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    findings[0].code = "a"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def what_nobody_verified_is_no_claims(token: str) -> None:
    assert_type(unverified_claims(token), Unverified[dict[str, Any]])
    assert_type(unverified_header(token).as_untrusted(), dict[str, Any])

    unverified_claims(token)["sub"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    unverified_claims(token).claims  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    claims: dict[str, Any] = unverified_claims(token)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    claims.clear()
