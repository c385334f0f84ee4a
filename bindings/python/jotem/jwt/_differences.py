"""Where this package does more than PyJWT, or is stricter. The table of all differences, with
reasons, is ``docs/migrations/from-pyjwt.md``.

Everything here is reached only by a caller who asks for it, except :func:`refuse_mixed_families`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any, Final, cast

from .algorithms import Algorithm, HMACAlgorithm, OKPAlgorithm, has_crypto
from .exceptions import InvalidAlgorithmError, InvalidKeyError, InvalidSignatureError
from .types import JWKDict

ED25519: Final = "Ed25519"
"""The name that RFC 9864 gives to EdDSA on that curve."""

_OF_PUBLIC_KEYS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES256K", "ES384", "ES512", "ES521", "EdDSA", ED25519),
)

NEXT_KEY_AFTER: Final = (
    InvalidSignatureError,
    InvalidAlgorithmError,
    InvalidKeyError,
    TypeError,
    ValueError,
)
"""What refuses one key of several, so that the next is tried."""

_ed25519: Algorithm

if has_crypto:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from .algorithms import AllowedOKPKeys

    class Ed25519Algorithm(OKPAlgorithm):
        """EdDSA on the curve Ed25519 only."""

        _crypto_key_types = (Ed25519PrivateKey, Ed25519PublicKey)

        @staticmethod
        def from_jwk(jwk: str | JWKDict) -> AllowedOKPKeys:
            """Return the key of a JWK; ``InvalidKeyError`` if it is none on Ed25519."""
            key = OKPAlgorithm.from_jwk(jwk)
            if not isinstance(key, (Ed25519PrivateKey, Ed25519PublicKey)):
                raise InvalidKeyError("The algorithm Ed25519 takes keys on that curve only")
            return key

    _ed25519 = Ed25519Algorithm()
else:
    _ed25519 = OKPAlgorithm()


def unregistered_algorithm(name: str, known: Container[str] = ("EdDSA",)) -> Algorithm | None:
    """Return the algorithm of a name under which nothing is registered, or ``None``.

    It is ``Ed25519``, for whoever knows ``EdDSA`` or that very name.
    """
    is_ed25519 = name == ED25519 and ("EdDSA" in known or ED25519 in known)
    return _ed25519 if is_ed25519 else None


def candidate_keys(key: Any) -> tuple[Any, ...]:
    """Return the keys to try in turn: those of a list or tuple, or the one that ``key`` is."""
    one: tuple[Any, ...] = (key,)
    return tuple(cast("Iterable[Any]", key)) if isinstance(key, (list, tuple)) and key else one


def reusable(algorithms: Any) -> Any:
    """Return an allow-list that can be asked more than once: the items of an iterator."""
    if isinstance(algorithms, Iterator):
        return tuple(cast("Iterable[Any]", algorithms))
    return algorithms


def algorithms_of_keyword(algorithms: Any, kwargs: dict[str, Any]) -> Any:
    """Take ``algorithm="HS256"`` out of ``kwargs`` where no ``algorithms`` are given."""
    if algorithms is None and isinstance(kwargs.get("algorithm"), str):
        return [kwargs.pop("algorithm")]
    return algorithms


def refuse_mixed_families(
    algorithm: Algorithm, name: str, algorithms: Container[str] | Iterable[str] | None
) -> None:
    """Refuse a MAC under an allow-list that names public-key algorithms as well.

    With such a list the token decides whether the key is a public key or a secret. Whoever knows
    the public key could sign with it, in any encoding that the checks of
    :meth:`.HMACAlgorithm.prepare_key` do not recognise. A :class:`.PyJWK` says what it is, and
    does not come here.

    Raises:
        InvalidAlgorithmError: It is a MAC, and the list is mixed.
    """
    if algorithms is None or not isinstance(algorithm, HMACAlgorithm):
        return
    if any(other in algorithms for other in _OF_PUBLIC_KEYS):
        raise InvalidAlgorithmError(
            f'{name} is not accepted where "algorithms" also allows public-key algorithms, because '
            "the key could be a public key that everyone knows. Allow only HS* algorithms, or pass "
            'the secret as a PyJWK of kty "oct".'
        )
