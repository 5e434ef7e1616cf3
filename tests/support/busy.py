"""python -m tests.support.busy COMMAND...: run a command while a process for each core does nothing but work."""

import os
import subprocess
import sys
import time
from multiprocessing import Process

LONGEST = 3_600.0
"""Seconds after which the cores are free again, whatever became of the command."""


def main() -> int:
    """Run the command; its exit code."""
    end = time.monotonic() + LONGEST
    burners = [Process(target=_burn, args=(os.getpid(), end), daemon=True) for _ in range(os.cpu_count() or 1)]
    for each in burners:
        each.start()
    try:
        return subprocess.call(sys.argv[1:])
    finally:
        for each in burners:
            each.terminate()


def _burn(parent: int, end: float) -> None:
    while os.getppid() == parent and time.monotonic() < end:
        sum(range(100_000))


if __name__ == "__main__":
    sys.exit(main())
