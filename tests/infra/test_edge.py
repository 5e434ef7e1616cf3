"""The edge passes requests on as they are, says who the viewer is, and answers by itself when it must."""

import http.client
import io
import json
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import lt
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import edge
from infra.edge import LARGEST_BODY, SECRET_HEADER, SECURITY_HEADERS, VIEWER_HEADER, Config, Edge
from infra.local.waiting import wait_for

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


class Api(BaseHTTPRequestHandler):
    """Stands for API Gateway: answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            size = 0
            while piece := int(self.rfile.readline(), 16):
                size += len(self.rfile.read(piece))
                self.rfile.readline()
            self.rfile.readline()
        else:
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path.endswith("/hang-up"):
            self.close_connection = True
            return
        asked = {"method": self.command, "path": self.path, "headers": self.headers.items(), "body": size}
        body = json.dumps(asked).encode()
        self.send_response(204 if self.path.endswith("/nothing") else 200)
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT")
        self.send_header("Content-Type", "application/json")
        if self.path.endswith("/framed"):
            self.send_header("X-Frame-Options", "SAMEORIGIN")
        if not self.path.endswith("/nothing"):
            self.send_header("Content-Length", str(len(body)))
        if self.path.endswith("/last"):
            self.close_connection = True  # without saying so: the edge finds a dead connection next time
        self.end_headers()
        if self.command != "HEAD" and not self.path.endswith("/nothing"):
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        pass


class Upstream(ThreadingHTTPServer):
    """Counts the connections that it has closed."""

    closed = 0

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        Upstream.closed += 1


@pytest.fixture(scope="module")
def upstream_port() -> Iterator[int]:
    server = Upstream(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def port(upstream_port: int, log: io.StringIO) -> Iterator[int]:
    yield from _edge(upstream_port, log)


def _edge(upstream_port: int, log: io.StringIO | None = None) -> Iterator[int]:
    config = Config(port=0, upstream_port=upstream_port, api_path="/_aws/execute-api/abc/live", secret="hush")
    server = Edge(config, log or io.StringIO())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(port: int, method: str = "GET", path: str = "/x", **more: object) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, **more)  # type: ignore[arg-type]
        response = connection.getresponse()
        return response, response.read()


def seen(body: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in json.loads(body)["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def test_method_path_query_and_body_pass_through_behind_the_stage(port: int) -> None:
    _, body = ask(port, "PUT", "/schools/a%2Fb?q=x%20y&q=z", body=b"12345")
    asked = json.loads(body)
    assert asked["method"] == "PUT"
    assert asked["path"] == "/_aws/execute-api/abc/live/schools/a%2Fb?q=x%20y&q=z"
    assert asked["body"] == 5


def test_a_client_cannot_say_what_only_the_edge_may_say(port: int) -> None:
    lies = {
        "X-Latchkey-Origin": "guess",
        "CloudFront-Viewer-Address": "1.2.3.4:5",
        "X-Latchkey-Viewer": "1.2.3.4",
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=1.2.3.4",
        "X-Real-IP": "1.2.3.4",
    }
    response, body = ask(port, headers=lies)
    headers = seen(body)
    assert response.status == 200
    assert headers[SECRET_HEADER] == ["hush"]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers[VIEWER_HEADER] == ["127.0.0.1"]
    assert not {"x-forwarded-proto", "forwarded", "x-real-ip"} & headers.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8")
def test_two_viewers_have_two_addresses(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, source_address=("127.0.0.9", 0))) as connection:
        connection.request("GET", "/x")
        assert seen(connection.getresponse().read())[VIEWER_HEADER] == ["127.0.0.9"]


def test_hop_by_hop_headers_stay_on_their_hop(port: int) -> None:
    _, body = ask(port, headers={"Connection": "x-only-here", "X-Only-Here": "1", "TE": "trailers", "X-Kept": "1"})
    headers = seen(body)
    assert headers["x-kept"] == ["1"]
    assert not {"connection", "te", "x-only-here"} & headers.keys()


def test_set_cookie_lists_stay_lists(port: int) -> None:
    response, _ = ask(port)
    assert response.headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT"]


def test_security_headers_are_added_only_where_the_function_said_nothing(port: int) -> None:
    plain, _ = ask(port)
    framed, _ = ask(port, path="/framed")
    assert {name: plain.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert framed.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert plain.headers["Strict-Transport-Security"] is None


def test_head_has_headers_and_no_body_and_the_connection_stays_usable(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for method, empty in (("HEAD", True), ("GET", False), ("HEAD", True)):
            connection.request(method, "/x")
            response = connection.getresponse()
            assert response.status == 200
            assert (response.read() == b"") is empty


def test_an_answer_without_a_body_keeps_the_connection(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for path in ("/nothing", "/x"):
            connection.request("POST", path, body=b"{}")
            response = connection.getresponse()
            response.read()
            assert response.status in {200, 204}


def test_a_body_sent_in_chunks_arrives_whole(port: int) -> None:
    _, body = ask(port, "POST", body=iter([b"a" * 70_000, b"b" * 70_000]), encode_chunked=True)
    assert json.loads(body)["body"] == 140_000


def test_a_body_of_ten_megabytes_passes_and_one_byte_more_is_refused(port: int) -> None:
    _, body = ask(port, "POST", body=b"x" * LARGEST_BODY)
    assert json.loads(body)["body"] == LARGEST_BODY
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.putrequest("POST", "/x")
        connection.putheader("Content-Length", str(LARGEST_BODY + 1))
        connection.endheaders()
        assert connection.getresponse().status == 413


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 1", "Content-Length: 1"],
        ["Content-Length: 1", "Transfer-Encoding: chunked"],
        ["Content-Length: +1"],
        ["Transfer-Encoding: gzip, chunked"],
    ],
)
def test_a_request_whose_length_is_not_clear_is_refused(port: int, headers: list[str]) -> None:
    assert b" 400 " in raw(port, "\r\n".join(["POST /x HTTP/1.1", "Host: x", *headers, "", "x"]))


@pytest.mark.parametrize("target", ["http://elsewhere.example/", "*"])
def test_a_target_that_is_no_path_is_refused(port: int, target: str) -> None:
    assert b" 400 " in raw(port, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")


def raw(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request.encode())
        return connection.recv(65536).partition(b"\r\n")[0]


def test_a_connection_that_the_api_closed_in_between_is_replaced(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for path in ("/last", "/last", "/x"):
            closed = Upstream.closed
            connection.request("POST", path, body=b"{}")
            response = connection.getresponse()
            response.read()
            assert response.status == 200
            if path == "/last":
                wait_for(lambda: Upstream.closed, "the connection's end", partial(lt, closed), pause=0.01)


@pytest.mark.parametrize(("accept", "kind"), [("application/json", "application/problem+json"), ("text/html", "text/html")])
def test_no_api_behind_it_is_a_plain_sentence_with_502(accept: str, kind: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for port in _edge(unused.getsockname()[1]):
            response, body = ask(port, headers={"Accept": accept})
            assert response.status == 502
            assert response.headers["Content-Type"].startswith(kind)
            assert b"Latchkey does not answer at the moment." in body
            assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_an_api_that_hangs_up_is_a_502_and_the_next_request_works(port: int) -> None:
    assert ask(port, path="/hang-up")[0].status == 502
    assert ask(port)[0].status == 200


def test_an_api_that_takes_too_long_is_a_504(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "_UPSTREAM_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in _edge(silent.getsockname()[1]):
            response, body = ask(port)
            assert response.status == 504
            assert b"took too long" in body


def test_fifty_at_once(port: int) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: json.loads(ask(port, path=f"/x?n={n}")[1])["path"], range(500)))
    assert answers == [f"/_aws/execute-api/abc/live/x?n={n}" for n in range(500)]


def test_the_log_has_no_query_string_and_no_body(port: int, log: io.StringIO) -> None:
    ask(port, "POST", "/people?q=Smith", body=b"name=Jones")
    wait_for(lambda: "/people" in log.getvalue(), "its line", pause=0.01)
    assert "POST /people 200" in log.getvalue()
    assert "Smith" not in log.getvalue()
    assert "Jones" not in log.getvalue()


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as nothing in particular."""


_Loader.add_multi_constructor("!", lambda *_: None)


@pytest.mark.house
def test_the_edge_says_what_cloudfront_says() -> None:
    """Two places: template.yaml's distribution and infra.edge."""
    resources = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)["Resources"]
    [origin] = resources["Distribution"]["Properties"]["DistributionConfig"]["Origins"]
    [secret] = origin["OriginCustomHeaders"]
    assert secret["HeaderName"].lower() == SECRET_HEADER
    policy = resources["ResponseHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert {
        "Content-Security-Policy": policy["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": policy["FrameOptions"]["FrameOption"],
        "Referrer-Policy": policy["ReferrerPolicy"]["ReferrerPolicy"],
    } == SECURITY_HEADERS
