"""The build of functions and layers for this machine: `make build`, which rebuilds only what changed."""

import hashlib
import os
import shutil
from pathlib import Path

from infra.local.progress import Progress
from infra.local.settings import PROJECT, Settings
from infra.local.trouble import Trouble
from infra.local.waiting import run_logged, why


def build(settings: Settings, progress: Progress) -> Path:
    """Bring MiniStack's environment and the build up to date; answers the built template.

    Raises Trouble when make is missing or the build fails.
    """
    make = shutil.which("make")
    if make is None:
        raise Trouble("`make` is missing, and Latchkey is built with it: install it (Debian: apt-get install make).")
    log = settings.logs / "build.log"
    # What an outer make tells its children about itself (job slots, level) is not meant for this one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    with progress.step("Build what changed in functions and layers") as step:
        command = [make, "--no-print-directory", "build"]
        code, last = run_logged(command, environment=environment, folder=PROJECT, log=log, note=step.note)
        if code:
            raise Trouble(f"The build failed ({why(last)}); the whole story is in {log}.")
    return settings.tools / "build" / "template.yaml"


def fingerprint(folder: Path) -> str:
    """One text for everything in a folder: names and contents, not times."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".built":
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
