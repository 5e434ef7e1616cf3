"""A send watched live to its end, at the pace of the deployed stack."""

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import await_shown, check, signed_in
from tests.e2e.client import NEWS, Product
from tests.e2e.school import Group, enrol, fated, name_of_group
from tests.pages.sends.test_sends import legend, to_check


def test_a_send_is_watched_live_paused_resumed_retried_and_cancelled(
    desk: BrowserContext, product: Product, admin: Product
) -> None:
    name = name_of_group("10")
    # Mail reaches 60, comes back from two, is spam to one; SES rejects 150; two have no address. Those that come back are few
    # among many, and late, so that the brake is never due.
    addresses = fated(name, ["success"] * 60 + ["bounce"] * 2 + ["complaint"] + ["reject"] * 150)
    enrol(admin, Group(name, [*addresses, "", ""]).rows)
    page = signed_in(desk, product)
    to_check(page, product, name)
    page.get_by_role("button", name=re.compile("^Send to [0-9]+ people")).click()
    expect(page.get_by_role("status").filter(has_text="is on its way")).to_be_visible()
    page.evaluate("window.here = true")  # gone, should the page be loaded anew
    await_shown(page, legend(page, "(Delivered|Sent, no word yet) [1-9]").first)
    assert page.evaluate("window.here"), "the page freshens itself"
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".state-paused").first).to_be_visible()
    check(page, "send-held")
    expect(legend(page, "Still to go")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.evaluate("window.here = true")
    await_shown(page, page.get_by_text("finished", exact=True))
    expect(legend(page, "Still to go")).to_have_count(0)
    for words in ("Not sent 150", "Came back 3", "Skipped 2", "Delivered 60"):
        await_shown(page, legend(page, words), NEWS)  # what SES tells of the last mails comes after the end
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    assert page.evaluate("window.here")
    check(page, "send-to-the-end")

    page.get_by_role("button", name="Retry 150 that failed").click()
    expect(page.get_by_text("A retry of what failed in")).to_be_visible()
    page.get_by_role("link", name="Stop …").click()
    check(page, "retry-cancel")
    page.get_by_role("button", name="Stop the message").click()
    expect(page.locator(".state-cancelled").first).to_be_visible()
    before_it_began = page.get_by_text("It was stopped before it began.")  # where its plan was not made yet
    expect(legend(page, "Got nothing").or_(before_it_began)).to_be_visible()
