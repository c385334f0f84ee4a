"""Run PyJWT 2.15.1's unmodified test-suite with `jotem.jwt` in place of `jwt`.

    python tests/pyjwt_suite.py                   in an environment with cryptography
    python tests/pyjwt_suite.py --no-cryptography in one without
    python tests/pyjwt_suite.py --cache           with signatures remembered, as nobody has it
                                                  who does not ask for it

Nothing of it is copied, patched or left out. Without network and without the cached archive
the run is skipped, in CI it fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from suite import judge, source


def main() -> int:
    """The exit status: 0 if the run is what it has to be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-cryptography", action="store_true")
    parser.add_argument("--cache", action="store_true")
    arguments = parser.parse_args()
    cryptography = not arguments.no_cryptography
    with tempfile.TemporaryDirectory() as folder:
        try:
            root = source.unpack(Path(folder))
        except source.SourceMissingError as missing:
            in_ci = bool(os.environ.get("CI"))
            print(f"{'FAILED' if in_ci else 'skipped'}: PyJWT's suite: {missing}")
            return 1 if in_ci else 0
        report = _run(root, Path(folder) / "report.json", cache=arguments.cache)
    if report is None:
        return 1
    faults = judge.faults(report, cryptography=cryptography)
    if arguments.cache and not report["remembered"]:
        faults.append("nothing was remembered")
    for fault in faults:
        print(f"  {fault}")
    print(_closing(report, cryptography=cryptography, ok=not faults))
    return 1 if faults else 0


def _run(root: Path, report: Path, *, cache: bool) -> dict[str, Any] | None:
    """The witness' report; without one, pytest's words are printed and None returned."""
    # Not `-p jotem.dropin`: pytest looks `jwt.warnings` up, which PyJWT's settings name, before.
    command = [sys.executable, "-b", "-m", "jotem.dropin", "-m", "pytest", "-q", "--tb=short"]
    command += ["--no-header", "-p", "no:cacheprovider", "-p", "suite.witness", "tests"]
    here = str(Path(__file__).resolve().parent)
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "WITNESS": str(report)}
    environment["WITNESS_CACHE"] = str(1 << 20) if cache else ""
    # Options of the surrounding run are not PyJWT's.
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if not report.exists():
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n")
        print("FAILED: PyJWT's suite did not run")
        return None
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if result["exit"] != 0:
        print(done.stdout[-20000:])
    return result


def _closing(report: dict[str, Any], *, cryptography: bool, ok: bool) -> str:
    count = {name: len(tests) for name, tests in report["outcomes"].items()}
    without = len(judge.demanding_absence(report))
    due = f" ({without} of them demand an algorithm to be missing)" if without else ""
    return (
        f"PyJWT {source.VERSION}'s suite on jotem.jwt, CPython {report['python']}, "
        f"{'with' if cryptography else 'without'} cryptography"
        f"{_use(report['remembered'])}: {count['passed']} passed, "
        f"{count['skipped']} skipped, {count['failed']} failed{due}: {'ok' if ok else 'FAILED'}"
    )


def _use(remembered: dict[str, int] | None) -> str:
    if remembered is None:
        return ""
    return f", {remembered['hits']} signatures remembered of {sum(remembered.values())}"


if __name__ == "__main__":
    sys.exit(main())
