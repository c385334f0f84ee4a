"""Errors as answers of a web service: a body and a status.

It prints::

    {'user_id': 123}
    HTTPException: 401: {'error': 'Token expired', 'code': 'TOKEN_EXPIRED'}
    HTTPException: 401: {'error': 'Invalid signature', 'code': 'INVALID_SIGNATURE'}
    HTTPException: 401: {'error': 'Invalid token', 'code': 'INVALID_TOKEN'}
    HTTPException: 500: {'error': 'Unknown error', 'code': 'UNKNOWN_ERROR'}
"""

import jwt
from fastapi import HTTPException
from outcome import outcome


# sample: tutorial 1, Custom Error Handler
class JWTErrorHandler:
    @staticmethod
    def handle_jwt_error(error: Exception) -> tuple:
        if isinstance(error, jwt.ExpiredSignatureError):
            return {"error": "Token expired", "code": "TOKEN_EXPIRED"}, 401
        elif isinstance(error, jwt.InvalidSignatureError):
            return {"error": "Invalid signature", "code": "INVALID_SIGNATURE"}, 401
        elif isinstance(error, jwt.InvalidTokenError):
            return {"error": "Invalid token", "code": "INVALID_TOKEN"}, 401
        else:
            return {"error": "Unknown error", "code": "UNKNOWN_ERROR"}, 500

# Usage
def verify_token_with_error_handling(token: str, secret: str):
    try:
        return jwt.decode(token, secret, algorithms=["HS256"])
    except Exception as e:
        error_response, status_code = JWTErrorHandler.handle_jwt_error(e)
        raise HTTPException(status_code=status_code, detail=error_response)
# end of sample


secret = "a secret of the length that HS256 wants"
good = jwt.encode({"user_id": 123}, secret)
expired = jwt.encode({"user_id": 123, "exp": 1}, secret)
for token, key in (
    (good, secret),
    (expired, secret),
    (good, "another secret of a sufficient length"),
    ("no token", secret),
    (good, 42),
):
    print(outcome(verify_token_with_error_handling, token, key))
