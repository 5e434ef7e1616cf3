"""Figures over time in a browser: a line that is read without colour, in the dark, on a phone and on paper."""

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import DESK, PHONE, check, profile, signed_in
from tests.e2e.client import Product

CODES = ["signed_in", "never_sent", "no_address"]


@pytest.fixture(scope="module")
def grown(product: Product) -> str:
    """Two months in which more and more of the school could log in."""
    days = [
        {"ago": ago, "codes": CODES, "rows": [["student", "7", 100 - ago, ago, 0], ["student", "8", 90 - ago, 20 + ago, 10]]}
        for ago in range(1, 62)
    ]
    event = {"kind": "figures", "school": product.school, "days": days}
    assert httpx.post(product.stack["operate"], json=event, timeout=60).json() == {"kept": 61}
    return f"/admin/{product.school}/readiness/figures"


def test_a_line_and_its_numbers(desk: BrowserContext, product: Product, grown: str) -> None:
    page = signed_in(desk, product)
    page.goto(grown)
    expect(page.get_by_role("img", name="Students who can log in")).to_be_visible()
    check(page, "figures-desk")
    page.get_by_text("These numbers as a table").click()
    assert page.get_by_role("region", name="Over time").get_by_role("row").count() > 60
    page.get_by_label("How far back").select_option("365")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("img", name="Students who can log in")).to_be_visible()
    page.get_by_label("Year group").select_option("8")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("img", name="Students in year 8 who can log in")).to_be_visible()
    check(page, "figures-year-desk")


def test_on_a_phone_and_in_the_dark(browser: Browser, product: Product, grown: str) -> None:
    with profile(browser, product.stack["url"], PHONE) as context:
        page = signed_in(context, product)
        page.goto(grown)
        check(page, "figures-phone")
        page.emulate_media(color_scheme="dark")
        check(page, "figures-phone-dark")
        page.set_viewport_size({"width": 320, "height": 700})
        check(page)


def test_on_paper_there_are_figures_and_nothing_to_press(browser: Browser, product: Product, grown: str) -> None:
    with profile(browser, product.stack["url"], DESK) as context:
        page = signed_in(context, product)
        page.goto(grown)
        expect(page.get_by_role("button", name="Print this page")).to_be_visible()
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 with margins of a centimetre
        assert page.locator("main button:visible, main select:visible").count() == 0
        expect(page.get_by_role("img", name="Students who can log in")).to_be_visible()
        check(page, "figures-paper")


def test_the_files_can_be_had(desk: BrowserContext, product: Product, grown: str) -> None:
    page = signed_in(desk, product)
    page.goto(grown)
    with page.expect_download() as figures:
        page.get_by_role("link", name="CSV").first.click()
    assert figures.value.suggested_filename.startswith(f"{product.school}-readiness-figures-student-")
    with page.expect_download() as people:
        page.get_by_role("link", name="XLSX (Excel)").last.click()
    assert people.value.suggested_filename.startswith(f"{product.school}-cannot-log-in-student-")


def test_the_weekly_mail_is_begun_and_ended(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings")
    page.get_by_role("link", name="Weekly mail to you").click()
    check(page, "weekly")
    page.get_by_role("button", name="Send it to me each week").click()
    expect(page.get_by_role("status")).to_have_text("Saved: you get the weekly mail.")
    page.get_by_role("button", name="End the weekly mail").click()
    expect(page.get_by_role("status")).to_have_text("Saved: you get no weekly mail.")
