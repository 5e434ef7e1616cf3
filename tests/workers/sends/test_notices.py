"""Mails that tell admins what has happened: to whom, in which language, once, and what they say."""

import re
from typing import Any

import pytest

from latchkey.mail.messages.notices import SETTINGS, notice_variables, value_in_words
from latchkey.mail.messages.template import notice as variables_of
from latchkey.mail.messages.template import template
from latchkey.people.model.person import Person
from latchkey.schools import decide_settings
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.guard import GUARDED
from latchkey.schools.model.school import ApprovalRule, School, Settings
from latchkey.schools.model.waiting import Notice
from latchkey.sends.start_due import start_due
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.languages import LANGUAGES
from tests.support.mail_road import MailRoad

SLUG = "northbridge"


@pytest.fixture
def admins(road: MailRoad) -> list[Person]:
    given = {"role": "staff", "is_admin": True, "given_name": "Ada"}
    return [road.person(1, **given, language="pl"), road.person(2, **given), road.person(3, **given)]


def ask(road: MailRoad, admin: Person, **values: Any) -> Any:
    school = road.system.wiring("console").schools.get(SLUG)
    assert school is not None
    return change_settings(road.system.wiring("console"), school, admin, values)


def mailed(road: MailRoad) -> list[Any]:
    """The mails of what is due."""
    start_due(road.system.wiring("plan_send"))
    before = len(road.ses.mails)
    road.deliver()
    return list(road.ses.mails[before:])


def test_all_admins_are_mailed_what_waits_and_what_was_changed(road: MailRoad, admins: list[Person]) -> None:
    road.person(4, role="staff", is_admin=True, email=None, email_key=None)
    road.person(5, role="staff", is_admin=True, status="left")
    road.person(6, role="teacher")
    asked = ask(road, admins[1], reply_to="me@evil.example", reset_life=3_600, sso={"roles": ["student", "parent"]})
    mails = mailed(road)
    assert sorted(each.to for each in mails) == sorted(each.email or "" for each in admins)
    polish, english = mails[0], mails[-1]
    if "Zmiana" not in polish.subject:
        polish, english = english, polish
    assert "Zmiana ustawień czeka" in polish.subject
    assert english.subject == "A change of settings waits for a second admin of Northbridge Academy"
    text = re.sub(r"\s+", " ", english.text)
    assert "Replies to mails go to Before: nothing After: me@evil.example" in text
    assert "How long new password links work Before: 3 days After: 1 hour" in text
    assert "Who uses the school’s own sign-in Before: nothing After: student, parent" in text
    assert f"By: {admins[1].name} When: 2026-11-18" in text
    assert f"https://latchkey.test/admin/{SLUG}/settings" in text
    decide_settings.approve(road.system.wiring("console"), SLUG, admins[0], asked.waiting.id)
    changed = mailed(road)
    assert len(changed) == 3
    assert f"Approved by: {admins[0].name}" in changed[-1].text + changed[0].text
    assert all(each.reply_to == ["me@evil.example"] for each in changed)  # now it is in force


def test_a_notice_is_mailed_once_whatever_happens(road: MailRoad, admins: list[Person]) -> None:
    ask(road, admins[1], reply_to="me@x.example")
    planner = road.system.wiring("plan_send")
    (reminder,) = list(planner.reminders.until(planner.now()))
    assert len(mailed(road)) == 3
    assert list(planner.reminders.until(planner.now())) == []
    assert reminder.notice is not None
    planner.reminders.put(reminder)  # as if the worker had died before it was forgotten
    road.system.wiring("console").notices(SLUG).put(reminder.notice)
    assert mailed(road) == []


