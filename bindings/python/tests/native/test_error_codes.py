"""Every code that an exception can have is explained in docs/errors.md, and nothing else is."""

from __future__ import annotations

import doctest
import pathlib
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from jotem import Issuer, JWKSClient, Key, KeySet, Verifier, errors
from jotem.testing import Forgery

ROOT = pathlib.Path(__file__).parents[4]
PAGE = ROOT / "docs" / "errors.md"
RUST, _, PYTHON = PAGE.read_text(encoding="utf-8").partition("\n## In Python only\n")
ENGINE, _, KEYS_AT_WORK = RUST.partition("\n## Key rings\n")
RING, _, MORE = KEYS_AT_WORK.partition("\n## Remote key sets\n")
REMOTE, _, SESSIONS = MORE.partition("\n## Roles\n")
AUDIT = SESSIONS.partition("\n## Audit\n")[2]


def sections(text: str) -> set[str]:
    return set(re.findall(r"^### `(\w+)`$", text, re.MULTILINE))


def codes(pattern: str, folder: str, files: str) -> set[str]:
    paths = (ROOT / folder).glob(files)
    return {code for path in paths for code in re.findall(pattern, path.read_text("utf-8"))}


def test_the_codes_of_the_engine_and_of_the_binding_have_sections() -> None:
    engine = codes(r'= "(\w+)",', "crates/jotem/src/error", "code.rs")
    binding = codes(r'\bcode: "(\w+)"', "bindings/python/src/native", "*.rs")
    assert len(engine) > 100
    assert sections(ENGINE) == engine
    assert sections(PYTHON) == binding - engine == {"misuse_argument"}


def test_the_codes_of_rings_have_sections() -> None:
    rings = codes(r'= "(ring_\w+)",', "crates/jotem-jwks/src/ring", "error.rs")
    assert len(rings) > 20
    assert sections(RING) == rings

def test_the_codes_of_remote_key_sets_have_sections() -> None:
    remote = codes(r'=> "(jwks_\w+)"', "crates/jotem-jwks/src/remote", "error.rs")
    assert len(remote) > 20
    assert sections(REMOTE) == remote


def test_the_codes_of_audit_logs_have_sections() -> None:
    audit = codes(r'=> "(audit_\w+)"', "crates/jotem-session/src/audit", "error.rs")
    assert len(audit) > 20
    assert sections(AUDIT) == audit


def test_the_codes_that_tests_expect_exist() -> None:
    assert {forgery.code for forgery in Forgery} <= sections(ENGINE)


def test_the_page_runs() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 2
    assert outcome.failed == 0


def mistakes() -> dict[str, Any]:
    """What is written in the first hour, by what the message must say."""
    private, secret = Key.generate("ES256"), Key.generate("HS256")
    jwks = KeySet([private]).to_dict()
    issuer, verifier = Issuer(private, lifetime=60), Verifier(private.public())
    token = issuer.issue(audience="api")
    return {
        "names are case-sensitive": lambda: Key.generate("es256"),
        "at least 32": lambda: Key.from_secret("changeme", algorithm="HS256"),
        "EC key on P-256": lambda: Key.from_secret("x" * 32, algorithm="ES256"),
        "not the name of its file": lambda: Key.from_pem("key.pem", algorithm="ES256"),
        "KeySet.from_json": lambda: Key.from_jwk(jwks, algorithm="ES256"),
        "got dict": lambda: Verifier(jwks),  # type: ignore[arg-type]
        "from_dict": lambda: KeySet(jwks),  # type: ignore[arg-type]
        "key.public()": lambda: Verifier(private),
        "mixed": lambda: Verifier([private.public(), secret]),
        "at least one key": lambda: Verifier([]),
        "correct the clocks": lambda: Verifier(secret, leeway=3600),
        "lifetime=timedelta": lambda: Issuer(private),
        "needs the private one": lambda: Issuer(private.public(), lifetime=60),
        "seconds, got str": lambda: Issuer(private, lifetime="15m"),  # type: ignore[arg-type]
        "negative": lambda: Issuer(private, lifetime=timedelta(minutes=-1)),
        "expires_at=": lambda: issuer.issue({"exp": 1}),
        "expected str, got int": lambda: issuer.issue(subject=42),  # type: ignore[arg-type]
        "claims.at: expected": lambda: issuer.issue({"at": datetime(2030, 1, 1)}),
        "timezone.utc": lambda: issuer.issue(expires_at=datetime(2030, 1, 1)),
        "not in milliseconds": lambda: issuer.issue(expires_at=1_700_000_000_000),
        "only what follows `Bearer `": lambda: verifier.verify("Bearer " + token),
        "token.strip()": lambda: verifier.verify(token + "\n"),
        "any_audience=True": lambda: verifier.verify(token),
        "got NoneType": lambda: verifier.verify(None),  # type: ignore[arg-type]
        "`issuer=`, or `key_set=`": lambda: JWKSClient(),
        "allow_http=": lambda: JWKSClient(key_set="http://login.example/jwks.json"),
        "key_set={issuer: url}": lambda: JWKSClient(issuer="https://a.example", key_set="https://b"),
        "not their file": lambda: JWKSClient(issuer="https://a", certificate_authorities="ca.pem"),
        "Verifier(client, ...)": lambda: JWKSClient(issuer="https://a").verify(verifier, token),
    }


@pytest.mark.parametrize("advice", mistakes())
def test_a_likely_mistake_is_told_what_to_do(advice: str) -> None:
    with pytest.raises((errors.JotemError, TypeError)) as caught:
        mistakes()[advice]()
    assert advice in f"{caught.value} {getattr(caught.value, 'hint', '')}"
    code = getattr(caught.value, "code", "misuse_argument")
    assert code in sections(ENGINE) | sections(REMOTE) | sections(PYTHON)


def test_an_argument_that_makes_no_sense_has_the_code_of_python() -> None:
    with pytest.raises(errors.Misuse) as caught:
        Issuer(Key.generate("ES256"), lifetime=-1)
    assert caught.value.code == "misuse_argument"
    assert isinstance(caught.value, ValueError)
