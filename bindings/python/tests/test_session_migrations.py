"""The pages that lead to `jotem.sessions`: their code runs, and their names exist."""

from __future__ import annotations

import doctest
import pathlib
import re

import pytest

from jotem import errors, sessions

FOLDER = pathlib.Path(__file__).parents[3] / "docs" / "migrations"
PAGES = ["from-flask-jwt-extended.md", "from-simplejwt.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_runs(page: str) -> None:
    outcome = doctest.testfile(str(FOLDER / page), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 15
    assert outcome.failed == 0


@pytest.mark.parametrize("page", PAGES)
def test_every_call_that_the_page_names_exists(page: str) -> None:
    text = (FOLDER / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\bsessions\.(\w+)\(", text))
    assert {"start", "refresh", "verify", "revoke_subject"} <= named
    assert all(hasattr(sessions.Sessions, name) for name in named), named
    raised = set(re.findall(r"\berrors\.([A-Z]\w+)", text))
    assert all(hasattr(errors, name) for name in raised), raised
