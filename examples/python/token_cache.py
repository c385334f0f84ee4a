"""Tokens and verdicts kept for a while: what is kept is not asked about again.

A verdict that is kept outlives the token's expiration, up to a minute.

It prints::

    kept: True
    kept after five minutes: False
    a batch: {'user_id': 1} {'user_id': 2}
    before it expires: True
    expired, but kept: True
    expired, asked again: None
    of another key: None
    no token: None
"""

import time
from typing import List

import jwt
from freezegun import freeze_time


# sample: tutorial 1, Performance Optimizations
class OptimizedJWTHandler:
    def __init__(self, secret: str):
        self.secret = secret
        self.algorithm = "HS256"
        # Cache frequently used tokens
        self._token_cache = {}
        self._cache_ttl = 300 # 5 minutes

    def encode_with_cache(self, payload: dict, cache_key: str = None):
        if cache_key and cache_key in self._token_cache:
            cached_token, timestamp = self._token_cache[cache_key]
            if time.time() - timestamp < self._cache_ttl:
                return cached_token
        token = jwt.encode(payload, self.secret, algorithm=self.algorithm)
        if cache_key:
            self._token_cache[cache_key] = (token, time.time())
        return token

    def batch_encode(self, payloads: List[dict]) -> List[str]:
        """Batch token creation for better performance"""
        return [
            jwt.encode(payload, self.secret, algorithm=self.algorithm)
            for payload in payloads
        ]

    def verify_with_cache(self, token: str):
        """Verify token with result caching"""
        token_hash = hash(token)
        if token_hash in self._token_cache:
            cached_result, timestamp = self._token_cache[token_hash]
            if time.time() - timestamp < 60: # 1‑minute cache
                return cached_result
        try:
            decoded = jwt.decode(token, self.secret, algorithms=[self.algorithm])
            self._token_cache[token_hash] = (decoded, time.time())
            return decoded
        except jwt.InvalidTokenError:
            return None
# end of sample


handler = OptimizedJWTHandler("a secret of the length that HS256 wants")

with freeze_time("2023-01-01 12:00:00") as clock:
    one = handler.encode_with_cache({"user_id": 1}, "user")
    clock.tick(299)
    print("kept:", handler.encode_with_cache({"user_id": 2}, "user") == one)
    clock.tick(1)
    print("kept after five minutes:", handler.encode_with_cache({"user_id": 2}, "user") == one)

    first, second = handler.batch_encode([{"user_id": 1}, {"user_id": 2}])
    print("a batch:", handler.verify_with_cache(first), handler.verify_with_cache(second))

    short = handler.encode_with_cache({"user_id": 3, "exp": int(time.time()) + 10})
    print("before it expires:", handler.verify_with_cache(short) is not None)
    clock.tick(59)
    print("expired, but kept:", handler.verify_with_cache(short) is not None)
    clock.tick(1)
    print("expired, asked again:", handler.verify_with_cache(short))
    print("of another key:", handler.verify_with_cache(jwt.encode({}, "another" * 5)))
    print("no token:", handler.verify_with_cache("no token"))
