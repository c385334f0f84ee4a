"""One case, run on PyJWT and on jotem.jwt, and whether the same came of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Callable

from differential.keys import KEYS, KeyForm
from outcome import CONTROL, OURS, Outcome, outcome

# Their signatures differ from call to call.
RANDOMIZED = {"ES256", "ES256K", "ES384", "ES512", "ES521", "PS256", "PS384", "PS512"}
# Called on a new object with options instead of the package's own.
_OBJECTS = {"jwt": "PyJWT", "jws": "PyJWS"}


@dataclass
class Case:
    """A call. A `KeyForm` among the arguments stands for the key, made for each side."""

    operation: str
    arguments: dict[str, Any]
    algorithm: str = "none"
    key: KeyForm | None = None
    options: tuple[str, ...] = ()
    own_options: dict[str, Any] | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    def call(self, root: str) -> Any:
        """Make the call on the package `root`."""
        arguments = dict(self.arguments)
        if self.key is not None:
            arguments["key"] = self.key.on(root)
        return _function(root, self.operation, self.own_options)(**arguments)

    def reproduction(self) -> str:
        """The call as a reader would write it, cut where it is long."""
        shown = {name: _short(value) for name, value in self.arguments.items()}
        if self.key is not None:
            shown["key"] = f"<{self.key.name}>"
        own = f" on an object with {self.own_options}" if self.own_options else ""
        return f"{self.operation}({', '.join(f'{n}={v}' for n, v in shown.items())}){own}"


def run(case: Case, root: str) -> Outcome:
    """The outcome on one side."""
    return outcome(lambda _: case.call(root), root, lambda value: _comparable(case, value))


def crossed(case: Case, control: Outcome, ours: Outcome) -> str | None:
    """For signatures that differ: each side must read both alike. What went wrong, or None."""
    if case.algorithm not in RANDOMIZED or ours.kind != "value" or case.key is None:
        return None
    if not case.operation.endswith("encode") or not isinstance(ours.value, str):
        return None
    if case.key.verifier is None or case.notes.get("detached"):
        return None
    verifier = KEYS[case.key.verifier]
    verdicts = {
        (root, token): _verdict(root, token, verifier, case.algorithm)
        for root in (CONTROL, OURS)
        for token in (control.value, ours.value)
    }
    if len(set(verdicts.values())) == 1:
        return None
    return "signatures, as read by each: " + ", ".join(
        f"{root} on {'its own' if (root == CONTROL) == (token == control.value) else 'the other'}"
        f" {verdict}"
        for (root, token), verdict in verdicts.items()
    )


def _verdict(root: str, token: str, key: KeyForm, algorithm: str) -> str:
    jws = import_module(root + ".api_jws").PyJWS()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            jws.decode(token, key.on(root), algorithms=[algorithm])
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return "verified"


def shown(value: Any) -> str:
    """`repr`, also of what has none: nested too deeply, or a number of too many digits."""
    try:
        return repr(value)
    except (RecursionError, ValueError) as error:
        return f"<{type(value).__name__}: {error}>"


def _function(root: str, operation: str, own: dict[str, Any] | None) -> Callable[..., Any]:
    package: ModuleType = import_module(root)
    first, _, method = operation.partition(".")
    if first in _OBJECTS:
        cls = getattr(package, _OBJECTS[first])
        return getattr(cls(options=own) if own is not None else cls(), method)  # type: ignore[no-any-return]
    return getattr(package, operation)  # type: ignore[no-any-return]


def _comparable(case: Case, value: Any) -> str:
    """A text that is equal exactly if the values are, types, order and NaN included."""
    if case.operation == "PyJWK":
        return f"{value.algorithm_name} {value.key_id} {value.key_type} {_key(value.key)}"
    if isinstance(value, str) and case.algorithm in RANDOMIZED:
        return value.rpartition(".")[0]
    return repr(value)


def _key(key: Any) -> str:
    return repr(key) if isinstance(key, bytes) else type(key).__name__


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= 400 else f"{text[:200]}...{text[-100:]} ({len(text)} characters)"
