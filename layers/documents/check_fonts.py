"""Refuses a font that is not, byte for byte, the one that was looked at: fonts.sha256 names each file of the layer.

A wheel's hash in requirements.txt changes with every release of its package, and whoever updates packages changes it without a
look. A font's does not: what prints children's names is changed on purpose, after docs/decisions/0021-fonts.md was read again.
"""

import hashlib
import sys
from pathlib import Path

KNOWN = Path(__file__).with_name("fonts.sha256")


def faults(python: Path) -> list[str]:
    """What is wrong with the fonts in a folder of packages: missing, another file, or one more; nothing if all is well."""
    known = {name: digest for digest, name in (line.split("  ", 1) for line in KNOWN.read_text().splitlines())}
    there = {
        path.relative_to(python).as_posix(): path for pattern in ("*.ttf", "*.otf", "*.ttc") for path in python.rglob(pattern)
    }
    missing = [f"{name} is missing" for name in sorted(known.keys() - there.keys())]
    unknown = [f"{name} is not a font that was looked at" for name in sorted(there.keys() - known.keys())]
    others = [
        f"{name} is another file than the one that was looked at"
        for name in sorted(known.keys() & there.keys())
        if hashlib.sha256(there[name].read_bytes()).hexdigest() != known[name]
    ]
    return missing + unknown + others


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]))
    for line in found:
        sys.stderr.write(f"layers/documents: {line}; see docs/decisions/0021-fonts.md\n")
    sys.exit(bool(found))
