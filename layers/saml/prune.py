"""Takes out of the layer what reads no SAML."""

import shutil
import sys
from pathlib import Path

NEEDLESS = (
    "bin",
    ".lock",
    "lxml/html",
    "lxml/includes",
    "lxml/isoschematron",
    "lxml/objectify*",
    "lxml/sax*",
    "lxml/builder*",
    "lxml/doctestcompare.py",
    "lxml/usedoctest.py",
    "lxml/*.pxi",
    "lxml/*.pyx",
    "lxml/*.h",
    "signxml/xades",
    "**/*.pyi",
    "**/*.dist-info/RECORD",
)
"""lxml: HTML, its headers and sources. signxml: what signs documents for authorities."""


def prune(python: Path) -> None:
    """Leaves lxml's etree and what verifies signatures."""
    for pattern in NEEDLESS:
        for path in list(python.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
