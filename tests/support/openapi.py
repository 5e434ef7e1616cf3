"""docs/openapi.yaml as a check of answers: what it does not describe is as wrong as what it describes otherwise."""

import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.support.sam import ROOT

OPENAPI = ROOT / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@cache
def written() -> dict[str, Any]:
    """The document as it stands. Who changes it copies it first."""
    read: dict[str, Any] = yaml.load(OPENAPI.read_text(), yaml.CSafeLoader)
    return read


@cache
def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """``(method, path, operation)`` of everything that the document describes, in its order."""
    paths: dict[str, dict[str, Any]] = written()["paths"]
    return [(method, path, item[method]) for path, item in paths.items() for method in item if method in METHODS]


@cache
def document() -> dict[str, Any]:
    """The document, in which objects that say nothing of other fields have none."""
    read = deepcopy(written())
    _close(read, deepcopy(read["components"]["schemas"]))
    return read


def _close(part: Any, schemas: dict[str, Any], *, open_: bool = False) -> None:
    if isinstance(part, list):
        for each in part:
            _close(each, schemas)
        return
    if not isinstance(part, dict):
        return
    if "allOf" in part:
        part["unevaluatedProperties"] = False
    elif isinstance(part.get("properties"), dict) and "type" in part and not open_:
        part.setdefault("additionalProperties", False)
    for name, each in part.items():
        if name == "allOf":
            # A schema that is closed where it stands alone is a part of the whole here.
            each[:] = [deepcopy(schemas[one["$ref"].rpartition("/")[2]]) if "$ref" in one else one for one in each]
            for one in each:
                _close(one, schemas, open_=True)
        else:
            _close(each, schemas)


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


def described(method: str, path: str, answer: Any) -> None:
    """Hold any answer to an operation, named by the path of the document, to it: status, Content-Type and JSON."""
    found = document()["paths"][path][method]["responses"].get(str(answer.status_code))
    where = f"{method.upper()} {path} answered {answer.status_code}"
    assert found is not None, f"{where}, which docs/openapi.yaml does not describe: {answer.body[:300]!r}"
    content = _resolved(found).get("content", {})
    kind = str(answer.headers.get("Content-Type", "")).partition(";")[0]
    if answer.body or content:
        assert kind in content, (
            f"{where} with {kind or 'no Content-Type'}, and docs/openapi.yaml has {', '.join(content) or 'none'}"
        )
    if kind.endswith("json"):
        schema = {**content[kind]["schema"], "components": document()["components"]}
        wrong = [
            f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(json.loads(answer.body))
        ]
        assert not wrong, f"{where}: {wrong}"


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
