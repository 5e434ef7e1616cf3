"""The closure plan in a real browser: its steps, its notice, a rehearsal."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import DESK, PHONE, await_shown, check, profile, signed_in
from tests.e2e.client import Product


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_notice_and_a_rehearsal(browser: Browser, stack: Any, product: Product, size: str) -> None:
    with profile(browser, stack["url"], DESK if size == "desk" else PHONE) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/closure")
        expect(page.get_by_role("heading", name=re.compile("^[1-5]\\. "))).to_have_count(5)
        check(page, f"closure-{size}")
        page.get_by_label("Until").fill("")
        page.get_by_role("button", name="Put up the notice").click()
        expect(page.get_by_role("alert")).to_contain_text("Enter when the notice ends")
        check(page, f"closure-wrong-{size}")
        page.goto(f"/admin/{product.school}/closure")
        page.get_by_role("button", name="Put up the notice").click()
        expect(page.get_by_role("status").filter(has_text="The notice is up")).to_be_visible()
        check(page, f"closure-begun-{size}")
        page.get_by_role("button", name="Rehearse the plan").click()
        page.wait_for_url("**/rehearsals/*")
        await_shown(page, page.get_by_text(re.compile("would have a way in")))
        check(page, f"closure-rehearsal-{size}")


@pytest.fixture(autouse=True)
def no_notice(product: Product) -> Iterator[None]:
    """The school is everybody's: what other tests see of it is without a notice."""
    yield
    admin = product.admin()
    assert admin.http.put(admin.console("settings"), json={"notice": ""}).status_code == 200
