"""Walk both packages and compare what came of each replacement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from hooks import scene
from hooks.places import Place, places
from hooks.replace import CannotReplaceError, replacement

Seen = dict[str, tuple[Any, dict[str, int]]]


@dataclass
class Walk:
    """What a walk over the package `root` saw, by place and step."""

    root: str
    seen: dict[str, Seen] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    untouched: Seen = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A replacement under which jotem.jwt does not do what PyJWT does."""

    place: str
    step: str
    control: str
    ours: str

    def __str__(self) -> str:
        return f"{self.place}, {self.step}:\n    PyJWT  {self.control}\n    jotem  {self.ours}"


def walk(root: str, given: scene.Material) -> Walk:
    """Replace everything in `root`, one at a time; nothing stays replaced."""
    steps = scene.steps(root, given)
    done = Walk(root, untouched=_play(steps, Counter()))
    for place in list(places(root)):
        uses: Counter[str] = Counter()
        try:
            counting = replacement(place.value(), uses)
        except CannotReplaceError as why:
            done.left[place.label] = str(why)
            continue
        try:
            before = place.put(counting)
        except (AttributeError, TypeError) as why:
            done.left[place.label] = str(why)
            continue
        try:
            done.seen[place.label] = _play(steps, uses)
        finally:
            place.restore(before)
    return done


def compare(control: Walk, ours: Walk) -> list[Difference]:
    """Every difference, the first step of each place."""
    found = [*_differing("(nothing)", control.untouched, ours.untouched)]
    for label, seen in control.seen.items():
        if label not in ours.seen:
            why = ours.left.get(label, "is not there")
            found.append(Difference(label, "the place itself", "is there", why))
        else:
            found += _differing(label, seen, ours.seen[label])
    for label, seen in ours.seen.items():
        if label not in control.seen:
            # A name that only jotem has: used or not, nothing else may change.
            plain = {step: (outcome, uses) for step, (outcome, _) in ours.untouched.items()
                     for uses in [seen[step][1]]}  # fmt: skip
            found += _differing(label, plain, seen)
    return found


def _play(steps: list[scene.Step], uses: Counter[str]) -> Seen:
    seen: Seen = {}
    for name, step in steps:
        uses.clear()
        outcome = scene.run(step)
        seen[name] = (outcome, dict(uses))
    return seen


def _differing(label: str, control: Seen, ours: Seen) -> list[Difference]:
    for step, wanted in control.items():
        if ours[step] != wanted:
            return [Difference(label, step, _words(wanted), _words(ours[step]))]
    return []


def _words(seen: tuple[Any, dict[str, int]]) -> str:
    outcome, uses = seen
    return f"{str(outcome)[:200]} uses {uses}"


def both() -> tuple[Walk, Walk]:
    """The control's walk and jotem's, on the same keys and tokens."""
    given = scene.material(import_module("jwt"))
    return walk("jwt", given), walk("jotem.jwt", given)


__all__ = ["Difference", "Place", "Walk", "both", "compare", "walk"]
