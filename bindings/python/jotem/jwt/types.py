"""The shapes of options and keys, for type checkers."""

from typing import Any, Callable, TypedDict

JWKDict = dict[str, Any]

HashlibHash = Callable[..., Any]


class SigOptions(TypedDict, total=False):
    """What :class:`~jotem.jwt.PyJWS` can be told about signatures."""

    verify_signature: bool
    """Check the signature (default: yes)."""
    enforce_minimum_key_length: bool
    """Refuse a short key instead of warning (default: no)."""


class Options(TypedDict, total=False):
    """What decoding can be told.

    A claim is checked where a token carries it; name it in ``require`` to refuse tokens without
    it. Every ``verify_*`` is on by default, and off when ``verify_signature`` is off.
    """

    verify_signature: bool
    """Check the signature."""
    require: list[str]
    """Claims that must be there (default: none)."""
    strict_aud: bool
    """Allow one audience only, on either side (default: no)."""
    verify_aud: bool
    """Check ``aud`` against ``audience``."""
    verify_exp: bool
    """Refuse a token from the second of its ``exp`` on."""
    verify_iat: bool
    """Refuse an ``iat`` that lies in the future or is no number."""
    verify_iss: bool
    """Check ``iss`` against ``issuer``."""
    verify_jti: bool
    """Refuse a ``jti`` that is no string."""
    verify_nbf: bool
    """Refuse a token before its ``nbf``."""
    verify_sub: bool
    """Check ``sub`` against ``subject``, and that it is a string."""
    enforce_minimum_key_length: bool
    """Refuse a short key instead of warning (default: no)."""


class FullOptions(TypedDict):
    """:class:`Options` with every member present."""

    verify_signature: bool
    require: list[str]
    strict_aud: bool
    verify_aud: bool
    verify_exp: bool
    verify_iat: bool
    verify_iss: bool
    verify_jti: bool
    verify_nbf: bool
    verify_sub: bool
    enforce_minimum_key_length: bool
