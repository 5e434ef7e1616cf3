"""Fails when a built layer or function would not run, or would start slowly, where it is meant for.

`python verify.py FOLDER MACHINE VERSION [--without-bytecode]`: every native library must be for MACHINE (aarch64, x86_64), and
every module must have bytecode of Python VERSION (3.13) that is used whatever the date of its source is (see compile.py).
"""

import importlib.util
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

# The number at the front of a .pyc: one for each minor version since its release (Lib/importlib/_bootstrap_external.py).
MAGIC = {"3.13": 3571}
MACHINES = {62: "x86_64", 183: "aarch64"}  # e_machine in an ELF file's header
_UNCHECKED_HASH = 1


def faults(folder: Path, machine: str, version: str, *, bytecode: bool = True) -> Iterator[str]:
    """One sentence for each file that does not fit."""
    for path in sorted(folder.rglob("*.so*")):
        if path.is_file() and (found := machine_of(path)) not in {None, machine}:
            yield f"{path.relative_to(folder)} is for {found}, but the functions run on {machine}"
    if bytecode:
        for path in sorted(folder.rglob("*.py")):
            if (fault := _fault_of_bytecode(path, version)) is not None:
                yield f"{path.relative_to(folder)} {fault}"


def machine_of(path: Path) -> str | None:
    """The processor that a native library is for; None for what is no ELF file."""
    with path.open("rb") as file:
        header = file.read(20)
    if len(header) < 20 or header[:4] != b"\x7fELF":
        return None
    (number,) = struct.unpack("<H" if header[5] == 1 else ">H", header[18:20])
    return MACHINES.get(number, f"processor {number}")


def magic_of(version: str) -> int:
    """The magic number of a Python version: of the runtime's, or of the version that runs this."""
    if version in MAGIC:
        return MAGIC[version]
    if version == "{}.{}".format(*sys.version_info[:2]):
        return int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
    raise SystemExit(f"verify.py does not know the bytecode of Python {version}: add its magic number to MAGIC.")


def _fault_of_bytecode(source: Path, version: str) -> str | None:
    tag = "cpython-" + version.replace(".", "")
    compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
    try:
        with compiled.open("rb") as file:
            magic, end, flags = struct.unpack("<H2sI", file.read(8))
    except (OSError, struct.error):
        return f"has no bytecode of Python {version}"
    if magic != magic_of(version) or end != b"\r\n":
        return f"has bytecode of another Python than {version}"
    return (
        None
        if flags == _UNCHECKED_HASH
        else "has bytecode that depends on the date of its source, which a Lambda zip does not keep"
    )


def main(arguments: list[str]) -> int:
    """0 when all fits; 1, and what does not, otherwise."""
    folder, machine, version = arguments[:3]
    found = list(faults(Path(folder), machine, version, bytecode="--without-bytecode" not in arguments))
    for fault in found[:10]:
        print(fault, file=sys.stderr)  # noqa: T201 - the build's log
    if len(found) > 10:
        print(f"... and {len(found) - 10} more", file=sys.stderr)  # noqa: T201
    if found:
        print(f"Error: what was built in {folder} is not for Python {version} on {machine}.", file=sys.stderr)  # noqa: T201
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
