"""One virtual environment for each CPython, made once and brought up to date."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from runner.pythons import Python

HERE = Path(__file__).resolve().parents[1]
PROJECT = HERE.parent
_ENVIRONMENTS = PROJECT / ".venv"


class StepFailedError(Exception):
    """A command failed; the text is its output."""


class Environment:
    """The environment `name` of an interpreter, with the packages of a requirements file."""

    def __init__(self, python: Python, name: str = "") -> None:
        self.python = python
        self.folder = _ENVIRONMENTS / (python.version + name)
        self.executable = self.folder / "bin" / "python"

    def prepare(self, requirements: str) -> str:
        """Make it and install; nothing is done if the requirements are those of last time."""
        stamp = self.folder / f"{requirements}.sha256"
        wanted = hashlib.sha256(b"".join(map(Path.read_bytes, _files(requirements)))).hexdigest()
        if not self.executable.exists():
            run([self.python.path, "-m", "venv", "--clear", str(self.folder)])
        elif stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return "as it was"
        self.pip("install", "--requirement", str(HERE / requirements))
        stamp.write_text(wanted, encoding="utf-8")
        return "installed"

    def install(self, wheel: Path) -> None:
        """Put the wheel there in place of an earlier one."""
        self.pip("install", "--no-deps", "--no-index", "--force-reinstall", str(wheel))

    def pip(self, *arguments: str, folder: Path = HERE, **more: str) -> None:
        """pip, without a word unless it fails."""
        command = [str(self.executable), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        run([*command, *arguments], folder=folder, **more)


def run(command: list[str], *, folder: Path = HERE, quiet: bool = True, **more: str) -> None:
    """Run; `StepFailedError` with the output if it fails."""
    environment = {
        name: v for name, v in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
    }
    environment.update(more)
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    if done.returncode != 0:
        raise StepFailedError((done.stdout or "").strip() or f"exit status {done.returncode}")


def _files(requirements: str) -> list[Path]:
    """The file and those that it includes."""
    path = HERE / requirements
    lines = path.read_text(encoding="utf-8").splitlines()
    included = [line[3:].strip() for line in lines if line.startswith("-r ")]
    return [path, *(HERE / name for name in included)]
