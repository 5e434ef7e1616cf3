"""People and admins in a browser: somebody is added, put right, and erased; by keyboard's own order, on a phone, read by axe."""

import re

from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import check, profile, signed_in
from tests.e2e.client import Product


def test_somebody_is_added_put_right_and_erased(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people")
    page.get_by_role("link", name="Add a person").click()
    check(page, "person-add")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    check(page, "person-add-wrong")
    page.get_by_label("Role").select_option("student")
    page.get_by_label(re.compile("^First name")).fill("Zoë")
    page.get_by_label("Registration group").fill("13Q")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("status")).to_have_text("This person was added.")
    check(page, "person-added")
    page.get_by_role("link", name="Change").click()
    page.get_by_role("main").get_by_label("E-mail").fill("not an address")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="This is not an e-mail address.").click()
    expect(page.get_by_role("main").get_by_label("E-mail")).to_be_focused()
    check(page, "person-edit-wrong")
    page.get_by_role("main").get_by_label("E-mail").fill("zoe@northbridge.example")
    page.get_by_label("Account", exact=True).select_option("disabled")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Your change was saved.")
    expect(page.get_by_text("has an account that is switched off")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("status")).to_contain_text("signed out everywhere")
    check(page, "person-history")
    page.get_by_text("Erase this person").click()
    page.get_by_label("Erase Zoë").check()
    check(page, "person-erase")
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")


def test_forms_and_admins_fit_the_narrowest_phone(browser: Browser, stack: dict[str, str], product: Product) -> None:
    with profile(browser, stack["url"], {"width": 320, "height": 700}) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/people/new")
        check(page, "person-add-phone")
        page.goto(f"/admin/{product.school}/admins")
        expect(page.get_by_role("heading", level=1)).to_have_text("Admins")
        check(page, "admins-phone")
        page.goto(f"/admin/{product.school}/people?role=staff")
        page.get_by_role("rowheader").first.get_by_role("link").click()
        expect(page.get_by_role("heading", name="What happened")).to_be_visible()
        check(page, "person-phone")
        page.get_by_role("link", name=re.compile("^Change")).click()
        check(page, "person-edit-phone")


def test_people_are_found_as_they_are_typed_and_an_admin_goes(desk: BrowserContext, product: Product, admin: Product) -> None:
    for facts in (
        {"role": "student", "given_name": "Zoë", "family_name": "O’Brien", "registration_group": "9K", "year_group": "9"},
        {"role": "staff", "given_name": "Łucja", "family_name": "Żak", "email": "lucja.zak@northbridge.example"},
    ):
        assert admin.http.post(admin.console("people"), json=facts).status_code == 201
    page = signed_in(desk, product)
    for typed, name in (
        ("zoe", "Zoë O’Brien"),
        ("o'brien", "Zoë O’Brien"),
        ("obrien ZOE", "Zoë O’Brien"),
        ("lucja zak", "Łucja Żak"),
    ):
        page.goto(f"/admin/{product.school}/people")
        page.get_by_label("Search for a name, username, e-mail, UPN or group").fill(typed)
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    check(page, "people-found")
    page.get_by_role("link", name="Łucja Żak", exact=True).click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Preferred first name").fill("Lucy")
    page.get_by_role("main").get_by_label("E-mail").fill("lucy.zak@northbridge.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lucy Żak")
    expect(page.get_by_text("Legal name: Łucja Żak")).to_be_visible()
    page.get_by_role("link", name="Make an admin").click()
    page.get_by_role("button", name="Invite Lucy Żak").click()
    expect(page.get_by_role("status")).to_contain_text("The invitation is on its way")
    card = page.get_by_role("link", name="Lucy Żak", exact=True)
    card.click()
    page.get_by_role("link", name="Change").click()
    page.get_by_role("main").get_by_label("E-mail").fill("lucy.two@northbridge.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("24 hours to object")
    page.goto(f"/admin/{product.school}")
    expect(page.get_by_role("heading", name="The new address that you asked for waits")).to_be_visible()
    check(page, "address-waits")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("was withdrawn")
    page.get_by_text("End admin rights of Lucy Żak").click()
    page.get_by_role("button", name="End the admin rights of Lucy Żak").click()
    expect(page.get_by_role("status")).to_contain_text("Their admin rights were ended")
    check(page, "admin-ended")
