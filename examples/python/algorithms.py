"""A shared secret, an RSA key and an elliptic curve, the private keys in files.

It prints::

    HS256 {'user_id': 123}
    RS256 {'user_id': 123}
    ES256 {'user_id': 123}
    another algorithm: InvalidAlgorithmError: The specified alg value is not allowed
    another signature: InvalidSignatureError: Signature verification failed
    a key of another kind: InvalidKeyError: Expected one of ..., got: ECPublicKey. ...
    a public key as a secret: InvalidKeyError: The specified key is an asymmetric key ...
"""

import os
import tempfile

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from outcome import outcome


def write(name, private_key):
    """Keep the private key in a file; return what others verify with."""
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with open(name, "wb") as file:
        file.write(pem)
    return private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    rsa_public = write("private_key.pem", rsa.generate_private_key(65537, 2048))
    ec_public = write("ec_private_key.pem", ec.generate_private_key(ec.SECP256R1()))

    # sample: tutorial 1, Algorithm Usage Examples
    # HS256 – symmetric signing
    payload = {"user_id": 123}
    secret = "my-secret-key"
    token_hs256 = jwt.encode(payload, secret, algorithm="HS256")
    # RS256 – asymmetric signing
    with open("private_key.pem", "r") as f:
        private_key = f.read()
    token_rs256 = jwt.encode(payload, private_key, algorithm="RS256")
    # ES256 – elliptic curve signing
    with open("ec_private_key.pem", "r") as f:
        ec_private_key = f.read()
    token_es256 = jwt.encode(payload, ec_private_key, algorithm="ES256")
    # end of sample
    os.chdir(os.path.dirname(folder))

print("HS256", jwt.decode(token_hs256, secret, algorithms=["HS256"]))
print("RS256", jwt.decode(token_rs256, rsa_public, algorithms=["RS256"]))
print("ES256", jwt.decode(token_es256, ec_public, algorithms=["ES256"]))

print("another algorithm:", outcome(jwt.decode, token_rs256, rsa_public, algorithms=["PS256"]))
changed = token_rs256[:-9] + ("A" if token_rs256[-9] != "A" else "B") + token_rs256[-8:]
print("another signature:", outcome(jwt.decode, changed, rsa_public, algorithms=["RS256"]))
print("a key of another kind:", outcome(jwt.decode, token_rs256, ec_public, algorithms=["RS256"]))
print("a public key as a secret:", outcome(jwt.encode, payload, rsa_public, algorithm="HS256"))
