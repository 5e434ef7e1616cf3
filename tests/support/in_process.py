"""Both apps behind one origin for ``requests``, in the process: each goes to the app that the template gives its path."""

import io
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from console.app import app as console_app
from federate.app import app as federate_app
from portal.app import app as portal_app
from saml.app import app as saml_app
from tests.support.gateway import answer, proxy_event
from web.app import App


def app_of(path: str) -> App:
    """The app whose function API Gateway asks for a path."""
    if path == "/admin" or path.startswith("/admin/"):
        return console_app
    if path == "/sso/saml" or path.startswith("/sso/saml/"):
        return saml_app
    parts = path.split("/")
    is_federate = path.startswith("/sso/") or (parts[1] == "schools" and parts[3:4] == ["sso"] and len(parts) > 4)
    return federate_app if is_federate else portal_app


class InProcess(BaseAdapter):
    """Mount it for an origin. Every request comes from another address, so no limit by address is met by accident."""

    def __init__(self) -> None:
        super().__init__()
        self._addresses = count(1)

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """The answer of the app, as ``requests`` shows what came over a connection."""
        parts = urlsplit(str(request.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        app = app_of(parts.path)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        event = proxy_event(app, str(request.method), target, dict(request.headers), body)
        number = next(self._addresses)
        event["requestContext"]["identity"]["sourceIp"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        found = answer(app, event)
        made = Response()
        made.status_code = found.status_code
        made.headers = CaseInsensitiveDict(found.headers)
        made.raw = HTTPResponse(io.BytesIO(found.body), dict(found.headers), found.status_code, preload_content=False)
        made.request, made.url = request, str(request.url)
        return made

    def close(self) -> None:
        """Nothing is open."""
