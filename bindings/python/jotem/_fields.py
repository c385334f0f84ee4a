"""Verified claims read into a dataclass: each field must have the type that it is annotated with.

Known are ``str``, ``int``, ``float``, ``bool``, ``None``, ``datetime`` (a NumericDate), ``Any``,
``object``, ``list``, ``tuple[T, ...]``, ``set``, ``frozenset``, ``dict[str, T]``, ``Optional``,
``Union``, ``Literal``, enums and dataclasses. What needs more is a msgspec Struct or a pydantic
model.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import functools
import sys
import types
import typing
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, cast

Reader = Callable[[Any, str], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Misfit(Exception):
    """A claim that does not fit. Its message shows no value."""


@functools.cache
def reader(kind: Any) -> Reader:
    """Makes the function that reads a dataclass from claims.

    Raises:
        TypeError: A field has an annotation that is not known here.
    """
    annotations = typing.get_type_hints(kind, include_extras=False)
    fields: list[tuple[str, Reader, bool]] = []
    for field in dataclasses.fields(kind):
        if field.init:
            read = _of(annotations[field.name], f"{kind.__qualname__}.{field.name}")
            fields.append((field.name, read, _is_required(field)))

    def read_fields(claims: Any, place: str) -> Any:
        if type(claims) is not dict:
            raise _wrong(place, "an object", claims)
        values = {}
        for name, read, required in fields:
            if name in claims:
                values[name] = read(claims[name], f"{place}.{name}" if place else name)
            elif required:
                raise Misfit(f"{place}.{name} is missing" if place else f"{name} is missing")
        try:
            return kind(**values)
        except ValueError:
            raise Misfit(f"{place or 'the claims'}: {kind.__qualname__} refuses them") from None

    return read_fields


def _is_required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _of(annotation: Any, where: str) -> Reader:
    """Makes the function that reads one value."""
    plain = _PLAIN.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None
    if plain is not None:
        return plain
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union or _is_new_union(origin):
        return _union([_of(argument, where) for argument in arguments])
    if origin is typing.Literal:
        return _literal(arguments)
    if origin in _LISTS:
        ends_open = origin is tuple and arguments[1:] != (Ellipsis,)
        if ends_open:
            raise _unknown(where)
        return _list(_LISTS[origin], _of(arguments[0], where))
    if origin in _DICTS and arguments[0] is str:
        return _dict(_of(arguments[1], where))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _enum(annotation)
    if dataclasses.is_dataclass(annotation):  # pyright: ignore[reportUnknownArgumentType]
        nested: Any = annotation
        # Looked up when it is used: a class may contain itself.
        return lambda value, place: reader(nested)(value, place)
    raise _unknown(where)


def _is_new_union(origin: Any) -> bool:
    """``X | Y`` has a type of its own from Python 3.10 on."""
    return sys.version_info >= (3, 10) and origin is types.UnionType


def _unknown(where: str) -> TypeError:
    advice = "use a msgspec Struct or a pydantic model"
    return TypeError(f"into: the annotation of {where} is not one that claims are read by; {advice}")


def _wrong(place: str, expected: str, value: Any) -> Misfit:
    return Misfit(f"{place or 'the claims set'}: expected {expected}, got {_JSON[type(value)]}")


def _exactly(kind: type, expected: str) -> Reader:
    def read(value: Any, place: str) -> Any:
        if type(value) is not kind:
            raise _wrong(place, expected, value)
        return value

    return read


def _float(value: Any, place: str) -> float:
    if type(value) is not float and type(value) is not int:
        raise _wrong(place, "a number", value)
    return float(value)


def _datetime(value: Any, place: str) -> datetime:
    seconds = _float(value, place)
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise Misfit(f"{place}: expected a date in seconds") from None


def _anything(value: Any, _place: str) -> Any:
    return value


def _union(readers: list[Reader]) -> Reader:
    def read(value: Any, place: str) -> Any:
        last = None
        for one in readers:
            try:
                return one(value, place)
            except Misfit as misfit:
                last = misfit
        if len(readers) == 2 and _none in readers:
            # Optional: what the other one says is what there is to say.
            for one in readers:
                if one is not _none:
                    one(value, place)
        raise Misfit(f"{place}: none of the types fits") from last

    return read


def _literal(allowed: tuple[Any, ...]) -> Reader:
    def read(value: Any, place: str) -> Any:
        for one in allowed:
            if type(one) is type(value) and one == value:
                return value
        raise Misfit(f"{place}: not one of the values allowed")

    return read


def _enum(kind: type[enum.Enum]) -> Reader:
    def read(value: Any, place: str) -> Any:
        for member in kind:
            if type(value) in (str, int) and not isinstance(member.value, bool):
                if member.value == value:
                    return member
        raise Misfit(f"{place}: not one of the values of {kind.__qualname__}")

    return read


def _list(make: Callable[[Any], Any], read_one: Reader) -> Reader:
    def read(value: Any, place: str) -> Any:
        if type(value) is not list:
            raise _wrong(place, "an array", value)
        items = cast("Iterable[Any]", value)
        return make(read_one(one, f"{place}[{at}]") for at, one in enumerate(items))

    return read


def _dict(read_one: Reader) -> Reader:
    def read(value: Any, place: str) -> Any:
        if type(value) is not dict:
            raise _wrong(place, "an object", value)
        members = cast("dict[str, Any]", value)
        return {name: read_one(one, f"{place}.{name}") for name, one in members.items()}

    return read


_none = _exactly(type(None), "null")

_PLAIN: dict[Any, Reader] = {
    str: _exactly(str, "a string"),
    int: _exactly(int, "a whole number"),
    float: _float,
    bool: _exactly(bool, "a boolean"),
    None: _none,
    type(None): _none,
    datetime: _datetime,
    Any: _anything,
    object: _anything,
    list: _exactly(list, "an array"),
    dict: _exactly(dict, "an object"),
}

_LISTS: dict[Any, Callable[[Any], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Sequence: list,
    collections.abc.Iterable: list,
    collections.abc.Set: frozenset,
}

_DICTS = {dict, collections.abc.Mapping}

_JSON = {
    dict: "an object",
    list: "an array",
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}
