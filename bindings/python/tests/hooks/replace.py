"""Replacements that count how they are used and otherwise behave like what they replace."""

from __future__ import annotations

import copy
import functools
import types
from collections import Counter
from typing import Any, Callable

Count = Callable[[str], None]


class CannotReplaceError(Exception):
    """The value has no use that could be counted or changed."""


def replacement(value: Any, uses: Counter[str]) -> Any:
    """A counting stand-in for code, a different value for data."""

    def count(use: str) -> None:
        uses[use] += 1

    if isinstance(value, staticmethod):
        return staticmethod(_function(value.__func__, count))
    if isinstance(value, classmethod):
        return classmethod(_function(value.__func__, count))
    if isinstance(value, property):
        return property(value.fget and _function(value.fget, count))
    if isinstance(value, types.ModuleType):
        return _Module(value, count)
    if type(value).__module__ in ("typing", "typing_extensions", "__future__"):
        raise CannotReplaceError("a form of the type system")
    if isinstance(value, type):
        return _class(value, count)
    if hasattr(value, "prepare_key") and hasattr(value, "sign"):
        return _algorithm(value, count)
    if hasattr(value, "_load") and hasattr(value, "register_algorithm"):
        return _object(value, ("encode", "decode", "decode_complete"), count)
    if callable(value):
        return _function(value, count)
    return _other(value)


def _function(function: Callable[..., Any], count: Count) -> Callable[..., Any]:
    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        count("call")
        return function(*args, **kwargs)

    return counted


def _class(cls: type, count: Count) -> type:
    """A subclass that counts; `isinstance` and `issubclass` go on as with the class itself."""
    meta: Any = type(cls)

    class Counted(meta):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            count("new")
            return meta.__call__(self, *args, **kwargs)

        def __instancecheck__(self, thing: object) -> bool:
            count("isinstance")
            return isinstance(thing, cls)

        def __subclasscheck__(self, other: type) -> bool:
            return issubclass(other, cls)

        def __getattribute__(self, name: str) -> Any:
            if not name.startswith("_"):
                count(f"get {name}")
            return meta.__getattribute__(self, name)

    body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
    try:
        made: type = Counted(cls.__name__, (cls,), body)
    except TypeError as why:
        raise CannotReplaceError(str(why)) from None
    return made


class _Module(types.ModuleType):
    """A module that counts which of its names are looked up."""

    def __init__(self, real: types.ModuleType, count: Count) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(_real=real, _count=count)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            self._count(f"get {name}")
        return getattr(self._real, name)


def _algorithm(algorithm: Any, count: Count) -> Any:
    """Another object of the same class, as `register_algorithm` would put there."""
    return _object(algorithm, ("prepare_key", "check_key_length", "sign", "verify"), count)


def _object(thing: Any, methods: tuple[str, ...], count: Count) -> Any:
    other = copy.copy(thing)
    for name in methods:
        call = functools.partial(count, f"call {name}")
        setattr(other, name, _noted(getattr(other, name), call))
    return other


def _noted(function: Callable[..., Any], note: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        note()
        return function(*args, **kwargs)

    return noted


def _other(value: Any) -> Any:
    """A value of the same type that is not equal."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value * 2 + 1
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, bytes):
        return value[:-1]
    if isinstance(value, (set, frozenset, list, tuple, dict)):
        return type(value)() if value else type(value)(["exp"])
    if type(value) is object:
        return object()
    raise CannotReplaceError(f"a {type(value).__name__}")
