"""A page with a person's sessions: one is ended, then all of them, in asyncio and in a file.

It prints::

    ada's sessions: Firefox on Linux, a phone, a tablet
    the tablet is lost: Firefox on Linux, a phone
    a call of the tablet: access_revoked
    log out everywhere: 2 sessions ended
    a call of the phone: access_revoked
    the phone refreshes: session_ended
    after the next login: Firefox on Linux
    grace was not asked: still there
"""

import asyncio
import os
import tempfile

from jotem.errors import SessionRefused, TokenRevoked
from jotem.sessions import AsyncSessions, TokenPair


async def labels(sessions: AsyncSessions) -> str:
    found = (await sessions.list("ada")).sessions
    return ", ".join(sorted(info.label or "" for info in found))


def call(sessions: AsyncSessions, pair: TokenPair) -> str:
    try:
        return sessions.verify(pair.access_token).subject
    except TokenRevoked as error:
        return error.code


async def main(folder: str) -> None:
    async with AsyncSessions(os.urandom(32), store=f"sqlite://{folder}/sessions.db") as sessions:
        await sessions.start("ada", label="Firefox on Linux")
        phone = await sessions.start("ada", label="a phone")
        tablet = await sessions.start("ada", label="a tablet")
        grace = await sessions.start("grace")
        print("ada's sessions:", await labels(sessions))

        await sessions.revoke_session("ada", tablet.session)
        print("the tablet is lost:", await labels(sessions))
        print("a call of the tablet:", call(sessions, tablet))

        print("log out everywhere:", await sessions.revoke_subject("ada"), "sessions ended")
        print("a call of the phone:", call(sessions, phone))
        try:
            await sessions.refresh(phone.refresh_token)
        except SessionRefused as error:
            print("the phone refreshes:", error.code)

        await sessions.start("ada", label="Firefox on Linux")
        print("after the next login:", await labels(sessions))
        assert call(sessions, grace) == "grace"
        print("grace was not asked: still there")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(folder))
