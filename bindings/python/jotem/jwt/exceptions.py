"""Why a token, a key or a key set is refused: one tree under :class:`PyJWTError`."""


class PyJWTError(Exception):
    """Whatever goes wrong."""


class InvalidTokenError(PyJWTError):
    """A token is refused."""


class DecodeError(InvalidTokenError):
    """A token cannot be read, or what it says is malformed."""


class InvalidSignatureError(DecodeError):
    """The signature was not made over this token with this key."""


class ExpiredSignatureError(InvalidTokenError):
    """The time of ``exp`` has come."""


class InvalidAudienceError(InvalidTokenError):
    """``aud`` is not what is expected."""


class InvalidIssuerError(InvalidTokenError):
    """``iss`` is not what is expected."""


class InvalidIssuedAtError(InvalidTokenError):
    """``iat`` is no number."""


class ImmatureSignatureError(InvalidTokenError):
    """The time of ``nbf`` or ``iat`` has not come."""


class InvalidKeyError(PyJWTError):
    """A key cannot be used with the algorithm."""


class InvalidAlgorithmError(InvalidTokenError):
    """The algorithm of a token is unknown or not allowed."""


class MissingRequiredClaimError(InvalidTokenError):
    """A claim that must be there is not; ``claim`` is its name."""

    def __init__(self, claim: str) -> None:
        self.claim = claim

    def __str__(self) -> str:
        return f'Token is missing the "{self.claim}" claim'


class PyJWKError(PyJWTError):
    """A JWK is of no known algorithm."""


class MissingCryptographyError(PyJWKError):
    """The algorithm needs ``cryptography``, which is not installed."""


class PyJWKSetError(PyJWTError):
    """A JWK set holds no usable key."""


class PyJWKClientError(PyJWTError):
    """A key set's endpoint has no answer to the question."""


class PyJWKClientConnectionError(PyJWKClientError):
    """A key set's endpoint cannot be reached."""


class InvalidSubjectError(InvalidTokenError):
    """``sub`` is no string, or not the expected one."""


class InvalidJTIError(InvalidTokenError):
    """``jti`` is no string."""
