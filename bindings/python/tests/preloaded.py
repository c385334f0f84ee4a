"""gunicorn with an application that was loaded before its four workers were forked."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

WORKERS = 4

# What an application begins with: each worker has one request, and keeps it until all of them have one.
BEGIN = f"""
import multiprocessing
import os

all_of_them = multiprocessing.get_context("fork").Barrier({WORKERS})

def answer(environ, start_response, said, status="200 OK"):
    body = f"{{os.getpid()}} {{said}}".encode()
    start_response(status, [("Content-Length", str(len(body)))])
    return [body]
"""


class Preloaded:
    """A server that runs until it is closed. What it says is kept for who wants to know why it fails."""

    def __init__(self, folder: Path, application: str, **environment: str) -> None:
        (folder / "service.py").write_text(BEGIN + application, encoding="utf-8")
        # Versions that have no such socket do not look at it.
        settings = "control_socket_disable = True\n"
        (folder / "gunicorn.conf.py").write_text(settings, encoding="utf-8")
        command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", str(WORKERS),
                   "--bind", "127.0.0.1:0", "service:application"]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
        )
        self._port = self._wait()

    def _wait(self) -> int:
        assert self.process.stderr is not None
        said = ""
        while not (found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", said)):
            line = self.process.stderr.readline()
            assert line, said
            said += line
        return int(found[1])

    def ask_all(self, token: str, path: str = "/") -> list[tuple[int, str, str]]:
        """As many requests at one time: their statuses, the workers that had them, what they said."""

        def ask(_: int) -> tuple[int, str, str]:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=40)
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            worker, said = answer.read().decode().split(" ", 1)
            connection.close()
            return answer.status, worker, said

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(ask, range(WORKERS)))

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)
