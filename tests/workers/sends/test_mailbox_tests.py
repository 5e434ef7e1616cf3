"""Three mailboxes are tried: who may be, that each gets one mail that opens nothing, and what the page says became of them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.inbox.feedback import events
from latchkey.errors import Invalid, TooMany
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings
from latchkey.sends import try_mailboxes
from latchkey.sends.mail_feedback import record_events
from latchkey.sends.try_mailboxes import EACH_SCHOOL
from tests.support.mail_road import MailRoad, message

SLUG = "northbridge"


@pytest.fixture
def admin(road: MailRoad) -> Person:
    return road.person(1, role="staff", is_admin=True, email="ada@home.example")


def school(road: MailRoad, **settings: Any) -> School:
    found = road.system.wiring("console").schools.get(SLUG)
    assert found is not None
    return replace(found, settings=replace(Settings(), **settings))


def start(road: MailRoad, admin: Person, *addresses: str, **settings: Any) -> str:
    console = road.system.wiring("console")
    return try_mailboxes.start(console, school(road, **settings), admin, {"addresses": [*addresses]}).id


def heard(road: MailRoad) -> dict[str, str]:
    """What the page says of the newest test."""
    (_, mails), *_ = try_mailboxes.newest(road.system.wiring("console"), SLUG)
    return {each.to: each.heard for each in mails}


def tell(road: MailRoad, *only: str) -> None:
    """SES tells what became of the mails; the local inbox's addresses have their fates."""
    for number, mail in enumerate(road.ses.mails):
        if not only or mail.to in only:
            outcome = record_events(
                road.system.wiring("mail_feedback"), events(f"m{number}", mail.to, mail.tags, mail.at, earlier=0)
            )
            assert not outcome.again


def test_each_gets_one_mail_that_opens_nothing_and_the_page_says_what_became_of_it(road: MailRoad, admin: Person) -> None:
    pupil = road.person(2, email="filter+pupil@simulator.amazonses.com")
    addresses = ("any@staff.school.example", "filter+pupil@simulator.amazonses.com", "ada@home.example")
    start(road, admin, *addresses, staff_domains="staff.school.example")
    assert heard(road) == dict.fromkeys(addresses, "waiting"), "before a worker has seen it"
    assert road.plan() == []
    assert road.deliver() == []
    assert sorted(mail.to for mail in road.ses.mails) == sorted(addresses)
    for mail in road.ses.mails:
        assert mail.subject == "A test from Northbridge Academy: does its mail arrive?"
        assert "https://" not in mail.text + mail.html
        assert pupil.name not in mail.text
    assert heard(road) == dict.fromkeys(addresses, "waiting"), "sent, and nothing heard yet"
    tell(road)
    assert heard(road) == {
        "any@staff.school.example": "delivered",
        "filter+pupil@simulator.amazonses.com": "refused",
        "ada@home.example": "delivered",
    }
    (_, mails), *_ = try_mailboxes.newest(road.system.wiring("console"), SLUG)
    assert "5.7.1" in next(each.detail for each in mails if each.heard == "refused")


def test_it_counts_nowhere_as_mail_that_people_use(road: MailRoad, admin: Person) -> None:
    start(road, admin, "ada@home.example")
    road.plan()
    road.deliver()
    tell(road)
    assert road.system.wiring("console").mail_domains(SLUG).get().counts == {}
    assert road.system.wiring("console").sends(SLUG).page() == ([], None), "it is no message of the list"


def test_a_dead_mailbox_marks_its_owner_and_nobody_else(road: MailRoad, admin: Person) -> None:
    owner, other = road.person(2, email="bounce+x@simulator.amazonses.com"), road.person(3)
    start(road, admin, "bounce+x@simulator.amazonses.com")
    road.plan()
    road.deliver()
    tell(road)
    directory = road.system.wiring("console").directory(SLUG)
    marked = {person.id: person.problem for person in directory.by_ids([owner.id, other.id, admin.id])}
    assert marked == {owner.id: "bounced", other.id: None, admin.id: None}


def test_strangers_are_refused_each_at_its_field_and_nothing_is_sent(road: MailRoad, admin: Person) -> None:
    road.person(2, email="gone@elsewhere.example", status="left")
    with pytest.raises(Invalid) as found:
        start(road, admin, "ada@home.example", "stranger@home.example", "gone@elsewhere.example")
    assert set(found.value.fields) == {"address_2", "address_3"}
    assert road.system.messages("REQUESTS_QUEUE") == []


def test_a_message_names_nobody_and_twice_the_same_is_one_mail(road: MailRoad, admin: Person) -> None:
    test = start(road, admin, "ada@home.example")
    (body,) = road.system.messages("REQUESTS_QUEUE")
    assert set(json.loads(body)) == {"v", "kind", "school", "request", "at"}
    assert json.loads(body)["request"] == test
    assert road.plan([body, body]) == []
    road.deliver()
    assert len(road.ses.mails) == 1


def test_a_test_that_comes_too_late_or_of_nothing_sends_nothing(road: MailRoad, admin: Person) -> None:
    test = start(road, admin, "ada@home.example")
    (body,) = road.system.messages("REQUESTS_QUEUE")
    road.system.clock.now += 3_601
    road.plan([body])
    road.plan([message(kind="mailbox_test", school=SLUG, request="z" * len(test), at=int(road.system.clock()))])
    assert road.chunks() == []


def test_a_school_tries_so_many_within_the_hour(road: MailRoad, admin: Person) -> None:
    road.person(2, email="b@home.example")
    for _ in range(EACH_SCHOOL.limit // 2):
        start(road, admin, "ada@home.example", "b@home.example")
    with pytest.raises(TooMany):
        start(road, admin, "ada@home.example")
    road.system.clock.now += 3_600
    start(road, admin, "ada@home.example")


@pytest.mark.parametrize(("language", "subject"), [("cy", "Prawf gan"), ("pl", "Test od"), ("ur", "آزمائش")])
def test_it_goes_in_the_schools_language(road: MailRoad, admin: Person, language: str, subject: str) -> None:
    from latchkey.schools.stores.schools import school_to_item
    from latchkey.shared.stores.dynamo import Put

    found = school(road, language=language)
    road.system.wiring("operate").table("DIRECTORY_TABLE").put(Put(item=school_to_item(found)))
    start(road, admin, "ada@home.example")
    road.plan()
    road.deliver()
    assert subject in road.ses.mails[0].subject


def test_what_is_kept_of_a_test_goes_after_a_week(road: MailRoad, admin: Person) -> None:
    start(road, admin, "ada@home.example")
    assert len(try_mailboxes.newest(road.system.wiring("console"), SLUG)) == 1
    road.system.clock.now += 7 * 86_400
    assert try_mailboxes.newest(road.system.wiring("console"), SLUG) == []
