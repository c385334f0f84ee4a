"""What a token is expected to be of, where that may be left out."""

from __future__ import annotations

from typing import Any

# Not None: that is what a look-up gives that found nothing, and must not come to mean everything.
ANY: Any = ...
