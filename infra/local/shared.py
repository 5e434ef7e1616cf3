"""One stack for a whole test run, however many worker processes share the work.

The first that asks starts `python -m infra.local run --as-long-as PID --discard` in a folder and on ports of its own,
where PID is the test run's process: the stack ends with it, whatever way it ends.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from infra.local.files import locked, read_json
from infra.local.settings import PROJECT
from infra.local.trouble import Trouble

_PATIENCE = 900.0
_FORGOTTEN = 24 * 3600.0
_started: list[subprocess.Popen[bytes]] = []  # kept, because they go on when this process has done its part


class SharedStack:
    """The stack of one test run."""

    def __init__(self, owner: int) -> None:
        self._owner = owner
        self._folder = PROJECT / ".local" / f"test-{owner}"
        self._runner: subprocess.Popen[bytes] | None = None

    def start(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """What stack.json says, as soon as the stack is up; `tell` gets each line of progress.

        Raises Trouble with the last thing that was said when it does not come up.
        """
        _clean_up()
        with locked(self._folder / "start.lock"):
            stack = read_json(self._folder / "stack.json")
            if not stack:
                stack = self._start(tell)
        return dict(stack)

    def stop(self) -> None:
        """End what this process started; does nothing where another one did, whose stack ends with the test run."""
        if self._runner is not None:
            self._runner.terminate()
            self._runner.wait(120)

    def leave(self) -> None:
        """Let what this process started go on without it."""
        if self._runner is not None:
            self._runner.returncode = 0  # or Popen would warn, when this process ends, that it still runs

    def _start(self, tell: Callable[[str], None]) -> Any:
        log = self._folder / "run.log"
        names = ("PORT", "INBOX_PORT", "AWS_PORT", "SIGN_IN_PORT", "RECORDER_PORT")
        ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
        with log.open("wb") as output:
            self._runner = subprocess.Popen(
                [sys.executable, "-m", "infra.local", "run", "--as-long-as", str(self._owner), "--discard"],
                env={**os.environ, **ports, "LATCHKEY_LOCAL": str(self._folder)},
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _started.append(self._runner)
        deadline = time.monotonic() + _PATIENCE
        with log.open(encoding="utf-8") as said:
            last = ""
            while not (stack := read_json(self._folder / "stack.json")):
                for line in said:
                    last = line.strip() or last
                    tell(line.rstrip())
                if self._runner.poll() is not None or time.monotonic() > deadline:
                    raise Trouble((said.read().strip().splitlines() or [last])[-1])
                time.sleep(0.2)
        return stack


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _clean_up() -> None:
    """Remove what test runs that failed left behind, after a day."""
    for folder in (PROJECT / ".local").glob("test-*"):
        if time.time() - folder.stat().st_mtime > _FORGOTTEN:
            shutil.rmtree(folder, ignore_errors=True)
