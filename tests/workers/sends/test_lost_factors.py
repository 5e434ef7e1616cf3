"""Somebody has lost everything for a second step: everybody is told, it waits, anybody of them stops it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import plan_send.handler as door
from latchkey.errors import Changed, Conflict, NotFound, NotSignedIn, TryLater
from latchkey.people.model.person import FormerEmail, Person
from latchkey.schools.model.waiting import FactorReset
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.second_factors.lost_factors import MOST, WAITS, ask_reset, stop_own_reset, stop_reset
from latchkey.second_factors.show_factor import Answer, Visitor, show_factor
from latchkey.sends.start_due import start_due
from latchkey.shared.model.messages import Message
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.hashing import hash_of
from latchkey.sign_in.session import open_session, who
from tests.support.authenticator import app_code
from tests.support.mail_road import MailRoad

SLUG = "northbridge"
PASSWORD = "tulip-harbour-94-quartz"


class Lost:
    """A parent with an app, three admins, and what becomes of the parent's second step."""

    def __init__(self, road: MailRoad) -> None:
        self.road = road
        self.portal, self.console = road.system.wiring("portal"), road.system.wiring("console")
        self.worker = road.system.wiring("plan_send")
        admin: dict[str, Any] = {"role": "staff", "is_admin": True}
        self.ada, self.ben, self.cat = (road.person(number, **admin) for number in (1, 2, 3))
        self.pia = road.person(
            7, role="parent", password_set_at=1, mis_id="M7", email="pia@x.example", former_email=FormerEmail("old@x.example", 1)
        ).id
        table, put = self.portal.credentials(SLUG).password_of(self.pia, hash_of(PASSWORD), 1)
        table.put(Put(item=put.item))
        self.sign_in()
        begun = begin_enrolment(self.portal, who(self.portal, self.token), "totp", "Phone", PASSWORD)
        finish_enrolment(self.portal, who(self.portal, self.token), begun.id, code=app_code(begun.secret, self.now))
        self.secret = begun.secret
        self.later(600)

    def sign_in(self) -> None:
        self.token, _ = open_session(self.portal, SLUG, self.person())

    @property
    def now(self) -> float:
        return self.road.system.clock.now

    def later(self, seconds: int = WAITS) -> None:
        self.road.system.clock.now += seconds

    def person(self, person: str = "") -> Person:
        found = self.portal.directory(SLUG).person(person or self.pia)
        assert found is not None
        return found

    def ask(self, by: Person | None = None) -> FactorReset:
        return ask_reset(self.console, SLUG, by or self.ada, self.pia)

    def waits(self) -> bool:
        found = self.console.schools.get(SLUG)
        assert found is not None
        return bool(found.factor_resets)

    def due(self) -> int:
        return start_due(self.worker).factors_reset

    def mailed(self) -> dict[str, str]:
        """Plain text by address of what was put since."""
        self.later(1)
        for each in self.road.system.messages("REQUESTS_QUEUE"):
            if '"reset_stopped"' in each:
                door.work(Message(each))
        start_due(self.worker)
        before = len(self.road.ses.mails)
        self.road.deliver()
        return {each.to: re.sub(r"\s+", " ", f"{each.subject} {each.text}") for each in self.road.ses.mails[before:]}

    def actions(self) -> list[tuple[str, str]]:
        events, _ = self.console.audit(SLUG).page()
        return [(each["actor"], each["action"]) for each in events if "reset" in each["action"]][::-1]

    def kept(self) -> bool:
        return bool(self.person().second_factors) and bool(self.portal.second_factors(SLUG).of(self.pia).all)


@pytest.fixture
def lost(road: MailRoad) -> Lost:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("plan_send"))
    return Lost(road)


