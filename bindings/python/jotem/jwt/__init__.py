"""PyJWT's interface on the Rust engine: ``from jotem import jwt`` instead of ``import jwt``.

Modules, names, arguments, exceptions, warnings and messages are those of the version of PyJWT that
``__version__`` names. The few differences are in ``docs/migrations/from-pyjwt.md``.
"""

from . import _fast, algorithms, api_jwk, api_jws, api_jwt, utils
from . import jwk_set_cache as jwk_set_cache
from ._signature_cache import cache_state as cache_state
from ._signature_cache import disable_cache as disable_cache
from ._signature_cache import enable_cache as enable_cache
from ._unverified import get_unverified_claims as get_unverified_claims
from .api_jwk import PyJWK, PyJWKSet
from .api_jws import (
    PyJWS,
    get_algorithm_by_name,
    get_unverified_header,
    register_algorithm,
    unregister_algorithm,
)
from .api_jwt import PyJWT, decode, decode_complete, encode
from .exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
    MissingRequiredClaimError,
    PyJWKClientConnectionError,
    PyJWKClientError,
    PyJWKError,
    PyJWKSetError,
    PyJWTError,
)
from .jwks_client import PyJWKClient
from .warnings import InsecureKeyLengthWarning

__version__ = "2.15.1"

__title__ = "PyJWT"
__description__ = "JSON Web Token implementation in Python"
__url__ = "https://pyjwt.readthedocs.io"
__uri__ = __url__
__author__ = "jotem"
__email__ = "jotem"
__license__ = "MIT OR Apache-2.0"
__copyright__ = "Copyright jotem"

__all__ = [
    "PyJWS",
    "PyJWT",
    "PyJWKClient",
    "PyJWK",
    "PyJWKSet",
    "decode",
    "decode_complete",
    "encode",
    "get_unverified_header",
    "register_algorithm",
    "unregister_algorithm",
    "get_algorithm_by_name",
    "InsecureKeyLengthWarning",
    "DecodeError",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidIssuedAtError",
    "InvalidIssuerError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "MissingRequiredClaimError",
    "PyJWKClientConnectionError",
    "PyJWKClientError",
    "PyJWKError",
    "PyJWKSetError",
    "PyJWTError",
]


# Everything is as it should be now: what changes from here on is the program's doing.
_fast.arm(api_jwt, api_jws, api_jwk, algorithms, utils)
