"""Reading verified claims into classes of the application."""

from __future__ import annotations

import dataclasses
import enum
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, Dict, List, Literal, Optional, Tuple, Union

import pytest

from jotem import Key, Verifier, errors

EXP = '"exp":4102444800'


class Role(enum.Enum):
    ADMIN = "admin"


@dataclasses.dataclass(frozen=True)
class Place:
    city: str


@dataclasses.dataclass(frozen=True)
class Profile:
    role: Role
    level: int
    ratio: float = 0.5
    scopes: Tuple[str, ...] = ()
    place: Optional[Place] = None
    kind: Literal["user", "bot"] = "user"
    either: Union[int, str] = 0
    notes: Dict[str, List[int]] = dataclasses.field(default_factory=dict)
    exp: Optional[datetime] = None
    anything: Any = None


@pytest.fixture
def read(secret: Key, sign: Callable[[str], str]) -> Callable[..., Any]:
    verifier = Verifier(secret)

    def read(members: str, into: Any = Profile) -> Any:
        return verifier.verify(sign("{" + members + EXP + "}"), into=into)

    return read


def test_reads_a_dataclass(read: Callable[..., Any]) -> None:
    verified = read(
        '"role":"admin","level":3,"ratio":1,"scopes":["a"],"place":{"city":"Ulm","x":1},'
        '"kind":"bot","either":"x","notes":{"a":[1]},"anything":{"b":null},"unknown":7,'
    )
    expected = Profile(
        Role.ADMIN,
        3,
        1.0,
        ("a",),
        Place("Ulm"),
        "bot",
        "x",
        {"a": [1]},
        datetime(2100, 1, 1, tzinfo=timezone.utc),
        {"b": None},
    )
    assert verified.claims == expected
    assert verified.expires_at == expected.exp


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("", "role is missing"),
        ('"role":"admin",', "level is missing"),
        ('"role":"root","level":1,', "role: not one of the values of Role"),
        ('"role":"admin","level":"3",', "level: expected a whole number, got a string"),
        ('"role":"admin","level":true,', "level: expected a whole number, got a boolean"),
        ('"role":"admin","level":1.0,', "level: expected a whole number, got a number"),
        ('"role":"admin","level":1,"ratio":true,', "ratio: expected a number, got a boolean"),
        ('"role":"admin","level":1,"scopes":"a",', "scopes: expected an array, got a string"),
        ('"role":"admin","level":1,"scopes":[1],', "scopes[0]: expected a string"),
        ('"role":"admin","level":1,"place":{},', "place.city is missing"),
        ('"role":"admin","level":1,"place":[],', "place: expected an object, got an array"),
        ('"role":"admin","level":1,"kind":"x",', "kind: not one of the values allowed"),
        ('"role":"admin","level":1,"either":[],', "either: none of the types fits"),
        ('"role":"admin","level":1,"notes":{"a":[""]},', "notes.a[0]: expected a whole number"),
    ],
)
def test_refuses_claims_that_do_not_fit_a_dataclass(
    read: Callable[..., Any], members: str, message: str
) -> None:
    with pytest.raises(errors.ClaimRefused) as caught:
        read(members)
    assert caught.value.code == "jwt_claims_shape"
    assert caught.value.facts["message"].startswith(message[:40])
    assert caught.value.__cause__ is None


def test_what_a_dataclass_itself_refuses_does_not_fit(read: Callable[..., Any]) -> None:
    @dataclasses.dataclass
    class Picky:
        exp: int

        def __post_init__(self) -> None:
            raise ValueError("4102444800 is secret")

    with pytest.raises(errors.ClaimRefused) as caught:
        read("", Picky)
    assert "secret" not in str(caught.value)


def test_an_expired_token_is_expired_whatever_its_claims_are(
    secret: Key, sign: Callable[[str], str]
) -> None:
    with pytest.raises(errors.Expired):
        Verifier(secret).verify(sign('{"exp":1}'), into=Profile)


@dataclasses.dataclass
class Unknown:
    numbers: complex


@pytest.mark.parametrize("into", [int, str, object, 7, "Profile", Profile(Role.ADMIN, 1), Unknown])
def test_a_class_that_cannot_be_read_is_a_type_error_whatever_the_token(
    secret: Key, into: Any
) -> None:
    with pytest.raises(TypeError, match="^into: "):
        Verifier(secret).verify("not a token", into=into)


def test_dict_is_what_claims_are_anyway(read: Callable[..., Any]) -> None:
    assert read("", dict).claims == {"exp": 4102444800}


def test_reads_a_struct_and_refuses_what_does_not_fit(read: Callable[..., Any]) -> None:
    msgspec = pytest.importorskip("msgspec")
    kind = msgspec.defstruct("Struct", [("role", str), ("color", Literal["red"], "red")])
    assert read('"role":"admin",', kind).claims == kind("admin")
    with pytest.raises(errors.ClaimRefused, match="Expected `str`, got `int`") as caught:
        read('"role":7,', kind)
    assert caught.value.code == "jwt_claims_shape"
    with pytest.raises(errors.ClaimRefused) as caught:
        read('"role":"a","color":"' + "x" * 300 + '",', kind)
    assert len(str(caught.value)) < 150


def test_reads_a_pydantic_model_and_refuses_what_does_not_fit(read: Callable[..., Any]) -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", role=(str, ...), level=(int, 1))
    assert read('"role":"admin",', model).claims == model(role="admin")
    with pytest.raises(errors.ClaimRefused, match="level: Input should be a valid integer") as caught:
        read('"role":"a","level":"4111 1111",', model)
    assert "4111" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_nothing_optional_is_imported() -> None:
    import subprocess

    program = (
        "import sys, jotem, jotem.testing\n"
        "from jotem import *\n"
        "key = Key.generate('HS256')\n"
        "token = Issuer(key, lifetime=9).issue({'a': 1})\n"
        "Verifier(key).verify(token, into=dict)\n"
        "loaded = {'msgspec', 'pydantic', 'cryptography', 'jotem.jwt'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
