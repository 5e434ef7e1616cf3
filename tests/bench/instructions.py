"""Instructions of a program, counted by valgrind's cachegrind: the same within a thousandth, however busy the machine is."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.peers import Missing

_TOTAL = re.compile(r"^summary: (\d+)", re.MULTILINE)


def can_count() -> bool:
    """Whether valgrind is here."""
    return shutil.which("valgrind") is not None


def instructions(command: Sequence[str], environment: Mapping[str, str] | None = None, seconds: int = 900) -> int:
    """How many instructions a program and nothing that it starts takes; raises Missing where they cannot be counted."""
    if not can_count():
        raise Missing("valgrind is not installed (Debian: apt-get install valgrind)")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}"]
        own = {**(os.environ if environment is None else environment), "PYTHONHASHSEED": "0"}
        try:
            ran = subprocess.run(
                [*tool, *command], env=own, capture_output=True, text=True, errors="replace", timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise Missing(f"counting its instructions took more than {seconds // 60} minutes") from None
        found = _TOTAL.search(out.read_text()) if out.exists() else None
        if ran.returncode or found is None:
            raise Missing(f"valgrind could not run it: {(ran.stderr.strip().splitlines() or ['no output'])[-1]}")
        return int(found[1])


def of_one_pass(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, few: int = 1, many: int = 2, seconds: int = 900
) -> int:
    """Instructions of one pass of what a program does as often as its last argument says: by ``many`` less by ``few``.

    What it loads and prepares is so left out, on both sides alike.
    """
    with ThreadPoolExecutor(2) as both:
        less, more = both.map(lambda passes: instructions([*command, str(passes)], environment, seconds), (few, many))
    return (more - less) // (many - few)
