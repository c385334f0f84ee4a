"""Every callable of jotem.jwt has the signature that it has in PyJWT: a walk, not a list."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")

from announce import announce  # noqa: E402
from hooks.places import modules  # noqa: E402

THEIRS, OURS = "jwt", "jotem.jwt"
LEAST_CALLABLES = 450
PAGE = Path(__file__).resolve().parents[3] / "docs" / "migrations" / "from-pyjwt.md"


@pytest.fixture(scope="module")
def walks() -> tuple[dict[str, Any], dict[str, Any]]:
    """What each label of PyJWT and of jotem.jwt says."""
    return dict(_walk(THEIRS)), dict(_walk(OURS))


def test_every_callable_of_pyjwt_has_the_same_signature(
    walks: tuple[dict[str, Any], dict[str, Any]], request: pytest.FixtureRequest
) -> None:
    theirs, ours = walks
    unlike = {
        label: (said, ours.get(label, "missing"))
        for label, said in theirs.items()
        if ours.get(label) != said
    }
    assert len(theirs) >= LEAST_CALLABLES
    assert unlike == {}
    announce(request.config, "", summary=f"signatures: {len(theirs)} are PyJWT's")


def test_what_pyjwt_does_not_have_is_private_or_in_the_table_of_differences(
    walks: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    theirs, ours = walks
    table = PAGE.read_text(encoding="utf-8")
    more = [label for label in ours if label not in theirs and not _is_private(label)]
    assert more
    assert [label for label in more if f"`{label.split(':')[1]}" not in table] == []


def test_a_changed_default_name_kind_or_annotation_is_seen() -> None:
    def one(token: str, *, leeway: float = 0) -> str: ...
    def default(token: str, *, leeway: float = 1) -> str: ...
    def truth(token: str, *, leeway: float = False) -> str: ...
    def name(jwt: str, *, leeway: float = 0) -> str: ...
    def kind(token: str, leeway: float = 0) -> str: ...
    def annotation(token: bytes, *, leeway: float = 0) -> str: ...
    def result(token: str, *, leeway: float = 0) -> bytes: ...

    others = [default, truth, name, kind, annotation, result]
    assert [other.__name__ for other in others if _said(other) == _said(one)] == []


def _walk(root: str) -> Iterator[tuple[str, Any]]:
    """A label for each callable of the package, the same on both sides, and what it says."""
    for name, module in modules(root).items():
        for slot, value in vars(module).items():
            label = f"{name}:{slot}"
            if callable(value):
                yield label, _said(value)
            if isinstance(value, type) and value.__module__ == module.__name__:
                yield from _members(label, value, value, root)
                annotations = vars(value).get("__annotations__", {})
                worded = {one: _worded(annotation) for one, annotation in annotations.items()}
                yield f"{label} annotations", worded
            elif type(value).__module__.startswith(f"{root}."):
                # One of the two objects whose methods are the functions of the package.
                yield from _members(label, value, type(value), root)


def _members(label: str, owner: Any, cls: type, root: str) -> Iterator[tuple[str, Any]]:
    """What the classes of the package say of a class or an object."""
    inside = [base for base in cls.__mro__ if base.__module__.startswith(f"{root}.")]
    for slot in sorted({slot for base in inside for slot in vars(base)}):
        held = inspect.getattr_static(owner, slot)
        if isinstance(held, property):
            yield f"{label}.{slot}", ("property", *map(_said, (held.fget, held.fset, held.fdel)))
        elif callable(getattr(owner, slot)):
            yield f"{label}.{slot}", (type(held).__name__, _said(getattr(owner, slot)))


def _said(value: Any) -> Any:
    """The signature with all that it says; for what has none, that."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "no signature"
    parameters = [
        (one.name, one.kind.name, _default(one.default), _worded(one.annotation))
        for one in signature.parameters.values()
    ]
    return parameters, _worded(signature.return_annotation)


def _default(value: Any) -> Any:
    # A sentinel is an object of its own on each side; 0 and False are not the same default.
    return "sentinel" if type(value) is object else (type(value).__name__, value)


def _worded(annotation: Any) -> str:
    """Text as it is, an object by its representation; a class of the package by its own name."""
    return repr(annotation).replace(f"{OURS}.", f"{THEIRS}.")


def _is_private(label: str) -> bool:
    return any(part.startswith("_") for part in label.replace(":", ".").split(".") if part)
