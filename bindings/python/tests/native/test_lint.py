"""`jotem.lint`: the corpus that the Rust tests run too, and what is Python's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib
from datetime import datetime, timezone
from typing import Any

import pytest

from jotem import Finding, Issuer, Key, Verifier, lint
from jotem.errors import Misuse
from jotem.testing import FrozenClock

VECTORS = pathlib.Path(__file__).parents[4] / "vectors" / "lint.json"
FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
HASHES = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def token(case: dict[str, Any]) -> str:
    """Builds the token of a case: vectors/lint.README.md says how."""
    claims = case["claims"]
    if "fill" in case:
        claims = {**claims, "fill": "x" * case["fill"]}
    header, payload = (base64url(text(part).encode()) for part in (case["header"], claims))
    if "signature" in case:
        signature = case["signature"]
    elif "signature_bytes" in case:
        signature = base64url(bytes(case["signature_bytes"]))
    else:
        secret = bytes.fromhex(case.get("secret_hex", FILE["secret_hex"]))
        if "secret" in case:
            secret = case["secret"].encode()
        algorithm = case["header"].get("alg") if isinstance(case["header"], dict) else None
        digest = HASHES.get(algorithm if isinstance(algorithm, str) else "", hashlib.sha256)
        signature = base64url(hmac.new(secret, f"{header}.{payload}".encode(), digest).digest())
    template: str = case.get("text", "{header}.{claims}.{signature}")
    return template.format(header=header, claims=payload, signature=signature)


def findings(case: dict[str, Any]) -> list[Finding]:
    if "subject" in case:
        return lint(text(case["subject"]))
    key: str | bytes | None = text(case["key"]) if "key" in case else None
    if "key_hex" in case:
        key = bytes.fromhex(case["key_hex"])
    return lint(token(case), key=key, now=FILE["now"])


# Only with a key is any text taken for a token: one without the beginning of tokens is a secret.
CASES = [case for case in FILE["cases"] if case["name"] != "header: not JSON"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_case_has_its_findings_no_more_and_no_less(case: dict[str, Any]) -> None:
    assert [finding.code for finding in findings(case)] == case["findings"]


def test_the_corpus_has_enough_of_both_kinds() -> None:
    sound = [case for case in FILE["cases"] if not case["findings"]]
    assert len(sound) >= 20
    assert len(FILE["cases"]) - len(sound) >= 60


def test_a_finding_says_everything_and_is_frozen() -> None:
    (finding,) = lint(b"changeme")
    assert finding.severity == "critical"
    assert finding.reference == "RFC 8725 §3.5"
    assert finding.place == "key"
    assert set(finding.facts) == {"entry", "source"}
    assert "changeme" not in f"{finding} {finding!r} {finding.message} {dict(finding.facts)}"
    with pytest.raises(TypeError):
        finding.facts["entry"] = 1  # type: ignore[index]
    with pytest.raises(AttributeError):
        finding.code = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Finding()  # type: ignore[call-arg]
    assert finding == lint("changeme")[0]
    assert len({finding, lint("changeme")[0]}) == 1


def test_a_token_of_ours_is_sound_and_its_key_too() -> None:
    key = Key.generate("ES256", key_id="2026-11")
    issuer = Issuer(key, issuer="https://auth.example", lifetime=900, token_type="at+jwt")
    issued = issuer.issue({"role": "admin"}, subject="42", audience="api", token_id="7d1f")
    assert lint(issued, key=key.public().to_pem()) == []
    assert lint(key.to_pem(private=True)) == []


def test_no_finding_is_no_verdict() -> None:
    clock = FrozenClock()
    key, other = Key.generate("ES256"), Key.generate("ES256")
    issuer = Issuer(key, issuer="a", lifetime=900, token_type="at+jwt", clock=clock)
    issued = issuer.issue(subject="42", audience="api", token_id="7d1f")
    assert lint(issued, key=other.public().to_pem(), now=clock()) == []
    with pytest.raises(Exception, match="signature"):
        Verifier(other.public(), audience="api", clock=clock).verify(issued)


def test_the_time_can_be_given() -> None:
    issued = token(FILE["cases"][0])
    early = datetime(2020, 1, 1, tzinfo=timezone.utc)
    assert [finding.code for finding in lint(issued, now=early)] == ["lint_iat_future"]
    assert lint(issued, now=FILE["now"]) == []
    with pytest.raises(Misuse):
        lint(issued, now=datetime(2020, 1, 1))


def test_beside_a_key_stands_a_token_whatever_it_looks_like() -> None:
    key = bytes.fromhex(FILE["secret_hex"])
    assert [finding.code for finding in lint(b"\xff\xfe", key=key)] == ["lint_token_shape"]
    assert [finding.code for finding in lint("changeme", key=key)] == ["lint_token_shape"]


@pytest.mark.parametrize("wrong", [None, 7, ["a"], {"kty": "oct"}])
def test_what_is_no_text_is_a_type_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="token_or_key: expected str or bytes"):
        lint(wrong)  # type: ignore[arg-type]
    if wrong is not None:
        with pytest.raises(TypeError, match="key: expected str or bytes"):
            lint("a.b.c", key=wrong)  # type: ignore[arg-type]
