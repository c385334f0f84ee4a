"""H30: what an ID token says of the tokens beside it."""

from __future__ import annotations

import pytest

from attacks.faces import Native
from jotem import Issuer, Key, Verified, Verifier, errors, token_hash

BESIDE = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"


def id_token(algorithm: str, **claims: object) -> Verified:
    key = Key.generate(algorithm)
    verifier = Verifier(key if algorithm.startswith("HS") else key.public())
    return verifier.verify(Issuer(key, lifetime=60).issue(claims))


@pytest.mark.parametrize("algorithm", ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
def test_h30_refuses_a_hash_that_the_algorithm_does_not_name(native: Native, algorithm: str) -> None:
    assert token_hash(algorithm, BESIDE) is None
    for value in ("77QmUPtjPfzWtF2AnpK9RQ", "", "None"):
        token = id_token(algorithm, at_hash=value, c_hash=value)
        native.raises("jwt_hash_undefined", token.check_access_token, BESIDE)
        native.raises("jwt_hash_undefined", token.check_code, BESIDE)


@pytest.mark.parametrize(("algorithm", "characters"), [("HS256", 22), ("ES384", 32), ("EdDSA", 43)])
def test_h30_refuses_another_hash_and_none(
    native: Native, algorithm: str, characters: int
) -> None:
    right = token_hash(algorithm, BESIDE)
    assert right is not None and len(right) == characters
    id_token(algorithm, at_hash=right).check_access_token(BESIDE)
    id_token(algorithm, c_hash=right).check_code(BESIDE)
    for wrong in (right[1:], right + "=", right.lower(), "", BESIDE):
        token = id_token(algorithm, at_hash=wrong)
        refused = native.raises("jwt_hash_mismatch", token.check_access_token, BESIDE)
        assert isinstance(refused, errors.ClaimRefused) and refused.claim == "at_hash"
    for wrong_type in (None, 7, [right]):
        token = id_token(algorithm, at_hash=wrong_type)
        native.raises("jwt_claim_type", token.check_access_token, BESIDE)
    native.raises("jwt_claim_missing", id_token(algorithm).check_access_token, BESIDE)
    native.rejects_type(id_token(algorithm).check_access_token, None)
    native.raises("misuse_argument", token_hash, "none", BESIDE)
