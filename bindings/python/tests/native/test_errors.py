"""The tree of errors, and what travels with an error."""

from __future__ import annotations

import pathlib
import pickle
import subprocess
import sys

import pytest

import jotem
from jotem import Algorithm, Issuer, Key, Verifier, errors, explain
from jotem import unverified_claims, unverified_header
from jotem.testing import Forgery, FrozenClock, TestIssuer

TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhZG1pbiJ9.AA"


def test_every_error_is_a_jotem_error() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.JotemError)
    for refusal in (errors.SignatureInvalid, errors.KeyNotFound, errors.ClaimRefused):
        assert issubclass(refusal, errors.TokenRefused)
    for claim in (errors.Expired, errors.NotYetValid):
        assert issubclass(claim, errors.ClaimRefused)
    for other in (errors.KeyRefused, errors.Misuse, errors.SigningFailed):
        assert not issubclass(other, errors.TokenRefused)
    assert issubclass(errors.Misuse, ValueError)


@pytest.mark.parametrize("forgery", list(Forgery))
def test_an_error_survives_a_pickle(forgery: Forgery) -> None:
    issuer = TestIssuer()
    with pytest.raises(errors.TokenRefused) as caught:
        issuer.verifier().verify(issuer.forge(forgery))
    error = caught.value
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_an_error_without_facts_survives_too() -> None:
    error = pickle.loads(pickle.dumps(errors.Misuse("wrong", "misuse_argument")))
    assert (str(error), error.code, error.facts, error.claim) == ("wrong", "misuse_argument", {}, None)


def test_facts_are_of_pythons_types(private: Key) -> None:
    token = Issuer(Key.generate("ES384"), lifetime=60).issue()
    with pytest.raises(errors.TokenRefused) as caught:
        Verifier(private.public()).verify(token)
    assert caught.value.facts == {"found": Algorithm.ES384, "allowed": [Algorithm.ES256]}
    assert type(caught.value.facts["found"]) is Algorithm


def test_explain_needs_no_key_and_verifies_nothing() -> None:
    explanation = explain(TOKEN)
    assert not explanation.is_verified
    assert explanation.rejection is None
    assert [step.verdict for step in explanation.steps[:3]] == ["passed"] * 3
    assert str(explanation).endswith("not verified: no key was given")
    assert explain("a.b").rejection is not None
    assert explain(b"Bearer a.b.c").steps[1].verdict == "failed"


def test_what_nobody_verified_says_so() -> None:
    header = unverified_header(TOKEN)
    assert header.as_untrusted() == {"alg": "ES256", "kid": "a"}
    assert unverified_claims(TOKEN.encode()).as_untrusted() == {"sub": "admin"}
    assert repr(header) == "<jotem.Unverified>"
    with pytest.raises(TypeError):
        header["alg"]  # type: ignore[index]
    with pytest.raises(TypeError):
        jotem.Unverified()


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30", "eyJhIjoxLCJhIjoyfQ.e30.AA"])
def test_what_cannot_be_read_is_refused_unverified_as_well(token: str) -> None:
    for read in (unverified_header, unverified_claims):
        with pytest.raises(errors.TokenRefused):
            read(token)
        with pytest.raises(TypeError):
            read(None)  # type: ignore[arg-type]


def test_an_algorithm_is_its_name() -> None:
    assert str(Algorithm.ES256) == f"{Algorithm.ES256}" == "ES256" == Algorithm.ES256
    assert Algorithm("EdDSA") is Algorithm.EdDSA
    assert len(Algorithm) == 18


def test_the_classes_of_proofs_take_parameters_in_annotations() -> None:
    assert repr(jotem.Verified[int]) == "jotem.Verified[int]"
    assert repr(jotem.Unverified[int]) == "jotem.Unverified[int]"


def test_the_fixture_issues_for_its_verifier(
    jotem_issuer: TestIssuer, jotem_clock: FrozenClock
) -> None:
    verifier = jotem_issuer.verifier()
    token = jotem_issuer.token({"role": "admin"}, subject="7")
    verified = verifier.verify(token)
    assert (verified.subject, verified.claims["role"]) == ("7", "admin")
    with pytest.raises(ValueError, match="time zone"):
        jotem_clock.set(jotem_clock().replace(tzinfo=None))


def test_a_conftest_may_name_the_plugin_and_import_it(tmp_path: pathlib.Path) -> None:
    conftest = "import jotem.testing\npytest_plugins = ['jotem.testing']\n"
    (tmp_path / "conftest.py").write_text(conftest)
    test = "def test_it(jotem_issuer):\n    assert jotem_issuer.verifier()\n"
    (tmp_path / "test_it.py").write_text(test)
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, stdout=subprocess.PIPE)


def test_everything_that_is_exported_is_there_and_says_what_it_is() -> None:
    for name in jotem.__all__:
        exported = getattr(jotem, name)
        assert name == "__version__" or exported.__doc__
