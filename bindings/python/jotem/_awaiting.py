"""Waits in asyncio for what a ``JWKSClient`` fetches: the coroutines of its ``_async`` methods.

Each wait is one future of the running loop. The client's thread completes it, through the loop's
``call_soon_threadsafe``. A coroutine that is cancelled lets go of its fetch, which goes on if
others wait for it.
"""

from __future__ import annotations

import asyncio

from ._jotem import Fetching, jwks_ready, jwks_refresh, jwks_verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._jotem import JWKSClient, Verified, Verifier


async def verify(
    client: JWKSClient, verifier: Verifier, token: str | bytes, into: type[Any] | None
) -> Verified[Any]:
    answer = jwks_verify(client, verifier, token, into)
    if not isinstance(answer, Fetching):
        return answer
    if not await _end_of(answer) and answer.refused is not None:
        try:
            raise answer.refused
        finally:
            del answer  # It holds the exception, which holds this frame.
    return verifier.verify(token, into=into)


async def ready(client: JWKSClient) -> None:
    await _end_of(jwks_ready(client))


async def refresh(client: JWKSClient) -> None:
    await _end_of(jwks_refresh(client))


async def _end_of(fetching: Fetching) -> bool:
    loop = asyncio.get_running_loop()
    while True:
        woken = loop.create_future()
        end = fetching.poll(lambda: loop.call_soon_threadsafe(_wake, woken))
        if end is not None:
            return end
        await woken


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
