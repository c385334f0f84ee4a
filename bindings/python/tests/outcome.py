"""What came of one call on PyJWT, or of the same call on jotem.jwt."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Callable

CONTROL, OURS = "jwt", "jotem.jwt"
Call = Callable[[ModuleType], Any]


@dataclass(frozen=True)
class Outcome:
    """A value, or the type and the text of an exception; what was warned of."""

    kind: str
    text: str
    cause: str
    warned: tuple[tuple[str, str], ...]
    value: Any = field(compare=False, default=None)

    @property
    def is_value(self) -> bool:
        return self.kind == "value"

    @property
    def words(self) -> str:
        """As Python prints it: the exception without its module, and its text."""
        return f"{self.kind.rpartition('.')[2]}: {self.text}"

    def __str__(self) -> str:
        warned = f" with warnings {self.warned}" if self.warned else ""
        cause = f" from {self.cause}" if self.cause else ""
        return f"{self.kind}: {self.text[:300]}{cause}{warned}"


def outcome(call: Call, root: str, comparable: Callable[[Any], str] | None = None) -> Outcome:
    """Makes the call with the package as its argument.

    `comparable` gives a text that is equal exactly if the values are.
    """
    value = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = call(import_module(root))
        except Exception as error:
            refuse_what_nobody_documents(error)
            kind, text, cause = _name(type(error)), _plain(str(error)), _cause(error)
        else:
            kind, text, cause = "value", (comparable or _comparable)(value), ""
    warned = tuple((_name(w.category), _plain(str(w.message))) for w in caught)
    return Outcome(kind, text, cause, warned, value)


def refuse_what_nobody_documents(error: Exception) -> None:
    """Fails for a bare `RuntimeError`, `SystemError`, or whatever else no interface promises.

    A panic is no `Exception`: nothing catches it on its way to the test.
    """
    assert type(error) not in (Exception, RuntimeError, SystemError, AssertionError), repr(error)


def _cause(error: BaseException) -> str:
    return _name(type(error.__cause__)) if error.__cause__ else ""


def _name(cls: type) -> str:
    module = cls.__module__
    if module.startswith("jotem.jwt"):
        module = module[len("jotem.") :]
    return f"{module}.{cls.__qualname__}"


def _comparable(value: Any) -> str:
    """A text that is equal exactly if the values are."""
    if type(value).__name__ == "PyJWK":
        return (
            f"PyJWK {value.algorithm_name} {value.key_id} {value.key_type} {_comparable(value.key)}"
        )
    if type(value).__name__ == "PyJWKSet":
        return f"PyJWKSet {[_comparable(key) for key in value.keys]}"
    if type(value).__module__.startswith("cryptography."):
        return type(value).__name__
    return _plain(repr(value))


def _plain(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", " at 0x", text).replace("jotem.jwt.", "jwt.")
