"""Cuts botocore's data to what is called: a client is made in a third of the time, and the layer stays small.

botocore loads the description of a whole service (DynamoDB: 58 operations) to call one of its operations, and the addresses of
all services to find one. What is left here is the same text with the rest taken out: operations that are not called, shapes that
these do not reach, documentation, other services. So it is with the certificate authorities (roots.py). Of the code, modules that
are loaded and not used are replaced whole by those of stand_ins, which have the few names that are asked for; nothing is edited.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from operations import OF_BOTOCORE, OPERATIONS
from roots import only_amazons

STAND_INS = Path(__file__).parent / "stand_ins"
ENDPOINTS = {"dynamodb", "kms", "s3", "email", "sns", "sqs"}
"""The services as endpoints.json names them."""
CHALICE = {"__init__.py", "app.py"}
"""At run time Chalice is these two; the rest is its command line."""


def remove(path: Path) -> None:
    """Removes a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def cut(botocore: Path) -> None:
    """Cut the data of an installed botocore."""
    data = botocore / "data"
    for folder in (path for path in data.iterdir() if path.is_dir()):
        if folder.name not in OPERATIONS:
            shutil.rmtree(folder)
            continue
        *older, newest = sorted(folder.iterdir())
        for version in older:
            shutil.rmtree(version)
        _cut_service(newest, {*OPERATIONS[folder.name], *OF_BOTOCORE.get(folder.name, ())})
    endpoints = data / "endpoints.json"
    known = json.loads(endpoints.read_text())
    for partition in known["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in ENDPOINTS}
    _write(endpoints, _text(known))
    roots = botocore / "cacert.pem"
    _write(roots, only_amazons(roots.read_text("utf-8")))


def stand_in(packages: Path) -> None:
    """Put each module of stand_ins where the installed one is."""
    for path in STAND_INS.rglob("*.py"):
        there = packages / path.relative_to(STAND_INS)
        if not (packages / there.relative_to(packages).parts[0]).is_dir():
            raise SystemExit(f"{there.relative_to(packages)} stands in for nothing")
        there.parent.mkdir(parents=True, exist_ok=True)
        _write(there, path.read_text("utf-8"))


def _cut_service(version: Path, operations: set[str]) -> None:
    for path in version.iterdir():
        if path.name.startswith(("examples-", "waiters-", "paginators-")):
            path.unlink()
        elif path.name.endswith(".json.gz"):
            given = json.loads(gzip.decompress(path.read_bytes()))
            model = _model(given, operations) if path.name.startswith("service-") else _plain(given)
            _write(path.with_suffix(""), _text(model))
            path.unlink()


def _model(model: dict[str, Any], operations: set[str]) -> dict[str, Any]:
    missing = operations - model["operations"].keys()
    if missing:
        raise SystemExit(f"botocore knows no {', '.join(sorted(missing))}")
    kept = {name: model["operations"][name] for name in sorted(operations)}
    reached: set[str] = set()
    waiting = list(_shapes(kept))
    while waiting:
        shape = waiting.pop()
        if shape not in reached:
            reached.add(shape)
            waiting += _shapes(model["shapes"][shape])
    shapes = {name: shape for name, shape in model["shapes"].items() if name in reached}
    return _plain({**model, "operations": kept, "shapes": shapes})  # type: ignore[no-any-return]


def _shapes(value: Any) -> Iterator[str]:
    """The shapes that a part of a model names."""
    if isinstance(value, Mapping):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for each in value.values():
            yield from _shapes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _shapes(each)


def _plain(value: Any) -> Any:
    """The same with empty documentation: botocore asks for some of it by name."""
    if isinstance(value, dict):
        return {name: "" if name == "documentation" and isinstance(each, str) else _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _write(path: Path, text: str) -> None:
    """Write a new file: the one that was installed may be a link to the installer's cache, which other environments share."""
    path.unlink(missing_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    packages = Path(sys.argv[1])
    for path in (packages / "chalice").iterdir():
        if path.name not in CHALICE:
            remove(path)
    cut(packages / "botocore")
    stand_in(packages)
