"""The outcomes that PyJWT has words for, by name.

A full run must meet each of `DUE` often enough. `RARE` are those of Python and of cryptography,
whose words change with their versions: they are compared like all others, but not counted on.
"""

from __future__ import annotations

import re

from outcome import Outcome

_TABLE = r"""
value                  | value
payload no dict        | TypeError: Expecting a dict object
iss at encoding        | TypeError: Issuer \(iss\) must be a string
not JSON               | TypeError: Object of type \S+ is not JSON serializable
circular               | ValueError: Circular reference
digits                 | ValueError: Exceeds the limit
key no text            | TypeError: keys must be str
keys mixed             | TypeError: '<' not supported between
headers no dict        | AttributeError: '(list|str|int)' object has no attribute 'get'
no bytes               | TypeError: a bytes-like object is required, not 'str'
kid                    | InvalidTokenError: Key ID header parameter must be a string
crit at encoding       | InvalidTokenError: Invalid 'crit' header: must be a list
alg at encoding        | NotImplementedError: Algorithm not supported
key with none          | InvalidKeyError: When alg = "none"
HMAC empty             | InvalidKeyError: HMAC key must not be empty
HMAC asymmetric        | InvalidKeyError: The specified key is an asymmetric key
HMAC JWK               | InvalidKeyError: The specified key looks like a JWK
HMAC short             | InvalidKeyError: The HMAC key is \d+ bytes long
RSA short              | InvalidKeyError: The RSA key is 1024 bits long
public key             | InvalidKeyError: Could not parse the provided public key
key family             | InvalidKeyError: Expected one of
curve                  | InvalidKeyError: The key's curve '\S+' does not match
OKP text               | InvalidKeyError: Not a public or private key
key no text or bytes   | TypeError: Expected a string or bytes value
key no PEM             | TypeError: Expecting a PEM-formatted key
key encrypted          | TypeError: Password was not given
no sign                | AttributeError: '\S+' object has no attribute 'sign'
no verify              | AttributeError: '\S+' object has no attribute 'verify'
PEM unreadable         | ValueError: .*
key no UTF-8           | UnicodeDecodeError: 'utf-8' codec
token surrogate        | UnicodeEncodeError: 'utf-8' codec
no algorithms          | DecodeError: It is required .* "algorithms"
token type             | DecodeError: Invalid token type
segments               | DecodeError: Not enough segments
header padding         | DecodeError: Invalid header padding
payload padding        | DecodeError: Invalid payload padding
crypto padding         | DecodeError: Invalid crypto padding
header no object       | DecodeError: Invalid header string: must be a json object
header depth           | DecodeError: Invalid header string: maximum recursion
header digits          | DecodeError: Invalid header string: Exceeds the limit
header UTF-8           | DecodeError: Invalid header string: 'utf-8' codec
header JSON            | DecodeError: Invalid header string: .*
b64 with payload       | DecodeError: Payload segment must be empty
b64 without detached   | DecodeError: It is required .* "detached_payload"
detached without b64   | DecodeError: It is only valid to pass "detached_payload"
b64 without crit       | InvalidTokenError: The 'b64' header parameter requires
crit no list           | InvalidTokenError: Invalid 'crit' header: must be a non-empty list
crit no text           | InvalidTokenError: Invalid 'crit' header: values must be strings
crit unknown           | InvalidTokenError: Unsupported critical extension
crit missing           | InvalidTokenError: Critical extension 'b64' is missing
alg missing            | InvalidAlgorithmError: Algorithm not specified
alg not allowed        | InvalidAlgorithmError: The specified alg value is not allowed
alg unknown            | InvalidAlgorithmError: Algorithm not supported
alg of the key         | InvalidAlgorithmError: Token algorithm .* does not match the key's
algorithms no list     | TypeError: argument of type 'int' is not
signature              | InvalidSignatureError: Signature verification failed
payload no object      | DecodeError: Invalid payload string: must be a json object
payload depth          | DecodeError: Invalid payload string: maximum recursion
payload digits         | DecodeError: Invalid payload string: Exceeds the limit
payload UTF-8          | DecodeError: Invalid payload string: 'utf-8' codec
payload JSON           | DecodeError: Invalid payload string: .*
claim missing          | MissingRequiredClaimError: Token is missing the "\w+" claim
iat no integer         | InvalidIssuedAtError: Issued At claim
iat later              | ImmatureSignatureError: The token is not yet valid \(iat\)
nbf no integer         | DecodeError: Not Before claim
nbf later              | ImmatureSignatureError: The token is not yet valid \(nbf\)
exp no integer         | DecodeError: Expiration Time claim
expired                | ExpiredSignatureError: Signature has expired
iss no text            | InvalidIssuerError: Payload Issuer \(iss\) must be a string
iss other              | InvalidIssuerError: Invalid issuer
issuer no container    | InvalidIssuerError: Issuer param must be
audience of any kind   | TypeError: audience must be a string, iterable or None
aud unexpected         | InvalidAudienceError: Invalid audience$
aud format             | InvalidAudienceError: Invalid claim format in token$
aud other              | InvalidAudienceError: Audience doesn't match$
strict expected        | InvalidAudienceError: Invalid audience \(strict\)
strict format          | InvalidAudienceError: Invalid claim format in token \(strict\)
strict other           | InvalidAudienceError: Audience doesn't match \(strict\)
sub no text            | InvalidSubjectError: Subject must be a string
sub other              | InvalidSubjectError: Invalid subject
jti no text            | InvalidJTIError: JWT ID must be a string
leeway no number       | TypeError: unsupported operand
require no iterable    | TypeError: 'NoneType' object is not iterable
"""
_RARE = r"""
nesting                | RecursionError: .*
another type           | TypeError: .*
another attribute      | AttributeError: .*
cryptography           | UnsupportedAlgorithm: .*
year out of range      | OverflowError: .*
bytes of a buffer      | BufferError: .*
"""


def _read(table: str) -> dict[str, re.Pattern[str]]:
    rows = (line.partition("|") for line in table.strip().splitlines())
    return {name.strip(): re.compile(text.strip()) for name, _, text in rows}


DUE = _read(_TABLE)
RARE = _read(_RARE)


def name_of(outcome: Outcome) -> str | None:
    """The name of the outcome; None for one that nobody thought of."""
    text = "value" if outcome.is_value else outcome.words
    for name, pattern in {**DUE, **RARE}.items():
        if pattern.match(text):
            return name
    return None
