"""Lines that are shown although the test passes."""

from __future__ import annotations

import pytest

# `run.py` repeats the lines that begin with this.
MARK = "| "


def announce(config: pytest.Config, text: str, *, summary: str = "") -> None:
    """Print the text, and the one-line summary marked; pytest's capture is off meanwhile."""
    manager = config.pluginmanager.getplugin("capturemanager")
    lines = [text] if text else []
    lines += [MARK + summary] if summary else []
    if manager is None:
        print("\n" + "\n".join(lines))
        return
    with manager.global_and_fixture_disabled():
        print("\n" + "\n".join(lines))
