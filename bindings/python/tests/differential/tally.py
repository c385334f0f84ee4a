"""What a run met: counts by operation, algorithm, key form, option, outcome; and differences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from differential.explained import Explained, explanation
from differential.outcomes import name_of
from differential.sides import Case, crossed, run, shown
from outcome import CONTROL, OURS, Outcome

from jotem import _jotem, jwt


@dataclass
class Difference:
    """A kind of difference: how often it was met, and the shortest case of it."""

    count: int
    reproduction: str
    control: str
    ours: str

    def __str__(self) -> str:
        return (
            f"{self.count} times, for example {self.reproduction}\n"
            f"    PyJWT  {self.control}\n    jotem  {self.ours}"
        )


@dataclass
class Tally:
    """The counts of a run, and the differences by kind."""

    cases: int = 0
    refused: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    differences: dict[tuple[str, ...], Difference] = field(default_factory=dict)
    explained: Counter[Explained] = field(default_factory=Counter)
    # How often a signature was not computed, because it was remembered.
    hits: int = 0
    # How often jotem.jwt took each of its two paths.
    paths: dict[str, int] = field(default_factory=dict)
    # Those of the calls that were made once more, with the cache.
    not_counted: Counter[str] = field(default_factory=Counter)

    def take(self, case: Case) -> None:
        """Run the case on both sides, compare and count."""
        before = shown(case.arguments)
        control, ours = run(case, CONTROL), run(case, OURS)
        self._count(case, control)
        if control != ours:
            self._differ(case, control, ours)
            return
        wrong = crossed(case, control, ours) or self._with_cache(case, ours)
        if wrong is None and shown(case.arguments) != before:
            wrong = "the arguments were changed"
        if wrong is not None:
            self._note(case, ("crossed", wrong.partition(":")[0]), str(control), wrong)

    def _with_cache(self, case: Case, ours: Outcome) -> str | None:
        """The same call where signatures are remembered: for the first time, and then again."""
        if "decode" not in case.operation:
            return None
        before = paths_taken()
        jwt.enable_cache(1 << 16)
        try:
            again = [run(case, OURS) for _ in range(2)]
            state = jwt.cache_state()
        finally:
            jwt.disable_cache()
        self.hits += state.hits if state is not None else 0
        self.not_counted.update({path: n - before[path] for path, n in paths_taken().items()})
        different = [outcome for outcome in again if outcome != ours]
        return f"with the cache: {different[0]}" if different else None

    def summary(self) -> str:
        """The totals, in one line."""
        return (
            f"{self.cases} cases, {self.refused * 100 // self.cases} % refused by PyJWT, "
            f"{len(self.by['outcome'])} outcomes, {sum(self.explained.values())} explained "
            f"differences, {sum(d.count for d in self.differences.values())} others"
        )

    def histogram(self) -> str:
        """Every count, one group a paragraph."""
        lines = [f"{self.cases} cases, {self.refused} refused"]
        for group, counts in self.by.items():
            lines.append(f"{group}:")
            width = max(map(len, counts))
            lines += [f"  {name:{width}} {count:6}" for name, count in counts.most_common()]
        return "\n".join(lines)

    def _count(self, case: Case, control: Outcome) -> None:
        self.cases += 1
        self.refused += not control.is_value
        name = name_of(control)
        if name is None:
            self.unknown[str(control)[:200]] += 1
        warned = [category for category, _ in control.warned] or ["none"]
        for group, names in (
            ("operation", [case.operation]),
            ("algorithm", [case.algorithm]),
            ("key", [case.key.name if case.key else "none"]),
            ("key form", [case.key.form if case.key else "none"]),
            ("option", case.options or ("none",)),
            ("outcome", [name or "unknown"]),
            ("warning", warned),
        ):
            self.by.setdefault(group, Counter()).update(names)

    def _differ(self, case: Case, control: Outcome, ours: Outcome) -> None:
        meant = explanation(case, control, ours)
        if meant is not None:
            self.explained[meant] += 1
            return
        kind = (name_of(control) or control.kind, ours.kind, _head(ours.text))
        self._note(case, kind, str(control), str(ours))

    def _note(self, case: Case, kind: tuple[str, ...], control: str, ours: str) -> None:
        reproduction = case.reproduction()
        known = self.differences.get(kind)
        if known is None:
            self.differences[kind] = Difference(1, reproduction, control, ours)
            return
        known.count += 1
        if len(reproduction) < len(known.reproduction):
            known.reproduction, known.control, known.ours = reproduction, control, ours


def paths_taken() -> dict[str, int]:
    """How often jotem.jwt took one call, and how often it went step by step."""
    return dict(_jotem.pyjwt_paths())


def _head(text: str) -> str:
    return text[:24]
