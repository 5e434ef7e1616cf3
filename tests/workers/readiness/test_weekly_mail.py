"""The weekly mail to admins who want it: once a week, numbers alone, in their language, and to nobody but admins."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from latchkey.mail.messages.notices import notice_variables
from latchkey.people.model.person import Person
from latchkey.readiness.model.figures import Figures, day_of
from latchkey.readiness.weekly_mail import want_weekly
from latchkey.schools.model.waiting import Notice
from latchkey.sends.mail_notices import mail_notice
from latchkey.sends.start_due import start_due
from latchkey.shared.model.ids import person_id
from tests.support.days import Days
from tests.support.mail_road import MailRoad
from tests.support.system import START, TestSystem, running_system

DAY = 86_400
MONDAY = START - START % DAY + 5 * DAY + 18_000  # 23 November 2026, 05:00
ADA = Person(
    id="abcdefghjkmnpqrstvwx",
    role="staff",
    given_name="Ada",
    family_name="Admin",
    email="ada@x.example",
    is_admin=True,
    version=1,
)
BO = replace(ADA, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@x.example", language="cy")


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    with running_system() as system:
        system.school("northbridge")
        system.clock.now = MONDAY
        people = [
            Person(id=person_id("northbridge", str(n)), role="student", given_name="Ann", family_name="Lee", year_group="7")
            for n in range(3)
        ]
        ready = {"password_set_at": MONDAY - DAY, "last_login_at": MONDAY - 60, "email": "x@x.example"}
        people.append(replace(people[0], id=person_id("northbridge", "9"), **ready))  # type: ignore[arg-type]
        system.wiring("operate").directory("northbridge").put_new([*people, ADA, BO])
        yield Days(system, monkeypatch)


def want(system: TestSystem, person: Person, *, wanted: bool = True) -> None:
    want_weekly(system.wiring("console"), "northbridge", person, wanted=wanted)


def notices(system: TestSystem) -> list[Notice]:
    """The weekly mails that are written and not mailed yet."""
    found = [each.notice for each in system.wiring("plan_send").reminders.until(int(system.clock()))]
    return [each for each in found if each is not None and each.kind == "weekly_mail"]


def told(system: TestSystem, notice: Notice) -> set[str]:
    """To whom a notice is mailed."""
    assert mail_notice(system.wiring("plan_send"), "northbridge", notice) >= 0
    chunks = system.wiring("plan_send").ledger("northbridge").chunks(notice.id)
    return {mail.to for chunk in chunks for mail in chunk.mails}


def test_monday_has_one_mail_however_often_the_work_is_done(days: Days) -> None:
    want(days.system, ADA)
    for _ in range(3):
        assert days.day() == 0
    days.system.clock.now += DAY
    days.day()
    (notice,) = notices(days.system)
    assert notice.figures == {"ready": 1, "total": 4, "change": None, "reasons": [["no_address", 3]]}
    days.system.clock.now += 6 * DAY
    days.day()
    assert len(notices(days.system)) == 2


def test_the_change_is_that_of_seven_days(days: Days) -> None:
    want(days.system, ADA)
    store = days.system.wiring("daily").figures("northbridge")
    for ago, ready in ((9, 9), (8, 3), (6, 7)):  # the day of a week before is missing: the one before it counts
        at = MONDAY - ago * DAY
        store.put(Figures(day_of(at), {("student", "7"): {"signed_in": ready}}), at)
    days.day()
    (notice,) = notices(days.system)
    assert notice.figures is not None
    assert notice.figures["change"] == 1 - 3


def test_only_who_asked_and_is_an_admin_then_gets_it(days: Days) -> None:
    want(days.system, ADA)
    want(days.system, BO)
    days.day()
    (notice,) = notices(days.system)
    assert told(days.system, notice) == {"ada@x.example", "bo@x.example"}
    want(days.system, BO, wanted=False)
    days.system.clock.now += 7 * DAY
    days.day()
    assert told(days.system, notices(days.system)[-1]) == {"ada@x.example"}
    admins = days.system.wiring("console").admins("northbridge")
    admins.end(ADA, admins.revision())
    days.system.clock.now += 7 * DAY
    days.day()
    assert told(days.system, notices(days.system)[-1]) == set()


def test_who_becomes_an_admin_again_has_to_ask_again(days: Days) -> None:
    want(days.system, ADA)
    days.day()
    (notice,) = notices(days.system)
    anew = replace(ADA, id="cdefghjkmnpqrstvwxyz", email="cy@x.example", admin_since=MONDAY + 60)
    days.system.wiring("operate").directory("northbridge").put_new([anew])
    assert told(days.system, replace(notice, to={anew.id: MONDAY})) == set()


def test_where_nobody_wants_it_the_week_is_over_all_the_same(days: Days) -> None:
    days.day()
    want(days.system, ADA)
    days.system.clock.now += DAY
    days.day()
    assert notices(days.system) == []
    days.system.clock.now += 6 * DAY
    days.day()
    assert len(notices(days.system)) == 1


def test_a_missed_monday_is_made_up_for(days: Days) -> None:
    want(days.system, ADA)
    days.system.clock.now += 2 * DAY
    days.day()
    assert len(notices(days.system)) == 1


def test_choosing_twice_is_recorded_once(days: Days) -> None:
    want(days.system, ADA)
    want(days.system, ADA)
    events = days.system.wiring("console").audit("northbridge")
    found, _ = events.page()
    assert len([each for each in found if each["action"] == "readiness.weekly"]) == 1


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "Can log in: 1,093 of 1,268"), ("cy", "Yn gallu mewngofnodi"), ("pl", "Mogą się zalogować"), ("ur", "لاگ اِن")],
)
def test_the_mail_says_numbers_and_leads_to_each_list(language: str, says: str) -> None:
    figures = {"ready": 1093, "total": 1268, "change": -12, "reasons": [["no_address", 108], ["never_sent", 13]]}
    found = notice_variables("weekly_mail", {"figures": figures}, "https://x.test/admin/northbridge", language)
    for text in found.values():
        assert says in text
        assert "108" in text
    assert "https://x.test/admin/northbridge/people?role=student&reason=no_address" in found["accounts_text"]
    assert "role=student&amp;reason=never_sent" in found["accounts_html"]
    assert "−12" in found["accounts_text"]


def test_the_mail_leaves_in_the_language_of_each_admin(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"role": "staff", "is_admin": True, "given_name": "Ada"}
    admins = [road.person(1, **given), road.person(2, **given, language="cy"), road.person(3, **given)]
    road.person(4)
    for each in admins[:2]:
        want(road.system, each)
    Days(road.system, monkeypatch).day()
    start_due(road.system.wiring("plan_send"))
    road.deliver()
    mails = {mail.to: mail for mail in road.ses.mails}
    assert set(mails) == {each.email for each in admins[:2]}
    english, welsh = mails[admins[0].email or ""], mails[admins[1].email or ""]
    assert english.subject == "Northbridge Academy: who can log in this week"
    assert "Can log in: 0 of 1" in english.text
    assert "role=student&reason=" in english.text
    assert "Yn gallu mewngofnodi: 0 o 1" in welsh.text
