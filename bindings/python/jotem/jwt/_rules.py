"""PyJWT's rules, decided in Rust: what the methods of this package ask.

Each answers what was found; the methods choose the exception and its words.
"""

from .._jotem import (
    PYJWT_BASE64URL_ALPHABET as BASE64URL_ALPHABET,
    PYJWT_PEM_LABELS as PEM_LABELS,
    PYJWT_SSH_KEY_FORMATS as SSH_KEY_FORMATS,
    pyjwt_audience_refusal as audience_refusal,
    pyjwt_crit_refusal as crit_refusal,
    pyjwt_is_der_key as is_der_key,
    pyjwt_is_future as is_future,
    pyjwt_is_key_id as is_key_id,
    pyjwt_is_past as is_past,
    pyjwt_is_pem_format as is_pem_format,
    pyjwt_is_ssh_key as is_ssh_key,
    pyjwt_is_token_id as is_token_id,
    pyjwt_issuer_refusal as issuer_refusal,
    pyjwt_missing_claim as missing_claim,
    pyjwt_subject_refusal as subject_refusal,
    pyjwt_unpadded_segment as unpadded_segment,
)

__all__ = [
    "BASE64URL_ALPHABET",
    "PEM_LABELS",
    "SSH_KEY_FORMATS",
    "audience_refusal",
    "crit_refusal",
    "is_der_key",
    "is_future",
    "is_key_id",
    "is_past",
    "is_pem_format",
    "is_ssh_key",
    "is_token_id",
    "issuer_refusal",
    "missing_claim",
    "subject_refusal",
    "unpadded_segment",
]
