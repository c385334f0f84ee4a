"""Log in, send the token in a header, read it with `algorithm` in the singular.

PyJWT wants `algorithms`, and warns about `algorithm`; jotem takes one algorithm by either name.

It prints::

    PermissionError: wrong username or password
    {'sub': 'username'}
    InvalidSignatureError: Signature verification failed
    InvalidAlgorithmError: The specified alg value is not allowed

With PyJWT it prints::

    PermissionError: wrong username or password
    DecodeError: It is required that you pass in a value for the "algorithms" ...
    DecodeError: It is required that you pass in a value for the "algorithms" ...
    DecodeError: It is required that you pass in a value for the "algorithms" ...
"""

import jwt
from outcome import outcome

secret = "a secret that both ends of the service know"


def log_in(username, password):
    if (username, password) != ("username", "password"):
        raise PermissionError("wrong username or password")
    return jwt.encode({"sub": username}, secret, algorithm="HS256")


def read(authorization):
    scheme, payload = authorization.split(" ")
    return (
        # sample: tutorial 2, Secure API Access & Validation
        jwt.decode(payload, secret, algorithm='HS256')
        # end of sample
    )


token = log_in("username", "password")
print(outcome(log_in, "username", "guessed"))
print(outcome(read, f"Bearer {token}"))
print(outcome(read, f"Bearer {token[:-4]}AAAA"))
print(outcome(read, f"Bearer {jwt.encode({'sub': 'username'}, secret, algorithm='HS384')}"))