def test_the_other_admins_are_mailed_that_a_send_waits(road: MailRoad, admins: list[Person]) -> None:
    rule = Settings(approval=ApprovalRule(above=2))
    road.system.wiring("console").schools.change_settings(SLUG, rule, ["approval"])
    notice = Notice(id=new_id(), kind="send_waiting", at=int(road.system.clock()), by=admins[0].id, send=new_id(), people=12)
    road.system.wiring("console").notices(SLUG).put(notice)
    mails = mailed(road)
    assert sorted(each.to for each in mails) == sorted(each.email or "" for each in admins[1:])
    assert all("waits for your approval" in each.subject for each in mails)
    assert all(f"https://latchkey.test/admin/{SLUG}/sends/{notice.send}" in each.text for each in mails)
    assert all("People: 12" in each.text for each in mails)


def test_a_notice_that_is_a_week_old_or_of_a_school_that_is_gone_is_dropped(road: MailRoad, admins: list[Person]) -> None:
    ask(road, admins[1], reply_to="me@x.example")
    ghost = Notice(id=new_id(), kind="approval_off", at=int(road.system.clock()), by="operator")
    road.system.wiring("console").notices("nowhere").put(ghost)
    road.system.clock.now += 7 * 86_400
    assert "A change of settings of Northbridge Academy was not made" in {each.subject for each in mailed(road)}
    planner = road.system.wiring("plan_send")
    assert list(planner.reminders.until(planner.now())) == []


def test_more_admins_than_one_call_takes_are_all_mailed(road: MailRoad) -> None:
    people = [road.person(each, role="staff", is_admin=True) for each in range(1, 103)]
    ask(road, people[0], reply_to="me@x.example")
    assert len({each.to for each in mailed(road)}) == 102


def test_an_old_item_without_a_notice_is_a_reminder(road: MailRoad) -> None:
    reminders = road.system.wiring("plan_send").reminders
    reminders.put(Reminder(5, SLUG, "0" * 26))
    assert [each.notice for each in reminders.until(9)] == [None]


# What they say

FACTS: dict[str, Any] = {
    "at": 1_795_000_000,
    "by": "Ada <b>Admin</b>",
    "approved_by": "محمد",
    "send": "0" * 26,
    "people": 7,
    "changes": [
        {"setting": "sso.help", "old": "", "new": "<script>alert(1)</script>\r\nBcc: x@x.example {{school}} \u202eevil"},
        {"setting": "approval.above", "old": 2, "new": None},
    ],
}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("kind", ["settings_waiting", "settings_changed", "send_waiting", "approval_off"])
def test_a_mail_has_all_its_variables_and_nothing_hostile(kind: Any, code: str) -> None:
    parts = template(kind, code)
    values = variables_of(School(slug=SLUG, name="Northbridge"), kind, FACTS, "https://x.test/admin/northbridge", code)
    used = set(re.findall(r"\{\{(\w+)\}\}", parts.subject + parts.text + parts.html))
    assert used <= set(values), "SES would send nothing"
    html = values["accounts_html"]
    assert "<script>" not in html
    assert "<b>Admin" not in html
    assert "{{" not in html
    assert "\u202e" not in html + values["accounts_text"]
    assert "\r" not in values["accounts_text"]
    assert "https://x.test/admin/northbridge/" in values["accounts_text"]
    if code != "en":
        assert "Before" not in values["accounts_text"]
        assert parts.subject != template(kind, "en").subject


def test_every_guarded_setting_has_words() -> None:
    assert set(SETTINGS) == set(GUARDED)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("approval.above", None, "off"),
        ("approval.above", 0, "0"),
        ("approval.staff", True, "yes"),
        ("sso.roles", [], "nothing"),
        ("sso.roles", ["staff"], "member of staff"),
        ("reply_to", None, "nothing"),
        ("reset_life", 86_400, "1 day"),
        ("sso.url", "https://x.example/", "https://x.example/"),
    ],
)
def test_values_are_said_in_words(setting: str, value: Any, said: str) -> None:
    assert value_in_words(setting, value) == said


def test_a_notice_of_nobody_says_when(road: MailRoad) -> None:
    values = notice_variables("approval_off", {"at": 0, "by": ""}, "https://x.test", "en")
    assert values["accounts_text"].startswith("When: 1970-01-01, 01:00")
