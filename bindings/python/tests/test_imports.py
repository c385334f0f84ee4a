"""What an import brings with it. How long it takes is measured in benchmarks/python/imports.py."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("jwt")
pytest.importorskip("cryptography")

_NEW = """
import sys
before = set(sys.modules)
{}
print(*sorted(set(sys.modules) - before))
"""


def brought(statements: str) -> set[str]:
    """The modules that the statements import in a new process, beyond those of its start."""
    command = [sys.executable, "-c", _NEW.format(statements)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_jotem_brings_enum_and_itself() -> None:
    ours = {"jotem", "jotem._algorithm", "jotem._jotem", "jotem.errors"}
    assert brought("import jotem") - brought("import __future__, enum") == ours


@pytest.mark.parametrize("hidden", ["", "sys.modules['cryptography'] = None"])
def test_jotem_jwt_brings_what_pyjwt_does_and_itself(hidden: str) -> None:
    theirs, ours = (brought(f"{hidden}\n{name}") for name in ("import jwt", "import jotem.jwt"))
    assert "jwt.api_jwt" in theirs
    assert "jotem.jwt.api_jwt" in ours
    assert {name for name in ours - theirs if not name.startswith("jotem")} == set()


_ISSUE = """
import jotem
key = jotem.Key.generate("ES256")
token = jotem.Issuer(key, audience="api", lifetime=900).issue({"role": "admin"}, subject="42")
"""
_VERIFY = """
jotem.Verifier(key.public(), audience="api").verify(token).claims
"""
_REFUSE = """
try:
    jotem.Verifier(key.public(), audience="web").verify(token)
except jotem.errors.TokenRefused as error:
    str(error), error.code, error.hint, error.facts, error.public
str(jotem.Verifier(key.public()).explain(token))
"""


@pytest.mark.parametrize("statements", [_ISSUE, _ISSUE + _VERIFY, _ISSUE + _REFUSE])
def test_using_jotem_brings_datetime_at_most(statements: str) -> None:
    assert brought(statements) <= brought("import jotem, datetime")
