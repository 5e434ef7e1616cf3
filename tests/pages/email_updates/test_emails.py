"""Update e-mails in a browser: a group typed by keyboard, a file, what looks mistyped, the undo; a phone without scripts."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.local.waiting import wait_for
from tests.browser.chromium import check, profile, signed_in
from tests.e2e.client import Product
from tests.e2e.school import Group, enrol, name_of_group, people
from tests.support.workbooks import excel

ACCOUNTS = [
    "First Name [Required]",
    "Last Name [Required]",
    "Email Address [Required]",
    "Org Unit Path [Required]",
    "Employee ID",
]


def without_addresses(admin: Product, size: int) -> Group:
    """A group of students none of whom has an address."""
    group = Group(name_of_group("9"), [""] * size)
    enrol(admin, group.rows)
    return group


def open_group(page: Page, product: Product, name: str) -> None:
    """From the list of people to the fields of a group."""
    page.goto(f"/admin/{product.school}/people")
    page.get_by_role("link", name="Update e-mails").click()
    check(page, "emails")
    page.get_by_label("Registration group").fill(name)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table", name="New addresses of")).to_be_visible()


def test_a_group_is_typed_by_keyboard_checked_changed_and_undone(desk: BrowserContext, product: Product, admin: Product) -> None:
    group = without_addresses(admin, 3)
    page = signed_in(desk, product)
    open_group(page, product, group.name)
    check(page, "emails-grid")
    page.get_by_role("textbox", name="New address of").first.focus()
    page.keyboard.type("one@home.example")
    page.keyboard.press("Enter")
    page.keyboard.type("two@gmial.com")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("three at home")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check these addresses").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the new addresses")
    expect(page.get_by_text("is it gmail.com?")).to_be_visible()
    expect(page.get_by_text("This is not an e-mail address.")).to_be_visible()
    check(page, "emails-check")
    page.get_by_role("checkbox", name="two@gmial.com").check()
    page.get_by_role("button", name="Change 1 and those I tick").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses changed")
    check(page, "emails-changed")
    assert sorted(filter(None, (each["email"] for each in people(admin, group)))) == ["one@home.example", "two@gmial.com"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses put back")
    check(page, "emails-undone")
    assert [each["email"] for each in people(admin, group)] == [None] * 3


def test_a_hundred_addresses_are_pasted_and_undone(desk: BrowserContext, product: Product, admin: Product) -> None:
    group = without_addresses(admin, 100)
    upns = {each["upn"]: each["email"] for each in people(admin, group)}
    assert upns == dict.fromkeys(upns)
    pasted = "".join(f"{upn}\tpupil{number}@home.example\n" for number, upn in enumerate(upns))
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people/emails")
    page.get_by_label("Who, and the address").focus()
    page.keyboard.insert_text("UPN\tE-mail\n" + pasted)  # what a paste does
    page.locator("form", has=page.get_by_label("Who, and the address")).get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Change 100 addresses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses changed")
    assert sum(1 for each in people(admin, group) if each["email"]) == 100
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("100 addresses were put back.")).to_be_visible()
    # More than the list of people reads anew: what an older change says of them may stand in it until this one has come by the
    # stream (a second or two).
    wait_for(lambda: {each["email"] for each in people(admin, group)}, "no addresses", lambda found: found == {None})


def test_a_list_of_accounts_and_a_workbook_are_sent_as_files(
    desk: BrowserContext, product: Product, admin: Product, tmp_path: Path
) -> None:
    group = without_addresses(admin, 1)
    (student,) = people(admin, group)
    file = tmp_path / "addresses.xlsx"
    file.write_bytes(
        excel(("Accounts", [ACCOUNTS, ["Pupil", student["family_name"], "p@home.example", "/Students/Year 9", "7"]]))
    )
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people/emails")
    page.get_by_label("Or choose a file").set_input_files(file)
    expect(page.get_by_text("addresses.xlsx is ready")).to_be_visible()
    page.locator("form", has=page.get_by_label("Who, and the address")).get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Change 1 address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses changed")
    assert people(admin, group)[0]["email"] == "p@home.example"


def test_a_file_is_read_into_the_field(desk: BrowserContext, product: Product, admin: Product, tmp_path: Path) -> None:
    group = without_addresses(admin, 1)
    (student,) = people(admin, group)
    file = tmp_path / "addresses.csv"
    file.write_bytes(f"UPN;Surname;Email\r\n{student['upn']};O’Neil-Ünal;oneil@home.example\r\n".encode("cp1252"))
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people/emails")
    page.get_by_label("Or choose a file").set_input_files(file)
    expect(page.get_by_text("stands in the field above")).to_be_visible()
    expect(page.get_by_label("Who, and the address")).to_have_value(
        f"UPN;Surname;Email\n{student['upn']};O’Neil-Ünal;oneil@home.example\n"
    )
    page.locator("form", has=page.get_by_label("Who, and the address")).get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Change 1 address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addresses changed")
    assert people(admin, group)[0]["email"] == "oneil@home.example"


def test_without_scripts_at_320_pixels(browser: Browser, product: Product, admin: Product) -> None:
    group = without_addresses(admin, 1)
    with profile(browser, product.stack["url"], {"width": 320, "height": 640}, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/people/emails?registration_group={group.name}")
        expect(page.get_by_label("Or choose a file")).to_be_hidden()
        page.get_by_role("textbox", name="New address of").fill("one@home.example")
        page.get_by_role("button", name="Check these addresses").first.click()
        page.get_by_role("button", name="Change 1 address").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Addresses changed")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("1 address was put back.")).to_be_visible()


def test_what_is_wrong_is_said_at_its_field_on_a_phone(phone: BrowserContext, product: Product) -> None:
    page = signed_in(phone, product)
    page.goto(f"/admin/{product.school}/people/emails")
    page.locator("form", has=page.get_by_label("Who, and the address")).get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("Type an address for somebody, or paste two columns.")
    expect(page.get_by_label("Who, and the address")).to_have_attribute("aria-invalid", "true")
    check(page, "emails-wrong")
