"""Sends in a browser: started later, approved by a second admin, and what to do next."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import PHONE, await_shown, check, profile, signed_in
from tests.e2e.client import Product, reached
from tests.e2e.school import Group, enrol, fated, name_of_group, new_group, pupil, second_admin, settled, start, without_approval


def to_check(page: Page, product: Product, group: str) -> None:
    """Choose a registration group, as far as the page on which a message is confirmed."""
    page.goto(f"/admin/{product.school}/sends/drafts/new")
    choose(page, group)
    page.get_by_role("button", name="Straight to the check").click()
    expect(page.locator("button#send")).to_be_visible()


def choose(page: Page, group: str) -> None:
    """Tick a registration group, or type it where there are too many to tick."""
    page.get_by_label("Registration groups", exact=True).first.check()
    typed = page.get_by_label("Their names, with commas between them")
    if typed.count():
        typed.fill(group)
    else:
        page.locator(f'input[name="group.{group}"]').check()


def legend(page: Page, words: str) -> Any:
    """The figure under the bar that is called so."""
    return page.get_by_role("navigation", name="People of this message").get_by_role("link", name=re.compile(f"^({words})"))


@pytest.mark.usefixtures("calm")
def test_the_page_says_what_to_do_next_about_those_who_were_not_reached(
    desk: BrowserContext, product: Product, admin: Product
) -> None:
    name = name_of_group("10")
    # Two bounces among so many are never the 5 % at which a brake pauses a send, or all of the school's.
    addresses = fated(name, ["success"] * 45 + ["bounce"] * 2 + ["reject"] * 3)
    mine = Group(name, [*addresses, "", ""])
    enrol(admin, mine.rows)
    send = start(admin, mine)
    assert settled(admin, send)["state"] == "finished"
    page = signed_in(desk, product)
    page.goto(send)
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    advice = page.locator("h2:has-text('What to do next') + ul > li")
    for words in (
        "2 people have no e-mail address",
        "2 people's mail came back",
        "3 people's mail was not taken",
    ):
        expect(advice.filter(has_text=words)).to_have_count(1)
    advice.filter(has_text="came back").get_by_role("link", name="Who they are").click()
    expect(page.get_by_text("user unknown").first).to_be_visible()
    assert page.get_by_role("table").get_by_role("row").count() == 1 + 2
    check(page, "send-bounced")
    page.go_back()
    advice.filter(has_text="no e-mail address").get_by_role("link", name="Login details on paper").click()
    page.wait_for_url("**/exports*")


def test_a_start_time_is_asked_for_explained_when_it_is_wrong_shown_and_changed(
    desk: BrowserContext, product: Product, group: Group
) -> None:
    page = signed_in(desk, product)
    to_check(page, product, group.name)
    page.get_by_role("link", name="Change when").click()
    check(page, "draft-when")
    now = datetime.now(ZoneInfo("Europe/London"))
    page.evaluate("document.querySelector('form [name=start_at]').removeAttribute('min')")  # as a browser without it
    page.get_by_label("Another time").check()
    at = page.get_by_label("Day and time, by your school's clock")
    at.fill((now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Next: check").click()
    expect(page.get_by_text("This time has passed.").first).to_be_visible()
    check(page, "start-time-wrong")
    later = now + timedelta(hours=2)
    at.fill(later.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Next: check").click()
    page.get_by_role("button", name=re.compile("^Schedule for")).click()
    expect(page.get_by_text(f"It starts {later:%a} {later.day} {later:%b %Y, %H:%M}")).to_be_visible()
    check(page, "send-scheduled")
    page.get_by_role("link", name="Change the time").click()
    check(page, "send-time")
    page.get_by_label("Tomorrow at 07:00").check()
    page.get_by_role("button", name="Change the time").click()
    tomorrow = now + timedelta(days=1)
    expect(page.get_by_text(f"It starts {tomorrow:%a} {tomorrow.day} {tomorrow:%b %Y, 07:00}")).to_be_visible()
    page.get_by_role("link", name="Stop …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop this message?")
    expect(page.get_by_text("Nobody has been sent anything, and once it is stopped nobody will be.")).to_be_visible()
    check(page, "send-cancel-scheduled")
    page.get_by_role("button", name="Stop the message").click()
    expect(page.locator(".state-cancelled").first).to_be_visible()
    expect(page.get_by_text("Nobody was sent anything.").first).to_be_visible()
    page.get_by_role("button", name="Make it again").click()
    expect(page.locator("button#send")).to_be_visible()


def test_who_was_sent_a_link_lately_is_left_out_on_a_phone(browser: Browser, product: Product, admin: Product) -> None:
    mine = new_group(6)
    enrol(admin, [*mine.rows, pupil(mine.name, 6, ""), pupil(mine.name, 7, "")])
    assert reached(admin.finished(start(admin, mine))) == 6
    with profile(browser, product.stack["url"], PHONE) as phone:
        page = signed_in(phone, product)
        to_check(page, product, mine.name)
        check(page, "draft-check-phone")
        page.get_by_role("link", name="Change who").click()
        page.get_by_label("Those who were sent a link within").select_option("the last week")
        page.get_by_label("Those who have logged in before").check()
        check(page, "draft-who-phone")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("6 people will not: each was sent a link less than 7 days ago")).to_be_visible()
        check(page, "draft-check-left-out")


def test_a_second_admin_approves_on_a_phone(desk: BrowserContext, browser: Browser, product: Product, admin: Product) -> None:
    mine = new_group(3)
    enrol(admin, mine.rows)
    deputy = second_admin(product.stack)
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings/approval")
    page.get_by_label("Messages to more people than this wait for another admin").fill("1")
    page.get_by_role("button", name="Save").click()
    try:
        to_check(page, product, mine.name)
        expect(page.get_by_text("Another admin has to approve it first")).to_be_visible()
        check(page, "send-check-approval")
        page.get_by_role("button", name=re.compile("^Ask .* to approve$")).click()
        page.wait_for_url("**/sends/*")
        expect(page.get_by_text("waiting for approval", exact=True)).to_be_visible()
        expect(page.get_by_text("so somebody else has to approve it")).to_be_visible()
        assert page.get_by_role("button", name="Approve this message").count() == 0
        check(page, "send-waits-for-approval")
        with profile(browser, product.stack["url"], PHONE) as phone:
            other = signed_in(phone, product, deputy)
            other.goto(f"/admin/{product.school}")
            expect(other.get_by_role("heading", name=re.compile("for your approval")).first).to_be_visible()
            check(other, "overview-of-the-approver")
            other.goto(page.url)
            check(other, "send-approve")
            other.get_by_role("button", name="Approve this message").click()
            expect(other.get_by_text("Approved by")).to_be_visible()
        expect(page.get_by_text("Approved by")).to_be_visible()
        await_shown(page, page.get_by_text("finished", exact=True))
    finally:
        without_approval(admin, product.stack)


def test_who_asked_cannot_loosen_approval_and_another_admin_can(
    desk: BrowserContext, browser: Browser, product: Product, admin: Product
) -> None:
    deputy = second_admin(product.stack)
    assert admin.http.put(admin.console("settings"), json={"approval": {"above": 1}}).status_code == 200
    page = signed_in(desk, product)
    try:
        page.goto(f"/admin/{product.school}/settings/approval")
        page.get_by_label("Messages to more people than this wait for another admin").fill("500")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("another admin has to approve")
        expect(page.get_by_role("button", name="Withdraw it")).to_be_visible()
        assert page.get_by_role("button", name="Approve this change").count() == 0
        expect(page.get_by_label("Messages to more people than this wait for another admin")).to_have_value("1")
        check(page, "settings-wait")
        with profile(browser, product.stack["url"], PHONE) as phone:
            other = signed_in(phone, product, deputy)
            other.goto(f"/admin/{product.school}")
            expect(other.get_by_text("from 1 to 500")).to_be_visible()
            check(other, "overview-settings-wait")
            other.get_by_role("button", name="Approve this change").click()
            expect(other.get_by_role("status").first).to_contain_text("You approved the change")
        page.reload()
        expect(page.get_by_label("Messages to more people than this wait for another admin")).to_have_value("500")
    finally:
        without_approval(admin, product.stack)
