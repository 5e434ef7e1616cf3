"""Progress that is visible the whole time, on a terminal and in a log file."""

import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

HEARTBEAT = 5.0
_TICK = 0.2
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Progress:
    """Prints one line for each step, with the time since the start; a long step shows that it still lives.

    A terminal sees the running step redrawn in place. Anything else (a log, a pipe) gets a line when a step
    starts, one every few seconds while it runs, and one when it ends.
    """

    def __init__(self, out: TextIO | None = None, *, heartbeat: float = HEARTBEAT) -> None:
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._heartbeat = heartbeat
        self._start = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator["Step"]:
        """Show `title` until the block ends; the block may say more with `step.note(...)`."""
        step = Step(title)
        stop = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(step, stop), daemon=True)
        if not self._terminal:
            self._line(f"{title} ...")
        pulse.start()
        try:
            yield step
        except BaseException:  # an interrupt too: the line of progress ends before the error is shown
            self._end(stop, pulse, f"{title}: stopped after {step.seconds():.1f} s")
            raise
        self._end(stop, pulse, f"{title}: {step.outcome or 'done'} ({step.seconds():.1f} s)")

    def say(self, text: str) -> None:
        """Print one line at once."""
        self._line(text)

    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self._start

    def _pulse(self, step: "Step", stop: threading.Event) -> None:
        while not stop.wait(_TICK if self._terminal else self._heartbeat):
            note = f": {step.last_note}" if step.last_note else ""
            text = f"{step.title} ... {step.seconds():.0f} s{note}"
            if self._terminal:
                width = shutil.get_terminal_size().columns - 1
                self._out.write("\r\x1b[K" + f"{self._stamp()}{text}"[:width])
                self._out.flush()
            else:
                self._line(text)

    def _end(self, stop: threading.Event, pulse: threading.Thread, text: str) -> None:
        stop.set()
        pulse.join()
        self._line(text)

    def _line(self, text: str) -> None:
        self._out.write(("\r\x1b[K" if self._terminal else "") + f"{self._stamp()}{text}\n")
        self._out.flush()

    def _stamp(self) -> str:
        return f"{self.seconds():6.1f} s  "


class Step:
    """One step under way."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.last_note = ""
        self.outcome = ""
        self._start = time.monotonic()

    def note(self, text: str) -> None:
        """Say what is going on now; shown with the next sign of life."""
        self.last_note = " ".join(_COLOURS.sub("", text).split())[:110]

    def seconds(self) -> float:
        """How long this step has been running."""
        return time.monotonic() - self._start
