"""Takes out of the layer what nobody prints with."""

import shutil
import sys
from pathlib import Path

NEEDLESS = (
    "bin",
    "share",
    "**/*.pyi",
    "**/*_test*.so",
    "**/*.dist-info/RECORD",
    "manimgx_fonts/NotoEmoji*",
    "manimgx_fonts/NotoSans-Italic*",
    "manimgx_fonts/NotoSansSymbols*",
    ".lock",
)


def prune(python: Path) -> None:
    """Leaves the libraries and the fonts of scripts."""
    for pattern in NEEDLESS:
        for path in list(python.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
