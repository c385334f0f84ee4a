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
    http = {"http.client", "jotem.jwt._http", "ssl", "urllib.request"}
    assert http & brought("from jotem import jwt\njwt.decode, dir(jwt), jwt.PyJWKClient") == set()
    for statement in (
        "jwt.PyJWKClient('https://auth.example/jwks.json')",
        "jwt.jwks_client.urlparse",
        "from jotem.jwt.jwks_client import URLError, _NoRedirectHandler",
        "import pkgutil; pkgutil.resolve_name('jotem.jwt.jwks_client.urllib.request.urlopen')",
    ):
        assert http <= brought(f"from jotem import jwt\n{statement}")


@pytest.mark.parametrize("before", ["", "client.PyJWKClient('https://auth.example'); "])
def test_what_was_replaced_in_the_client_is_called(before: str) -> None:
    patched = f"""
from jotem.jwt import jwks_client as client
from unittest import mock
{before}
with mock.patch("jotem.jwt.jwks_client.urlparse") as replaced:
    replaced.return_value.scheme = "https"
    client.PyJWKClient("file:///etc/passwd")
replaced.assert_called_once_with("file:///etc/passwd")
"""
    assert "urllib.request" in brought(patched)


def test_a_name_that_is_not_there_is_missing_in_the_usual_words() -> None:
    for module in (jwt, jwt.jwks_client):
        with pytest.raises(AttributeError) as missing:
            module.no_such_name  # noqa: B018 (the attribute is what is tested)
        expected = f"module '{module.__name__}' has no attribute 'no_such_name'"
        assert str(missing.value) == expected
    assert {"PyJWKClient", "jwks_client"} <= set(dir(jwt))


@pytest.mark.parametrize("statements", [_ISSUE, _ISSUE + _VERIFY, _ISSUE + _REFUSE])
def test_using_jotem_brings_datetime_at_most(statements: str) -> None:
    assert brought(statements) <= brought("import jotem, datetime")
