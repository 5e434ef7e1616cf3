"""API Gateway as chalice.test's client sees it: one proxy resource for each function, every path handed on as it stands."""

import base64
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from chalice.config import Config
from chalice.local import LambdaContext
from chalice.test import HTTPResponse, TestHTTPClient

from tests.support import sam
from web.app import App

STAGE = "live"


def proxy_event(
    app: App, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> dict[str, Any]:
    """The event (REST API, payload 1.0) of a request to an app, through the proxy resource that the template gives it."""
    path, _, query = target.partition("?")
    resource = _resource(app.app_name, path)
    asked = parse_qs(query, keep_blank_values=True)
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in asked.items()} or None,
        "multiValueQueryStringParameters": asked or None,
        "pathParameters": _parameters(resource, path),
        "stageVariables": {},
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/{STAGE}{path}",
            "stage": STAGE,
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": body.decode("utf-8", errors="replace") if body else None,
        "isBase64Encoded": False,
    }


def _parameters(resource: str, path: str) -> dict[str, str] | None:
    """What stands in the places of a resource."""
    names = [each.strip("{}+") for each in resource.split("/") if each.startswith("{")]
    values = path.split("/", resource.count("/"))
    found = [value for value, each in zip(values, resource.split("/"), strict=True) if each.startswith("{")]
    return dict(zip(names, found, strict=True)) or None


def in_base64(event: dict[str, Any]) -> dict[str, Any]:
    """The same event as API Gateway makes it of a body that it takes for binary."""
    return {**event, "body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}


def answer(app: App, event: dict[str, Any]) -> HTTPResponse:
    """What an app answers to an event."""
    return HTTPResponse.create_from_dict(app(event, LambdaContext(app.app_name, 1024)))


class Gateway(TestHTTPClient):
    """chalice.test's client, whose requests come as they do when the template is deployed."""

    def __init__(self, app: App) -> None:
        super().__init__(app, Config.create())
        self._deployed = app

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> HTTPResponse:
        """The answer to a request."""
        return answer(self._deployed, proxy_event(self._deployed, method.upper(), path, headers, body))


def _resource(app: str, path: str) -> str:
    """The resource of the app's function that a path goes to: its own text, or the most exact one that it fits."""
    fitting = [each for each in _resources(app) if each == path or _pattern(each).fullmatch(path)]
    return max(fitting, key=lambda each: (each == path, len(each)), default="/{proxy+}")


@cache
def _resources(app: str) -> tuple[str, ...]:
    """The resources of an app's function."""
    mine = (each for each in sam.functions().values() if sam.package(each) == app)
    return tuple(resource for each in mine for _, resource in sam.routes(each))


@cache
def _pattern(resource: str) -> re.Pattern[str]:
    """What fits a resource: a place is one part of the path, ``{proxy+}`` all the rest."""
    return re.compile("/".join(_part(each) for each in resource.split("/")), re.DOTALL)


def _part(part: str) -> str:
    if part.startswith("{"):
        return ".+" if part.endswith("+}") else "[^/]+"
    return re.escape(part)
