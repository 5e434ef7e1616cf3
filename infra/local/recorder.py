"""The recorder: stands between the local stack's functions and MiniStack and writes down what IAM would look at.

MiniStack judges less than AWS does, so the end-to-end tests judge the record again (tests/e2e/test_z_permissions.py). A line is
one decision: the access key id of the caller, the operation, and infra/local/calls.py's names; no value of a call. Each
line is written once. Requests and answers pass through as they are, so that signatures stay good.

`python -m infra.local.recorder CONFIG` runs it; CONFIG is a JSON file {"port", "upstream_port", "file"}.
"""

import argparse
import contextlib
import json
import re
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.local.calls import UnknownCall, parts

_PATIENCE: Final = 120.0
_TARGETS: Final = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs"}
_FUNCTION: Final = "(?:arn:aws:lambda:[^:]+:[^:]+:function:)?(?P<name>[^:/]+)(?::[^/]+)?"
_INVOKE: Final = re.compile(f"/2015-03-31/functions/{_FUNCTION}/invocations")
_MAIL: Final = {  # SES's operations: method, path and, where the path names something, the parameter that it is
    "GetAccount": ("GET", re.compile("/v2/email/account")),
    "GetConfigurationSet": ("GET", re.compile("/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)")),
    "GetConfigurationSetEventDestinations": (
        "GET",
        re.compile("/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)/event-destinations"),
    ),
    "GetEmailIdentity": ("GET", re.compile("/v2/email/identities/(?P<EmailIdentity>[^/]+)")),
    "SendBulkEmail": ("POST", re.compile("/v2/email/outbound-bulk-emails")),
}
_FORM_HEAD: Final = 16 * 1024  # a form's fields come before its file


class Recorder(ThreadingHTTPServer):
    """The server; one thread for each connection."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, port: int, upstream_port: int, file: Path) -> None:
        self.upstream_port = upstream_port
        self._file = file
        self._known: set[str] = set(file.read_text().splitlines()) if file.exists() else set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Connection)

    def note(self, lines: list[str]) -> None:
        """Write down what is new of these."""
        with self._lock:
            new = [line for line in dict.fromkeys(lines) if line not in self._known]
            if new:
                self._known.update(new)
                with self._file.open("a") as file:
                    file.write("".join(f"{line}\n" for line in new))

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not an error; anything else is named, without its text."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"recorder: {type(error).__name__} while serving a request", file=sys.stderr, flush=True)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def forward(self) -> None:
        """One request: noted, passed on as it is, and its answer back."""
        if "Transfer-Encoding" in self.headers:
            self.send_error(411)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.note(record(Request(self.command, self.path, headers, body)))
        # A connection for each request: one that is kept may be closed at the other end just as it is used again.
        with contextlib.closing(HTTPConnection("127.0.0.1", self.server.upstream_port, timeout=_PATIENCE)) as upstream:
            try:
                answer = self._ask(upstream, body)
                content = answer.read()
            except (OSError, HTTPException):
                self.send_error(502)
                return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "keep-alive", "transfer-encoding", "content-length"}:
                self.send_header(name, value)
        self.send_header(
            "Content-Length", answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        )
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = forward  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Nothing: paths hold the names of files."""

    def _ask(self, upstream: HTTPConnection, body: bytes) -> HTTPResponse:
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in {"connection", "expect"}:
                upstream.putheader(name, value)
        upstream.endheaders(body or None)
        return upstream.getresponse()


@dataclass
class Request:
    """A request as it came; the names of headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """Where it goes."""
        return unquote(urlsplit(self.target).path)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query string's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form that a browser posts to S3, by names in lower case."""
        if self.method != "POST" or not self.headers.get("content-type", "").startswith("multipart/form-data"):
            return {}
        head = self.body[:_FORM_HEAD].decode("utf-8", "replace")
        return {name.lower(): value for name, value in re.findall(r'name="([\w-]+)"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r]*)\r\n', head)}

    @cached_property
    def asked(self) -> dict[str, str]:
        """The parameters of a call in the query protocol, which SNS speaks: a form with an Action."""
        if self.path != "/" or not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))

    @property
    def service(self) -> str:
        """The service that it was signed for."""
        signed = re.search(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        return signed[1] if signed else ""

    @property
    def signer(self) -> str:
        """The access key id that signed it, in its headers, its query string or its form; empty if nobody did."""
        signed = re.search(r"Credential=([^/]+)/", self.headers.get("authorization", ""))
        return (
            signed[1]
            if signed
            else (self.query.get("X-Amz-Credential") or self.form.get("x-amz-credential", "")).partition("/")[0]
        )


def record(request: Request) -> list[str]:
    """The lines that a request is worth; none if nobody signed it."""
    if not request.signer:
        return []
    operation, values = _operation(request)
    try:
        found = parts(operation, values)
    except UnknownCall:
        return [json.dumps([request.signer, operation])]
    return [json.dumps([request.signer, operation, part.action, part.resource, dict(part.keys)]) for part in found]


def _operation(request: Request) -> tuple[str, dict[str, Any]]:
    service, _, name = request.headers.get("x-amz-target", "").partition(".")
    if service:
        return f"{_TARGETS.get(service, service)}.{name}", json.loads(request.body)
    if request.path.startswith("/v2/email/"):
        return _mail(request)
    if invoked := _INVOKE.fullmatch(unquote(request.path)):
        return "lambda.Invoke", {"FunctionName": invoked["name"]}
    if request.asked.get("Action"):
        return f"{request.service}.{request.asked['Action']}", request.asked
    bucket, _, key = request.path.strip("/").partition("/")
    if request.form:
        return "s3.PutObject", {"Bucket": bucket, "Key": request.form.get("key", "")}
    return f"s3.{_s3(request.method, request.query)}", {"Bucket": bucket, "Key": key}


def _mail(request: Request) -> tuple[str, dict[str, Any]]:
    for name, (method, path) in _MAIL.items():
        if method == request.method and (found := path.fullmatch(request.path)):
            return f"sesv2.{name}", json.loads(request.body or b"{}") | found.groupdict()
    return f"sesv2.{request.method} {request.path}", {}


def _s3(method: str, query: Mapping[str, str]) -> str:
    match method:
        case "GET":
            return "ListObjectsV2" if "list-type" in query else "GetObject"
        case "PUT":
            return "UploadPart" if "partNumber" in query else "PutObject"
        case "POST" if "delete" in query:
            return "DeleteObjects"
        case "POST":
            return "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload"
        case "DELETE":
            return "AbortMultipartUpload" if "uploadId" in query else "DeleteObject"
    return method


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(
        prog="infra.local.recorder", description="Writes down the calls of the local stack's functions."
    )
    parser.add_argument("config", type=Path)
    config = json.loads(parser.parse_args().config.read_text())
    server = Recorder(config["port"], config["upstream_port"], Path(config["file"]))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