def test_it_waits_a_day_and_is_done_and_everybody_is_told(lost: Lost) -> None:
    reset = lost.ask()
    assert reset.until == int(lost.now) + WAITS
    mails = lost.mailed()
    admins = {str(each.email) for each in (lost.ada, lost.ben, lost.cat)}
    assert set(mails) == {*admins, "pia@x.example", "old@x.example"}
    assert "Your second step at Northbridge Academy is to be taken away" in mails["pia@x.example"]
    assert "http" not in mails["old@x.example"]
    assert "https://latchkey.test/admin/northbridge" in mails[str(lost.ben.email)]
    assert f"By: {lost.ada.name}" in mails[str(lost.ben.email)]
    lost.later(WAITS - 10)
    assert lost.due() == 0
    assert lost.kept()
    lost.sign_in()
    lost.later(10)
    assert lost.due() == 1
    assert not lost.person().second_factors
    assert not lost.portal.second_factors(SLUG).of(lost.pia).all
    assert not lost.waits()
    with pytest.raises(NotSignedIn):
        who(lost.portal, lost.token)
    assert set(lost.mailed()) == {*admins, "pia@x.example"}
    assert lost.due() == 0
    assert lost.actions() == [(lost.ada.id, "second_factor.reset_ask"), ("start_due", "second_factor.reset")]


def test_any_admin_stops_it(lost: Lost) -> None:
    lost.ask()
    lost.mailed()
    stop_reset(lost.console, SLUG, lost.cat, lost.pia)
    assert "stays as it is" in lost.mailed()["pia@x.example"]
    lost.later()
    assert lost.due() == 0
    assert lost.kept()
    with pytest.raises(Conflict):
        stop_reset(lost.console, SLUG, lost.cat, lost.pia)
    assert lost.actions() == [(lost.ada.id, "second_factor.reset_ask"), (lost.cat.id, "second_factor.reset_stop")]


def test_the_person_stops_it_by_a_session_that_is_open(lost: Lost) -> None:
    lost.ask()
    lost.mailed()
    lost.sign_in()
    stop_own_reset(lost.portal, who(lost.portal, lost.token))
    assert "stays as it is" in lost.mailed()[str(lost.ada.email)]
    lost.later()
    assert (lost.due(), lost.kept()) == (0, True)
    lost.sign_in()
    with pytest.raises(Conflict):
        stop_own_reset(lost.portal, who(lost.portal, lost.token))


def test_who_shows_a_second_factor_has_lost_nothing(lost: Lost) -> None:
    lost.ask()
    school = lost.portal.schools.get(SLUG)
    assert school is not None
    lost.later(60)
    code = app_code(lost.secret, lost.now)
    visitor = Visitor("203.0.113.9", 0, lost.portal.second_factors(SLUG).of(lost.person().id))
    show_factor(lost.portal, school, lost.person(), Answer(way="totp", code=code), bound_to="x", visitor=visitor)
    assert not lost.waits()
    assert lost.actions()[-1] == (lost.pia, "second_factor.reset_stop")


def change(lost: Lost, person: str, **facts: Any) -> None:
    lost.console.directory(SLUG).change(person, facts)


@pytest.mark.parametrize(
    "what",
    [
        {"last_login_at": 2_000_000_000},
        {"second_factors": ["passkey", "totp"]},
        {"second_factors": None},
        {"status": "left"},
        {"admin": {"is_admin": False}},
        {"admin": {"status": "left"}},
    ],
)
def test_it_lapses_where_something_has_changed(lost: Lost, what: dict[str, Any]) -> None:
    lost.ask()
    change(lost, lost.ada.id if "admin" in what else lost.pia, **what.get("admin", what))
    version = lost.person().version
    lost.later()
    assert lost.due() == 0
    assert lost.person().version == version
    assert not lost.waits()
    assert lost.actions()[-1] == ("start_due", "second_factor.reset_lapse")


def test_it_lapses_for_somebody_who_was_erased(lost: Lost) -> None:
    lost.ask()
    lost.road.system.wiring("operate").directory(SLUG).erase(lost.pia)
    lost.later()
    assert (lost.due(), lost.waits()) == (0, False)


def test_nothing_goes_to_an_address_that_nobody_has_confirmed(lost: Lost) -> None:
    change(lost, lost.pia, email_typed=lost.person().email_key)
    lost.ask()
    assert "pia@x.example" not in lost.mailed()


