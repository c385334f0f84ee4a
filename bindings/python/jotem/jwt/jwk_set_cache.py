"""A key set remembered for a while."""

import time
from typing import Any, Optional, Union

from .api_jwk import PyJWKSet, PyJWTSetWithTimestamp
from .exceptions import PyJWKSetError


class JWKSetCache:
    """Keeps one parsed key set for ``lifespan`` seconds; for ever if that is -1 or less."""

    def __init__(self, lifespan: float) -> None:
        self.jwk_set_with_timestamp: Optional[PyJWTSetWithTimestamp] = None
        self.lifespan = lifespan

    def put(self, jwk_set: Optional[Union[PyJWKSet, dict[str, Any]]]) -> None:
        """Keep a key set, parsed or as a document; forget what is kept if it is ``None``.

        Raises:
            PyJWKSetError: It is neither, or holds no usable key.
        """
        if jwk_set is None:
            self.jwk_set_with_timestamp = None
            return
        if not isinstance(jwk_set, PyJWKSet):
            if not isinstance(jwk_set, dict):
                raise PyJWKSetError("Invalid JWK Set value")
            jwk_set = PyJWKSet.from_dict(jwk_set)
        self.jwk_set_with_timestamp = PyJWTSetWithTimestamp(jwk_set)

    def get(self) -> Optional[PyJWKSet]:
        """Return the key set, or ``None`` if there is none or its time is over."""
        if self.jwk_set_with_timestamp is None or self.is_expired():
            return None
        return self.jwk_set_with_timestamp.get_jwk_set()

    def is_expired(self) -> bool:
        """Tell whether the time of the key set is over; an empty cache does not expire."""
        if self.jwk_set_with_timestamp is None or not self.lifespan > -1:
            return False
        age_limit = self.jwk_set_with_timestamp.get_timestamp() + self.lifespan
        return time.monotonic() > age_limit
