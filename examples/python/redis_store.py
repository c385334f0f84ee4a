"""Tokens kept in Redis, with their expiration, and taken back.

`REDIS_URL` says where: `redis://localhost:6379/0` if it is not set. One key is written and
deleted again, `user_token:123`.

It prints::

    kept: True True
    replaced: False True
    of nobody: None
    revoked: False None
    without a lifetime: ResponseError: invalid expire time in ...
    of another key: InvalidSignatureError: Signature verification failed
"""

import datetime
import os

import jwt
from outcome import outcome

# sample: tutorial 1, Storing Tokens in Redis
import redis
import json

class RedisTokenStore:
    def __init__(self, redis_client: redis.Redis, secret: str):
        self.redis = redis_client
        self.secret = secret

    def store_token(self, user_id: int, token: str, expires_in: int):
        """Save token in Redis with TTL"""
        key = f"user_token:{user_id}"
        self.redis.setex(key, expires_in, token)

    def get_token(self, user_id: int) -> str:
        """Retrieve token from Redis"""
        key = f"user_token:{user_id}"
        token = self.redis.get(key)
        return token.decode() if token else None

    def revoke_token(self, user_id: int):
        """Delete token from Redis"""
        key = f"user_token:{user_id}"
        self.redis.delete(key)

    def create_and_store_token(self, user_id: int, payload: dict, expires_in: int = 3600):
        """Create a token and store it in Redis"""
        payload.update({
            "exp": datetime.datetime.utcnow() + datetime.timedelta(seconds=expires_in),
            "sub": str(user_id)
        })
        token = jwt.encode(payload, self.secret, algorithm="HS256")
        self.store_token(user_id, token, expires_in)
        return token
# end of sample


SECRET = "a secret of the length that HS256 wants"
client = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
store = RedisTokenStore(client, SECRET)


def is_accepted(user_id, token):
    """Whether the token is good and has not been taken back."""
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims["sub"] == str(user_id) and store.get_token(user_id) == token


token = store.create_and_store_token(123, {"role": "user"})
print("kept:", is_accepted(123, token), 0 < client.ttl("user_token:123") <= 3600)
newer = store.create_and_store_token(123, {"role": "moderator"})
print("replaced:", is_accepted(123, token), is_accepted(123, newer))
print("of nobody:", store.get_token(124))

store.revoke_token(123)
print("revoked:", is_accepted(123, newer), store.get_token(123))

print("without a lifetime:", outcome(store.create_and_store_token, 123, {}, expires_in=0))
forged = jwt.encode({"sub": "123"}, "another secret of a sufficient length")
print("of another key:", outcome(is_accepted, 123, forged))
