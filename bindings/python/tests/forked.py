"""A process that is forked to do something."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable


class Child:
    """Does it, and ends without a word to the interpreter."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            signal.alarm(120)  # One that hangs is ended.
            status = 1
            try:
                work()
                status = 0
            except BaseException:
                # Nobody else is there to say so.
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)

    def end(self) -> None:
        """Waits for its end; fails if it failed."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        assert status == 0, f"the child ended with {status}"
