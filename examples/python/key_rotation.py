"""Keys with names: a new one signs, the old one still verifies until it is taken away.

It prints::

    key-001 {'user_id': 123}
    key-002 {'user_id': 123}
    the old token: {'user_id': 123}
    after its key is gone: InvalidTokenError: Unknown key
    under the name of another: InvalidSignatureError: Signature verification failed
    without a name: InvalidTokenError: Unknown key
    no token: DecodeError: Not enough segments
"""

import jwt
from outcome import outcome


# sample: tutorial 1, Key Rotation
class KeyManager:
    def __init__(self):
        self.keys = {}
        self.current_key_id = "key-001"

    def add_key(self, key_id: str, key: str):
        self.keys[key_id] = key

    def get_key(self, key_id: str):
        return self.keys.get(key_id)

    def create_token(self, payload: dict):
        headers = {"kid": self.current_key_id}
        return jwt.encode(
            payload,
            self.keys[self.current_key_id],
            algorithm="HS256",
            headers=headers
        )

    def verify_token(self, token: str):
        unverified_header = jwt.get_unverified_header(token)
        key_id = unverified_header.get("kid")
        key = self.get_key(key_id)
        if not key:
            raise jwt.InvalidTokenError("Unknown key")
        return jwt.decode(token, key, algorithms=["HS256"])
# end of sample


manager = KeyManager()
manager.add_key("key-001", "the first key, which has 32 bytes")
old = manager.create_token({"user_id": 123})
print(jwt.get_unverified_header(old)["kid"], manager.verify_token(old))

manager.add_key("key-002", "the second key, which has 32 bytes")
manager.current_key_id = "key-002"
new = manager.create_token({"user_id": 123})
print(jwt.get_unverified_header(new)["kid"], manager.verify_token(new))
print("the old token:", manager.verify_token(old))

del manager.keys["key-001"]
print("after its key is gone:", outcome(manager.verify_token, old))
renamed = jwt.encode({}, "the first key, which has 32 bytes", headers={"kid": "key-002"})
print("under the name of another:", outcome(manager.verify_token, renamed))
unnamed = jwt.encode({}, "the second key, which has 32 bytes")
print("without a name:", outcome(manager.verify_token, unnamed))
print("no token:", outcome(manager.verify_token, "no token"))
