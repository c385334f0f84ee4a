"""The samples of the README and of the package run as they stand."""

from __future__ import annotations

import doctest
import pathlib

import jotem
from provider import Provider

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readme_says_what_happens() -> None:
    provider = Provider("https://auth.example")
    names = {"jwks_uri": provider.server.url(), "their_token": provider.token()}
    try:
        outcome = doctest.testfile(
            str(README), module_relative=False, encoding="utf-8", extraglobs=names
        )
    finally:
        provider.close()
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_the_package_says_what_happens() -> None:
    """What its classes say is on the pages that ``test_reference.py`` runs."""
    (example,) = doctest.DocTestFinder(recurse=False).find(jotem)
    outcome = doctest.DocTestRunner().run(example)
    assert outcome.attempted > 3
    assert outcome.failed == 0
