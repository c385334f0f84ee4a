"""Puts `jotem.jwt` where programs look for PyJWT: under the name `jwt`.

Four ways, from the narrowest to the widest:

* `install()`, before anything imports `jwt`;
* `python -m jotem.dropin PROGRAM [ARGUMENT...]`, or `-m MODULE` in place of PROGRAM;
* `pytest -p jotem.dropin`;
* the distribution `jotem-dropin`, which does it in every process of an environment.

Importing this module changes nothing. `python -m jotem.dropin --status` says who answers.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import pkgutil
import runpy
import sys
from types import FunctionType, MethodType, ModuleType

__all__ = ["AlreadyImportedError", "install", "is_active", "main"]

_TARGET = "jotem.jwt"
_ALIAS = "jwt"

_USAGE = """\
usage: python -m jotem.dropin PROGRAM [ARGUMENT...]      run a script
       python -m jotem.dropin -m MODULE [ARGUMENT...]    run a module
       python -m jotem.dropin --status                   say who answers `import jwt`

In the program `import jwt` is answered by jotem.jwt; in processes that it starts it is not."""


class AlreadyImportedError(ImportError):
    """Another `jwt` is loaded: what has been imported from it would stay as it is.

    Its `name` is `jwt`; its message says where the other one is.
    """


def install(*, force: bool = False) -> None:
    """Answer `import jwt`, and every module below it, with `jotem.jwt` in this process.

    Calling it again does nothing.

    Args:
        force: Replace another `jwt` that has been imported; modules which hold names of it keep
            them.

    Raises:
        AlreadyImportedError: Another `jwt` has been imported, and `force` was not given.

    Example:
        >>> from jotem import dropin
        >>> dropin.install(force=True)
        >>> import jwt
        >>> jwt.decode.__module__
        'jotem.jwt.api_jwt'
    """
    aliases = _aliases()
    foreign = _foreign(aliases)
    if foreign and not force:
        origin = getattr(sys.modules[foreign[0]], "__file__", None) or "an unknown place"
        raise AlreadyImportedError(
            f"{foreign[0]!r} has already been imported from {origin}: call jotem.dropin.install()"
            " earlier, or with force=True and import again whatever uses it",
            name=_ALIAS,
        )
    for name in foreign:
        del sys.modules[name]
    sys.modules.update(aliases)


def is_active() -> bool:
    """Whether `import jwt` gives `jotem.jwt` in this process.

    Example:
        >>> dropin.is_active()
        True
    """
    return _answers() == _TARGET


def main(arguments: list[str]) -> int:
    """The command line; the return value is the exit status.

    Args:
        arguments: What stands behind `python -m jotem.dropin`.

    Example:
        >>> dropin.main(["--no-such-option"])
        2
    """
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    if arguments[0] == "--status":
        print(_status())
        return 0 if is_active() else 1
    if arguments[0] == "-m":
        return _run_module(arguments[1:])
    if arguments[0].startswith("-"):
        print(f"unknown option: {arguments[0]}\n{_USAGE}", file=sys.stderr)
        return 2
    return _run_script(arguments)


def pytest_addoption() -> None:
    """Install: what pytest calls first on a plugin, and nobody else calls.

    Later hooks are too late for `filterwarnings` that name a class of `jwt.warnings`. Newer
    versions of pytest look such classes up before any plugin is loaded, and again for each test:
    a `jwt` that was imported only for this is replaced. Where there is none to import yet and
    warnings are errors, `python -m jotem.dropin -m pytest` is the way.
    """
    install(force=not _holders())
    _forget_filters()


def pytest_report_header() -> str:
    """Say in pytest's header which `jwt` is tested."""
    return f"jwt: {_answers()}, through jotem.dropin"


def _aliases() -> dict[str, ModuleType]:
    """Every module of `jotem.jwt`, by the name that it has in PyJWT."""
    package = importlib.import_module(_TARGET)
    modules = {_ALIAS: package}
    for found in pkgutil.walk_packages(package.__path__, _TARGET + "."):
        if not found.name.endswith(".__main__"):
            alias = _ALIAS + found.name[len(_TARGET) :]
            modules[alias] = importlib.import_module(found.name)
    return modules


def _foreign(aliases: dict[str, ModuleType]) -> list[str]:
    """Names of loaded modules that are, or belong to, another `jwt`; the package first."""
    ours = set(map(id, aliases.values()))
    return sorted(
        name
        for name, module in sys.modules.items()
        if (name == _ALIAS or name.startswith(_ALIAS + ".")) and id(module) not in ours
    )


def _holders() -> list[str]:
    """Loaded modules that have a name from another `jwt` among their globals."""
    foreign = {name: sys.modules[name] for name in _foreign(_aliases())}
    modules = list(map(id, foreign.values()))
    return [
        name
        for name, module in list(sys.modules.items())
        if name not in foreign
        and any(
            id(value) in modules or getattr(value, "__module__", None) in foreign
            for value in list(getattr(module, "__dict__", {}).values())
            if isinstance(value, (ModuleType, type, FunctionType, MethodType))
        )
    ]


def _forget_filters() -> None:
    """Let pytest look the classes of `filterwarnings` up again; it remembers them."""
    config = sys.modules.get("_pytest.config")
    forget = getattr(getattr(config, "parse_warning_filter", None), "cache_clear", None)
    if forget is not None:
        forget()


def _answers() -> str | None:
    """`jotem.jwt`, or the file of another `jwt`, or None if there is none."""
    loaded = sys.modules.get(_ALIAS)
    if loaded is not None:
        same = loaded is sys.modules.get(_TARGET)
        return _TARGET if same else getattr(loaded, "__file__", None) or "unknown"
    spec = importlib.util.find_spec(_ALIAS)
    if spec is None:
        return None
    return getattr(spec.loader, "target", None) or spec.origin or "unknown"


def _status() -> str:
    answers = _answers()
    lines = [
        "active: " + ("yes" if answers == _TARGET else "no"),
        f"import jwt: {answers or 'no module of that name'}",
    ]
    for distribution in ("jotem", "jotem-dropin", "PyJWT"):
        try:
            version = importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        lines.append(f"{distribution}: {version}")
    return "\n".join(lines)


def _run_module(arguments: list[str]) -> int:
    if not arguments:
        print(f"-m needs the name of a module\n{_USAGE}", file=sys.stderr)
        return 2
    install()
    name = arguments[0]
    if name == _ALIAS or name.startswith(_ALIAS + "."):
        # A loader runs a module only under the name that it found it by.
        name = _TARGET + name[len(_ALIAS) :]
    sys.argv = arguments
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


def _run_script(arguments: list[str]) -> int:
    program = arguments[0]
    if not os.path.exists(program):
        print(f"no such file: {program} (a module is run with -m)", file=sys.stderr)
        return 2
    install()
    sys.argv = arguments
    if not getattr(sys.flags, "safe_path", False) and not sys.flags.isolated:
        # As the interpreter does: a script finds the modules beside it, not the caller's.
        sys.path[0] = os.path.dirname(os.path.realpath(program))
    runpy.run_path(program, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
