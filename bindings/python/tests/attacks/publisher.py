"""A server of key sets on this machine, which notes who asks it for what."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Optional

Answer = tuple[int, dict[str, str], bytes]

# Seconds from one byte to the next, and how many there are: a minute, for who waits for the end.
_BETWEEN = 0.02
_DROPS = 3_000


class Publisher:
    """Answers each path as `answers` says; `hits` are the requests, with their header."""

    def __init__(self, context: Optional[ssl.SSLContext] = None) -> None:
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.dripping: dict[str, str] = {}
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

    def drip(self, path: str = "/jwks", *, where: str) -> None:
        """Sends one byte after the other, of the header or of the body, and does not come to an end."""
        self.dripping[path] = where

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(publisher) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.hits.append((self.path, dict(self.headers)))
                if self.path in publisher.dripping:
                    return self.drip(publisher.dripping[self.path])
                missing = lambda: (404, {}, b"")
                status, header, body = publisher.answers.get(self.path, missing)()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **header}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def drip(self, where: str) -> None:
                self.close_connection = True
                self.wfile.write(b"HTTP/1.0 200 OK\r\n")
                if where == "body":
                    self.wfile.write(b"Content-Length: 100000\r\n\r\n")
                with contextlib.suppress(OSError):  # The other side has hung up.
                    for byte in f'{{"keys":[{" " * _DROPS}]}}' if where == "body" else "X" * _DROPS:
                        self.wfile.write(byte.encode())
                        if publisher.released.wait(_BETWEEN):
                            break

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
