"""Whatever is replaced in jotem.jwt is used as in PyJWT: the walk of `hooks`."""

from __future__ import annotations

import pytest

pytest.importorskip("cryptography")

from announce import announce  # noqa: E402
from hooks.explained import EXPLAINED, explanation  # noqa: E402
from hooks.walk import Walk, both, compare  # noqa: E402

LEAST_HOOKS = 600


@pytest.fixture(scope="module")
def walks() -> tuple[Walk, Walk]:
    """The two walks, made once."""
    return both()


def test_every_hook_is_called_as_often_as_in_pyjwt_and_to_the_same_end(
    walks: tuple[Walk, Walk], request: pytest.FixtureRequest
) -> None:
    control, ours = walks
    found = compare(control, ours)
    unexplained = [one for one in found if explanation(one.place) is None]
    used = sum(any(uses for _, uses in seen.values()) for seen in ours.seen.values())
    summary = (
        f"hooks: {len(ours.seen)} walked, {used} of them used, {len(ours.left)} are no code or "
        f"data to replace; PyJWT {len(control.seen)}; {len(ours.untouched)} steps under each; "
        f"{len(found) - len(unexplained)} explained differences, {len(unexplained)} others"
    )
    announce(request.config, "", summary=summary)
    assert len(ours.seen) >= LEAST_HOOKS
    assert not unexplained, "\n" + "\n".join(map(str, unexplained))


def test_every_explanation_of_a_hook_explains_something(walks: tuple[Walk, Walk]) -> None:
    needed = {explanation(one.place) for one in compare(*walks)}
    assert [entry for entry in EXPLAINED if entry not in needed] == []
