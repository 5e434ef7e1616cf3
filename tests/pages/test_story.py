"""The story in a real browser: an admin sends links, a pupil sets a password and signs in, a member of staff forgot theirs."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import await_shown, check, sign_in, signed_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import Group, enrol, new_group, start

PASSWORD = "seven quiet badgers"


def test_an_admin_sends_links_and_a_pupil_gets_in(
    desk: BrowserContext, phone_mail: Any, product: Product, group: Group, student: dict[str, Any]
) -> None:
    admin_login = product.stack["admin"]
    page = desk.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    page.goto("/")
    check(page, "search")
    page.get_by_role("searchbox").or_(page.get_by_label(re.compile("name", re.IGNORECASE))).first.fill("northbrige")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Northbridge")).first.click()
    check(page, "school")

    sign_in(page, product.school, admin_login["identifier"], admin_login["password"])
    page.wait_for_url(f"**/admin/{product.school}")
    check(page, "overview")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="People").click()
    page.get_by_label("Search", exact=False).first.fill(group.name)
    page.get_by_role("button", name="Show", exact=True).click()
    check(page, "people")
    page.get_by_role("button", name=re.compile("on this page$|this person")).click()
    page.get_by_role("button", name="Send password links").click()
    expect(page.locator("button#send")).to_be_visible()
    check(page, "send-check")
    page.get_by_role("button", name=re.compile("^Send to [0-9]+ pe")).click()
    expect(page.get_by_role("status").filter(has_text="is on its way")).to_be_visible()
    await_shown(page, page.get_by_text("finished", exact=True))
    expect(page.get_by_role("heading", name="What to do next")).to_have_count(0)  # nothing is
    check(page, "send")
    page.get_by_role("link", name=re.compile("^Delivered")).click()
    check(page, "send-delivered")

    mail = product.mail(student["email"])
    phone_mail(links_in(mail)[0], student)
    assert problems == []


@pytest.fixture
def phone_mail(phone: BrowserContext, product: Product) -> Any:
    """Follow a link on a phone, set the password, sign in, sign out."""

    def follow(link: str, pupil: dict[str, Any]) -> None:
        page = phone.new_page()
        page.goto(link)
        expect(page.get_by_role("heading", level=1, name="Set your password")).to_be_visible()
        assert "#" not in page.url, "the token leaves the address bar at once"
        check(page, "set-password")
        page.get_by_label("New password").fill("password12")
        page.get_by_role("button", name="Set password").click()
        expect(page.locator("[data-summary]")).to_be_visible()
        check(page, "weak-password")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Set password").click()
        expect(page.get_by_role("heading", level=1, name="Your password is set")).to_be_visible()
        check(page, "password-set")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("E-mail address or username").fill(pupil["email"])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(pupil["given_name"])
        check(page, "account")
        cookie = next(each for each in phone.cookies() if each["name"] == "__Host-latchkey")
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
        page.get_by_role("button", name="Sign out").click()
        page.goto("/account")
        expect(page.get_by_role("heading", level=1)).not_to_contain_text(pupil["given_name"])
        page.goto("about:blank")
        page.goto(link)
        expect(page.get_by_role("heading", level=1, name="This link has been used")).to_be_visible()
        check(page, "used")
        page.get_by_role("button", name="Send a new link to the same address").click()
        expect(page.locator("section:visible [data-renewed]")).not_to_be_empty()

    return follow


def test_someone_else_forgot_their_password(phone: BrowserContext, product: Product, student: dict[str, Any]) -> None:
    page = phone.new_page()
    page.goto(f"/schools/{product.school}")
    check(page, "school-phone")
    page.get_by_role("link", name="Get a link").click()
    check(page, "forgot")
    page.get_by_label("E-mail address or username").fill(student["email"])
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1, name="Look in your mail")).to_be_visible()
    check(page, "forgot-sent")
    page.goto(links_in(product.mail(student["email"]))[0])
    page.get_by_label("New password").fill(PASSWORD + " again")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", level=1, name="Your password is set")).to_be_visible()
    sign_in(page, product.school, student["email"], "wrong password 1")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "sign-in-failed")
    sign_in(page, product.school, student["email"], PASSWORD + " again")
    expect(page.get_by_role("heading", level=1)).to_contain_text(student["given_name"])


def test_a_school_with_single_sign_on_says_so_before_anybody_types(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/schools/southgate/forgot-password")
    check(page, "forgot-sso")
    expect(page.locator(".aside")).to_contain_text("tudents")
    page.goto("/schools/southgate")
    check(page, "school-sso")
    expect(page.get_by_role("link", name=re.compile("Southgate ID")).first).to_be_visible()


def test_an_admin_downloads_login_details_and_reads_a_roster(desk: BrowserContext, product: Product, tmp_path: Any) -> None:
    page = signed_in(desk, product)
    navigation = page.get_by_role("navigation", name="Console")
    navigation.get_by_role("link", name="Login details").click()
    check(page, "exports")
    page.get_by_role("link", name="Slips", exact=True).click()
    page.get_by_label("The whole school").check()
    page.get_by_role("button", name="See what the file will hold").click()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/exports/*")
    link = page.get_by_role("link", name=re.compile("download", re.IGNORECASE)).or_(
        page.get_by_role("button", name=re.compile("download", re.IGNORECASE))
    )
    await_shown(page, link.first)
    check(page, "export")
    with page.expect_download() as download:
        link.first.click()
    assert download.value.suggested_filename.endswith(".pdf")

    for inner in ("Update people", "Activity"):
        navigation.get_by_role("link", name="Settings").click()
        page.get_by_role("main").get_by_role("link", name=inner).click()
        expect(page.get_by_role("navigation", name="Where this page is").get_by_role("link", name="Settings")).to_be_visible()
        check(page, inner.lower().replace(" ", "-"))
    for section in ("Messages", "Settings", "Home"):
        navigation.get_by_role("link", name=section).click()
        check(page, section.lower())


def test_an_admin_looks_at_a_mail_pauses_a_send_and_cancels_it(desk: BrowserContext, product: Product, admin: Product) -> None:
    mine = new_group(200)
    enrol(admin, mine.rows)
    page = signed_in(desk, product)
    someone = admin.person(**mine.filter)
    page.goto(f"/admin/{product.school}/sends/preview?person={someone['id']}")
    check(page, "preview")
    send = start(admin, mine)
    page.goto(send)
    page.get_by_role("button", name=re.compile("^Pause")).click()
    expect(page.locator(".state-paused").first).to_be_visible()
    check(page, "send-paused")
    page.get_by_role("link", name="Stop …").click()
    check(page, "send-cancel")
    page.get_by_role("button", name="Stop the message").click()
    expect(page.locator(".state-cancelled").first).to_be_visible()
    admin.watch(send, "the end of what was planned", lambda found: not found["counts"]["planned"])
    page.reload()
    check(page, "send-cancelled")
    page.get_by_role("link", name=re.compile("^Got nothing")).click()
    check(page, "send-got-nothing")
    page.get_by_role("button", name=re.compile("^Send to the [0-9]+ who got nothing")).click()
    expect(page.get_by_text("(the rest)").first).to_be_visible()
    check(page, "draft-of-the-rest")


def test_the_whole_way_in_works_by_keyboard(desk: BrowserContext, product: Product) -> None:
    page = desk.new_page()
    page.goto(f"/schools/{product.school}/sessions")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("E-mail address or username").focus()
    page.keyboard.type(product.stack["admin"]["identifier"])
    page.keyboard.press("Tab")
    page.keyboard.type(product.stack["admin"]["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/{product.school}")


def test_another_sites_page_cannot_post(desk: BrowserContext, product: Product, stack: Any) -> None:
    page = signed_in(desk, product)
    evil = f"""<form method=post action="{stack["url"]}/admin/{product.school}/sends"><input name=kind value=password_link>
        <input name=to value=filter><input name=confirm value=true></form>"""
    page.route("http://evil.localhost/**", lambda route: route.fulfill(body=evil, content_type="text/html"))
    page.goto("http://evil.localhost/")
    with page.expect_navigation() as moved:
        page.evaluate("document.forms[0].submit()")
    assert moved.value.status == 403
