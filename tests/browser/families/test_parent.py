"""A parent on a phone reads the PIN to a child, who sets up an account with it; and the site on a home screen keeps nothing."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.chromium import PHONE, check, profile, sign_in
from tests.e2e.client import Product
from tests.e2e.school import enrol, new_group, people, pupil

pytestmark = pytest.mark.browser
PASSWORD = "eleven cheerful otters"
NARROW: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture
def child(admin: Product) -> dict[str, Any]:
    """A student with a name as children have one, whom nobody but this test knows."""
    group = new_group()
    row = pupil(group.name, 0, group.addresses[0])
    enrol(admin, [[*row[:2], "Ann", "Okafor", *row[4:]]])
    (found,) = people(admin, group)
    return found


@pytest.fixture
def parent(admin: Product, product: Product, child: dict[str, Any]) -> str:
    """The address of a parent who has registered with the parent code of a student whom nobody but this test knows."""
    codes = admin.http.post(admin.console(f"people/{child['id']}/codes"), json={}).json()
    address = f"mum.{secrets.token_hex(4)}@home.example"
    wishes = {"email": address, "given_name": "Maya", "family_name": "Okafor", "password": PASSWORD}
    answer = product.http.post(f"/schools/{product.school}/codes/use", json={"code": codes["parent_code"], **wishes})
    assert answer.status_code == 201, answer.text
    return address


def signed_in(phone: BrowserContext, product: Product, address: str) -> Page:
    page = phone.new_page()
    sign_in(page, product.school, address, PASSWORD)
    page.wait_for_url("**/account")
    return page


def test_a_parent_reads_the_pin_to_a_child(
    phone: BrowserContext, browser: Browser, product: Product, child: dict[str, Any], parent: str
) -> None:
    page, name = signed_in(phone, product, parent), child["given_name"]
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    expect(page.get_by_role("heading", level=3, name=child["name"])).to_be_visible()
    expect(page.get_by_text(f"{name} cannot sign in yet")).to_be_visible()
    check(page, "family-account")
    page.get_by_role("button", name=f"Show the PIN ({child['name']})").click()
    expect(page.get_by_role("heading", level=1, name=f"The PIN of {name}")).to_be_visible()
    pin = page.locator(".pin").inner_text()
    assert re.fullmatch(r"P[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", pin)
    expect(page.get_by_text(", ".join(pin[:4]))).to_be_visible()
    check(page, "family-pin")
    page.set_viewport_size(NARROW)
    check(page)
    page.emulate_media(media="print")
    expect(page.locator(".pin")).to_be_visible()
    expect(page.get_by_role("img")).to_be_hidden()
    expect(page.get_by_role("banner")).to_be_hidden()
    page.emulate_media(media="screen")

    with profile(browser, product.stack["url"], PHONE) as childs:
        own = childs.new_page()
        own.goto(f"/r/{product.school}")
        own.get_by_label("PIN or parent code").fill(pin)
        own.get_by_role("button", name="Go on").click()
        for field in own.locator("input[type=password]").all():
            field.fill(PASSWORD)
        own.get_by_role("button", name="Set up my account").click()
        expect(own.get_by_role("heading", level=1, name="Your account is ready")).to_be_visible()

    page.get_by_role("link", name="Hide the PIN").click()
    expect(page.get_by_text(f"{name} can sign in.")).to_be_visible()
    assert pin not in page.content()
    check(page)
    assert not [each for each in addresses if pin.replace("-", "") in each.replace("-", "")]
    told = product.mail(child["email"], "looked at your PIN")
    assert "://" not in told["text"]
    page.get_by_role("button", name=f"Send a password link ({child['name']})").click()
    expect(page.get_by_role("status")).to_contain_text(f"on its way to {name}’s address")
    page.get_by_role("link", name=f"Take off my account ({child['name']})").click()
    check(page, "family-leave")
    page.get_by_role("button", name="Take off my account").click()
    expect(page.get_by_role("status")).to_contain_text("no longer on your account")


def test_a_home_screen_takes_the_site_and_keeps_nothing_of_anybody(phone: BrowserContext, product: Product, parent: str) -> None:
    page = signed_in(phone, product, parent)
    assert page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools = phone.new_cdp_session(page)
    manifest = tools.send("Page.getAppManifest")
    assert manifest["url"].endswith(f"/schools/{product.school}/manifest.webmanifest")
    assert manifest["errors"] == []
    errors = {each["errorId"] for each in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}, "which every profile of these tests is"
    icon = page.locator('link[rel="apple-touch-icon"]').get_attribute("href")
    size = page.evaluate("async (src) => { const i = new Image(); i.src = src; await i.decode(); return i.naturalWidth; }", icon)
    assert size == 180, "a picture, not its bytes as text"
    page.reload()
    phone.set_offline(True)
    page.goto("/account")
    expect(page.get_by_role("heading", level=1, name="You are offline")).to_be_visible()
    check(page, "offline")
    phone.set_offline(False)
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**/schools/{product.school}")
    kept = page.evaluate(
        "async () => { const found = []; for (const name of await caches.keys())"
        " for (const each of await (await caches.open(name)).keys()) found.push(new URL(each.url).pathname);"
        " return found.sort(); }"
    )
    assert kept == ["/assets/key.svg", "/assets/latchkey.css", "/offline"]
    phone.set_offline(True)
    page.goto("/account")
    assert "Maya" not in page.content()
    phone.set_offline(False)
