"""Who comes in by a provider, in a browser: the public page's buttons, confirming again, and who keeps a password.

Pages of a school that has switched a provider on are drawn here and shown at the stack's address: the demo school keeps its own.
"""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from latchkey.people.model.person import Person
from latchkey.schools.model.school import PublicConnection, School, Settings, SingleSignOn
from tests.browser.chromium import check, signed_in
from tests.e2e.client import Product
from web.pages import render
from web.school_page import school_page

GOOGLE = PublicConnection(
    name="google", kind="google", label="Sign in with Google", roles=("student", "teacher"), issuer="https://x"
)
UNIFY = PublicConnection(name="unify", kind="saml", label="RM Unify", roles=("staff", "parent"), issuer="https://y")


def drawn(page: Page, product: Product, path: str, html: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)

    page.route(f"{product.stack['url']}{path}", answer)
    page.goto(path)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_public_page_has_a_button_for_each_provider_and_the_way_of_those_who_keep_a_password(
    request: pytest.FixtureRequest, product: Product, width: str
) -> None:
    context: BrowserContext = request.getfixturevalue(width)
    page = context.new_page()
    sso = SingleSignOn(admins="must").with_connections([GOOGLE, UNIFY])
    drawn(
        page,
        product,
        "/schools/providers",
        school_page(School(slug="providers", name="Two Ways In", settings=Settings(sso=sso)), 1),
    )
    expect(page.get_by_text("Other staff and parents")).to_be_visible()
    for label, name in (("Sign in with Google", "google"), ("RM Unify", "unify")):
        expect(page.get_by_role("link", name=label)).to_have_attribute("href", f"/schools/providers/sso/{name}")
    expect(page.get_by_role("link", name="What to do if it says no").first).to_have_attribute(
        "href", "/schools/providers/sso/google/help"
    )
    expect(page.get_by_role("link", name="sign in here")).to_have_attribute("href", "/schools/providers/sessions")
    check(page, f"sso-public-page-{width}")


def test_who_has_nothing_of_ours_confirms_by_signing_in_there_once_more(phone: BrowserContext, product: Product) -> None:
    page = phone.new_page()
    person = Person(id="p" * 20, role="teacher", given_name="Tom", family_name="Ash", is_admin=True)
    context = {
        "problem": None,
        "data": {},
        "there": "/admin/providers/exports",
        "method": "POST",
        "kept": {},
        "has_factor": False,
        "provider": {"label": "Sign in with Google", "url": "/schools/providers/sso/google?again=1"},
        "person": person,
        "school": School(slug="providers", name="Two Ways In"),
        "here": "/admin/providers/exports",
    }
    drawn(page, product, "/confirm-by-provider", render("second_factors/confirm.html", context, "en"))
    expect(page.get_by_role("link", name="Sign in with Google")).to_have_attribute(
        "href", "/schools/providers/sso/google?again=1"
    )
    expect(page.get_by_label("Your password")).to_have_count(0)
    check(page, "sso-confirm-phone")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_admins_cannot_be_made_to_use_it_before_somebody_keeps_a_password(
    request: pytest.FixtureRequest, product: Product, width: str
) -> None:
    page = signed_in(request.getfixturevalue(width), product)
    page.goto(f"/admin/{product.school}/settings/sso/google/registration")
    page.get_by_label("Your school’s Google domain").fill("northbridge.example")
    page.get_by_label("Client ID").fill("1234567890-who.apps.googleusercontent.com")
    page.get_by_label("Client secret").fill("GOCSPX-of-who")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"/admin/{product.school}/settings/sso")
    page.get_by_label("Admins", exact=True).select_option("must")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one admin who keeps a password and a second step")
    check(page, f"sso-local-admins-{width}")
    page.goto(f"/admin/{product.school}/settings/sso/google")
    page.get_by_role("button", name="Remove Google Workspace").click()
    expect(page.get_by_role("status").first).to_contain_text("The provider is removed")
