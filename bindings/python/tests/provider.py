"""An issuer on this machine whose keys are fetched: it publishes, rotates, and signs tokens."""

from __future__ import annotations

import json
import ssl
from typing import Any, Callable, Optional

from attacks.publisher import Answer, Publisher
from jotem import Issuer, JWKSClient, Key, Verifier


class Provider:
    """Publishes the key that it signs with at `/jwks`, and its metadata where they are looked for."""

    def __init__(self, name: Optional[str] = None, context: Optional[ssl.SSLContext] = None) -> None:
        self.server = Publisher(context)
        # Discovery asks the issuer itself, so it is on this machine.
        self.name = name or self.server.url("")
        self.key = Key.generate("ES256", key_id="first")
        self.publish(self.key)
        self.describe(issuer=self.name, jwks_uri=self.server.url())

    @property
    def requests(self) -> int:
        return len(self.server.hits)

    def publish(self, *keys: Key) -> None:
        self.server.publish([key.public().to_jwk() for key in keys])

    def describe(self, **metadata: str) -> None:
        body = json.dumps(metadata).encode()
        self.server.publish(body, "/.well-known/openid-configuration")

    def rotate(self, key_id: str) -> None:
        """Publishes and uses a new key, in place of the old one."""
        self.key = Key.generate("ES256", key_id=key_id)
        self.publish(self.key)

    def hang(self, then: Optional[Callable[[], Answer]] = None) -> None:
        """Says nothing until `release`, and then what it said before."""
        now = then or self.server.answers["/jwks"]

        def wait() -> Answer:
            self.server.released.wait()
            return now()

        self.server.answers["/jwks"] = wait

    def release(self) -> None:
        self.server.released.set()

    def token(self, key: Optional[Key] = None, subject: str = "42", **claims: Any) -> str:
        issuer = Issuer(key or self.key, issuer=self.name, audience="api", lifetime=600)
        return issuer.issue(claims or None, subject=subject)

    def tokens_of_nobody(self, count: int) -> list[str]:
        """Tokens with keys that are nowhere, each with another name."""
        key = Key.generate("ES256")
        return [self.token(key.with_key_id(f"unknown {number}")) for number in range(count)]

    def client(self, **settings: Any) -> JWKSClient:
        return JWKSClient(**{"key_set": self.server.url(), **settings})

    def verifier(self, client: JWKSClient, **expected: Any) -> Verifier:
        return Verifier(client, algorithms=["ES256"], issuer=self.name, audience="api", **expected)

    def close(self) -> None:
        self.server.close()
