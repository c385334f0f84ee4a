"""A first token, and what becomes of it when it expires or is changed.

It prints::

    Generated Token: ...
    {'sub': '1234567890', 'name': 'John Doe', 'iat': ..., 'exp': ...}
    Token expired.
    Invalid token.
    Invalid token.
"""

# sample: tutorial 2, Using Symmetric Keys
import jwt
import datetime

# Define your secret key and algorithm
key = "your-256-bit-secret"
algorithm = "HS256"

# Define custom claims
payload = {
    "sub": "1234567890",
    "name": "John Doe",
    "iat": datetime.datetime.utcnow(),
    "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=24)
}

# Encode the token
token = jwt.encode(payload, key, algorithm=algorithm)
print(f"Generated Token: {token}")
# end of sample


def read(token):
    # sample: tutorial 2, Decoding and Verifying jwts
    try:
        decoded_payload = jwt.decode(token, key, algorithms=[algorithm])
        print(decoded_payload)
    except jwt.ExpiredSignatureError:
        print("Token expired.")
    except jwt.InvalidTokenError:
        print("Invalid token.")
    # end of sample


read(token)
read(jwt.encode({"sub": "1234567890", "exp": 1}, key, algorithm=algorithm))
header, claims, signature = token.split(".")
other_claims = jwt.encode({"sub": "1"}, "another key", algorithm=algorithm).split(".")[1]
read(f"{header}.{other_claims}.{signature}")
read(jwt.encode(payload, key, algorithm="HS512"))
