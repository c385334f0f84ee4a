"""From python-jose: the same token under both, and what is different.

It prints::

    str {'user_id': 123}
    str {'user_id': 123}
    JWTError: Signature verification failed.
    InvalidSignatureError: Signature verification failed
"""

from outcome import outcome

# sample: tutorial 1, Migrating from Other Libraries
# Migration from python-jose
from jose import jwt as jose_jwt
import jwt as pyjwt

def migrate_from_jose():
    # Old code using python-jose
    # token = jose_jwt.encode(payload, secret, algorithm="HS256")
    # New code using PyJWT
    token = pyjwt.encode(payload, secret, algorithm="HS256")
    # Key differences:
    # 1. PyJWT returns a string, not bytes
    # 2. Slightly different error handling
    # 3. Some options have different names
    # end of sample
    return token


payload = {"user_id": 123}
secret = "a secret of the length that HS256 wants"

token = migrate_from_jose()
print(type(token).__name__, jose_jwt.decode(token, secret, algorithms=["HS256"]))
old = jose_jwt.encode(payload, secret, algorithm="HS256")
print(type(old).__name__, pyjwt.decode(old, secret, algorithms=["HS256"]))

wrong = "another secret of a sufficient length"
print(outcome(jose_jwt.decode, token, wrong, algorithms=["HS256"]))
print(outcome(pyjwt.decode, token, wrong, algorithms=["HS256"]))
