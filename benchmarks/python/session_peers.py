"""What a login, a refresh, a verification and a logout are in each library, for sessions.py.

Each runs in a process of its own, through the library's functions and not over HTTP: what a web
framework costs is alike for all. Passwords are not checked, and the users are at hand. Access tokens
live for 15 minutes, refresh tokens for a week; everything else is as it comes or as the library's
documentation has it, algorithms too: jotem signs with EdDSA, the others with HS256.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, Literal, NamedTuple, Protocol

USERS = 1_000
ACCESS, REFRESH = timedelta(minutes=15), timedelta(days=7)


class Tokens(NamedTuple):
    """What a client keeps of a session."""

    access: str
    refresh: str


class Peer(Protocol):
    """A library, set up."""

    refusals: tuple[type[Exception], ...]

    def enter(self) -> None:
        """Is called once in each thread, before any other call there."""

    def login(self, user: int) -> Tokens: ...
    def refresh(self, token: str) -> Tokens: ...
    def verify(self, token: str) -> object: ...
    def logout(self, tokens: Tokens) -> object: ...


class Jotem:
    """jotem.sessions; with one HMAC key instead of a ring of EdDSA keys, if so wanted."""

    refusals: tuple[type[Exception], ...]

    def __init__(
        self, url: str, policy: Literal["web", "strict"] = "web", algorithm: str | None = None
    ) -> None:
        import jotem
        from jotem import errors
        from jotem.sessions import RotationPolicy, Sessions

        key = jotem.Key.generate(algorithm) if algorithm is not None else None
        policies = RotationPolicy(policy, idle=REFRESH)
        self.refusals = (errors.SessionRefused, errors.TokenRefused)
        self._sessions = Sessions(
            os.urandom(32), store=url, key=key, policy=policies, access_lifetime=ACCESS
        )

    def enter(self) -> None:
        """There is nothing of a thread's own."""

    def login(self, user: int) -> Tokens:
        pair = self._sessions.start(str(user))
        return Tokens(pair.access_token, pair.refresh_token)

    def refresh(self, token: str) -> Tokens:
        pair = self._sessions.refresh(token)
        return Tokens(pair.access_token, pair.refresh_token)

    def verify(self, token: str) -> object:
        return self._sessions.verify(token).subject

    def logout(self, tokens: Tokens) -> object:
        return self._sessions.revoke_token(tokens.refresh)


class FlaskJwtExtended:
    """Flask-JWT-Extended with the blocklist in Redis that its documentation shows.

    A refresh puts the old token on the blocklist and issues a new pair; a logout puts both tokens
    there, each in a request of its own.
    """

    refusals: tuple[type[Exception], ...]

    def __init__(self, url: str) -> None:
        import flask_jwt_extended as library
        import redis
        from flask import Flask
        from flask_jwt_extended.exceptions import JWTExtendedException
        from jwt import PyJWTError

        app = Flask("sessions")
        app.config["JWT_SECRET_KEY"] = os.urandom(32).hex()
        app.config["JWT_ACCESS_TOKEN_EXPIRES"] = ACCESS
        app.config["JWT_REFRESH_TOKEN_EXPIRES"] = REFRESH
        blocklist = redis.Redis.from_url(url, decode_responses=True)

        @library.JWTManager(app).token_in_blocklist_loader
        def is_revoked(_header: dict[str, Any], claims: dict[str, Any]) -> bool:
            return blocklist.get(claims["jti"]) is not None

        self.refusals = (JWTExtendedException, PyJWTError)
        self._app, self._library, self._blocklist = app, library, blocklist

    def enter(self) -> None:
        self._app.app_context().push()

    def login(self, user: int) -> Tokens:
        return self._issue(str(user))

    def refresh(self, token: str) -> Tokens:
        claims = self._required(token, refresh=True)
        self._revoke(claims)
        return self._issue(claims["sub"])

    def verify(self, token: str) -> object:
        return self._required(token, refresh=False)["sub"]

    def logout(self, tokens: Tokens) -> object:
        self._revoke(self._required(tokens.access, refresh=False))
        self._revoke(self._required(tokens.refresh, refresh=True))
        return None

    def _issue(self, subject: str) -> Tokens:
        access = self._library.create_access_token(subject)
        return Tokens(access, self._library.create_refresh_token(subject))

    def _required(self, token: str, refresh: bool) -> dict[str, Any]:
        """What ``jwt_required`` does with the token, once it has found it in a request."""
        from flask_jwt_extended import internal_utils

        claims: dict[str, Any] = self._library.decode_token(token)
        header = self._library.get_unverified_jwt_headers(token)
        internal_utils.verify_token_type(claims, refresh)
        internal_utils.verify_token_not_blocklisted(header, claims)
        internal_utils.custom_verification_for_token(header, claims)
        return claims

    def _revoke(self, claims: dict[str, Any]) -> None:
        lifetime = REFRESH if claims["type"] == "refresh" else ACCESS
        self._blocklist.set(claims["jti"], "", ex=lifetime)


