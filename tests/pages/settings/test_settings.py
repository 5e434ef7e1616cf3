"""The short pages of settings in a browser, on a desk and on a phone."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import PHONE, check, profile, signed_in
from tests.e2e.client import Product

PAGES = ("page", "website", "mails", "links", "families", "sign-in", "approval", "files")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_each_page_can_be_used(request: pytest.FixtureRequest, product: Product, width: str) -> None:
    context: BrowserContext = request.getfixturevalue(width)
    page = signed_in(context, product)
    page.goto(f"/admin/{product.school}/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    check(page, f"settings-{width}")
    for name in PAGES:
        page.goto(f"/admin/{product.school}/settings/{name}")
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        check(page, f"settings-{name}-{width}")


def test_a_help_line_is_saved_and_shown_on_the_list(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings/page")
    was = page.get_by_label("Where people find help").input_value()
    try:
        page.get_by_label("Where people find help").fill("Ring the office on 01632 960123")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").first).to_have_text("Saved: Where people find help.")
        page.reload()
        expect(page.get_by_label("Where people find help")).to_have_value("Ring the office on 01632 960123")
        page.goto(f"/admin/{product.school}/settings")
        expect(page.get_by_text("Ring the office on 01632 960123").first).to_be_visible()
    finally:
        page.goto(f"/admin/{product.school}/settings/page")
        page.get_by_label("Where people find help").fill(was)
        page.get_by_role("button", name="Save", exact=True).click()


def test_the_preview_follows_what_is_typed_and_back_leaves_the_page(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings")
    page.get_by_role("link", name="School page and notice").click()
    page.get_by_label("Notice on your school's page").fill("Closed tomorrow, because of snow")
    frame = page.frame_locator("iframe:not([hidden])")
    expect(frame.get_by_text("Closed tomorrow, because of snow")).to_be_visible()
    page.get_by_label("Colour").fill("#7a1f5c")
    expect(page.get_by_text("Contrast to white 9")).to_be_visible()
    check(page, "settings-preview-page")
    page.get_by_label("What to show").select_option("welcome")
    expect(frame.get_by_text("Alex", exact=False).first).to_be_visible()
    check(page, "settings-preview-mail")
    page.get_by_label("What to show").select_option("letter")
    expect(frame.get_by_text("PEXA-MPLE-0000")).to_be_visible()
    check(page, "settings-preview-letter")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


def test_without_scripts_a_button_shows_it(browser: Browser, product: Product) -> None:
    with profile(browser, product.stack["url"], PHONE, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/settings/page")
        page.get_by_label("Notice on your school's page").fill("Closed on Friday")
        page.get_by_role("button", name="Show the preview").click()
        expect(page.frame_locator("iframe").get_by_text("Closed on Friday")).to_be_visible()
        expect(page.get_by_label("Notice on your school's page")).to_have_value("Closed on Friday")
        page.reload()
        expect(page.get_by_label("Notice on your school's page")).not_to_have_value("Closed on Monday")
