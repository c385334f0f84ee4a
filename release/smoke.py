"""The installed Python package signs, verifies and refuses, by both of its interfaces."""

from datetime import datetime, timedelta, timezone

import jotem
from jotem import Algorithm, Issuer, Key, Verifier, jwt

exp = datetime.now(timezone.utc) + timedelta(minutes=5)
secret = "a secret of 32 bytes, or of more"
token = jwt.encode({"sub": "42", "exp": exp}, secret, algorithm="HS256")
assert jwt.decode(token, secret, algorithms=["HS256"])["sub"] == "42"
try:
    jwt.decode(token, secret[::-1], algorithms=["HS256"])
    raise SystemExit("a signature under another key was accepted")
except jwt.InvalidSignatureError:
    pass
key = Key.generate(Algorithm.ES256)
token = Issuer(key, issuer="https://auth.example", lifetime=timedelta(minutes=5)).issue()
Verifier(key.public(), issuer="https://auth.example").verify(token)
try:
    Verifier(key.public(), issuer="https://other.example").verify(token)
    raise SystemExit("a token of another issuer was accepted")
except jotem.errors.TokenRefused as why:
    assert why.code == "jwt_issuer_mismatch", why.code

print(f"jotem {jotem.__version__} of {jotem.__file__} signs, verifies and refuses")
