"""Bad habits beside good ones.

A token made with one secret is refused under the next; `decode` without algorithms is refused.

It prints::

    without exp: {'user_id': 123}
    required: MissingRequiredClaimError: Token is missing the "exp" claim
    another secret: InvalidSignatureError: Signature verification failed
    no algorithms: It is required that you pass in a value for the "algorithms" argument ...
    algorithms: 123
    unsigned: InvalidAlgorithmError: The specified alg value is not allowed
"""

import datetime

import jwt
from outcome import outcome

secret = "mysecret"

# sample: tutorial 1, Common Vulnerabilities and Mitigations
# Bad: missing exp
payload = {"user_id": 123}
token = jwt.encode(payload, secret, algorithm="HS256")
# end of sample
print("without exp:", jwt.decode(token, secret, algorithms=["HS256"]))
required = {"require": ["exp"]}
print("required:", outcome(jwt.decode, token, secret, algorithms=["HS256"], options=required))

# sample: tutorial 1, Common Vulnerabilities and Mitigations
# Good: include expiration
payload = {
    "user_id": 123,
    "exp": datetime.datetime.utcnow() + datetime.timedelta(hours=1)
}
token = jwt.encode(payload, secret, algorithm="HS256")
# Bad: weak secret
secret = "123"
# Good: strong secret
import secrets
secret = secrets.token_urlsafe(32)
# end of sample
print("another secret:", outcome(jwt.decode, token, secret, algorithms=["HS256"]))
token = jwt.encode(payload, secret, algorithm="HS256")

try:
    # sample: tutorial 1, Common Vulnerabilities and Mitigations
    # Bad: not verifying algorithm
    decoded = jwt.decode(token, secret)
    # end of sample
except jwt.DecodeError as error:
    print("no algorithms:", error)

# sample: tutorial 1, Common Vulnerabilities and Mitigations
# Good: explicitly specify algorithms
decoded = jwt.decode(token, secret, algorithms=["HS256"])
# end of sample
print("algorithms:", decoded["user_id"])
unsigned = jwt.encode(payload, None, algorithm="none")
print("unsigned:", outcome(jwt.decode, unsigned, secret, algorithms=["HS256"]))
