"""RSA keys, made, written as PEM and used: one signs, the other verifies.

It prints::

    verified: 123
    with the object: 123
    of another key: InvalidSignatureError: Signature verification failed
    under a list without RS256: InvalidAlgorithmError: The specified alg value is not allowed
    as a secret: InvalidKeyError: The specified key is an asymmetric key ...
"""

import datetime

import jwt
from outcome import outcome

# sample: tutorial 1, Using Public and Private Keys
# Generate RSA keys
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives import serialization

# Private key
private_key = rsa.generate_private_key(
    public_exponent=65537,
    key_size=2048,
)

# Public key
public_key = private_key.public_key()

# Serialize keys
private_pem = private_key.private_bytes(
    encoding=serialization.Encoding.PEM,
    format=serialization.PrivateFormat.PKCS8,
    encryption_algorithm=serialization.NoEncryption()
)
public_pem = public_key.public_bytes(
    encoding=serialization.Encoding.PEM,
    format=serialization.PublicFormat.SubjectPublicKeyInfo
)

# Use with JWT
payload = {"user_id": 123, "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1)}
token = jwt.encode(payload, private_pem, algorithm="RS256")
decoded = jwt.decode(token, public_pem, algorithms=["RS256"])
# end of sample

print("verified:", decoded["user_id"])
print("with the object:", jwt.decode(token, public_key, algorithms=["RS256"])["user_id"])

another = rsa.generate_private_key(65537, 2048)
forged = jwt.encode(payload, another, algorithm="RS256")
print("of another key:", outcome(jwt.decode, forged, public_pem, algorithms=["RS256"]))
print("under a list without RS256:", outcome(jwt.decode, token, public_pem, algorithms=["HS256"]))
print("as a secret:", outcome(jwt.encode, payload, public_pem, algorithm="HS256"))
