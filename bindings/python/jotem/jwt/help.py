"""What to say about the machine in a bug report: ``python -m jotem.jwt.help``."""

import json
import platform
import sys
from typing import Any as _Any

from . import __version__ as pyjwt_version

cryptography_version: str
try:
    import cryptography

    cryptography_version = cryptography.__version__
except ModuleNotFoundError:
    cryptography_version = ""


def info() -> dict[str, dict[str, str]]:
    """Return the versions of the platform, of Python, of ``cryptography`` and of this interface."""
    try:
        system = {"system": platform.system(), "release": platform.release()}
    except OSError:
        system = {"system": "Unknown", "release": "Unknown"}

    implementation = platform.python_implementation()
    if implementation == "CPython":
        version = platform.python_version()
    elif implementation == "PyPy":
        pypy: _Any = getattr(sys, "pypy_version_info")
        version = f"{pypy.major}.{pypy.minor}.{pypy.micro}"
        if pypy.releaselevel != "final":
            version += pypy.releaselevel
    else:
        version = "Unknown"

    return {
        "platform": system,
        "implementation": {"name": implementation, "version": version},
        "cryptography": {"version": cryptography_version},
        "pyjwt": {"version": pyjwt_version},
    }


def main() -> None:
    """Print :func:`info` as JSON."""
    print(json.dumps(info(), sort_keys=True, indent=2))


if __name__ == "__main__":
    main()
