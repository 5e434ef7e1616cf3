"""Addresses on the deployed stack, through the edge: damaged ones put right and in no log, unknown ones, HEAD, IPv4 and IPv6."""

import gzip
import json
import secrets
import socket
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infra import operator
from infra.edge.copies import Copies
from tests.e2e.client import Product, wait_for
from tests.e2e.test_z_traces import client, log_lines

pytestmark = pytest.mark.e2e
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def product(stack: Any) -> Product:
    return Product(stack)


def public_pages(school: str) -> list[str]:
    place = f"/schools/{school}"
    return ["/", "/schools", place, *(f"{place}/{name}" for name in ("sessions", "forgot-password", "redeem")), "/set-password"]


def test_a_token_or_a_code_that_a_mail_program_made_a_part_of_the_path_stands_in_no_log(product: Product, stack: Any) -> None:
    planted = secrets.token_hex(16)
    token, code = f"1.w.{product.school}.{planted}", f"P{planted}"
    for hash_ in ("%23", "%2523"):
        for path, place in (
            (f"/set-password{hash_}{token}", f"/set-password#{token}"),
            (f"/r/{product.school.upper()}{hash_}{code}", f"/r/{product.school}#{code}"),
            (f"/schools/{product.school}/redeem{hash_}{code}", f"/schools/{product.school}/redeem#{code}"),
        ):
            for headers in (PAGE, {}):
                for method in ("GET", "HEAD"):
                    found = product.http.request(method, path, headers=headers)
                    assert (found.status_code, found.headers["Location"]) == (303, place)
            product.http.post(path, json={})
    for path in (f"/{planted}", f"/admin/{planted}", f"/schools/{planted}/x", f"/nope%23{planted}"):
        assert product.http.get(path).status_code == 404

    time.sleep(3)  # logs come a little later than answers
    lines = list(log_lines(stack))
    assert any('"route":"GET /set-password","status":303' in line for line in lines), "there is something to look through"
    assert planted not in "\n".join(lines)
    files = [file for file in Path(stack["logs"]).rglob("*") if file.is_file()]
    assert {"edge.log", "ministack.log"} <= {file.name for file in files}
    for file in files:
        content = file.read_bytes()
        assert planted.encode() not in (gzip.decompress(content) if file.suffix == ".gz" else content), file.name


def test_an_unknown_address_is_a_page_or_a_problem(product: Product) -> None:
    for path in (
        "/nope",
        "/login",
        "/admin",
        f"/admin/{product.school}/nope",
        "/schools/nowhere",
        "/schools/a/b/c",
        "/%ff",
        "/a%2Fb",
    ):
        page, problem = product.http.get(path, headers=PAGE), product.http.get(path)
        assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8"), path
        assert "<h1>Page not found</h1>" in page.text
        assert (problem.status_code, problem.headers["Content-Type"]) == (404, "application/problem+json"), path
    answer = product.http.delete("/account")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_of_get_and_no_body(product: Product) -> None:
    admin = product.admin()
    own = {"date", "x-cache", "x-amzn-requestid", "x-amz-request-id"}
    for path in (
        *public_pages(product.school),
        "/account",
        admin.console("people"),
        admin.console("settings"),
        "/health",
        "/nope",
    ):
        for accept in ("text/html", "application/json"):
            asked = {"Accept": accept, "Accept-Encoding": "identity"}  # what is compressed has a length of its own
            head, get = (admin.http.request(method, path, headers=asked) for method in ("HEAD", "GET"))
            assert (head.status_code, head.content) == (get.status_code, b""), path
            said, expected = ({k: v for k, v in each.headers.items() if k not in own} for each in (head, get))
            assert said == expected, path


def test_public_pages_come_from_the_edge_for_a_minute_and_nothing_else_does(product: Product) -> None:
    admin = product.admin()
    for path in public_pages(product.school):
        product.http.get(path, headers=PAGE)
        assert product.http.get(path, headers=PAGE).headers["X-Cache"] == "Hit from the edge", path
        assert admin.http.get(path, headers=PAGE).text == product.http.get(path, headers=PAGE).text
        assert product.http.get(path).headers["X-Cache"] == "Miss from the edge", "JSON is always asked for"
    for path in ("/account", admin.console("people"), "/nope", "/schools/nowhere"):
        admin.http.get(path, headers=PAGE)
        assert admin.http.get(path, headers=PAGE).headers["X-Cache"] == "Miss from the edge", path


def test_slugs_in_any_case_the_icon_and_robots(product: Product) -> None:
    assert product.get(f"/schools/{product.school.title()}") == product.get(f"/schools/{product.school}")
    icon = product.http.get("/favicon.ico", follow_redirects=True)
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "Disallow: /admin" in product.http.get("/robots.txt").text


def test_every_school_has_a_copy_of_its_page_for_when_the_api_fails(product: Product, stack: Any) -> None:
    session, endpoint_url, name = operator.local_session(Path(stack["logs"]).parent / "stack.json")
    assert operator.publish_pages(session, name, endpoint_url)["failed"] == 0
    config = json.loads((Path(stack["logs"]).parent / "edge.json").read_text())
    copies = Copies(config["copies"])
    for school in stack["schools"]:
        found = copies.get(f"/schools/{school}")
        assert found.status == 200
        same = lambda text, place: product.http.get(place, headers=PAGE).text == text  # noqa: E731
        # The page may be a minute old in the function's memory, and another one at the edge.
        wait_for(partial(same, found.body.decode(), f"/schools/{school}"), "the page as it is now", looks=10_000, longest=130)
    policy = client(stack, "s3").get_public_access_block(Bucket=config["copies"]["bucket"])["PublicAccessBlockConfiguration"]
    assert all(policy.values())


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_product_is_reached_by_ipv6_too(product: Product) -> None:
    url = f"http://[::1]:{urlsplit(product.stack['url']).port}"
    assert httpx.get(f"{url}/health").json() == {"status": "ok"}
    wrong = {"identifier": f"nobody-{secrets.token_hex(4)}", "password": "wrong"}
    answer = httpx.post(f"{url}/schools/{product.school}/sessions", json=wrong)
    assert answer.status_code == 401


def test_a_change_of_a_school_is_in_the_copy_of_its_page_at_once(product: Product, stack: Any) -> None:
    admin = product.admin()
    notice = f"Closed: {secrets.token_hex(4)}"
    before = admin.get(admin.console("settings"))["notice"]
    try:
        assert admin.http.put(admin.console("settings"), json={"notice": notice}).status_code == 200
        config = json.loads((Path(stack["logs"]).parent / "edge.json").read_text())
        assert notice in Copies(config["copies"]).get(f"/schools/{product.school}").body.decode()
    finally:
        admin.http.put(admin.console("settings"), json={"notice": before})
