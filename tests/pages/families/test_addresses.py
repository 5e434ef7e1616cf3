"""A parent with three children: three codes with one address, one mailbox that joins them, and a second account to switch to."""

import secrets

from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import check, sign_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import enrol, new_group, people, pupil

PASSWORD = "eleven cheerful otters"


def test_a_parent_with_three_children_has_one_account_and_switches(
    phone: BrowserContext, product: Product, admin: Product
) -> None:
    group = new_group()
    rows = [pupil(group.name, number, "") for number in range(3)]
    enrol(admin, [[*row[:2], given, "Okafor", *row[4:]] for row, given in zip(rows, ("Ann", "Ben", "Cat"), strict=True)])
    children = people(admin, group)
    address = f"mum.{secrets.token_hex(4)}@home.example"
    for child in children:
        codes = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()
        wishes = {"email": address, "given_name": "Maya", "family_name": "Okafor", "password": PASSWORD}
        answer = product.http.post(f"/schools/{product.school}/codes/use", json={"code": codes["parent_code"], **wishes})
        assert answer.status_code == 201, answer.text
    link = next(each for each in links_in(admin.mail(address)) if "/confirm#" in each)

    page = phone.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", level=1, name="Confirm your address")).to_be_visible()
    assert "#" not in page.url, "the secret is taken out of the address bar"
    expect(page.get_by_role("checkbox")).to_have_count(2)
    check(page, "confirm-address")
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_role("heading", level=1, name="Your address is confirmed")).to_be_visible()
    check(page, "confirm-address-done")
    page.goto(link)
    expect(page.get_by_role("heading", level=1, name="This link has been used")).to_be_visible()
    check(page, "confirm-address-used")

    sign_in(page, product.school, address, PASSWORD)
    page.wait_for_url("**/account")
    for name in ("Ann", "Ben", "Cat"):
        expect(page.get_by_role("heading", level=3, name=f"{name} Okafor")).to_be_visible()
    check(page, "account-of-three")
    page.get_by_role("link", name="Use another address").click()
    check(page, "account-email")
    page.goto("/account/devices")
    check(page, "account-devices")
    page.get_by_role("button", name="Add another account").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
