"""The packages of the other sides: a folder of their own, made out of requirements.txt; nothing but the benches sees it."""

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = Path(__file__).parents[2] / ".local" / "bench" / "peers"


class Missing(Exception):
    """What cannot be measured on this machine; the text says why."""


@cache
def peers() -> Path:
    """The folder, made where it is missing or old; raises Missing where the packages cannot be had."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    made = FOLDER / ".made"
    if made.is_file() and made.read_text() == wanted:
        return FOLDER
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python", sys.executable]
    ran = subprocess.run(
        [*command, "--target", str(FOLDER), "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Missing(f"the other sides' packages cannot be installed: {ran.stderr.strip().splitlines()[-1]}")
    made.write_text(wanted)
    return FOLDER


def use_peers() -> None:
    """Let this process import them; what the development environment has comes first."""
    if str(peers()) not in sys.path:
        sys.path.append(str(peers()))


def with_peers() -> dict[str, str]:
    """The environment of a process that imports them and nothing of ours."""
    return {**os.environ, "PYTHONPATH": str(peers())}
