"""One class for tokens with a shared secret and tokens with an RSA key.

The sample leaves out how it loads its keys; a class derived from it does that.

It prints::

    without files: FileNotFoundError: [Errno 2] No such file or directory: 'private.pem'
    the class alone: AttributeError: 'MultiAlgorithmJWT' object has no attribute 'load_private_key'
    HS256 {'user_id': 123}
    RS256 {'user_id': 123}
    ValueError: Unsupported algorithm: ES256
    ValueError: Unsupported algorithm: none
    InvalidSignatureError: Signature verification failed
    InvalidSignatureError: Signature verification failed
"""

import hmac
import os
import tempfile

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode
from outcome import outcome


# sample: tutorial 1, Working with Multiple Algorithms
class MultiAlgorithmJWT:
    def __init__(self):
        self.algorithms = {
            "HS256": {"secret": "hmac-secret"},
            "RS256": {
                "private_key": self.load_private_key("private.pem"),
                "public_key": self.load_public_key("public.pem")
            }
        }

    def encode_token(self, payload: dict, algorithm: str = "HS256"):
        if algorithm == "HS256":
            key = self.algorithms[algorithm]["secret"]
        elif algorithm == "RS256":
            key = self.algorithms[algorithm]["private_key"]
        else:
            raise ValueError(f"Unsupported algorithm: {algorithm}")
        return jwt.encode(payload, key, algorithm=algorithm)

    def decode_token(self, token: str):
        # Get algorithm from header
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm == "HS256":
            key = self.algorithms[algorithm]["secret"]
        elif algorithm == "RS256":
            key = self.algorithms[algorithm]["public_key"]
        else:
            raise ValueError(f"Unsupported algorithm: {algorithm}")
        return jwt.decode(token, key, algorithms=[algorithm])
# end of sample


class KeysInFiles(MultiAlgorithmJWT):
    def load_private_key(self, name):
        with open(name, "rb") as file:
            return serialization.load_pem_private_key(file.read(), password=None)

    def load_public_key(self, name):
        with open(name, "rb") as file:
            return file.read()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    print("without files:", outcome(KeysInFiles))
    generated = rsa.generate_private_key(65537, 2048)
    with open("private.pem", "wb") as file:
        file.write(
            generated.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    with open("public.pem", "wb") as file:
        file.write(
            generated.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
    tokens = KeysInFiles()
    public_pem = tokens.algorithms["RS256"]["public_key"]
    os.chdir(os.path.dirname(folder))

print("the class alone:", outcome(MultiAlgorithmJWT))
print("HS256", tokens.decode_token(tokens.encode_token({"user_id": 123})))
print("RS256", tokens.decode_token(tokens.encode_token({"user_id": 123}, "RS256")))
print(outcome(tokens.encode_token, {}, "ES256"))
print(outcome(tokens.decode_token, jwt.encode({}, None, algorithm="none")))
another = rsa.generate_private_key(65537, 2048)
print(outcome(tokens.decode_token, jwt.encode({}, another, algorithm="RS256")))
# The public key as a secret: each algorithm has a key of its own, so nothing is gained by it.
unsigned = jwt.encode({}, "any secret", algorithm="HS256").rpartition(".")[0]
mac = hmac.digest(public_pem, unsigned.encode(), "sha256")
print(outcome(tokens.decode_token, f"{unsigned}.{base64url_encode(mac).decode()}"))
