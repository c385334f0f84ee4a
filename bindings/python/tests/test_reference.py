"""Every public name says what it is, and docs/python/ says the same."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import reference

HAND_WRITTEN = ["README.md", "jwt.md"]
MODULES = ["jotem", "jotem.errors", "jotem.testing", "jotem.dropin", "jotem.sessions"]
# What no program makes or calls, or what only broken hardware raises.
WITHOUT_EXAMPLE = {"SigningFailed", "AlreadyImportedError", "jotem_clock", "jotem_issuer"}


def public() -> Iterator[tuple[str, Any]]:
    """Every public name with its object: classes, functions and fixtures."""
    for module in map(importlib.import_module, MODULES):
        for name in reference.public_names(module):
            yield name, getattr(module, name)


def documented() -> Iterator[tuple[str, str]]:
    """Every name, and every member as `Class.member`, with its docstring."""
    for name, value in public():
        yield name, inspect.getdoc(value) or ""
        if inspect.isclass(value):
            for member, described in reference.public_members(value):
                yield f"{name}.{member}", getattr(described, "__doc__", "") or ""


def test_every_name_says_what_it_is() -> None:
    texts = dict(documented())
    assert len(texts) > 80
    for name, text in texts.items():
        first = text.split("\n\n")[0]
        assert first and re.search(r"[.:?]$", first), f"{name}: {first!r}"


def test_every_name_has_an_example() -> None:
    texts = dict(documented())
    for name in {name.partition(".")[0] for name in texts} - WITHOUT_EXAMPLE:
        own = [text for other, text in texts.items() if other.partition(".")[0] == name]
        assert ">>>" in "".join(own), name


def test_every_argument_is_explained() -> None:
    texts = dict(documented())
    checked = 0
    for name, text in texts.items():
        owner = texts[name.partition(".")[0]]
        for argument in reference.arguments(*name.split(".")):
            assert re.search(rf"\b{argument}\b", text + owner), f"{name}({argument})"
            checked += 1
        explained = re.findall(r"^ {4}(\w+): ", text.partition("Args:")[2].partition("\n\n")[0], re.M)
        assert set(explained) <= set(reference.arguments(*name.split("."))), name
    assert checked > 60


@pytest.mark.parametrize("page", reference.PAGES)
def test_a_page_is_what_the_docstrings_say(page: str) -> None:
    written = (reference.FOLDER / page).read_text(encoding="utf-8")
    assert written == reference.page(page), "run: python3 bindings/python/tests/reference.py"


def test_every_page_is_in_the_list_of_pages() -> None:
    pages = {path.name for path in reference.FOLDER.iterdir()}
    assert pages == {*reference.PAGES, *HAND_WRITTEN}
    contents = (reference.FOLDER / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", contents))
    assert linked == pages - {"README.md"}


def test_every_public_name_is_on_a_page() -> None:
    text = "".join((reference.FOLDER / page).read_text(encoding="utf-8") for page in reference.PAGES)
    for name, _ in documented():
        assert f"# `{name}`\n" in text, name


def test_no_link_leads_nowhere() -> None:
    folders = [reference.FOLDER, reference.FOLDER.parent / "migrations"]
    readme = reference.PACKAGE.parent / "README.md"
    for page in [readme, *(path for folder in folders for path in folder.glob("*.md"))]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("page", [*reference.PAGES, *HAND_WRITTEN])
def test_a_page_runs(page: str) -> None:
    path = reference.FOLDER / page
    command = [sys.executable, "-X", "utf8", "-W", "error", "-m", "doctest", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout
    assert page == "README.md" or ">>> " in path.read_text(encoding="utf-8")
