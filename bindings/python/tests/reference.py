"""The reference pages in docs/python/, made of docstrings: `python3 tests/reference.py` writes them.

What a name is for, its arguments and its examples are written once, in the docstring that `help()`
shows. Signatures come with their types from the source, or from the stubs of the extension module.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pathlib
import re
import textwrap
from collections.abc import Iterator
from typing import Any, Union

PACKAGE = pathlib.Path(__file__).parents[1] / "jotem"
FOLDER = pathlib.Path(__file__).parents[3] / "docs" / "python"

# A page begins with what its module says where it has no list of names, or where the first is empty.
PAGES = {
    "key.md": ("Keys", "jotem", ["Key", "Algorithm"]),
    "key-set.md": ("Key sets", "jotem", ["KeySet", "Member"]),
    "key-ring.md": (
        "Key rings",
        "jotem",
        [
            "KeyRing",
            "KeyState",
            "RingKey",
            "RingTimers",
            "Rotation",
            "Compromise",
            "Maintenance",
            "Publication",
        ],
    ),
    "issuer.md": ("Issuing tokens", "jotem", ["Issuer"]),
    "verifier.md": ("Verifying tokens", "jotem", ["Verifier", "Verified", "CacheState", "token_hash"]),
    "jwks-client.md": ("Remote key sets", "jotem", ["JWKSClient", "JWKSEvent", "SourceStatus"]),
    "sessions.md": (
        "Sessions",
        "jotem.sessions",
        [
            "",
            "Sessions",
            "AsyncSessions",
            "TokenPair",
            "Live",
            "Stale",
            "AccessToken",
            "SessionVerifier",
            "RotationPolicy",
            "Grant",
            "Refused",
            "SessionList",
            "SessionInfo",
            "SessionEvent",
            "AuditLog",
            "AuditVerified",
            "AuditState",
            "verify_audit_log",
            "logging_events",
            "prometheus_events",
        ],
    ),
    "roles.md": (
        "Roles and permissions",
        "jotem.sessions",
        ["Policy", "Granted", "PermissionExplanation"],
    ),
    "unverified.md": (
        "Reading without verifying",
        "jotem",
        ["unverified_header", "unverified_claims", "Unverified"],
    ),
    "explain.md": ("Why a token is refused", "jotem", ["explain", "Explanation", "Step"]),
    "lint.md": ("What is weak in a token or a key", "jotem", ["lint", "Finding"]),
    "errors.md": ("Errors", "jotem.errors", None),
    "testing.md": ("In tests", "jotem.testing", None),
    "dropin.md": ("In place of PyJWT", "jotem.dropin", None),
}

Definition = Union[ast.ClassDef, ast.FunctionDef]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

_NOTE = "<!-- Made of the docstrings by bindings/python/tests/reference.py. -->"
_SECTIONS = {"Args:": "Arguments", "Attributes:": "Attributes", "Raises:": "Raises"}


def public_names(module: Any) -> list[str]:
    """What a module exports, in the order of its source."""
    names = [name for name in module.__all__ if name not in ("__version__", "errors")]
    return sorted(names, key=lambda name: _definition(name).lineno)


def public_members(owner: type) -> Iterator[tuple[str, Any]]:
    """The methods and properties of a class that have no underscore, in the order of its source."""
    for node in _definition(owner.__name__).body:
        if isinstance(node, _FUNCTIONS) and not node.name.startswith("_"):
            member = inspect.getattr_static(owner, node.name)
            # A staticmethod has a docstring about being one, on some versions of CPython.
            yield node.name, getattr(member, "__func__", member)


def arguments(name: str, member: str | None = None) -> list[str]:
    """The names of the arguments of a function, a method or a class."""
    definition = _definition(name)
    nodes = [definition]
    if isinstance(definition, ast.ClassDef):
        wanted = ("__new__", "__init__") if member is None else (member,)
        nodes = [node for node in definition.body if getattr(node, "name", "") in wanted]
    every = [node.args for node in nodes]
    taken = [(*some.args, some.vararg, *some.kwonlyargs) for some in every]
    return [one.arg for some in taken for one in some if one and one.arg not in ("self", "cls")]


def page(name: str) -> str:
    """The text of a page."""
    title, module_name, names = PAGES[name]
    module = importlib.import_module(module_name)
    lines = [f"# {title}", "", _NOTE, ""]
    if names is None or not names[0]:
        lines += [*_markdown(module.__doc__ or ""), ""]
    for one in filter(None, names or public_names(module)):
        lines += _entry(f"## `{one}`", _signature(one), getattr(module, one).__doc__)
        if inspect.isclass(getattr(module, one)):
            for member, value in dict(public_members(getattr(module, one))).items():
                signature = _signature(one, member)
                lines += _entry(f"### `{one}.{member}`", signature, value.__doc__)
    return "\n".join(lines).rstrip() + "\n"


def _entry(heading: str, signature: str, text: str | None) -> list[str]:
    signature = re.sub(r"\b_C(_co)?\b", "C", signature)
    return [heading, "", "```python", signature, "```", "", *_markdown(text or ""), ""]


def _markdown(text: str) -> list[str]:
    """A docstring, its sections as lists and its examples as code."""
    lines: list[str] = []
    for block in re.split(r"\n{2,}(?=\S)", inspect.cleandoc(text)):
        head, _, rest = block.partition("\n")
        if head.startswith("(PYTEST_DONT_REWRITE"):
            continue  # Said to pytest, which looks for it there.
        if head == "Example:":
            lines += ["```python", *textwrap.dedent(rest).splitlines(), "", "```"]
        elif head in _SECTIONS:
            lines += [f"{_SECTIONS[head]}:", "", *_items(rest)]
        elif head == "::":
            lines += ["```text", *textwrap.dedent(rest).strip("\n").splitlines(), "```"]
        else:
            lines += _inline(block).splitlines()
        lines.append("")
    return lines[:-1]


def _items(text: str) -> Iterator[str]:
    for item in re.split(r"\n(?=\S)", textwrap.dedent(text)):
        name, _, meaning = " ".join(item.split()).partition(": ")
        yield f"- `{name}`: {_inline(meaning)}"


def _inline(text: str) -> str:
    text = re.sub(r":[a-z]+:`\.?([^`]+)`", r"`\1`", text)
    return re.sub(r"`` ?(.+?) ?``", r"`\1`", text)


@functools.cache
def _tree(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _definition(name: str) -> Any:
    """Where a public name is defined: in the stubs, or in a module of the package."""
    return _definitions()[name]


@functools.cache
def _definitions() -> dict[str, Any]:
    nodes: list[ast.stmt] = []
    sources = [*sorted(PACKAGE.glob("*.py")), *sorted(PACKAGE.glob("sessions/*.py"))]
    for path in [PACKAGE / "_jotem.pyi", *sources]:
        for statement in _tree(path).body:
            # The fixtures are there where pytest is.
            nodes += statement.orelse if isinstance(statement, ast.Try) else [statement]
    return {n.name: n for n in nodes if isinstance(n, (ast.ClassDef, ast.FunctionDef))}


def _signature(name: str, member: str | None = None) -> str:
    definition = _definition(name)
    if member is not None:
        nodes = [node for node in definition.body if getattr(node, "name", "") == member]
        # Where there are overloads, what comes after them is for nobody to read.
        nodes = [node for node in nodes if _is_overload(node)] or nodes
        return "\n".join(_function(node) for node in nodes)
    if isinstance(definition, ast.FunctionDef):
        return _function(definition)
    makers = [n for n in definition.body if getattr(n, "name", "") in ("__new__", "__init__")]
    if makers:
        return "class " + _function(makers[0], name)
    bases = ", ".join(map(ast.unparse, definition.bases))
    values = [f"    {ast.unparse(n)}" for n in definition.body if _is_public_value(n)]
    head = f"class {name}({bases})" if bases else f"class {name}"
    return "\n".join([f"{head}:", *values] if values else [head])


def _is_overload(node: Any) -> bool:
    return "overload" in map(ast.unparse, node.decorator_list)


def _is_public_value(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and not ast.unparse(node).startswith("_")


def _function(node: ast.FunctionDef, name: str | None = None) -> str:
    """The head of a function; of a property its name and type."""
    result = ast.unparse(_Aliases().visit(node.returns)) if node.returns else None
    decorators = list(map(ast.unparse, node.decorator_list))
    if "property" in decorators:
        return f"{node.name}: {result}"
    arguments = _Aliases().visit(node.args)
    arguments.args = [one for one in arguments.args if one.arg not in ("self", "cls")]
    parts = _parameters(arguments)
    arrow = "" if name or result is None else f" -> {result}"
    head = ("async " if isinstance(node, ast.AsyncFunctionDef) else "") + (name or node.name)
    line = f"{head}({', '.join(parts)}){arrow}"
    if len(line) > 92:
        line = f"{head}(\n    " + ",\n    ".join(parts) + f",\n){arrow}"
    return "@staticmethod\n" + line if "staticmethod" in decorators else line


def _parameters(arguments: ast.arguments) -> list[str]:
    """Each parameter, with its type and its default."""
    parts = []
    required = len(arguments.args) - len(arguments.defaults)
    defaults: list[Any] = [None] * required + arguments.defaults
    for one, default in zip(arguments.args, defaults):
        parts.append(_parameter(one, default))
    if arguments.kwonlyargs:
        parts.append("*")
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        parts.append(_parameter(one, default))
    return parts


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(argument)
    return text if default is None else f"{text} = {ast.unparse(default)}"


@functools.cache
def _meanings() -> dict[str, ast.expr]:
    """The private aliases of the stubs."""
    return {
        statement.target.id: statement.value
        for statement in _tree(PACKAGE / "_jotem.pyi").body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        if statement.value is not None
    }


class _Aliases(ast.NodeTransformer):
    """Puts what the private aliases of the stubs mean in their place."""

    def visit_Name(self, node: ast.Name) -> Any:
        meaning = _meanings().get(node.id)
        return node if meaning is None else self.visit(meaning)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in PAGES:
        (FOLDER / file).write_text(page(file), encoding="utf-8")
