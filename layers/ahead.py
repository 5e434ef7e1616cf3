"""Compiles once, in the build, what each cold start of a layer or function would compile: regular expressions and dataclasses.

`python -IS ahead.py FOLDER [SOURCES ...] [--packages NAME ...]` imports every module below FOLDER (or of these folders in it), as
a start does, and keeps what Python compiles meanwhile. FOLDER/ahead.bin, or FOLDER/ahead.packages.bin for the libraries, which
Lambda puts into the same folder as the domain, then holds

- what `re` made of each pattern, Python's own among them: a pattern costs its module 0.1 to 5 million instructions;
- the code of the methods that `@dataclass` writes as source for each class, four million instructions a class.

At run time `start/ahead.py` hands this out. The same library makes the same patterns and classes of it; what is not in a file is
compiled as always, as everything is in development. The libraries of a layer, which may be made for another
processor, are stood in for; tests say that nothing of ours is missing in the files. Run it with the runtime's own minor version.
"""
# ruff: noqa: E402 - what Python's own modules compile while they are loaded is wanted too, so patterns are kept from here on

import _sre
import marshal
import re
import sys
from re import _compiler  # type: ignore[attr-defined]
from typing import Any

PATTERNS: dict[tuple[str | bytes, int], bytes] = {}
"""What the compiler of regular expressions has handed to `_sre.compile`, by the pattern and the flags that it was given."""


class _Sre:
    """The module `_sre`, which says what it was given last."""

    given: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_sre, name)

    def compile(self, *given: Any) -> Any:
        self.given = given
        return _sre.compile(*given)


def _keep_patterns() -> None:
    sre, compiled = _Sre(), _compiler.compile

    def keep(pattern: Any, flags: int = 0) -> Any:
        made = compiled(pattern, flags)
        if type(pattern) in {str, bytes} and not flags & re.DEBUG:
            given, flags_of_it, code, *more = sre.given
            PATTERNS[pattern, int(flags)] = marshal.dumps((given, int(flags_of_it), [int(each) for each in code], *more))
        return made

    _compiler._sre, _compiler.compile = sre, keep  # noqa: SLF001 - the name by which it knows that module


if __name__ == "__main__":
    _keep_patterns()

import argparse
import ast
import dataclasses
import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType


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
    """The last finder: a module that is looked for here is nowhere."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> ModuleSpec:
        return ModuleSpec(name, _StandIns, is_package=True)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    @staticmethod
    def exec_module(_: ModuleType) -> None: ...


def methods(folder: Path, sources: Sequence[str], packages: set[str]) -> dict[bytes, bytes]:
    """Import all modules of packages; the code of all methods of their dataclasses, by the digest of its source."""
    kept: dict[bytes, bytes] = {}
    tops = {name.partition("/")[0] for name in packages}

    def keep(source: str, module: dict[str, Any], made: dict[str, Any]) -> None:
        code: CodeType = compile(source, "<string>", "exec", dont_inherit=True)
        if str(module["__name__"]).partition(".")[0] in tops:
            kept[hashlib.blake2b(source.encode(), digest_size=16).digest()] = marshal.dumps(code)
        exec(code, module, made)  # noqa: S102 - what dataclasses does itself

    sys.path[:0] = [str(folder), *sources]
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
    return kept


@contextmanager
def standing_in() -> Iterator[None]:
    """While this holds, a package that is not here is stood in for."""
    sys.meta_path.append(_StandIns)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.meta_path.remove(_StandIns)  # type: ignore[arg-type]


_OF_PYTHON = ("encodings.idna", "platform")
"""Python's own modules that a first call loads, or whose functions have patterns that it needs."""
_FLAGS_AT = {"compile": 0, "findall": 1, "finditer": 1, "fullmatch": 1, "match": 1, "search": 1, "split": 2, "sub": 3, "subn": 3}
"""Functions of `re`, and which argument after the pattern is its flags, unless it has a name."""


def patterns_in(source: str) -> None:
    """Compile what the code of a module compiles when it is called: patterns that are written where they are used."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), name), [ast.Constant(str() | bytes() as pattern), *more], named) if (
                name in _FLAGS_AT
            ):
                at = _FLAGS_AT[name]
                flags = [more[at]] if len(more) > at else [each.value for each in named if each.arg == "flags"]
                with suppress(Exception):  # flags that are a name of the module's own, or what is no flag
                    re.compile(pattern, eval(ast.unparse(flags[0]), {"re": re}) if flags else 0)  # noqa: S307 - as it runs


def main() -> None:
    """Write the file of a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("sources", nargs="*")
    parser.add_argument("--packages", nargs="+")
    asked = parser.parse_args()
    packages = set(asked.packages or (path.parent.name for path in asked.folder.glob("*/__init__.py")))
    # Libraries look themselves for what they can do without.
    with nullcontext() if asked.packages else standing_in():
        made = methods(asked.folder, asked.sources, packages)
    later = [path for name in packages for path in sorted((asked.folder / name).rglob("*.py"))]
    for each in (*later, *(Path(str(importlib.import_module(name).__file__)) for name in _OF_PYTHON)):
        patterns_in(each.read_text("utf-8"))
    file = asked.folder / ("ahead.packages.bin" if asked.packages else "ahead.bin")
    # The numbers of the bytecode and of the matcher's code stand in front: code of another Python is not used.
    number = importlib.util.MAGIC_NUMBER + _sre.MAGIC.to_bytes(4, "little")
    file.write_bytes(number + marshal.dumps((made, PATTERNS)))


if __name__ == "__main__":
    main()
