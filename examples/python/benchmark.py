"""How many tokens are made and read in a second.

Run it with and without the drop-in.

It prints::

    Created 10000 tokens: ...s
    Decoded 10000 tokens: ...s
    Tokens created per second: ...
    Tokens decoded per second: ...
"""

# sample: tutorial 1, PyJWT Benchmarks
import time
import jwt
from typing import List

def benchmark_jwt_operations(iterations: int = 10000):
    secret = "benchmark-secret"
    payload = {"user_id": 123, "role": "user"}

    # Token creation test
    start_time = time.time()
    tokens = []
    for _ in range(iterations):
        token = jwt.encode(payload, secret, algorithm="HS256")
        tokens.append(token)
    encode_time = time.time() - start_time

    # Token decoding test
    start_time = time.time()
    for token in tokens:
        decoded = jwt.decode(token, secret, algorithms=["HS256"])
    decode_time = time.time() - start_time

    print(f"Created {iterations} tokens: {encode_time:.2f}s")
    print(f"Decoded {iterations} tokens: {decode_time:.2f}s")
    print(f"Tokens created per second: {iterations/encode_time:.0f}")
    print(f"Tokens decoded per second: {iterations/decode_time:.0f}")

# Run benchmark
benchmark_jwt_operations()
# end of sample
