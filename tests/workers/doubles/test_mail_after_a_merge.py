"""Whoever was merged away while a send waited gets no link; the kept account gets its own."""

from latchkey.doubles.merge_people import merge_people
from latchkey.people.model.person import Person
from latchkey.sends.model.send import Selection
from tests.support.mail_road import MailRoad

ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


def merge(road: MailRoad, keep: Person, remove: Person) -> None:
    console = road.system.wiring("console")
    school = console.schools.get("northbridge")
    assert school is not None
    merge_people(console, school, ADMIN, keep.id, remove.id)


def test_a_planned_mail_to_the_account_that_went_is_not_sent(road: MailRoad) -> None:
    ann, again = (road.person(number, role="parent", username=None) for number in (1, 2))
    send = road.start(Selection(ids=(ann.id, again.id)))
    road.plan()
    merge(road, ann, again)
    road.deliver()
    states = road.states(send)
    assert {each: state for each, (state, _) in states.items()} == {ann.id: "sent", again.id: "skipped"}


def test_a_send_to_both_reaches_one(road: MailRoad) -> None:
    ann, again = (road.person(number, role="parent", username=None) for number in (1, 2))
    merge(road, ann, again)
    send = road.start(Selection(ids=(ann.id, again.id)))
    road.plan()
    road.deliver()
    assert {each: state for each, (state, _) in road.states(send).items()} == {ann.id: "sent", again.id: "skipped"}
