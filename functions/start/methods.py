"""The methods of dataclasses as the build has compiled them (layers/methods.py).

`dataclasses` writes the source of a class's methods and hands it to ``exec``, which compiles it. Here ``exec`` finds the code of
that source in a file of the build. The classes are made by the same library out of the same source; where a source is not in the
file, or there is no file (in development), it is compiled as always.
"""

import dataclasses
import marshal
import os
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from typing import Any, Final

FILE: Final = "methods.bin"


def use_methods(*folders: str) -> int:
    """Use the files of the build in these folders from now on; how many sources they hold."""
    kept: dict[bytes, bytes] = {}
    for folder in folders:
        kept |= _read(os.path.join(folder, FILE))  # noqa: PTH118 - pathlib is not loaded yet
    if kept:
        dataclasses.exec = _executing(kept)  # type: ignore[attr-defined]
    return len(kept)


def _read(path: str) -> dict[bytes, bytes]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read()
    except FileNotFoundError:
        return {}
    magic = len(MAGIC_NUMBER)
    if content[:magic] != MAGIC_NUMBER:
        return {}  # code of another Python
    found: dict[bytes, bytes] = marshal.loads(memoryview(content)[magic:])  # noqa: S302 - as trusted as the bytecode beside it
    return found


def _executing(kept: dict[bytes, bytes]) -> Any:
    def execute(source: str, module: dict[str, Any], made: dict[str, Any]) -> None:
        code = kept.get(blake2b(source.encode(), digest_size=16).digest())
        exec(source if code is None else marshal.loads(code), module, made)  # noqa: S102, S302

    return execute
