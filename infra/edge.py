"""The edge: plays CloudFront in front of the local API Gateway.

It adds the stage's path, proves with a secret header that a request came through it, says who the viewer is,
and puts the security headers on answers that lack them (gateway errors, its own errors). Everything else
passes through as it is: bodies are streamed, Set-Cookie lists stay lists.

A thread for each connection, from the standard library: MiniStack needs 50 ms for an invocation, so the edge's
one millisecond does not show, and there is nothing to install or to keep up to date.

`python -m infra.edge CONFIG` runs it; CONFIG is a JSON file {"port", "upstream_port", "api_path", "secret"}.
"""

import argparse
import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

LARGEST_BODY = 10 * 1024 * 1024  # API Gateway's limit
SECRET_HEADER = "x-latchkey-origin"  # noqa: S105 - the name of a header
VIEWER_HEADER = "x-latchkey-viewer"
# What CloudFront's response headers policy adds where the function said nothing; HSTS only on https, which this is not.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_CHUNK = 64 * 1024
_UPSTREAM_PATIENCE = 35.0  # API Gateway gives a function 29 s
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"} | {
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# Only a CDN may say these; what a client says about itself is dropped.
_OURS = ("cloudfront-", "x-forwarded-", "x-amz-cf-", SECRET_HEADER, VIEWER_HEADER)
_OURS_EXACT = frozenset({"forwarded", "via", "x-real-ip", "host", "content-length", "expect"})


@dataclass(frozen=True)
class Config:
    """Where the edge listens, what it stands in front of, and the secret that only it and the functions know."""

    port: int
    upstream_port: int
    api_path: str
    secret: str


