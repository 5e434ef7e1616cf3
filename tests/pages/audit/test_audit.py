"""The audit page in a real browser: deeds first, sign-ins by a choice that works without JavaScript and on a narrow phone."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.chromium import check, profile, sign_in, signed_in
from tests.e2e.client import Product

NARROW = 320


def test_an_admin_finds_their_own_sign_in_without_javascript_on_a_narrow_phone(browser: Browser, product: Product) -> None:
    with profile(browser, product.stack["url"], {"width": NARROW, "height": 700}, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, product.school, **product.stack["admin"])
        page.wait_for_url(f"**/admin/{product.school}")
        page.goto(f"/admin/{product.school}/people/{'0' * 20}")
        page.goto(f"/admin/{product.school}/audit")
        kinds = page.get_by_role("navigation", name="Kind of events")
        expect(kinds.get_by_role("link", name="What people did")).to_have_attribute("aria-current", "true")
        kinds.get_by_role("link", name="Sign-ins, refusals and passwords").press("Enter")
        page.wait_for_url("**/audit?kind=sign_ins")
        expect(page.get_by_role("rowheader", name=re.compile("signed in$")).first).to_be_visible()
        counted = page.get_by_role("rowheader", name="asked for something that this school does not have")
        while not counted.count():  # it stands where its hour began, behind all that others have done since
            page.get_by_role("link", name="Older events").click()
            page.wait_for_url("**cursor=**")
            expect(page.get_by_role("table")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_every_kind_can_be_read_by_everybody(browser: Browser, product: Product) -> None:
    with profile(browser, product.stack["url"], {"width": 1280, "height": 900}) as context:
        page = signed_in(context, product)
        for kind in ("deeds", "sign_ins", "all"):
            page.goto(f"/admin/{product.school}/audit?kind={kind}")
            check(page, f"audit-{kind}")
