"""Run the tests on an extension built with AddressSanitizer: `python3 tests/sanitize.py`.

What it looks for is in src/raw/, the one module with unsafe code: a read or write outside an
object of Python's, or of one that is gone. So Python's objects come from `malloc` here, which the
sanitizer watches; the C code of the cryptographic library is not instrumented, what it asks of
`malloc` is watched as well. Linux, gcc and Rust's stable toolchain. Leaks are test_memory.py's
business.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from runner.build import build, missing_tools
from runner.environments import HERE, Environment, StepFailedError, run
from runner.pythons import find

# A wrong read that does not touch the extension: what the runtime says to it is the proof that it
# is loaded.
_WRONG = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
address = libc.malloc(64)
libc.free(ctypes.c_void_p(address))
ctypes.string_at(address, 64)
"""
# Not the test that reads the memory of a process: the sanitizer's own fills the address space.
_TESTS = ["native", "test_from_pyjwt.py", "test_threads.py", "test_key_cache.py", "test_hooks.py"]
_TESTS += ["test_paths.py", "test_differential.py", "-k", "not left_in_memory"]


def main() -> int:
    """The exit status: 0 if nothing was found."""
    runtime = _runtime()
    pythons = find()
    lines = missing_tools()
    if platform.system() != "Linux" or runtime is None:
        lines.append("missing: Linux, and gcc with libasan; Debian: apt-get install gcc")
    if not pythons:
        lines.append("missing: a CPython from 3.9 to 3.13; Debian: apt-get install python3-venv")
    if lines:
        print("\n".join(lines))
        return 1
    tools, target = Environment(pythons[0], "-build"), Environment(pythons[0], "-sanitize")
    try:
        tools.prepare("requirements-build.txt")
        target.prepare("requirements-full.txt")
        wheel = build(tools, target, "--target", _host(), **_INSTRUMENTED)
        target.install(wheel)
        watched = {"LD_PRELOAD": str(runtime), "PYTHONMALLOC": "malloc"}
        watched.update({"ASAN_OPTIONS": "detect_leaks=0", "DIFFERENTIAL_SCALE": "0.1"})
        _prove(target, watched)
        for arguments in (["pyjwt_suite.py"], ["-m", "pytest", "-q", *_TESTS]):
            run([str(target.executable), *arguments], quiet=False, **watched)
    except StepFailedError as why:
        print(why)
        return 1
    print("sanitizer: nothing found")
    return 0


_INSTRUMENTED = {
    # Sanitizers are not stable yet: this lets the stable compiler have them.
    "RUSTC_BOOTSTRAP": "1",
    "RUSTFLAGS": "-Zsanitizer=address",
    "CARGO_PROFILE_QUICK_LTO": "off",
    # For a report that names functions and lines.
    "CARGO_PROFILE_QUICK_DEBUG": "line-tables-only",
    "MATURIN_STRIP": "false",
}


def _prove(target: Environment, watched: dict[str, str]) -> None:
    """That the extension is instrumented, and that the runtime sees a wrong read."""
    where = "import jotem._jotem as it; print(it.__file__)"
    said = _said(target, where, watched)
    if b"__asan_report_load" not in Path(said.stdout.strip()).read_bytes():
        raise StepFailedError(f"the extension is not instrumented\n{said.stderr}")
    if "heap-use-after-free" not in _said(target, _WRONG, watched).stderr:
        raise StepFailedError("the sanitizer does not see a wrong read")


def _said(
    target: Environment, program: str, watched: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    command = [str(target.executable), "-c", program]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment.update(watched)
    return subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True)


def _runtime() -> Path | None:
    """The library of gcc that watches; rustc's code calls it by the same names."""
    if shutil.which("gcc") is None:
        return None
    command = ["gcc", "-print-file-name=libasan.so"]
    said = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return Path(said) if os.path.isabs(said) else None


def _host() -> str:
    """The machine's triple. Naming it keeps the sanitizer out of build scripts and macros."""
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return next(line[6:] for line in said.splitlines() if line.startswith("host: "))


if __name__ == "__main__":
    sys.exit(main())
