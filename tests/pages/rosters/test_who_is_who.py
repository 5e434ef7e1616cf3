"""A school that has changed its MIS: the roster's page asks, an admin answers and applies."""

import secrets
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import await_shown, check, signed_in
from tests.e2e.client import Product
from tests.e2e.school import apply, table
from tests.e2e.school import upload as by_script
from tests.pages.rosters.test_columns import upload


def test_new_ids_are_one_question(desk: BrowserContext, product: Product, admin: Product, tmp_path: Path) -> None:
    family = f"Berg{secrets.token_hex(3)}"

    def rows(mark: str) -> bytes:
        return table(
            *(
                [
                    f"{family}{mark}{place}",
                    "student",
                    name,
                    family,
                    f"{family}.{place}@e2e.example".lower(),
                    "",
                    "",
                    "7",
                    "7A",
                    "",
                ]
                for place, name in enumerate(("Ola", "Pia", "Zoë"))
            )
        )

    apply(admin, by_script(admin, rows("-old-")))
    file = tmp_path / "new-mis.csv"
    file.write_bytes(rows("-new-"))
    page = signed_in(desk, product)
    upload(page, product, file)
    question = page.locator("#decide-new_ids")
    await_shown(page, question)
    expect(question.get_by_role("heading")).to_contain_text("3 people have new ids")
    check(page, "roster")
    question.get_by_role("radio").last.check()
    question.get_by_role("button", name="Save this answer").click()
    await_shown(page, page.locator("#decide-new_ids").get_by_role("radio", checked=True))
    page.locator("#decide-new_ids").get_by_role("radio").first.check()
    page.locator("#decide-new_ids").get_by_role("button", name="Save this answer").click()
    await_shown(page, page.get_by_role("button", name="Apply this roster"))
    page.get_by_role("button", name="Apply this roster").click()
    await_shown(page, page.get_by_text("Undo this roster").first)
    check(page, "roster-applied")
    assert admin.person(role="student", q=family)["mis_id"].startswith(f"{family}-new-")
