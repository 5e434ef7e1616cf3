"""Who has made a message is told by mail that it is done or has paused itself: once, with the figures of its page."""

import re
from dataclasses import replace

import pytest

from latchkey.people.model.person import Person
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Chunk
from latchkey.sends.start_due import start_due
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.model.languages import LANGUAGES
from tests.support.control import drain
from tests.support.mail_road import MailRoad

SLUG = "northbridge"
MAKER = "a" * 20


@pytest.fixture
def maker(road: MailRoad) -> Person:
    road.person(901, role="staff", is_admin=True, given_name="Sam")
    return road.person(900, id=MAKER, role="staff", is_admin=True, given_name="Ada")


def minutes(road: MailRoad, count: int) -> None:
    """Let the schedule of each minute come so often."""
    for _ in range(count):
        road.system.clock.now += 60
        start_due(road.system.wiring("plan_send"))


def told(road: MailRoad, before: int) -> list[tuple[str, str, str]]:
    """The mails since then: to whom, subject, text on one line."""
    start_due(road.system.wiring("plan_send"))
    road.deliver()
    return [(each.to, each.subject, re.sub(r"\s+", " ", each.text)) for each in road.ses.mails[before:]]


def test_when_it_is_done_its_maker_alone_is_told_once_with_the_figures_of_its_page(road: MailRoad, maker: Person) -> None:
    for number in range(1, 13):
        road.person(number)
    road.person(20, email=None, email_key=None)
    send = road.start()
    road.plan()
    drain(road)
    before = len(road.ses.mails)
    assert road.send(send).state == "finished"
    minutes(road, 2)
    assert told(road, before) == [], "word of the last mails is waited for"
    minutes(road, 5)
    ((to, subject, text),) = told(road, before)
    assert (to, subject) == (maker.email, "Your message at Northbridge Academy is done")
    shown = road.send(send)
    assert f"Went out to: {sum(shown.counts.get(state, 0) for state in ('sent', 'delivered'))} " in text
    assert "Message: Password links to everyone" in text
    assert "Came back: 0 " in text
    assert "Got none: 1 " in text
    assert f"https://latchkey.test/admin/{SLUG}/sends/{send}" in text
    minutes(road, 20)
    planner = road.system.wiring("plan_send")
    planner.reminders.put(Reminder(planner.now() - 1, SLUG, send, author=True))  # as if a worker had died before it was forgotten
    minutes(road, 3)
    assert len(told(road, before)) == 1
    assert list(planner.reminders.until(planner.now() + 86_400)) == []


def test_of_a_few_people_started_on_the_spot_nobody_is_told(road: MailRoad, maker: Person) -> None:
    for number in range(1, 4):
        road.person(number)
    send = road.start()
    road.plan()
    drain(road)
    before = len(road.ses.mails)
    minutes(road, 8)
    assert (road.send(send).state, told(road, before)) == ("finished", [])


def test_each_brake_is_told_of_once(road: MailRoad, maker: Person) -> None:
    for number in range(1, 41):
        road.person(number)
    send = road.start()
    road.plan()
    sends = road.system.wiring("mail_feedback").sends(SLUG)
    event = road.system.wiring("mail_feedback").audit(SLUG).record_of("mail_feedback", "send.brake", int(road.system.clock()), {})
    now = int(road.system.clock())

    def back(chunk: Chunk) -> Chunk:
        return replace(
            chunk, mails=tuple(mail.with_fact(Fact("bounced", "hard", now)) for mail in chunk.mails[:4]) + chunk.mails[4:]
        )

    road.system.wiring("deliver_links").ledger(SLUG).amend(send, 1, back, now)
    sends.brake(road.send(send), "brake_bounces", event)
    before = len(road.ses.mails)
    minutes(road, 30)
    ((to, subject, text),) = told(road, before)
    assert (to, subject) == (maker.email, "Your message at Northbridge Academy is paused")
    assert "Came back: 4 " in text


def test_who_is_no_admin_any_more_is_not_told_and_of_a_brake_the_others_are(road: MailRoad) -> None:
    other = road.person(901, role="staff", is_admin=True, given_name="Sam")
    road.person(900, id=MAKER, role="staff", is_admin=False)
    for number in range(1, 41):
        road.person(number)
    send = road.start()
    road.plan()
    feedback = road.system.wiring("mail_feedback")
    event = feedback.audit(SLUG).record_of("mail_feedback", "send.brake", int(road.system.clock()), {})
    feedback.sends(SLUG).brake(road.send(send), "brake_bounces", event)
    before = len(road.ses.mails)
    minutes(road, 2)
    assert [to for to, _, _ in told(road, before)] == [other.email]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["send_done", "send_braked"])
def test_it_is_said_in_every_language(language: str, kind: str) -> None:
    from latchkey.mail.messages.notices import notice_variables
    from latchkey.mail.messages.template import template

    parts = template(kind, language)  # type: ignore[arg-type]
    facts = {"at": 1_795_000_000, "send": "0" * 26, "message": "M", "went_out": 158, "came_back": 0, "left_out": 12}
    rows = notice_variables(kind, facts, "https://x.test/admin/s", language)["accounts_text"]
    assert "158" in rows
    assert f"https://x.test/admin/s/sends/{'0' * 26}" in rows
    assert ("Your message" in parts.subject) == (language == "en")
