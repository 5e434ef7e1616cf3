"""How pages look to those who do not see them as they were drawn: forced colours, the dark, and paper."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browser.chromium import DESK, check, profile, signed_in
from tests.e2e.client import Product

PUBLIC = ("/", "/schools/{school}", "/schools/{school}/sessions", "/schools/{school}/forgot-password", "/schools/{school}/redeem")
CONSOLE = ("", "/people", "/sends", "/exports", "/settings", "/audit")


def edge(what: Locator) -> str:
    """The style and width of an element's border."""
    return str(what.evaluate("e => { const s = getComputedStyle(e); return s.borderTopStyle + ' ' + s.borderTopWidth }"))


def test_in_forced_colours_each_button_has_an_edge_and_one_tab_is_marked(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.emulate_media(forced_colors="active")
    page.goto(f"/admin/{product.school}/people")
    buttons = page.locator("main button:not(.plain):visible, main .button:visible").all()
    assert buttons
    assert {edge(each) for each in buttons} == {"solid 2px"}
    tabs = page.locator(".sections a").all()
    lines = [each.evaluate("e => getComputedStyle(e).borderBottomStyle") for each in tabs]
    assert lines.count("solid") == 1


@pytest.mark.parametrize("scheme", ["dark"])
def test_in_the_dark_contrast_is_enough(browser: Browser, product: Product, scheme: Literal["dark"]) -> None:
    with profile(browser, product.stack["url"], DESK) as context:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme)
        for path in PUBLIC:
            page.goto(path.format(school=product.school))
            check(page, f"dark{path.replace('/', '-').format(school='')}")
        page = signed_in(context, product)
        page.emulate_media(color_scheme=scheme)
        for path in CONSOLE:
            page.goto(f"/admin/{product.school}{path}")
            check(page, f"dark-console{path.replace('/', '-')}")
        assert background(page) != "rgb(243, 246, 247)"


def background(page: Page) -> str:
    """The colour behind everything."""
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_people_are_printed_as_a_list_that_fits_the_paper(desk: BrowserContext, product: Product) -> None:
    page = signed_in(desk, product)
    page.goto(f"/admin/{product.school}/people?role=student")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 with margins of a centimetre
    table = page.locator("main table").first
    box = table.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 718
    assert page.locator("main input:visible, main select:visible, main button:visible").count() == 0
    assert table.locator("tbody tr").count() == 50
