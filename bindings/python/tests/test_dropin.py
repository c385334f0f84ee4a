"""`jotem.dropin`: the name `jwt` for one process, one program, one test run.

Everything runs in a process of its own: this one has PyJWT loaded as control.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import jotem

_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
    # A process elsewhere finds the package that this one has found.
    "PYTHONPATH": str(Path(jotem.__file__).resolve().parents[1]),
}
_SAY = "import jwt, jwt.api_jwt as a; print(jwt.__name__, a.__name__)"
_OURS = "jotem.jwt jotem.jwt.api_jwt"


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=_ENVIRONMENT, capture_output=True, text=True)


def _said(folder: Path, *arguments: str) -> str:
    done = _python(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _run(folder: Path, code: str) -> str:
    return _said(folder, "-c", code)


def _raises(folder: Path, code: str, error: str) -> None:
    done = _python(folder, "-c", code)
    assert done.returncode != 0
    assert error in done.stderr.splitlines()[-1]


def test_importing_the_module_changes_nothing(tmp_path: Path) -> None:
    code = "import sys, jotem.dropin; print([m for m in sys.modules if m.startswith('jwt')])"
    assert _run(tmp_path, code) == "[]"
    assert _run(tmp_path, "import jotem.dropin, jwt; print(jwt.__name__)") == "jwt"


def test_install_answers_for_the_package_and_every_module(tmp_path: Path) -> None:
    code = """
import pkgutil, sys, importlib, jotem.dropin
jotem.dropin.install()
import jwt
names = [m.name for m in pkgutil.iter_modules(importlib.import_module("jotem.jwt").__path__)]
assert len(names) >= 11, names
for name in names:
    ours = importlib.import_module(f"jotem.jwt.{name}")
    assert importlib.import_module(f"jwt.{name}") is ours, name
    assert getattr(jwt, name) is ours, name
from jwt import exceptions, PyJWT
from jwt.algorithms import requires_cryptography
from unittest.mock import patch
with patch("jwt.api_jwt.PyJWT._validate_exp", lambda *a, **k: None):
    jwt.decode(jwt.encode({"exp": 1}, "k" * 32), "k" * 32, algorithms=["HS256"])
print(jwt.__name__, jwt.api_jwt.__name__)
"""
    assert _run(tmp_path, code) == _OURS


def test_install_again_does_nothing(tmp_path: Path) -> None:
    code = "from jotem.dropin import install; install(); import jwt; install(); " + _SAY
    assert _run(tmp_path, code) == _OURS


def test_install_refuses_when_another_jwt_is_loaded(tmp_path: Path) -> None:
    _raises(tmp_path, "import jwt, jotem.dropin; jotem.dropin.install()", "AlreadyImportedError")
    code = """
import jwt, jotem.dropin
try:
    jotem.dropin.install()
except ImportError as error:
    assert jwt.__file__ in str(error) and "force=True" in str(error), error
import sys
print(sys.modules["jwt"].__name__)
"""
    assert _run(tmp_path, code) == "jwt"


def test_install_refuses_when_only_a_module_of_another_jwt_is_left(tmp_path: Path) -> None:
    code = "import sys, jwt.api_jws, jotem.dropin; del sys.modules['jwt']; jotem.dropin.install()"
    _raises(tmp_path, code, "AlreadyImportedError")


def test_force_replaces_another_jwt_wholly(tmp_path: Path) -> None:
    code = "import jwt, jwt.help, jotem.dropin; jotem.dropin.install(force=True); " + _SAY
    assert _run(tmp_path, code) == _OURS


def test_a_script_is_run_with_its_arguments_and_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "beside.py").write_text("WORD = 'beside'\n", encoding="utf-8")
    program = folder / "program.py"
    program.write_text(
        f"import sys, beside\n{_SAY}\nprint(__name__, beside.WORD, sys.argv[1:])\n", "utf-8"
    )
    said = _said(tmp_path, "-m", "jotem.dropin", str(program), "--flag", "-m", "x")
    assert said == f"{_OURS}\n__main__ beside ['--flag', '-m', 'x']"


def test_a_module_is_run_from_the_callers_folder(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(f"import sys\n{_SAY}\nprint(sys.argv[1:])\n", "utf-8")
    said = _said(tmp_path, "-m", "jotem.dropin", "-m", "program", "a", "--b")
    assert said == f"{_OURS}\n['a', '--b']"


def test_a_module_of_pyjwt_can_be_run(tmp_path: Path) -> None:
    assert '"pyjwt"' in _said(tmp_path, "-W", "ignore", "-m", "jotem.dropin", "-m", "jwt.help")


def test_the_exit_status_of_a_program_is_kept(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("raise SystemExit(7)\n", encoding="utf-8")
    assert _python(tmp_path, "-m", "jotem.dropin", "program.py").returncode == 7


@pytest.mark.parametrize("arguments", [[], ["-m"], ["--unknown"], ["missing.py"]])
def test_a_call_that_means_nothing_is_refused_with_words(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = _python(tmp_path, "-m", "jotem.dropin", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such file: missing.py" in done.stderr or "usage: python -m" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_says_that_pyjwt_answers(tmp_path: Path) -> None:
    done = _python(tmp_path, "-m", "jotem.dropin", "--status")
    assert done.returncode == 1
    assert done.stdout.startswith("active: no\nimport jwt: ")
    assert "PyJWT: 2.15.1" in done.stdout


def test_status_says_that_jotem_answers(tmp_path: Path) -> None:
    code = "from jotem.dropin import install, main; install(); print(main(['--status']))"
    said = _run(tmp_path, code)
    assert said.startswith("active: yes\nimport jwt: jotem.jwt\n")
    assert said.endswith("\n0")


_SUITE = """
import jwt
import pytest

def test_which():
    import jwt.api_jws
    assert (jwt.__name__, jwt.api_jws.__name__) == ("jotem.jwt", "jotem.jwt.api_jws")

def test_a_warning_is_an_error_but_not_that_one():
    jwt.encode({}, "short")
"""
_SETTINGS = "[pytest]\nfilterwarnings =\n  error\n  ignore::jwt.warnings.InsecureKeyLengthWarning\n"


def test_as_a_plugin_it_is_there_before_filters_and_conftests(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(_SETTINGS, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import jwt\nassert jwt.__name__ == 'jotem.jwt'\n", encoding="utf-8"
    )
    (tmp_path / "test_it.py").write_text(_SUITE, encoding="utf-8")
    said = _said(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", "-p", "jotem.dropin")
    assert "2 passed" in said
    assert "jwt: jotem.jwt, through jotem.dropin" in said


def test_as_a_plugin_it_refuses_when_a_module_holds_pyjwts_names(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("from jwt import decode\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(_SUITE, encoding="utf-8")
    options = ["-p", "no:cacheprovider", "-p", "early", "-p", "jotem.dropin"]
    done = _python(tmp_path, "-m", "pytest", *options)
    assert done.returncode != 0
    assert "'jwt' has already been imported" in done.stderr


def test_pytest_may_be_run_as_the_program(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(_SETTINGS, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(_SUITE, encoding="utf-8")
    assert "2 passed" in _said(
        tmp_path, "-m", "jotem.dropin", "-m", "pytest", "-p", "no:cacheprovider")  # fmt: skip


def test_without_the_plugin_the_same_run_has_pyjwt(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(_SUITE, encoding="utf-8")
    done = _python(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "which")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
