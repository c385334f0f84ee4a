"""The samples of the README and of the package run as they stand."""

from __future__ import annotations

import doctest
import pathlib

import jotem

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readme_says_what_happens() -> None:
    outcome = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_the_package_says_what_happens() -> None:
    """What its classes say is on the pages that ``test_reference.py`` runs."""
    (example,) = doctest.DocTestFinder(recurse=False).find(jotem)
    outcome = doctest.DocTestRunner().run(example)
    assert outcome.attempted > 3
    assert outcome.failed == 0
