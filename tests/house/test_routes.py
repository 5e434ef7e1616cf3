"""A route stands in a Chalice app, in the template and in the OpenAPI document, or nowhere."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import sam

OPENAPI = sam.ROOT / "docs" / "openapi.yaml"
HTTP = sorted(name for name, function in sam.functions().items() if sam.routes(function))
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


def chalice_routes(function: sam.Resource) -> set[tuple[str, str]]:
    app = import_module(str(function["Handler"]).rsplit(".", 1)[0]).app
    return {(method, path) for path, methods in app.routes.items() for method in methods}


def openapi_routes(document: Path) -> set[tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = yaml.safe_load(document.read_text())["paths"]
    return {(verb.upper(), path) for path, item in paths.items() for verb in item if verb in METHODS}


@pytest.mark.parametrize("name", HTTP)
def test_template_deploys_the_routes_of_the_app(name: str) -> None:
    assert sam.routes(sam.functions()[name]) == chalice_routes(sam.functions()[name])


def test_openapi_document_describes_the_deployed_routes() -> None:
    deployed = {route for function in sam.functions().values() for route in sam.routes(function)}
    assert openapi_routes(OPENAPI) == deployed


def test_no_route_is_deployed_twice() -> None:
    routes = [route for function in sam.functions().values() for route in sam.routes(function)]
    assert len(routes) == len(set(routes))


def test_a_place_in_a_path_has_one_name() -> None:
    """API Gateway has one node for `{school}` and refuses a second name at the same place."""
    names: dict[str, str] = {}
    for function in sam.functions().values():
        for _, path in sam.routes(function):
            place = ""
            for part in path.strip("/").split("/"):
                if part.startswith("{"):
                    assert names.setdefault(place, part) == part, path
                    part = "{}"  # noqa: PLW2901  the same place under any name
                place += "/" + part
