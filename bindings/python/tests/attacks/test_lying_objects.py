"""W18: objects that say one thing and hold another, as list of algorithms, option or expectation.

The one fast call takes exact built-in types only. Were it to take one of these, its answer would
differ from that of the methods, and so from PyJWT's.
"""

from __future__ import annotations

import collections
import decimal
import enum
import fractions
import types
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Callable

import pytest

from attacks.faces import Native, PyJWTFace
from attacks.jwks import OCT, jwk
from outcome import OURS, outcome
from attacks.tokens import SECRET, good, segment, token, unsigned
from differential.keys import private_key
from jotem import Verifier
from jotem.errors import TokenRefused


class Everything(list):  # type: ignore[type-arg]
    def __contains__(self, item: object) -> bool:
        return True


class Nothing(list):  # type: ignore[type-arg]
    def __contains__(self, item: object) -> bool:
        return False


class Another(list):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[Any]:
        return iter(["HS256"])


class Equal(str):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Unequal(str):
    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


class Falsehood(dict):  # type: ignore[type-arg]
    def get(self, *args: Any) -> Any:
        return False

    def __getitem__(self, name: Any) -> Any:
        return False

    def keys(self) -> Any:
        return ["verify_exp", "verify_aud"]


class Truth(dict):  # type: ignore[type-arg]
    def get(self, *args: Any) -> Any:
        return True


class Name(str, enum.Enum):
    HS256 = "HS256"
    ME = "me"


class Long(float):
    def __float__(self) -> float:
        return 1e18

    def __sub__(self, other: Any) -> Any:
        return -1e18

    def __rsub__(self, other: Any) -> Any:
        return -1e18


GOOD = token()
TOKENS = {
    "good": GOOD,
    "forged": f"{GOOD.rpartition('.')[0]}.{segment(bytes(32))}",
    "expired": token(claims='{"exp":1}'),
    "of another": token(claims='{"exp":4102444800,"aud":"you","iss":"you","sub":"you"}'),
    "ES256": good("ES256"),
    "unsecured": unsigned('{"alg":"none"}'),
}
LISTS: list[Any] = [
    Everything(["RS256"]), Everything(), Nothing(["HS256"]), Another(["RS256"]), [Equal("x")],
    [Unequal("HS256")], [Name.HS256], Name.HS256, "HS256x", {"HS256": 1}, Equal("x"), Equal(""),
    collections.deque(["HS256"]), types.MappingProxyType({"HS256": 1}), [["HS256"]], [b"HS256"],
]  # fmt: skip
OPTIONS: list[Any] = [
    Falsehood(), Falsehood({"verify_signature": True}), Truth({"verify_signature": False}),
    types.MappingProxyType({"verify_exp": False}), collections.OrderedDict(verify_exp=0),
    collections.defaultdict(bool), {"verify_signature": 0}, {"verify_signature": None},
    {"verify_exp": []}, {"verify_aud": 0.0, "verify_iss": None}, {"require": "exp"},
    {"require": {"exp": 1}}, {"require": [Unequal("exp")]}, {"require": [Equal("zzz")]},
    {"strict_aud": "no"},
]  # fmt: skip
EXPECTATIONS: list[dict[str, Any]] = [
    {"leeway": Long(0)}, {"leeway": decimal.Decimal("1e18")}, {"leeway": fractions.Fraction(1, 3)},
    {"leeway": True}, {"leeway": 2**70}, {"audience": Equal("me")}, {"audience": [Equal("me")]},
    {"audience": Unequal("you")}, {"audience": Name.ME}, {"audience": {"you": 1}},
    {"audience": Everything(["me"])}, {"audience": Another(["you"])}, {"audience": "youandme"},
    {"issuer": Equal("me")}, {"issuer": Unequal("you")}, {"issuer": Everything(["me"])},
    {"issuer": Nothing(["you"])}, {"issuer": "youandme"}, {"issuer": range(3)},
    {"subject": Equal("me")}, {"subject": Unequal("you")}, {"subject": Name.ME},
]  # fmt: skip


