"""Every route: parsing, origins, representations, and errors that say nothing they should not."""

import json
from typing import Any

import pytest
from chalice.test import Client

from latchkey import errors
from web.answer import Answer
from web.app import new_app
from web.request import Request
from web.route_group import RouteGroup

ORIGIN = "https://latchkey.test"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
JSON = {"Content-Type": "application/json"}
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
settings = {"ORIGIN": ORIGIN, "ORIGIN_SECRET": ""}
routes = RouteGroup(__name__, lambda: settings)


@routes.on("GET", "/echo")
def show(request: Request) -> Answer:
    return Answer(data={"query": dict(request.query), "ip": request.source_ip})


@routes.on("POST", "/echo")
def echo(request: Request) -> Answer:
    return Answer(data={"name": request.text("name"), "tick": request.flag("tick")}, location="/elsewhere")


@routes.on("GET", "/fail/{kind}")
def fail(request: Request, kind: str) -> Answer:
    raise {"gone": errors.Gone(code="used"), "bug": ValueError("secret-of-ann@x.example"), "busy": errors.TooMany()}[kind]


_PACKAGE, _, _NAME = __name__.rpartition(".")
APP = new_app(_PACKAGE, _NAME)


@pytest.fixture
def client() -> Any:
    with Client(APP) as made:
        yield made.http


def post(client: Any, body: str, headers: dict[str, str]) -> Any:
    return client.post("/echo", body=body.encode(), headers=headers)


def test_json_and_form_give_the_same_fields(client: Any) -> None:
    assert post(client, '{"name": "Zoë", "tick": true}', JSON).json_body == {"name": "Zoë", "tick": True}
    assert post(client, "name=Zo%C3%AB&tick=on", FORM).json_body == {"name": "Zoë", "tick": True}


def test_a_browser_is_sent_on_after_a_form(client: Any) -> None:
    answer = post(client, "name=a", {**FORM, **PAGE})
    assert (answer.status_code, answer.headers["Location"], answer.body) == (303, "/elsewhere", b"")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("{", JSON, 400),
        ("[]", JSON, 400),
        ('{"name": NaN}', JSON, 400),
        ('{"name": "a", "name": "b"}', JSON, 400),
        ("[" * 100_000, JSON, 400),
        ("name=a&name=b", FORM, 400),
        ("name=%ff", FORM, 400),
        ('{"name": ["a"]}', JSON, 422),
        ('{"name": {"S": "a"}}', JSON, 422),
        ('{"name": 0}', JSON, 422),
        ('{"name": "a\\r\\nBcc: b"}', JSON, 422),
        ('{"name": "\\ud800"}', JSON, 422),  # half a character: it cannot be encoded
        ('{"name": "a", "tick": "yes"}', JSON, 422),
        ("{}", JSON, 422),
        ('{"name": "' + "a" * 400 + '"}', JSON, 422),
        ("x" * 300_000, JSON, 413),
        ('{"name": "a"}', {"Content-Type": "text/plain"}, 415),
        ("<name>a</name>", {"Content-Type": "text/xml"}, 415),
    ],
)
def test_bad_input_is_refused_with_a_problem(client: Any, body: str, headers: dict[str, str], status: int) -> None:
    answer = post(client, body, headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json_body["status"] == status
    assert answer.json_body["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Cookie": "__Host-latchkey=x"}, 403),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 403),
        ({"Origin": ORIGIN}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),  # a form of ours, under Referrer-Policy: no-referrer
        ({"Sec-Fetch-Site": "same-origin", "Cookie": "__Host-latchkey=x"}, 200),
        ({}, 200),
    ],
)
def test_only_our_own_pages_and_scripts_without_cookies_may_post(client: Any, headers: dict[str, str], status: int) -> None:
    body = "name=a" if "x-www-form" in headers.get("Content-Type", "") else '{"name": "a"}'
    assert post(client, body, {**JSON, **headers}).status_code == status


def test_what_goes_wrong_inside_stays_inside(client: Any) -> None:
    answer = client.get("/fail/bug")
    assert answer.status_code == 500
    assert b"ann@" not in answer.body
    assert b"ValueError" not in answer.body


def test_errors_have_their_status_code_and_word(client: Any) -> None:
    gone, busy = client.get("/fail/gone"), client.get("/fail/busy")
    assert (gone.status_code, gone.json_body["code"]) == (410, "used")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "900")


def test_a_browser_gets_an_error_page(client: Any) -> None:
    answer = client.get("/fail/gone", headers=PAGE)
    assert answer.status_code == 410
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<h1>" in answer.body


@pytest.mark.parametrize("path", ["/echo", "/fail/bug", "/fail/gone"])
def test_every_answer_is_safely_dressed(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_query_field_given_twice_is_refused(client: Any) -> None:
    assert client.get("/echo?a=1&a=2").status_code == 400


def test_behind_cloudfront_only_its_secret_opens_and_only_it_says_the_address(client: Any) -> None:
    settings["ORIGIN_SECRET"] = "s3cret"
    try:
        assert client.get("/echo").status_code == 403
        assert client.get("/echo", headers={"x-latchkey-origin": "sécret"}).status_code == 403
        headers = {"x-latchkey-origin": "s3cret", "x-latchkey-viewer": "2001:db8::1"}
        assert client.get("/echo", headers=headers).json_body["ip"] == "2001:db8::1"
    finally:
        settings["ORIGIN_SECRET"] = ""
    spoofed = {"x-latchkey-viewer": "6.6.6.6", "x-forwarded-for": "6.6.6.6", "forwarded": "for=6.6.6.6"}
    assert "6.6.6.6" not in json.dumps(client.get("/echo", headers=spoofed).json_body)


def test_a_method_without_a_door_is_refused_in_the_same_dress(client: Any) -> None:
    answer = client.delete("/echo")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
