"""Login details in a real browser: choose, check, make, download; look at one student's codes; void them."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESK, PHONE, await_shown, check, profile, signed_in
from tests.e2e.client import Product
from tests.e2e.school import HEADER, Group


@pytest.fixture(params=["desk", "phone"])
def page(browser: Browser, stack: Any, product: Product, request: Any) -> Iterator[Page]:
    """A page of an admin who is signed in."""
    with profile(browser, stack["url"], DESK if request.param == "desk" else PHONE) as context:
        yield signed_in(context, product)


def name(page: Page, picture: str) -> str:
    """A picture of the desk and one of the phone."""
    return picture + ("-phone" if page.viewport_size == PHONE else "")


def family_name(group: Group) -> str:
    """That of the group's first student."""
    return str(min(group.rows, key=lambda row: row[HEADER.index("family_name")])[HEADER.index("family_name")])


def choose_group(page: Page, name: str) -> None:
    """Tick one registration group."""
    page.get_by_role("radio", name="Registration groups").check()
    page.locator(f"[name='group.{name}']").check()


def from_the_menu(page: Page, button: str) -> None:
    """Press a button of the menu of the list's first row."""
    page.get_by_role("row").locator("summary").first.click()
    page.get_by_role("button", name=button, exact=True).click()


def test_from_the_cards_to_the_file(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/exports")
    check(page, name(page, "login-details"))
    page.get_by_role("link", name="List for tutors").click()
    check(page, name(page, "login-details-list"))
    assert page.locator("main summary").count() == 1
    choose_group(page, group.name)
    number = page.locator("[data-choice-number]")
    expect(number).to_have_text(str(len(group.rows)))
    expect(page.get_by_text(f"Registration group {group.name}", exact=True)).to_be_visible()  # of the preview
    expect(page.locator(".sheet tbody tr")).to_have_count(min(12, len(group.rows)))
    check(page, name(page, "login-details-preview"))
    page.locator("main summary").click()
    page.locator("#expiring_within").fill("soon")
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_role("alert")).to_contain_text("Give a whole number of days")
    expect(page.locator(f"[name='group.{group.name}']")).to_be_checked()
    check(page, name(page, "login-details-wrong"))
    page.locator("#expiring_within").fill("")
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you make the file")
    check(page, name(page, "login-details-check"))
    there = page.url
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you make the file")
    page.get_by_role("link", name="Change something").click()
    expect(page.locator(f"[name='group.{group.name}']")).to_be_checked()
    expect(number).to_have_text(str(len(group.rows)))
    page.go_back()
    assert page.url == there
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/exports/*")
    link = page.get_by_role("link", name="Download the file (PDF)")
    await_shown(page, link)
    check(page, name(page, "login-details-ready"))
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.startswith(f"{product.school}-pin-table-pins-{group.name}-")
    page.get_by_role("link", name="Make again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you make the file")
    page.goto(f"/admin/{product.school}/exports")
    check(page, name(page, "login-details-files"))


@pytest.mark.parametrize("card", ["Slips", "Letters", "Files"])
def test_each_card_shows_its_first_page(page: Page, product: Product, group: Group, card: str) -> None:
    page.goto(f"/admin/{product.school}/exports/new?registration_group={group.name}&as={card.lower()}")
    expect(page.get_by_role("heading", level=1)).to_have_text(card)
    expect(page.locator("[data-choice-number]")).to_have_text(str(len(group.rows)))
    for summary in page.locator("main summary").all():
        summary.click()
    expect(page.locator("[data-preview-body]")).to_contain_text(family_name(group))
    check(page, name(page, f"login-details-{card.lower()}"))
    page.get_by_label("Students: a PIN each").check()
    expect(page.locator("[data-preview-body]")).not_to_contain_text(re.compile("Parent code|ParentCode$"))
    assert not re.search(r"\b[PF][2-9A-Z]{3}(-[2-9A-Z]{4}){2,3}\b", page.locator("[data-preview-body]").inner_text())


def test_a_preview_without_scripts(browser: Browser, stack: Any, product: Product, group: Group) -> None:
    with profile(browser, stack["url"], PHONE, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/exports/new?as=slips")
        choose_group(page, group.name)
        page.get_by_role("button", name="Show the preview").click()
        expect(page.locator("[data-preview-body]")).to_contain_text(family_name(group))
        expect(page.locator("[data-choice-number]")).to_have_text(str(len(group.rows)))
        expect(page.locator(f"[name='group.{group.name}']")).to_be_checked()


def test_one_students_codes(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    check(page, name(page, "people"))
    from_the_menu(page, "Show codes")
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


def test_a_slip_from_the_menu_of_a_row(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    from_the_menu(page, "Print slip")
    page.wait_for_url("**/exports/*")
    await_shown(page, page.get_by_role("link", name="Download the file (PDF)"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Slips for one student")


def test_a_slip_without_scripts(browser: Browser, stack: Any, product: Product, group: Group) -> None:
    """The list has no menus then: the person's own page leads there."""
    with profile(browser, stack["url"], PHONE, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
        page.locator("tbody th a").first.click()
        page.get_by_role("button", name="Show the codes").click()
        page.get_by_role("button", name="Make a slip (PDF)").click()
        page.wait_for_url("**/exports/*")


def test_voiding_nothing_says_so(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/exports")
    page.get_by_role("link", name="Void lost codes").click()
    check(page, name(page, "void-form"))
    choose_group(page, group.name)
    page.get_by_role("button", name="See how many codes that is").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing to void")
    expect(page.locator(f"[name='group.{group.name}']")).to_be_checked()
    check(page, name(page, "void-nothing"))


def test_voiding_more_than_one_group_asks_for_the_number(page: Page, product: Product, group: Group) -> None:
    page.goto(f"/admin/{product.school}/people?{urlencode(group.filter)}")
    from_the_menu(page, "Show codes")
    expect(page.locator("dd.code").nth(1)).to_be_visible()  # a PIN and a parent code, so that there is more than one to void
    page.goto(f"/admin/{product.school}/exports/void")
    page.get_by_label("The whole school").check()
    page.get_by_role("button", name="See how many codes that is").click()
    page.wait_for_url("**/exports/void/check?**")
    page.reload()
    check(page, name(page, "void-school"))
    page.get_by_label(re.compile("^Type the number of codes, ")).fill("1")
    page.get_by_role("button", name=re.compile("^Void .* codes?$")).click()
    expect(page.get_by_role("alert")).to_contain_text("Type the number of codes that will be voided")
    check(page, name(page, "void-school-wrong"))
    page.get_by_role("link", name="Do not void").click()
    page.wait_for_url("**/exports")


def test_ticked_people_become_a_selection(page: Page, product: Product) -> None:
    page.goto(f"/admin/{product.school}/people?role=student&year_group=9")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(1).check()
    page.get_by_role("region", name="Selected people").get_by_role("button", name="Login details").click()
    expect(page.get_by_label("The 2 people you chose")).to_be_checked()
    check(page, name(page, "selection"))
    page.get_by_role("link", name="Letters").click()
    expect(page.get_by_label("The 2 people you chose")).to_be_checked()
    page.get_by_role("button", name="See what the file will hold").click()
    expect(page.get_by_text("Letters for 2 students")).to_be_visible()
