"""Tokens with every date and an identifier, and their verification with every option on.

It prints::

    exp iat iss jti nbf sub 123 3600
    another every time: True
    its audience: api
    any audience: api
    another audience: SecurityError: Invalid token
    no audience: SecurityError: Invalid token
    expired: SecurityError: Token expired
    not yet: SecurityError: Invalid token
    issued tomorrow: SecurityError: Invalid token
    of another key: SecurityError: Invalid signature
"""

import datetime
import uuid

import jwt
from outcome import outcome


class SecurityError(Exception):
    """What the sample raises."""


# sample: tutorial 1, Best Security Practices
class SecureJWTHandler:
    def __init__(self, secret: str):
        self.secret = secret
        self.algorithm = "HS256"
        self.max_token_age = datetime.timedelta(hours=1)

    def create_secure_token(self, user_id: int, additional_claims: dict = None):
        """Create a secure token with mandatory claims"""
        now = datetime.datetime.utcnow()
        payload = {
            "sub": str(user_id),
            "iat": now,
            "exp": now + self.max_token_age,
            "nbf": now,
            "jti": str(uuid.uuid4()),
            "iss": "myapp.com"
        }
        if additional_claims:
            payload.update(additional_claims)
        return jwt.encode(payload, self.secret, algorithm=self.algorithm)

    def verify_secure_token(self, token: str, audience: str = None):
        """Secure token verification"""
        try:
            options = {
                "verify_signature": True,
                "verify_exp": True,
                "verify_nbf": True,
                "verify_iat": True,
                "verify_aud": bool(audience)
            }
            return jwt.decode(
                token,
                self.secret,
                algorithms=[self.algorithm],
                audience=audience,
                options=options
            )
        except jwt.ExpiredSignatureError:
            raise SecurityError("Token expired")
        except jwt.InvalidSignatureError:
            raise SecurityError("Invalid signature")
        except jwt.InvalidTokenError:
            raise SecurityError("Invalid token")
# end of sample


handler = SecureJWTHandler("a secret of the length that HS256 wants")
token = handler.create_secure_token(123)
claims = handler.verify_secure_token(token)
print(*sorted(claims), claims["sub"], claims["exp"] - claims["iat"])
print("another every time:", claims["jti"] != handler.verify_secure_token(
    handler.create_secure_token(123))["jti"])

for_api = handler.create_secure_token(123, {"aud": "api"})
print("its audience:", handler.verify_secure_token(for_api, "api")["aud"])
print("any audience:", handler.verify_secure_token(for_api)["aud"])
print("another audience:", outcome(handler.verify_secure_token, for_api, "web"))
print("no audience:", outcome(handler.verify_secure_token, token, "api"))

hour = datetime.timedelta(hours=1)
now = datetime.datetime.utcnow()
for name, claims in (
    ("expired", {"exp": now - hour}),
    ("not yet", {"nbf": now + hour}),
    ("issued tomorrow", {"iat": now + 24 * hour}),
):
    print(f"{name}:", outcome(handler.verify_secure_token, handler.create_secure_token(1, claims)))
another = SecureJWTHandler("another secret of a sufficient length")
print("of another key:", outcome(another.verify_secure_token, token))
