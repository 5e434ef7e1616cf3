"""The mails in a person's time line, out of the ledger."""

import pytest

from latchkey.errors import NotFound
from latchkey.records.history import Entry, history
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Selection
from tests.support.mail_road import MailRoad

SCHOOL = School(slug="northbridge", name="Northbridge Academy")


def mails(road: MailRoad, person: str) -> list[Entry]:
    return [each for each in history(road.system.wiring("console"), SCHOOL, person).items if each.what.startswith("mail.")]


def test_mails_of_sends_and_of_what_they_asked_for_with_what_became_of_them(road: MailRoad) -> None:
    ann, ben = road.person(1), road.person(2, email=None)
    road.start()
    road.plan()
    road.deliver()
    road.system.clock.now += 60
    road.ask(road.forgot("p1@x.example"))
    road.plan()
    assert [(each.what, each.by) for each in mails(road, ann.id)] == [("mail.planned", "portal"), ("mail.sent", "a" * 20)]
    road.deliver()
    assert [each.what for each in mails(road, ann.id)] == ["mail.sent", "mail.sent"]
    (skipped,) = mails(road, ben.id)
    assert skipped.what == "mail.skipped"
    assert "has no e-mail address" in skipped.detail


def test_a_send_to_others_is_not_theirs(road: MailRoad) -> None:
    ann, ben, cat = road.person(1), road.person(2), road.person(3, role="parent")
    road.start(Selection(ids=(ann.id,)))
    road.start(Selection(filter={"role": "parent"}))
    road.plan()
    assert [len(mails(road, each.id)) for each in (ann, ben, cat)] == [1, 0, 1]


def test_who_stands_behind_the_first_chunk_is_found_within_bounds(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [road.person(number) for number in range(1, 121)]
    road.start()
    road.plan()
    console = road.system.wiring("console")
    assert len(mails(road, people[-1].id)) == 1
    assert history(console, SCHOOL, people[-1].id).complete
    monkeypatch.setattr("latchkey.records.history._FURTHER", 0)
    assert mails(road, people[-1].id) == []
    assert not history(console, SCHOOL, people[-1].id).complete
    assert history(console, SCHOOL, people[0].id).complete


def test_nobody(road: MailRoad) -> None:
    for person in ("0" * 20, "x"):
        with pytest.raises(NotFound):
            history(road.system.wiring("console"), SCHOOL, person)
