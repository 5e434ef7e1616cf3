"""Patterns and methods of dataclasses that the build compiles (layers/ahead.py, start/ahead.py): the same ones, sooner."""

import dataclasses
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from start.ahead import FILES, use_ahead
from tests.support.sam import ROOT

DOMAIN, FUNCTIONS = ROOT / "layers" / "domain", ROOT / "functions"
LOOK = """
import dataclasses, importlib, inspect, json, re, sys
from pathlib import Path
from start.ahead import use_ahead

compiled = []
kept, patterns = use_ahead(sys.argv[1:])
handed = getattr(dataclasses, "exec", exec)


def watched(source, module, made):
    before = len(told)
    handed(source, module, made)
    if len(told) > before:
        compiled.append(module["__name__"])


def seen(code):
    of = (code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_flags, code.co_name)
    return repr((*of, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_firstlineno))


told = []
sys.addaudithook(lambda event, about: told.append(1) if event == "compile" else None)
dataclasses.exec = watched
classes, parsed = {}, []
real = re._parser.parse


def parse(pattern, *more):
    frame = sys._getframe()
    while frame and frame.f_globals["__name__"].split(".")[0] in {"__main__", "re", "start"}:
        frame = frame.f_back
    if frame and frame.f_globals["__name__"].split(".")[0] in {"latchkey", "web", "console", "portal", "worker"}:
        parsed.append([frame.f_globals["__name__"], repr(pattern)])
    return real(pattern, *more)


re._parser.parse = parse
for root in (ROOTS):
    for path in sorted(Path(root).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] in {"latchkey", "web", "console", "portal", "worker"} and parts[-1] != "start":
            module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
            for each in vars(module).values():
                if isinstance(each, type) and each.__module__ == module.__name__ and dataclasses.is_dataclass(each):
                    classes[f"{module.__name__}.{each.__qualname__}"] = {
                        "methods": {
                            name: seen(inspect.unwrap(value).__code__)
                            for name, value in sorted(vars(each).items())
                            if inspect.isfunction(value) and value.__code__.co_filename == "<string>"
                        },
                        "names": sorted(vars(each)),
                        "fields": [[field.name, repr(field.type), field.kw_only] for field in dataclasses.fields(each)],
                        "parameters": repr(each.__dataclass_params__),
                        "signature": re.sub(" at 0x[0-9a-f]+", "", str(inspect.signature(each))),
                    }
ours = [name for name in compiled if name.split(".")[0] in {"latchkey", "web", "console", "portal", "worker"}]
print(json.dumps({"classes": classes, "compiled": ours, "kept": kept, "parsed": parsed, "patterns": patterns}, default=str))
"""


