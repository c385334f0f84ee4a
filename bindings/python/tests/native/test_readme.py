"""The samples of the README and of the modules run as they stand."""

from __future__ import annotations

import doctest
import pathlib
import types

import pytest

import jotem
import jotem.testing

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readme_says_what_happens() -> None:
    outcome = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 10
    assert outcome.failed == 0


@pytest.mark.parametrize("module", [jotem, jotem.testing])
def test_the_modules_say_what_happens(module: types.ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 3
    assert outcome.failed == 0
