"""Preflight, one domain's mail and the test of three mailboxes in a browser, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from infra.local.waiting import wait_for
from tests.browser.chromium import check, signed_in
from tests.e2e.client import Product
from tests.e2e.school import Group, calm, enrol, fated, name_of_group, start, to_the_end


@pytest.fixture(params=["desk", "phone"])
def context(request: pytest.FixtureRequest) -> BrowserContext:
    found: BrowserContext = request.getfixturevalue(request.param)
    return found


def test_before_tonight_says_what_to_do_and_who_can(
    context: BrowserContext, product: Product, request: pytest.FixtureRequest
) -> None:
    page = signed_in(context, product)
    size = request.node.callspec.params["context"]
    page.goto(f"/admin/{product.school}/preflight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Before tonight")
    expect(page.get_by_text("The mail service sends to everybody")).to_be_visible()
    expect(page.get_by_text("things are fine")).to_be_visible()
    expect(page.get_by_text("Stops mail")).to_have_count(0)
    check(page, f"preflight-{size}")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("status")).to_contain_text("are being looked at")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before tonight")
    check(page, f"preflight-again-{size}")


def test_three_mailboxes_are_tried_and_the_page_says_what_became_of_them(
    context: BrowserContext, product: Product, admin: Product, request: pytest.FixtureRequest
) -> None:
    size = request.node.callspec.params["context"]
    name = name_of_group("9")
    mine = Group(name, fated(name, ["filter", "success", "bounce"]))
    enrol(admin, mine.rows)
    behind, fine, dead = mine.addresses
    page = signed_in(context, product)
    page.goto(f"/admin/{product.school}/mail/domains")
    page.get_by_role("link", name="Try three mailboxes before the evening").click()
    page.get_by_label("E-mail address", exact=True).fill("stranger@elsewhere.example")
    page.get_by_label("Second address").fill("no address")
    page.get_by_role("button", name="Send test mails").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no e-mail address")
    check(page, f"mailboxes-wrong-{size}")
    page.get_by_label("E-mail address", exact=True).fill(behind)
    page.get_by_label("Second address").fill(fine)
    page.get_by_label("Third address").fill(dead)
    page.get_by_role("button", name="Send test mails").click()
    expect(page.get_by_role("status")).to_contain_text("Test mails are on their way")

    def heard() -> bool:
        page.goto(f"/admin/{product.school}/mail/tests")
        return page.get_by_text("nothing heard yet").count() == 0

    wait_for(heard, "What became of the test mails")
    expect(page.get_by_role("row").filter(has_text=fine)).to_contain_text("delivered")
    expect(page.get_by_role("row").filter(has_text=behind)).to_contain_text("refused")
    check(page, f"mailboxes-{size}")
    (mail,) = product.mails(fine)
    assert "does its mail arrive?" in mail["subject"]


def test_one_domains_page_has_the_text_for_who_looks_after_its_mail(
    context: BrowserContext, product: Product, admin: Product, request: pytest.FixtureRequest
) -> None:
    size = request.node.callspec.params["context"]
    name = name_of_group("8")
    mine = Group(name, fated(name, ["filter"]))
    enrol(admin, mine.rows)
    to_the_end(admin, start(admin, mine))
    domain = mine.addresses[0].partition("@")[2]
    page = signed_in(context, product)
    page.goto(f"/admin/{product.school}/mail/domains")
    page.get_by_role("link", name=domain, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Mail to {domain}")
    text = page.get_by_label("Copy this text and send it to them")
    expect(text).to_have_value(re.compile("admin.google.com"))
    check(page, f"mail-domain-{size}")
    calm(admin)
