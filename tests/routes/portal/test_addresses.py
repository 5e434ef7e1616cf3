"""Addresses of the two apps as the template's proxy resources hand them on: unknown ones, other methods, HEAD, damaged ones."""

import json
import re
from importlib import import_module
from typing import Any

import pytest
from chalice.test import Client

from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.gateway import Gateway, answer, in_base64, proxy_event
from tests.support.portal import PAGE, PASSWORD, Portal
from web.app import App
from web.routes import NOWHERE

APPS: dict[str, App] = {name: import_module(f"{name}.app").app for name in ("portal", "console")}
TOKEN = "1.w.northbridge.abcdefghjkmnpqrstvwx.6a0b1c2d.1.0123456789ab." + "Ab_-" * 10 + "Abc"
NOBODY = "abcdefghjkmnpqrstvwx"


@pytest.fixture
def both(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Both apps over one system with a school, an admin who is signed in, and a client for each."""
    monkeypatch.setattr("console.system.wiring", portal.system.wiring)
    console = Console(portal.system, Gateway(APPS["console"]))
    console.add([HEAD_TEACHER, make_person(1)])
    console.token = console.sign_in(HEAD_TEACHER)
    return {"portal": portal.http, "console": console.http, "token": console.token}


def places(route: str) -> str:
    return route.replace("{school}", "northbridge").replace("{id}", NOBODY).replace("{name}", "key.svg")


def test_chalices_own_client_and_the_proxy_resource_agree_on_every_route(both: dict[str, Any]) -> None:
    """chalice.test finds the route by itself and hands that over; API Gateway hands over the proxy resource."""
    compared = 0
    for name, app in APPS.items():
        with Client(app) as client:
            for route, methods in sorted(app.routes.items()):
                for method in {*methods, "HEAD"} & {"GET", "HEAD", "POST", "PUT"}:
                    for accept in ("application/json", PAGE["Accept"]):
                        headers = {
                            "Accept": accept,
                            "Authorization": f"Bearer {both['token']}",
                            "Origin": "https://latchkey.test",
                        }
                        body = b'{"nothing": 1}' if method in {"POST", "PUT"} else b""
                        theirs = client.http.request(method, places(route), headers=headers, body=body)
                        ours = both[name].request(method, places(route), headers=headers, body=body)
                        assert (ours.status_code, ours.headers) == (theirs.status_code, theirs.headers), (method, route)
                        compared += ours.status_code < 400
    assert compared > 60


@pytest.mark.parametrize("name", APPS)
def test_addresses_that_nobody_has_leave_no_trace_in_chalice(name: str, both: dict[str, Any]) -> None:
    app = APPS[name]
    before = {route: set(methods) for route, methods in app.routes.items()}
    for number in range(50):
        for path in (
            (f"/nope/{number}", f"/schools/northbridge/{number}") if name == "portal" else (f"/admin/northbridge/nope/{number}",)
        ):
            for method in ("GET", "HEAD", "POST", "OPTIONS", "PROPFIND"):
                assert answer(app, proxy_event(app, method, path)).status_code == 404
    assert {route: set(methods) for route, methods in app.routes.items()} == before


@pytest.mark.parametrize("path", ["/nope", "/login", "/admin", "/admin/northbridge/nope", "/R", "/favicon.png", "/wp-login.php"])
def test_an_unknown_address_is_a_page_with_ways_on_or_a_problem(path: str, both: dict[str, Any]) -> None:
    client = both["console" if path.startswith("/admin") else "portal"]
    for method in ("GET", "POST", "DELETE"):
        page = client.request(method, path, headers=dict(PAGE))
        assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        text = page.body.decode()
        assert text.count("<h1>") == 1
        assert "<h1>Page not found</h1>" in text
        assert {'href="/"', 'href="/account"'} <= set(re.findall('href="/[a-z]*"', text))
        problem = client.request(method, path, headers={"Accept": "application/json"})
        assert (problem.status_code, problem.headers["Content-Type"]) == (404, "application/problem+json")
        assert problem.json_body["code"] == "not_found"
        assert path not in (page.body + problem.body).decode().replace('href="/', "")


def test_a_method_that_an_address_does_not_have_is_405_and_says_which_it_has(both: dict[str, Any]) -> None:
    for client, method, path, allowed in (
        ("portal", "DELETE", "/schools/northbridge/sessions", "GET, HEAD, POST"),
        ("portal", "OPTIONS", "/", "GET, HEAD"),
        ("portal", "HEAD", "/password-links/check", "POST"),
        ("portal", "GET", "/password-links/use", "POST"),
        ("console", "PATCH", "/admin/northbridge/settings", "GET, HEAD, POST, PUT"),
        ("console", "POST", "/admin/northbridge/sends/preview", "GET, HEAD"),
    ):
        for accept, kind in ((PAGE["Accept"], "text/html; charset=utf-8"), ("*/*", "application/problem+json")):
            found = answer(APPS[client], proxy_event(APPS[client], method, path, {"Accept": accept}))
            assert (found.status_code, found.headers["Allow"], found.headers["Content-Type"]) == (405, allowed, kind), path


def test_head_answers_like_get_wherever_get_answers(both: dict[str, Any]) -> None:
    for name, app in APPS.items():
        for route in (route for route, methods in app.routes.items() if "GET" in methods):
            for accept in ("application/json", PAGE["Accept"]):
                headers = {"Accept": accept, "Authorization": f"Bearer {both['token']}"}
                head, get = (both[name].request(method, places(route), headers=headers) for method in ("HEAD", "GET"))
                for each in (head, get):  # a file of each request's own
                    each.headers["Location"] = each.headers.get("Location", "").partition("?")[0].rpartition("/")[0]
                assert (head.status_code, head.headers) == (get.status_code, get.headers), route
                if not route.endswith("/everything"):  # it says that it was asked for, and so does more the second time
                    assert len(head.body) == len(get.body), "API Gateway takes the length from it and leaves it out"


def test_slugs_are_taken_in_any_case(portal: Portal) -> None:
    ann = portal.add("ann")
    for slug in ("Northbridge", "NORTHBRIDGE", "nOrThBrIdGe"):
        assert portal.get(f"/schools/{slug}").json_body == portal.get("/schools/northbridge").json_body
        assert portal.page(f"/r/{slug}").headers["Location"] == portal.page(f"/R/{slug}").headers["Location"]
        assert portal.page(f"/r/{slug}").headers["Location"] == "/schools/northbridge/redeem"
        assert portal.sign_in("ann", PASSWORD, school=slug).json_body["person"]["id"] == ann.id
        assert portal.post(f"/schools/{slug}/forgot-password", {"identifier": "ann"}).status_code == 202
    assert {each["school"] for each in portal.requests()} == {"northbridge"}


def test_bodies_come_as_text_or_in_base64(portal: Portal) -> None:
    portal.add("zoe", username="zoe")
    body = json.dumps({"identifier": "zoe", "password": "Zoë’s 12 ottérs"}).encode()
    event = proxy_event(APPS["portal"], "POST", "/schools/northbridge/sessions", {"Content-Type": "application/json"}, body)
    plain, encoded = (answer(APPS["portal"], each) for each in (event, in_base64(event)))
    assert plain.status_code == encoded.status_code == 401
    assert plain.body == encoded.body
    right = json.dumps({"identifier": "zoe", "password": PASSWORD}).encode()
    event = proxy_event(APPS["portal"], "POST", "/schools/northbridge/sessions", {"Content-Type": "application/json"}, right)
    assert answer(APPS["portal"], in_base64(event)).status_code == 201


@pytest.mark.parametrize("accept", ["application/json", PAGE["Accept"]])
@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"/set-password%23{TOKEN}", f"/set-password#{TOKEN}"),
        (f"/set-password%2523{TOKEN}?utm_source=x", f"/set-password#{TOKEN}"),
        ("/r/northbridge%23P2346789CDFH", "/r/northbridge#P2346789CDFH"),
        ("/schools/northbridge/redeem%23P2346789CDFH", "/schools/northbridge/redeem#P2346789CDFH"),
        ("/set-password%23a%0D%0ASet-Cookie:x", "/set-password#a%0D%0ASet-Cookie%3Ax"),
    ],
)
def test_an_address_whose_hash_was_escaped_leads_to_the_page(path: str, place: str, accept: str, portal: Portal) -> None:
    for method in ("GET", "HEAD"):
        found = portal.http.request(method, path, headers={"Accept": accept})
        assert (found.status_code, found.headers["Location"], found.body) == (303, place, b"")
        assert found.headers["Cache-Control"] == "no-store"


def test_the_function_writes_the_route_of_every_answer_and_never_a_path(
    both: dict[str, Any], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = ("1.w.northbridge.secret-token", "P2346789CDFH", "smith-the-name")
    paths = [*(f"/set-password%23{each}" for each in planted), *(f"/r/northbridge%23{each}" for each in planted)]
    paths += (
        [f"/{each}" for each in planted] + [f"/schools?q={each}" for each in planted] + [f"/schools/{each}" for each in planted]
    )
    for path in paths:
        for method in ("GET", "HEAD", "POST"):
            both["portal"].request(method, path)
    monkeypatch.setattr("portal.of_school.the_school", lambda *_: 1 / 0)
    assert both["portal"].get("/schools/smith-the-name").status_code == 500
    captured = capsys.readouterr()
    text = captured.out + captured.err + "".join(f"{record.__dict__}" for record in caplog.records)
    lines = {(record.__dict__.get("route"), record.__dict__.get("status")) for record in caplog.records}
    assert {
        ("GET /set-password", 303),
        ("HEAD /r/{school}", 303),
        (f"POST {NOWHERE}", 404),
        ("GET /schools/{school}", 500),
    } <= lines
    for each in planted:
        assert each not in text
