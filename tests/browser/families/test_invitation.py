"""A parent from a contacts file who clicks one mail and sees two children."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import await_shown, check, sign_in, signed_in
from tests.e2e.client import Product, links_in
from tests.e2e.school import enrol, name_of_group, pupil

pytestmark = pytest.mark.browser
HEADER = "UPN,Forename,Surname,Title,Forename,Surname,Priority,Parental Responsibility,Court Order,Primary Email"
PASSWORD = "eleven cheerful otters"


def test_a_parent_clicks_one_mail_and_sees_two_children(
    desk: BrowserContext, phone: BrowserContext, product: Product, admin: Product, tmp_path: Path
) -> None:
    group = name_of_group()
    pupils = [pupil(group, number, "") for number in range(2)]
    rows = [[*row[:2], given, "Blair", *row[4:]] for row, given in zip(pupils, ("Amir", "Zara"), strict=True)]
    enrol(admin, rows)
    address = f"ana.{group.lower()}@home.example"
    file = tmp_path / "contacts.csv"
    lines = [HEADER, *(f"{row[6]},{row[2]},{row[3]},Mrs,Ana,Blair,1,T,F,{address}" for row in rows)]
    file.write_text("\r\n".join(lines), encoding="utf-8")

    # The office: from the file to the mail, with a look at who is invited.
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/contacts")
    page.get_by_role("button", name="Choose the file").click()
    page.get_by_label("Contacts file").set_input_files(file)
    page.get_by_role("button", name="Upload and join").click()
    await_shown(page, page.get_by_role("button", name="Invite these parents"))
    page.get_by_role("button", name="Invite these parents").click()
    expect(page.get_by_text("Invitations to parents in the contacts")).to_be_visible()
    check(page, "invitation-check")
    page.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_role("status").filter(has_text="is on its way")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invitations to parents in the contacts")
    (link,) = {each for each in links_in(admin.mail(address)) if "/join#" in each}

    # The parent, on a phone.
    mine = phone.new_page()
    mine.goto(link)
    expect(mine.get_by_role("heading", level=1, name="Make your account")).to_be_visible()
    assert "#" not in mine.url, "the secret is taken out of the address bar"
    expect(mine.get_by_role("listitem").filter(has_text="Amir")).to_be_visible()
    check(mine, "invitation")
    mine.get_by_label("Choose a password").fill("short")
    mine.get_by_role("button", name="Make the account").click()
    expect(mine.get_by_role("alert")).to_contain_text("This is too short")
    check(mine, "invitation-wrong")
    mine.get_by_label("Choose a password").fill(PASSWORD)
    mine.get_by_role("button", name="Make the account").click()
    expect(mine.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()
    expect(mine.locator("[data-names-of]:visible")).to_have_text(re.compile("Amir, Zara|Zara, Amir"))
    check(mine, "invitation-made")
    sign_in(mine, product.school, address, PASSWORD)
    mine.wait_for_url("**/account")
    for name in ("Amir Blair", "Zara Blair"):
        expect(mine.get_by_role("heading", level=3, name=name)).to_be_visible()

    # The link again: it says so, and does nothing.
    mine.goto("about:blank")
    mine.goto(link)
    expect(mine.get_by_role("heading", level=1, name="This invitation has been used")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Account made")).to_be_visible()
    check(page, "invitation-recipients")
