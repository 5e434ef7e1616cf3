"""The programs that a deploy needs: the SAM CLI, uv, and a Python of the runtime's version, which compiles the bytecode."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence

from infra.deploy.findings import Finding, fine, stop
from infra.local.settings import PROJECT
from infra.local.waiting import find_tool

# The first SAM CLI that can be told to read the template's loops (language_extensions in samconfig.toml).
SAM_CLI = "1.161.0"
RUNTIME = "3.13"  # of template.yaml's Runtime
Run = Callable[[Sequence[str]], tuple[int, str]]


def run(command: Sequence[str]) -> tuple[int, str]:
    """The exit code and what it said; 127 for a program that is not there."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=PROJECT)
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.strip()


def check_sam(run: Run = run) -> Finding:
    """Is the SAM CLI here, and new enough?"""
    code, said = run([find_tool("sam") or "sam", "--version"])
    found = re.search(r"\d+(\.\d+)+", said)
    if code or not found:
        return stop("The AWS SAM CLI is missing.", "`make .venv/.ready` installs it into the project's own environment.")
    if _numbers(found[0]) < _numbers(SAM_CLI):
        return stop(
            f"The SAM CLI is {found[0]}; Latchkey needs {SAM_CLI} or newer.",
            "`make clean`, then `make deploy`, installs the right one.",
        )
    return fine(f"SAM CLI {found[0]}")


def find_compiler(run: Run = run) -> str:
    """The Python that compiles for the runtime, fetched by uv where there is none; empty where that cannot be done either."""
    uv = find_tool("uv") or "uv"
    look = [sys.executable, "layers/find_python.py", RUNTIME, uv]
    _, found = run(look)
    if not found:
        run([uv, "python", "install", "--quiet", RUNTIME])
        _, found = run(look)
    return found


def check_compiler(compiler: str) -> Finding:
    """Without bytecode of the runtime's own version every cold start takes twice as long."""
    if compiler:
        return fine(f"Python {RUNTIME} to compile for Lambda: {compiler}")
    return stop(
        f"Python {RUNTIME}, which Lambda runs, is not here and could not be fetched.", f"Install it: uv python install {RUNTIME}"
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
