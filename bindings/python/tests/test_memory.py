"""Memory does not grow: not with calls, not with keys, not with refusals."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="memory is measured in /proc, and trimmed by glibc"
)

# What may be added by all the calls together: a page here and there that is not all free, and one
# step of glibc's heap, which is 132 KiB. Whatever stays behind at each call is more.
BOUND = 256 * 1024


@pytest.mark.parametrize(
    ("scene", "calls"),
    [
        ("decode", 1_000_000),
        ("verify", 1_000_000),
        ("encode", 200_000),
        ("issue", 200_000),
        ("refuse", 60_000),
        ("refuse_natively", 120_000),
        ("refuse_the_call", 60_000),
        ("distinct_secrets", 30_000),
        ("distinct_objects", 5_000),
        ("distinct_texts", 6_000),
        ("distinct_headers", 50_000),
        ("distinct_names", 100_000),
        ("distinct_tokens", 8_000),
        ("verify_cached", 500_000),
        ("cleared_caches", 8_000),
        ("batches", 1_500),
        ("remote_keys", 20_000),
    ],
)
def test_memory_stays_as_it_was_after(scene: str, calls: int) -> None:
    assert growth(scene, calls) < BOUND


def test_memory_stays_as_it_was_while_a_batch_goes_on() -> None:
    # What is on the way comes on top: 2048 items a core, two batches, half a KiB each.
    on_the_way = 2048 * (os.cpu_count() or 1) * 2 * 512
    assert growth("batch", 600_000 * (os.cpu_count() or 1)) < BOUND + on_the_way


def test_a_leak_of_eight_bytes_a_call_would_be_seen() -> None:
    assert growth("leak", 200_000) > BOUND


def growth(scene: str, calls: int) -> int:
    """By how many bytes a process of its own grows, once it is warm."""
    here = Path(__file__).resolve().parent
    path = os.pathsep.join(filter(None, [str(here), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "memory.growth", scene, str(calls)]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONMALLOC": "malloc"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)
