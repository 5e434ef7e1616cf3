"""An edge for tests: before something that stands for API Gateway, by the rules of template.yaml or by others."""

import copy
import http.client
import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.edge.cache import Answer, Cache
from infra.edge.connection import Site
from infra.edge.distribution import distribution, resources
from infra.edge.server import Edge
from tests.support.sam import ROOT

RULES: dict[str, Any] = resources(ROOT / "template.yaml")
STAGE = "/_aws/execute-api/abc/live"


def rules(change: Any) -> dict[str, Any]:
    """The template's rules, changed."""
    changed = copy.deepcopy(RULES)
    change(changed)
    return changed


def config(found: dict[str, Any]) -> dict[str, Any]:
    """The distribution's configuration among CloudFront resources."""
    return dict(found["Distribution"]["Properties"])["DistributionConfig"]  # type: ignore[no-any-return]


class Api(BaseHTTPRequestHandler):
    """Stands for API Gateway: answers with what it was asked, and as the header X-Answer tells it to."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Read the request whole and answer."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            size = 0
            while piece := int(self.rfile.readline() or b"0", 16):  # the edge hangs up on what it refuses half-way
                size += len(self.rfile.read(piece))
                self.rfile.readline()
            self.rfile.readline()
        else:
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path.endswith("/hang-up"):
            self.close_connection = True
            return
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        asked = {"method": self.command, "path": self.path, "headers": self.headers.items(), "body": size}
        body = json.dumps(asked).encode()
        status, said = self.server.said  # type: ignore[attr-defined]
        self.send_response(204 if self.path.endswith("/nothing") else status)
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT")
        self.send_header("Content-Type", "image/png" if self.path.endswith("/picture") else "application/json")
        if self.path.endswith("/packed"):
            self.send_header("Content-Encoding", "identity")
        if said:
            self.send_header("Cache-Control", said)
        if self.path.endswith("/framed"):
            self.send_header("X-Frame-Options", "SAMEORIGIN")
            self.send_header("Content-Security-Policy", "default-src 'self'")
        if not self.path.endswith("/nothing"):
            self.send_header("Content-Length", str(len(body)))
        if self.path.endswith("/last"):
            self.close_connection = True  # without saying so: the edge finds a dead connection next time
        self.end_headers()
        if self.command != "HEAD" and not self.path.endswith("/nothing"):
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Upstream(ThreadingHTTPServer):
    """``said``: the status and the Cache-Control of every answer; ``seen``: the paths asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.said: tuple[int, str] = (200, "")
        self.seen: list[str] = []

    def handle_error(self, *_: object) -> None:
        """An edge that hangs up half-way is what some tests are about."""


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """The port of a server that serves meanwhile."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class Copies:
    """The bucket of copies, as a mapping."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = pages

    def get(self, path: str) -> Answer:
        """The copy, or what S3 says of what it does not have."""
        body = self.pages.get(path)
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body or b"")))]
        return Answer(200 if body is not None else 403, headers, body or b"")


def site(upstream: int, log: io.StringIO | None = None, found: Mapping[str, Any] = RULES, **more: Any) -> Site:
    """What an edge before this port works with."""
    given: dict[str, Any] = {"cache": Cache(), "copies": None, **more}
    return Site(upstream, STAGE, "hush", distribution(found), given["cache"], given["copies"], log or io.StringIO())


@contextmanager
def edge(made: Site, host: str = "127.0.0.1") -> Iterator[int]:
    """The port of an edge."""
    with running(Edge(made, host, 0)) as port:
        yield port


def ask(
    port: int, method: str = "GET", path: str = "/x", *, host: str = "127.0.0.1", **more: Any
) -> tuple[http.client.HTTPResponse, bytes]:
    """One request on a connection of its own."""
    with closing(http.client.HTTPConnection(host, port, timeout=10)) as connection:
        connection.request(method, path, **more)
        response = connection.getresponse()
        return response, response.read()


def seen(body: bytes) -> dict[str, list[str]]:
    """The headers that reached the API."""
    found: dict[str, list[str]] = {}
    for name, value in json.loads(body)["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found
