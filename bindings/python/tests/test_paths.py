"""Which calls go step by step: those after something was replaced, and no others.

That both paths give the same is the business of the hook walk and of the differential test.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings
from collections.abc import Callable

import pytest

from jotem import _jotem, jwt

SECRET = "a secret of thirty-two bytes or more"


def is_one_call() -> bool:
    """Whether `encode` and `decode` are one call into Rust each."""
    before = dict(_jotem.pyjwt_paths())
    assert jwt.decode(jwt.encode({"sub": "42"}, SECRET), SECRET, ["HS256"]) == {"sub": "42"}
    after = dict(_jotem.pyjwt_paths())
    return after["one call"] - before["one call"] == 2


def warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jwt.decode(jwt.encode({}, SECRET), SECRET, ["HS256"], unknown=True)


@pytest.mark.parametrize(
    "use",
    [
        lambda: copy.copy(jwt.PyJWT()),
        lambda: copy.deepcopy(jwt.PyJWT()),
        lambda: copy.deepcopy(jwt.api_jws._jws_global_obj.get_algorithm_by_name("HS256")),
        lambda: pickle.loads(pickle.dumps(jwt.algorithms.HMACAlgorithm(hash))),
        lambda: copy.copy(jwt.PyJWK({"kty": "oct", "k": "AAAA"}, "HS256")),
        lambda: [getattr(cls, "__annotations__", None) for cls in (jwt.PyJWT, jwt.PyJWS)],
        lambda: [inspect.getmembers(cls) for cls in (jwt.PyJWT, jwt.PyJWS, jwt.PyJWK)],
        lambda: jwt.PyJWS(["HS256"]).register_algorithm("mine", jwt.algorithms.HMACAlgorithm(hash)),
        lambda: type("Mine", (jwt.PyJWT,), {"decode": None}),
        warn,
    ],
)
def test_what_replaces_nothing_leaves_one_call(use: Callable[[], object]) -> None:
    use()
    assert is_one_call()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (jwt.PyJWT, "decode_complete"),
        (jwt.PyJWT, "new_name"),
        (jwt.PyJWS, "_load"),
        (jwt.algorithms.HMACAlgorithm, "verify"),
        (jwt.algorithms.Algorithm, "__getattribute__"),
        (jwt.api_jws, "base64url_encode"),
        (jwt.utils, "len"),
    ],
)
def test_what_is_replaced_goes_step_by_step_until_it_is_put_back(
    owner: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_one_call()
    own = getattr(owner, name, len)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, lambda *a, **k: own(*a, **k), raising=False)
        assert not is_one_call()
    assert is_one_call()
