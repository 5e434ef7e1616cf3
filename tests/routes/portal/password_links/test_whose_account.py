"""Whose account a link or a code is for, a password that is none, and being signed in afterwards where the school wants it."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from latchkey.sign_in.steps import Proof
from tests.support.portal import Portal
from tests.support.system import START

NEW = "violet-kettle-77-north"
SCANNERS = ["test@example.com", "john.doe@example.org", "TEST@EXAMPLE.COM", " scanner@mail.example "]


def check(portal: Portal, token: str) -> Any:
    answer = portal.post("/password-links/check", {"token": token})
    assert answer.status_code == 200
    return answer.json_body


def use(portal: Portal, token: str, password: Any = NEW, query: str = "") -> Any:
    return portal.post(f"/password-links/use{query}", {"token": token, "password": password})


def switch(portal: Portal, **settings: Any) -> None:
    """Another setting of Northbridge."""
    school = portal.schools["northbridge"]
    after = replace(school, settings=replace(school.settings, **settings))
    portal.system.wiring("console").schools.change_settings("northbridge", after.settings, list(settings))


def test_whoever_holds_a_link_learns_whose_it_is_by_first_name_and_login(portal: Portal) -> None:
    ann = portal.add("ann", password=None, preferred_given_name="Annie", email="ann@northbridge.example")
    switch(portal, help_line="Ring 01632 960000")
    seen = check(portal, portal.token(ann))
    assert seen["person"] == {"given_name": "Annie", "username": "ann", "login": "ann"}
    assert seen["help"] == "Ring 01632 960000"
    assert "Okafor" not in str(seen)
    assert "northbridge.example" not in str(seen)
    tom = portal.add("tom", password=None, username=None, role="teacher", email="tom@northbridge.example")
    assert check(portal, portal.token(tom))["person"]["login"] == "tom@northbridge.example"


@pytest.mark.parametrize(("role", "name"), [("parent", None), ("student", "Ann")])
def test_where_nobody_has_shown_that_they_read_the_address_no_typed_word_is_shown(
    portal: Portal, role: str, name: str | None
) -> None:
    ann = portal.add("ann", role=role, email="typed@home.example")
    portal.wiring.directory("northbridge").change(ann.id, {"email_typed": ann.email_key})
    token = portal.token(portal.person(ann))
    assert check(portal, token)["person"] == {"given_name": name, "username": None, "login": "typed@home.example"}
    assert use(portal, token).status_code == 204
    again = portal.token(portal.person(ann))
    assert check(portal, again)["person"]["username"] == "ann", "whoever has used a link reads its mail"


@pytest.mark.parametrize("password", SCANNERS)
def test_a_scanner_that_fills_in_an_address_burns_nothing(portal: Portal, password: str) -> None:
    ann = portal.add("ann", password=None, number=7, pin=CodeState(1, START + 90 * DAY))
    token, code = portal.token(ann), portal.code(ann, "pin")
    for _ in range(70):  # more than a link can be tried in an hour
        answer = use(portal, token, password)
        assert (answer.status_code, answer.json_body["code"]) == (422, "weak_password")
    assert "e-mail address" in answer.json_body["fields"]["password"]
    refused = portal.redeem(code, password=password)
    assert (refused.status_code, list(refused.json_body["fields"])) == (422, ["password"])
    assert portal.person(ann) == ann
    assert use(portal, token).status_code == 204


def test_the_language_is_the_persons_else_the_schools_if_it_chose_one(portal: Portal) -> None:
    ann, bob = portal.add("ann", password=None, language="ur"), portal.add("bob", password=None)
    assert [check(portal, portal.token(each))["language"] for each in (ann, bob)] == ["ur", None]
    switch(portal, language="cy")
    assert [check(portal, portal.token(each))["language"] for each in (ann, bob)] == ["ur", "cy"]


def test_nobody_is_signed_in_unless_the_school_switched_it_on(portal: Portal) -> None:
    ann = portal.add("ann", password=None, number=7, pin=CodeState(1, START + 90 * DAY))
    answer = use(portal, portal.token(ann))
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    done = portal.redeem(portal.code(ann, "pin"), password=NEW)
    assert done.status_code == 201
    assert "Set-Cookie" not in done.headers


def test_where_it_is_on_the_link_opens_the_account(portal: Portal) -> None:
    switch(portal, afterwards="signed_in")
    ann = portal.add("ann")
    presented = portal.sign_in("ann").json_body["token"]
    answer = use(portal, portal.token(portal.person(ann)))
    assert (answer.status_code, answer.body, answer.headers["Location"]) == (204, b"", "/account")
    token = str(answer.headers["Set-Cookie"]).partition("=")[2].partition(";")[0]
    assert portal.get("/account", Authorization=f"Bearer {token}").json_body["person"]["id"] == ann.id
    assert portal.get("/account", Authorization=f"Bearer {presented}").status_code == 401


def test_where_it_is_on_a_code_opens_the_account(portal: Portal) -> None:
    switch(portal, afterwards="signed_in")
    state = CodeState(1, START + 90 * DAY)
    ann = portal.add("ann", password=None, number=7, pin=state, parent_code=state)
    fields = {"code": portal.code(ann, "pin"), "password": NEW}
    done = portal.submit("/schools/northbridge/codes/use", fields)
    assert (done.status_code, done.headers["Location"]) == (303, "/account?done=ready")
    page = portal.page("/account?done=ready", Cookie=str(done.headers["Set-Cookie"]).partition(";")[0]).body.decode()
    assert "Your account is ready, and you are signed in on this device." in page
    parent = {"email": "mum@home.example", "given_name": "Maya"}
    registered = portal.redeem(portal.code(ann, "parent"), **parent)
    assert (registered.status_code, registered.json_body["kind"]) == (201, "parent")
    assert "Set-Cookie" in registered.headers


def test_a_second_step_is_never_left_out(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    switch(portal, afterwards="signed_in")

    class Asks:
        name = "second_factor"

        def asks(self, _: Any, __: Proof) -> dict[str, Any]:
            return {"ways": ["totp"]}

    monkeypatch.setattr("portal.sign_in.steps.STEPS", (Asks(),))
    ann = portal.add("ann", password=None)
    answer = use(portal, portal.token(ann))
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers


def test_a_script_of_a_page_has_the_reasons_in_its_readers_language(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Loud:
        def gettext(self, message: str) -> str:
            return f"¡{message}!"

        def ngettext(self, one: str, many: str, n: int) -> str:
            return f"¡{one if n == 1 else many}!"

    monkeypatch.setattr("web.answer.catalogue", lambda code: (code, Loud()))
    token = portal.token(portal.add("ann", password=None))
    plain, asked = use(portal, token, "short"), use(portal, token, "test@example.com", "?language=cy")
    assert plain.json_body["fields"]["password"].startswith("This is too short")
    assert asked.json_body["fields"]["password"].startswith("¡This has the form")
    assert asked.json_body["code"] == "weak_password"
    assert asked.json_body["detail"].startswith("¡")
