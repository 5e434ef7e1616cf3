"""AWS on this machine, by TLS: what a fresh process calls in the place of the real one. Its work is no part of anybody's CPU.

DynamoDB is the tables of a test's system, KMS and S3 are its moto; SQS takes everything, and SES sends everything. What is called
is written down, so that the bare stack can be made to call the same, and the tables can be put back as they were.
"""

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from tests.support.system import TestSystem

_SERVICES = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs"}
_QUOTA = {"MaxSendRate": 14.0, "Max24HourSend": -1.0}
_MAILS = {
    ("GET", "/v2/email/account"): ("get_account", {"SendingEnabled": True, "SendQuota": _QUOTA}),
    ("POST", "/v2/email/outbound-bulk-emails"): ("send_bulk_email", {}),
    ("POST", "/v2/email/outbound-emails"): ("send_email", {"MessageId": "m"}),
}  # fmt: skip


@dataclass
class Cloud:
    """The server, what it was asked, and how to begin again."""

    system: TestSystem
    port: int = 0
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _tables: dict[str, Any] = field(default_factory=dict)

    def keep(self) -> None:
        """The tables as they are now are what every process finds."""
        assert self.system.memory is not None
        self._tables = deepcopy(self.system.memory.tables)

    def begin(self) -> None:
        """Put the tables back; nothing was asked yet."""
        assert self.system.memory is not None
        self.system.memory.tables = deepcopy(self._tables)
        self.asked.clear()

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        target = headers.get("X-Amz-Target")
        if target is not None:
            name, operation = target.split(".")
            return self._json(_SERVICES[name], _snake(operation), json.loads(body))
        path = unquote(urlsplit(url).path)
        if path.startswith("/v2/email"):
            operation, said = _MAILS[method, path]
            request = json.loads(body) if body else {}
            self.asked.append(("sesv2", operation, request))
            results = [{"Status": "SUCCESS", "MessageId": f"m{n}"} for n, _ in enumerate(request.get("BulkEmailEntries", []))]
            return 200, json.dumps({"BulkEmailEntryResults": results} if results else said).encode(), {}
        return self._object(method, path, parse_qs(urlsplit(url).query), headers, body)

    def _json(self, service: str, operation: str, request: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append((service, operation, request))
        if service == "sqs":
            entries = [{"Id": each["Id"], "MessageId": "m", "MD5OfMessageBody": ""} for each in request.get("Entries", [])]
            return 200, json.dumps({"MessageId": "m", "MD5OfMessageBody": "", "Successful": entries, "Failed": []}).encode(), {}
        if service == "kms":
            message = base64.b64decode(request.pop("Message"))
            mac = self.system.clients("kms").generate_mac(Message=message, **request)["Mac"]
            request["Message"] = base64.b64encode(message).decode()
            return (
                200,
                json.dumps({"KeyId": "k", "MacAlgorithm": "HMAC_SHA_256", "Mac": base64.b64encode(mac).decode()}).encode(),
                {},
            )
        try:
            asked = {name: value for name, value in request.items() if name != "ClientRequestToken"}
            answer = getattr(self.system.memory, operation)(**_decoded(asked))
        except ClientError as error:
            said = {**error.response, "__type": f"com.amazonaws.dynamodb.v20120810#{error.response['Error']['Code']}"}
            return 400, json.dumps(_encoded(said), default=str).encode(), {}
        return 200, json.dumps(_encoded(answer)).encode(), {}

    def _object(
        self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        _, bucket, key = path.split("/", 2)
        place: dict[str, Any] = {"Bucket": bucket, "Key": key}
        s3, xml = self.system.clients("s3"), {"Content-Type": "application/xml"}
        if method == "GET":
            asked = {**place, **({"Range": headers["Range"]} if "Range" in headers else {})}
            self.asked.append(("s3", "get_object", asked))
            try:
                found = s3.get_object(**asked)
            except ClientError as error:
                return 404, f"<Error><Code>{error.response['Error']['Code']}</Code></Error>".encode(), xml
            more = {"ETag": found["ETag"], **({"Content-Range": found["ContentRange"]} if "ContentRange" in found else {})}
            return 206 if "Range" in headers else 200, found["Body"].read(), more
        if method == "PUT":
            self.asked.append(("s3", "put_object", {**place, "Body": "x" * len(body)}))
            return 200, b"", {"ETag": '"e"'}
        if method == "DELETE":
            self.asked.append(("s3", "delete_object", place))
            return 204, b"", {}
        begun = "uploads" in query
        self.asked.append(("s3", "create_multipart_upload" if begun else "", place))
        kind = "InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult" if begun else None
        return 200, f"<{kind or 'CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult'}>".encode(), xml


@contextmanager
def running_cloud(system: TestSystem, certificate: Path) -> Iterator[Cloud]:
    """The server on a port of its own."""
    cloud, turn = Cloud(system), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self._body()
            with turn:
                status, said, headers = cloud.answer(self.command, self.path, self.headers, body)
            self.send_response(status)
            for name, value in {"x-amzn-RequestId": "r", "Content-Type": "application/x-amz-json-1.0", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - http.server's names

        def _body(self) -> bytes:
            if self.headers.get("Expect") == "100-continue":
                self.send_response_only(100)
                self.end_headers()
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    cloud.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()


def _snake(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


def _decoded(wire: Any) -> Any:
    """Binary values of JSON as bytes."""
    if isinstance(wire, dict):
        if len(wire) == 1 and isinstance(wire.get("B"), str):
            return {"B": base64.b64decode(wire["B"])}
        return {name: _decoded(value) for name, value in wire.items()}
    return [_decoded(each) for each in wire] if isinstance(wire, list) else wire


def _encoded(wire: Any) -> Any:
    """As JSON has it."""
    if isinstance(wire, dict):
        return {name: _encoded(value) for name, value in wire.items()}
    if isinstance(wire, list):
        return [_encoded(each) for each in wire]
    return base64.b64encode(wire).decode() if isinstance(wire, bytes) else wire
