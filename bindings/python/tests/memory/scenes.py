"""What is repeated a million times, or as often as it takes to see what it leaves behind.

Each scene returns a function that makes one call, given its number.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
from collections.abc import Callable
from typing import Any

import jotem
from jotem import jwt, jwt_key_cache
from provider import Provider

Call = Callable[[int], object]

SECRET = "a secret of thirty-two bytes or more"
CLAIMS = {"sub": "42", "aud": "api", "exp": 4_102_444_800, "roles": ["reader", {"of": "all"}]}
_kept: list[bytearray] = []


def decode() -> Call:
    token = jwt.encode(CLAIMS, SECRET)
    return lambda _: jwt.decode(token, SECRET, ["HS256"], audience="api")


def encode() -> Call:
    return lambda number: jwt.encode({**CLAIMS, "jti": str(number)}, SECRET, headers={"kid": "1"})


def distinct_names() -> Call:
    """Every token has claims of other names, and every third one more of them."""

    def call(number: int) -> object:
        claims = {f"a{number}": 1, f"b{number}": -1, **({"c": 2} if number % 3 else {})}
        return jwt.decode(jwt.encode(claims, SECRET), SECRET, ["HS256"])

    return call


def verify() -> Call:
    key = jotem.Key.from_secret(SECRET, algorithm="HS256")
    token = jotem.Issuer(key, audience="api", lifetime=900).issue(CLAIMS["roles"][1])
    verifier = jotem.Verifier(key, audience="api")
    return lambda _: verifier.verify(token).claims


def verify_cached() -> Call:
    """A token that the cache knows, through both interfaces."""
    key = jotem.Key.generate("ES256")
    public = key.public().to_pem()
    token = jotem.Issuer(key, audience="api", lifetime=900).issue(CLAIMS["roles"][1])
    verifier = jotem.Verifier(key.public(), audience="api", cache=1 << 20)
    jwt.enable_cache(1 << 20)

    def call(number: int) -> object:
        if number % 2:
            return verifier.verify(token).claims
        return jwt.decode(token, public, ["ES256"], audience="api")

    return call


def distinct_tokens() -> Call:
    """Tokens that the caches have never seen: more than they have room for."""
    key = jotem.Key.generate("ES256")
    public = key.public().to_pem()
    issuer = jotem.Issuer(key, audience="api", lifetime=900)
    verifier = jotem.Verifier(key.public(), audience="api", cache=1 << 18)
    jwt.enable_cache(1 << 18)

    def call(number: int) -> None:
        token = issuer.issue({"n": number})
        assert verifier.verify(token).claims["n"] == number
        assert jwt.decode(token, public, ["ES256"], audience="api")["n"] == number

    return call


def cleared_caches() -> Call:
    """Caches made, used and left behind."""
    key = jotem.Key.generate("ES256")
    public = key.public().to_pem()
    token = jotem.Issuer(key, lifetime=900).issue()

    def call(_: int) -> None:
        jwt.enable_cache(1 << 20)
        assert jwt.decode(token, public, ["ES256"])
        verifier = jotem.Verifier(key.public(), cache=1 << 16)
        assert verifier.verify(token).claims
        verifier.clear_cache()
        jwt.disable_cache()

    return call


def batch() -> Call:
    """An iterable without an end: each call takes one verdict on it, or one token."""
    # More cores would have more on the way.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    key = jotem.Key.from_secret(SECRET, algorithm="HS256")
    issuer = jotem.Issuer(key, lifetime=900)
    tokens = issuer.issue_each({"n": number} for number in itertools.count())
    mixed = itertools.chain.from_iterable((token, "no token") for token in tokens)
    verdicts = jotem.Verifier(key).verify_each(mixed)
    return lambda _: next(verdicts)


def batches() -> Call:
    """Batches that are begun and dropped, and batches that fail."""
    key = jotem.Key.generate("ES256")
    token = jotem.Issuer(key, lifetime=900).issue()
    verifier = jotem.Verifier(key.public())

    def call(_: int) -> None:
        next(verifier.verify_each([token, "no token"] * 3))
        assert len(verifier.verify_many([token] * 5)) == 5
        try:
            verifier.verify_many([token, 5])  # type: ignore[list-item]
        except TypeError:
            return
        raise AssertionError("5 is no token")

    return call


def issue() -> Call:
    key = jotem.Key.from_secret(SECRET, algorithm="HS256")
    issuer = jotem.Issuer(key, issuer="here", lifetime=900, token_ids=True)
    return lambda number: issuer.issue({"n": number}, subject="42", audience=["api", "web"])


def refuse() -> Call:
    """Each reason that `jotem.jwt` has to refuse a token, one after the other."""
    good = jwt.encode(CLAIMS, SECRET)
    header, payload, signature = good.split(".")
    critical = _segment('{"alg":"HS256","crit":["exp"],"exp":1}')
    tokens = [
        "no token",
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{'A' * 43}",
        f"{header}.{payload[:-4]}.{signature}",
        f"{header[:-1]}.{payload}.{signature}",
        f"{critical}.{payload}.{signature}",
        f"{_segment('{}')}.{payload}.{signature}",
        f"{_segment('[' * 200)}.{payload}.{signature}",
        jwt.encode(CLAIMS, SECRET * 2, "HS512"),
        jwt.encode({**CLAIMS, "exp": 1}, SECRET),
        jwt.encode({**CLAIMS, "nbf": 4_102_444_800}, SECRET),
        jwt.encode({**CLAIMS, "aud": "web"}, SECRET),
        jwt.encode({"sub": "42"}, SECRET),
    ]
    return _refused(
        tokens, lambda token: jwt.decode(token, SECRET, ["HS256"], audience="api"), jwt.PyJWTError
    )


def refuse_natively() -> Call:
    """The same for the native interface."""
    key = jotem.Key.from_secret(SECRET, algorithm="HS256", key_id="1")
    issuer = jotem.Issuer(key, audience="api", lifetime=900)
    good = issuer.issue({"role": "admin"})
    header, payload, signature = good.split(".")
    verifier = jotem.Verifier(key, audience="api", max_lifetime=900)
    tokens = [
        "no token",
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{'A' * 43}",
        f"{header[:-1]}.{payload}.{signature}",
        f"{_segment('{}')}.{payload}.{signature}",
        f"{_segment('[' * 200)}.{payload}.{signature}",
        "A" * 20_000,
        issuer.issue({}, expires_at=1_000_000_000, issued_at=999_999_999),
        issuer.issue({}, not_before=4_102_444_000, expires_at=4_102_444_800),
        issuer.issue({}, audience="web"),
        issuer.issue({}, expires_at=4_102_444_800),
    ]
    return _refused(tokens, verifier.verify, jotem.errors.TokenRefused)


def refuse_the_call() -> Call:
    """Arguments that neither interface takes."""
    key = jotem.Key.from_secret(SECRET, algorithm="HS256")
    wrong: list[Callable[[Any], object]] = [
        lambda _: jwt.encode({"exp": "soon", "iss": 5}, SECRET),
        lambda _: jwt.encode(CLAIMS, SECRET, "HS257"),
        lambda _: jwt.decode("a.b.c", SECRET),
        lambda _: jotem.Key.from_secret("short", algorithm="HS256"),
        lambda _: jotem.Key.from_pem("-----BEGIN PUBLIC KEY-----", algorithm="ES256"),
        lambda _: jotem.Key.from_jwk({"kty": "EC", "crv": "P-256"}, algorithm="ES256"),
        lambda _: jotem.Issuer(key, lifetime=-1),
        lambda _: jotem.Verifier(key, leeway=301),
    ]
    errors = (jotem.errors.JotemError, jwt.PyJWTError, TypeError, NotImplementedError)
    return _refused(wrong, lambda call: call(None), errors)


def distinct_secrets() -> Call:
    """More keys than the cache has places; each is new."""
    jwt_key_cache.resize(64)

    def call(number: int) -> None:
        secret = f"{SECRET}, number {number}"
        assert jwt.decode(jwt.encode({}, secret), secret, ["HS256"]) == {}

    return call


def distinct_objects() -> Call:
    """Key objects that the cache holds, and lets go."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    jwt_key_cache.resize(64)

    def call(_: int) -> None:
        key = Ed25519PrivateKey.generate()
        assert jwt.decode(jwt.encode({}, key, "EdDSA"), key.public_key(), ["EdDSA"]) == {}

    return call


