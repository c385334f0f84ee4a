"""Tests of a Flask application that asks for tokens.

It prints::

    3 run, 0 errors, 0 failures
    with a token: None
    401 {'error': 'Invalid token'}
    401 {'error': 'Invalid token'}
"""

import io
from datetime import datetime, timedelta

import jwt
from flask import request
from outcome import outcome

# sample: tutorial 1, Flask Integration Tests
import unittest
from flask import Flask
import json

class TestFlaskJWTIntegration(unittest.TestCase):
    def setUp(self):
        self.app = Flask(__name__)
        self.app.config['SECRET_KEY'] = 'test-secret'
        self.client = self.app.test_client()

        # Add test routes
        @self.app.route('/login', methods=['POST'])
        def login():
            token = jwt.encode({'user_id': 123}, 'test-secret', algorithm='HS256')
            return {'token': token}

        @self.app.route('/protected')
        def protected():
            auth_header = request.headers.get('Authorization')
            if not auth_header:
                return {'error': 'No token'}, 401
            token = auth_header.split(' ')[1]
            try:
                payload = jwt.decode(token, 'test-secret', algorithms=['HS256'])
                return {'user_id': payload['user_id']}
            except jwt.InvalidTokenError:
                return {'error': 'Invalid token'}, 401

    def test_login_endpoint(self):
        response = self.client.post('/login')
        self.assertEqual(response.status_code, 200)
        data = json.loads(response.data)
        self.assertIn('token', data)

    def test_protected_endpoint_with_token(self):
        # Get token
        login_response = self.client.post('/login')
        token = json.loads(login_response.data)['token']
        # Use token to access protected endpoint
        headers = {'Authorization': f'Bearer {token}'}
        response = self.client.get('/protected', headers=headers)
        self.assertEqual(response.status_code, 200)
        data = json.loads(response.data)
        self.assertEqual(data['user_id'], 123)

    def test_protected_endpoint_without_token(self):
        response = self.client.get('/protected')
        self.assertEqual(response.status_code, 401)
# end of sample


# sample: tutorial 1, How do I test applications that use JWT?
def test_protected_endpoint():
    # Create a test token
    test_payload = {"user_id": 123, "exp": datetime.utcnow() + timedelta(hours=1)}
    test_token = jwt.encode(test_payload, "test-secret", algorithm="HS256")
    # Use the token in a request
    headers = {"Authorization": f"Bearer {test_token}"}
    response = client.get("/protected", headers=headers)
    assert response.status_code == 200
# end of sample


suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestFlaskJWTIntegration)
result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
print(f"{result.testsRun} run, {len(result.errors)} errors, {len(result.failures)} failures")

case = TestFlaskJWTIntegration()
case.setUp()
client = case.client
print("with a token:", outcome(test_protected_endpoint))
for token in (
    jwt.encode({"user_id": 123, "exp": 1}, "test-secret"),
    jwt.encode({"user_id": 123}, "wrong-secret"),
):
    response = client.get("/protected", headers={"Authorization": f"Bearer {token}"})
    print(response.status_code, response.json)
