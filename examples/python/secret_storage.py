"""A secret from the environment, a private key from a file with a password.

It prints::

    no secret: ValueError: JWT_SECRET is not set
    a secret: {'user_id': 123}
    a key: {'user_id': 123}
    a key: {'user_id': 123}
    a wrong password: ValueError: ...
    no password: TypeError: Password was not given but private key is encrypted
"""

# sample: tutorial 1, Secure Key Storage
import os
from cryptography.hazmat.primitives import serialization
# end of sample

import tempfile

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from outcome import outcome


def secret_of_the_environment():
    # sample: tutorial 1, Secure Key Storage
    # Load from environment variables
    secret = os.environ.get("JWT_SECRET")
    if not secret:
        raise ValueError("JWT_SECRET is not set")
    # end of sample
    return secret


# sample: tutorial 1, Secure Key Storage
# Load a private key
def load_private_key(key_path: str, password: str = None):
    with open(key_path, "rb") as key_file:
        private_key = serialization.load_pem_private_key(
            key_file.read(),
            password=password.encode() if password else None,
        )
    return private_key
# end of sample


os.environ.pop("JWT_SECRET", None)
print("no secret:", outcome(secret_of_the_environment))
os.environ["JWT_SECRET"] = "what the environment keeps for us"
token = jwt.encode({"user_id": 123}, secret_of_the_environment(), algorithm="HS256")
print("a secret:", jwt.decode(token, secret_of_the_environment(), algorithms=["HS256"]))

generated = rsa.generate_private_key(65537, 2048)
with tempfile.TemporaryDirectory() as folder:
    for name, encryption in (
        ("locked.pem", serialization.BestAvailableEncryption(b"open sesame")),
        ("open.pem", serialization.NoEncryption()),
    ):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(
                generated.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
                )
            )
    locked = os.path.join(folder, "locked.pem")
    for key in (
        load_private_key(os.path.join(folder, "open.pem")),
        load_private_key(locked, "open sesame"),
    ):
        token = jwt.encode({"user_id": 123}, key, algorithm="RS256")
        print("a key:", jwt.decode(token, generated.public_key(), algorithms=["RS256"]))
    print("a wrong password:", outcome(load_private_key, locked, "sesame"))
    print("no password:", outcome(load_private_key, locked))
