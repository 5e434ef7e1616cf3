"""The short pages of settings in a browser, on a desk and on a phone."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import check, signed_in
from tests.e2e.client import Product

PAGES = ("page", "mails", "links", "families", "sign-in", "approval", "files")


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
