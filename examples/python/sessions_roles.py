"""Roles in access tokens, asked for at every refresh; what they allow stands in a policy.

It prints::

    ada: editor
    invoice:write:17 is allowed by invoice:* of editor
    invoice:delete:17: `invoice:delete:17` is denied by `invoice:delete` of the role `editor`
    after ada lost her role: no role allows `invoice:write:17`
    after ada's account was disabled: session_refused
"""

import os
from dataclasses import dataclass

from jotem.errors import PermissionRefused, SessionRefused
from jotem.sessions import Grant, Live, Policy, Refused, Sessions

POLICY = Policy.from_toml("""
[roles.viewer]
allow = ["invoice:read"]

[roles.editor]
inherits = ["viewer"]
allow = ["invoice:*"]
deny = ["invoice:delete"]
""")

# What a database has.
ROLES = {"ada": ["editor"]}


@dataclass
class Claims:
    roles: list


def claims_for(subject: str, grant: Grant) -> Claims:
    if subject not in ROLES:
        raise Refused("the account is disabled")
    return Claims(ROLES[subject])


def change_invoice(live: Live[Claims], number: int, action: str = "write") -> None:
    POLICY.granted(live.claims.roles).require(f"invoice:{action}:{number}")


def main() -> None:
    with Sessions(os.urandom(32), claims_for=claims_for) as sessions:
        pair = sessions.start("ada")
        live = sessions.verify(pair.access_token, into=Claims)
        print(f"{live.subject}:", *live.claims.roles)
        change_invoice(live, 17)
        print(POLICY.granted(live.claims.roles).explain("invoice:write:17"))
        try:
            change_invoice(live, 17, "delete")
        except PermissionRefused as error:
            print("invoice:delete:17:", error)

        ROLES["ada"] = ["viewer"]
        pair = sessions.refresh(pair.refresh_token)
        try:
            change_invoice(sessions.verify(pair.access_token, into=Claims), 17)
        except PermissionRefused as error:
            print("after ada lost her role:", error)

        del ROLES["ada"]
        try:
            sessions.refresh(pair.refresh_token)
        except SessionRefused as error:
            print("after ada's account was disabled:", error.code)


if __name__ == "__main__":
    main()
