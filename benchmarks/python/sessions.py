"""What a session costs, beside what people use today: `./run.sh sessions`.

Each library has a process of its own and does the same: sessions begin, are refreshed, verified and
ended, with one thread and with sixteen, in rounds that take turns, on the same servers. Rates are
medians of the rounds; `x peer` is how many times as fast as the library of before on the same store,
by medians of ratios within a round. Round trips and bytes are counted by the servers. The last table
is what each does with a refresh token that comes twice. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import pathlib
import platform
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field

from session_peers import FlaskJwtExtended, Jotem, SimpleJwt
from session_servers import File, Postgres, Redis, Server, postgres_server, redis_server
from session_worker import THREADS, TRIALS, Process, Replay

OPERATIONS = ("login", "refresh", "verify", "logout")
PEERS = ("Flask-JWT-Extended", "djangorestframework-simplejwt", "Django", "redis", "psycopg")


@dataclass
class Row:
    """A peer on a store, and what was measured of it."""

    process: Process
    server: Server
    # The row that this one is compared with.
    beside: str | None = None
    # How many sessions and verifications take about as long as a round should.
    calls: dict[int, tuple[int, int]] = field(default_factory=dict)
    rates: dict[tuple[str, int], list[float]] = field(default_factory=dict)


def main() -> None:
    """Start the servers and the peers, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    rounds, seconds, sessions = (3, 0.1, 100) if parser.parse_args().quick else (5, 0.12, 500)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("jotem", *PEERS))
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores, {versions}")
    with ExitStack() as stack:
        rows = start(stack)
        report_sizes(rows, sessions)
        asked = {name: questions(row, 50) for name, row in rows.items()}
        measure(rows, rounds, seconds)
        for operation in OPERATIONS:
            report(operation, rows, {name: counts[operation] for name, counts in asked.items()})
        report_twice(rows)


