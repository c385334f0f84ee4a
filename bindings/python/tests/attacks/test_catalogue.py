"""Whether the catalogue and these tests name the same classes, and say the same of them."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from attacks.catalogue import CLASSES, NOT_APPLICABLE, SAME, STRICTER, id_of

# What a test calls on a face where PyJWT, and so jotem.jwt, accepts what the class wants refused.
_LETTING = {"lets_through", "lets_call_through", "agrees_on_bad"}


def by_class() -> dict[str, list[ast.FunctionDef]]:
    """The test functions of each class."""
    found: dict[str, list[ast.FunctionDef]] = defaultdict(list)
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (attack := id_of(node.name)):
                found[attack].append(node)
    return found


def faces_of(functions: list[ast.FunctionDef]) -> set[str]:
    return {argument.arg for function in functions for argument in function.args.args}


def test_every_class_says_what_jotem_jwt_makes_of_it() -> None:
    assert len(CLASSES) == 232
    for attack in CLASSES.values():
        assert attack.face in (SAME, STRICTER, NOT_APPLICABLE), attack
        assert attack.face != NOT_APPLICABLE or attack.face_note, f"{attack.id}: without a reason"


def test_every_class_of_python_has_a_test_through_each_interface() -> None:
    found = by_class()
    missing = []
    for attack in CLASSES.values():
        wanted = {"native"} if attack.is_native else set()
        if attack.face != NOT_APPLICABLE:
            wanted.add("pyjwt")
        missing += [(attack.id, face) for face in wanted - faces_of(found[attack.id])]
    assert not missing


def test_no_test_is_about_a_class_that_is_not_there_or_not_applicable() -> None:
    for attack, functions in by_class().items():
        assert attack in CLASSES, attack
        if CLASSES[attack].face == NOT_APPLICABLE:
            assert "pyjwt" not in faces_of(functions), attack


def test_a_note_stands_where_jotem_jwt_lets_an_attack_through_and_nowhere_else() -> None:
    wrong = []
    for attack, functions in by_class().items():
        called = {node.attr for function in functions for node in ast.walk(function)
                  if isinstance(node, ast.Attribute)}  # fmt: skip
        lets_through = bool(called & _LETTING)
        if CLASSES[attack].face == SAME and lets_through != bool(CLASSES[attack].face_note):
            wrong.append(attack)
    assert not wrong
