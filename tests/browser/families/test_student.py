"""A child invites a parent, who registers from the mail; and the office reads out a code, with which somebody else signs in."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import DESK, PHONE, check, profile, sign_in, signed_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group, people, pupil

pytestmark = pytest.mark.browser
PASSWORD = "eleven cheerful otters"


@pytest.fixture
def child(admin: Product, product: Product) -> dict[str, Any]:
    """A student who has an account, and whom nobody but this test knows."""
    group = new_group()
    row = pupil(group.name, 0, group.addresses[0])
    enrol(admin, [[*row[:2], "Ben", "Adeyemi", *row[4:]]])
    (found,) = people(admin, group)
    codes = admin.http.post(admin.console(f"people/{found['id']}/codes"), json={}).json()
    wishes = {"code": codes["pin"], "password": PASSWORD}
    answer = product.http.post(f"/schools/{product.school}/codes/use", json=wishes)
    assert answer.status_code == 201, answer.text
    return found


def test_a_child_invites_a_parent(phone: BrowserContext, browser: Browser, product: Product, child: dict[str, Any]) -> None:
    page = phone.new_page()
    sign_in(page, product.school, child["email"], PASSWORD)
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", name="Your parents’ code")).to_be_visible()
    check(page, "student-account")
    page.get_by_role("button", name="Show the code").click()
    expect(page.get_by_role("heading", level=1, name="Your parents’ code")).to_be_visible()
    expect(page.get_by_role("img", name="The code as a square to photograph")).to_be_visible()
    assert "#" not in page.url
    check(page, "student-parent-code")
    page.get_by_role("link", name="Hide the code").click()

    address = f"dad.{secrets.token_hex(4)}@home.example"
    page.get_by_label("Your parent’s e-mail address").fill("nonsense")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator("#email_1-error")).to_be_visible()
    check(page)
    page.get_by_label("Your parent’s e-mail address").fill(address)
    page.get_by_role("button", name="Invite", exact=True).click()
    page.wait_for_url("**/account?done=invited")
    expect(page.get_by_text("d***@h***.example", exact=True)).to_be_visible()
    mail = product.mail(address)
    assert "Ben" in mail["text"]
    (link,) = set(re.findall(r"https?://\S+/join#[A-Za-z0-9._-]+", mail["text"]))

    with profile(browser, product.stack["url"], DESK) as desk:
        dad = desk.new_page()
        dad.goto(link)
        dad.get_by_label("Your first name").fill("Dan")
        dad.get_by_label("Choose a password").fill(PASSWORD)
        dad.get_by_role("button", name="Make the account").click()
        expect(dad.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()
        sign_in(dad, product.school, address, PASSWORD)
        dad.wait_for_url("**/account")
        expect(dad.get_by_role("heading", level=3, name=re.compile("Ben"))).to_be_visible()

    page.goto("/account")
    page.get_by_text("This is not my parent").first.click()
    page.get_by_role("button", name=re.compile("Tell the office")).first.click()
    page.wait_for_url("**/account?done=not-mine")
    expect(page.get_by_text("You have told the school’s office")).to_be_visible()


def test_the_office_on_the_phone(
    desk: BrowserContext, browser: Browser, product: Product, admin: Product, child: dict[str, Any]
) -> None:
    page = signed_in(desk, product)
    page.goto(admin.console(f"people/{child['id']}"))
    page.get_by_role("link", name="On the telephone").click()
    expect(page.get_by_text("The registration group")).to_be_visible()
    check(page, "telephone")
    page.get_by_role("button", name="Read out a code").click()
    expect(page.get_by_text("V for Victor").first).to_be_visible()
    check(page, "read-out")
    code = "-".join(page.locator(".said .code").all_inner_texts())
    assert re.fullmatch(r"V[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)

    with profile(browser, product.stack["url"], PHONE) as childs:
        own = childs.new_page()
        own.goto(f"/r/{product.school}")
        own.locator("#code").fill(code.lower().replace("-", " "))
        own.get_by_role("button", name="Go on").click()
        own.locator("input[type=password]").first.fill("nine patient herons")
        own.get_by_role("button", name="Set up my account").click()
        expect(own.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()
        sign_in(own, product.school, child["email"], "nine patient herons")
        own.wait_for_url("**/account")
