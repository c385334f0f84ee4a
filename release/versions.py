"""The version stands in one place for people, and in several files for tools: they must agree."""

from __future__ import annotations

import re

from graph import ROOT

_PLACES = (
    ("Cargo.toml", r'^\[workspace\.package\]\nversion = "(.+)"$'),
    ("crates/jotem-jwks/Cargo.toml", r'^jotem = \{ version = "(.+?)"'),
    ("crates/jotem-session/Cargo.toml", r'^jotem = \{ version = "(.+?)"'),
    ("crates/jotem-cli/Cargo.toml", r'^jotem = \{ version = "(.+?)"'),
    ("crates/jotem-cli/Cargo.toml", r'^jotem-jwks = \{ version = "(.+?)"'),
    ("crates/jotem-cli/Cargo.toml", r'^jotem-session = \{ version = "(.+?)"'),
    ("bindings/python/Cargo.toml", r'^name = "jotem-python"\n(?:.+\n)*?version = "(.+)"$'),
    ("bindings/python/dropin/pyproject.toml", r'^version = "(.+)"$'),
)
_LOCKS = (
    ("Cargo.lock", "jotem", "jotem-jwks", "jotem-session", "jotem-cli"),
    ("bindings/python/Cargo.lock", "jotem", "jotem-jwks", "jotem-python"),
)


def version() -> str:
    """The version that is released: that of the workspace."""
    return _stated(*_PLACES[0])


def disagreements(tag: str | None) -> list[str]:
    """What does not say what the workspace says; with a tag, also what is not ready for it."""
    ours = version()
    stated = [(place, _stated(place, pattern)) for place, pattern in _PLACES[1:]]
    for lock, *names in _LOCKS:
        pattern = '^name = "{}"\nversion = "(.+)"$'
        stated += [(f"{lock}, {name}", _stated(lock, pattern.format(name))) for name in names]
    wrong = [f"{place} says {other}, Cargo.toml {ours}" for place, other in stated if other != ours]
    if tag is not None:
        wrong += _not_ready(tag, ours)
    return wrong


def _not_ready(tag: str, ours: str) -> list[str]:
    wrong = []
    if tag != f"v{ours}":
        wrong.append(f"the tag is {tag}, the version {ours}")
    if not _find("CHANGELOG.md", rf"^## \[({re.escape(ours)})\] - \d{{4}}-\d\d-\d\d$"):
        wrong.append(f"CHANGELOG.md has no section `## [{ours}] - YEAR-MONTH-DAY`")
    return wrong


def _stated(place: str, pattern: str) -> str:
    return _find(place, pattern) or "nothing"


def _find(place: str, pattern: str) -> str | None:
    text = (ROOT / place).read_text(encoding="utf-8")
    found = re.search(pattern, text, re.MULTILINE)
    return found and found[1]
