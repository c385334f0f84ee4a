"""A token with every registered claim and some of the application's own, and their validation.

The first sample writes an audience; the second expects none and therefore refuses the first one's
tokens. Without the audience they are taken.

It prints::

    claims: aud device_id email exp iat ip_address iss jti last_login nbf permissions role sub username
    for an hour: True
    InvalidAudienceError: Audience doesn't match
    InvalidIssuerError: Invalid issuer
    ExpiredSignatureError: Signature has expired
    with the audience: ValueError: Invalid token: Invalid audience
    without: ['read']
    ValueError: Insufficient permissions
    ValueError: Invalid token: Signature verification failed
    ValueError: Missing required field: role
"""

import datetime
import uuid

import jwt
from outcome import outcome

SECRET_KEY = "a secret of the length that HS256 wants"


# sample: tutorial 1, Custom Payloads and Claims
def create_comprehensive_token(user_data: dict, permissions: list, expires_in: int = 3600):
    payload = {
        # Standard claims
        "sub": str(user_data["id"]), # Subject
        "iss": "myapp.com", # Issuer
        "aud": "myapp-users", # Audience
        "exp": datetime.datetime.utcnow() + datetime.timedelta(seconds=expires_in),
        "iat": datetime.datetime.utcnow(), # Issued at
        "nbf": datetime.datetime.utcnow(), # Not before
        "jti": str(uuid.uuid4()), # JWT ID
        # Custom claims
        "username": user_data["username"],
        "email": user_data["email"],
        "role": user_data["role"],
        "permissions": permissions,
        "last_login": user_data.get("last_login"),
        "ip_address": user_data.get("ip_address"),
        "device_id": user_data.get("device_id")
    }
    return jwt.encode(payload, SECRET_KEY, algorithm="HS256")
# end of sample


# sample: tutorial 1, Validating Custom Claims
def validate_token_claims(token: str, secret: str, required_permissions: list = None):
    try:
        payload = jwt.decode(token, secret, algorithms=["HS256"])
        # Check required fields
        required_fields = ["sub", "username", "role"]
        for field in required_fields:
            if field not in payload:
                raise ValueError(f"Missing required field: {field}")
        # Check permissions
        if required_permissions:
            user_permissions = payload.get("permissions", [])
            if not all(perm in user_permissions for perm in required_permissions):
                raise ValueError("Insufficient permissions")
        return payload
    except jwt.InvalidTokenError as e:
        raise ValueError(f"Invalid token: {str(e)}")
# end of sample


user = {"id": 123, "username": "testuser", "email": "testuser@example.com", "role": "user"}
comprehensive = create_comprehensive_token(user, ["read"])
claims = jwt.decode(
    comprehensive, SECRET_KEY, algorithms=["HS256"], audience="myapp-users", issuer="myapp.com"
)
print("claims:", *sorted(claims))
# The dates were asked for one after the other.
print("for an hour:", claims["exp"] - claims["iat"] in (3599, 3600))
for expected in ({"audience": "others"}, {"audience": "myapp-users", "issuer": "others.com"}):
    print(outcome(jwt.decode, comprehensive, SECRET_KEY, algorithms=["HS256"], **expected))
past = create_comprehensive_token(user, ["read"], expires_in=-1)
print(outcome(jwt.decode, past, SECRET_KEY, algorithms=["HS256"], audience="myapp-users"))

print("with the audience:", outcome(validate_token_claims, comprehensive, SECRET_KEY))
del claims["aud"]
token = jwt.encode(claims, SECRET_KEY)
print("without:", validate_token_claims(token, SECRET_KEY, ["read"])["permissions"])
print(outcome(validate_token_claims, token, SECRET_KEY, ["read", "write"]))
print(outcome(validate_token_claims, token, "another secret of a sufficient length"))
del claims["role"]
print(outcome(validate_token_claims, jwt.encode(claims, SECRET_KEY), SECRET_KEY))
