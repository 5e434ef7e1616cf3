"""Decided when it was planned, mailed much later: who has changed in between gets no mail, and is planned anew by one request."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import Conflict
from latchkey.people.model.person import Person
from latchkey.schools.model.school import Settings, SingleSignOn
from latchkey.sends import check_people, repeat_send
from latchkey.sends.model.ledger import GRACE
from latchkey.sends.model.send import Send
from latchkey.sends.stores.ledger import Ledger
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.start_run import Started
from tests.support.control import ADMIN, SCHOOL, adds_up, apart, audited, drain, pause, resume, started
from tests.support.mail_road import MailRoad
from tests.support.ses import refusal
from tests.support.ses_events import event

CHANGED = ("skipped", "changed")


def who(number: int) -> str:
    return f"{number:020d}"


def change(road: MailRoad, number: int, **facts: Any) -> None:
    """A roster, or the person, changes somebody."""
    if "email" in facts:
        facts["email_key"] = lookup(road.system.wiring("operate").lookup_key(SCHOOL), "email", facts["email"])
    road.system.wiring("read_roster").directory(SCHOOL).change(who(number), facts)


def sign_on(road: MailRoad, *roles: Any) -> None:
    console = road.system.wiring("console")
    console.schools.change_settings(SCHOOL, Settings(sso=SingleSignOn(roles=roles, url="https://sso.example")), ["sso"])


def replan(road: MailRoad, send: str) -> Started[Send]:
    console = road.system.wiring("console")
    school = console.schools.get(SCHOOL)
    assert school is not None
    return repeat_send.replan(console, school, ADMIN, send)


def mailed(road: MailRoad) -> set[str]:
    return {mail.to for mail in road.ses.mails}


def test_a_send_that_was_paused_half_way_leaves_out_who_has_changed_and_one_request_plans_them_anew(road: MailRoad) -> None:
    for number in range(1, 101):
        road.person(number)
    road.person(101, role="staff")
    road.person(102)
    send = road.start()
    road.plan()
    bodies = apart(road.chunks())
    assert road.deliver(bodies[:2]) == []
    pause(road, send)
    change(road, 101, given_name="Renamed")  # a name decides nothing
    change(road, 102, given_name="Renamed")
    sign_on(road, "staff")
    assert road.send(send).counts["planned"] == 2
    resume(road, send)
    drain(road)
    assert road.states(send)[who(101)] == CHANGED
    assert road.states(send)[who(102)] == ("sent", None)
    found = road.send(send)
    assert (found.state, found.changed, len(bodies)) == ("finished", 1, 3)
    adds_up(road, send)


@pytest.mark.parametrize(
    "facts",
    [
        {"email": "new@x.example"},
        {"email": "new@x.example", "version": 1},
        {"status": "left"},
        {"role": "teacher"},
        {"is_admin": True},
        {"version": 1},
        {"email": None, "email_key": None},
    ],
)
def test_who_has_changed_is_not_mailed_and_says_so(road: MailRoad, facts: dict[str, Any]) -> None:
    send = started(road, 3)
    if facts.get("email", 1) is None:
        road.system.wiring("read_roster").directory(SCHOOL).change(who(2), facts)
    else:
        change(road, 2, **facts)
    drain(road)
    assert mailed(road) == {"p1@x.example", "p3@x.example"}
    assert road.states(send)[who(2)] == CHANGED
    found = road.send(send)
    assert (found.state, found.changed, found.counts["skipped"]) == ("finished", 1, 1)
    adds_up(road, send)


def test_an_address_that_bounced_meanwhile_and_somebody_who_is_gone_get_none_either(road: MailRoad) -> None:
    send = started(road, 3)
    key = lookup(road.system.wiring("operate").lookup_key(SCHOOL), "email", "p1@x.example")
    change(road, 1, mail_problem={"kind": "bounced", "at": 5, "email_key": key})
    table = road.system.wiring("operate").table("DIRECTORY_TABLE")
    table.delete(f"{SCHOOL}#P#{who(2)}", "PERSON")
    drain(road)
    assert mailed(road) == {"p3@x.example"}
    assert [road.states(send)[who(number)] for number in (1, 2)] == [CHANGED, CHANGED]


def test_of_people_who_share_a_mail_the_others_get_theirs(road: MailRoad) -> None:
    for number in (1, 2):
        road.person(number, email="home@x.example")
    send = road.start()
    road.plan()
    change(road, 1, email="own@x.example")
    drain(road)
    (mail,) = road.ses.mails
    assert (mail.to, len(mail.links)) == ("home@x.example", 1)
    assert "G0002" in mail.text
    assert "G0001" not in mail.text
    assert road.states(send) == {who(1): CHANGED, who(2): ("sent", None)}
    feedback = road.system.wiring("mail_feedback")
    from latchkey.sends.mail_feedback import record_events

    record_events(feedback, [event("Delivery", ["home@x.example"], int(road.system.clock()), send=send)])
    assert road.states(send) == {who(1): CHANGED, who(2): ("delivered", None)}
    adds_up(road, send)


def test_all_of_a_chunk_changed_takes_nothing_and_finishes_the_send(road: MailRoad) -> None:
    send = started(road, 2)
    for number in (1, 2):
        change(road, number, version=4)
    assert road.deliver() == []
    assert road.ses.calls == []
    assert (road.send(send).state, road.send(send).changed) == ("finished", 2)
    adds_up(road, send)


def test_quota_that_made_it_wait_is_a_wait(road: MailRoad) -> None:
    send = started(road, 2)
    road.ses.script.append(refusal("TooManyRequestsException", "Daily message quota exceeded"))
    assert road.deliver() == []
    change(road, 1, email="new@x.example")
    assert road.deliver(road.again) == []
    assert mailed(road) == {"p2@x.example"}
    assert road.states(send)[who(1)] == CHANGED


def test_a_lost_mail_of_somebody_who_changed_is_not_sent_again_and_an_event_still_counts(
    road: MailRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = started(road, 2)
    road.ses.script.append("lost")
    assert road.deliver() == []
    change(road, 1, email="new@x.example")
    road.system.clock.now += GRACE + 10
    assert road.deliver(road.again) == []
    assert len(road.ses.to("p1@x.example")) == 1
    assert road.states(send)[who(1)] == ("skipped", "changed_in_hand")
    assert road.send(send).changed == 1
    from latchkey.sends.mail_feedback import record_events

    told = event("Delivery", ["p1@x.example"], int(road.system.clock()), send=send)
    record_events(road.system.wiring("mail_feedback"), [told])
    assert road.states(send)[who(1)] == ("delivered", None)
    assert road.send(send).changed == 0
    adds_up(road, send)


def test_one_request_plans_them_anew_with_what_they_are_now_and_a_second_gives_the_same(road: MailRoad) -> None:
    for number in (1, 2, 3, 4):
        road.person(number)
    road.person(5, role="staff")
    send = road.start()
    road.plan()
    pause(road, send)
    change(road, 1, email="right@x.example")
    change(road, 2, status="left", version=1)
    change(road, 3, version=1, password_set_at=int(road.system.clock()))
    sign_on(road, "staff")
    resume(road, send)
    drain(road)
    assert mailed(road) == {"p4@x.example"}
    assert road.send(send).changed == 4
    made = replan(road, send)
    assert made.new
    again = replan(road, send)
    assert (again.run.id, again.new) == (made.run.id, False)
    drain(road)
    assert mailed(road) == {"p4@x.example", "right@x.example", "p3@x.example"}
    assert road.states(made.run.id) == {
        who(1): ("sent", None),
        who(2): ("skipped", "left"),
        who(3): ("sent", None),
        who(5): ("skipped", "single_sign_on"),
    }
    assert (replan(road, send).new, road.send(send).replans) == (False, (made.run.id,))
    assert "send.replan" in audited(road)
    adds_up(road, made.run.id)


def test_where_nobody_changed_there_is_nothing_to_plan_anew(road: MailRoad) -> None:
    send = started(road, 1)
    drain(road)
    with pytest.raises(Conflict) as refused:
        replan(road, send)
    assert refused.value.code == "nobody_changed"


def test_who_sets_a_password_or_moves_after_asking_for_a_link_gets_none(road: MailRoad) -> None:
    road.person(1)
    request = road.forgot("p1@x.example")
    road.ask(request)
    road.plan()
    change(road, 1, email="new@x.example")
    assert road.deliver() == []
    assert road.ses.mails == []
    assert road.send(request["request"], origin="person").state == "finished"


def test_the_notice_of_a_change_goes_out_whoever_changed_since(road: MailRoad) -> None:
    person = road.person(1)
    road.ask(
        {"kind": "password_changed", "school": SCHOOL, "request": "0" * 26, "person": person.id, "at": int(road.system.clock())}
    )
    road.plan()
    change(road, 1, version=1)
    assert road.deliver() == []
    assert mailed(road) == {"p1@x.example"}


def test_no_mail_follows_a_decision_that_is_older_than_a_minute(road: MailRoad) -> None:
    """Where SES is slow a chunk takes longer than that: it goes back, and whoever takes it looks again."""
    send = started(road, 50)
    road.ses.rate = 0.5
    assert road.deliver() == []
    assert 0 < len(road.ses.mails) <= check_people.GOOD_FOR / 2
    change(road, 50, email="new@x.example")
    for _ in range(5):
        road.context.seconds = 120
        if not road.again:
            break
        assert road.deliver(road.again) == []
    assert mailed(road) == {f"p{number}@x.example" for number in range(1, 50)}
    assert len(road.ses.mails) == 49
    assert road.send(send).state == "finished"


def test_the_second_chunk_of_a_message_is_looked_at_again_where_the_first_took_long(road: MailRoad) -> None:
    send = started(road, 100)
    sent = road.ses.send_bulk_email

    def slow(**request: Any) -> Any:
        if not road.ses.calls:
            road.sleep(41)
            change(road, 100, email="new@x.example")
        return sent(**request)

    road.ses.send_bulk_email = slow  # type: ignore[method-assign]
    assert road.deliver() == []
    assert road.states(send)[who(100)] == CHANGED
    assert len(road.ses.mails) == 99


def test_a_change_while_another_worker_was_quicker_is_seen_too(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write of the take fails, the chunk is read anew, and who has changed is asked of that one."""
    send = started(road, 2)
    change(road, 1, version=2)
    lease = Ledger.lease

    def late(self: Ledger, *values: Any, seen: Any, changed: Any) -> Any:
        return lease(self, *values, seen=replace(seen, revision=99), changed=changed)

    monkeypatch.setattr(Ledger, "lease", late)
    assert road.deliver() == []
    assert road.states(send) == {who(1): CHANGED, who(2): ("sent", None)}


def test_of_people_only_what_decides_is_read(road: MailRoad) -> None:
    road.person(1, given_name="Ada", upn="A123")
    (found,) = road.system.wiring("deliver_links").directory(SCHOOL).standings([who(1), who(9)]).values()
    assert (found.name, found.upn, found.username) == ("", None, None)
    whole = road.system.wiring("operate").directory(SCHOOL).person(who(1))
    assert isinstance(whole, Person)
    assert (found.stamp, found.email, found.version) == (whole.stamp, whole.email, whole.version)
