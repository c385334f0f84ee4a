"""Every function of the tutorial's table of functions, called once.

PyJWT has no `get_unverified_claims`; jotem has.

It prints::

    decode: {'user_id': 123}
    get_unverified_header: {'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'}
    get_unverified_claims: {'user_id': 123}
    decode_complete: ['header', 'payload', 'signature']
    get_algorithm_by_name: HMACAlgorithm
    an unknown name: NotImplementedError: Algorithm not supported
    register_algorithm: {'user_id': 123}
    again: ValueError: Algorithm already has a handler.
    unregister_algorithm: InvalidAlgorithmError: Algorithm not supported

With PyJWT it prints::

    decode: {'user_id': 123}
    get_unverified_header: {'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'}
    get_unverified_claims: AttributeError: module 'jwt' has no attribute 'get_unverified_claims'
    decode_complete: ['header', 'payload', 'signature']
    get_algorithm_by_name: HMACAlgorithm
    an unknown name: NotImplementedError: Algorithm not supported
    register_algorithm: {'user_id': 123}
    again: ValueError: Algorithm already has a handler.
    unregister_algorithm: InvalidAlgorithmError: Algorithm not supported
"""

import jwt
from jwt.algorithms import HMACAlgorithm
from outcome import outcome

secret = "a secret of the length that HS256 wants"
token = jwt.encode({"user_id": 123}, secret, algorithm="HS256", headers={"kid": "one"})

print("decode:", jwt.decode(token, secret, algorithms=["HS256"], options={}))
print("get_unverified_header:", jwt.get_unverified_header(token))
print("get_unverified_claims:", outcome(lambda: jwt.get_unverified_claims(token)))
print("decode_complete:", sorted(jwt.decode_complete(token, secret, algorithms=["HS256"])))
print("get_algorithm_by_name:", type(jwt.get_algorithm_by_name("HS256")).__name__)
print("an unknown name:", outcome(jwt.get_algorithm_by_name, "HS1"))

jwt.register_algorithm("HS1", HMACAlgorithm(HMACAlgorithm.SHA512))
token = jwt.encode({"user_id": 123}, secret + secret, algorithm="HS1")
print("register_algorithm:", jwt.decode(token, secret + secret, algorithms=["HS1"]))
print("again:", outcome(jwt.register_algorithm, "HS1", HMACAlgorithm(HMACAlgorithm.SHA512)))
jwt.unregister_algorithm("HS1")
print("unregister_algorithm:", outcome(jwt.decode, token, secret + secret, algorithms=["HS1"]))
