"""Signing keys from a JWK set on the web."""

from __future__ import annotations

import json
import math
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .api_jwk import PyJWK, PyJWKSet
from .api_jwt import decode_complete as decode_token
from .exceptions import PyJWKClientConnectionError, PyJWKClientError
from .jwk_set_cache import JWKSetCache

if TYPE_CHECKING:
    from ._http import (
        HTTPError,
        SSLContext,
        URLError,
        _NoRedirectHandler,
        http,
        urllib,
        urlparse,
    )


class PyJWKClient:
    """Fetches a JWK set, remembers it, and finds keys in it by ``kid``.

    A ``kid`` that is not in the set fetches it anew, unless the last fetch is less than
    ``cooldown_duration`` ago: keys may have been rotated, and senders can make up key IDs. Every
    successful fetch starts the cooldown, so a new key may be found that much later.

    Args:
        uri: The address of the set: http or https.
        cache_keys: Remember single keys, without a time limit.
        max_cached_keys: How many of them.
        cache_jwk_set: Remember the set. There is no cooldown without.
        lifespan: For how many seconds.
        headers: Header fields of the request.
        timeout: How many seconds a fetch may take.
        ssl_context: The TLS settings of the request.
        cooldown_duration: See above, in seconds; 0 for none.

    Raises:
        PyJWKClientError: The address is of another kind, or a duration is out of range.
    """

    def __init__(
        self,
        uri: str,
        cache_keys: bool = False,
        max_cached_keys: int = 16,
        cache_jwk_set: bool = True,
        lifespan: float = 300,
        headers: dict[str, Any] | None = None,
        timeout: float = 30,
        ssl_context: SSLContext | None = None,
        cooldown_duration: float = 30,
    ):
        _import_http()
        # urllib also opens file: and data:, and an address may come from a token.
        scheme = urlparse(uri).scheme.lower()
        if scheme not in ("http", "https"):
            raise PyJWKClientError(
                f"Invalid JWKS URI scheme {scheme!r}: only 'http' and 'https' are supported."
            )
        if cooldown_duration < 0:
            raise PyJWKClientError(
                "Cooldown duration must be greater than or equal to 0, "
                f'the input is "{cooldown_duration}"'
            )
        if not math.isfinite(cooldown_duration):
            raise PyJWKClientError(
                f'Cooldown duration must be finite, the input is "{cooldown_duration}"'
            )
        if cache_jwk_set and lifespan <= 0:
            raise PyJWKClientError(f'Lifespan must be greater than 0, the input is "{lifespan}"')

        self.uri = uri
        self.headers: dict[str, Any] = {} if headers is None else headers
        self.timeout = timeout
        self.ssl_context = ssl_context
        self.cooldown_duration = cooldown_duration
        self.jwk_set_cache: JWKSetCache | None = JWKSetCache(lifespan) if cache_jwk_set else None
        self._last_successful_fetch: float | None = None
        self._client_lock = threading.RLock()
        if cache_keys:
            cached = lru_cache(maxsize=max_cached_keys)(self.get_signing_key)
            self.get_signing_key = cached  # type: ignore[method-assign]

    def fetch_data(self) -> Any:
        """Fetch the set, remember it and return the document. Subclasses replace it.

        Raises:
            PyJWKClientConnectionError: The request failed. What is remembered stays.
            PyJWKClientError: The answer is no JSON object.
            PyJWKSetError: It holds no usable key, and was to be remembered.
        """
        _import_http()
        try:
            request = urllib.request.Request(url=self.uri, headers=self.headers)
            handlers: list[Any] = [_NoRedirectHandler()]
            if self.ssl_context is not None:
                handlers.append(urllib.request.HTTPSHandler(context=self.ssl_context))
            opener = urllib.request.build_opener(*handlers)
            with opener.open(request, timeout=self.timeout) as response:
                jwk_set = json.load(response)
        except (URLError, TimeoutError, http.client.HTTPException) as e:
            if isinstance(e, HTTPError):
                e.close()
            raise PyJWKClientConnectionError(f'Fail to fetch data from the url, err: "{e}"') from e

        jwk_set = self._as_jwk_set_payload(jwk_set)
        if self.jwk_set_cache is not None:
            self.jwk_set_cache.put(jwk_set)
        self._last_successful_fetch = time.monotonic()
        return jwk_set

    def get_jwk_set(self, refresh: bool = False) -> PyJWKSet:
        """Return the set that is remembered, or a fresh one if there is none or ``refresh``.

        Raises:
            PyJWKClientError: The answer is no JSON object.
        """
        data = None
        if self.jwk_set_cache is not None and not refresh:
            data = self.jwk_set_cache.get()
        is_fresh = data is None
        if is_fresh:
            data = self.fetch_data()

        if isinstance(data, PyJWKSet):
            jwk_set = data
        else:
            jwk_set = PyJWKSet.from_dict(self._as_jwk_set_payload(data))
        # A subclass may have changed what it fetched: remember what is returned.
        if is_fresh and self.jwk_set_cache is not None:
            self.jwk_set_cache.put(jwk_set)
        return jwk_set

    @staticmethod
    def _as_jwk_set_payload(data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise PyJWKClientError("The JWKS endpoint did not return a JSON object")
        return data  # pyright: ignore[reportUnknownVariableType]

    def get_signing_keys(self, refresh: bool = False) -> list[PyJWK]:
        """Return the keys of the set that are for signatures and have a ``kid``.

        Raises:
            PyJWKClientError: There is none.
        """
        return self._get_signing_keys_from_jwk_set(self.get_jwk_set(refresh))

    @staticmethod
    def _get_signing_keys_from_jwk_set(jwk_set: PyJWKSet) -> list[PyJWK]:
        signing_keys = [
            key for key in jwk_set.keys if key.public_key_use in ["sig", None] and key.key_id
        ]
        if not signing_keys:
            raise PyJWKClientError("The JWKS endpoint did not contain any signing keys")
        return signing_keys

    def get_signing_key(self, kid: str) -> PyJWK:
        """Return the key with this ``kid``, from a fresh set if need be and allowed.

        Raises:
            PyJWKClientError: There is none.
        """
        with self._client_lock:
            key = self.match_kid(self.get_signing_keys(), kid)
            if not key:
                is_cooling_down = (
                    self.jwk_set_cache is not None
                    and self._last_successful_fetch is not None
                    and time.monotonic() - self._last_successful_fetch < self.cooldown_duration
                )
                if not is_cooling_down:
                    fresh_keys = self.get_signing_keys(refresh=True)
                    self._last_successful_fetch = time.monotonic()
                    key = self.match_kid(fresh_keys, kid)
            if not key:
                raise PyJWKClientError(f'Unable to find a signing key that matches: "{kid}"')
            return key

    def get_signing_key_from_jwt(self, token: str | bytes) -> PyJWK:
        """Return the key that the header of a token names; the token is not verified."""
        unverified = decode_token(token, options={"verify_signature": False})
        return self.get_signing_key(unverified["header"].get("kid"))

    @staticmethod
    def match_kid(signing_keys: list[PyJWK], kid: str) -> PyJWK | None:
        """Return the first key with this ``kid``, or ``None``."""
        for key in signing_keys:
            if key.key_id == kid:
                return key
        return None


_ON_DEMAND = (
    "HTTPError",
    "SSLContext",
    "URLError",
    "_NoRedirectHandler",
    "http",
    "urllib",
    "urlparse",
)


def _import_http() -> None:
    """Import what fetches, as globals of this module: a program may have replaced some of them."""
    from . import _http

    for name in _ON_DEMAND:
        globals().setdefault(name, getattr(_http, name))


def __getattr__(name: str) -> Any:
    """Import what fetches when somebody else asks for it."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _import_http()
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_ON_DEMAND})
