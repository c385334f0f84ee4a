"""A program of `examples/python/`: what it says that it prints, and what it does print."""

from __future__ import annotations

import ast
import doctest
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import jotem

FOLDER = Path(__file__).resolve().parents[4] / "examples" / "python"
# Not a program: the others import it.
_IMPORTED = "outcome.py"

_PRINTS = "It prints::"
_WITH_PYJWT = "With PyJWT it prints::"
_WARNING = re.compile(r"\w+Warning: .*")


@dataclass(frozen=True)
class Run:
    """What a program did."""

    status: int
    printed: str
    errors: str

    @property
    def warnings(self) -> set[str]:
        """Their kinds and words; the places are those of one package or the other."""
        return set(_WARNING.findall(self.errors))


def every() -> list[Path]:
    """The programs."""
    return sorted(path for path in FOLDER.glob("*.py") if path.name != _IMPORTED)


def promises(program: Path) -> tuple[str, str]:
    """What the docstring says that it prints with the drop-in, and with PyJWT."""
    said = ast.get_docstring(ast.parse(program.read_text(encoding="utf-8"))) or ""
    _, found, ours = said.partition(_PRINTS)
    if not found:
        raise ValueError(f"{program.name} does not say what it prints")
    ours, differs, control = ours.partition(_WITH_PYJWT)
    return _block(ours), _block(control) if differs else _block(ours)


def run(program: Path, folder: Path, *, drop_in: bool, **environment: str) -> Run:
    """Run it in an interpreter of its own, in the folder."""
    through = ["-m", "jotem.dropin"] if drop_in else []
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PYTHON")}
    # The process finds the package that this one has found; UTF-8 is what the programs are in.
    kept |= {"PYTHONPATH": str(Path(jotem.__file__).resolve().parents[1]), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, *through, str(program)],
        cwd=folder,
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    return Run(done.returncode, done.stdout, done.stderr)


def difference(promised: str, printed: str) -> str:
    """Where the output is not what was promised, or nothing; `...` stands for anything."""
    if doctest.OutputChecker().check_output(promised, printed, doctest.ELLIPSIS):
        return ""
    return f"promised:\n{promised}\nprinted:\n{printed}"


def _block(text: str) -> str:
    return textwrap.dedent(text.strip("\n")).rstrip() + "\n"
