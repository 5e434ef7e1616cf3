"""Background processes that outlive the command which started them, and are found again by a later one."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.local.files import read_json, write_json
from infra.local.trouble import Trouble


class Processes:
    """The processes of one stack, recorded in `file`: {name: {"pid", "born", "what"}}.

    `born` is the moment the system started the process. A process id that was given to somebody else since
    has another one, so that nothing foreign is ever taken for ours or stopped.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path, what: Any
    ) -> int:
        """Start `command` in a session of its own, its output appended to `log`; answers the process id.

        `what` is any JSON value that says what was started: `running` hands it out again.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children[child.pid] = child
        record = self._read()
        record[name] = {"pid": child.pid, "born": _born(child.pid), "what": what}
        write_json(self._file, record)
        return child.pid

    def running(self, name: str) -> Any:
        """The `what` of a process that still runs, or None."""
        entry = self._read().get(name)
        return entry["what"] if entry and self._alive(entry) else None

    def identity(self, name: str) -> str | None:
        """A text that no other process ever has, while this one runs."""
        entry = self._read().get(name)
        return f"{entry['pid']}/{entry['born']}" if entry and self._alive(entry) else None

    def stop(self, name: str, *, patience: float) -> bool:
        """Ask a process to end and wait for it; answers whether there was one.

        Raises Trouble when it is still there after `patience` seconds: it may be saving, so it is not killed.
        """
        record = self._read()
        entry = record.pop(name, None)
        found = bool(entry) and self._alive(entry)
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(entry["pid"], signal.SIGTERM)
            deadline = time.monotonic() + patience
            while self._alive(entry):
                if time.monotonic() > deadline:
                    raise Trouble(
                        f"{name} (process {entry['pid']}) has not ended within {patience:.0f} s; "
                        f"it may still be saving: wait and run `make down` again, or end it with `kill -9 {entry['pid']}`."
                    )
                time.sleep(0.02)
        if entry:
            write_json(self._file, record)
        return found

    def _read(self) -> dict[str, Any]:
        return read_json(self._file) or {}

    def _alive(self, entry: dict[str, Any]) -> bool:
        child = self._children.get(entry["pid"])
        if child is not None and child.poll() is not None:
            return False
        born = _born(entry["pid"])
        return born is not None and born == entry["born"]


def _born(pid: int) -> str | None:
    """The moment a process started, as the system tells it; None for no process, or one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return None
    except ProcessLookupError:
        return None
    answer = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, born = answer.stdout.strip().partition(" ")
    return None if not born or state.startswith("Z") else born.strip()