@pytest.mark.parametrize("name", list(TOKENS))
def test_w18_lying_lists_options_and_expectations_change_no_verdict(
    native: Native, pyjwt: PyJWTFace, name: str
) -> None:
    made, ec = TOKENS[name], private_key("P-256").public_key()
    keys: list[Callable[[ModuleType], Any]] = [
        lambda jwt: SECRET, lambda jwt: Equal("x" * 40), lambda jwt: ec,
        lambda jwt: jwt.PyJWK(OCT), lambda jwt: jwt.PyJWK(jwk(ec)),
    ]  # fmt: skip
    for allowed in LISTS:
        for key in keys:
            call = lambda jwt, k=key, a=allowed: jwt.decode(made, k(jwt), a)  # noqa: E731
            if "is not accepted where" not in outcome(call, OURS).text:
                pyjwt.same(call)
    for options in OPTIONS:
        for way in ("decode", "decode_complete"):
            pyjwt.same(
                lambda jwt, w=way, o=options: getattr(jwt, w)(made, SECRET, ["HS256"], options=o)
            )
        pyjwt.same(lambda jwt, o=options: jwt.PyJWT(o).decode(made, SECRET, ["HS256"]))
        pyjwt.same(lambda jwt, o=options: jwt.PyJWS(options=o).decode(made, SECRET, ["HS256"]))
    for expected in EXPECTATIONS:
        for options in (None, {"verify_aud": False}, {"strict_aud": True}):
            pyjwt.same(
                lambda jwt, e=expected, o=options: jwt.decode(
                    made, SECRET, ["HS256"], options=o, **e
                )
            )
    native.rejects_type(native.verifier().verify, made, options=Falsehood())
    native.rejects_type(native.verifier, algorithms=Everything([5]))
    if name != "good":
        with pytest.raises(TokenRefused):
            native.accepts(made, native.verifier(algorithms=Another(), audience=Equal("me")))


def changed(attribute: str, value: Callable[[ModuleType], Any]) -> Callable[[ModuleType], Any]:
    """A `PyJWK` that verifies, is changed, and is asked again."""

    def call(jwt: ModuleType) -> Any:
        key = jwt.PyJWK(OCT)
        jwt.decode(GOOD, key, ["HS256"])
        setattr(key, attribute, value(jwt))
        return jwt.decode(GOOD, key, ["HS256"])

    return call


def test_w18_a_key_that_was_changed_is_asked_anew(native: Native, pyjwt: PyJWTFace) -> None:
    for attribute, value in [
        ("key", lambda jwt: b"another secret of at least thirty-two bytes"),
        ("key", lambda jwt: private_key("P-256").public_key()),
        ("key", lambda jwt: None),
        ("key", lambda jwt: b""),
        ("algorithm_name", lambda jwt: "RS256"),
        ("algorithm_name", lambda jwt: "HS512"),
        ("Algorithm", lambda jwt: jwt.PyJWS().get_algorithm_by_name("HS512")),
        ("Algorithm", lambda jwt: jwt.PyJWS().get_algorithm_by_name("none")),
    ]:
        pyjwt.refuses_call(changed(attribute, value))
    native.rejects_type(Verifier, OCT)


def test_w18_an_algorithm_that_was_replaced_is_asked_anew(native: Native, pyjwt: PyJWTFace) -> None:
    def decode(jwt: ModuleType, replace: Callable[[Any, ModuleType], None]) -> Any:
        api = jwt.PyJWT()
        api.decode(GOOD, SECRET, ["HS256"])
        replace(api._jws, jwt)
        return api.decode(GOOD, SECRET, ["HS256"])

    def forget(jws: Any, jwt: ModuleType) -> None:
        jws.unregister_algorithm("HS256")

    def swap(jws: Any, jwt: ModuleType) -> None:
        jws.unregister_algorithm("HS256")
        jws.register_algorithm("HS256", jws.get_algorithm_by_name("HS512"))

    def refuse(jws: Any, jwt: ModuleType) -> None:
        jws._algorithms["HS256"].verify = lambda msg, key, sig: False

    for replace in (forget, swap, refuse):
        pyjwt.refuses_call(lambda jwt, r=replace: decode(jwt, r))
    native.accepts(GOOD)
