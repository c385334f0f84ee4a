"""A short-lived access token, and a long-lived one that renews it.

It prints::

    Bearer 900
    access: ('123', 'access', 900)
    refresh: ('123', 'refresh', 2592000)
    the wrong one: ValueError: Not a refresh token
    of another key: ValueError: Invalid refresh token
    after 15 minutes: ExpiredSignatureError: Signature has expired
    renewed: ('123', 'access', 900)
    after 30 days: ValueError: Refresh token expired
"""

import datetime

import jwt
from freezegun import freeze_time
from outcome import outcome


# sample: tutorial 1, Authentication System with Refresh Tokens
class RefreshTokenSystem:
    def __init__(self, secret: str):
        self.secret = secret
        self.access_token_expire = datetime.timedelta(minutes=15)
        self.refresh_token_expire = datetime.timedelta(days=30)

    def create_token_pair(self, user_id: int):
        """Generate access and refresh token pair"""
        now = datetime.datetime.utcnow()

        # Access token (short‑lived)
        access_payload = {
            "sub": str(user_id),
            "type": "access",
            "exp": now + self.access_token_expire,
            "iat": now
        }
        access_token = jwt.encode(access_payload, self.secret, algorithm="HS256")

        # Refresh token (long‑lived)
        refresh_payload = {
            "sub": str(user_id),
            "type": "refresh",
            "exp": now + self.refresh_token_expire,
            "iat": now
        }
        refresh_token = jwt.encode(refresh_payload, self.secret, algorithm="HS256")

        return {
            "access_token": access_token,
            "refresh_token": refresh_token,
            "token_type": "Bearer",
            "expires_in": int(self.access_token_expire.total_seconds())
        }

    def refresh_access_token(self, refresh_token: str):
        """Refresh an access token using a refresh token"""
        try:
            payload = jwt.decode(refresh_token, self.secret, algorithms=["HS256"])
            if payload.get("type") != "refresh":
                raise ValueError("Not a refresh token")
            user_id = int(payload["sub"])
            return self.create_token_pair(user_id)
        except jwt.ExpiredSignatureError:
            raise ValueError("Refresh token expired")
        except jwt.InvalidTokenError:
            raise ValueError("Invalid refresh token")
# end of sample


SECRET = "a secret of the length that HS256 wants"
system = RefreshTokenSystem(SECRET)


def read(token):
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims["sub"], claims["type"], claims["exp"] - claims["iat"]


with freeze_time("2023-01-01 12:00:00") as clock:
    pair = system.create_token_pair(123)
    print(pair["token_type"], pair["expires_in"])
    print("access:", read(pair["access_token"]))
    print("refresh:", read(pair["refresh_token"]))
    print("the wrong one:", outcome(system.refresh_access_token, pair["access_token"]))
    forged = RefreshTokenSystem("another secret of a sufficient length").create_token_pair(123)
    print("of another key:", outcome(system.refresh_access_token, forged["refresh_token"]))

    clock.tick(datetime.timedelta(minutes=15))
    print("after 15 minutes:", outcome(read, pair["access_token"]))
    renewed = system.refresh_access_token(pair["refresh_token"])
    print("renewed:", read(renewed["access_token"]))

    clock.tick(datetime.timedelta(days=30))
    print("after 30 days:", outcome(system.refresh_access_token, pair["refresh_token"]))
