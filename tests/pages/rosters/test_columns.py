"""A report whose columns are not known: uploaded, its columns chosen, read again; the next one needs no choice."""

import secrets
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import await_shown, check, signed_in
from tests.e2e.client import Product


def upload(page: Page, product: Product, file: Path) -> None:
    page.goto(f"/admin/{product.school}/rosters")
    page.get_by_role("button", name="Upload a roster").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


def test_columns_are_chosen_once(desk: BrowserContext, product: Product, tmp_path: Path) -> None:
    run = secrets.token_hex(4)
    file = tmp_path / "staff.csv"
    file.write_bytes(f"Code {run};First;Surname;Shoe size\r\nE{run};Zoë;O’Neill;38\r\n".encode("cp1252"))
    page = signed_in(desk, product)
    upload(page, product, file)
    await_shown(page, page.get_by_text("which column has the id of each person"))
    check(page, "roster-columns")
    page.get_by_label("Who is in this file?").select_option("staff")
    page.get_by_role("button", name="Read the file with these columns").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the column with the id")
    check(page, "roster-columns-wrong")
    page.get_by_label("Column 1").select_option("mis_id")
    page.get_by_label("Column 2").select_option("given_name")
    page.get_by_role("button", name="Read the file with these columns").click()
    await_shown(page, page.get_by_role("button", name="Apply this roster"))
    page.get_by_text("Columns: 3 read, 1 not read, as you chose").click()
    expect(page.get_by_role("cell", name="Zoë", exact=True)).to_be_visible()
    check(page, "roster-columns-chosen")
    upload(page, product, file)
    await_shown(page, page.get_by_text("Columns: 3 read, 1 not read, as last time"))
