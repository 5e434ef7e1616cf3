"""The first page of the console: its numbers are links to exactly their people, and its buttons act on exactly these."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local.waiting import wait_for
from tests.browser.chromium import DESK, PHONE, check, profile, signed_in
from tests.e2e.client import Product, token_in
from tests.e2e.school import Group, enrol, new_group, start

PASSWORD = "four loud geese march"


@pytest.fixture(params=["desk", "phone"])
def page(browser: Browser, stack: Any, product: Product, request: Any) -> Iterator[Page]:
    """A page of an admin who is signed in."""
    with profile(browser, stack["url"], DESK if request.param == "desk" else PHONE) as context:
        yield signed_in(context, product)


@pytest.fixture
def never_sent(admin: Product) -> Group:
    """Somebody enrolled just now: what other tests sent to the whole school has reached everybody who was there before."""
    made = new_group()
    enrol(admin, made.rows)
    return made


def name(page: Page, picture: str) -> str:
    """A picture of the desk and one of the phone."""
    return picture + ("-phone" if page.viewport_size == PHONE else "")


def number_in(text: str | None) -> int:
    """The first number of a text."""
    found = re.search(r"[0-9][0-9,]*", text or "")
    assert found is not None, text
    return int(found.group().replace(",", ""))


def roles(admin: Product) -> dict[str, Any]:
    return {each["role"]: each for each in admin.get(f"/admin/{admin.school}/readiness")["by_role"]}


def test_each_number_is_a_link_to_exactly_its_people(admin: Product) -> None:
    found = admin.get(f"/admin/{admin.school}/readiness")
    assert found["total"] == found["ready"] + sum(each["count"] for each in found["reasons"])
    for role in found["by_role"]:
        assert role["total"] == role["ready"] + sum(each["count"] for each in role["reasons"])
        for row in (*role["grades"], *role["reasons"]):
            path, _, query = row["people"].partition("?")
            people = admin.all(path, **dict(each.split("=") for each in query.split("&")), limit="100")
            assert len(people) == row["count"], row
            assert {each["role"] for each in people} == {role["role"]}
    years = admin.get(f"/admin/{admin.school}/readiness", role="student")
    assert sum(each["total"] for each in years["by_year_group"]) == years["total"]
    assert sum(each["ready"] for each in years["by_registration_group"]) == years["ready"]


def test_each_buttons_check_is_about_its_number(admin: Product) -> None:
    for role in roles(admin).values():
        for row in role["reasons"]:
            for action in row["actions"]:
                if action["method"] == "GET":
                    assert admin.http.get(action["path"], headers={"Accept": "text/html"}).status_code == 200, action
                    continue
                answer = admin.http.post(action["path"], json=action["body"])
                assert answer.status_code == 200, answer.text
                tried = answer.json()
                if action["action"] == "send":
                    assert tried["to_send"] == number_in(action["label"].replace("this one", "1")), action
                elif action["action"] == "slips":
                    assert tried["total"] + sum(each["count"] for each in tried["left_out"]) == row["count"], action


def test_home_says_who_can_log_in_and_leads_to_the_check_of_just_these(page: Page, product: Product, never_sent: Group) -> None:
    """A button under a number opens what it says for exactly these people, no empty form for the whole school."""
    page.goto(f"/admin/{product.school}")
    check(page, name(page, "home"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Can everyone get in tomorrow?")
    row = page.locator(".reasons > li", has_text="never sent a link")
    count = number_in(row.locator(".reason-number").inner_text())
    row.get_by_role("button", name=re.compile("Print slips")).click()
    check(page, name(page, "home-slips"))
    expect(page.locator("main")).to_contain_text(
        re.compile("Slips for .*students? who (have|has) an address and (were|was) never sent a link")
    )
    assert number_in(page.locator("main .numbers dd").first.inner_text()) == count
    page.goto(f"/admin/{product.school}")
    row.get_by_role("button", name=re.compile("Send password links? to")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Password links to students who have an address and were never sent a link"
    )
    expect(page.locator("main")).to_contain_text(f"{count:,}")
    check(page, name(page, "home-send"))
    page.goto(f"/admin/{product.school}")
    page.locator(".reasons > li", has_text="never sent a link").locator(".reason-number").click()
    expect(page.locator("main")).to_contain_text(f"{count:,}")
    page.goto(f"/admin/{product.school}?role=parent")
    check(page, name(page, "home-parents"))
    expect(page.locator(".figure[aria-current]")).to_contain_text("parents can log in")


def test_home_in_the_dark(browser: Browser, stack: Any, product: Product) -> None:
    for size, picture in ((DESK, "home-dark"), (PHONE, "home-dark-phone")):
        with profile(browser, stack["url"], size) as context:
            page = signed_in(context, product)
            page.emulate_media(color_scheme="dark")
            for summary in page.locator("main summary").all():
                summary.click()
            check(page, picture)


def test_after_a_password_is_set_the_number_rises_by_one(admin: Product, group: Group) -> None:
    address = group.addresses[0]
    before = roles(admin)["student"]["ready"]
    start(admin, group)
    mail = admin.mail(address)
    unused = {**group.filter, "reason": "link_unused"}
    waiting = [each["id"] for each in wait_for(lambda: admin.all(admin.console("people"), **unused), "the link", len)]
    assert len(waiting) == 1
    used = admin.http.post("/password-links/use", json={"token": token_in(mail), "password": PASSWORD})
    assert used.status_code == 204, used.text
    # What a person does themselves comes by the directory's stream, a moment later.
    wait_for(lambda: roles(admin)["student"]["ready"], "one more who can log in", lambda ready: ready == before + 1)
    (ready,) = admin.all(admin.console("people"), **group.filter, standing="ready")
    assert ready["id"] == waiting[0]
