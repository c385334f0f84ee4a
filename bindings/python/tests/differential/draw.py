"""Choices that several areas make: keys, lists of algorithms, payload bytes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from differential import claims, tokens
from differential.keys import FAMILY, KEYS, KeyForm

# Reading a private RSA key from PEM costs PyJWT fifty milliseconds: few of those.
_SLOW = ("RSA private PEM", "RSA other private PEM")
_QUICK = [name for name in KEYS if name not in _SLOW]
SECRET_KEY = KEYS["secret bytes"]


def fitting(algorithm: str, *, private: bool = True) -> KeyForm:
    family = FAMILY[algorithm]
    if family == "oct":
        return SECRET_KEY
    return KEYS[f"{family} {'private' if private else 'public'} object"]


def some_key(algorithm: str, *, private: bool) -> st.SearchStrategy[KeyForm]:
    """A key of the algorithm's family as often as any other; now and then a slow one."""
    family = FAMILY.get(algorithm, "oct")
    own = [k for k in KEYS.values() if k.family == family and (k.private or not private)]
    every = [KEYS[name] for name in _QUICK]
    slow = [KEYS[name] for name in _SLOW]
    quick_own = [key for key in own if key not in slow] or [SECRET_KEY]
    return st.integers(0, 99).flatmap(
        lambda n: st.sampled_from(slow if n == 42 else quick_own if n < 55 else every)
    )


def implied(key: KeyForm, without: str) -> str:
    """The algorithm that is used when the caller names none."""
    return (
        str(getattr(key.on("jwt"), "algorithm_name", without)) if key.form == "PyJWK" else without
    )


def algorithm_lists(algorithm: str) -> st.SearchStrategy[Any]:
    """What may be given as `algorithms`."""
    right = [algorithm]
    others: list[Any] = [
        None, [], (), "", algorithm, f"{algorithm} HS999", (algorithm,), {algorithm},
        ["HS256", "RS256"], ["RS256", "ES256", "EdDSA"], [algorithm, "HS256"], ["none"],
        {algorithm: 1}, [None], 7, ["HS999"], algorithm[:3],
    ]  # fmt: skip
    return st.one_of(st.just(right), st.just(right), st.sampled_from(others))


def payload_bytes() -> st.SearchStrategy[bytes]:
    written = claims.JSON_PAYLOADS.filter(claims.writable).map(lambda p: json.dumps(p).encode())
    return st.one_of(st.sampled_from(tokens.IN_TOKENS), written, st.binary(max_size=6))


def given_names(arguments: dict[str, Any]) -> tuple[str, ...]:
    """Names of the arguments and options that a case uses."""
    names = [name for name in arguments if name not in ("jwt", "payload", "key")]
    chosen = arguments.get("options")
    return (*names, *(f"options[{n}]" for n in chosen)) if chosen else tuple(names)
