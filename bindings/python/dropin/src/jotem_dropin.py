"""An import hook: `jwt`, and every module below it, is `jotem.jwt`.

Every interpreter of the environment loads this file when it starts, so it imports nothing until
somebody asks for `jwt`.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType


def activate() -> None:
    """Put the hook before the finders that would find PyJWT; once."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


class Finder:
    """Finds `jwt` and `jwt.*`, and nothing else."""

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        """The specification of jotem's module, or None: let the next finder look."""
        if fullname != "jwt" and not fullname.startswith("jwt."):
            return None
        from importlib.machinery import ModuleSpec

        module = _import("jotem." + fullname)
        if module is None:
            return None
        loader = Loader(module)
        origin = getattr(module, "__file__", None)
        spec = ModuleSpec(fullname, loader, origin=origin)  # type: ignore[arg-type]
        if hasattr(module, "__path__"):
            spec.submodule_search_locations = list(module.__path__)
        return spec


class Loader:
    """Hands out a module that is loaded already, under its second name."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        #: The name of the module that answers.
        self.target = module.__name__
        # The import system writes the second name's specification into the module.
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module itself, not a copy: what is patched in one is patched in the other."""
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own specification back; it has run."""
        module.__spec__ = self._spec

    def get_code(self, fullname: str) -> CodeType | None:
        """For `python -m jwt.help`."""
        own = getattr(self._spec, "loader", None)
        return own.get_code(self.target) if own is not None else None

    def is_package(self, fullname: str) -> bool:
        """For `python -m jwt`."""
        return hasattr(self.module, "__path__")


def _import(name: str) -> ModuleType | None:
    """The module, or None if there is none of that name; a fault inside it is not hidden."""
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is not None and (name + ".").startswith(missing.name + "."):
            return None
        raise
