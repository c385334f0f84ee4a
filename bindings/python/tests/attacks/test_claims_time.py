"""C01 to C08, C23, C24: dates, on a clock that stands still."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from attacks.faces import NOW, Native, PyJWTFace
from attacks.tokens import SECRET, token
from jotem import Issuer, Key, Verifier
from jotem.errors import TokenRefused

KEY = Key.from_secret(SECRET, algorithm="HS256")


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Python's own clock at `NOW`: jotem.jwt and PyJWT ask it, the native verifiers another."""
    at = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
    with time_machine.travel(at, tick=False):
        yield


def claims(**values: Any) -> str:
    """A token of these claims, each written as it stands."""
    return token(claims="{" + ",".join(f'"{name}":{value}' for name, value in values.items()) + "}")


def exact(native: Native, **more: Any) -> Verifier:
    return native.verifier(leeway=0, **more)


def test_c01_requires_exp_unless_told_that_it_is_optional(native: Native, pyjwt: PyJWTFace) -> None:
    native.refuses(claims(sub='"42"'), "jwt_claim_missing")
    native.accepts(claims(sub='"42"'), native.verifier(expiry_optional=True))
    pyjwt.lets_through(claims(sub='"42"'))
    pyjwt.refuses(claims(sub='"42"'), options={"require": ["exp"]})
    for verifier in (native.verifier(), native.verifier(expiry_optional=True)):
        native.refuses(claims(exp="null"), "jwt_claim_type", verifier)
    pyjwt.refuses(claims(exp="null"))
    pyjwt.refuses(claims(exp="null"), options={"require": ["exp"]})


def test_c02_is_exact_at_the_boundaries(native: Native, pyjwt: PyJWTFace) -> None:
    for offset, code in ((-1, "jwt_expired"), (0, "jwt_expired"), (1, None), (10, None)):
        check(native, pyjwt, claims(exp=NOW + offset), code)
    for offset, code in ((-1, None), (0, None), (1, "jwt_not_yet_valid"), (9, "jwt_not_yet_valid")):
        check(native, pyjwt, claims(exp=NOW + 900, nbf=NOW + offset), code)
    for leeway in (5, 5.0, timedelta(seconds=5)):
        for offset, code in ((-6, "jwt_expired"), (-5, "jwt_expired"), (-4, None)):
            check(native, pyjwt, claims(exp=NOW + offset), code, leeway)
        for offset, code in ((5, None), (6, "jwt_not_yet_valid")):
            check(native, pyjwt, claims(exp=NOW + 900, nbf=NOW + offset), code, leeway)
    # Half a second is half a second to the native verifier; PyJWT rounds down.
    native.accepts(claims(exp=f"{NOW}.5"), exact(native))
    native.refuses(claims(exp=NOW + 9, nbf=f"{NOW}.5"), "jwt_not_yet_valid", exact(native))
    pyjwt.refuses(claims(exp=f"{NOW}.5"))
    pyjwt.lets_through(claims(exp=NOW + 9, nbf=f"{NOW}.5"))


def check(native: Native, pyjwt: PyJWTFace, bad: str, code: str | None, leeway: Any = 0) -> None:
    """Refused by both, or accepted by both."""
    verifier = native.verifier(leeway=leeway)
    if code is None:
        native.accepts(bad, verifier)
        pyjwt.accepts(bad, leeway=leeway)
    else:
        native.refuses(bad, code, verifier)
        pyjwt.refuses(bad, leeway=leeway)


TYPES = ['"soon"', "[]", "{}", "null", '""', '"1e9"', "[4102444800]"]


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_c03_takes_no_date_of_a_wrong_type_for_an_absent_one(
    native: Native, pyjwt: PyJWTFace, name: str
) -> None:
    for value in TYPES:
        bad = claims(**{"exp": 4102444800, name: value})
        for verifier in (native.verifier(), native.verifier(expiry_optional=True)):
            native.refuses(bad, "jwt_claim_type", verifier)
        pyjwt.refuses(bad)
    # A number in quotes is text, and PyJWT reads it.
    for value in ('"1600000000"', '" 1600000000 "'):
        bad = claims(**{"exp": 4102444800, name: value})
        native.refuses(bad, "jwt_claim_type")
        pyjwt.agrees_on_bad(lambda jwt, b=bad: jwt.decode(b, SECRET, ["HS256"]))
    bad = claims(exp='"4102444800"')
    native.refuses(bad, "jwt_claim_type")
    pyjwt.lets_through(bad)


def test_c04_refuses_dates_that_are_no_numbers_of_json(native: Native, pyjwt: PyJWTFace) -> None:
    for name in ("exp", "nbf", "iat"):
        for value in ("NaN", "Infinity", "-Infinity", "nan", "+1"):
            bad = claims(**{"exp": 4102444800, name: value})
            native.refuses(bad, "json_syntax")
            pyjwt.refuses(bad)


def test_c05_refuses_dates_that_nothing_holds(native: Native, pyjwt: PyJWTFace) -> None:
    for value in ("1e400", "-1e400", "9" * 5000):
        native.refuses(claims(exp=value), "json_number_range")
        pyjwt.refuses(claims(exp=value))
    for value in ("9223372036854775807", "9223372036854775808", "18446744073709551616", "1e30",
                  "1e308", "9" * 300, "253402300800"):  # fmt: skip
        with pytest.raises(TokenRefused) as caught:
            native.accepts(claims(exp=value))
        assert caught.value.code in ("jwt_date_range", "jwt_date_milliseconds"), value
        pyjwt.lets_through(claims(exp=value))
        native.accepts(claims(exp="253402300799"))
        pyjwt.refuses(claims(exp=4102444800, nbf=value))
        pyjwt.refuses(claims(exp=4102444800, iat=value))
    native.refuses(claims(exp="1e-400"), "jwt_expired")
    pyjwt.refuses(claims(exp="1e-400"))


