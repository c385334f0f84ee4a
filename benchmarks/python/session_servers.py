"""Redis and PostgreSQL for sessions.py: in temporary directories, on free ports of this machine.

Both answer how often they were asked, and how much they hold. Redis appends every write to a file
and syncs that once a second; PostgreSQL syncs before it answers a commit.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
import redis
from psycopg import sql

# The user and group that own nothing: PostgreSQL refuses to run as root.
NOBODY = 65_534


class Server(Protocol):
    """What is asked of a server, or of a file, about one peer's part of it."""

    def questions(self) -> int | None:
        """How often it was asked so far; None where nobody counts."""

    def size(self) -> int:
        """How many bytes it holds."""


class Redis:
    """A database of a Redis server: ``redis://127.0.0.1:port/database``."""

    def __init__(self, port: int, database: int) -> None:
        self.url = f"redis://127.0.0.1:{port}/{database}"
        self._client = redis.Redis(port=port, db=database, single_connection_client=True)
        self._own = 0

    def questions(self) -> int:
        """Reads from sockets: commands sent together are one, and what a script does is none."""
        self._own += 1
        return int(self._client.info("stats")["total_reads_processed"]) - self._own

    def size(self) -> int:
        """The memory of all keys. The server's own sum has buffers of connections in it as well."""
        with self._client.pipeline(transaction=False) as pipeline:
            for key in self._client.scan_iter(count=1_000):
                pipeline.memory_usage(key, samples=0)
            # A key may have gone meanwhile.
            return sum(size or 0 for size in pipeline.execute())

    def is_up(self) -> bool:
        try:
            return bool(self._client.ping())
        except redis.ConnectionError:
            return False


class Postgres:
    """A database of a PostgreSQL server."""

    def __init__(self, port: int, database: str) -> None:
        self._port, self.database = port, database
        self.url = f"postgres://owner@127.0.0.1:{port}/{database}"
        with self._connect("postgres") as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def questions(self) -> int:
        """Statements, BEGIN and COMMIT among them: each is a round trip."""
        query = (
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
            " JOIN pg_database ON oid = dbid WHERE datname = %s"
        )
        # From another database, so that this one is not counted.
        with self._connect("postgres") as connection:
            return number(connection.execute(query, [self.database]))

    def size(self) -> int:
        """Tables and their indexes, with the old versions of rows that are in them."""
        with self._connect(self.database) as connection:
            query = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables"
            return number(connection.execute(query))

    def _connect(self, database: str) -> psycopg.Connection:
        where = f"host=127.0.0.1 port={self._port} user=owner dbname={database}"
        return psycopg.connect(where, autocommit=True)


class File:
    """A file of SQLite's. This process only looks: SQLite's locks are a process's own."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.url = f"sqlite://{path}"

    def questions(self) -> None:
        return None

    def size(self) -> int:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            facts = ["page_count", "freelist_count", "page_size"]
            pages, free, each = (connection.execute(f"PRAGMA {it}").fetchone()[0] for it in facts)
            return int((pages - free) * each)


def number(answer: psycopg.Cursor) -> int:
    """The one number of an answer."""
    row = answer.fetchone()
    return int(row[0]) if row is not None else 0


@contextmanager
def redis_server() -> Iterator[int]:
    """Runs one; gives its port."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("Redis is not installed (Debian: apt-get install redis-server)")
    port = free_port()
    options = "--bind 127.0.0.1 --save --appendonly yes --appendfsync everysec --loglevel warning"
    with tempfile.TemporaryDirectory() as directory:
        command = [program, "--port", str(port), "--dir", directory, *options.split()]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with ended(process, signal.SIGTERM):
            wait_for(Redis(port, 0).is_up)
            yield port


@contextmanager
def postgres_server() -> Iterator[int]:
    """Runs one; gives its port."""
    folder = programs_of_postgres()
    port = free_port()
    user: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if os.geteuid() != 0:
        user = {}
    with tempfile.TemporaryDirectory() as directory:
        if user:
            os.chown(directory, NOBODY, NOBODY)
        data = f"{directory}/data"
        own = {"cwd": directory, "stdout": subprocess.DEVNULL, **user}
        make = f"{folder}/initdb -E UTF8 --locale=C -A trust -U owner -D {data}"
        subprocess.run(make.split(), check=True, **own)
        command = (
            f"{folder}/postgres -D {data} -p {port} -c listen_addresses=127.0.0.1"
            " -c unix_socket_directories= -c log_min_messages=panic"
            " -c shared_preload_libraries=pg_stat_statements -c fsync=on"
        )
        # A group of its own: an interrupt from the keyboard is for this program, which then ends it.
        process = subprocess.Popen(command.split(), start_new_session=True, **own)
        with ended(process, signal.SIGINT):
            ready = f"{folder}/pg_isready -q -h 127.0.0.1 -p {port} -U owner".split()
            wait_for(lambda: subprocess.run(ready, check=False).returncode == 0)
            yield port


@contextmanager
def ended(process: subprocess.Popen[bytes], by: signal.Signals) -> Iterator[None]:
    """Ends a server, whatever happens."""
    try:
        yield
    finally:
        process.send_signal(by)
        process.wait(60)


def programs_of_postgres() -> pathlib.Path:
    """Where PostgreSQL's programs are: where Debian has them, or on the path."""
    debian = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = [pathlib.Path(it) for it in os.environ.get("PATH", "").split(os.pathsep)]
    for folder in [*debian, *path]:
        if all((folder / name).is_file() for name in ["initdb", "postgres", "pg_isready"]):
            return folder
    raise SystemExit("PostgreSQL is not installed (Debian: apt-get install postgresql)")


def wait_for(is_up: Callable[[], bool]) -> None:
    """Asks until the answer is yes."""
    deadline = time.monotonic() + 60
    while not is_up():
        if time.monotonic() > deadline:
            raise SystemExit("a server did not start")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
