"""A FastAPI application: a dependency verifies the bearer token and hands on who it is.

It prints::

    with a token: bearer (200, {'message': 'Welcome, user 123'})
    without one: (401, {'detail': 'Not authenticated'})
    expired: (401, {'detail': 'Token expired'})
    of another key: (401, {'detail': 'Invalid token'})
    without a subject: (401, {'detail': 'Invalid token'})
    a subject that is a number: (401, {'detail': 'Invalid token'})
    no token: (401, {'detail': 'Invalid token'})
"""

# sample: tutorial 1, FastAPI Example
from fastapi import FastAPI, HTTPException, Depends
from fastapi.security import HTTPBearer, HTTPAuthorizationCredentials
import jwt
import datetime
from typing import Optional

app = FastAPI()
security = HTTPBearer()
SECRET_KEY = "your-secret-key"
ALGORITHM = "HS256"

def create_access_token(data: dict, expires_delta: Optional[datetime.timedelta] = None):
    to_encode = data.copy()
    if expires_delta:
        expire = datetime.datetime.utcnow() + expires_delta
    else:
        expire = datetime.datetime.utcnow() + datetime.timedelta(minutes=15)
    to_encode.update({"exp": expire})
    encoded_jwt = jwt.encode(to_encode, SECRET_KEY, algorithm=ALGORITHM)
    return encoded_jwt

def verify_token(credentials: HTTPAuthorizationCredentials = Depends(security)):
    try:
        payload = jwt.decode(credentials.credentials, SECRET_KEY, algorithms=[ALGORITHM])
        user_id: str = payload.get("sub")
        if user_id is None:
            raise HTTPException(status_code=401, detail="Invalid token")
        return user_id
    except jwt.ExpiredSignatureError:
        raise HTTPException(status_code=401, detail="Token expired")
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401, detail="Invalid token")

@app.post("/login")
async def login(user_id: str):
    access_token = create_access_token(data={"sub": user_id})
    return {"access_token": access_token, "token_type": "bearer"}

@app.get("/protected")
async def protected_route(current_user: str = Depends(verify_token)):
    return {"message": f"Welcome, user {current_user}"}
# end of sample

from fastapi.testclient import TestClient

client = TestClient(app)


def ask(token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = client.get("/protected", headers=headers)
    return response.status_code, response.json()


answer = client.post("/login", params={"user_id": "123"}).json()
print("with a token:", answer["token_type"], ask(answer["access_token"]))
print("without one:", ask())
past = datetime.timedelta(seconds=-1)
print("expired:", ask(create_access_token({"sub": "123"}, expires_delta=past)))
print("of another key:", ask(jwt.encode({"sub": "123"}, "another-secret-key")))
print("without a subject:", ask(create_access_token({})))
print("a subject that is a number:", ask(create_access_token({"sub": 123})))
print("no token:", ask("no.token"))
