"""Issuing: what is written, from which objects, and what is refused before it is signed."""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from jotem import Algorithm, Issuer, Key, Verifier, errors, unverified_claims, unverified_header
from jotem.testing import FrozenClock

NOW = 1_700_000_000


@pytest.fixture
def written(secret: Key) -> Callable[..., Any]:
    """The claims that an issuer writes, as the standard library reads them."""

    def written(claims: object = None, **arguments: Any) -> Any:
        issuer = Issuer(secret, never_expires=True, clock=lambda: NOW)
        payload = issuer.issue(claims, **arguments).split(".")[1]
        return json.loads(base64.urlsafe_b64decode(payload + "=="))

    return written


def test_writes_what_the_issuer_is_set_to(secret: Key) -> None:
    issuer = Issuer(
        secret,
        issuer="me",
        audience=["a", "b"],
        lifetime=60,
        token_type="at+jwt",
        token_ids=True,
        header={"x-tenant": 7, "x5c": ["a"], "x-flag": True, "x-half": 0.5},
        clock=lambda: NOW + 0.9,
    )
    token = issuer.issue()
    claims = unverified_claims(token).as_untrusted()
    assert len(base64.urlsafe_b64decode(claims.pop("jti") + "==")) == 16
    assert claims == {"iss": "me", "aud": ["a", "b"], "exp": NOW + 60, "iat": NOW}
    header = unverified_header(token).as_untrusted()
    assert header == {
        "alg": "HS256",
        "typ": "at+jwt",
        "x-tenant": 7,
        "x5c": ["a"],
        "x-flag": True,
        "x-half": 0.5,
    }
    assert issuer.issue() != token, "each token has an id of its own"


def test_what_is_given_to_a_token_wins(secret: Key, clock: FrozenClock) -> None:
    issuer = Issuer(secret, audience="all", lifetime=timedelta(days=1), clock=clock)
    at = datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    token = issuer.issue(audience="one", expires_at=at, not_before=1.5, issued_at=1, token_id="é")
    claims = unverified_claims(token).as_untrusted()
    assert claims == {"aud": "one", "exp": 1_704_067_200, "nbf": 1.5, "iat": 1, "jti": "é"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        'quotes " and \\ and / and \x00\x1f\x7f\n\r\t',
        "é 漢 😀 \u2028",
        0,
        -1,
        2**63 - 1,
        -(2**63),
        2**63,
        2**64 + 1,
        -(2**200),
        10**308,
        0.1,
        -0.0,
        1e16,
        1e-7,
        1.7976931348623157e308,
        5e-324,
        123456789.123456789,
        True,
        False,
        None,
        [],
        {},
        [[], [1, [2.5, None]], {"a": {"b": []}}],
        {"": {"é": 1}},
    ],
)
def test_values_come_back_exactly(secret: Key, written: Callable[..., Any], value: object) -> None:
    assert written({"v": value})["v"] == value
    token = Issuer(secret, never_expires=True).issue({"v": value})
    claim = Verifier(secret, expiry_optional=True).verify(token).claims["v"]
    assert claim == value
    assert type(claim) is type(value)


class Color(str, enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    BIG = 3


class Point(NamedTuple):
    x: int
    y: int


class Loud(str):
    def __str__(self) -> str:
        raise AssertionError("no code of a subclass runs")


def test_subclasses_of_the_types_of_json_are_written_as_these(
    written: Callable[..., Any],
) -> None:
    claims = OrderedDict(c=Color.RED, s=Size.BIG, p=Point(1, 2), a=Algorithm.ES256, l=Loud("x"))
    assert {"c": "red", "s": 3, "p": [1, 2], "a": "ES256", "l": "x"}.items() <= written(claims).items()
    assert written(MappingProxyType({"a": 1}))["a"] == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (datetime(2026, 1, 1), "datetime"),
        (date(2026, 1, 1), "date"),
        (Decimal("1"), "Decimal"),
        (b"bytes", "bytes"),
        ({1}, "set"),
        (object(), "object"),
        (len, "builtin_function_or_method"),
        (1j, "complex"),
    ],
)
def test_what_json_lacks_is_a_type_error_that_names_its_place(
    issuer: Issuer, value: object, found: str
) -> None:
    with pytest.raises(TypeError, match=rf"^claims\.a\[1\]\.b: expected str, .*, got {found}$"):
        issuer.issue({"a": [0, {"b": value}]})


