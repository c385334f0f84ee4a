"""Many threads at once, on both interfaces: each call gives what it gives alone.

While they run, keys are pushed out of the cache, signatures are remembered and forgotten,
algorithms come and go, and a method is replaced.
"""

from __future__ import annotations

import faulthandler
import hashlib
import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

import jotem
from jotem import _jotem, jwt, jwt_key_cache
from jotem.errors import Expired, KeyNotFound, SignatureInvalid, TokenRefused

THREADS = 8
ALGORITHMS = ("HS256", "RS256", "PS256", "ES256", "EdDSA")
CLAIMS = {"sub": "42", "aud": "api", "exp": 4_102_444_800, "roles": ["reader", {"of": "all"}]}
EXPIRED = {**CLAIMS, "exp": 1}
FOR_OTHERS = {**CLAIMS, "aud": "web"}
# No algorithm of the list takes it.
UNFIT = jotem.Key.generate("ES384").public().to_pem()

Work = Callable[[], None]


@pytest.fixture(autouse=True)
def hasty() -> Iterator[None]:
    """Threads take turns as often as CPython lets them; a deadlock ends with every stack."""
    interval, size = sys.getswitchinterval(), jwt_key_cache.size()
    sys.setswitchinterval(1e-6)
    faulthandler.dump_traceback_later(600, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()
    sys.setswitchinterval(interval)
    jwt_key_cache.resize(size)


@dataclass(frozen=True)
class Pair:
    """A key, and one that is not it."""

    key: jotem.Key
    other: jotem.Key

    @classmethod
    def of(cls, algorithm: str) -> Pair:
        if algorithm != "HS256":
            return cls(jotem.Key.generate(algorithm), jotem.Key.generate(algorithm))
        secrets = ("a secret of thirty-two bytes or more", "another one of as many bytes, or more")
        return cls(*(jotem.Key.from_secret(secret, algorithm="HS256") for secret in secrets))

    @property
    def algorithm(self) -> str:
        return str(self.key.algorithm)


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [Pair.of(algorithm) for algorithm in ALGORITHMS]


def as_texts(key: jotem.Key) -> tuple[Any, Any]:
    """What PyJWT signs and verifies with: PEM, or the secret."""
    if key.algorithm == "HS256":
        secret = jwt.PyJWK(key.to_jwk(private=True)).key
        return secret, secret
    return key.to_pem(private=True), key.public().to_pem()


def as_objects(key: jotem.Key) -> tuple[Any, Any]:
    """The same as objects of `cryptography`."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    if key.algorithm == "HS256":
        return as_texts(key)
    private = serialization.load_pem_private_key(key.to_pem(private=True).encode(), None)
    return private, private.public_key()


def decodes(pair: Pair, form: Callable[[jotem.Key], tuple[Any, Any]]) -> list[Work]:
    """A token accepted, and tokens refused for each reason that there is."""
    algorithm, (private, public) = pair.algorithm, form(pair.key)
    others, _ = form(pair.other)
    good = jwt.encode(CLAIMS, private, algorithm)
    header, payload, signature = good.split(".")
    forged = jwt.encode({**CLAIMS, "sub": "1"}, others, algorithm).split(".")[1]

    def accepts() -> None:
        assert jwt.decode(good, public, [algorithm], audience="api") == CLAIMS

    def refuses(token: str, error: type[Exception], key: Any = public) -> None:
        with pytest.raises(jwt.PyJWTError) as refused:
            jwt.decode(token, key, [algorithm], audience="api")
        assert type(refused.value) is error

    def refuses_the_algorithm() -> None:
        with pytest.raises(jwt.InvalidAlgorithmError):
            jwt.decode(good, public, ["HS512"], audience="api")

    signed = partial(jwt.encode, key=private, algorithm=algorithm)
    return [
        accepts,
        accepts,
        partial(refuses, f"{header}.{forged}.{signature}", jwt.InvalidSignatureError),
        partial(refuses, jwt.encode(CLAIMS, others, algorithm), jwt.InvalidSignatureError),
        partial(refuses, f"{header}.{payload}.", jwt.InvalidSignatureError),
        partial(refuses, signed(EXPIRED), jwt.ExpiredSignatureError),
        partial(refuses, signed(FOR_OTHERS), jwt.InvalidAudienceError),
        partial(refuses, "no token", jwt.DecodeError),
        partial(refuses, good, jwt.InvalidKeyError, UNFIT),
        refuses_the_algorithm,
    ]


def encodes(pair: Pair, form: Callable[[jotem.Key], tuple[Any, Any]]) -> list[Work]:
    """A token written; what signs the same text twice alike writes the same token."""
    algorithm, (private, public) = pair.algorithm, form(pair.key)
    first = jwt.encode(CLAIMS, private, algorithm, headers={"kid": "1"})

    def writes() -> None:
        token = jwt.encode(CLAIMS, private, algorithm, headers={"kid": "1"})
        assert token == first or algorithm in ("PS256", "ES256")
        complete = jwt.decode_complete(token, public, [algorithm], audience="api")
        assert complete["payload"] == CLAIMS
        assert complete["header"] == {"alg": algorithm, "kid": "1", "typ": "JWT"}

    return [writes]


def natively(pair: Pair) -> list[Work]:
    """The same on the native interface, verifier and issuer shared by all threads."""
    key = pair.key
    public = key if key.algorithm == "HS256" else key.public()
    verifier = jotem.Verifier(public, audience="api", issuer="here", cache=1 << 14)
    issuer = jotem.Issuer(key, issuer="here", audience="api", lifetime=900)
    forger = jotem.Issuer(pair.other, issuer="here", audience="api", lifetime=900)
    good = issuer.issue({"role": "admin"}, subject="42")
    expired = issuer.issue({}, expires_at=1_000_000_000, issued_at=999_999_999)
    named = jotem.Issuer(key.with_key_id("new"), issuer="here", lifetime=900).issue()
    strangers = jotem.Verifier(public.with_key_id("old"), issuer="here")

    def accepts() -> None:
        verified = verifier.verify(good)
        assert (verified.subject, verified.claims["role"]) == ("42", "admin")

    def issues() -> None:
        assert verifier.verify(issuer.issue({"n": 1}, subject="7")).subject == "7"

    def explains() -> None:
        assert verifier.explain(good).is_verified
        assert not verifier.explain(expired).is_verified

    def in_batches() -> None:
        verdicts = verifier.verify_many([good, expired, *issuer.issue_many([{"n": 1}, {"n": 2}])])
        assert [type(verdict) for verdict in verdicts] == [
            jotem.Verified, Expired, jotem.Verified, jotem.Verified
        ]  # fmt: skip

    def refuses(token: str, error: type[TokenRefused], by: jotem.Verifier = verifier) -> None:
        with pytest.raises(TokenRefused) as refused:
            by.verify(token)
        assert type(refused.value) is error

    return [
        accepts,
        issues,
        in_batches,
        explains,
        partial(refuses, named, KeyNotFound, strangers),
        partial(refuses, forger.issue({}), SignatureInvalid),
        partial(refuses, expired, Expired),
        partial(refuses, "no token", TokenRefused),
    ]


def together(works: list[Work], disturbances: list[Work], calls: int) -> None:
    """Threads that each make these calls in an order of their own, while others disturb."""
    for work in works:
        work()
    done = threading.Event()
    start = threading.Barrier(THREADS + len(disturbances))

    def call(seed: int) -> None:
        order = random.Random(seed)  # noqa: S311 (no secret is drawn)
        start.wait()
        for _ in range(calls):
            order.choice(works)()

    def disturb(disturbance: Work) -> None:
        start.wait()
        while not done.is_set():
            disturbance()

    with ThreadPoolExecutor(THREADS + len(disturbances)) as pool:
        disturbing = [pool.submit(disturb, disturbance) for disturbance in disturbances]
        calling = [pool.submit(call, seed) for seed in range(THREADS)]
        try:
            for future in calling:
                future.result()
        finally:
            done.set()
        for future in disturbing:
            future.result()


def evict() -> None:
    """The cache of keys switched off, on, to few and to many; its bound holds all the while."""
    for size in (0, 1, 4, 256):
        jwt_key_cache.resize(size)
        for _ in range(50):
            assert jwt_key_cache.kept() <= size
        jwt_key_cache.clear()


def remember() -> None:
    """Signatures remembered, few or many, and forgotten."""
    for size in (1 << 14, 1 << 20):
        jwt.enable_cache(size)
        for _ in range(50):
            state = jwt.cache_state()
            assert state is not None and state.bytes <= state.capacity == size
    jwt.disable_cache()


def register() -> None:
    """An algorithm that comes and goes in the registry that all threads share."""
    secret = "a secret of thirty-two bytes or more"
    jwt.register_algorithm("X-HS256", jwt.algorithms.HMACAlgorithm(hashlib.sha256))
    token = jwt.encode(CLAIMS, secret, "X-HS256")
    assert jwt.decode(token, secret, ["X-HS256"], audience="api") == CLAIMS
    jwt.unregister_algorithm("X-HS256")
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, secret, ["X-HS256"], audience="api")
    with pytest.raises(NotImplementedError):
        jwt.encode(CLAIMS, secret, "X-HS256")


def replace() -> None:
    """Methods replaced by others that do the same, as a tracer does, and put back."""
    for owner, name in [(jwt.PyJWT, "_validate_iat"), (jwt.PyJWS, "_load")]:
        own = vars(owner)[name]

        def traced(*arguments: Any, own: Any = own, **named: Any) -> Any:
            return own(*arguments, **named)

        setattr(owner, name, traced)
        try:
            token = jwt.encode(CLAIMS, "a secret of thirty-two bytes or more")
            jwt.get_unverified_header(token)
        finally:
            setattr(owner, name, own)


def pass_by() -> None:
    """Key objects that live for two calls: the next may lie where one lay."""
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    key, other = (ed25519.Ed25519PrivateKey.generate() for _ in range(2))
    token = jwt.encode(CLAIMS, key, "EdDSA")
    assert jwt.decode(token, key.public_key(), ["EdDSA"], audience="api") == CLAIMS
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, other.public_key(), ["EdDSA"], audience="api")


def test_threads_get_what_each_call_gives_alone(pairs: list[Pair]) -> None:
    works = [
        work
        for pair in pairs
        for form in (as_texts, as_objects)
        for work in [*decodes(pair, form), *encodes(pair, form)]
    ]
    before = dict(_jotem.pyjwt_paths())
    together(works, [evict, remember, register, replace, pass_by], calls=150)
    after = dict(_jotem.pyjwt_paths())
    # The disturbances left room for the one call into Rust, and forced the steps in Python.
    assert all(after[path] - before[path] > THREADS for path in ("one call", "step by step"))


def test_threads_share_verifiers_and_issuers(pairs: list[Pair]) -> None:
    together([work for pair in pairs for work in natively(pair)], [], calls=1000)
