"""Which calls go step by step: those after something was replaced, and no others.

That both paths give the same is the business of the hook walk and of the differential test.
"""

from __future__ import annotations

import base64
import copy
import inspect
import itertools
import json
import pickle
import subprocess
import sys
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
        (json.encoder, "encode_basestring_ascii"),
        (json._default_decoder, "scan_once"),
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


def _subclass(owner: type) -> type:
    return type("Mine", (owner,), {})


GLOBAL = jwt.api_jwt._jwt_global_obj
HS256 = jwt.get_algorithm_by_name("HS256")


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        (GLOBAL, "__class__", _subclass(jwt.PyJWT)),
        (GLOBAL._jws, "__class__", _subclass(jwt.PyJWS)),
        (HS256, "__class__", _subclass(jwt.algorithms.HMACAlgorithm)),
        (GLOBAL, "__dict__", {**GLOBAL.__dict__, "_jws": jwt.PyJWS(["HS256"])}),
        (GLOBAL._jws, "__dict__", {**GLOBAL._jws.__dict__, "options": {"verify_signature": True}}),
        (HS256, "__dict__", {"hash_alg": jwt.algorithms.HMACAlgorithm.SHA384}),
        (GLOBAL, "_jws", jwt.PyJWS()),
        (GLOBAL, "new_name", 1),
        (GLOBAL._jws, "_algorithms", {**GLOBAL._jws._algorithms}),
        (HS256, "hash_alg", jwt.algorithms.HMACAlgorithm.SHA512),
        (HS256, "new_name", 1),
    ],
)
def test_what_becomes_of_the_objects_of_the_module_counts_at_once(
    owner: object, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, secret = {"sub": "42"}, SECRET * 2
    token = jwt.encode(claims, secret)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, value, raising=False)
        changed = owner is HS256 and name in {"hash_alg", "__dict__"}
        assert (jwt.encode(claims, secret) != token) is changed
    assert jwt.encode(claims, secret) == token
    assert is_one_call()


def test_options_that_change_count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    old = jwt.encode({"exp": 1}, SECRET)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(old, SECRET, ["HS256"])
    monkeypatch.setitem(GLOBAL.options, "verify_exp", False)
    assert jwt.decode(old, SECRET, ["HS256"]) == {"exp": 1}
    monkeypatch.setitem(GLOBAL.options, "verify_exp", True)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(old, SECRET, ["HS256"])
    GLOBAL.options["require"].append("sub")
    try:
        with pytest.raises(jwt.MissingRequiredClaimError):
            jwt.decode(jwt.encode({}, SECRET), SECRET, ["HS256"])
    finally:
        GLOBAL.options["require"].clear()
    assert jwt.decode(jwt.encode({}, SECRET), SECRET, ["HS256"]) == {}


