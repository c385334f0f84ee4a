"""What an import brings with it. How long it takes is measured in benchmarks/python/imports.py."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jotem import jwt

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


# A part of the interpreter: no file is read for it.
BUILT_IN = {"atexit"}


def test_jotem_brings_enum_and_itself() -> None:
    ours = {"jotem", "jotem._algorithm", "jotem._jotem", "jotem._key_state", "jotem.errors"}
    assert brought("import jotem") - brought("import __future__, enum") - BUILT_IN == ours


def test_what_awaits_is_imported_when_it_is_asked_for() -> None:
    client = "import jotem\nclient = jotem.JWKSClient(issuer='https://a.example')\n"
    assert "asyncio" not in brought(client)
    assert {"asyncio", "jotem._awaiting"} <= brought(f"{client}client.ready_async().close()")


@pytest.mark.parametrize("hidden", ["", "sys.modules['cryptography'] = None"])
def test_jotem_jwt_brings_what_pyjwt_does_and_itself(hidden: str) -> None:
    theirs, ours = (brought(f"{hidden}\n{name}") for name in ("import jwt", "import jotem.jwt"))
    assert "jwt.api_jwt" in theirs
    assert "jotem.jwt.api_jwt" in ours
    assert {name for name in ours - theirs if not name.startswith("jotem")} <= BUILT_IN


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


def test_what_fetches_keys_is_imported_when_it_is_asked_for() -> None:
    http = {"http.client", "jotem.jwt.jwks_client", "ssl", "urllib.request"}
    assert http & brought("from jotem import jwt\njwt.decode, dir(jwt), jwt.PyJWKError") == set()
    for statement in (
        "jwt.PyJWKClient",
        "jwt.jwks_client.PyJWKClient is jwt.PyJWKClient or exit(1)",
        "from jotem.jwt import PyJWKClient",
        "from jotem.jwt import *; PyJWKClient",
        "import jotem.jwt.jwks_client as client; client.PyJWKClient is jwt.PyJWKClient or exit(1)",
        "import pkgutil; pkgutil.resolve_name('jotem.jwt.jwks_client.urllib.request.urlopen')",
        "getattr(jwt, 'PyJWKClient')",
    ):
        assert http <= brought(f"from jotem import jwt\n{statement}")


def test_a_client_that_was_replaced_is_put_back() -> None:
    patched = """
from jotem import jwt
from unittest import mock
with mock.patch("jotem.jwt.PyJWKClient") as replaced:
    assert jwt.PyJWKClient is replaced
assert jwt.PyJWKClient is jwt.jwks_client.PyJWKClient
"""
    assert "jotem.jwt.jwks_client" in brought(patched)


def test_a_name_that_is_not_there_is_missing_in_the_usual_words() -> None:
    with pytest.raises(AttributeError) as missing:
        jwt.no_such_name  # noqa: B018 (the attribute is what is tested)
    assert str(missing.value) == "module 'jotem.jwt' has no attribute 'no_such_name'"
    assert {"PyJWKClient", "jwks_client"} <= set(dir(jwt))


@pytest.mark.parametrize("statements", [_ISSUE, _ISSUE + _VERIFY, _ISSUE + _REFUSE])
def test_using_jotem_brings_datetime_at_most(statements: str) -> None:
    assert brought(statements) <= brought("import jotem, datetime")
