"""The basic calls: make a token, with dates and with headers, read it, be refused.

It prints::

    eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxMjN9.u-rx84yPaU_8Yjivd6GH83bmaUJd7Uy_hQp5mIMaMKU
    header: {'alg': 'HS256', 'kid': 'key-id-001', 'typ': 'JWT'}
    {'user_id': 123}
    {'user_id': 123, 'username': 'admin', 'role': 'administrator', 'exp': ..., 'iat': ..., 'iss': 'myapp'}
    Invalid token
    Invalid token
    Invalid token
    User: 123
    Token has expired
    Invalid token signature
    Invalid token
    Invalid token
    {'user_id': 123, 'aud': 'elsewhere'}
    ExpiredSignatureError: Signature has expired
    InvalidSignatureError: Signature verification failed
"""

# sample: tutorial 1, Import and Basic Setup
import jwt
import datetime
import os
from typing import Dict, Any
# end of sample

from outcome import outcome

# sample: tutorial 1, Basic Example
payload = {"user_id": 123}
secret = "mysecret"
token = jwt.encode(payload, secret, algorithm="HS256")
print(token)
# end of sample
forever = token

# sample: tutorial 1, Adding Expiration and Extra Data
payload = {
    "user_id": 123,
    "username": "admin",
    "role": "administrator",
    "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1),
    "iat": datetime.datetime.utcnow(),
    "iss": "myapp"
}
token = jwt.encode(payload, secret, algorithm="HS256")
# end of sample
for_an_hour = token

# sample: tutorial 1, Creating a Token with Custom Headers
headers = {
    "kid": "key-id-001",
    "typ": "JWT"
}
payload = {
    "user_id": 123,
    "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1)
}
token = jwt.encode(payload, secret, algorithm="HS256", headers=headers)
# end of sample
print("header:", jwt.get_unverified_header(token))


def read(token):
    # sample: tutorial 1, How to Decode a Token
    try:
        decoded = jwt.decode(token, secret, algorithms=["HS256"])
        print(decoded)
    except jwt.InvalidTokenError:
        print("Invalid token")
    # end of sample


def read_and_say_why(token):
    # sample: tutorial 1, Error Handling and Expiration
    try:
        decoded = jwt.decode(token, secret, algorithms=["HS256"])
        print(f"User: {decoded['user_id']}")
    except jwt.ExpiredSignatureError:
        print("Token has expired")
    except jwt.InvalidSignatureError:
        print("Invalid token signature")
    except jwt.InvalidTokenError:
        print("Invalid token")
    # end of sample


def read_for_any_audience(token):
    # sample: tutorial 1, Decoding with Additional Options
    options = {
        "verify_exp": True,
        "verify_signature": True,
        "verify_aud": False,
        "verify_iss": False
    }
    decoded = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    # end of sample
    return decoded


expired = jwt.encode({"user_id": 123, "exp": 1}, secret, algorithm="HS256")
forged = jwt.encode({"user_id": 123}, "another secret", algorithm="HS256")
elsewhere = jwt.encode({"user_id": 123, "aud": "elsewhere"}, secret, algorithm="HS256")

for each in (forever, for_an_hour, expired, forged, "no token"):
    read(each)
for each in (token, expired, forged, elsewhere, "no token"):
    read_and_say_why(each)
for each in (elsewhere, expired, forged):
    print(outcome(read_for_any_audience, each))