class Refused(Exception):
    """The edge answers by itself: a status and a plain sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Edge(ThreadingHTTPServer):
    """The server; one thread for each connection, any number of requests on it."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, config: Config, log: TextIO) -> None:
        self.config = config
        self.log = log
        super().__init__(("127.0.0.1", config.port), Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not an error; anything else is named, without its text."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"edge: {type(error).__name__} while serving a request", file=self.log, flush=True)


class Connection(BaseHTTPRequestHandler):
    """One client's connection, and with it one to the API."""

    protocol_version = "HTTP/1.1"
    timeout = 75
    server: Edge

    def setup(self) -> None:
        """Answers are small and wanted at once, so no waiting for more to send."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.upstream = HTTPConnection("127.0.0.1", self.server.config.upstream_port, timeout=_UPSTREAM_PATIENCE)

    def finish(self) -> None:
        """The client has gone."""
        self.upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def forward(self) -> None:
        """One request: on to the API, its answer back."""
        started = time.monotonic()
        status = 0
        try:
            length = self._body_length()
            response = self._ask(length)
            status = response.status
            self._pass_on(response)
        except Refused as refused:
            status = refused.status
            self._refuse(refused)
        finally:
            took = (time.monotonic() - started) * 1000
            path = urlsplit(self.path).path  # never the query string: it may say who asks
            print(f"{self.command} {path} {int(status)} {took:.0f} ms", file=self.server.log, flush=True)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815 - http.server looks for these names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the request line or headers already make impossible."""
        self._refuse(Refused(HTTPStatus(code), "The request could not be understood."))

    def log_message(self, *_: object) -> None:
        """Nothing: `forward` writes its own line, without query strings."""

    def _body_length(self) -> int | None:
        """The length of the body; None for one sent in chunks. Refuses what is too long or ambiguous."""
        lengths = self.headers.get_all("Content-Length", [])
        encodings = self.headers.get_all("Transfer-Encoding", [])
        if encodings:
            if lengths or [e.strip().lower() for e in encodings] != ["chunked"]:
                raise Refused(HTTPStatus.BAD_REQUEST, "The length of the request is not clear.")
            return None
        if len(lengths) > 1 or not all(value.isascii() and value.isdigit() for value in lengths):
            raise Refused(HTTPStatus.BAD_REQUEST, "The length of the request is not clear.")
        length = int(lengths[0]) if lengths else 0
        if length > LARGEST_BODY:
            raise _too_large()
        return length

    def _ask(self, length: int | None) -> HTTPResponse:
        if not self.path.startswith("/"):
            raise Refused(HTTPStatus.BAD_REQUEST, "The request could not be understood.")
        self._drop_stale_upstream()
        try:
            upstream = self.upstream
            upstream.putrequest(self.command, self.server.config.api_path + self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._forwarded_headers():
                upstream.putheader(name, value)
            if length is None:
                upstream.putheader("Transfer-Encoding", "chunked")
            elif length or self.command in {"POST", "PUT", "PATCH"}:
                upstream.putheader("Content-Length", str(length))
            upstream.endheaders()
            for piece in self._read_chunks() if length is None else self._read(length):
                upstream.send(b"%x\r\n%b\r\n" % (len(piece), piece) if length is None else piece)
            if length is None:
                upstream.send(b"0\r\n\r\n")
            return upstream.getresponse()
        except TimeoutError as error:
            self.upstream.close()
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, "Latchkey took too long to answer. Try again.") from error
        except (OSError, HTTPException) as error:
            self.upstream.close()
            raise Refused(HTTPStatus.BAD_GATEWAY, "Latchkey does not answer at the moment. Try again in a minute.") from error

    def _drop_stale_upstream(self) -> None:
        """An idle connection that the API closed is readable (its end can be read): open a new one."""
        idle = self.upstream.sock
        if idle is not None and select.select([idle], [], [], 0)[0]:
            self.upstream.close()

    def _forwarded_headers(self) -> Iterator[tuple[str, str]]:
        named_hops = {token.strip().lower() for value in self.headers.get_all("Connection", []) for token in value.split(",")}
        for name, value in self.headers.items():
            lower = name.lower()
            if lower not in _HOP_BY_HOP | named_hops | _OURS_EXACT and not lower.startswith(_OURS):
                yield name, value
        ip = self.client_address[0]
        yield "Host", f"127.0.0.1:{self.server.config.upstream_port}"
        yield "X-Forwarded-For", ip
        yield VIEWER_HEADER, ip
        yield SECRET_HEADER, self.server.config.secret

    def _read(self, length: int) -> Iterator[bytes]:
        while length:
            piece = self.rfile.read(min(length, _CHUNK))
            if not piece:
                self.close_connection = True
                raise Refused(HTTPStatus.BAD_REQUEST, "The request ended too early.")
            length -= len(piece)
            yield piece

    def _read_chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size_text = self.rfile.readline(1024).partition(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError as error:
                self.close_connection = True
                raise Refused(HTTPStatus.BAD_REQUEST, "The request could not be understood.") from error
            total += size
            if size < 0 or total > LARGEST_BODY:
                raise _too_large()
            if size == 0:
                while self.rfile.readline(8192).strip():
                    pass
                return
            yield from self._read(size)
            self.rfile.readline(8)

    def _pass_on(self, response: HTTPResponse) -> None:
        self.send_response_only(response.status)
        present = set()
        for name, value in response.getheaders():
            lower = name.lower()
            if lower not in _HOP_BY_HOP:
                present.add(lower)
                self.send_header(name, value)
        self._send_security_headers(present)
        bare = self.command == "HEAD" or response.status in {204, 304} or response.status < 200
        unframed = not bare and "content-length" not in present
        if unframed:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        while piece := response.read(_CHUNK):
            if not bare:
                self.wfile.write(piece)

    def _refuse(self, refused: Refused) -> None:
        """The edge's own answer, as a problem (RFC 9457) or as a page; what is left of the request is not read."""
        self.upstream.close()
        self.close_connection = True
        headers = getattr(self, "headers", None)
        accepts = (headers.get("Accept", "") if headers else "").lower()
        title = refused.status.phrase
        if "text/html" in accepts:
            kind = "text/html; charset=utf-8"
            body = (
                f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
                f'<meta name="viewport" content="width=device-width"><h1>{title}</h1><p>{refused.sentence}</p></html>\n'
            ).encode()
        else:
            kind = "application/problem+json"
            body = json.dumps({"title": title, "status": int(refused.status), "detail": refused.sentence}).encode()
        self.send_response_only(refused.status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self._send_security_headers(set())
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_security_headers(self, present: set[str]) -> None:
        for name, value in SECURITY_HEADERS.items():
            if name.lower() not in present:
                self.send_header(name, value)


def _too_large() -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large: at most 10 MB.")


def serve(config: Config) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    edge = Edge(config, sys.stdout)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=edge.shutdown).start())
    with contextlib.suppress(KeyboardInterrupt):
        edge.serve_forever(poll_interval=0.1)
    os._exit(0)  # open connections of idle browsers hold nothing worth waiting for


def main() -> None:
    """Read the config file and serve."""
    parser = argparse.ArgumentParser(prog="python -m infra.edge", description="Play CloudFront before the local API.")
    parser.add_argument("config", type=Path, help='JSON file {"port", "upstream_port", "api_path", "secret"}')
    serve(Config(**json.loads(parser.parse_args().config.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
