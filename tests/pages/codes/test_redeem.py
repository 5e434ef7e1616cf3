"""Codes in a real browser: a pupil scans a slip on a phone, a parent types a code with nothing but the keyboard."""

import secrets

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from latchkey.codes.model.codes import redeem_url
from tests.browser.chromium import PHONE, check, profile
from tests.e2e.client import Product
from tests.e2e.school import Group, export

PASSWORD = "eleven cheerful otters"


@pytest.fixture
def row(admin: Product, group: Group) -> dict[str, str]:
    """What is printed for a student whom nobody but this test knows."""
    (found,) = export(admin, {"registration_group": group.name})[1]
    return found


def watched(context: BrowserContext) -> tuple[Page, list[str], list[str]]:
    """A page, the addresses that it asks for, and what goes wrong in it."""
    page = context.new_page()
    addresses: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    return page, addresses, problems


def test_a_pupil_scans_a_slip_and_sets_up_an_account(phone: BrowserContext, product: Product, row: dict[str, str]) -> None:
    page, addresses, problems = watched(phone)
    page.goto(redeem_url(product.stack["url"], product.school, row["StudentPIN"]))
    page.wait_for_url(f"**/schools/{product.school}/redeem")
    expect(page.get_by_label("PIN or parent code")).to_have_value(row["StudentPIN"])
    assert "#" not in page.url, "the code leaves the address bar at once"
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    check(page, "redeem")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Choose your password")).to_be_visible()
    expect(page.get_by_text(f"This PIN is for {row['Forename']}")).to_be_visible()
    check(page, "redeem-pin")
    page.get_by_label("New password").fill("test@example.com")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Your code still works")
    check(page, "redeem-weak")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("New password").fill(PASSWORD)
    expect(page.get_by_label("New password")).to_have_attribute("type", "text")
    expect(page.get_by_label("Your username")).to_have_attribute("autocomplete", "username")
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()
    check(page, "redeem-done")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address or username").fill(row["Username"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(row["Forename"])
    page.goto(f"/schools/{product.school}/redeem#{row['StudentPIN']}")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This PIN has been used")
    check(page, "redeem-used")
    secret = row["StudentPIN"].replace("-", "")
    assert not [each for each in addresses if secret in each.partition("#")[0].replace("-", "")]
    assert problems == []


def test_a_parent_registers_by_keyboard(desk: BrowserContext, product: Product, row: dict[str, str]) -> None:
    page, addresses, problems = watched(desk)
    page.goto(f"/schools/{product.school}")
    page.get_by_role("link", name="Use a code").focus()
    page.keyboard.press("Enter")
    page.get_by_label("PIN or parent code").focus()
    wrong = row["ParentCode"][:-1] + ("2" if row["ParentCode"][-1] != "2" else "3")
    page.keyboard.type(wrong.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("a character is wrong or missing")
    expect(page.get_by_label("PIN or parent code")).to_have_value(wrong.lower())
    check(page, "redeem-mistyped")
    page.get_by_label("PIN or parent code").focus()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type(row["ParentCode"][-1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Register as a parent")).to_be_visible()
    check(page, "redeem-parent")
    page.get_by_label("Your first name").focus()
    address = f"kim{secrets.token_hex(6)}@home.example"
    for text in ("Kim", "Registered", address):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_label("New password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()
    check(page, "redeem-parent-done")
    assert product.sign_in(address, PASSWORD).get("/account")["person"]["role"] == "parent"
    assert not [each for each in addresses if row["ParentCode"].replace("-", "") in each.replace("-", "")]
    assert problems == []


def test_without_javascript_the_code_is_typed(browser: Browser, product: Product, row: dict[str, str]) -> None:
    with profile(browser, product.stack["url"], PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/r/{product.school}")
        page.get_by_label("PIN or parent code").fill(row["StudentPIN"])
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", level=1, name="Choose your password")).to_be_visible()
        expect(page.get_by_role("button", name="Show")).to_be_hidden()
