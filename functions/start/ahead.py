"""Regular expressions and methods of dataclasses as the build has compiled them (layers/ahead.py).

`re` hands what it has made of a pattern to its matcher; `dataclasses` writes the source of a class's methods and hands it to
``exec``. Here both find what they would make in files of the build. Patterns and classes are made by the same libraries; what is
not in a file, or where there is none (in development), is compiled as always.
"""

import _sre  # type: ignore[import-not-found]
import marshal
import os
import re
from collections.abc import Iterable
from importlib.util import MAGIC_NUMBER
from re import _compiler  # type: ignore[attr-defined]
from typing import Any, Final

FILES: Final = ("ahead.bin", "ahead.packages.bin")
_NUMBER: Final = MAGIC_NUMBER + _sre.MAGIC.to_bytes(4, "little")
Patterns = dict[tuple[str | bytes, int], bytes]


def use_ahead(folders: Iterable[str]) -> tuple[int, int]:
    """Use the files of the build in these folders from now on; how many methods and how many patterns they hold."""
    methods: dict[bytes, bytes] = {}
    patterns: Patterns = {}
    for folder in folders:
        for name in FILES:
            some_methods, some_patterns = _read(os.path.join(folder, name))  # noqa: PTH118 - pathlib is not loaded yet
            methods |= some_methods
            patterns |= some_patterns
    if patterns:
        _compiler.compile = _compiling(patterns, _compiler.compile)
    if methods:
        import dataclasses  # its own patterns are in the file

        dataclasses.exec = _executing(methods)  # type: ignore[attr-defined]
    return len(methods), len(patterns)


def _read(path: str) -> tuple[dict[bytes, bytes], Patterns]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read()
    except OSError:  # not there, or below what is no folder
        return {}, {}
    if content[: len(_NUMBER)] != _NUMBER:
        return {}, {}  # code of another Python
    found: tuple[dict[bytes, bytes], Patterns] = marshal.loads(memoryview(content)[len(_NUMBER) :])  # noqa: S302 - as trusted as
    return found  # the bytecode beside it


def _compiling(kept: Patterns, compiled: Any) -> Any:
    def compile_pattern(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        made = kept.get((pattern, flags))
        found: re.Pattern[Any] = compiled(pattern, flags) if made is None else _sre.compile(*marshal.loads(made))  # noqa: S302
        return found

    return compile_pattern


def _executing(kept: dict[bytes, bytes]) -> Any:
    from hashlib import blake2b

    def execute(source: str, module: dict[str, Any], made: dict[str, Any]) -> None:
        code = kept.get(blake2b(source.encode(), digest_size=16).digest())
        exec(source if code is None else marshal.loads(code), module, made)  # noqa: S102, S302

    return execute
