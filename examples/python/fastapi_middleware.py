"""A FastAPI application with a middleware that keeps two paths to who has a token.

No FastAPI has a module `fastapi.middleware.base`: the class is Starlette's, and is put there
first. What a middleware raises, FastAPI does not turn into an answer: the refusals with status 401
reach the server as errors, and the client sees a 500.

It prints::

    an open path: (200, {'message': 'open'})
    with a token: (200, {'user_id': 123})
    without one: HTTPException: 401: Token missing
    expired: HTTPException: 401: Invalid token
    of another key: HTTPException: 401: Invalid token
    a path without a route: HTTPException: 401: Token missing
    what the client sees: 500
"""

import sys

import starlette.middleware.base

sys.modules["fastapi.middleware.base"] = starlette.middleware.base

# sample: tutorial 1, Middleware for Authentication
from fastapi import FastAPI, Request, HTTPException
from fastapi.middleware.base import BaseHTTPMiddleware
import jwt

class JWTMiddleware(BaseHTTPMiddleware):
    def __init__(self, app, secret_key: str):
        super().__init__(app)
        self.secret_key = secret_key
        self.protected_paths = ["/api/protected", "/api/admin"]

    async def dispatch(self, request: Request, call_next):
        path = request.url.path
        if path in self.protected_paths:
            auth_header = request.headers.get("Authorization")
            if not auth_header:
                raise HTTPException(status_code=401, detail="Token missing")
            try:
                token = auth_header.split(" ")[1]
                payload = jwt.decode(token, self.secret_key, algorithms=["HS256"])
                request.state.user = payload
            except jwt.InvalidTokenError:
                raise HTTPException(status_code=401, detail="Invalid token")
        response = await call_next(request)
        return response

app = FastAPI()
app.add_middleware(JWTMiddleware, secret_key="your-secret-key")
# end of sample

from fastapi.testclient import TestClient
from outcome import outcome


@app.get("/api/protected")
async def protected(request: Request):
    return request.state.user


@app.get("/api/open")
async def open_to_all():
    return {"message": "open"}


client = TestClient(app)


def ask(path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = client.get(path, headers=headers)
    return response.status_code, response.json()


print("an open path:", ask("/api/open"))
print("with a token:", ask("/api/protected", jwt.encode({"user_id": 123}, "your-secret-key")))
print("without one:", outcome(ask, "/api/protected"))
expired = jwt.encode({"user_id": 123, "exp": 1}, "your-secret-key")
print("expired:", outcome(ask, "/api/protected", expired))
forged = jwt.encode({"user_id": 123}, "another-secret-key")
print("of another key:", outcome(ask, "/api/protected", forged))
print("a path without a route:", outcome(ask, "/api/admin"))
seen = TestClient(app, raise_server_exceptions=False).get("/api/protected")
print("what the client sees:", seen.status_code)
