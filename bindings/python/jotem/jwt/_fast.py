"""The ordinary case in one call into Rust.

Each returns ``None`` where it is not ordinary: an argument of another type, a refusal, or a class,
module or object of this package that was patched, overridden or registered over since
:func:`arm` took note of them.
"""

from .._jotem import (
    pyjwt_arm as arm,
    pyjwt_decode as decode,
    pyjwt_decode_complete as decode_complete,
    pyjwt_encode as encode,
)

__all__ = ["arm", "decode", "decode_complete", "encode"]
