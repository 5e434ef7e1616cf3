"""Adding second factors and signing in with them, as a script and as a browser: what works, and each thing that must not."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.authenticator import Authenticator, app_code
from tests.support.portal import PASSWORD, Portal, calls_of_a_fresh_container

FACTORS = "/account/second-factors"
STEP = "/schools/northbridge/sessions/second-factor"


class Me:
    """Somebody with a session, and what they have for showing who they are."""

    def __init__(self, portal: Portal, name: str = "head", **facts: Any) -> None:
        self.portal = portal
        self.name = name
        self.person = portal.add(name, **{"role": "staff", **facts})
        self.token = portal.sign_in(name).json_body["token"]
        self.secret = ""
        self.passkey = Authenticator()
        self.recovery: list[str] = []

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, path: str, fields: Any) -> Any:
        return self.portal.post(path, fields, **self.bearer)

    def code(self, step: int = 0) -> str:
        return app_code(self.secret, self.portal.system.clock.now, step)

    def add_app(self, *, current: str = PASSWORD) -> Any:
        begun = self.post(FACTORS, {"way": "totp", "name": "My phone", "current": current})
        if begun.status_code != 201:
            return begun
        self.secret = begun.json_body["secret"]
        return self._finish(begun.json_body["id"], {"code": self.code()})

    def add_passkey(self, *, current: str = PASSWORD) -> Any:
        begun = self.post(FACTORS, {"way": "passkey", "current": current})
        if begun.status_code != 201:
            return begun
        return self._finish(begun.json_body["id"], {"credential": self.passkey.make(begun.json_body["challenge"])})

    def _finish(self, factor: str, fields: Any) -> Any:
        done = self.post(f"{FACTORS}/{factor}/confirm", fields)
        if done.status_code == 201:
            self.recovery = done.json_body["recovery_codes"] or self.recovery
            self.portal.system.clock.now += 60  # the code that was shown is used
        return done

    def first_step(self) -> str:
        answer = self.portal.sign_in(self.name)
        assert answer.status_code == 202
        assert set(answer.json_body) == {"second_factor"}
        return str(answer.json_body["second_factor"]["token"])

    def second_step(self, token: str | None = None, **fields: Any) -> Any:
        return self.portal.post(STEP, {"token": token or self.first_step(), **fields})

    def sign(self, token: str, **wrong: Any) -> Any:
        options = self.portal.post(f"{STEP}/passkey", {"token": token}).json_body["challenge"]
        return self.passkey.sign(options, **wrong)


@pytest.fixture
def me(portal: Portal) -> Me:
    return Me(portal)


def test_an_app_is_added_with_the_password_and_asked_for_from_then_on(portal: Portal, me: Me) -> None:
    done = me.add_app()
    assert done.status_code == 201
    assert len(done.json_body["recovery_codes"]) == 10
    assert [message["kind"] for message in portal.requests()] == ["factor_added"]
    answer = portal.sign_in("head")
    assert answer.status_code == 202
    assert answer.json_body["second_factor"]["ways"] == ["totp", "recovery"]
    assert "__Host-latchkey=" not in answer.headers["Set-Cookie"]
    opened = me.second_step(way="totp", code=me.code())
    assert opened.status_code == 201
    seen = portal.get(FACTORS, Authorization=f"Bearer {opened.json_body['token']}").json_body
    assert [(each["way"], each["name"]) for each in seen["items"]] == [("totp", "My phone")]
    assert seen["recovery_codes_left"] == 10
    assert portal.person(me.person).second_factors == ("totp",)


def test_both_steps_cost_at_most_eight_calls(portal: Portal, me: Me) -> None:
    me.add_app()
    with calls_of_a_fresh_container(portal) as first:
        token = me.first_step()
    with calls_of_a_fresh_container(portal) as second:
        assert me.second_step(token, way="totp", code=me.code()).status_code == 201
    assert (len(first), len(second)) == (8, 7), (first, second)


def test_a_passkey_as_the_second_step_costs_at_most_eight_calls(portal: Portal, me: Me) -> None:
    me.add_passkey()
    token = me.first_step()
    signed = me.sign(token)
    with calls_of_a_fresh_container(portal) as calls:
        assert me.second_step(token, way="passkey", credential=signed).status_code == 201
    assert len(calls) == 8, calls


def test_a_passkey_is_added_and_signs_in(portal: Portal, me: Me) -> None:
    assert me.add_passkey().status_code == 201
    token = me.first_step()
    assert me.second_step(token, way="passkey", credential=me.sign(token)).status_code == 201
    assert portal.person(me.person).second_factors == ("passkey",)


def test_a_recovery_code_opens_once(me: Me) -> None:
    me.add_app()
    code = me.recovery[3].lower().replace("-", " ")
    assert me.second_step(way="recovery", code=code).status_code == 201
    refused = me.second_step(way="recovery", code=code)
    assert (refused.status_code, refused.json_body["code"]) == (422, "wrong_factor")


def test_the_first_needs_the_password_and_a_later_one_a_factor_just_shown(portal: Portal, me: Me) -> None:
    wrong = me.add_app(current="not the password")
    assert (wrong.status_code, set(wrong.json_body["fields"])) == (422, {"current"})
    assert me.post(FACTORS, {"way": "totp"}).status_code == 422
    other = portal.sign_in("head").json_body["token"]
    me.add_app()
    assert me.add_passkey().status_code == 201, "this session has shown the app"
    me.token = other
    refused = me.add_passkey()
    assert (refused.status_code, refused.json_body["code"]) == (403, "confirm_again"), "a session that was opened before"
    me.token = me.second_step(way="totp", code=me.code()).json_body["token"]
    me.passkey = Authenticator()
    assert me.add_passkey().status_code == 201
    portal.system.clock.now += 901
    assert me.add_passkey().status_code == 403


def test_two_first_ones_that_were_begun_at_once(portal: Portal, me: Me) -> None:
    """A password alone, known to another, must not add a second one beside the first."""
    other = portal.sign_in("head").json_body["token"]
    begun = portal.post(FACTORS, {"way": "passkey", "current": PASSWORD}, Authorization=f"Bearer {other}").json_body
    me.add_app()
    made = Authenticator().make(begun["challenge"])
    late = portal.post(f"{FACTORS}/{begun['id']}/confirm", {"credential": made}, Authorization=f"Bearer {other}")
    assert late.status_code == 403
    assert len(portal.get(FACTORS, **me.bearer).json_body["items"]) == 1


def test_what_was_begun_is_finished_in_its_session_within_ten_minutes(portal: Portal, me: Me) -> None:
    begun = me.post(FACTORS, {"way": "totp", "current": PASSWORD}).json_body
    other = portal.sign_in("head").json_body["token"]
    code = {"code": app_code(begun["secret"], portal.system.clock.now)}
    path = f"{FACTORS}/{begun['id']}/confirm"
    assert portal.post(path, code, Authorization=f"Bearer {other}").status_code == 410
    assert me.post(path, {"code": "000000"}).status_code == 422
    portal.system.clock.now += 600
    assert me.post(path, {"code": app_code(begun["secret"], portal.system.clock.now)}).status_code == 410


def test_a_passkey_that_was_refused_has_to_be_begun_again(me: Me) -> None:
    begun = me.post(FACTORS, {"way": "passkey", "current": PASSWORD}).json_body
    path, right = f"{FACTORS}/{begun['id']}/confirm", me.passkey.make(begun["challenge"])
    evil = Authenticator(origin="https://evil.example").make(begun["challenge"])
    assert me.post(path, {"credential": evil}).status_code == 422
    assert me.post(path, {"credential": right}).status_code == 410


def test_a_code_counts_once_also_at_the_same_moment(portal: Portal, me: Me) -> None:
    me.add_app()
    tokens, code = [me.first_step() for _ in range(6)], me.code()
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda token: me.second_step(token, way="totp", code=code).status_code, tokens))
    assert sorted(answers) == [201, 422, 422, 422, 422, 422]
    assert me.second_step(way="totp", code=me.code(-1)).status_code == 422, "nor one before it"
    assert me.second_step(way="totp", code=me.code(1)).status_code == 201


def test_a_recovery_code_counts_once_also_at_the_same_moment(me: Me) -> None:
    me.add_app()
    tokens = [me.first_step() for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda each: me.second_step(each, way="recovery", code=me.recovery[0]).status_code, tokens))
    assert sorted(answers) == [201, 422, 422, 422, 422, 422]


def test_what_a_passkey_has_signed_counts_once_and_for_its_own_sign_in(portal: Portal, me: Me) -> None:
    me.add_passkey()
    token = me.first_step()
    credential = me.sign(token)
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: me.second_step(token, way="passkey", credential=credential).status_code, range(5)))
    assert sorted(answers) == [201, 422, 422, 422, 422]
    signed = me.sign(me.first_step())
    portal.system.clock.now += 1
    assert me.second_step(me.first_step(), way="passkey", credential=signed).status_code == 422
    token = me.first_step()
    signed = me.sign(token)
    portal.system.clock.now += 301
    assert me.second_step(token, way="passkey", credential=signed).status_code == 422


def test_a_counter_that_falls_is_refused_and_recorded(portal: Portal, me: Me) -> None:
    me.passkey = Authenticator(counts=True, synced=False, counter=7)
    me.add_passkey()
    me.passkey.counter = 3
    token = me.first_step()
    assert me.second_step(token, way="passkey", credential=me.sign(token)).status_code == 422
    events, _ = portal.system.wiring("console").audit("northbridge").page(kind="deeds")
    assert "second_factor.counter" in {event["action"] for event in events}


def test_adding_twice_at_once_adds_one(me: Me) -> None:
    begun = me.post(FACTORS, {"way": "totp", "current": PASSWORD}).json_body
    me.secret = begun["secret"]
    fields = {"code": me.code()}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: me.post(f"{FACTORS}/{begun['id']}/confirm", fields).status_code, range(4)))
    assert answers.count(201) == 1
    assert set(answers) <= {201, 403, 410}
    assert len(me.portal.get(FACTORS, **me.bearer).json_body["items"]) == 1


def test_the_budget_is_one_for_all_ways_and_for_parallel_guesses(portal: Portal, me: Me, monkeypatch: pytest.MonkeyPatch) -> None:
    me.add_app()
    compared = []
    monkeypatch.setattr("latchkey.second_factors.show_factor._taken", lambda *_, **__: compared.append(1) or False)
    tokens = [me.first_step() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        ask = threads.map(lambda n: me.second_step(tokens[n % 8], way="totp", code=f"{n:06}").status_code, range(200))
        answers = list(ask)
    assert (len(compared), answers.count(422), answers.count(429)) == (10, 10, 190)
    assert me.second_step(tokens[0], way="recovery", code=me.recovery[0]).status_code == 429
    assert me.post("/account/password", {"current": PASSWORD, "password": "seven tall herons wade"}).status_code == 429


def test_a_proof_is_of_its_school_its_minutes_and_its_password(portal: Portal, me: Me) -> None:
    me.add_app()
    token = me.first_step()
    for other in (None, "", 7, "A" * 120, token[:-2], me.token):
        assert portal.post(STEP, {"token": other, "way": "totp", "code": me.code()}).status_code == 401
    elsewhere = "/schools/southgate/sessions/second-factor"
    assert portal.post(elsewhere, {"token": token, "way": "totp", "code": me.code()}).status_code == 401
    late = me.first_step()
    portal.system.clock.now += 600
    assert me.second_step(late, way="totp", code=me.code()).status_code == 401
    token = me.first_step()
    portal.system.wiring("read_roster").directory("northbridge").change(me.person.id, {"version": 9})
    assert me.second_step(token, way="totp", code=me.code()).status_code == 401


def test_a_new_password_does_not_skip_it(portal: Portal, me: Me) -> None:
    me.add_app()
    link = portal.token(portal.person(me.person), purpose="forgot")
    assert portal.post("/password-links/use", {"token": link, "password": "seven tall herons wade"}).status_code == 204
    answer = portal.sign_in("head", "seven tall herons wade")
    assert answer.status_code == 202


def test_removing_and_new_recovery_codes(portal: Portal, me: Me) -> None:
    me.add_app()
    me.add_passkey()
    first, second = (each["id"] for each in portal.get(FACTORS, **me.bearer).json_body["items"])
    old = me.recovery[0]
    new = me.post("/account/recovery-codes", {})
    assert len(set(new.json_body["recovery_codes"]) - set(me.recovery)) == 10
    assert me.second_step(way="recovery", code=old).status_code == 422
    portal.requests()
    assert portal.http.delete(f"{FACTORS}/{first}", headers=me.bearer).status_code == 204
    assert portal.http.delete(f"{FACTORS}/{first}", headers=me.bearer).status_code == 404
    assert portal.http.delete(f"{FACTORS}/nonsense", headers=me.bearer).status_code == 404
    assert [message["kind"] for message in portal.requests()] == ["factor_removed"]
    portal.system.clock.now += 901
    assert portal.http.delete(f"{FACTORS}/{second}", headers=me.bearer).status_code == 403
    token = me.first_step()
    me.token = me.second_step(token, way="passkey", credential=me.sign(token)).json_body["token"]
    assert portal.http.delete(f"{FACTORS}/{second}", headers=me.bearer).status_code == 204
    assert portal.sign_in("head").status_code == 201
    assert portal.person(me.person).second_factors == ()


def test_the_last_one_of_an_admin_whose_school_asks_for_one_stays(portal: Portal) -> None:
    boss = Me(portal, "boss", is_admin=True)
    boss.add_app()
    (only,) = portal.get(FACTORS, **boss.bearer).json_body["items"]
    refused = portal.http.delete(f"{FACTORS}/{only['id']}", headers=boss.bearer)
    assert (refused.status_code, json.loads(refused.body)["code"]) == (409, "last")
    boss.add_passkey()
    assert portal.http.delete(f"{FACTORS}/{only['id']}", headers=boss.bearer).status_code == 204


def test_at_most_ten(portal: Portal, me: Me) -> None:
    me.add_app()
    for _ in range(9):
        me.passkey = Authenticator()
        assert me.add_passkey().status_code == 201
        portal.system.clock.now -= 60
    refused = me.add_passkey()
    assert (refused.status_code, refused.json_body["code"]) == (409, "too_many_factors")


def test_a_browser_without_javascript(portal: Portal) -> None:
    portal.add("head", role="staff")
    cookie = portal.submit("/schools/northbridge/sessions", {"identifier": "head", "password": PASSWORD}).headers["Set-Cookie"]
    mine = {"Cookie": cookie.split(";")[0]}
    assert "Set up a second step" in portal.page("/account", **mine).body.decode()
    assert "Your current password" in portal.page(FACTORS, **mine).body.decode()
    refused = portal.submit(FACTORS, {"way": "totp", "name": "", "current": "wrong"}, **mine)
    assert (refused.status_code, b"This is not your current password" in refused.body) == (422, True)
    begun = portal.submit(FACTORS, {"way": "totp", "name": "", "current": PASSWORD}, **mine)
    assert begun.status_code == 303
    page = portal.page(begun.headers["Location"], **mine).body.decode()
    secret = page.split('dir="ltr">')[1].split("<")[0].replace(" ", "")
    assert "<svg" in page
    wrong = portal.submit(f"{begun.headers['Location']}/confirm", {"code": "000000"}, **mine)
    assert (wrong.status_code, b"<svg" in wrong.body, b"six digits that the app shows now" in wrong.body) == (422, True, True)
    code = app_code(secret, portal.system.clock.now)
    done = portal.submit(f"{begun.headers['Location']}/confirm", {"code": code}, **mine).body.decode()
    assert done.count('<bdi class="code"') == 10
    recovery = done.split('dir="ltr">')[1].split("<")[0]

    portal.system.clock.now += 60
    first = portal.submit("/schools/northbridge/sessions", {"identifier": "head", "password": PASSWORD})
    assert (first.status_code, first.headers["Location"]) == (303, STEP)
    step = {"Cookie": first.headers["Set-Cookie"].split(";")[0]}
    assert "__Host-latchkey-step=" in step["Cookie"]
    assert "Six digits from the app" in portal.page(STEP, **step).body.decode()
    refused = portal.submit(STEP, {"code": "123 456"}, **step)
    assert (refused.status_code, b"This code is not right" in refused.body) == (422, True)
    assert portal.submit(STEP, {"code": recovery}, **step).headers["Location"] == "/account"
    signed_in = portal.submit(STEP, {"code": app_code(secret, portal.system.clock.now)}, **step)
    mine = {"Cookie": signed_in.headers["Set-Cookie"].split(";")[0]}
    assert "Recovery codes left: 9." in portal.page(FACTORS, **mine).body.decode()
    assert portal.page(STEP).headers["Location"] == "/schools/northbridge/sessions"
    removed = portal.submit(f"{begun.headers['Location']}/delete", {}, **mine)
    assert removed.headers["Location"] == f"{FACTORS}?done=removed"
    assert "It is removed." in portal.page(removed.headers["Location"], **mine).body.decode()


def test_somebody_without_one_is_not_held_up(portal: Portal) -> None:
    portal.add("ann")
    assert portal.sign_in("ann").status_code == 201
    assert portal.sign_in("ann", "wrong").status_code == 401
