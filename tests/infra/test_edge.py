"""The edge passes requests on as they are, says who the viewer is, and answers by itself when it must."""

import http.client
import io
import json
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from infra.edge import connection as edge_connection
from infra.edge.body import LARGEST_BODY
from infra.edge.connection import SECRET_HEADER, VIEWER_HEADER
from infra.edge.server import LOOPBACKS, Config, listen
from tests.support.edge import RULES, Upstream, ask, edge, running, seen, site

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture(scope="module")
def upstream_port() -> Iterator[int]:
    with running(Upstream()) as port:
        yield port


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def port(upstream_port: int, log: io.StringIO) -> Iterator[int]:
    with edge(site(upstream_port, log)) as port:
        yield port


def test_method_path_query_and_body_pass_through_behind_the_stage(port: int) -> None:
    _, body = ask(port, "PUT", "/admin/a%2Fb?q=x%20y&q=z", body=b"12345")
    asked = json.loads(body)
    assert asked["method"] == "PUT"
    assert asked["path"] == "/_aws/execute-api/abc/live/admin/a%2Fb?q=x%20y&q=z"
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


@pytest.mark.parametrize(
    ("headers", "path", "said"),
    [
        ({}, "/x", "en"),
        ({"Accept-Language": "cy-GB", "X-Latchkey-Language": "pl!"}, "/x", "cy"),
        ({"Cookie": "a=b; __Host-language=ur", "Accept-Language": "cy"}, "/x", "ur!"),
        ({"Cookie": "__Host-language=ur"}, "/x?language=pl", "pl!"),
    ],
)
def test_the_edge_says_the_language_over_what_a_client_says(headers: dict[str, str], path: str, said: str, port: int) -> None:
    _, body = ask(port, headers=headers, path=path)
    assert seen(body)["x-latchkey-language"] == [said]


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


def test_security_headers_are_those_of_the_template(port: int) -> None:
    plain, _ = ask(port)
    framed, _ = ask(port, path="/framed")
    assert {name: plain.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert framed.headers.get_all("X-Frame-Options") == ["DENY"], "the template says so: override"
    assert framed.headers.get_all("Content-Security-Policy") == ["default-src 'self'"], "it does not of this one"
    assert plain.headers["Strict-Transport-Security"] is None


def test_head_has_headers_and_no_body_and_the_connection_stays_usable(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for method, empty in (("HEAD", True), ("GET", False), ("HEAD", True)):
            connection.request(method, "/x")
            response = connection.getresponse()
            assert response.status == 200
            assert (response.read() == b"") is empty


def test_an_answer_without_a_body_keeps_the_connection(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
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
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
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
        ["Transfer-Encoding : chunked"],
        ["Content-Length : 1"],
    ],
)
def test_a_request_whose_length_is_not_clear_is_refused(port: int, headers: list[str]) -> None:
    assert b" 400 " in raw(port, "\r\n".join(["POST /x HTTP/1.1", "Host: x", *headers, "", "x"]))


@pytest.mark.parametrize("target", ["http://elsewhere.example/", "*"])
def test_a_target_that_is_no_path_is_refused(port: int, target: str) -> None:
    assert b" 400 " in raw(port, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")


def raw(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(65536).partition(b"\r\n")[0]


def test_a_connection_that_the_api_closed_in_between_is_replaced(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for path in ("/last", "/last", "/x"):
            connection.request("POST", path, body=b"{}")
            response = connection.getresponse()
            response.read()
            assert response.status == 200
            time.sleep(0.05)


@pytest.mark.parametrize(("accept", "kind"), [("application/json", "application/problem+json"), ("text/html", "text/html")])
def test_no_api_behind_it_is_a_plain_sentence_with_502(accept: str, kind: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with edge(site(unused.getsockname()[1])) as port:
            response, body = ask(port, headers={"Accept": accept})
            assert response.status == 502
            assert response.headers["Content-Type"].startswith(kind)
            assert b"Latchkey does not answer at the moment." in body
            assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_an_api_that_hangs_up_is_a_502_and_the_next_request_works(port: int) -> None:
    assert ask(port, path="/hang-up")[0].status == 502
    assert ask(port)[0].status == 200


def test_an_api_that_takes_too_long_is_a_504(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_connection, "_UPSTREAM_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, edge(site(silent.getsockname()[1])) as port:
        response, body = ask(port)
        assert response.status == 504
        assert b"took too long" in body


def test_fifty_at_once(port: int) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: json.loads(ask(port, path=f"/x?n={n}")[1])["path"], range(500)))
    assert answers == [f"/_aws/execute-api/abc/live/x?n={n}" for n in range(500)]


def test_the_log_names_the_pattern_of_a_path_and_nothing_that_was_sent(port: int, log: io.StringIO) -> None:
    ask(port, "POST", "/people/smith?q=Smith", body=b"name=Jones")
    ask(port, "GET", "/set-password%23secret-token")
    ask(port, "GET", "/schools/Northbridge-the-school")
    deadline = time.monotonic() + 60
    while "GET /schools/*" not in log.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "POST * 200" in log.getvalue()
    assert "GET /schools/* 200" in log.getvalue()
    for sent in ("mith", "Jones", "secret", "orthbridge"):
        assert sent not in log.getvalue()


@pytest.mark.parametrize("size", ["+5", "0x5", "5_0", "-5", "５", "", " 5", "5 5", "5\n", "g", "00000000005"])
def test_a_chunk_size_that_rfc_9112_does_not_know_is_refused(port: int, size: str) -> None:
    request = f"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabcde\r\n0\r\n\r\n"
    assert b" 400 " in raw(port, request)


@pytest.mark.parametrize("chunk", ["5\nabcde\r\n", "5\r\nabcdef\r\n", "5\r\nabcde\n\n", "5;\nabcde\r\n"])
def test_a_chunk_that_does_not_end_where_it_says_is_refused(port: int, chunk: str) -> None:
    assert b" 400 " in raw(port, f"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n")


@pytest.mark.parametrize(
    "chunk", ["5\r\nabcde", "05\r\nabcde", "5;name=value\r\nabcde", '5 ; a="b"\r\nabcde', "a\r\nabcdefghij", "A\r\n0123456789"]
)
def test_chunks_as_rfc_9112_has_them_pass(port: int, chunk: str) -> None:
    request = f"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}\r\n0\r\nTrailer: x\r\n\r\n"
    assert b" 200 " in raw(port, request)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_visitor_by_ipv6_has_an_ipv6_address(upstream_port: int) -> None:
    with edge(site(upstream_port), "::1") as port:
        _, body = ask(port, host="::1", headers={"X-Latchkey-Viewer": "1.2.3.4"})
        assert seen(body)[VIEWER_HEADER] == ["::1"]


def test_the_edge_listens_on_both_loopback_addresses(upstream_port: int) -> None:
    found = listen(Config(0, upstream_port, "/live", "hush", RULES), io.StringIO())
    try:
        assert [each.server_address[0] for each in found] == [*LOOPBACKS][: 2 if socket.has_ipv6 else 1]
        assert len({each.server_port for each in found}) == 1
        assert len({id(each.site.cache) for each in found}) == 1
    finally:
        for each in found:
            each.server_close()