def test_c06_refuses_booleans_and_negatives(native: Native, pyjwt: PyJWTFace) -> None:
    for name in ("exp", "nbf", "iat"):
        for value in ("true", "false"):
            native.refuses(claims(**{"exp": 4102444800, name: value}), "jwt_claim_type")
        for value in ("-1", "-0.5", "-0.0", "-1e3"):
            native.refuses(claims(**{"exp": 4102444800, name: value}), "jwt_date_range")
    for value in ("true", "false", "-1", "-0.0", "0", "1.5", "1e3"):
        pyjwt.refuses(claims(exp=value))
    for name in ("nbf", "iat"):
        for value in ("true", "false", "-1", "-1e3"):
            pyjwt.lets_through(claims(**{"exp": 4102444800, name: value}))
    for value in ("0", "1.5", "1e3"):
        native.refuses(claims(exp=value), "jwt_expired")
        native.accepts(claims(exp="4.1024448e9", nbf=value))
        pyjwt.accepts(claims(exp="4.1024448e9", nbf=value))


def test_c07_bounds_the_leeway(native: Native, pyjwt: PyJWTFace) -> None:
    for leeway in (301, 300.5, timedelta(days=3650)):
        native.raises("misuse_leeway_too_long", Verifier, KEY, leeway=leeway)
    for leeway in (-1, float("nan"), float("inf"), 1e300, -0.1, timedelta(seconds=-1)):
        with pytest.raises((ValueError, TypeError)):
            Verifier(KEY, leeway=leeway)
    old, young = claims(exp=NOW - 1000), claims(exp=NOW + 5)
    # PyJWT has no bound: a program that says ten years gets them.
    for leeway in (timedelta(days=3650), 1e300, float("inf")):
        pyjwt.lets_through(old, leeway=leeway)
    for leeway in (-10, timedelta(seconds=-10), 0, 999):
        pyjwt.refuses(old, leeway=leeway)
    for leeway in (float("nan"), float("-inf"), -6):
        pyjwt.agrees_on_bad(lambda jwt, w=leeway: jwt.decode(young, SECRET, ["HS256"], leeway=w))
    for leeway in ("1", None, [], b"1"):
        pyjwt.refuses(young, leeway=leeway)


def test_c08_refuses_tokens_from_the_future_and_too_old_ones(
    native: Native, pyjwt: PyJWTFace
) -> None:
    for offset in (1, 3600, 10**8):
        bad = claims(exp=NOW + 10**9, iat=NOW + offset)
        native.refuses(bad, "jwt_issued_in_future", exact(native))
        pyjwt.refuses(bad)
    aged = native.verifier(leeway=0, max_age=60)
    native.accepts(claims(exp=4102444800, iat=NOW - 59), aged)
    native.refuses(claims(exp=4102444800, iat=NOW - 61), "jwt_too_old", aged)
    native.refuses(claims(exp=4102444800), "jwt_claim_missing", aged)
    pyjwt.lets_through(claims(exp=4102444800, iat=0))


def test_c23_follows_the_clock_that_it_is_given(native: Native, pyjwt: PyJWTFace) -> None:
    sound = claims(exp=NOW + 10, nbf=NOW - 10)
    for now, code in ((NOW, None), (NOW + 10, "jwt_expired"), (NOW - 11, "jwt_not_yet_valid"),
                      (0, "jwt_not_yet_valid"), (253402300799, "jwt_expired")):  # fmt: skip
        verifier = Verifier(KEY, leeway=0, clock=lambda now=now: now)
        if code is None:
            native.accepts(sound, verifier)
        else:
            native.refuses(sound, code, verifier)
    for seconds in (0, 5, 10, 11, -10, -11, 86400, -86400):
        with time_machine.travel(NOW + seconds, tick=False):
            control = pyjwt.same(lambda jwt: jwt.decode(sound, SECRET, ["HS256"]))
            assert control.is_value == (-10 <= seconds < 10)


def test_c23_a_broken_clock_lets_nothing_through(native: Native, pyjwt: PyJWTFace) -> None:
    sound = claims(exp=NOW + 10)

    def broken() -> float:
        raise OSError("no clock")

    for clock in (broken, lambda: float("nan"), lambda: float("inf"), lambda: -1.0, lambda: None,
                  lambda: "now", lambda: datetime.datetime(2023, 1, 1)):  # fmt: skip
        native.asked += 1
        with pytest.raises((OSError, TypeError, ValueError)):
            Verifier(KEY, clock=clock).verify(sound)
    with time_machine.travel(-86400, tick=False):
        pyjwt.same(lambda jwt: jwt.decode(sound, SECRET, ["HS256"]))


def test_c24_bounds_the_lifetime_where_it_is_told_to(native: Native, pyjwt: PyJWTFace) -> None:
    century = claims(iat=NOW, exp=NOW + 3_155_760_000)
    bounded = native.verifier(max_lifetime=3600)
    native.refuses(century, "jwt_lifetime_too_long", bounded)
    native.refuses(claims(exp=NOW + 60), "jwt_claim_missing", bounded)
    native.accepts(claims(iat=NOW, exp=NOW + 3600), bounded)
    native.accepts(century)
    pyjwt.lets_through(century)
    native.raises("misuse_lifetime_missing", Issuer, KEY)
