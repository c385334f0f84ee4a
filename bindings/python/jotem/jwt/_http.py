"""Python's HTTP client, for :mod:`.jwks_client`.

It takes longer to import than all the rest of this package, and most programs fetch nothing: so it
is imported when somebody asks for it.
"""

from __future__ import annotations

import http.client  # pyright: ignore[reportUnusedImport]
import urllib.request
from ssl import SSLContext
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse

__all__ = ["HTTPError", "SSLContext", "URLError", "_NoRedirectHandler", "http", "urllib", "urlparse"]


class _NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the address that was configured is the one that is trusted."""

    __module__ = f"{__package__}.jwks_client"

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        return None
