"""How much a process grows: `python -m memory.growth SCENE CALLS` prints bytes.

A process of its own for each scene, and its free memory given back before each look: a leak into
memory that was free already would not be seen. `PYTHONMALLOC=malloc` has Python's objects take
part.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path

from memory import scenes

# Until the allocators, the caches and CPython's specializations are as they stay.
WARM_UP = 0.1


def main() -> None:
    """Warm up, call, and print how much more memory is resident than before."""
    name, calls = sys.argv[1], int(sys.argv[2])
    call = getattr(scenes, name)()
    for number in range(int(calls * WARM_UP)):
        call(number)
    before = resident()
    for number in range(calls):
        call(number)
    print(resident() - before)


def resident() -> int:
    """The bytes of this process that are in memory and in use."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