def start(stack: ExitStack) -> dict[str, Row]:
    """Starts everything; the stack ends it."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    redis, postgres = stack.enter_context(redis_server()), stack.enter_context(postgres_server())
    ours, theirs = Postgres(postgres, "jotem"), Postgres(postgres, "simplejwt")
    files = File(folder / "jotem.db"), File(folder / "simplejwt.db")
    memory = [Redis(redis, database) for database in range(3)]
    flask = "Flask-JWT-Extended, Redis"
    sqlite, django = "simplejwt, SQLite", "simplejwt, PostgreSQL"
    on_sqlite, on_postgres = SimpleJwt.on_sqlite, SimpleJwt.on_postgres
    return {
        sqlite: Row(Process(on_sqlite, (str(files[1].path),)), files[1]),
        "jotem, SQLite": Row(Process(Jotem, (files[0].url,)), files[0], sqlite),
        flask: Row(Process(FlaskJwtExtended, (memory[0].url,)), memory[0]),
        "jotem, Redis": Row(Process(Jotem, (memory[1].url,)), memory[1], flask),
        "jotem, Redis, HS256, strict": Row(
            Process(Jotem, (memory[2].url, "strict", "HS256")), memory[2], flask
        ),
        django: Row(Process(on_postgres, (postgres, "simplejwt")), theirs),
        "jotem, PostgreSQL": Row(Process(Jotem, (ours.url,)), ours, django),
    }


def report_sizes(rows: dict[str, Row], sessions: int) -> None:
    """What the servers hold for each session that lives, and for one that was refreshed ten times."""
    print(f"\nbytes a session, of {sessions:,} users\n{'':30} {'login':>8} {'10 refreshes':>13}")
    for name, row in rows.items():
        # One thread: PostgreSQL makes a table larger than it need be when many want more of it.
        empty = row.server.size()
        row.process.ask("login", 1, sessions)
        begun = row.server.size()
        # Who is slow refreshes fewer, which is enough where each refresh adds to a table.
        rate = row.process.ask("refresh", 1, THREADS)
        count = min(sessions, 200, max(3 * THREADS, int(rate / 4)))
        for _ in range(10):
            row.process.ask("refresh", 1, count)
        login = (begun - empty) / sessions
        refreshed = 10 * (row.server.size() - begun) / (THREADS + 10 * count)
        print(f"{name:30} {login:8,.0f} {login + refreshed:13,.0f}")


def questions(row: Row, sessions: int) -> dict[str, float | None]:
    """Round trips of each operation, from one thread; None where nobody counts them."""
    counts: dict[str, float | None] = {}
    for operation in OPERATIONS:
        arguments = (1, sessions) if operation in ("login", "verify") else (1,)
        before = row.server.questions()
        row.process.ask(operation, *arguments)
        after = row.server.questions()
        counts[operation] = None
        if before is not None and after is not None:
            counts[operation] = (after - before) / sessions
    return counts


def measure(rows: dict[str, Row], rounds: int, seconds: float) -> None:
    """Lets the peers live through sessions, one peer after the other, so that noise meets all alike."""
    for number in range(-1, rounds):
        for row in rows.values():
            for threads in (1, THREADS):
                # The first round finds out how many calls make a round, and is not counted.
                logins, verifications = row.calls.get(threads, (4 * THREADS, 4 * THREADS))
                rates = {
                    "login": row.process.ask("login", threads, logins),
                    "refresh": row.process.ask("refresh", threads),
                    "verify": row.process.ask("verify", threads, verifications),
                    "logout": row.process.ask("logout", threads),
                }
                if number < 0:
                    calls = [multiple(rates[it] * seconds) for it in ("refresh", "verify")]
                    row.calls[threads] = (calls[0], calls[1])
                    continue
                for operation, rate in rates.items():
                    row.rates.setdefault((operation, threads), []).append(rate)


def multiple(calls: float) -> int:
    """About as many, so that each thread has as many, and some."""
    return max(2, int(calls / THREADS)) * THREADS


def report(operation: str, rows: dict[str, Row], asked: dict[str, float | None]) -> None:
    """Print the table of one operation."""
    columns = f"{'1 thread, 1/s':>14} {'x peer':>7} {f'{THREADS} threads':>11} {'x peer':>7}"
    print(f"\n{operation:30} {columns} {'round trips':>12}")
    for name, row in rows.items():
        line = f"{name:30}"
        for threads, width in ((1, 14), (THREADS, 11)):
            rates = row.rates[operation, threads]
            ratio = ""
            if row.beside is not None:
                pairs = zip(rates, rows[row.beside].rates[operation, threads])
                ratio = f"{statistics.median(ours / theirs for ours, theirs in pairs):.2f}"
            line += f" {statistics.median(rates):{width},.0f} {ratio:>7}"
        count = asked[name]
        print(f"{line} {f'{count:.2f}' if count is not None else '':>12}")


def report_twice(rows: dict[str, Row]) -> None:
    """What becomes of a refresh token that comes twice, and of an access token after the logout."""
    print(f"\n{'':30} {f'one token, {THREADS} at once':>25}   the first token again, the session")
    columns = f"{'answered':>10} {'live after':>14}   {'after 1 refresh':21} {'after 2':17}"
    print(f"{f'{TRIALS} trials':30} {columns} access after logout")
    for name, row in rows.items():
        at_once = row.process.ask("at_once")
        given = spread([answered for answered, _ in at_once])
        hold = spread([alive for _, alive in at_once])
        once, twice = (told(row.process.ask("replay", rotations)) for rotations in (1, 2))
        access = "holds" if row.process.ask("access_holds_after_logout") else "refused"
        print(f"{name:30} {given:>10} {hold:>14}   {once:21} {twice:17} {access}")


def spread(counts: list[int]) -> str:
    """The least and the most."""
    least, most = min(counts), max(counts)
    return f"{least}" if least == most else f"{least} to {most}"


def told(replay: Replay) -> str:
    """What the old token got, and what became of the session."""
    answer = "refused" if replay.is_refused else "new tokens"
    if replay.is_answer_of_before:
        answer = "same answer"
    holds = {"access": replay.access_holds, "refresh": replay.refresh_holds}
    fate = " and ".join(name for name, it in holds.items() if it)
    return f"{answer}, {'goes on' if all(holds.values()) else fate or 'ended'}"


if __name__ == "__main__":
    main()
