"""A Flask application: `/login` gives a token, a decorator asks for it.

It prints::

    with a token: (200, {'message': 'Access granted', 'user_id': 123})
    without one: (401, {'message': 'Token missing'})
    expired: (401, {'message': 'Token expired'})
    of another key: (401, {'message': 'Invalid token'})
    no token: (401, {'message': 'Invalid token'})
    unsigned: (401, {'message': 'Invalid token'})
"""

# sample: tutorial 1, Flask Example
from flask import Flask, request, jsonify
import jwt
import datetime
from functools import wraps

app = Flask(__name__)
SECRET_KEY = "your-secret-key"

def token_required(f):
    @wraps(f)
    def decorated(*args, **kwargs):
        token = request.headers.get('Authorization')
        if not token:
            return jsonify({'message': 'Token missing'}), 401
        try:
            token = token.split(' ')[1] # Remove "Bearer "
            data = jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
            current_user = data['user_id']
        except jwt.ExpiredSignatureError:
            return jsonify({'message': 'Token expired'}), 401
        except jwt.InvalidTokenError:
            return jsonify({'message': 'Invalid token'}), 401
        return f(current_user, *args, **kwargs)
    return decorated

@app.route("/login", methods=["POST"])
def login():
    # Add your user verification logic here
    user_id = request.json.get('user_id')
    payload = {
        "user_id": user_id,
        "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1),
        "iat": datetime.datetime.utcnow()
    }
    token = jwt.encode(payload, SECRET_KEY, algorithm="HS256")
    return jsonify({"token": token})

@app.route("/protected")
@token_required
def protected(current_user):
    return jsonify({
        "message": "Access granted",
        "user_id": current_user
    })
# end of sample


def ask(token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = app.test_client().get("/protected", headers=headers)
    return response.status_code, response.json


token = app.test_client().post("/login", json={"user_id": 123}).json["token"]
print("with a token:", ask(token))
print("without one:", ask())
print("expired:", ask(jwt.encode({"user_id": 123, "exp": 1}, SECRET_KEY)))
print("of another key:", ask(jwt.encode({"user_id": 123}, "another-secret-key")))
print("no token:", ask("no.token"))
print("unsigned:", ask(jwt.encode({"user_id": 123}, None, algorithm="none")))
