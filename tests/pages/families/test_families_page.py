"""The page for families: two sides of paper, and it fits a small phone."""

import re

from playwright.sync_api import BrowserContext, ViewportSize

from tests.browser.chromium import check

NARROW: ViewportSize = {"width": 320, "height": 640}


def test_the_page_for_families_is_two_sides_of_paper(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/families")
    check(page, "families")
    printed = page.pdf(format="A4", margin={"top": "15mm", "right": "15mm", "bottom": "15mm", "left": "15mm"})
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    page.set_viewport_size(NARROW)
    check(page)