@pytest.mark.parametrize("claims", [7, "text", [("a", 1)], b"{}", dict, {1, 2}])
def test_claims_of_another_type_are_type_errors(issuer: Issuer, claims: object) -> None:
    with pytest.raises(TypeError, match="claims: expected a dict, a dataclass"):
        issuer.issue(claims)


def test_names_must_be_text(issuer: Issuer) -> None:
    with pytest.raises(TypeError, match="claims: expected names of type str, got int"):
        issuer.issue({1: "a"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "claims.v is NaN or infinite"),
        (float("-inf"), "claims.v is NaN or infinite"),
        (10**309, "claims.v is larger than any 64-bit float"),
        pytest.param(1 << 20_000, "claims.v is larger than any 64-bit float", id="huge"),
        ("\ud800", "claims.v has half of a surrogate pair"),
    ],
)
def test_refuses_what_no_verifier_would_read(issuer: Issuer, value: object, message: str) -> None:
    with pytest.raises(errors.Misuse, match=message) as caught:
        issuer.issue({"v": value})
    assert caught.value.code == "misuse_claims_not_serializable"


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def test_nests_as_deep_as_verifiers_read_and_no_deeper(secret: Key) -> None:
    issuer = Issuer(secret, lifetime=60)
    deepest = issuer.issue({"v": nested(31)})
    assert Verifier(secret).verify(deepest).claims["v"] == nested(31)
    with pytest.raises(errors.Misuse, match="nests deeper than 32 levels"):
        issuer.issue({"v": nested(32)})
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(errors.Misuse, match="nests deeper"):
        issuer.issue({"v": endless})


@pytest.mark.parametrize("claim", ["iss", "iat", "exp", "sub", "aud", "nbf", "jti"])
def test_no_claim_is_written_twice(private: Key, claim: str) -> None:
    issuer = Issuer(private, issuer="me", audience="a", lifetime=60, token_ids=True)
    with pytest.raises(errors.Misuse) as caught:
        issuer.issue({claim: 1}, subject="42", not_before=1)
    assert (caught.value.code, caught.value.claim) == ("misuse_claim_twice", claim)


class Odd(str):
    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return self is other


def test_a_dict_that_holds_one_text_twice_is_refused(issuer: Issuer) -> None:
    with pytest.raises(errors.Misuse) as caught:
        issuer.issue({"a": 1, Odd("a"): 2})
    assert caught.value.code == "misuse_claim_twice"
    with pytest.raises(errors.Misuse):
        issuer.issue({"a": {Odd("b"): 1, "b": 2}})


def test_a_token_longer_than_verifiers_take_is_not_issued(issuer: Issuer) -> None:
    with pytest.raises(errors.Misuse) as caught:
        issuer.issue({"document": "x" * 16_000})
    assert caught.value.code == "misuse_token_too_long"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "misuse_lifetime_missing"),
        ({"lifetime": 60, "never_expires": True}, "misuse_argument"),
        ({"lifetime": -1}, "misuse_argument"),
        ({"lifetime": float("inf")}, "misuse_argument"),
        ({"lifetime": timedelta(days=-1)}, "misuse_argument"),
        ({"lifetime": 60, "issuer": ""}, "misuse_expectation_empty"),
        ({"lifetime": 60, "audience": []}, "misuse_expectation_empty"),
        ({"lifetime": 60, "audience": [""]}, "misuse_expectation_empty"),
        ({"lifetime": 60, "header": {"alg": "none"}}, "misuse_header_reserved"),
        ({"lifetime": 60, "header": {"kid": "a"}}, "misuse_header_reserved"),
        ({"lifetime": 60, "header": {"jku": 7}}, "misuse_header_refused"),
        ({"lifetime": 60, "header": {"x": float("nan")}}, "misuse_argument"),
    ],
)
def test_refuses_an_issuer_that_makes_no_sense(
    secret: Key, settings: dict[str, Any], code: str
) -> None:
    with pytest.raises(errors.Misuse) as caught:
        Issuer(secret, **settings)
    assert caught.value.code == code
    assert "Duration" not in caught.value.hint, "hints speak Python"


