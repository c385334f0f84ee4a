"""A Redis server for one test run: from the path, else Debian's, unpacked without root.

It listens on a socket in a folder of its own and keeps nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CACHE = Path(__file__).resolve().parents[2] / ".cache"
_UNPACKED = _CACHE / "redis"
_PACKAGES = ["redis-server", "redis-tools"]
_TOOLS = ["apt-get", "apt-cache", "dpkg-deb"]
_HOW = "Debian: apt-get install redis-server"


class MissingError(Exception):
    """There is no server and none can be had; the text says how to get one."""


@contextmanager
def running(port: int = 0) -> Iterator[str]:
    """The URL of a server that is ready, and is gone afterwards: of its socket, and of a port of this
    machine as well where one is given.
    """
    executable, environment = _executable()
    # A socket's path may have about 100 bytes, which pytest's folders exceed.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        socket = f"{folder}/socket"
        listening = ["--port", str(port), "--bind", "127.0.0.1", "--unixsocket", socket]
        command = [executable, *listening, "--dir", folder, "--save", ""]
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as server:
            try:
                _wait_until_ready(server)
                yield f"unix://{socket}"
            finally:
                server.terminate()


def _wait_until_ready(server: subprocess.Popen[str]) -> None:
    said = []
    for line in server.stdout or ():
        said.append(line)
        if "ready to accept connections" in line.lower():
            return
    raise RuntimeError("redis-server ended: " + "".join(said))


def _executable() -> tuple[str, dict[str, str]]:
    """The server, and the environment that it runs in."""
    installed = shutil.which("redis-server")
    if installed is not None:
        return installed, dict(os.environ)
    unpacked = _unpacked()
    libraries = map(str, _UNPACKED.glob("usr/lib/*-linux-*"))
    return str(unpacked), {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


def _unpacked() -> Path:
    """Debian's server in the cache; unpacked there if it is not yet."""
    server = _UNPACKED / "usr" / "bin" / "redis-server"
    if server.exists():
        return server
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise MissingError(f"no redis-server, and no {', '.join(missing)} to fetch it. {_HOW}")
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as name:
        folder = Path(name)
        _download(folder)
        for archive in folder.glob("*.deb"):
            _output("dpkg-deb", "--extract", str(archive), str(folder / "root"))
        try:
            (folder / "root").rename(_UNPACKED)
        except OSError:
            # Another version of Python has been faster.
            if not server.exists():
                raise
    return server


def _download(folder: Path) -> None:
    """The packages and the libraries that they ask for, by lists of our own if apt has none."""
    options: list[str] = []
    if not _output("apt-cache", "search", "--names-only", "^redis-server$"):
        lists = {"Dir::State::lists": folder / "lists", "Dir::Cache": folder / "archives"}
        for option, place in lists.items():
            (place / "partial").mkdir(parents=True)
            options += ["-o", f"{option}={place}"]
        _output("apt-get", *options, "update")
    asked = _output("apt-cache", *options, "depends", *_PACKAGES)
    libraries = set(re.findall(r"^  Depends: (lib[\w.+-]+)$", asked, re.MULTILINE)) - {"libc6"}
    _output("apt-get", *options, "download", *_PACKAGES, *sorted(libraries), folder=folder)


def _output(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise MissingError(f"no redis-server, and {command[0]} says {last!r}. {_HOW}")
    return done.stdout
