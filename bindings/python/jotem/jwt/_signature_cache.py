"""Signatures that were seen to hold are not computed again: an option that PyJWT does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._jotem import pyjwt_cache_state, pyjwt_disable_cache, pyjwt_enable_cache

if TYPE_CHECKING:
    from .._jotem import CacheState


def enable_cache(bytes: int, /) -> None:
    """Remember, in at most so many bytes, which signatures held, under which key.

    The same token comes hundreds of times, and its signature is most of the work. What is
    remembered is that this very signature held under this very public key, and nothing else: keys,
    algorithms, options and every claim are looked at anew at each call, and each call returns a
    dict of its own. A key that is no longer passed takes effect at the next call. Shared secrets
    and tokens that are refused are not remembered.

    2 KiB for each token in use at one time is ample. One cache serves the whole process; calling
    this again begins with an empty one.

    Raises:
        ValueError: Fewer than 16 KiB, or more than 64 GiB.
    """
    pyjwt_enable_cache(bytes)


def disable_cache() -> None:
    """Forget every signature, and remember none from now on. So it is unless enabled."""
    pyjwt_disable_cache()


def cache_state() -> CacheState | None:
    """Return what is remembered, and how often it was of use; ``None`` while it is not enabled."""
    return pyjwt_cache_state()
