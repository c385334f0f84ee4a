"""W18: Python's own objects, threads and processes at the border to the engine."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from typing import Any

import pytest

from attacks.faces import NOW, Native, PyJWTFace
from attacks.tokens import SECRET, good, segment, token
from differential.keys import private_key
from jotem import Issuer, Key, KeySet, errors, jwt

GOOD = token()


class Text(str):
    """A string that says other things than it holds."""

    def encode(self, *args: Any, **kwargs: Any) -> bytes:
        return token(claims='{"sub":"admin","exp":4102444800}').encode()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Octets(bytes):
    """Bytes that compare equal to everything, and split into anything."""

    def __eq__(self, other: object) -> bool:
        return True

    def rsplit(self, *args: Any, **kwargs: Any) -> Any:
        return [b"", b""]

    __hash__ = bytes.__hash__


def test_w18_subclasses_are_read_by_what_they_hold(native: Native, pyjwt: PyJWTFace) -> None:
    for honest in (Text(GOOD), Octets(GOOD.encode())):
        assert native.accepts(honest).subject == "42"
    for forged in (Text(f"{GOOD[:-4]}AAAA"), Octets(f"{GOOD[:-4]}AAAA".encode())):
        native.refuses(forged, "jws_signature_mismatch")
    for odd in (Text(GOOD), Octets(GOOD.encode()), Text("a.b.c"), Octets(b"")):
        pyjwt.same(lambda jwt, o=odd: jwt.decode(o, SECRET, ["HS256"]))
    for key in (Text(SECRET.decode()), Octets(SECRET), Text("x"), Octets(b"")):
        pyjwt.same(lambda jwt, k=key: jwt.decode(GOOD, k, ["HS256"]))
    for audience in (Text("me"), [Text("me")]):
        pyjwt.same(lambda jwt, a=audience: jwt.decode(
            token(claims='{"aud":"you","exp":4102444800}'), SECRET, ["HS256"], audience=a))  # fmt: skip
    other = token(claims='{"aud":"you","iss":"you","sub":"you","exp":4102444800}')
    for name in ("audience", "issuer", "subject"):
        expecting = native.verifier(any_audience=name != "audience", **{name: Text("me")})
        native.refuses(other, f"jwt_{name}_mismatch", expecting)


ODD: list[Any] = [None, 0, 1.5, True, [], {}, object(), bytearray(GOOD.encode()),
                  memoryview(GOOD.encode()), (GOOD,), [GOOD], {"token": GOOD}, iter([GOOD]), len,
                  GOOD.split("."), 10**5000, float("nan"), type, ...]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
def test_w18_takes_no_other_type_for_a_token(native: Native, pyjwt: PyJWTFace, odd: Any) -> None:
    native.rejects_type(native.verifier().verify, odd)
    native.rejects_type(native.verifier().explain, odd)
    pyjwt.refuses(odd)
    pyjwt.refuses_call(lambda jwt: jwt.get_unverified_header(odd))


def test_w18_text_that_has_no_bytes_is_refused(native: Native, pyjwt: PyJWTFace) -> None:
    for bad in ("\ud800", f"{GOOD}\udcff", "\udcff.\udcff.\udcff"):
        native.asked += 1
        with pytest.raises((errors.TokenRefused, ValueError, TypeError)):
            native.verifier().verify(bad)
        pyjwt.refuses(bad)
        pyjwt.refuses(GOOD, bad)
        for name in ("issuer", "audience", "subject"):
            native.asked += 1
            with pytest.raises((errors.JotemError, ValueError, TypeError)):
                native.accepts(GOOD, native.verifier(**{name: bad}))
            # PyJWT ignores an expected subject where the token has none; this one has.
            pyjwt.same(lambda jwt, n=name, b=bad: jwt.decode(GOOD, SECRET, ["HS256"], **{n: b}))
        with pytest.raises((errors.JotemError, ValueError, TypeError)):
            Key.from_secret(bad, algorithm="HS256")


def test_w18_what_can_be_read_once_is_read_once(native: Native, pyjwt: PyJWTFace) -> None:
    both = token(claims='{"aud":["a","b"],"exp":4102444800}')
    once = native.verifier(audience=(name for name in ("a", "c")))
    for _ in range(3):
        native.accepts(both, once)
    pyjwt.same(lambda jwt: jwt.decode(both, SECRET, ["HS256"], audience=(n for n in ("a", "c"))))
    pyjwt.same(lambda jwt: jwt.decode(both, SECRET, ["HS256"], audience=(n for n in ("x", "c"))))

    class Raising:
        def __iter__(self) -> Any:
            raise KeyError("no items")

        def __contains__(self, item: object) -> bool:
            raise KeyError("no member")

    native.asked += 1
    for name in ("audience", "issuer", "require", "algorithms"):
        with pytest.raises((KeyError, TypeError)):
            native.verifier(**{name: Raising()})
    for name in ("audience", "issuer", "algorithms"):
        arguments = {"algorithms": ["HS256"], name: Raising()}
        pyjwt.refuses_call(lambda jwt, a=arguments: jwt.decode(both, SECRET, **a))


def test_w18_deep_and_circular_objects_are_refused(native: Native, pyjwt: PyJWTFace) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    circular: dict[str, Any] = {}
    circular["self"] = circular
    issuer = Issuer(Key.from_secret(SECRET, algorithm="HS256"), lifetime=60)
    for claims in ({"x": deep}, circular, {"x": [circular]}):
        native.asked += 1
        with pytest.raises((errors.Misuse, TypeError, ValueError)):
            issuer.issue(claims)
        pyjwt.refuses_call(lambda jwt, c=claims: jwt.encode(c, SECRET))
    for claims in ({"x": object()}, {"x": {1, 2}}, {1: 1, "a": 2}, {"x": float("nan")},
                   {"x": 10**5000}, {"x": "\ud800"}, {b"x": 1}, {("a",): 1}):  # fmt: skip
        pyjwt.same(lambda jwt, c=claims: jwt.encode(c, SECRET))
        native.asked += 1
        with pytest.raises((errors.Misuse, TypeError, ValueError)):
            issuer.issue(claims)
    for jwks in ({"keys": [deep]}, {"keys": deep}, circular):
        native.asked += 1
        with pytest.raises((errors.JotemError, TypeError, ValueError)):
            KeySet.from_dict(jwks)
    while isinstance(deep, dict):
        deep = deep["a"]


def test_w18_a_key_that_changes_during_the_call_decides_nothing(
    native: Native, pyjwt: PyJWTFace
) -> None:
    buffer = bytearray(SECRET)
    native.rejects_type(Key.from_secret, buffer, algorithm="HS256")
    native.rejects_type(Key.from_secret, memoryview(SECRET), algorithm="HS256")
    for key in (bytearray(SECRET), memoryview(SECRET)):
        pyjwt.refuses(GOOD, key)
    stop, wrong = threading.Event(), []
    options: dict[str, Any] = {"verify_signature": True}

    def change() -> None:
        while not stop.is_set():
            options["require"] = ["absent"]
            options.pop("require", None)

    thread = threading.Thread(target=change)
    thread.start()
    forged = f"{GOOD.rpartition('.')[0]}.{segment(bytes(32))}"
    for _ in range(500):
        try:
            wrong.append(jwt.decode(forged, SECRET, ["HS256"], options=options))
        except (jwt.PyJWTError, RuntimeError):
            continue
    stop.set()
    thread.join()
    assert not wrong


def test_w18_threads_share_verifiers_and_keys(native: Native, pyjwt: PyJWTFace) -> None:
    key = Key.from_cryptography(private_key("P-256"), algorithm="ES256")
    verifier = native.verifier(key.public())
    issuer = Issuer(key, lifetime=60, clock=lambda: NOW)
    sound, public, failed = good("ES256"), private_key("P-256").public_key(), []

    def work() -> None:
        try:
            for number in range(60):
                assert verifier.verify(sound).subject == "42"
                assert verifier.verify(issuer.issue({"n": number})).claims["n"] == number
                assert jwt.decode(sound, public, ["ES256"])["sub"] == "42"
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    native.accepts(sound, verifier)
    pyjwt.accepts(sound, public, ["ES256"])


def test_w18_a_fork_and_an_exit_leave_it_whole(native: Native, pyjwt: PyJWTFace) -> None:
    program = """
