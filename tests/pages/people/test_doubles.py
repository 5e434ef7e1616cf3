"""Doubles in a browser: two accounts merged by keyboard, and taken apart again on a phone without scripts."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import PHONE, check, profile, signed_in
from tests.e2e.client import Product


def twice(admin: Product, **facts: Any) -> None:
    """A parent with two accounts."""
    for mis_id in ("0077001", "77001"):
        answer = admin.http.post(
            admin.console("people"),
            json={"role": "parent", "given_name": "Zdzisława", "family_name": "Żak", "mis_id": mis_id, **facts},
        )
        assert answer.status_code == 201, answer.text


def test_two_accounts_become_one_and_two_again(
    desk: BrowserContext, browser: Browser, stack: dict[str, Any], product: Product, admin: Product
) -> None:
    twice(admin, email="zdzislawa.zak@mail.example")
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people")
    page.get_by_role("link", name="Look for doubles").click()
    page.get_by_role("button", name="Look again").click()  # there was another look before: the one of a school's first visit
    pair = page.get_by_role("region", name="One person, surely: Zdzisława Żak")
    expect(pair.get_by_text("Their MIS ids differ only in leading zeros (77001 and 0077001).")).to_be_visible()
    check(page, "doubles")
    pair.get_by_role("button", name="Zdzisława Żak, 0077001").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The two accounts are one now.")
    expect(pair).to_have_count(0)
    check(page, "doubles-merged")
    assert len(admin.all(admin.console("people"), q="zdzisława")) == 1
    with profile(browser, stack["url"], PHONE, java_script_enabled=False) as context:
        small = signed_in(context, product)
        small.goto(f"/admin/{product.school}/people/duplicates")
        small.get_by_role("button", name="Undo the merge of Zdzisława Żak").click()
        expect(small.get_by_role("status")).to_have_text("The two accounts are apart again.")
        small.goto(f"/admin/{product.school}/people/duplicates")
        small.get_by_role("button", name="Zdzisława Żak and Zdzisława Żak").click()
        expect(small.get_by_role("status")).to_contain_text("They are two people.")
        expect(small.get_by_role("region", name="One person, surely: Zdzisława Żak")).to_have_count(0)
    assert len(admin.all(admin.console("people"), q="zdzisława")) == 2
    with profile(browser, stack["url"], PHONE) as context:
        small = signed_in(context, product)
        small.goto(f"/admin/{product.school}/people/merge")
        expect(small.get_by_role("heading", level=1)).to_have_text("Merged accounts")
        check(small, "merges-phone")