def distinct_texts() -> Call:
    """Key texts, parsed by both interfaces."""
    jwt_key_cache.resize(64)

    def call(number: int) -> None:
        key = jotem.Key.generate("ES256", key_id=str(number))
        token = jwt.encode({}, key.to_pem(private=True), "ES256")
        assert jwt.decode(token, key.public().to_pem(), ["ES256"]) == {}
        keys = jotem.KeySet.from_json(jotem.KeySet([key]).to_json())
        assert jotem.Verifier(keys, expiry_optional=True).verify(token).claims == {}

    return call


def remote_keys() -> Call:
    """Tokens with keys that a remote set has, and with names that it never heard of; both ways."""
    provider = Provider()
    client = provider.client(on_event=lambda event: str(event))
    client.ready()
    verifier, known = provider.verifier(client), provider.token()
    header, payload, signature = provider.tokens_of_nobody(1)[0].split(".")
    loop = asyncio.new_event_loop()

    def call(number: int) -> None:
        named = _segment('{"alg":"ES256","kid":"%s%d"}' % ("x" * 200, number))
        assert loop.run_until_complete(client.verify_async(verifier, known)).subject == "42"
        try:
            if number % 2:
                client.verify(verifier, f"{named}.{payload}.{signature}")
            else:
                loop.run_until_complete(
                    client.verify_async(verifier, f"{named}.{payload}.{signature}")
                )
        except jotem.errors.KeyNotFound:
            return
        raise AssertionError("not refused")

    return call


def distinct_headers() -> Call:
    """Headers that were never seen before, under good signatures."""

    def call(number: int) -> None:
        token = jwt.encode({}, SECRET, headers={"kid": f"{number}{'x' * 200}"})
        jwt.decode_complete(token, SECRET, ["HS256"])

    return call


def leak() -> Call:
    """One that leaks on purpose: eight bytes a call, and what a list needs to hold them."""

    def call(number: int) -> None:
        if number % 100 == 0:
            _kept.append(bytearray(800))

    return call


def _refused(
    cases: list[Any], call: Callable[[Any], object], errors: type[Exception] | tuple[Any, ...]
) -> Call:
    """Takes the cases in turn; one that is not refused ends the run."""
    turn = itertools.cycle(cases)

    def refused(_: int) -> None:
        case = next(turn)
        try:
            call(case)
        except errors:
            return
        raise AssertionError(f"not refused: {case!r}")

    return refused


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