def looked_at(*folders: Path) -> dict[str, Any]:
    """What a fresh interpreter sees of all our dataclasses, with these folders' compiled methods."""
    script = LOOK.replace("(ROOTS)", repr((str(DOMAIN), str(FUNCTIONS))))
    done = subprocess.run([sys.executable, "-c", script, *map(str, folders)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def built(folder: Path, of: Path, packages: tuple[str, ...], *sources: Path) -> Path:
    """A folder of the build, as the Makefiles make it, by an interpreter that has no packages."""
    for package in packages:
        shutil.copytree(of / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-IS", str(ROOT / "layers" / "ahead.py"), str(folder), *map(str, sources)]
    subprocess.run(command, check=True)
    return folder


def test_every_class_is_the_same_and_none_is_compiled_at_run_time(tmp_path: Path) -> None:
    domain = built(tmp_path / "domain", DOMAIN, ("latchkey",))
    functions = built(tmp_path / "functions", FUNCTIONS, ("web", "console", "portal", "worker", "measure"), DOMAIN)
    plain, made = looked_at(), looked_at(domain, functions)
    assert len(plain["classes"]) > 250
    assert made["classes"] == plain["classes"]
    assert (len(plain["compiled"]) > 250, made["compiled"]) == (True, [])
    assert (len(plain["parsed"]) > 100, made["parsed"]) == (True, [])


SAME = """
import marshal, re, sys
from start.ahead import FILES, _NUMBER, use_ahead

compiled = re._compiler.compile
use_ahead(sys.argv[1:])
patterns = marshal.loads(open(f"{sys.argv[1]}/{FILES[0]}", "rb").read()[len(_NUMBER):])[1]
for pattern, flags in patterns:
    handed, made = re._compiler.compile(pattern, flags), compiled(pattern, flags)
    of = [(type(each.pattern), each.pattern, each.flags, each.groups, dict(each.groupindex)) for each in (handed, made)]
    assert handed == made and of[0] == of[1], (pattern, flags)
print(len(patterns), re.compile("never (seen)( before)?", re.I).fullmatch("Never seen").groups())
"""


def test_every_pattern_handed_out_is_the_one_that_python_compiles(tmp_path: Path) -> None:
    folder = built(tmp_path / "functions", FUNCTIONS, ("web", "console", "portal", "worker", "measure"), DOMAIN)
    found = subprocess.check_output([sys.executable, "-c", SAME, str(folder)], text=True, env={**os.environ, "PYTHONPATH": ""})
    assert int(found.split()[0]) > 100
    assert found.split(maxsplit=1)[1].strip() == "('seen', None)"


SAMPLE = """
import dataclasses
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    name: str
    tags: tuple[str, ...] = ()
    kept: list[int] = field(default_factory=list, repr=False, compare=False)


@dataclass(slots=True, order=True)
class Ordered:
    KIND: ClassVar[str] = "x"
    place: int
    word: str = "a"

    def __repr__(self) -> str:
        return f"<{self.place}>"


@dataclass(frozen=True)
class Based:
    name: str


@dataclass(frozen=True)
class Below(Based):
    more: int = 1
"""
USE = """
import copy, dataclasses, json, pickle, sys
from start.ahead import use_ahead
sys.path.insert(0, sys.argv[1])
kept, _ = use_ahead(sys.argv[2:])
from sample import models as m

one, two = m.Frozen(name="a", tags=("x",)), m.Frozen(name="a", tags=("x",), kept=[1])
def refused(work):
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps([
    kept > 0,
    repr(one), one == two, one != m.Based("a"), hash(one) == hash(two),
    repr(dataclasses.replace(one, name="b")), dataclasses.asdict(two), dataclasses.astuple(m.Below("n", 2)),
    [each.name for each in dataclasses.fields(m.Below)], m.Below.__match_args__, m.Frozen.__match_args__,
    pickle.loads(pickle.dumps(two)) == two, repr(copy.copy(m.Ordered(1))),
    [(each.place, each.word) for each in sorted([m.Ordered(2), m.Ordered(1, "b"), m.Ordered(1)])],
    refused(lambda: setattr(one, "name", "c")), refused(lambda: delattr(one, "name")), refused(lambda: m.Frozen("a")),
    refused(lambda: m.Frozen()), refused(lambda: m.Ordered(1) < 3), refused(lambda: object.__setattr__(one, "other", 1)),
    refused(lambda: hash(m.Ordered(1))), hasattr(one, "__dict__"), m.Frozen.__slots__, m.Ordered.KIND, m.Frozen(name="x").kept,
]))
"""


def test_they_compare_show_copy_pickle_and_refuse_as_ever(tmp_path: Path) -> None:
    (tmp_path / "source" / "sample").mkdir(parents=True)
    (tmp_path / "source" / "sample" / "__init__.py").touch()
    (tmp_path / "source" / "sample" / "models.py").write_text(SAMPLE)
    folder = built(tmp_path / "built", tmp_path / "source", ("sample",))
    said = [
        json.loads(subprocess.check_output([sys.executable, "-c", USE, str(folder), *kept], text=True))
        for kept in ([], [str(folder)])
    ]
    assert (said[0][0], said[1][0]) == (False, True)
    assert said[0][1:] == said[1][1:]


def test_a_module_that_cannot_be_loaded_without_its_packages_does_not_stop_the_build(tmp_path: Path) -> None:
    (tmp_path / "source" / "sample").mkdir(parents=True)
    (tmp_path / "source" / "sample" / "__init__.py").touch()
    (tmp_path / "source" / "sample" / "models.py").write_text(f"import not_here\n{SAMPLE}\nint(not_here.number)\n")
    folder = built(tmp_path / "built", tmp_path / "source", ("sample",))
    assert (folder / FILES[0]).stat().st_size > 1_000


@pytest.mark.parametrize("content", [None, b"\x00\x00\r\n" + b"not marshal"])
def test_without_a_file_or_with_that_of_another_python_everything_is_compiled_as_always(
    tmp_path: Path, content: bytes | None
) -> None:
    assert not content or content[:4] != importlib.util.MAGIC_NUMBER
    if content is not None:
        (tmp_path / FILES[0]).write_bytes(content)
    compiler = re._compiler.compile
    assert use_ahead([str(tmp_path), str(tmp_path / "nowhere.zip")]) == (0, 0)
    assert not hasattr(dataclasses, "exec")
    assert re._compiler.compile is compiler
