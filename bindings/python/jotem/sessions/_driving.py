"""Goes on with an operation of the engine until it is over, and answers what it asks on the way.

Claims are asked for where the call was made: in its thread or task, with its context, and while the
engine holds nothing.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, cast

from .._jotem import Answer, Grant, SessionsOperation
from ._refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    _Supply = Callable[[str, Grant], Any]


def run(operation: SessionsOperation, supply: _Supply | None) -> Any:
    """Waits for the answer."""
    try:
        return _run(operation, supply)
    finally:
        operation.end()


def _run(operation: SessionsOperation, supply: _Supply | None) -> Any:
    while True:
        step = operation.wait()
        if isinstance(step, Answer):
            return step.value
        try:
            claims = _supplied(supply, step)
            if inspect.isawaitable(claims):
                _close(claims)
                raise TypeError("claims_for is async: use AsyncSessions")
        except Refused as refused:
            operation.refuse(str(refused))
        except Exception as error:
            operation.fail(error)
        else:
            operation.give(claims)


async def drive(operation: SessionsOperation, supply: _Supply | None) -> Any:
    """Awaits the answer. Whoever cancels it lets go of the operation."""
    try:
        return await _drive(operation, supply)
    finally:
        # A traceback may hold it for long.
        operation.end()


async def _drive(operation: SessionsOperation, supply: _Supply | None) -> Any:
    while True:
        step = await _step(operation)
        if isinstance(step, Answer):
            return step.value
        try:
            claims = _supplied(supply, step)
            if inspect.isawaitable(claims):
                claims = await claims
        except Refused as refused:
            operation.refuse(str(refused))
        except Exception as error:
            operation.fail(error)
        else:
            operation.give(claims)


def check(supply: Any) -> None:
    """Refuses what cannot be called."""
    if supply is not None and not callable(supply):
        kind = type(supply).__qualname__
        raise TypeError(f"claims_for: expected a callable of subject and grant, got {kind}")


def _supplied(supply: _Supply | None, grant: Grant) -> Any:
    return supply(grant.subject, grant) if supply is not None else {}


def _close(claims: object) -> None:
    """A coroutine that nobody awaits says so, late and elsewhere."""
    if inspect.iscoroutine(claims):
        cast("Any", claims).close()


async def _step(operation: SessionsOperation) -> Answer | Grant:
    loop = asyncio.get_running_loop()
    while True:
        woken = loop.create_future()
        step = operation.poll(lambda: loop.call_soon_threadsafe(_wake, woken))
        if step is not None:
            return step
        await woken


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
