"""Roles and permissions in the token, and who may do what.

The sample's hierarchy is read upside down: `role_hierarchy["admin"]` lists what an administrator
also is, but is used as the list of roles that may do what asks for an administrator. So a user
passes for an administrator, and an administrator not for a user. It is shown as it is.

It prints::

    user passes for: admin moderator user
        an unknown role: False
    moderator passes for: admin moderator
        an unknown role: False
    admin passes for: admin
        an unknown role: False
    may read: True
    may write: False
    a role without the permission: False
    no roles: False
    of another key: False
    expired: False
"""

import datetime
from typing import List

import jwt


# sample: tutorial 1, Multi‑Level Authorization
class RoleBasedJWT:
    def __init__(self, secret: str):
        self.secret = secret
        self.role_hierarchy = {
            "admin": ["admin", "moderator", "user"],
            "moderator": ["moderator", "user"],
            "user": ["user"]
        }

    def create_token_with_roles(self, user_id: int, roles: List[str], permissions: List[str]):
        payload = {
            "sub": str(user_id),
            "roles": roles,
            "permissions": permissions,
            "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1)
        }
        return jwt.encode(payload, self.secret, algorithm="HS256")

    def check_permission(self, token: str, required_role: str = None, required_permission: str = None):
        try:
            payload = jwt.decode(token, self.secret, algorithms=["HS256"])
            user_roles = payload.get("roles", [])
            user_permissions = payload.get("permissions", [])

            # Role check
            if required_role:
                allowed_roles = self.role_hierarchy.get(required_role, [])
                if not any(role in allowed_roles for role in user_roles):
                    return False

            # Permission check
            if required_permission and required_permission not in user_permissions:
                return False

            return True
        except jwt.InvalidTokenError:
            return False
# end of sample


tokens = RoleBasedJWT("a secret of the length that HS256 wants")
for role in ("user", "moderator", "admin"):
    token = tokens.create_token_with_roles(123, [role], ["read"])
    passes = [asked for asked in tokens.role_hierarchy if tokens.check_permission(token, asked)]
    print(f"{role} passes for:", *passes)
    print("    an unknown role:", tokens.check_permission(token, "owner"))

print("may read:", tokens.check_permission(token, required_permission="read"))
print("may write:", tokens.check_permission(token, required_permission="write"))
print("a role without the permission:", tokens.check_permission(token, "admin", "write"))
print("no roles:", tokens.check_permission(tokens.create_token_with_roles(1, [], []), "user"))
others = RoleBasedJWT("another secret of a sufficient length")
forged = others.create_token_with_roles(123, ["user"], [])
expired = jwt.encode({"roles": ["user"], "exp": 1}, tokens.secret)
print("of another key:", tokens.check_permission(forged, "user"))
print("expired:", tokens.check_permission(expired, "user"))
