"""Links and codes as mail programs, filters and scanners leave them, in a real browser."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chromium import check
from tests.e2e.client import Product, token_in

pytestmark = pytest.mark.browser
# (what stands between the page and the secret, what comes behind it)
LINKS = [
    ("%23", ""),
    ("%2523", ""),
    ("?utm_source=mail#", ""),
    ("#", "."),
    ("#", ">"),
    ("#", "%3E"),
    ("#", "%E2%80%9D"),
    ("#", "<br>"),
    ("#", "%20"),
    ("#", "?utm_source=mail"),
    ("#", "&fbclid=x"),
    ("%23", "%3Cbr%3E&utm_source=mail"),
]
CODES = [
    ("%23", "P23467 89CDFY"),
    ("#", "P2346789CDFY"),
    ("#", "PIN: P234-6789-CDFY."),
    ("#", "%22P234.6789_CDFY%22"),
    ("#", "P234-6789-CDFY until 24/02/2027"),
    ("#", "'p234 6789 cdfy"),
]


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    """The token of a link that somebody asked for; looking at it uses nothing up."""
    admin = product.admin()
    teacher = next(
        each for each in admin.get(admin.console("people"), role="teacher")["items"] if each["email"] and not each["mail_problem"]
    )
    before = len(admin.mails(teacher["email"]))
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": teacher["email"]})
    return token_in(admin.mail(teacher["email"], after=before))


@pytest.mark.parametrize(("before", "after"), LINKS)
def test_a_damaged_link_opens_the_page_and_leaves_the_address_bar(
    phone: BrowserContext, token: str, before: str, after: str
) -> None:
    page = phone.new_page()
    page.goto(f"/set-password{before}{token}{after}")
    expect(page.get_by_role("heading", level=1, name="Set your password")).to_be_visible()
    assert page.url.rpartition("/")[2] == "set-password"


@pytest.mark.parametrize(("before", "code"), CODES)
def test_a_damaged_code_fills_the_page_in(phone: BrowserContext, product: Product, before: str, code: str) -> None:
    page = phone.new_page()
    page.goto(f"/r/{product.school}{before}{code}")
    expect(page.get_by_label("PIN or parent code")).to_have_value("P234-6789-CDFY")
    assert page.url.endswith(f"/schools/{product.school}/redeem")


def test_an_unknown_address_is_a_page_that_axe_finds_nothing_wrong_with(phone: BrowserContext, product: Product) -> None:
    page = phone.new_page()
    for path in ("/nope", f"/admin/{product.school}/nope", "/R", "/schools/nowhere"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name="Page not found")).to_be_visible()
        check(page)
    page.get_by_role("link", name="Find your school").click()
    expect(page.get_by_role("heading", level=1, name="Find your school")).to_be_visible()
