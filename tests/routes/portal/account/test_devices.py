"""Several accounts: one address and password that fit several, and several that are open in one browser."""

from dataclasses import replace
from typing import Any

from latchkey.people.model.person import Person
from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.portal import PASSWORD, Portal

MUM = "mum@home.example"
MAIN, OTHERS = "__Host-latchkey", "__Host-latchkey-others"


class Browser:
    """What a browser does with the cookies of answers."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.jar: dict[str, str] = {}

    def _keep(self, answer: Any) -> Any:
        found = answer.headers.get("Set-Cookie") or []
        for line in [found] if isinstance(found, str) else found:
            name, _, value = line.partition(";")[0].partition("=")
            assert line.endswith("; Secure; HttpOnly; SameSite=Lax")
            self.jar.pop(name, None)
            if value:
                self.jar[name] = value
        return answer

    @property
    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}

    def submit(self, path: str, **fields: str) -> Any:
        return self._keep(self.portal.submit(path, fields, **self._cookie))

    def get(self, path: str) -> Any:
        return self.portal.get(path, **self._cookie)

    def page(self, path: str) -> Any:
        return self.portal.page(path, **self._cookie)

    def sign_in(self, name: str, school: str = "northbridge") -> None:
        assert self.submit(f"/schools/{school}/sessions", identifier=name, password=PASSWORD).status_code == 303

    def whose(self) -> list[tuple[str, str, bool]]:
        items = self.get("/account/devices").json_body["items"]
        return [(each["school"]["slug"], each["given_name"], each["is_current"]) for each in items]


def two(portal: Portal) -> tuple[Person, Person, Person]:
    child = portal.add("ann")
    facts: dict[str, Any] = {"email": MUM, "username": None}
    mum = portal.add("maria", role="parent", children=(child.id,), **facts)
    head = portal.add("mary", role="teacher", **facts)
    return child, mum, head


def test_one_address_and_password_of_several_accounts_let_choose(portal: Portal) -> None:
    _, mum, head = two(portal)
    portal.add("other", role="parent", email=MUM, username=None, password="violet-kettle-77-north")
    answer = portal.sign_in(MUM)
    assert answer.status_code == 202, answer.body
    found = answer.json_body["choose"]
    shown = {(each["given_name"], each["role"], *each["children"]) for each in found["accounts"]}
    assert shown == {("Maria", "parent", "Ann"), ("Mary", "teacher")}, "the one with another password is not shown"
    tokens = {each["role"]: each["token"] for each in found["accounts"]}
    for role, person in (("parent", mum), ("teacher", head)):
        opened = portal.post(found["at"], {"token": tokens[role]})
        assert opened.status_code == 201
        assert opened.json_body["person"]["id"] == person.id
    assert portal.person(mum).last_login_at is not None


def test_an_account_with_the_schools_own_sign_in_is_not_among_those_to_choose(portal: Portal) -> None:
    _, mum, _ = two(portal)
    third = portal.add("moira", role="staff", email=MUM, username=None)
    rules = Settings(sso=SingleSignOn(roles=("teacher",), provider="ID", label="Sign in with ID", url="https://id.example"))
    portal.system.wiring("console").schools.change(replace(portal.schools["northbridge"], settings=rules))
    portal.system.clock.now += 61  # schools are kept for a minute
    found = portal.sign_in(MUM).json_body["choose"]["accounts"]
    assert {each["given_name"] for each in found} == {"Maria", "Moira"}, "the teacher's password opens nothing here any more"
    portal.system.wiring("read_roster").directory("northbridge").change(third.id, {"status": "left"})
    opened = portal.sign_in(MUM)
    assert opened.status_code == 201, "one is left: there is nothing to choose"
    assert opened.json_body["person"]["id"] == mum.id


def test_a_choice_is_sealed_and_short_lived_and_of_one_school(portal: Portal) -> None:
    two(portal)
    found = portal.sign_in(MUM).json_body["choose"]
    token = found["accounts"][0]["token"]
    for wrong in (token[:-2], token + "A", "x", "é"):
        assert portal.post(found["at"], {"token": wrong}).status_code == 401
    assert portal.post("/schools/southgate/sessions/account", {"token": token}).status_code == 401
    portal.system.clock.now += 601
    assert portal.post(found["at"], {"token": token}).status_code == 401


def test_the_page_has_a_button_for_each(portal: Portal) -> None:
    two(portal)
    browser = Browser(portal)
    page = browser.submit("/schools/northbridge/sessions", identifier=MUM, password=PASSWORD)
    assert page.status_code == 202
    assert page.body.decode().count('action="/schools/northbridge/sessions/account"') == 2
    assert browser.jar == {}


def test_a_wrong_password_of_a_shared_address_counts_for_each_and_a_right_one_takes_it_back(portal: Portal) -> None:
    two(portal)
    for _ in range(5):
        assert portal.sign_in(MUM, "wrong-password-here").status_code == 401
    assert portal.sign_in(MUM).status_code == 202
    failures = portal.system.wiring("portal").failures("northbridge")
    assert failures is not None


def test_another_school_is_added_and_switched_to_and_ended(portal: Portal) -> None:
    portal.add("maria", role="parent")
    portal.add("maria", school="southgate", role="parent")
    browser = Browser(portal)
    browser.sign_in("maria")
    added = browser.submit("/account/devices/add", other_school="true")
    assert (added.status_code, added.headers["Location"]) == (303, "/")
    assert MAIN not in browser.jar
    assert browser.page("/account").status_code == 303, "nobody is signed in meanwhile"
    browser.sign_in("maria", "southgate")
    assert browser.whose() == [("southgate", "Maria", True), ("northbridge", "Maria", False)]
    items = browser.get("/account/devices").json_body["items"]
    browser.submit("/account/devices/switch", account=items[1]["account"])
    assert browser.get("/account").json_body["school"]["slug"] == "northbridge"
    assert browser.whose() == [("northbridge", "Maria", True), ("southgate", "Maria", False)]
    browser.submit("/account/devices/end", account=items[0]["account"])
    assert browser.whose() == [("northbridge", "Maria", True)]
    assert "Add an account of another school" in browser.page("/account/devices").body.decode()


def test_signing_out_ends_all_of_a_browser(portal: Portal) -> None:
    portal.add("maria", role="parent")
    portal.add("maria", school="southgate", role="parent")
    browser = Browser(portal)
    browser.sign_in("maria")
    first = browser.jar[MAIN]
    browser.submit("/account/devices/add")
    browser.sign_in("maria", "southgate")
    second = browser.jar[MAIN]
    browser.submit("/sessions/current/delete")
    assert browser.jar == {}
    for token in (first, second):
        assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 401


def test_who_signs_in_over_somebodys_session_does_not_get_their_others(portal: Portal) -> None:
    portal.add("maria", role="parent")
    portal.add("maria", school="southgate", role="parent")
    portal.add("ben")
    browser = Browser(portal)
    browser.sign_in("maria")
    first = browser.jar[MAIN]
    browser.submit("/account/devices/add")
    browser.sign_in("maria", "southgate")
    browser.sign_in("ben")
    assert browser.whose() == [("northbridge", "Ben", True)]
    assert OTHERS not in browser.jar
    assert portal.get("/account", Authorization=f"Bearer {first}").status_code == 401


def test_five_at_most_and_nothing_that_is_no_token(portal: Portal) -> None:
    browser = Browser(portal)
    for number in range(5):
        portal.add(f"maria{number}", role="parent")
        if number:
            assert browser.submit("/account/devices/add").status_code == 303
        browser.sign_in(f"maria{number}")
    assert len(browser.whose()) == 5
    assert browser.submit("/account/devices/add").status_code == 409
    browser.jar[OTHERS] = "~".join(["x", "a.b.c", browser.jar[MAIN] + "!"])
    assert len(browser.whose()) == 1
    assert browser.submit("/account/devices/switch", account="northbridge.x").status_code == 404
    assert browser.submit("/account/devices/end", account="northbridge.x").status_code == 303


def test_what_another_account_was_parked_with_is_dead_with_its_password(portal: Portal) -> None:
    maria = portal.add("maria", role="parent")
    portal.add("ben")
    browser = Browser(portal)
    browser.sign_in("maria")
    browser.submit("/account/devices/add")
    browser.sign_in("ben")
    assert portal.wiring.directory("northbridge").raise_version(maria.id, maria.version)
    assert browser.whose() == [("northbridge", "Ben", True)]
    switched = browser.submit("/account/devices/switch", account=f"northbridge.{maria.id}")
    assert switched.status_code == 404


def test_nobody_signed_in_is_sent_to_find_their_school(portal: Portal) -> None:
    assert Browser(portal).page("/account/devices").status_code == 303
    assert Browser(portal).get("/account/devices").status_code == 401
    assert Browser(portal).submit("/account/devices/add").status_code in {303, 401}
