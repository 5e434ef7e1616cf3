"""An admin is asked to confirm again before what a stolen session must not do, and then goes on with exactly what they wanted."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

import console.system
import portal.system
from console.app import app as console_app
from latchkey.people.model.person import Person
from latchkey.schools.model.school import Settings
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.second_factors.model.asked import EVERY, FIRST_DAY
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.budgets import PER_PERSON
from latchkey.sign_in.hashing import hash_of
from latchkey.sign_in.session import who as signed_in
from portal.app import app as portal_app
from tests.support.authenticator import Authenticator, app_code
from tests.support.console import HEAD_TEACHER, PAGE, Console, make_person
from tests.support.gateway import Gateway
from tests.support.openapi import check
from tests.support.system import running_system

PASSWORD = "tulip-harbour-94-quartz"
ADA = replace(HEAD_TEACHER, password_set_at=1)
EXPORTS = "/admin/northbridge/exports"
WANTED = {"scope": "school", "format": "slips"}
FORM = {"who": "school", "format": "slips", "audience": "students", "note": 'Zoë & "Co" <b>'}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """The console of a school that requires a second factor; its admin has a password and no factor yet."""
    with running_system() as system:
        monkeypatch.setattr(console.system, "wiring", system.wiring)
        monkeypatch.setattr(portal.system, "wiring", system.wiring)
        system.school("northbridge")
        made = Console(system, Gateway(console_app))
        made.add([ADA, replace(make_person(1), number=1), replace(make_person(2), number=2)])
        wiring = system.wiring("portal")
        table, put = wiring.credentials("northbridge").password_of(ADA.id, hash_of(PASSWORD), wiring.now())
        table.put(Put(item=put.item))
        made.token = made.sign_in(ADA)
        yield made


def later(console: Console, seconds: int = EVERY + 1) -> Console:
    console.system.clock.now += seconds
    return console


def facts(console: Console, **values: Any) -> None:
    """Change the admin as other parts of the system do."""
    console.system.wiring("operate").directory("northbridge").change(ADA.id, values)


def confirm(console: Console, **fields: Any) -> Any:
    answer = Console(console.system, Gateway(portal_app), console.token).post("/account/confirm", fields)
    if answer.status_code != 204:
        check("post", "/account/confirm", answer)
    return answer


def send(console: Console, app: Any, path: str, fields: dict[str, str]) -> Any:
    """Post a form as a browser."""
    return Console(console.system, Gateway(app), console.token).form(path, fields)


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def without_key(answer: Any) -> str:
    """The page without the key under which its form starts something once; that is another each time."""
    return re.sub(r'name="idempotency_key" value="[^"]*"', "", answer.body.decode())


def test_a_sign_in_counts_as_a_confirmation_for_fifteen_minutes(asked: Console) -> None:
    assert asked.post(EXPORTS, WANTED).status_code == 202
    assert later(asked, EVERY).post(EXPORTS, WANTED).status_code == 202
    answer = later(asked, 1).post(EXPORTS, WANTED)
    assert (answer.status_code, answer.json_body["code"]) == (403, "confirm_again")
    assert asked.get("/admin/northbridge/people").status_code == 200


def test_a_script_confirms_with_its_own_token_and_asks_again(asked: Console) -> None:
    assert later(asked).post(EXPORTS, WANTED).status_code == 403
    wrong = confirm(asked, way="password", password="guessed-it-wrong")
    assert (wrong.status_code, set(wrong.json_body["fields"])) == (422, {"password"})
    assert asked.post(EXPORTS, WANTED).status_code == 403
    assert confirm(asked, way="password", password=PASSWORD).status_code == 204
    assert asked.post(EXPORTS, WANTED).status_code == 202
    assert later(asked).post(EXPORTS, WANTED).status_code == 403


def test_a_browser_goes_on_with_exactly_what_it_was_about_to_do(asked: Console) -> None:
    later(asked)
    page = send(asked, console_app, EXPORTS, FORM)
    text = page.body.decode()
    assert (page.status_code, "Confirm that it is you" in text) == (403, True)
    carried = fields_of(text)
    assert carried == FORM | {"confirm.there": EXPORTS, "confirm.method": "POST"}
    wrong = send(asked, portal_app, "/account/confirm", carried | {"confirm.password": "guessed-it-wrong"})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.body.decode()
    assert "guessed-it-wrong" not in wrong.body.decode()
    assert fields_of(wrong.body.decode()) == carried
    right = send(asked, portal_app, "/account/confirm", carried | {"confirm.password": PASSWORD})
    assert (right.status_code, right.headers["Location"]) == (307, EXPORTS)
    assert right.body == b""
    # A 307: the browser sends the same form once more, with what confirmed it.
    direct = send(asked, console_app, EXPORTS, FORM)
    again = send(asked, console_app, EXPORTS, carried | {"confirm.password": PASSWORD})
    assert (again.status_code, without_key(again)) == (direct.status_code, without_key(direct))


def test_a_download_goes_on_to_its_address(asked: Console) -> None:
    started = asked.post(EXPORTS, WANTED).json_body["id"]
    path = f"{EXPORTS}/{started}/download"
    later(asked)
    page = asked.page(path, rows="parent")
    carried = fields_of(page.body.decode())
    assert (page.status_code, carried) == (403, {"confirm.there": f"{path}?rows=parent", "confirm.method": "GET"})
    right = send(asked, portal_app, "/account/confirm", carried | {"confirm.password": PASSWORD})
    assert (right.status_code, right.headers["Location"]) == (303, f"{path}?rows=parent")


@pytest.mark.parametrize(
    "there",
    [
        "",
        "//evil.example/admin/northbridge",
        "https://evil.example/admin/northbridge",
        "/admin/../account",
        "/admin/northbridge/../../sessions/current/delete",
        "/admin/./x",
        "/admin//evil.example",
        "/account",
        "/admin",
        "/admin/northbridge\\@evil",
        "/admin/northbridge/exports#x",
        "/admin/northbridge/exports\r\nSet-Cookie: a=b",
        f"/admin/{'a' * 2_000}",
    ],
)
def test_a_confirmation_leads_to_the_console_and_nowhere_else(asked: Console, there: str) -> None:
    fields = {"confirm.there": there, "confirm.method": "POST", "confirm.password": PASSWORD}
    answer = send(asked, portal_app, "/account/confirm", fields)
    assert answer.status_code == 422
    assert "Location" not in answer.headers
    assert later(asked).post(EXPORTS, WANTED).status_code == 403


def test_nobody_is_asked_where_no_second_factor_is_required(asked: Console) -> None:
    schools = asked.system.wiring("operate").schools
    schools.change_settings("northbridge", Settings(second_factor="optional"), ["second_factor"])
    assert later(asked).post(EXPORTS, WANTED).status_code == 202


def test_who_has_a_second_factor_is_asked_for_it_whatever_the_school_says(asked: Console) -> None:
    schools = asked.system.wiring("operate").schools
    schools.change_settings("northbridge", Settings(second_factor="optional"), ["second_factor"])
    facts(asked, second_factors=["totp"])
    assert asked.post(EXPORTS, WANTED).status_code == 403  # the password of a moment ago is not enough
    page = send(asked, console_app, EXPORTS, FORM).body.decode()
    assert 'name="confirm.code"' in page
    assert 'name="confirm.password"' not in page
    assert confirm(asked, way="password", password=PASSWORD).status_code == 422
    assert asked.post(EXPORTS, WANTED).status_code == 403


def test_a_code_of_the_app_confirms_once(asked: Console) -> None:
    wiring = asked.system.wiring("portal")
    who = signed_in(wiring, asked.token)
    begun = begin_enrolment(wiring, who, "totp", "Phone", PASSWORD)
    finish_enrolment(wiring, who, begun.id, code=app_code(begun.secret, asked.system.clock.now))
    assert asked.post(EXPORTS, WANTED).status_code == 202, "the factor was shown just now"
    assert later(asked).post(EXPORTS, WANTED).status_code == 403
    code = app_code(begun.secret, asked.system.clock.now)
    carried = fields_of(send(asked, console_app, EXPORTS, FORM).body.decode())
    wrong = send(asked, portal_app, "/account/confirm", carried | {"confirm.code": "000000"})
    assert (wrong.status_code, fields_of(wrong.body.decode())) == (422, carried)
    right = send(asked, portal_app, "/account/confirm", carried | {"confirm.code": f"{code[:3]} {code[3:]}"})
    assert right.status_code == 307
    assert send(asked, console_app, EXPORTS, carried | {"confirm.code": code}).status_code == 303
    assert confirm(asked, way="totp", code=code).status_code == 422, "a code counts once"
    assert later(asked).post(EXPORTS, WANTED).status_code == 403


def test_a_passkey_and_a_recovery_code_confirm(asked: Console) -> None:
    wiring = asked.system.wiring("portal")
    who, key = signed_in(wiring, asked.token), Authenticator()
    begun = begin_enrolment(wiring, who, "passkey", "Laptop", PASSWORD)
    added = finish_enrolment(wiring, who, begun.id, credential=key.make(begun.options or {}))
    assert later(asked).post(EXPORTS, WANTED).status_code == 403
    portal_ = Console(asked.system, Gateway(portal_app), asked.token)
    options = portal_.post("/account/confirm/passkey", {}).json_body["challenge"]
    assert confirm(asked, way="passkey", credential=key.sign(options)).status_code == 204
    assert asked.post(EXPORTS, WANTED).status_code == 202
    assert confirm(asked, way="passkey", credential=key.sign(options)).status_code == 422, "a challenge counts once"
    assert later(asked).post(EXPORTS, WANTED).status_code == 403
    assert confirm(asked, way="recovery", code=added.recovery[0]).status_code == 204
    assert asked.post(EXPORTS, WANTED).status_code == 202


def test_of_two_who_show_the_same_code_at_once_one_confirms(asked: Console) -> None:
    wiring = asked.system.wiring("portal")
    who = signed_in(wiring, asked.token)
    begun = begin_enrolment(wiring, who, "totp", "Phone", PASSWORD)
    finish_enrolment(wiring, who, begun.id, code=app_code(begun.secret, asked.system.clock.now))
    code = app_code(begun.secret, later(asked).system.clock.now)
    with ThreadPoolExecutor(8) as pool:
        answers = [each.status_code for each in pool.map(lambda _: confirm(asked, way="totp", code=code), range(8))]
    assert answers.count(204) == 1


def test_guesses_are_counted_before_they_are_compared(asked: Console) -> None:
    later(asked)
    for _ in range(PER_PERSON[0].limit):
        assert confirm(asked, way="password", password="guessed-it-wrong").status_code == 422
    assert confirm(asked, way="password", password=PASSWORD).status_code == 429
    assert asked.post(EXPORTS, WANTED).status_code == 403


@pytest.mark.parametrize("fields", [{}, {"password": ""}, {"password": 7}, {"password": "x" * 5_000}, {"password": ["a"]}])
def test_what_is_no_password_is_none(asked: Console, fields: dict[str, Any]) -> None:
    assert confirm(asked, way="password", **fields).status_code == 422


def test_somebody_who_is_not_signed_in_confirms_nothing(asked: Console) -> None:
    asked.token = None
    assert confirm(asked, way="password", password=PASSWORD).status_code == 401


def ready(console: Console) -> Person:
    """The admin has signed in for the first time, and has started a send."""
    start = int(console.system.clock.now)
    facts(console, admin_since=start, first_send_at=start)
    return ADA


def test_from_the_second_day_on_a_sign_in_leads_to_setting_up_and_nowhere_else(asked: Console) -> None:
    ready(asked)
    asked.system.clock.now += FIRST_DAY
    asked.token = asked.sign_in(ADA)
    assert asked.page("/admin/northbridge").status_code == 200
    later(asked, 1)
    assert asked.page("/admin/northbridge").status_code == 200, "a session that began before goes on"
    assert send(asked, console_app, "/admin/northbridge/people", {"role": "student"}).status_code == 422
    asked.token = asked.sign_in(ADA)
    page = asked.page("/admin/northbridge")
    assert (page.status_code, page.headers["Location"]) == (303, "/account/second-factors/needed")
    answer = asked.get("/admin/northbridge/people")
    assert (answer.status_code, answer.json_body["code"]) == (403, "second_factor_needed")
    shown = Console(asked.system, Gateway(portal_app), asked.token).page("/account/second-factors/needed")
    assert (shown.status_code, "Set up a second step" in shown.body.decode()) == (200, True)
    facts(asked, second_factors=["totp"])
    assert asked.page("/admin/northbridge").status_code == 200


def test_each_page_of_the_console_says_what_is_to_come(asked: Console) -> None:
    text = asked.page("/admin/northbridge").body.decode()
    assert "/account/second-factors" in text
    assert "From your second day" in text
    ready(asked)
    assert "From Thu 19 Nov 2026" in asked.page("/admin/northbridge").body.decode()
    facts(asked, second_factors=["totp"])
    assert "/account/second-factors" not in asked.page("/admin/northbridge").body.decode()


def test_the_page_that_asks_is_a_page_like_others(asked: Console) -> None:
    page = later(asked).page("/admin/northbridge/people/0123456789abcdefghjk/everything")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.body.decode().count("<h1") == 1
    headers = {"Accept": PAGE, "Cookie": f"__Host-latchkey={asked.token}", "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"confirm.there": EXPORTS, "confirm.method": "POST", "confirm.password": PASSWORD}).encode()
    other_site = Gateway(portal_app).post("/account/confirm", body=body, headers={**headers, "Origin": "https://evil.example"})
    assert other_site.status_code == 403
