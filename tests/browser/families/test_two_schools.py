"""A parent with three children in two schools: two codes of one school, one of another, and all of it in one browser."""

import re
import secrets

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import check, sign_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import admin_of, enrol, new_group, people, pupil

pytestmark = pytest.mark.browser
PASSWORD = "eleven cheerful otters"
OTHER = "seven patient badgers"


def parent_code(admin: Product, child: str) -> str:
    answer = admin.http.post(admin.console(f"people/{child}/codes"), json={})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["parent_code"])


def register(page: Page, school: str, code: str, address: str, password: str) -> None:
    """With the address of a slip, as a phone's camera opens it."""
    page.goto(f"/r/{school}#{code}")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1, name="Register as a parent")).to_be_visible()
    page.get_by_label("Your first name").fill("Maya")
    page.get_by_label("Your last name").fill("Okafor")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()


def confirmation(admin: Product, address: str, after: int = 0) -> str:
    """The link of the newest mail to a parent."""
    return next(each for each in links_in(admin.mail(address, after=after)) if "/confirm#" in each)


def test_a_parent_with_three_children_in_two_schools(phone: BrowserContext, product: Product, admin: Product) -> None:
    group = new_group()
    rows = [pupil(group.name, number, "") for number in range(2)]
    enrol(admin, [[*row[:2], given, "Okafor", *row[4:]] for row, given in zip(rows, ("Ann", "Ben"), strict=True)])
    ann, ben = people(admin, group)
    address = f"mum.{secrets.token_hex(4)}@home.example"
    page = phone.new_page()

    # Child one: the account works at once, and is confirmed by the mail.
    register(page, product.school, parent_code(admin, ann["id"]), address, PASSWORD)
    sign_in(page, product.school, address, PASSWORD)
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=3, name="Ann Okafor")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="Confirm your e-mail address")).to_be_visible()
    check(page, "account-unconfirmed")
    page.goto(confirmation(admin, address))
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_role("heading", level=1, name="Your address is confirmed")).to_be_visible()
    page.get_by_role("link", name="Go to your account").click()
    expect(page.get_by_role("heading", level=2, name="E-mail address", exact=True)).to_be_visible()

    # Child two, with the same address: the mail joins it to the account that there is.
    register(page, product.school, parent_code(admin, ben["id"]), address, OTHER)
    page.goto(confirmation(admin, address, after=1))
    expect(page.get_by_role("heading", level=1, name="You have an account already")).to_be_visible()
    check(page, "confirm-known")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="You have one account now")).to_be_visible()
    check(page, "confirm-joined")
    sign_in(page, product.school, address, PASSWORD)
    page.wait_for_url("**/account")
    for name in ("Ann", "Ben"):
        expect(page.get_by_role("heading", level=3, name=f"{name} Okafor")).to_be_visible()
    people_of = admin.console("people")
    admin.watch(people_of, "one account, not two", lambda found: len(found["items"]) == 1, role="parent", q=address)
    gone = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": address, "password": OTHER})
    assert gone.status_code == 401

    # Child three, at a school whose students sign in elsewhere, and parents here.
    southgate = admin_of(product.stack, "southgate")
    cat = southgate.get(southgate.console("people"), role="student")["items"][0]
    page.get_by_role("link", name="Switch to another account").click()
    page.get_by_role("button", name="Add an account of another school").click()
    register(page, southgate.school, parent_code(southgate, cat["id"]), address, OTHER)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address or username").fill(address)
    page.get_by_label("Password").fill(OTHER)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=3, name=cat["name"])).to_be_visible()
    expect(page.get_by_text("signs in with the school’s own sign-in")).to_be_visible()

    # Both in one browser: switch, and sign out of one.
    page.get_by_role("link", name="Switch to another account").click()
    expect(page.get_by_text("you are using this one now")).to_have_count(1)
    check(page, "account-two-schools")
    page.get_by_role("button", name=re.compile(r"Switch to Maya \(parent: (Ann, Ben|Ben, Ann)\), Northbridge")).click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", level=3, name="Ben Okafor")).to_be_visible()
    page.get_by_role("link", name="Switch to another account").click()
    page.get_by_role("button", name=re.compile(r"Sign out of Maya \(parent: .+\), Southgate")).click()
    expect(page.get_by_role("listitem").filter(has_text="Southgate")).to_have_count(0)
    page.get_by_role("link", name="Back to your account").click()
    expect(page.get_by_role("heading", level=3, name="Ann Okafor")).to_be_visible()
