"""Compiles the methods of the dataclasses in a layer or function, once, where otherwise each cold start would compile them.

`python -IS methods.py FOLDER [SOURCES ...]`: `@dataclass` writes the source of `__init__`, `__eq__` and so on while its class is
made, and has Python compile it, four million instructions for a class: half of what it took to import the console. Here every
module below FOLDER is imported, and each source that comes up is kept with its code in FOLDER/methods.bin. At run time the same
classes are made by the same library; `start/methods.py` only hands out the code where the source is one of these.

Packages that are not here (a layer's libraries, which are made for another processor) are stood in for. What a stand-in hides is
missing in the file and compiled at run time, as everything is in development; a test says that nothing is. Run this with the
runtime's own minor version.
"""

import dataclasses
import hashlib
import importlib.util
import marshal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

FILE = "methods.bin"


class _Everything(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, _: object) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())


class _Anything(metaclass=_Everything):
    """Whatever a package that is not here would have had: a base class, a decorator, a value."""

    def __new__(cls, *_: Any, **__: Any) -> Any:
        return super().__new__(cls) if cls is not _Anything else cls

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __init_subclass__(cls, **_: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        return getattr(_Anything, name)


class _StandIn(ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything


class _StandIns:
    """The last finder: whoever comes this far is not here."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> ModuleSpec:
        return ModuleSpec(name, _StandIns, is_package=True)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    @staticmethod
    def exec_module(_: ModuleType) -> None: ...


def methods(folder: Path, sources: Sequence[str] = ()) -> dict[bytes, bytes]:
    """The code of all methods of the dataclasses below a folder, by the digest of their source."""
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    kept: dict[bytes, bytes] = {}

    def keep(source: str, module: dict[str, Any], made: dict[str, Any]) -> None:
        code: CodeType = compile(source, "<string>", "exec", dont_inherit=True)
        if str(module["__name__"]).partition(".")[0] in packages:
            kept[hashlib.blake2b(source.encode(), digest_size=16).digest()] = marshal.dumps(code)
        exec(code, module, made)  # noqa: S102 - what dataclasses does itself

    sys.path[:0] = [str(folder), *sources]
    sys.meta_path.append(_StandIns)  # type: ignore[arg-type]
    sys.dont_write_bytecode = True
    dataclasses.exec = keep  # type: ignore[attr-defined]
    try:
        # Lambda's entries (start.py) do what they are there for when they are imported; they hold no classes.
        for path in sorted(path for name in packages for path in (folder / name).rglob("*.py") if path.name != "start.py"):
            name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            with suppress(Exception):  # stand-ins do not carry a whole app; by then its classes are made
                importlib.import_module(name)
    finally:
        del dataclasses.exec  # type: ignore[attr-defined]
        sys.meta_path.remove(_StandIns)  # type: ignore[arg-type]
    return kept


if __name__ == "__main__":
    target = Path(sys.argv[1])
    found = methods(target, sys.argv[2:])
    # The number of the bytecode stands in front: code of another Python is not used.
    (target / FILE).write_bytes(importlib.util.MAGIC_NUMBER + marshal.dumps(found))
