"""The programs of `examples/python/`: each contains samples of three tutorials, unchanged, and does
what it says with the drop-in. PyJWT is the control.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from announce import announce
from examples import program, redis_server, samples

PROGRAMS = {path.stem: path for path in program.every()}
WITH_REDIS = "redis_store"
TUTORIALS = samples.of_the_tutorials()


def _does_what_it_says(path: Path, folder: Path, **environment: str) -> None:
    ours, control = (
        program.run(path, folder, drop_in=drop_in, **environment) for drop_in in (True, False)
    )
    promised, promised_of_control = program.promises(path)
    assert (ours.status, control.status) == (0, 0), ours.errors + control.errors
    assert program.difference(promised, ours.printed) == ""
    assert program.difference(promised_of_control, control.printed) == ""
    if promised == promised_of_control:
        assert ours.warnings == control.warnings


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - {WITH_REDIS}))
def test_a_program_does_what_it_says_as_with_pyjwt(name: str, tmp_path: Path) -> None:
    _does_what_it_says(PROGRAMS[name], tmp_path)


@pytest.fixture
def redis_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A server's URL; without a server a loud skip, and a failure where everything must run."""
    try:
        with redis_server.running() as url:
            yield url
    except redis_server.MissingError as why:
        if os.environ.get("CI"):
            pytest.fail(str(why))
        announce(pytestconfig, "", summary=f"SKIPPED: {WITH_REDIS}: {why}")
        pytest.skip(str(why))


def test_a_program_does_what_it_says_with_a_redis_server(redis_url: str, tmp_path: Path) -> None:
    _does_what_it_says(PROGRAMS[WITH_REDIS], tmp_path, REDIS_URL=redis_url)


def _found() -> dict[str, list[list[str]]]:
    """The lines of every sample, once for each program that contains it."""
    found: dict[str, list[list[str]]] = {}
    for path in PROGRAMS.values():
        for name, lines in samples.of_the_program(path.read_text(encoding="utf-8")).items():
            found.setdefault(name, []).append(lines)
    return found


def test_every_sample_is_in_one_program_and_no_other_is() -> None:
    assert {name: len(copies) for name, copies in _found().items()} == dict.fromkeys(TUTORIALS, 1)


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_sample_is_unchanged(name: str) -> None:
    (lines,) = _found()[name]
    assert samples.differences(lines, TUTORIALS[name]) == []


def test_a_change_is_noticed_whatever_it_is() -> None:
    lines = ["a = 1", "b = 2", "c = 3"]
    fingerprints = list(map(samples.fingerprint, lines))
    assert samples.differences(["  a = 1", "b = 2 ", "c = 3"], fingerprints) == []
    assert samples.differences(["a = 1", "b = 20", "c = 3"], fingerprints) == ["line 2: b = 20"]
    assert samples.differences(lines[:2], fingerprints) == ["line 3: missing"]
    assert samples.differences([*lines, "d = 4"], fingerprints) == ["line 4: d = 4"]
    assert len(samples.differences(["b = 2", "a = 1", "c = 3"], fingerprints)) == 2


@pytest.mark.parametrize(
    "text", ["# sample: a", "# end of sample", "# sample: a\n# sample: b\n# end of sample"]
)
def test_a_sample_without_its_ends_is_refused(text: str) -> None:
    with pytest.raises(samples.UnbalancedError):
        samples.of_the_program(text)


def test_another_output_than_promised_is_noticed() -> None:
    assert not program.difference("a ... c\n", "a b c\n")
    assert program.difference("a b c\n", "a b d\n")
    assert program.difference("a\n", "a\nb\n")


def test_the_readme_lists_every_program() -> None:
    readme = (program.FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in PROGRAMS if f"`{name}.py`" not in readme] == []
