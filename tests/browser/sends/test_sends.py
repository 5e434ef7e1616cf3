"""Sends in a browser: watched live to the end, started later, approved by a second admin, and what to do next."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import DESK, PHONE, check, profile, running_browser
from tests.browser.test_story import sign_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, fated, pupil, second_admin

pytestmark = pytest.mark.browser
GROUP = "10Q"


@pytest.fixture(scope="module")
def product(stack: Any) -> Product:
    return Product(stack)


@pytest.fixture(scope="module")
def admin(product: Product) -> Product:
    return product.admin()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture(scope="module")
def group(admin: Product) -> list[str]:
    """A registration group: mail reaches 100, comes back from two, is spam to one; SES rejects 250; two have no address."""
    kinds = ["success"] * 100 + ["bounce"] * 2 + ["complaint"] + ["reject"] * 250
    addresses = fated(GROUP, kinds)  # those that come back are few among many, and late, so that the brake is never due
    enrol(admin, [pupil(GROUP, number, address) for number, address in enumerate([*addresses, "", ""])])
    return addresses


@pytest.fixture
def desk(browser: Browser, stack: Any) -> Iterator[BrowserContext]:
    with profile(browser, stack["url"], DESK) as context:
        yield context


def signed_in(context: BrowserContext, product: Product, login: Any = None) -> Page:
    """A page whose reader is signed in: the demo's admin, or another."""
    page = context.new_page()
    login = login or product.stack["admin"]
    sign_in(page, product.school, login["identifier"], login["password"])
    page.wait_for_url(f"**/admin/{product.school}")
    return page


def to_check(page: Page, product: Product, group: str) -> None:
    """Choose a registration group, as far as the page on which a send is confirmed."""
    page.goto(f"/admin/{product.school}/people")
    page.get_by_label("Registration group").fill(group)
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name=re.compile("who match")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you send")


def legend(page: Page, words: str) -> Any:
    """How many people are in a state, as the list under the bar says."""
    return page.get_by_role("list", name="People by state").get_by_role("listitem").filter(has_text=re.compile(rf"^\s*({words})"))


