"""A suite of tests for tokens, and how the clock is stopped in one.

`test_token_with_mocked_time` fails with PyJWT and with jotem: a mock in place of
`datetime.datetime` also answers the calls that were to make the dates of the token, and JSON has
no word for a mock. What it wanted to show is in `TestFrozenTime`.

It prints::

    test_expired_token: passed
    test_invalid_signature: passed
    test_token_creation: passed
    test_token_decoding: passed
    test_token_with_mocked_time: TypeError: Object of type MagicMock is not JSON serializable
    test_it_has_expired_when_the_hour_is_over: passed
    test_it_is_good_an_hour_before: passed
"""

# sample: tutorial 1, Basic Tests
import unittest
from unittest.mock import patch
import jwt
import datetime

class TestJWTTokens(unittest.TestCase):
    def setUp(self):
        self.secret = "test-secret"
        self.payload = {"user_id": 123, "username": "testuser"}

    def test_token_creation(self):
        token = jwt.encode(self.payload, self.secret, algorithm="HS256")
        self.assertIsInstance(token, str)
        self.assertTrue(len(token) > 0)

    def test_token_decoding(self):
        token = jwt.encode(self.payload, self.secret, algorithm="HS256")
        decoded = jwt.decode(token, self.secret, algorithms=["HS256"])
        self.assertEqual(decoded["user_id"], 123)
        self.assertEqual(decoded["username"], "testuser")

    def test_expired_token(self):
        expired_payload = {
            "user_id": 123,
            "exp": datetime.datetime.utcnow() - datetime.timedelta(seconds=1)
        }
        token = jwt.encode(expired_payload, self.secret, algorithm="HS256")
        with self.assertRaises(jwt.ExpiredSignatureError):
            jwt.decode(token, self.secret, algorithms=["HS256"])

    def test_invalid_signature(self):
        token = jwt.encode(self.payload, self.secret, algorithm="HS256")
        with self.assertRaises(jwt.InvalidSignatureError):
            jwt.decode(token, "wrong-secret", algorithms=["HS256"])

    @patch('datetime.datetime')
    def test_token_with_mocked_time(self, mock_datetime):
        # Mock current time for testing
        mock_datetime.utcnow.return_value = datetime.datetime(2023, 1, 1, 12, 0, 0)
        payload = {
            "user_id": 123,
            "exp": datetime.datetime(2023, 1, 1, 13, 0, 0) # Expires in one hour
        }
        token = jwt.encode(payload, self.secret, algorithm="HS256")
        decoded = jwt.decode(token, self.secret, algorithms=["HS256"])
        self.assertEqual(decoded["user_id"], 123)
# end of sample


from freezegun import freeze_time


class TestFrozenTime(unittest.TestCase):
    def setUp(self):
        payload = {"user_id": 123, "exp": datetime.datetime(2023, 1, 1, 13, 0, 0)}
        self.token = jwt.encode(payload, "test-secret", algorithm="HS256")

    @freeze_time("2023-01-01 12:00:00")
    def test_it_is_good_an_hour_before(self):
        decoded = jwt.decode(self.token, "test-secret", algorithms=["HS256"])
        self.assertEqual(decoded["user_id"], 123)

    @freeze_time("2023-01-01 13:00:00")
    def test_it_has_expired_when_the_hour_is_over(self):
        with self.assertRaises(jwt.ExpiredSignatureError):
            jwt.decode(self.token, "test-secret", algorithms=["HS256"])


for case in (TestJWTTokens, TestFrozenTime):
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
        result = test.run()
        said = [text.splitlines()[-1] for _, text in result.errors + result.failures]
        print(test.id().split(".")[-1], *(said or ["passed"]), sep=": ")