class SimpleJwt:
    """djangorestframework-simplejwt with rotation and its blacklist.

    It has no revocation of access tokens: verifying asks the database for the user.
    """

    refusals: tuple[type[Exception], ...]

    def __init__(self, database: dict[str, Any]) -> None:
        import django
        from django.conf import settings
        from django.core.management import call_command

        settings.configure(
            SECRET_KEY=os.urandom(32).hex(),
            USE_TZ=True,
            DATABASES={"default": database},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            INSTALLED_APPS=[
                "django.contrib.contenttypes",
                "django.contrib.auth",
                "rest_framework",
                "rest_framework_simplejwt.token_blacklist",
            ],
            SIMPLE_JWT={
                "ROTATE_REFRESH_TOKENS": True,
                "BLACKLIST_AFTER_ROTATION": True,
                "ACCESS_TOKEN_LIFETIME": ACCESS,
                "REFRESH_TOKEN_LIFETIME": REFRESH,
            },
        )
        django.setup()
        call_command("migrate", verbosity=0)
        from django.contrib.auth.models import User
        from rest_framework.exceptions import APIException
        from rest_framework_simplejwt import authentication, exceptions, serializers, tokens

        self.refusals = (APIException, exceptions.TokenError)
        self._users = User.objects.bulk_create(User(username=f"{n}") for n in range(USERS))
        self._authentication = authentication.JWTAuthentication()
        self._serializers, self._tokens = serializers, tokens

    @classmethod
    def on_postgres(cls, port: int, name: str) -> SimpleJwt:
        """In a database of PostgreSQL."""
        engine = "django.db.backends.postgresql"
        host = {"HOST": "127.0.0.1", "PORT": port, "USER": "owner"}
        return cls({"ENGINE": engine, "NAME": name, "CONN_MAX_AGE": None, **host})

    @classmethod
    def on_sqlite(cls, path: str) -> SimpleJwt:
        """In a file, with the options that make SQLite fit for threads, and as durable as jotem's."""
        options = {
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
        }
        return cls({"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options})

    def enter(self) -> None:
        """A thread's connection is made when it is first used, and kept."""

    def login(self, user: int) -> Tokens:
        refresh = self._tokens.RefreshToken.for_user(self._users[user])
        return Tokens(str(refresh.access_token), str(refresh))

    def refresh(self, token: str) -> Tokens:
        pair = self._serialize(self._serializers.TokenRefreshSerializer, token)
        return Tokens(pair["access"], pair["refresh"])

    def verify(self, token: str) -> object:
        library = self._authentication
        return library.get_user(library.get_validated_token(token.encode()))

    def logout(self, tokens: Tokens) -> object:
        return self._serialize(self._serializers.TokenBlacklistSerializer, tokens.refresh)

    def _serialize(self, serializer: Any, token: str) -> dict[str, str]:
        it = serializer(data={"refresh": token})
        it.is_valid(raise_exception=True)
        validated: dict[str, str] = it.validated_data
        return validated
