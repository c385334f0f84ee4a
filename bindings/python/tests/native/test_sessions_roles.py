"""Roles through `jotem.sessions.Policy`: what is allowed, and everything that is not."""

from __future__ import annotations

from typing import Any

import pytest

from jotem import errors
from jotem.sessions import Granted, Policy

TEXT = """
version = 3

[roles.viewer]
allow = ["invoice:read", "report:read"]

[roles.editor]
inherits = ["viewer"]
allow = ["invoice:*"]
deny = ["invoice:delete"]

[roles.suspended]
deny = ["*:write"]
"""


@pytest.fixture
def policy() -> Policy:
    return Policy.from_toml(TEXT)


def test_roles_allow_what_the_policy_says(policy: Policy) -> None:
    assert (policy.version, policy.roles) == (3, ("editor", "suspended", "viewer"))
    roles = policy.granted(["editor"])
    assert isinstance(roles, Granted)
    roles.require("invoice:write:17")
    roles.require("report:read")
    roles.all(["invoice:read", "invoice:write"])
    roles.any(["invoice:delete", "invoice:write"])
    roles.at_least("viewer")
    policy.granted("viewer").require("invoice:read")
    assert Policy.from_json('{"roles": {"a": {"allow": ["x:y"]}}}').version == 0


@pytest.mark.parametrize(
    ("code", "roles", "ask"),
    [
        ("roles_denied", ["editor"], lambda roles: roles.require("invoice:delete:17")),
        ("roles_denied", ["editor", "suspended"], lambda roles: roles.require("invoice:write")),
        ("roles_not_granted", ["viewer"], lambda roles: roles.require("invoice:write")),
        ("roles_not_granted", [], lambda roles: roles.require("invoice:read")),
        ("roles_not_granted", ["EDITOR"], lambda roles: roles.require("invoice:read")),
        ("roles_not_granted", ["viewer"], lambda roles: roles.all(["report:read", "a:b"])),
        ("roles_none_granted", ["viewer"], lambda roles: roles.any(["invoice:write", "a:b"])),
        ("roles_none_granted", ["viewer"], lambda roles: roles.any([])),
        ("roles_none_granted", ["viewer"], lambda roles: roles.all([])),
        ("roles_below_role", ["viewer"], lambda roles: roles.at_least("editor")),
        ("roles_role_unknown", ["editor"], lambda roles: roles.at_least("admin")),
        ("roles_permission_syntax", ["editor"], lambda roles: roles.require("invoice:*")),
        ("roles_permission_syntax", ["editor"], lambda roles: roles.require("invoice:read:*")),
        ("roles_permission_syntax", ["editor"], lambda roles: roles.require("invoice:read:1:2")),
        ("roles_permission_syntax", ["editor"], lambda roles: roles.require("")),
        ("roles_permission_syntax", ["editor"], lambda roles: roles.any(["invoice:read", "x"])),
    ],
)
def test_what_is_not_allowed_is_refused(policy: Policy, code: str, roles: list[str], ask: Any) -> None:
    with pytest.raises(errors.PermissionRefused) as caught:
        ask(policy.granted(roles))
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.public["error"] == "insufficient_scope"


def test_every_denial_says_the_same_on_the_wire(policy: Policy) -> None:
    said = set()
    for roles, permission in (["editor"], "invoice:delete"), ([], "invoice:read"), ([], "*"):
        with pytest.raises(errors.PermissionRefused) as caught:
            policy.granted(roles).require(permission)
        said.add(str(caught.value.public))
    assert len(said) == 1


def test_a_role_of_a_tenant_holds_in_no_other() -> None:
    policy = Policy.from_toml("[roles.editor]\nallow = ['invoice:write']")
    policy.granted(["acme#editor"], tenant="acme").require("invoice:write")
    for tenant in (None, "other", "ACME", ""):
        with pytest.raises(errors.PermissionRefused):
            policy.granted(["acme#editor"], tenant=tenant).require("invoice:write")


def test_roles_that_the_policy_does_not_have_are_named_and_allow_nothing(policy: Policy) -> None:
    (unknown,) = policy.granted(["viewer", "admin"]).unknown_roles
    assert "admin" in unknown


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("roles_policy_syntax", "[roles.editor]\nallows = []"),
        ("roles_policy_syntax", "roles = 5"),
        ("roles_policy_syntax", "not toml ="),
        ("roles_cycle", "[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['a']"),
        ("roles_role_unknown", "[roles.a]\ninherits = ['b']"),
        ("roles_role_name", "[roles.'a b']\nallow = []"),
        ("roles_permission_syntax", "[roles.a]\nallow = ['invoice']"),
        ("roles_policy_too_large", "#" * 2_000_000),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(code: str, text: str) -> None:
    with pytest.raises(errors.Misuse) as caught:
        Policy.from_toml(text)
    assert caught.value.code == code
    assert caught.value.facts


def test_members_that_stand_twice_are_refused() -> None:
    with pytest.raises(errors.Misuse):
        Policy.from_json('{"roles": {"a": {"allow": []}, "a": {"allow": ["x:y"]}}}')


def test_arguments_of_another_type_are_refused(policy: Policy) -> None:
    with pytest.raises(TypeError, match="text"):
        Policy.from_toml(b"")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="roles"):
        policy.granted([1])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="roles"):
        policy.granted(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="permission"):
        policy.granted([]).require(None)  # type: ignore[arg-type]


def test_an_explanation_says_which_rule_of_which_role(policy: Policy) -> None:
    explanation = policy.granted(["editor"]).explain("report:read")
    assert (explanation.verdict, explanation.rule, explanation.way) == (
        "allowed", "report:read", ("editor", "viewer"))  # fmt: skip
    assert str(explanation) == (
        "report:read is allowed by report:read of viewer, by way of editor > viewer"
    )
    denied = policy.granted(["editor"]).explain("invoice:delete:1")
    assert (denied.verdict, denied.rule) == ("denied", "invoice:delete")
    nothing = policy.granted([]).explain("invoice:read")
    assert (nothing.verdict, nothing.rule, nothing.way) == ("not_granted", None, ())
    with pytest.raises(errors.Misuse):
        policy.granted([]).explain("*")
