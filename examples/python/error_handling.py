"""Which error says what, and what to answer when a token has expired.

It prints::

    {'user_id': 123}
    Token expired
    Invalid signature
    Invalid audience
    Invalid key
    Invalid token
    {'user_id': 123}
    {'error': 'Token expired', 'code': 'TOKEN_EXPIRED'}
    True
"""

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

secret = "a secret of the length that HS256 wants"


def read(token, secret=secret):
    # sample: tutorial 1, Common PyJWT Errors
    try:
        decoded = jwt.decode(token, secret, algorithms=["HS256"])
    except jwt.ExpiredSignatureError:
        # Token has expired
        print("Token expired")
    except jwt.InvalidSignatureError:
        # Invalid signature
        print("Invalid signature")
    except jwt.InvalidAudienceError:
        # Wrong audience
        print("Invalid audience")
    except jwt.InvalidIssuerError:
        # Wrong issuer
        print("Invalid issuer")
    except jwt.InvalidKeyError:
        # Invalid key
        print("Invalid key")
    except jwt.InvalidTokenError:
        # Base exception for all token errors
        print("Invalid token")
    except jwt.DecodeError:
        # Decoding error
        print("Failed to decode token")
    # end of sample
    else:
        print(decoded)


def answer(token):
    # sample: tutorial 1, How should I handle expired tokens?
    try:
        payload = jwt.decode(token, secret, algorithms=["HS256"])
    except jwt.ExpiredSignatureError:
        # Token expired – request a new one or redirect to login
        return {"error": "Token expired", "code": "TOKEN_EXPIRED"}
    # end of sample
    return payload


good = jwt.encode({"user_id": 123}, secret)
expired = jwt.encode({"user_id": 123, "exp": 1}, secret)
read(good)
read(expired)
read(good, "another secret of a sufficient length")
read(jwt.encode({"aud": "elsewhere"}, secret))
public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
read(
    good,
    public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
)
read("no token")
print(answer(good))
print(answer(expired))

# DecodeError is an InvalidTokenError: the last branch is never reached.
print(issubclass(jwt.DecodeError, jwt.InvalidTokenError))
