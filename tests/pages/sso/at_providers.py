"""What somebody does on the pages of the providers."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from infra.local.waiting import wait_for

SOON = 20_000
"""Milliseconds for what a provider's page shows at once."""


def quiet(context: BrowserContext) -> Page:
    """A page that asks nobody outside of this machine: a provider's own page names a font of the internet."""
    page = context.new_page()
    page.set_default_timeout(SOON)
    page.route(re.compile(r"https?://(?!localhost|127\.0\.0\.1)"), lambda route: route.abort())
    return page


def go_by(page: Page, school: str, name: str) -> None:
    """Press the button on the school's page; a page that was kept for a minute shows it a little later."""
    button = page.locator(f"a[href='/schools/{school}/sso/{name}']").first

    def shown() -> bool:
        page.goto(f"/schools/{school}")
        return button.is_visible()

    wait_for(shown, f"The button of {name}")
    button.click()


def sign_in_at_the_certified(page: Page, login: str, *, agree: bool = True) -> None:
    """Its sign-in page, which takes any password, and the question whether to go on."""
    page.get_by_placeholder("Enter any login").fill(login)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    if agree:
        page.get_by_role("button", name="Continue").click()
    else:
        page.get_by_role("link", name="Cancel").click()


def says(page: Page, title: str) -> None:
    """Our page has this heading, and something to press."""
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.locator("main a.button").first).to_be_visible()