def test_a_send_is_watched_live_paused_resumed_retried_and_cancelled(
    desk: BrowserContext, product: Product, group: list[str]
) -> None:
    page = signed_in(desk, product)
    to_check(page, product, GROUP)
    page.get_by_role("button", name=re.compile("^Send [0-9]+ password links")).click()
    page.wait_for_url("**/sends/*")
    page.evaluate("window.here = true")  # gone, should the page be loaded anew
    expect(legend(page, "[0-9]+ (being sent|sent|delivered)").first).to_be_visible(timeout=60_000)
    assert page.evaluate("window.here"), "the page freshens itself"
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".state-paused").first).to_be_visible()
    check(page, "send-held")
    expect(legend(page, "[0-9]+ waiting")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.evaluate("window.here = true")
    expect(page.get_by_text("finished", exact=True)).to_be_visible(timeout=120_000)
    expect(legend(page, "[0-9]+ being sent|[0-9]+ waiting")).to_have_count(0)
    expect(legend(page, "250 failed")).to_be_visible(timeout=60_000)  # what SES tells of the last mails comes after the end
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    assert page.evaluate("window.here")
    for words in ("2 came back", "1 called it spam", "2 skipped", "100 delivered"):
        expect(legend(page, words)).to_be_visible()
    check(page, "send-to-the-end")

    page.get_by_role("button", name="Retry 250 that failed").click()
    expect(page.get_by_text("A retry of what failed in")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    check(page, "retry-cancel")
    page.get_by_role("button", name=re.compile("^Cancel")).first.click()
    expect(page.locator(".state-cancelled").first).to_be_visible()
    expect(legend(page, "[0-9]+ cancelled")).to_be_visible(timeout=30_000)


def test_the_page_says_what_to_do_next_about_those_who_were_not_reached(
    desk: BrowserContext, product: Product, admin: Product, group: list[str]
) -> None:
    sends = admin.get(admin.console("sends"))["items"]
    send = next(each for each in sends if each["counts"]["failed"] == 250 and not each["retry_of"])
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/sends/{send['id']}")
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    advice = page.locator("h2:has-text('What to do next') + ul > li")
    for words in (
        "2 people have no e-mail address",
        "2 people's mail came back",
        "250 people's mail was not taken",
        "set a password",
    ):
        expect(advice.filter(has_text=words)).to_have_count(1)
    advice.filter(has_text="came back").get_by_role("link", name="Who they are").click()
    expect(page.get_by_text("user unknown").first).to_be_visible()
    assert page.get_by_role("table").get_by_role("row").count() == 1 + 2
    check(page, "recipients-bounced")
    page.go_back()
    advice.filter(has_text="no e-mail address").get_by_role("link", name="Login details on paper").click()
    page.wait_for_url("**/exports*")


def test_a_start_time_is_asked_for_explained_when_it_is_wrong_and_shown(
    desk: BrowserContext, product: Product, admin: Product, group: list[str]
) -> None:
    page = signed_in(desk, product)
    to_check(page, product, GROUP)
    now = datetime.now(ZoneInfo("Europe/London"))
    at, button = page.get_by_label("Start at"), page.get_by_role("button", name=re.compile("^Send [0-9]+ password links?"))
    page.evaluate("document.querySelector('form [name=start_at]').removeAttribute('min')")  # as a browser without it
    at.fill((now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    button.click()
    expect(page.get_by_text("This time has passed.").first).to_be_visible()
    check(page, "start-time-wrong")
    later = now + timedelta(hours=2)
    at.fill(later.strftime("%Y-%m-%dT%H:%M"))
    button.click()
    page.wait_for_url("**/sends/*")
    expect(page.get_by_text(f"It starts {later:%a} {later.day} {later:%b %Y, %H:%M}")).to_be_visible()
    check(page, "send-scheduled")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name=re.compile("^Cancel")).first.click()
    expect(page.locator(".state-cancelled").first).to_be_visible()
    expect(page.get_by_text("Nobody was sent anything.").first).to_be_visible()


def test_who_was_sent_a_link_lately_is_left_out_by_keyboard_and_on_a_phone(
    browser: Browser, product: Product, admin: Product, group: list[str]
) -> None:
    """Everybody of the group was mailed by the tests before; the two without an address cannot be."""
    with profile(browser, product.stack["url"], PHONE) as phone:
        page = signed_in(phone, product)
        to_check(page, product, GROUP)
        check(page, "send-check-phone")
        within = page.get_by_label("Whoever was sent a link less than this many minutes ago")
        within.fill("x")
        within.press("Enter")  # counts, and never sends
        expect(page.get_by_text("Give a whole number of minutes").first).to_be_visible()
        expect(within).to_have_value("x")
        check(page, "send-check-minutes-wrong")
        within.fill("10080")
        page.get_by_label("Whoever has logged in before").press("Space")
        within.press("Enter")
        row = page.get_by_role("row", name=re.compile("less than 10,080 minutes ago"))
        expect(row.get_by_role("cell")).to_have_text("100")
        expect(page.get_by_label("Whoever has logged in before")).to_be_checked()
        check(page, "send-check-left-out")


def test_a_second_admin_approves_on_a_phone(
    desk: BrowserContext, browser: Browser, product: Product, admin: Product, group: list[str]
) -> None:
    deputy = second_admin(product.stack)
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/settings")
    page.get_by_label("Sends to more people than this wait for another admin").fill("1")
    page.get_by_role("button", name="Save").click()
    try:
        to_check(page, product, GROUP)
        expect(page.get_by_text("Another admin has to approve it first")).to_be_visible()
        check(page, "send-check-approval")
        page.get_by_role("button", name=re.compile("^Send [0-9]+ password links?")).click()
        page.wait_for_url("**/sends/*")
        expect(page.get_by_text("so somebody else has to approve it")).to_be_visible()
        assert page.get_by_role("button", name="Approve this send").count() == 0
        check(page, "send-waits-for-approval")
        with profile(browser, product.stack["url"], PHONE) as phone:
            other = signed_in(phone, product, deputy)
            other.goto(page.url)
            check(other, "send-approve")
            other.get_by_role("button", name="Approve this send").click()
            expect(other.get_by_text("Approved by")).to_be_visible()
        expect(page.get_by_text("Approved by")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name=re.compile("^Cancel")).first.click()
        expect(page.locator(".state-cancelled").first).to_be_visible()
    finally:
        admin.http.put(admin.console("settings"), json={"approval": {"above": None}})
