"""Messages as a tired admin makes them: in four steps, left, found again, sent; and the actions that it takes."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser.chromium import PHONE, await_shown, check, profile, signed_in
from tests.e2e.client import Product
from tests.e2e.school import Group, enrol, name_of_group, new_group, pupil
from tests.pages.sends.test_sends import choose, legend


def test_a_draft_is_begun_left_found_again_and_sent_scheduled(desk: BrowserContext, product: Product, admin: Product) -> None:
    mine = new_group(3)
    enrol(admin, [*mine.rows, pupil(mine.name, 9, "")])
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/sends")
    page.get_by_role("link", name="New message").click()
    check(page, "draft-new")
    page.get_by_role("button", name="Next: the mail").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose which people you mean.")
    check(page, "draft-new-nobody")
    choose(page, mine.name)
    page.get_by_role("button", name="Next: the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The mail itself")
    first = page.locator("dl.facts dd").first.text_content() or ""
    page.get_by_role("link", name="Next person").click()
    expect(page.locator("dl.facts dd").first).not_to_have_text(first)
    expect(page.frame_locator("iframe.mail").get_by_text("Set your password").first).to_be_visible()
    check(page, "draft-what")
    page.get_by_role("button", name="Send me a test").press("Enter")  # a click so soon after scrolling may go to the frame above
    expect(page.get_by_role("status")).to_contain_text("A test is on its way to")

    page.goto(f"/admin/{product.school}/sends")  # six o'clock: home
    row = page.get_by_role("listitem").filter(has_text=mine.name)
    check(page, "messages-with-a-draft")
    row.get_by_role("link").click()
    expect(page.get_by_text("3 people will get a mail.")).to_be_visible()
    expect(page.get_by_text("1 person will not: has no e-mail address")).to_be_visible()
    page.get_by_role("link", name=re.compile("^see who")).click()
    expect(page.get_by_role("row").filter(has_text=mine.name)).to_have_count(1)
    check(page, "draft-people")
    page.get_by_role("link", name="Back to the check").click()
    page.get_by_role("link", name="Change when").click()
    page.get_by_label("Tomorrow at 07:00").check()
    page.get_by_role("button", name="Next: check").click()
    check(page, "draft-check")
    page.get_by_role("button", name="Schedule for 3 people").click()
    expect(page.get_by_role("status").filter(has_text="is scheduled")).to_be_visible()
    sent = page.url
    page.go_back()
    expect(page).to_have_url(re.compile(r"/sends/[0-9a-z]+$"))  # Back leads to the message, never to a browser's error
    page.goto(sent)
    page.reload()
    expect(page.locator(".state").filter(has_text="scheduled for")).to_be_visible()
    page.goto(f"/admin/{product.school}/sends")
    expect(page.get_by_role("table", name="Scheduled, or waiting for approval")).to_contain_text(mine.name)
    expect(page.get_by_role("listitem").filter(has_text=mine.name)).to_have_count(0)
    check(page, "messages-scheduled")


class Counted:
    """Actions of a person, and pages that their browser loads."""

    def __init__(self, page: Page) -> None:
        self.actions = 0
        self.pages = 0
        page.on("response", self._loaded)

    def _loaded(self, response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.request.frame.parent_frame is None
        self.pages += is_page and response.status == 200

    def act(self) -> None:
        self.actions += 1


def test_the_main_job_takes_no_more_than_six_actions_and_four_pages(
    desk: BrowserContext, product: Product, admin: Product
) -> None:
    """To all of a group, from the first page of the console to the message on its way."""
    mine = new_group(4)
    enrol(admin, mine.rows)
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}")
    counted = Counted(page)
    counted.act()
    page.get_by_role("navigation", name="Console").get_by_role("link", name=re.compile("^(Messages|Sends)$")).click()
    counted.act()
    page.get_by_role("link", name="New message").click()
    counted.act()
    counted.act()
    choose(page, mine.name)
    counted.act()
    page.get_by_role("button", name="Straight to the check").click()
    counted.act()
    page.get_by_role("button", name="Send to 4 people").click()
    expect(page.get_by_role("status").filter(has_text="Your message to 4 people is on its way")).to_be_visible()
    assert (counted.actions, counted.pages) == (6, 4)


def test_the_figures_of_a_message_are_its_filter_on_a_phone(browser: Browser, product: Product, admin: Product) -> None:
    name = name_of_group("8")
    mine = Group(name, [f"{name.lower()}-{number}@success.example" for number in range(5)])
    enrol(admin, [*mine.rows, pupil(name, 7, "")])
    with profile(browser, product.stack["url"], PHONE) as phone:
        page = signed_in(phone, product)
        page.goto(f"/admin/{product.school}/sends/drafts/new")
        choose(page, name)
        page.get_by_role("button", name="Straight to the check").click()
        page.get_by_role("button", name="Send to 5 people").click()
        await_shown(page, page.get_by_text("finished", exact=True))
        await_shown(page, legend(page, "Delivered 5"))
        legend(page, "Skipped 1").click()
        expect(page.get_by_role("heading", level=2, name="Skipped: 1")).to_be_visible()
        assert page.get_by_role("row").count() == 1 + 1
        check(page, "message-skipped-phone")
        legend(page, "Not used 5").click()
        expect(page.get_by_role("heading", level=2, name="Not used: 5")).to_be_visible()
        assert page.get_by_role("row").count() == 1 + 5
        check(page, "message-not-used-phone")
