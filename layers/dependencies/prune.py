"""Takes out of the layer what no function imports."""

import shutil
import sys
from pathlib import Path

from cut import cut

CHALICE = {"__init__.py", "app.py"}
"""At run time Chalice is these two; the rest is its command line."""

NEEDLESS = (
    "bin",
    "pycparser*",
    "cffi*",
    "share",
    ".lock",
    "boto3/data",
    "boto3/examples",
    "fido2/ctap*",
    "fido2/client",
    "fido2/hid",
    "fido2/pcsc.py",
    "fido2/mds3.py",
    "fido2/payment.py",
    "segno/cli.py",
    "segno/helpers.py",
    "**/tests",
    "**/*.pyi",
    "**/*.dist-info/RECORD",
)
"""cffi: argon2 is compiled ahead, so only _cffi_backend is imported. boto3's data describes resources; stores use clients.
fido2: a server needs none of what talks to an authenticator."""


def remove(path: Path) -> None:
    """Removes a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def prune(python: Path) -> None:
    """Leaves what runs: Chalice's two files, packages without their tests, AWS as far as it is called, no command lines."""
    for path in (python / "chalice").iterdir():
        if path.name not in CHALICE:
            remove(path)
    for pattern in NEEDLESS:
        for path in list(python.glob(pattern)):
            remove(path)
    cut(python / "botocore")


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
