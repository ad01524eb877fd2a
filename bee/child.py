"""A command as a child of ``bee up`` (``python -m bee.child <pipe> <command …>``): it ends with its parent.

The parent holds the other end of the pipe and never writes: the end of the file means that the parent is
gone, however it went, kill -9 included.
"""

import os
import signal
import sys
import threading
import time

from bee.cli import main

PATIENCE_S = 10


def watch_parent(pipe: int) -> None:
    """Wait for the parent's end, then stop this process, gently first."""
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os._exit(1)


if __name__ == "__main__":
    lifeline = int(sys.argv.pop(1))
    threading.Thread(target=watch_parent, args=(lifeline,), daemon=True, name="lifeline").start()
    main()