@pytest.mark.parametrize(
    "settings",
    [
        {"lifetime": "60"},
        {"lifetime": True},
        {"lifetime": datetime(2026, 1, 1)},
        {"lifetime": 60, "issuer": 7},
        {"lifetime": 60, "audience": b"a"},
        {"lifetime": 60, "header": []},
        {"lifetime": 60, "header": {"x": {}}},
        {"lifetime": 60, "header": {"x": [1]}},
        {"lifetime": 60, "header": {1: "x"}},
        {"lifetime": 60, "clock": 7},
        {"lifetime": 60, "unknown": 1},
    ],
)
def test_settings_of_another_type_are_type_errors(secret: Key, settings: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Issuer(secret, **settings)


def test_a_public_key_signs_nothing(private: Key) -> None:
    with pytest.raises(errors.KeyRefused) as caught:
        Issuer(private.public(), lifetime=60)
    assert caught.value.code == "key_public"


@pytest.mark.parametrize("name", ["expires_at", "not_before", "issued_at"])
def test_a_naive_datetime_is_refused(issuer: Issuer, name: str) -> None:
    arguments: dict[str, Any] = {name: datetime(2026, 1, 1)}
    with pytest.raises(errors.Misuse, match=f"^{name} is a datetime without a time zone$") as caught:
        issuer.issue(**arguments)
    assert "timezone.utc" in caught.value.hint


@pytest.mark.parametrize(
    "value",
    [-1, float("nan"), 1e18, 10**400, datetime(1969, 1, 1, tzinfo=timezone.utc)],
)
def test_a_date_outside_the_calendar_is_refused(issuer: Issuer, value: object) -> None:
    with pytest.raises(errors.Misuse, match="not between the years 1970 and 9999"):
        issuer.issue(expires_at=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["2026-01-01", date(2026, 1, 1), timedelta(hours=1), True, [1]])
def test_a_date_of_another_type_is_a_type_error(issuer: Issuer, value: object) -> None:
    with pytest.raises(TypeError, match="expires_at: expected an aware datetime"):
        issuer.issue(expires_at=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["subject", "token_id"])
def test_texts_of_another_type_are_type_errors(issuer: Issuer, name: str) -> None:
    arguments: dict[str, Any] = {name: 42}
    with pytest.raises(TypeError, match=f"{name}: expected str, got int"):
        issuer.issue(**arguments)


@dataclasses.dataclass
class Profile:
    role: str
    scopes: list[str] = dataclasses.field(default_factory=list)
    sub: str | None = None


def test_writes_a_dataclass_and_leaves_out_registered_claims_that_are_none(
    written: Callable[..., Any],
) -> None:
    assert written(Profile("admin")) == {"iat": NOW, "role": "admin", "scopes": []}
    assert written(Profile("admin"), subject="7")["sub"] == "7"
    assert written(Profile("admin", sub="8"))["sub"] == "8"
    with pytest.raises(errors.Misuse):
        written(Profile("admin", sub="8"), subject="7")


def test_writes_a_struct(written: Callable[..., Any]) -> None:
    msgspec = pytest.importorskip("msgspec")
    kind = msgspec.defstruct("Profile", [("role", str), ("since", datetime)], rename={"role": "r"})
    since = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert written(kind("admin", since))["since"] == "2026-01-01T00:00:00Z"
    assert written(kind("admin", since))["r"] == "admin"
    array = msgspec.defstruct("Array", [("role", str)], array_like=True)
    with pytest.raises(TypeError, match="not a dict"):
        written(array("admin"))


def test_writes_a_pydantic_model(written: Callable[..., Any]) -> None:
    pydantic = pytest.importorskip("pydantic")
    field = pydantic.Field(alias="class")
    model = pydantic.create_model("Profile", kind=(str, field), when=(date, ...))
    claims = written(model(**{"class": "a", "when": date(2026, 1, 1)}))
    assert claims == {"iat": NOW, "class": "a", "when": "2026-01-01"}
