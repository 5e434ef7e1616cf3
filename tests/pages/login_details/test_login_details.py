"""Login details in a real browser: choose, check, make, download; look at one student's codes; void them."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESK, PHONE, await_shown, check, profile, signed_in
from tests.e2e.client import Product
from tests.e2e.school import Group


@pytest.fixture(params=["desk", "phone"])
def page(browser: Browser, stack: Any, product: Product, request: Any) -> Iterator[Page]:
    """A page of an admin who is signed in."""
    with profile(browser, stack["url"], DESK if request.param == "desk" else PHONE) as context:
        yield signed_in(context, product)


def name(page: Page, picture: str) -> str:
    """A picture of the desk and one of the phone."""
    return picture + ("-phone" if page.viewport_size == PHONE else "")


def test_from_the_form_to_the_file(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/exports")
    check(page, name(page, "login-details"))
    for summary in page.locator("main summary").all():
        summary.click()
    check(page, name(page, "login-details-open"))
    page.get_by_label("Which students?").first.select_option(f"registration_group:{group.name}")
    page.get_by_label(re.compile("PIN table:")).check()
    page.get_by_label("Parents: a parent code for each student").check()
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_role("alert")).to_contain_text("PIN table is for students")
    check(page, name(page, "login-details-wrong"))
    page.get_by_label("Students: a PIN each").check()
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you make the file")
    check(page, name(page, "login-details-check"))
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label(re.compile("PIN table:"))).to_be_checked()
    expect(page.get_by_label("Which students?")).to_have_value(f"registration_group:{group.name}")
    page.get_by_role("button", name="See what the file will hold").click()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/exports/*")
    link = page.get_by_role("link", name="Download the file (PDF)")
    await_shown(page, link)
    check(page, name(page, "login-details-ready"))
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.startswith(f"{product.school}-pin-table-pins-")


def test_one_students_codes(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    check(page, name(page, "people"))
    page.get_by_role("button", name=re.compile("^Show the codes of")).first.click()
    codes = page.locator("dd.code")
    expect(codes.first).to_have_text(re.compile("^P[2-9A-Z]{3}(-[2-9A-Z]{4})+$"))
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    check(page, name(page, "codes"))
    shown = codes.first.inner_text()
    page.get_by_role("button", name="Make a slip (PDF)").click()
    page.wait_for_url("**/exports/*")
    await_shown(page, page.get_by_role("link", name="Download the file (PDF)"))

    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("works until").first).to_be_visible()
    check(page, name(page, "person"))
    page.get_by_role("button", name="Void the codes").click()
    expect(page.get_by_role("button", name="Void 2 codes")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("one student")
    check(page, name(page, "void-check"))
    page.get_by_role("button", name="Void 2 codes").click()
    page.wait_for_url("**/exports/*")
    await_shown(page, page.get_by_role("heading", name="The codes are void"))
    check(page, name(page, "void"))

    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("was voided").first).to_be_visible()
    page.get_by_role("button", name="Show the codes").click()
    expect(codes.first).not_to_have_text(shown)
    expect(page.get_by_text("A code was made just now")).to_be_visible()


def test_voiding_nothing_says_so(page: Page, product: Product) -> None:
    page.goto(f"/admin/{product.school}/exports")
    page.get_by_text("When paper was lost or seen by the wrong people").click()
    form = page.locator("form[action$='/codes/void']")
    choice = form.get_by_label("Which students?")
    expect(choice).to_have_value("")
    choice.evaluate("(list) => list.add(new Option('Year 99', 'year_group:99'))")  # gone since the page was made
    choice.select_option("year_group:99")
    form.get_by_role("button", name="See how many codes that is").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing to void")
    expect(page.get_by_label("Which students?")).to_have_value("year_group:99")
    check(page, name(page, "void-nothing"))


def test_voiding_more_than_one_group_asks_for_the_number(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    page.get_by_role("button", name=re.compile("^Show the codes of")).first.click()
    expect(page.locator("dd.code").nth(1)).to_be_visible()  # a PIN and a parent code, so that there is more than one to void
    page.goto(f"/admin/{product.school}/exports")
    page.get_by_text("When paper was lost or seen by the wrong people").click()
    form = page.locator("form[action$='/codes/void']")
    form.get_by_label("Which students?").select_option("school")
    form.get_by_role("button", name="See how many codes that is").click()
    check(page, name(page, "void-school"))
    page.get_by_label(re.compile("^Type the number of codes, ")).fill("1")
    page.get_by_role("button", name=re.compile("^Void .* codes$")).click()
    expect(page.get_by_role("alert")).to_contain_text("Type the number of codes that will be voided")
    check(page, name(page, "void-school-wrong"))
    page.get_by_role("link", name="Do not void").click()
    page.wait_for_url("**/exports")


def test_ticked_people_become_a_selection(page: Page, product: Product) -> None:
    page.goto(f"/admin/{product.school}/people?role=student&year_group=9")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(1).check()
    page.get_by_role("region", name="Selected people").get_by_role("button", name="Login details").click()
    expect(page.get_by_label("Which students?")).to_have_value("ids")
    check(page, name(page, "selection"))
    page.get_by_label(re.compile("Letters:")).check()
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_text("2 students you chose")).to_be_visible()
