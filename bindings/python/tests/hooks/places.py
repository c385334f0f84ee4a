"""What can be replaced: a named slot in a module, a class, an object or a dictionary."""

from __future__ import annotations

import inspect
import pkgutil
import types
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

# Slots of the interpreter, not of the package.
_NOT_WALKED = {
    "__annotations__", "__abstractmethods__", "__all__", "__builtins__", "__cached__",
    "__dict__", "__doc__", "__file__", "__firstlineno__", "__loader__", "__module__", "__name__",
    "__orig_bases__", "__package__", "__parameters__", "__path__", "__qualname__", "__slots__",
    "__spec__", "__static_attributes__", "__weakref__", "_abc_impl",
}  # fmt: skip
_ABSENT = object()


@dataclass(frozen=True)
class Place:
    """One slot; `label` names it the same way on both sides."""

    label: str
    owner: Any
    name: str

    def value(self) -> Any:
        """What is there: of a class unbound, of an object bound to it."""
        if isinstance(self.owner, dict):
            return self.owner[self.name]
        if isinstance(self.owner, (type, types.ModuleType)) or self.name in vars(self.owner):
            return inspect.getattr_static(self.owner, self.name)
        return getattr(self.owner, self.name)

    def put(self, value: Any) -> Any:
        """Put `value` there; what `restore` needs is returned."""
        if isinstance(self.owner, dict):
            before = self.owner[self.name]
            self.owner[self.name] = value
            return before
        before = vars(self.owner).get(self.name, _ABSENT)
        setattr(self.owner, self.name, value)
        return before

    def restore(self, before: Any) -> None:
        """Undo `put`."""
        if isinstance(self.owner, dict):
            self.owner[self.name] = before
        elif before is _ABSENT:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, before)


def modules(root: str) -> dict[str, types.ModuleType]:
    """The package `root` and its submodules by their names below it; "" is the package."""
    package = import_module(root)
    found = {"": package}
    for info in pkgutil.walk_packages(package.__path__, root + "."):
        found[info.name[len(root) + 1 :]] = import_module(info.name)
    for name in package.__all__:
        # What is imported when it is asked for is there from now on.
        getattr(package, name)
    for module in found.values():
        for slot in dir(module):
            getattr(module, slot)
    return found


def places(root: str) -> Iterator[Place]:
    """Every place of the package `root`, always in the same order."""
    loaded = modules(root)
    for name, module in sorted(loaded.items()):
        for slot in sorted(vars(module)):
            if slot not in _NOT_WALKED:
                yield Place(f"{name}:{slot}", module, slot)
    for name, module in sorted(loaded.items()):
        for cls in _classes(module):
            yield from _of_class(f"{name}:{cls.__qualname__}", cls, root)
    yield from _of_object("api_jwt:_jwt_global_obj", loaded["api_jwt"]._jwt_global_obj, root)
    jws = loaded["api_jws"]._jws_global_obj
    yield from _of_object("api_jws:_jws_global_obj", jws, root)
    for name, algorithm in jws._algorithms.items():
        label = f"api_jws:_jws_global_obj._algorithms[{name}]"
        yield Place(label, jws._algorithms, name)
        yield from _of_object(label, algorithm, root)


def _classes(module: types.ModuleType) -> list[type]:
    found = {v.__qualname__: v for v in vars(module).values() if isinstance(v, type)}
    own = [cls for cls in found.values() if cls.__module__ == module.__name__]
    return sorted(own, key=lambda cls: cls.__qualname__)


def _of_class(label: str, cls: type, root: str) -> Iterator[Place]:
    """Its own attributes and those that it inherits inside the package."""
    for slot in _slots(cls, root):
        yield Place(f"{label}.{slot}", cls, slot)


def _of_object(label: str, thing: Any, root: str) -> Iterator[Place]:
    """Attributes of the object, methods set on it, and the options that it holds."""
    methods = [name for name in _slots(type(thing), root) if not name.startswith("__")]
    for slot in sorted({*vars(thing), *methods}):
        yield Place(f"{label}.{slot}", thing, slot)
    options = vars(thing).get("options", {})
    for option in sorted(options):
        yield Place(f"{label}.options[{option}]", options, option)


def _slots(cls: type, root: str) -> list[str]:
    inside = [base for base in cls.__mro__ if base.__module__.startswith(root + ".")]
    names = {name for base in inside for name in vars(base)}
    return sorted(names - _NOT_WALKED)
