"""The list of people in a browser: found, filtered, selected over pages and filters, and what is done with those selected."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import DESK, PHONE, check, profile, signed_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group

SIZES = {"phone": PHONE, "narrow": {"width": 320, "height": 700}, "desk": DESK}


def bar(page: Page) -> Any:
    return page.get_by_role("region", name="Selected people")


def cleared(admin: Product) -> None:
    assert admin.http.post(admin.console("people/selection"), json={"clear": True}).status_code == 200


@pytest.mark.parametrize("size", SIZES)
def test_the_list_in_every_width(browser: Browser, stack: dict[str, str], product: Product, admin: Product, size: str) -> None:
    cleared(admin)
    with profile(browser, stack["url"], SIZES[size]) as context:  # type: ignore[arg-type]
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/people?role=student&year_group=7&year_group=8")
        check(page, f"people-{size}")
        if size != "desk":
            page.get_by_text("Filter (2)").click()
        page.get_by_text(re.compile("^Year: 7, 8")).click()
        check(page, f"people-filter-{size}")
        page.keyboard.press("Escape")
        page.get_by_role("row").nth(1).get_by_role("checkbox").check()
        expect(bar(page)).to_contain_text("1 selected")
        check(page, f"people-selected-{size}")
        page.get_by_role("row").nth(1).locator(".menu summary").click()
        expect(page.get_by_role("button", name="Send link").first).to_be_visible()
        check(page, f"people-menu-{size}")
        bar(page).get_by_role("button", name="Clear").click()
        expect(bar(page)).to_be_hidden()


def test_seven_year_groups_over_three_pages_of_filters_are_sent_in_one_message(
    desk: BrowserContext, product: Product, admin: Product
) -> None:
    """Each chosen whole, some by ticking years at once, on pages of different filters; then one message to all of them."""
    cleared(admin)
    mine = {year: new_group(2, year=year) for year in ("7", "8", "9", "10", "11", "12", "13")}
    enrol(admin, [row for each in mine.values() for row in each.rows])
    page = signed_in(desk, product)
    whole = 0
    for years in (("7", "8", "9"), ("10", "11"), ("12", "13")):
        page.goto(f"/admin/{product.school}/people?role=student&" + "&".join(f"year_group={year}" for year in years))
        whole += int(re.sub(r"\D", "", page.locator("#list").inner_text().partition(" of ")[2].partition(" ")[0]))
        page.get_by_role("button", name=re.compile("^all [0-9,]+ that match")).click()
        expect(bar(page)).to_contain_text(f"{whole:,} selected")
    expect(page).to_have_url(re.compile("#chosen$"))
    check(page, "people-seven-years")
    someone = page.get_by_role("row").nth(2).get_by_role("checkbox")
    someone.uncheck()
    expect(bar(page)).to_contain_text(f"{whole - 1:,} selected")
    page.reload()
    expect(someone).not_to_be_checked()
    someone.check()
    expect(bar(page)).to_contain_text(f"{whole:,} selected")
    bar(page).get_by_role("button", name="Send password links").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("Password links to (students of years 7 to 13|[0-9,]+ people)")).first).to_be_visible()
    check(page, "people-seven-years-message")
    cleared(admin)


def test_without_a_script_ticks_are_kept_over_pages_and_filters(
    browser: Browser, stack: dict[str, str], product: Product, admin: Product
) -> None:
    cleared(admin)
    with profile(browser, stack["url"], DESK, java_script_enabled=False) as context:
        page = signed_in(context, product)
        page.goto(f"/admin/{product.school}/people?role=student")
        for row in (1, 2):
            page.get_by_role("row").nth(row).get_by_role("checkbox").check()
        page.get_by_role("button", name=re.compile("^Next")).click()
        expect(bar(page)).to_contain_text("2 selected")
        page.get_by_role("row").nth(1).get_by_role("checkbox").check()
        page.get_by_label("Status").select_option("not_ready")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(bar(page)).to_contain_text("3 selected")
        page.get_by_role("row").nth(3).get_by_role("checkbox").check()
        bar(page).get_by_role("button", name="Update e-mails").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Update e-mails")
        page.goto(f"/admin/{product.school}/people")
        expect(bar(page)).to_contain_text(re.compile("[34] selected"))
        bar(page).get_by_role("button", name="Clear").click()
        expect(bar(page)).to_be_hidden()


def test_a_person_is_found_from_anywhere(desk: BrowserContext, product: Product, admin: Product) -> None:
    for name in ("Jan", "Ewa"):
        facts = {
            "role": "student",
            "given_name": name,
            "family_name": "Krzyżanowski",
            "registration_group": "9Z",
            "year_group": "9",
        }
        assert admin.http.post(admin.console("people"), json=facts).status_code == 201
    page = signed_in(desk, product)
    page.get_by_role("searchbox", name="Find a person").fill("krzyzanowski jan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jan Krzyżanowski")
    page.get_by_role("searchbox", name="Find a person").fill("Krzyzanovski")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is called Krzyzanovski.")).to_be_visible()
    check(page, "people-nobody")
    page.get_by_role("link", name="Krzyżanowski", exact=True).click()
    expect(page.get_by_role("link", name="Ewa Krzyżanowski")).to_be_visible()
    page.get_by_role("searchbox", name="Find a person").fill("nobody@northbridge.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is called nobody@northbridge.example.")).to_be_visible()
    assert "nobody" not in page.url
