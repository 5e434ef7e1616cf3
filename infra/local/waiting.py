"""Ports, programs and states: is this one free, does that one answer, does this command work, has that come about."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from infra.local.trouble import Trouble

T = TypeVar("T")
LOOKS: Final = 240
_PAUSE: Final = 0.5
_LONGEST: Final = 1_800.0


def require_free_port(port: int, name: str, what: str) -> None:
    """Raise Trouble when something already answers or listens on a port that `what` needs."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            if probe.connect_ex((address, port)) == 0:
                raise _taken(port, name, what)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Trouble(f"Port {port} ({what}) is not ours to open; choose one above 1023: {name}=8100.") from error
        except OSError as error:
            raise _taken(port, name, what) from error


def _taken(port: int, name: str, what: str) -> Trouble:
    return Trouble(
        f"Port {port} ({what}) is in use by another program; stop that program or choose another port, "
        f"for example {name}={port + 100}."
    )


def wait_until(check: Callable[[], bool], alive: Callable[[], bool], seconds: float) -> bool:
    """Wait for `check`; False when `alive` says no or time is up."""
    deadline = time.monotonic() + seconds
    while not check():
        if not alive() or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def wait_for(
    look: Callable[[], T],
    what: str,
    until: Callable[[T], object] = bool,
    *,
    looks: int = LOOKS,
    pause: float = _PAUSE,
    longest: float = _LONGEST,
) -> T:
    """What `look` sees, once it is as wanted; raises TimeoutError when nothing moves any more.

    Patience grows on a busy machine: it is counted in looks, which take longer there, and the count begins again whenever a look
    sees something else than the one before. `longest`, in seconds, is the end of all waiting. The first pauses are shorter than
    `pause`: most of what is waited for is nearly there.
    """
    end = time.monotonic() + longest
    left, before, rest = looks, None, pause / 16
    while not until(seen := look()):
        left = left - 1 if seen == before else looks
        if left == 0 or time.monotonic() > end:
            why = f"did not come; {looks} looks found nothing new" if left == 0 else "took too long"
            raise TimeoutError(f"{what} {why}: {str(seen)[:1000]}")
        before = seen
        time.sleep(rest)
        rest = min(rest * 2, pause)
    return seen


def answers(port: int) -> bool:
    """Does something on this machine accept connections there?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find_tool(name: str) -> str | None:
    """The path of a program: beside this Python first (its environment holds our tools), then on the PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def run_logged(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    note: Callable[[str], None],
) -> tuple[int, list[str]]:
    """Run a command to its end, all it says appended to `log` and each line handed to `note` as it comes.

    Answers the exit code and the last 200 lines.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    last: deque[str] = deque(maxlen=200)
    with log.open("a", encoding="utf-8") as output:
        output.write(f"\n$ {' '.join(command[:3])} ...\n")
        with subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                output.write(line)
                if any(letter.isalpha() for letter in line):
                    last.append(line.rstrip())
                    note(line)
        return process.returncode, list(last)


def why(lines: Sequence[str]) -> str:
    """The line of a program's output that most likely names the cause of its failure."""
    telling = [line for line in lines if re.search(r"error|failed|cannot", line, re.IGNORECASE) and "http" not in line]
    own = [line for line in telling if not line.startswith("make")]
    line = (own or telling or list(lines) or ["it said nothing"])[-1]
    return " ".join(line.split())[:200].rstrip(".")
