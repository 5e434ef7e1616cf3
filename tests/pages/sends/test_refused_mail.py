"""Refused mail in a browser: the text for whoever looks after the filter, sending again, and the page of domains."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import check, signed_in
from tests.e2e.client import Product
from tests.e2e.school import Group, enrol, fated, name_of_group, start, to_the_end

pytestmark = pytest.mark.usefixtures("calm")


def refused(admin: Product) -> str:
    """A send to nine pupils behind a filter, one at a server that does not trust this site, and one who is not there."""
    name = name_of_group("10")
    mine = Group(name, fated(name, ["mended"] * 9 + ["unsigned", "bounce"]))
    enrol(admin, mine.rows)
    send = start(admin, mine)
    to_the_end(admin, send)
    return send


def test_who_was_refused_is_sent_to_again_with_the_text_for_the_filter_at_hand(
    desk: BrowserContext, product: Product, admin: Product
) -> None:
    send = refused(admin)
    page = signed_in(desk, product)
    page.goto(send)
    expect(page.get_by_text("9 people’s mail was refused by a mail filter.")).to_be_visible()
    text = page.get_by_label("For the people who look after the mail filter: copy this text")
    expect(text).to_have_value(re.compile("this From address: .+@.+"))
    check(page, "send-refused")
    page.get_by_role("link", name="Who they are, and what the filter said").click()
    expect(page.get_by_text("has a policy that prohibited the mail").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Send again to those who were refused").click()
    expect(page.locator("button#send")).to_be_visible()
    check(page, "send-refused-check")
    page.get_by_role("button", name=re.compile("^Send to 10 people")).click()
    expect(page.get_by_text("For those whose mail was refused in")).to_be_visible()
    done, _ = to_the_end(admin, urlsplit(page.url).path)
    assert (done["counts"]["delivered"], done["refused"]["our_fault"]) == (9, 1)


def test_the_page_of_domains_names_each_error_and_trusts_a_domain(
    phone: BrowserContext, product: Product, admin: Product
) -> None:
    refused(admin)
    page = signed_in(phone, product)
    page.goto(f"/admin/{product.school}/sends")
    page.get_by_role("link", name="Who takes our mail, and who refuses it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who takes our mail, and who refuses it")
    expect(page.get_by_role("button", name="This filter is mended: send again")).to_have_count(1)
    check(page, "mail-domains")
    page.get_by_label("Domain", exact=True).fill("no dots")
    page.get_by_label("Domain", exact=True).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Give the part behind the @")
    expect(page.get_by_label("Domain", exact=True)).to_have_value("no dots")
    check(page, "mail-domains-wrong")
    page.get_by_label("Domain", exact=True).fill("nobody.example")
    page.get_by_label("Domain", exact=True).press("Enter")
    expect(page.get_by_role("row").filter(has_text="nobody.example")).not_to_have_count(0)
    check(page, "mail-domains-trusted")
