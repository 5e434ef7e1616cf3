"""Parents' contacts in a browser: an office manager uploads SIMS's report and downloads it joined; a phone names columns."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import await_shown, check, signed_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, name_of_group, pupil

HEADER = "UPN,Forename,Surname,Title,Forename,Surname,Priority,Parental Responsibility,Court Order,Primary Email"


def test_the_story_that_replaces_vlookup(desk: BrowserContext, product: Product, admin: Product, tmp_path: Path) -> None:
    group = name_of_group()
    rows = [pupil(group, number, "") for number in range(3)]
    enrol(admin, rows)
    lines = [HEADER, *(f"{row[6]},{row[2]},{row[3]},Mrs,Ana,Blair,1,T,F,ana.{group.lower()}@mail.example" for row in rows[:2])]
    lines += [
        f"{rows[2][6]},{rows[2][2]},{rows[2][3]},Mr,Ian,Moor,1,T,F,",
        f"{rows[0][6]},x,y,Mr,Rob,Blair,2,F,T,rob@mail.example",
    ]
    lines.append(f",Pupil,{rows[1][3]},Ms,Kay,Rudd,1,T,F,kay@mail.example")
    file = tmp_path / "contacts.csv"
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people")
    page.get_by_role("link", name="Parents' contacts").click()
    check(page, "contacts")
    page.get_by_role("button", name="Choose the file").click()
    check(page, "contacts-upload")
    page.get_by_label("Contacts file").set_input_files(file)
    page.get_by_role("button", name="Upload and join").click()
    await_shown(page, page.get_by_role("heading", name="Download the joined file"))
    check(page, "contacts-joined")
    expect(page.get_by_role("table", name="Contacts without a student")).to_contain_text("has neither a UPN nor an id")
    expect(page.get_by_text("has a court order or restricted access").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV by family").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert content.count(f"ana.{group.lower()}@mail.example") == 1, "one row for both children"
    page.get_by_role("button", name="Make slips for these students").click()
    await_shown(page, page.get_by_role("link", name="Download"))


def test_columns_are_named_on_a_phone(phone: BrowserContext, product: Product, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("Nr,Who,Mail to\r\n1,Ana Blair,ana@mail.example\r\n", encoding="utf-8")
    page = signed_in(phone, product)
    page.goto(f"/admin/{product.school}/contacts")
    check(page)
    page.get_by_role("button", name="Choose the file").click()
    page.get_by_label("Contacts file").set_input_files(file)
    page.get_by_role("button", name="Upload and join").click()
    await_shown(page, page.get_by_role("heading", name="Which column is which?"))
    check(page, "contacts-columns")
    page.get_by_role("button", name="Read the file with these columns").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Student: id or admission number").select_option("1: Nr")
    page.get_by_label("Contact: e-mail").select_option("3: Mail to")
    page.get_by_role("button", name="Read the file with these columns").click()
    await_shown(page, page.get_by_role("heading", name="Download the joined file"))
    check(page, "contacts-phone")
