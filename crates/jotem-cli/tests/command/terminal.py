"""Runs a command in a terminal: COLUMNS PROMPT KEYS COMMAND…

When the terminal shows PROMPT, KEYS are typed (KEYS in hexadecimal; nothing is typed if PROMPT is
empty). Prints what the terminal showed; exits with 100 if it was not set back as it was, and
otherwise as the command did (128 and the number of the signal that ended it).
"""

import fcntl
import os
import pty
import struct
import sys
import termios
import time

columns, prompt, keys, *command = sys.argv[1:]
ready, go = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(columns), 0, 0))
    os.execv(command[0], command)

# What a terminal is like before anybody asks it for something; the flags are the fourth.
before = termios.tcgetattr(terminal)[3]
os.write(go, b"!")
shown, typed = b"", not prompt
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # Linux says so when the command has ended
        break
    if not part:
        break
    shown += part
    if not typed and prompt.encode() in shown:
        # A question stands there a moment before the terminal stops to show what is typed.
        deadline = time.monotonic() + 20
        asks = prompt.endswith(": ")
        while asks and termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < deadline:
            os.sched_yield()
        os.write(terminal, bytes.fromhex(keys))
        typed = True
after = termios.tcgetattr(terminal)[3]
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
sys.stdout.flush()
flags = termios.ECHO | termios.ICANON | termios.ISIG
if before & flags != after & flags:
    sys.exit(100)
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
