"""The distribution `jotem-dropin` in real environments: whatever is installed or removed, in
whatever order, one of the two answers and neither is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from suite import source

import jotem

pytest.importorskip("hatchling")

_PROJECT = Path(__file__).resolve().parents[1] / "dropin"
_PROBE = """
import sys
try:
    import jwt
except ModuleNotFoundError as error:
    print("nobody:", error.name)
    sys.exit()
import jwt.api_jwt, jwt.exceptions
from jwt.algorithms import HMACAlgorithm
token = jwt.encode({"a": 1}, "k" * 32)
assert jwt.decode(token, "k" * 32, algorithms=["HS256"]) == {"a": 1}
assert sys.modules["jwt.api_jwt"] is jwt.api_jwt
try:
    import jwt.no_such_module
except ModuleNotFoundError as error:
    assert error.name == "jwt.no_such_module", error.name
print(jwt.__name__)
"""
_OURS, _PYJWT = "jotem.jwt", "jwt"
_CLEAN = {n: v for n, v in os.environ.items() if n not in ("PYTHONPATH", "PYTHONHOME")}


class Environment:
    """A virtual environment without pip, with a copy of the package under test."""

    def __init__(self, folder: Path, wheels: dict[str, Path]) -> None:
        command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        subprocess.run(command, check=True)
        windows = sys.platform == "win32"
        self.python = folder / ("Scripts/python.exe" if windows else "bin/python")
        self.site = Path(self._said("-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
        self.wheels = wheels
        here = Path(jotem.__file__).resolve().parent
        shutil.copytree(here, self.site / "jotem", ignore=shutil.ignore_patterns("__pycache__"))
        if sys.version_info < (3, 11):
            import typing_extensions

            shutil.copy(typing_extensions.__file__, self.site)

    def install(self, name: str, *more: str) -> None:
        """From the wheel, over what is there."""
        self._pip(
            "install", "--no-index", "--no-deps", "--no-compile", *more, str(self.wheels[name])
        )

    def unpack(self, name: str) -> None:
        """What pip does with a wheel of Python files, without waiting for pip."""
        with zipfile.ZipFile(self.wheels[name]) as wheel:
            wheel.extractall(self.site)

    def uninstall(self, name: str) -> None:
        """Remove a distribution."""
        self._pip("uninstall", "--yes", name)

    def answers(self) -> str:
        """Who answers `import jwt`."""
        return self._said("-c", _PROBE)

    def status(self) -> tuple[int, str]:
        """Exit status and output of `python -m jotem.dropin --status`."""
        done = self.run("-m", "jotem.dropin", "--status")
        return done.returncode, done.stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The environment's interpreter, away from any source tree."""
        command = [str(self.python), *arguments]
        folder = self.python.parent
        return subprocess.run(command, cwd=folder, env=_CLEAN, capture_output=True, text=True)

    def _said(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.strip()

    def _pip(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.python), "--quiet"]
        subprocess.run([*command, *arguments], check=True, env=_CLEAN)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """PyJWT's wheel, and the drop-in's, built."""
    try:
        pyjwt = source.wheel()
    except source.SourceMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("dropin")
    shutil.copytree(_PROJECT, folder / "source", ignore=shutil.ignore_patterns("dist"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(folder / "source")], check=True)
    (built,) = folder.glob("jotem_dropin-*.whl")
    return {"PyJWT": pyjwt, "jotem-dropin": built}


@pytest.fixture
def environment(tmp_path: Path, wheels: dict[str, Path]) -> Environment:
    """A new environment with jotem alone."""
    return Environment(tmp_path / "environment", wheels)


def test_jotem_alone_leaves_the_name_jwt_alone(environment: Environment) -> None:
    assert environment.answers() == "nobody: jwt"
    code, said = environment.status()
    assert (code, said.splitlines()[:2]) == (
        1, ["active: no", "import jwt: no module of that name"])  # fmt: skip


def test_pyjwt_first_then_the_dropin_and_each_removed_in_turn(environment: Environment) -> None:
    environment.install("PyJWT")
    assert environment.answers() == _PYJWT
    environment.install("jotem-dropin")
    assert environment.answers() == _OURS
    code, said = environment.status()
    assert (code, said.splitlines()[:2]) == (0, ["active: yes", "import jwt: jotem.jwt"])
    assert "jotem-dropin: 0.1.0\nPyJWT: 2.15.1" in said
    environment.install("PyJWT", "--force-reinstall")
    assert environment.answers() == _OURS
    environment.uninstall("PyJWT")
    assert environment.answers() == _OURS
    environment.uninstall("jotem-dropin")
    assert environment.answers() == "nobody: jwt"


def test_the_dropin_first_then_pyjwt_and_each_removed_in_turn(environment: Environment) -> None:
    environment.install("jotem-dropin")
    assert environment.answers() == _OURS
    environment.install("PyJWT")
    assert environment.answers() == _OURS
    environment.install("jotem-dropin", "--force-reinstall")
    assert environment.answers() == _OURS
    environment.uninstall("jotem-dropin")
    assert environment.answers() == _PYJWT
    code, said = environment.status()
    assert code == 1
    assert "active: no" in said
    assert "jotem-dropin: not installed" in said


def test_without_jotem_the_dropin_stands_aside(environment: Environment) -> None:
    environment.unpack("jotem-dropin")
    shutil.rmtree(environment.site / "jotem")
    assert environment.answers() == "nobody: jwt"
    environment.unpack("PyJWT")
    assert environment.answers() == _PYJWT


def test_a_broken_jotem_is_not_hidden_behind_pyjwt(environment: Environment) -> None:
    environment.unpack("PyJWT")
    environment.unpack("jotem-dropin")
    (environment.site / "jotem" / "jwt" / "__init__.py").write_text("import no_such_thing\n")
    done = environment.run("-c", "import jwt")
    assert done.returncode == 1
    assert "no_such_thing" in done.stderr.splitlines()[-1]


def test_the_two_names_are_one_module_and_modules_run_by_either(environment: Environment) -> None:
    environment.unpack("jotem-dropin")
    code = """
import importlib, sys
import jwt.api_jws, jotem.jwt.api_jws
assert jwt is jotem.jwt and jwt.api_jws is jotem.jwt.api_jws
assert jwt.__spec__.name == "jotem.jwt" and jwt.api_jws.__spec__.name == "jotem.jwt.api_jws"
assert importlib.reload(jwt) is jotem.jwt
import pickle
error = pickle.loads(pickle.dumps(jwt.MissingRequiredClaimError("exp")))
assert error.claim == "exp" and type(error) is jwt.MissingRequiredClaimError
"""
    assert environment.run("-c", code).stderr == ""
    done = environment.run("-W", "ignore", "-m", "jwt.help")
    assert (done.returncode, '"pyjwt"' in done.stdout) == (0, True), done.stderr


def test_starting_up_imports_neither_jotem_nor_jwt(environment: Environment) -> None:
    environment.unpack("jotem-dropin")
    code = "import sys; print([m for m in sys.modules if m in ('jwt', 'jotem', 'jotem.jwt')])"
    assert environment.run("-c", code).stdout.strip() == "[]"


def test_the_wheel_owns_no_file_of_pyjwts(wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels["jotem-dropin"]) as wheel:
        names = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert sorted(names) == ["jotem_dropin.pth", "jotem_dropin.py"]
