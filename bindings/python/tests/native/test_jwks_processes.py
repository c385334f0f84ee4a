"""`JWKSClient` in processes: forked after it was used, begun anew, under gunicorn, and ending."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from preloaded import Preloaded
from provider import Provider

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")

# What every program below begins with: its arguments are the key set and the tokens.
BEGIN = """
import os, sys
from jotem import JWKSClient, Verifier, errors

url, issuer, *tokens = sys.argv[1:]
client = JWKSClient(key_set=url, deadline=60)
verifier = Verifier(client, algorithms=["ES256"], issuer=issuer, audience="api")

def name(token):
    return client.verify(verifier, token).key_id

def say(text):
    # In one piece, whatever another process says.
    os.write(1, f"{text}\\n".encode())
"""


def start(provider: Provider, program: str, *tokens: str) -> subprocess.Popen[str]:
    code = BEGIN + textwrap.dedent(program)
    command = [sys.executable, "-c", code, provider.server.url(), provider.name, *tokens]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str], said: str = "") -> list[str]:
    """What a program prints. It ends by itself, long before the deadline of a fetch."""
    try:
        output, trouble = process.communicate(said, timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, trouble
    return output.split()


FORK = """
say(name(tokens[0]))
sys.stdin.readline()  # Now the keys have been rotated.
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        # A key that the parent had fetched, and one that this process must fetch itself.
        old, new = name(tokens[0]), name(tokens[1])
        say(f"child:{old}:{new}:{client.counters['threads_started']}")
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
say("parent:" + name(tokens[1]))
say(f"parent:{client.counters['threads_started']}")
"""


def test_parent_and_children_go_on_after_a_fork(provider: Provider) -> None:
    from jotem import Key

    new = Key.generate("ES256", key_id="second")
    process = start(provider, FORK, provider.token(), provider.token(new))
    assert process.stdout is not None
    assert process.stdout.readline() == "first\n"
    provider.publish(provider.key, new)
    printed = finish(process, "go\n")
    assert printed == ["child:first:second:2"] * 3 + ["parent:second", "parent:1"]
    # One before the fork, and one in each process.
    assert provider.requests == 5


def test_a_fork_while_a_fetch_is_under_way_takes_nothing_along(provider: Provider) -> None:
    provider.hang()
    program = """
    import threading
    heard = threading.Event()
    client = JWKSClient(key_set=url, deadline=60, on_event=lambda event: heard.set())
    verifier = Verifier(client, algorithms=["ES256"], issuer=issuer, audience="api")
    waiting = threading.Thread(target=client.ready)
    waiting.start()
    heard.wait()
    child = os.fork()
    say("child" if child == 0 else "parent")
    if child == 0:
        sys.stdin.readline()
        say(name(tokens[0]))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    waiting.join()
    say(name(tokens[0]))
    """
    process = start(provider, program, provider.token())
    assert process.stdout is not None
    assert {process.stdout.readline(), process.stdout.readline()} == {"child\n", "parent\n"}
    provider.release()
    assert finish(process, "go\n") == ["first", "first"]


MODULE = """
import multiprocessing
import os
from jotem import JWKSClient, Verifier

client = JWKSClient(key_set=os.environ["KEYS"])
verifier = Verifier(client, algorithms=["ES256"], issuer=os.environ["ISSUER"], audience="api")

def name(token):
    return client.verify(verifier, token).key_id

if __name__ == "__main__":
    token = os.environ["TOKEN"]
    print(name(token))
    with multiprocessing.get_context(os.environ["METHOD"]).Pool(2) as pool:
        print(*pool.map(name, [token] * 8))
    print(name(token))
"""


@pytest.mark.parametrize(("method", "requests"), [("fork", {1}), ("spawn", {2, 3})])
def test_a_pool_of_processes_has_the_keys(
    provider: Provider, tmp_path: Path, method: str, requests: set[int]
) -> None:
    (tmp_path / "service.py").write_text(MODULE, encoding="utf-8")
    environment = {**os.environ, "KEYS": provider.server.url(), "ISSUER": provider.name,
                   "TOKEN": provider.token(), "METHOD": method}  # fmt: skip
    process = subprocess.Popen([sys.executable, "service.py"], cwd=tmp_path, env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert finish(process) == ["first"] * 10
    # A spawned process begins anew, and one of the two may get all the work.
    assert provider.requests in requests


APPLICATION = """
from jotem import JWKSClient, Verifier, errors

