"""docs/openapi.yaml as a check of answers: what it does not describe is as wrong as what it describes otherwise."""

import json
import re
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.support.sam import ROOT

OPENAPI = ROOT / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@cache
def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """``(method, path, operation)`` of everything that the document describes, in its order."""
    paths: dict[str, dict[str, Any]] = yaml.safe_load(OPENAPI.read_text())["paths"]
    return [(method, path, item[method]) for path, item in paths.items() for method in item if method in METHODS]


@cache
def document() -> dict[str, Any]:
    """The document, in which objects that say nothing of other fields have none."""
    read: dict[str, Any] = yaml.safe_load(OPENAPI.read_text())
    _close(read)
    return read


def _close(part: Any, *, open_: bool = False) -> None:
    if isinstance(part, list):
        for each in part:
            _close(each)
        return
    if not isinstance(part, dict):
        return
    if "allOf" in part:
        part["unevaluatedProperties"] = False
    elif isinstance(part.get("properties"), dict) and "type" in part and not open_:
        part.setdefault("additionalProperties", False)
    for name, each in part.items():
        if name == "allOf":
            for one in each:
                _close(one, open_=True)
        else:
            _close(each)


def check(method: str, path: str, answer: Any) -> Any:
    """Hold a JSON answer (of chalice.test) to the document; its body."""
    kind = str(answer.headers["Content-Type"]).partition(";")[0]
    body = json.loads(answer.body)
    found = _operation(method, path.partition("?")[0])["responses"].get(str(answer.status_code))
    assert found is not None, f"{method} {path} answered {answer.status_code}, which is not described"
    schema = {**_resolved(found)["content"][kind]["schema"], "components": document()["components"]}
    wrong = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]
    assert not wrong, f"{method} {path}: {wrong}"
    return body


def _operation(method: str, path: str) -> dict[str, Any]:
    paths = document()["paths"]
    for template in sorted(paths, key=lambda each: each.count("{")):  # the literal path before the one with a place
        pattern = re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method in paths[template]:
            return dict(paths[template][method])
    raise AssertionError(f"{method} {path} is not described")


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
