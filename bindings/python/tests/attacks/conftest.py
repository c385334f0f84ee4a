"""The two interfaces as fixtures that know which class the test is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from attacks.catalogue import CLASSES, id_of
from attacks.faces import Native, PyJWTFace


@pytest.fixture
def native() -> Iterator[Native]:
    """The native interface; a test that has it and does not ask it fails."""
    face = Native()
    yield face
    assert face.asked, "the test never asked the native interface"


@pytest.fixture
def pyjwt(request: pytest.FixtureRequest) -> Iterator[PyJWTFace]:
    """jotem.jwt beside PyJWT; its answers must be those that the catalogue names."""
    attack = id_of(request.function.__name__)
    assert attack is not None, "the name of the test begins with no id"
    face = PyJWTFace(CLASSES[attack])
    yield face
    face.check_used()
