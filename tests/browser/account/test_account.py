"""A slip to a signed-in child without an e-mail address, who then looks after the account: password, sign-ins, language."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from latchkey.codes.model.codes import redeem_url
from tests.browser.chromium import DESK, check, profile, sign_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, export, new_group, pupil

pytestmark = pytest.mark.browser
FIRST, SECOND = "eleven cheerful otters", "violet kettles go north"
NARROW: ViewportSize = {"width": 320, "height": 640}


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_a_slip_to_a_signed_in_child_who_looks_after_the_account(
    phone: BrowserContext, browser: Browser, product: Product, admin: Product
) -> None:
    group = new_group()
    enrol(admin, [pupil(group.name, 0, "")])
    (row,) = export(admin, {"registration_group": group.name})[1]
    page = phone.new_page()
    page.set_viewport_size(NARROW)
    page.goto(redeem_url(product.stack["url"], product.school, row["StudentPIN"]))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("New password").fill("test@example.com")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.locator("#password-error")).to_contain_text("the form of an e-mail address")
    expect(page.locator("#problem")).to_be_focused()
    check(page, "account-redeem-wrong")
    page.get_by_label("New password").fill(FIRST)
    page.get_by_role("button", name="Set up my account").click()
    heading(page, "Your account is ready")
    expect(page.get_by_role("status")).to_contain_text(row["Username"])
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, product.school, row["Username"], FIRST)
    heading(page, f"Hello, {row['Forename']}")
    check(page, "account-320")

    with profile(browser, product.stack["url"], DESK) as other:
        there = other.new_page()
        sign_in(there, product.school, row["Username"], FIRST)
        heading(there, f"Hello, {row['Forename']}")
        check(there, "account-1280")
        page.reload()
        page.get_by_role("button", name="End it").click()
        expect(page.locator(".done")).to_have_text("That sign-in is ended.")
        check(page, "account-ended")
        there.goto("/account")
        heading(there, "Sign in")

    page.get_by_label("The password that you have now").fill("not this one at all")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#problem li")).to_have_count(2)
    expect(page.locator("#problem")).to_be_focused()
    check(page, "account-password-wrong")
    page.get_by_label("The password that you have now").fill(FIRST)
    page.get_by_label("New password").fill(SECOND)
    page.get_by_role("button", name="Show").nth(1).click()
    expect(page.get_by_label("New password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator(".done")).to_contain_text("Your password is changed.")
    page.reload()
    heading(page, f"Hello, {row['Forename']}")
    assert (
        product.http.post(
            f"/schools/{product.school}/sessions", json={"identifier": row["Username"], "password": FIRST}
        ).status_code
        == 401
    )
    assert product.sign_in(row["Username"], SECOND).get("/account")["person"]["email"] is None

    page.get_by_label("Your pages and mails are in").select_option("ur")
    page.get_by_role("button", name="Change language").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    check(page, "account-urdu")
