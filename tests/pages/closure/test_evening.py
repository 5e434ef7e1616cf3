"""Six in the evening, the school closes tomorrow: from the notice to the last number, figure by figure."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chromium import await_shown, check, signed_in
from tests.e2e.client import Product, token_in
from tests.e2e.school import PASSWORD, Group, enrol, new_group, to_the_end
from tests.pages.conftest import Groups

NUMBER = re.compile(r"[0-9][0-9,]*")


@pytest.fixture(autouse=True)
def no_notice(product: Product) -> Iterator[None]:
    """The school is everybody's: what other tests see of it is without a notice."""
    yield
    admin = product.admin()
    assert admin.http.put(admin.console("settings"), json={"notice": ""}).status_code == 200


@pytest.fixture
def arrivals(admin: Product, groups: Groups) -> Group:
    """Four students who were never sent anything, three of whom can be mailed."""
    groups.spend()
    group = new_group(3)
    made = Group(group.name, [*group.addresses, ""])
    enrol(admin, made.rows)
    return made


def numbers(text: str) -> list[int]:
    """The numbers of a sentence."""
    return [int(found.replace(",", "")) for found in NUMBER.findall(text)]


def plan(admin: Product) -> dict[str, Any]:
    """The plan as the API shows it, with its steps by name."""
    found = admin.get(admin.console("closure"))
    return {**found, "steps": {step["name"]: step for step in found["steps"]}}


def step(page: Page, name: str) -> Locator:
    """A step's card on the page of the plan."""
    return page.locator(f"#step-{name}")


def set_password(product: Product, address: str) -> None:
    """A student clicks the link in the mail and chooses a password."""
    token = token_in(product.mail(address))
    answer = product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
    assert answer.status_code == 204, answer.text


def test_from_the_notice_to_the_last_number(desk: BrowserContext, product: Product, admin: Product, arrivals: Group) -> None:
    page = signed_in(desk, product)
    before = plan(admin)
    students = admin.get(admin.console("readiness"), role="student")
    expect(page.get_by_role("heading", level=1)).to_have_text("Can everyone get in tomorrow?")
    assert numbers(page.locator("p.lead").inner_text())[:2] == [students["ready"], students["total"]]
    page.get_by_role("link", name="Closed tomorrow?").click()
    assert numbers(page.locator("p.lead").inner_text()) == [before["ready"], before["total"], before["could"]]

    page.get_by_role("button", name="Put up the notice").click()
    expect(page.get_by_role("status").filter(has_text="The notice is up")).to_be_visible()
    product.watch(f"/schools/{product.school}", "the notice", lambda found: found["notice"])  # pages keep a school for a minute
    visitor = desk.browser.new_page() if desk.browser else page
    visitor.goto(f"{product.stack['url']}/schools/{product.school}")
    expect(visitor.get_by_text("The school building is closed on")).to_be_visible()
    visitor.close()

    to_link = before["steps"]["links"]["count"]
    step(page, "links").get_by_role("button", name=f"Send links to these {to_link:,}").click()
    send = page.get_by_role("button", name=re.compile("^Send to "))
    assert numbers(send.inner_text()) == [to_link]
    check(page, "evening-check")
    send.click()
    page.wait_for_url(re.compile(r"/sends/[0-9a-z]{20,26}\?begun="))
    send_path = admin.console(f"sends/{page.url.rpartition('/')[2].partition('?')[0]}")
    assert to_the_end(admin, send_path)[0]["total"] == to_link  # other tests' people are of the school: a brake may pause it

    def noted(found: dict[str, Any]) -> bool:
        return bool(found["steps"][1]["count"] <= refused(admin.get(send_path)))

    admin.watch(admin.console("closure"), "who has a link now", noted)  # it is known some seconds after the last mail
    page.goto(f"/admin/{product.school}/closure")
    now, sent = plan(admin), admin.get(send_path)
    assert now["steps"]["watch"]["count"] >= before["steps"]["watch"]["count"] + to_link - refused(sent)
    assert now["ready"] == before["ready"]
    assert before["could"] - refused(sent) <= now["could"] <= before["could"]

    for address in arrivals.addresses[:2]:
        set_password(product, address)
    risen = admin.watch(admin.console("closure"), "two more", lambda found: found["ready"] == before["ready"] + 2)
    page.reload()
    more = risen["ready"] - risen["begun"]["ready"]  # a test before may have begun the closure that goes on here
    said = f"{risen['ready']:,} of {risen['total']:,} people can log in, {more:,} more than when you began"
    expect(step(page, "watch")).to_contain_text(said)
    check(page, "evening-watch")

    on_paper = now["steps"]["paper"]["count"]
    assert on_paper >= 1
    step(page, "paper").get_by_role("link", name=f"Print slips for these {on_paper:,}").click()
    make_slips(page, on_paper)

    page.goto(f"/admin/{product.school}/closure")
    last = admin.watch(admin.console("closure"), "paper for everybody", lambda found: not found["steps"][3]["count"])
    page.reload()
    expect(step(page, "paper")).to_contain_text("has been given a code")
    # A slip's parent code helps parents, too, who had nothing.
    assert last["could"] >= before["could"] - refused(admin.get(send_path))
    assert numbers(page.locator("p.lead").inner_text()) == [last["ready"], last["total"], last["could"]]
    check(page, "evening-done")
    page.goto(f"/admin/{product.school}")
    students = admin.get(admin.console("readiness"), role="student")
    assert numbers(page.locator("p.lead").inner_text())[:2] == [students["ready"], students["total"]]


def refused(send: dict[str, Any]) -> int:
    """Whose mail nobody takes: other tests' people, who are of the school, too. It rises until the last mail has come back."""
    return int(send["total"] - sum(send["counts"].get(state, 0) for state in ("sent", "delayed", "delivered")))


def make_slips(page: Page, students: int) -> None:
    """The page of login details, with these students chosen, until the file is there."""
    expect(page.get_by_text(re.compile(f"{students:,}")).first).to_be_visible()
    check(page, "evening-paper")
    page.get_by_role("button", name=re.compile("^See what|^Go on|^Check")).click()
    page.get_by_role("button", name=re.compile("^Make the (file|slips)")).click()
    page.wait_for_url(re.compile("/exports/[0-9a-z]{20,26}$"))
    await_shown(page, page.get_by_role("link", name=re.compile("^Download")))
