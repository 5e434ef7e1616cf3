"""The daily look: admins are mailed once about what stops and did not before; what it found is kept for the first page."""

import json
import re
from typing import Any

import pytest

import daily.handler as door
from latchkey.people.model.person import Person
from latchkey.preflight.look import kept_look
from latchkey.sends.start_due import start_due
from tests.support.mail_road import MailRoad
from tests.support.sns import StrictSns
from tests.support.sqs import Context, event_of

SLUG = "northbridge"
DAY = 86_400


@pytest.fixture
def admins(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    wiring = road.system.wiring("daily")
    named = {"sesv2": road.ses, "sns": StrictSns()}
    watched = road.system.watched("daily", named.__getitem__)
    wiring._clients |= {service: watched(service) for service in named}
    wiring.__dict__["dns"] = type("Silent", (), {"ask": lambda _, questions: dict.fromkeys(questions)})()
    monkeypatch.setattr(door, "system", lambda: wiring)
    given: dict[str, Any] = {"role": "staff", "is_admin": True, "given_name": "Ada"}
    return [road.person(1, **given), road.person(2, **given, language="cy")]


def morning(road: MailRoad) -> dict[str, str]:
    """The site is looked at, the day's work done, what is due mailed: plain text by address."""
    door.handle({"kind": "site"}, None)
    body = {"v": 1, "kind": "school", "school": SLUG, "at": int(road.system.clock())}
    answer = door.handle(event_of([json.dumps(body)], "DAILY_QUEUE"), Context(300))
    assert answer == {"batchItemFailures": []}
    road.system.clock.now += 120
    start_due(road.system.wiring("plan_send"))
    before = len(road.ses.mails)
    production, road.ses.production = road.ses.production, True
    road.deliver()
    road.ses.production = production
    return {each.to: re.sub(r"\s+", " ", f"{each.subject} {each.text}") for each in road.ses.mails[before:]}


def state(road: MailRoad) -> str:
    found = kept_look(road.system.wiring("console"), SLUG)
    assert found is not None
    return found.state


def test_a_new_stop_is_mailed_once_and_again_when_it_comes_back(road: MailRoad, admins: list[Person]) -> None:
    assert morning(road) == {}
    assert state(road) == "warn", "no roster yet, DNS unseen"
    road.ses.production = False
    mails = morning(road)
    assert set(mails) == {each.email for each in admins}
    english = mails[admins[0].email or ""]
    assert "Something would stop mail from Northbridge Academy" in english
    assert "it is in its sandbox" in english
    assert f"https://latchkey.test/admin/{SLUG}/preflight" in english
    assert "flwch tywod" in mails[admins[1].email or ""]
    assert state(road) == "stop"
    road.system.clock.now += DAY
    assert morning(road) == {}, "told once"
    road.ses.production = True
    road.system.clock.now += DAY
    assert morning(road) == {}
    road.ses.production = False
    road.system.clock.now += DAY
    assert set(morning(road)) == {each.email for each in admins}, "it has come back"


def test_the_same_morning_twice_is_one_mail(road: MailRoad, admins: list[Person]) -> None:
    road.ses.production = False
    assert len(morning(road)) == 2
    assert morning(road) == {}


def test_a_message_has_the_site_looked_at(road: MailRoad, admins: list[Person]) -> None:
    assert road.system.wiring("console").kept_looks.brief(SLUG, []).site is None
    answer = door.handle(event_of([json.dumps({"v": 1, "kind": "site"})], "DAILY_QUEUE"), Context(300))
    assert answer == {"batchItemFailures": []}
    site = road.system.wiring("console").kept_looks.brief(SLUG, []).site
    assert site is not None
    assert site.at == int(road.system.clock())


def test_a_school_that_nobody_has_looked_at_has_nothing_kept(road: MailRoad) -> None:
    assert kept_look(road.system.wiring("console"), SLUG) is None


def test_what_another_release_has_kept_counts_as_nothing(road: MailRoad, admins: list[Person]) -> None:
    from latchkey.shared.stores.dynamo import Put

    item: dict[str, Any] = {"pk": "#PREFLIGHT", "sk": "SITE", "at": 1, "facts": {"account": {"new": 1}}, "dns": {}}
    road.system.wiring("operate").table("ACTIVITY_TABLE").put(Put(item=item))
    assert road.system.wiring("console").kept_looks.brief(SLUG, []).site is None
