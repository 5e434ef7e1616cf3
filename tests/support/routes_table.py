"""A function's part of the build that is about routes (functions/build/routes.py)."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.sam import ROOT

FUNCTIONS = ROOT / "functions"


def with_table(folder: Path, name: str, *more: str) -> Path:
    """A folder of an app's package with its table, as an interpreter makes it that has no packages."""
    for package in (name, "web", "measure", *more):
        shutil.copytree(FUNCTIONS / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-IS", str(FUNCTIONS / "build" / "routes.py"), str(folder), name], check=True)
    return folder