def test_a_function_whose_code_or_defaults_were_replaced_is_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def encode(*_: object) -> str:
        return "mine"

    def decode(*_: object) -> str:
        return "mine too"

    defaults = jwt.PyJWT.encode.__defaults__
    assert defaults is not None
    with monkeypatch.context() as patch:
        patch.setattr(jwt.PyJWT.encode, "__defaults__", ("HS512", *defaults[1:]))
        header = jwt.get_unverified_header(jwt.encode({}, SECRET * 2))
        assert header["alg"] == "HS512"
    token = jwt.encode({}, SECRET)
    with monkeypatch.context() as patch:
        patch.setattr(jwt.PyJWT.encode, "__code__", encode.__code__)
        patch.setattr(jwt.PyJWT.decode, "__code__", decode.__code__)
        assert jwt.encode({}, SECRET) == "mine"
        assert jwt.decode(token, SECRET, ["HS256"]) == "mine too"
    assert is_one_call()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), {}),
        (({},), {}),
        (({}, SECRET), {"payload": {}}),
        (({}, SECRET), {"no_such": 1}),
        (({}, SECRET, "HS256", None, None, True, None), {}),
        ((), {"key": SECRET}),
    ],
)
def test_a_call_that_does_not_fit_is_refused_in_the_words_of_python(
    arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    def encode(
        self, payload, key, algorithm=None, headers=None, json_encoder=None, sort_headers=True
    ):
        raise AssertionError

    encode.__qualname__ = "PyJWT.encode"
    with pytest.raises(TypeError) as expected:
        encode(GLOBAL, *arguments, **named)
    with pytest.raises(TypeError) as found:
        jwt.encode(*arguments, **named)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (({"sub": "42"}, SECRET), {}),
        (({"sub": "42"},), {"key": SECRET}),
        ((), {"key": SECRET, "payload": {"sub": "42"}}),
        (({"sub": "42"}, SECRET, "HS256", None, None, True), {}),
        (({"sub": "42"}, SECRET), {"sort_headers": True, "algorithm": "HS256", "headers": None}),
        (({"sub": "42"}, SECRET), {"".join(["al", "gorithm"]): "HS256"}),
    ],
)
def test_arguments_may_come_by_position_and_by_name(
    arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    assert jwt.encode(*arguments, **named) == jwt.encode({"sub": "42"}, SECRET, "HS256")
    assert jwt.PyJWT().encode(*arguments, **named) == jwt.encode({"sub": "42"}, SECRET)


def test_claims_keep_their_order_whatever_tokens_came_before() -> None:
    payloads = [
        '{"a":1,"b":2}',
        '{"a":3}',
        '{"a":1,"b":2,"c":3}',
        '{"b":1,"a":2}',
        '{"a":1,"b":2,"a":3}',
        '{"a":1,"a":2}',
        '{"a":{"b":{"a":1}},"b":[{"a":1,"b":2}]}',
        "{}",
        '{"c":1,"d":2,"e":3,"f":4,"g":5,"h":6,"i":7,"j":8,"k":9}',
    ]
    tokens = {payload: jwt.PyJWS().encode(payload.encode(), SECRET) for payload in payloads}
    for four in itertools.product(payloads, repeat=4):
        for payload in four:
            found = jwt.decode(tokens[payload], SECRET, ["HS256"])
            expected = json.loads(payload)
            assert list(found.items()) == list(expected.items())
            found["x"] = found.pop("a", None)


def test_claims_are_written_as_json_does_whatever_names_came_before() -> None:
    values = ["text", "quote\"", "ü", "\x7f", "", "a" * 40, 0, 7, -1, 2**63, 10**16, 1.5, True, None]
    names = ["iss", "sub", "exp", "a", "a" * 30, "quote\"", "ü", ""]
    for number, value in enumerate(values * len(names)):
        claims = {names[(number + step) % len(names)]: value for step in range(number % 4)}
        if not isinstance(claims.get("iss", ""), str):
            continue
        token = jwt.encode(claims, SECRET)
        payload = base64.urlsafe_b64decode(token.split(".")[1] + "==")
        assert payload.decode() == json.dumps(claims, separators=(",", ":"))
        assert token == jwt.PyJWS().encode(payload, SECRET)
    big = {f"name{number}": "a" * 100 for number in range(16)}
    assert jwt.decode(jwt.encode(big, SECRET), SECRET, ["HS256"]) == big


def test_a_call_while_the_program_ends_is_answered() -> None:
    program = """
import builtins, os
from jotem import jwt
class Last:
    def __init__(self, secret):
        self.calls = (jwt.encode, jwt.decode, os.write, secret)
        # Whether a key will do is found out once, and that imports.
        jwt.encode({}, secret)
    def __del__(self):
        encode, decode, write, secret = self.calls
        for _ in range(200):
            claims = decode(encode({"sub": "42"}, secret), secret, ["HS256"])
        write(1, claims["sub"].encode())
builtins.last = Last("a secret of thirty-two bytes or more")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "42", "")

