"""Takes out of a layer what nothing imports: ``prune.py FOLDER PATTERNS``, a file of one pattern a line; ``#`` begins a note."""

import shutil
import sys
from pathlib import Path


def prune(python: Path, patterns: Path) -> None:
    """Removes the files and folders below ``python`` that a pattern names; one that names nothing is no error."""
    for line in patterns.read_text("utf-8").splitlines():
        pattern = line.partition("#")[0].strip()
        for path in list(python.glob(pattern)) if pattern else ():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


if __name__ == "__main__":
    prune(Path(sys.argv[1]), Path(sys.argv[2]))