def test_two_who_ask_at_once_have_one_wait(lost: Lost) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lost.ask, (lost.ada, lost.ben))
    assert first == second
    assert len(lost.mailed()) == 5


def test_of_taking_and_stopping_at_once_one_wins(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    lost.ask()
    lost.later()
    changes = type(lost.worker.setting_changes)
    whole = changes.write_all
    first = [True]

    def interrupted(self: Any, writes: Any) -> None:
        if first.pop() if first else False:
            stop_reset(lost.console, SLUG, lost.ben, lost.pia)  # between the worker's reading and its write
        whole(self, writes)

    monkeypatch.setattr(changes, "write_all", interrupted)
    assert lost.due() == 0
    assert lost.kept()
    assert [action for _, action in lost.actions()][1:] == ["second_factor.reset_stop"]


def test_of_taking_and_stopping_the_other_way_round_it_is_done(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    lost.ask()
    lost.later()
    changes = type(lost.worker.setting_changes)
    whole = changes.write_all
    first = [True]

    def interrupted(self: Any, writes: Any) -> None:
        if first.pop() if first else False:
            assert lost.due() == 1
        whole(self, writes)

    monkeypatch.setattr(changes, "write_all", interrupted)
    with pytest.raises(Conflict):
        stop_reset(lost.console, SLUG, lost.ben, lost.pia)
    assert not lost.person().second_factors


def test_a_sign_in_between_reading_and_writing_makes_it_lapse(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    lost.ask()
    lost.later()
    changes = type(lost.worker.setting_changes)
    whole = changes.write_all
    first = [True]

    def interrupted(self: Any, writes: Any) -> None:
        if first.pop() if first else False:
            change(lost, lost.pia, last_login_at=int(lost.now))
        whole(self, writes)

    monkeypatch.setattr(changes, "write_all", interrupted)
    assert lost.due() == 0
    assert lost.kept()
    assert lost.actions()[-1][1] == "second_factor.reset_lapse"


def test_what_a_crash_has_left_is_deleted_the_next_minute(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    lost.ask()
    lost.later()
    store = type(lost.worker.second_factors(SLUG))
    with monkeypatch.context() as broken:
        broken.setattr(store, "forget", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lost.due()
    assert not lost.person().second_factors
    assert lost.portal.second_factors(SLUG).of(lost.pia).all
    lost.due()
    assert not lost.portal.second_factors(SLUG).of(lost.pia).all
    assert [action for _, action in lost.actions()] == ["second_factor.reset_ask", "second_factor.reset"]


def test_nothing_is_written_where_a_crash_comes_before(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise Changed

    monkeypatch.setattr(type(lost.console.setting_changes), "write_all", broken)
    with pytest.raises(TryLater):
        lost.ask()
    assert not lost.waits()


def test_who_cannot_be_asked_for(lost: Lost) -> None:
    for person in ("x", "0" * 20):
        with pytest.raises(NotFound):
            ask_reset(lost.console, SLUG, lost.ada, person)
    codes = []
    change(lost, lost.ada.id, second_factors=["totp"])
    for person in (lost.ada.id, lost.ben.id):  # oneself, and somebody who has none
        with pytest.raises(Conflict) as refused:
            ask_reset(lost.console, SLUG, lost.ada, person)
        codes.append(refused.value.code)
    change(lost, lost.pia, status="left")
    with pytest.raises(Conflict) as refused:
        lost.ask()
    assert [*codes, refused.value.code] == ["own_second_step", "no_factor", "no_factor"]


def test_no_more_than_a_school_could_need_wait_at_once(lost: Lost) -> None:
    one = lost.ask()
    school = lost.console.schools.get(SLUG)
    assert school is not None
    many = [FactorReset(**{**_facts(one), "id": str(number), "person": str(number)}) for number in range(MOST)]
    lost.console.setting_changes.write_all([lost.console.setting_changes.write_resets_of(school, many)])
    with pytest.raises(Conflict) as refused:
        lost.ask()
    assert refused.value.code == "too_many_wait"


def _facts(reset: FactorReset) -> dict[str, Any]:
    return {name: getattr(reset, name) for name in ("id", "person", "by", "at", "until", "kinds")}
