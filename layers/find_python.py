"""Prints the path of an installed Python of one version (3.13) or, given a path, that path; prints nothing where there is none.

`uv python find` alone is not enough: where pyenv's shim is the first python3.13 on the PATH and another version is chosen, it
stops there, although pyenv has a 3.13.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def find_python(wanted: str, uv: str = "uv") -> str | None:
    """The path of an interpreter that runs and is `wanted`, or None."""
    if os.sep in wanted:
        return wanted if os.access(wanted, os.X_OK) else None
    return next((path for path in _candidates(wanted, uv) if _version(path) == wanted), None)


def _candidates(wanted: str, uv: str) -> Iterator[str]:
    for only in ("only-managed", "system"):
        found = _said([uv, "python", "find", "--no-python-downloads", "--python-preference", only, wanted])
        if found:
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{wanted}.*/bin/python"), reverse=True))


def _version(path: str) -> str:
    return _said([path, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - interpreters, and uv
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    print(find_python(*sys.argv[1:3]) or "")  # noqa: T201 - a Makefile reads it
