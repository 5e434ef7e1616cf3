"""A notice is put up and taken down by one use case, and the copy of the page follows it to the minute."""

from typing import Any

import pytest

import plan_send.handler
from latchkey.errors import Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.put_notice import put_notice
from latchkey.schools.stores.page_copies import PageCopies
from tests.support.mail_road import MailRoad
from web.school_page import school_page

SLUG = "northbridge"


@pytest.fixture
def admin(road: MailRoad) -> Person:
    return road.person(1, role="staff", is_admin=True)


def up(road: MailRoad, admin: Person, notice: PageNotice) -> PageNotice:
    console = road.system.wiring("console")
    school = console.schools.get(SLUG)
    assert school is not None
    return put_notice(console, school, admin, notice, school_page)


def copy(road: MailRoad) -> str:
    s3 = road.system.clients("s3")
    body = s3.get_object(Bucket=road.system.environment["PAGES_BUCKET"], Key=f"schools/{SLUG}")["Body"]
    return str(body.read().decode())


def events(road: MailRoad) -> list[Any]:
    return [each for each in road.system.wiring("console").audit(SLUG).page()[0] if each["action"] == "settings.change"]


@pytest.fixture
def minute(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The look of every minute."""
    monkeypatch.setattr(plan_send.handler, "system", lambda: road.system.wiring("plan_send"))
    return lambda: plan_send.handler.handle({"kind": "due"}, None)


def test_the_copy_is_written_again_when_the_notice_appears_and_when_it_goes(road: MailRoad, admin: Person, minute: Any) -> None:
    now = road.system.wiring("console").now()
    up(road, admin, PageNotice("Closed: snow", now + 600, now + 6_000))
    assert "snow" not in copy(road)
    assert minute()["pages"] == 0
    road.system.clock.now += 600
    assert minute()["pages"] == 1
    assert "Closed: snow" in copy(road)
    assert minute()["pages"] == 0
    road.system.clock.now += 5_400
    assert minute()["pages"] == 1
    assert "snow" not in copy(road)


def test_a_copy_that_cannot_be_written_is_tried_again(
    road: MailRoad, admin: Person, minute: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = road.system.wiring("console").now()
    up(road, admin, PageNotice("Closed: snow", None, now + 600))
    assert "Closed: snow" in copy(road)
    road.system.clock.now += 600

    def down(*_: object) -> None:
        raise TryLater()

    with monkeypatch.context() as broken:
        broken.setattr(PageCopies, "put", down)
        assert minute()["left"] == 1
    assert "Closed: snow" in copy(road)
    looked = minute()
    assert (looked["pages"], looked["left"]) == (1, 0)
    assert "snow" not in copy(road)


def test_a_reminder_of_an_earlier_notice_does_no_harm(road: MailRoad, admin: Person, minute: Any) -> None:
    now = road.system.wiring("console").now()
    up(road, admin, PageNotice("Closed: snow", None, now + 600))
    up(road, admin, PageNotice("Closed: flood", None, now + 6_000))
    road.system.clock.now += 600
    assert minute()["pages"] == 1
    assert "flood" in copy(road)


def test_a_school_that_is_gone_has_no_copy(road: MailRoad, admin: Person, minute: Any) -> None:
    now = road.system.wiring("console").now()
    up(road, admin, PageNotice("Closed: snow", None, now + 600))
    road.system.wiring("operate").schools.end(SLUG, now)
    road.system.clock.now += 600
    assert minute()["pages"] == 0
    assert minute()["left"] == 0


def test_the_same_notice_twice_is_one_and_recorded_once(road: MailRoad, admin: Person) -> None:
    notice = PageNotice("Closed: snow", None, road.system.wiring("console").now() + 600)
    assert up(road, admin, notice) == notice
    assert up(road, admin, notice) == notice
    assert len(events(road)) == 1
    found = road.system.wiring("console").schools.get(SLUG)
    assert found is not None
    put_notice(road.system.wiring("console"), found, admin, PageNotice(""), school_page)
    put_notice(road.system.wiring("console"), found, admin, PageNotice(""), school_page)
    assert len(events(road)) == 2
    assert "snow" not in copy(road)


def test_an_end_that_has_passed_is_refused(road: MailRoad, admin: Person) -> None:
    now = road.system.wiring("console").now()
    for ends in (now, now - 1):
        with pytest.raises(Invalid) as caught:
            up(road, admin, PageNotice("Closed", None, ends))
        assert set(caught.value.fields) == {"notice_ends_at"}
    with pytest.raises(Invalid):
        up(road, admin, PageNotice("Closed", now + 20, now + 10))
    assert events(road) == []