import os, sys, threading
from jotem import Issuer, Key, Verifier, jwt
key = Key.generate("ES256")
issuer, verifier = Issuer(key, lifetime=60), Verifier(key.public())
secret = "s" * 32
jwt.decode(jwt.encode({"a": 1}, secret), secret, ["HS256"])
thread = threading.Thread(target=lambda: [issuer.issue() for _ in range(200)])
thread.start()
child = os.fork() if hasattr(os, "fork") else 0
assert verifier.verify(issuer.issue()).header["alg"] == "ES256"
assert jwt.decode(jwt.encode({"a": 1}, secret), secret, ["HS256"]) == {"a": 1}
if child:
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60,
                          capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    native.accepts(GOOD)
    pyjwt.accepts(GOOD)


def test_w18_a_proof_is_made_by_a_verifier_alone(native: Native, pyjwt: PyJWTFace) -> None:
    verified = native.accepts(GOOD)
    for cls in (type(verified), type(native.verifier())):
        for make in (lambda c=cls: object.__new__(c), lambda c=cls: c.__new__(c),
                     lambda c=cls: type("Mine", (c,), {})):  # fmt: skip
            with pytest.raises(TypeError):
                make()
    for change in (lambda: setattr(verified, "claims", {}), lambda: setattr(verified, "x", 1),
                   lambda: delattr(verified, "claims")):  # fmt: skip
        with pytest.raises(AttributeError):
            change()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises((TypeError, pickle.PicklingError)):
            pickle.loads(pickle.dumps(verified, protocol))
    with pytest.raises(TypeError):
        copy.copy(verified)
    pyjwt.accepts(GOOD)
