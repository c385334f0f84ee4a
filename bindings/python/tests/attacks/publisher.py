"""A server of key sets on this machine, which notes who asks it for what."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Optional

Answer = tuple[int, dict[str, str], bytes]


class Publisher:
    """Answers each path as `answers` says; `hits` are the requests, with their header."""

    def __init__(self, context: Optional[ssl.SSLContext] = None) -> None:
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.hits: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "http" if context is None else "https"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/jwks") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def publish(self, keys: Any, path: str = "/jwks", **header: str) -> None:
        """Answers a path with a key set, or with any other document."""
        body = keys if isinstance(keys, bytes) else json.dumps({"keys": keys}).encode()
        self.answers[path] = lambda: (200, header, body)

    def fail(
        self, status: int, header: dict[str, str], body: bytes = b"", path: str = "/jwks"
    ) -> None:
        self.answers[path] = lambda: (status, header, body)

    def hang(self, path: str = "/jwks") -> None:
        """Takes requests, and says nothing until the test is over."""

        def wait() -> Answer:
            self.released.wait()
            return 200, {}, b"{}"

        self.answers[path] = wait

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(publisher) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.hits.append((self.path, dict(self.headers)))
                missing = lambda: (404, {}, b"")
                status, header, body = publisher.answers.get(self.path, missing)()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **header}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
