"""The keys that ``jotem.jwt`` keeps, so that a text or object seen before is not parsed again.

>>> from jotem import jwt, jwt_key_cache
>>> jwt_key_cache.resize(1000)          # tenants, each with a key of its own; 256 unless told
>>> token = jwt.encode({"sub": "42"}, "a secret of thirty-two bytes or more")
>>> jwt_key_cache.kept(), jwt_key_cache.size()
(1, 1000)
>>> jwt_key_cache.clear()               # after a rotation: nothing of the old keys remains here
>>> jwt_key_cache.kept()
0

A key is kept once for each algorithm that it was used with: its text, which is wiped when the key
leaves, or the object of ``cryptography`` itself. The one not used for longest leaves first. One
cache serves the whole process. The native interface has none: a :class:`jotem.Key` is parsed
once, when it is made.
"""

from __future__ import annotations

from ._jotem import (
    pyjwt_key_cache as _state,
    pyjwt_key_cache_clear as _clear,
    pyjwt_key_cache_resize as _resize,
)

__all__ = ["clear", "kept", "resize", "size"]


def resize(size: int, /) -> None:
    """Keep at most so many keys from now on; those that are kept are forgotten.

    Zero switches the cache off: each call parses its key, and nothing of it stays behind.
    """
    _resize(size)


def clear() -> None:
    """Forget every key."""
    _clear()


def kept() -> int:
    """Return how many keys are kept."""
    return _state()[0]


def size() -> int:
    """Return how many keys may be kept."""
    return _state()[1]
