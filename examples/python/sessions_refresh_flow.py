"""Log in, call, refresh, retry; and a refresh token that was stolen ends the session for both.

It prints::

    login: ada may ('invoices',)
    refresh: another refresh token, the same session
    the answer got lost, and the client asks again: the same tokens
    after two more refreshes a thief presents the first token: session_reuse
    the access token of the owner: the token was revoked: by its session
    the refresh token of the owner: session_ended
"""

import os

from jotem.errors import SessionRefused, TokenRevoked
from jotem.sessions import Sessions

# In a program: 32 random bytes from where secrets are kept, and store="sqlite:///var/lib/app/sessions.db".
SECRET = os.urandom(32)


def main() -> None:
    with Sessions(SECRET, store="memory:", issuer="https://auth.example", audience="api") as sessions:
        first = sessions.start("ada", client="web", scopes=["invoices"])
        live = sessions.verify(first.access_token)
        print("login:", live.subject, "may", live.scopes)

        second = sessions.refresh(first.refresh_token, client="web")
        assert second.refresh_token != first.refresh_token and second.session == first.session
        print("refresh: another refresh token, the same session")

        again = sessions.refresh(first.refresh_token, client="web")
        assert again.is_replay and again.refresh_token == second.refresh_token
        print("the answer got lost, and the client asks again: the same tokens")

        third = sessions.refresh(second.refresh_token, client="web")
        fourth = sessions.refresh(third.refresh_token, client="web")
        try:
            sessions.refresh(first.refresh_token, client="web")
        except SessionRefused as error:
            print("after two more refreshes a thief presents the first token:", error.code)

        try:
            sessions.verify(fourth.access_token)
        except TokenRevoked as error:
            print("the access token of the owner:", error)
        try:
            sessions.refresh(fourth.refresh_token, client="web")
        except SessionRefused as error:
            print("the refresh token of the owner:", error.code)


if __name__ == "__main__":
    main()