client = JWKSClient(key_set=os.environ["KEYS"])
verifier = Verifier(client, algorithms=["ES256"], issuer=os.environ["ISSUER"], audience="api")
client.ready()

def application(environ, start_response):
    token = environ["HTTP_AUTHORIZATION"].partition(" ")[2]
    all_of_them.wait(30)
    try:
        said, status = client.verify(verifier, token).key_id, "200 OK"
    except errors.TokenRefused as error:
        said, status = error.code, "401 Unauthorized"
    return answer(environ, start_response, said, status)
"""


def test_the_workers_of_gunicorn_have_the_keys_that_were_preloaded(
    provider: Provider, tmp_path: Path
) -> None:
    server = Preloaded(
        tmp_path, APPLICATION, KEYS=provider.server.url(), ISSUER=provider.name
    )
    try:
        old = provider.token()
        first = server.ask_all(old)
        assert {status for status, *_ in first} == {200}
        workers = {worker for _, worker, _ in first}
        assert len(workers) == 4 and str(server.process.pid) not in workers
        # What was fetched before the fork is there in all of them.
        assert provider.requests == 1
        provider.rotate("second")
        second = server.ask_all(provider.token())
        assert {(status, key) for status, _, key in second} == {(200, "second")}
        assert {worker for _, worker, _ in second} == workers
        # Each has fetched for itself, once.
        assert provider.requests == 5
        third = server.ask_all(old)
        assert {(status, key) for status, _, key in third} == {(401, "jws_key_not_found")}
        assert provider.requests == 5
    finally:
        server.close()


ENDINGS = {
    "while nobody waits": """
        try:
            verifier.verify(tokens[0])
        except errors.TokenRefused as error:
            print(error.code)
        """,
    "in the callback's thread": """
        client = JWKSClient(key_set=url, deadline=60, on_event=lambda event: print(end=""))
        verifier = Verifier(client, algorithms=["ES256"], audience="api")
        try:
            verifier.verify(tokens[0])
        except errors.TokenRefused as error:
            print(error.code)
        """,
    "with a task that waits": """
        import asyncio
        async def main():
            task = asyncio.ensure_future(client.verify_async(verifier, tokens[0]))
            await asyncio.sleep(0)
            task.cancel()
        asyncio.run(main())
        print("jws_keys_unavailable")
        """,
    "with a daemon thread that waits": """
        import threading
        asked = threading.Event()
        client = JWKSClient(key_set=url, deadline=60, on_event=lambda event: asked.set())
        threading.Thread(target=client.ready, daemon=True).start()
        asked.wait()
        print("jws_keys_unavailable")
        """,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_ends_while_the_server_hangs(provider: Provider, ending: str) -> None:
    provider.hang()
    process = start(provider, ENDINGS[ending], provider.token())
    assert finish(process) == ["jws_keys_unavailable"]


# The interpreter takes its time to end, and threads that wake up meanwhile find it ending.
SLOW_END = """
import threading, time

class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.6)

sys.slow_to_go = Slow()
began = threading.Event()

def hear(event):
    began.set()
    time.sleep(0.3)

def resolve(host):
    began.set()
    time.sleep(0.3)
    return []
"""

UNDER_WAY = {
    "on the client's thread": """
        client = JWKSClient(key_set="https://login.example/jwks", resolve_names=resolve)
        threading.Thread(target=client.ready, daemon=True).start()
        began.wait()
        """,
    "on a thread that waits": """
        client = JWKSClient(key_set=url, deadline=60, on_event=hear)
        threading.Thread(target=client.ready, daemon=True).start()
        began.wait()
        """,
    "when a fetch fails": """
        client = JWKSClient(key_set=url, deadline=0.2, on_event=hear)
        threading.Thread(target=client.ready, daemon=True).start()
        time.sleep(0.4)
        """,
}


@pytest.mark.parametrize("where", UNDER_WAY)
def test_a_program_ends_in_the_middle_of_a_callback(provider: Provider, where: str) -> None:
    provider.hang()
    program = SLOW_END + textwrap.dedent(UNDER_WAY[where])
    for _ in range(2):
        assert finish(start(provider, program, provider.token())) == []


def test_what_is_called_at_the_end_of_a_program_can_await_keys(provider: Provider) -> None:
    program = """
    import asyncio, atexit
    async def main():
        print((await client.verify_async(verifier, tokens[0])).key_id)
    atexit.register(lambda: asyncio.run(main()))
    """
    assert finish(start(provider, program, provider.token())) == ["first"]
