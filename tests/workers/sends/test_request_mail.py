"""Mails that one person asks for: exactly the expected ones, to stored addresses only, within limits, and nothing that tells."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latchkey.schools.model.school import Settings, SingleSignOn
from latchkey.sends.request_mail import EACH_SOURCE
from latchkey.shared.model.identifiers import lookup, typed_lookup
from latchkey.shared.model.ids import new_id
from tests.support.mail_road import MailRoad, message


def work(road: MailRoad, *messages: dict[str, Any]) -> None:
    """Messages through both workers."""
    assert road.plan([message(**each) for each in messages]) == []
    assert road.deliver() == []


def recipients(road: MailRoad) -> list[str]:
    return sorted(mail.to for mail in road.ses.mails)


def test_a_known_address_gets_one_mail_with_a_link_for_an_hour(road: MailRoad) -> None:
    road.person(1)
    asked = road.forgot("p1@x.example")
    work(road, asked)
    (mail,) = road.ses.mails
    assert mail.to == "p1@x.example"
    assert len(mail.links) == 1
    assert "1 hour" in mail.text
    send = road.send(asked["request"], origin="person")
    assert (send.kind, send.state, send.counts["sent"], send.total) == ("forgot_password", "finished", 1, 1)


def test_a_request_is_not_in_the_admins_list_of_sends(road: MailRoad) -> None:
    road.person(1)
    work(road, road.forgot("p1@x.example"))
    assert road.system.wiring("console").sends("northbridge").page() == ([], None)


def test_the_audit_has_the_request_without_an_address(road: MailRoad) -> None:
    road.person(1)
    work(road, road.forgot("p1@x.example"))
    events, _ = road.system.wiring("console").audit("northbridge").page()
    assert [event["action"] for event in events] == ["mail.requested"]
    assert "x.example" not in json.dumps(events)


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("nobody@x.example", "email"),
        ("p1@x.example.", "email"),
        ("p1", "email"),
        ("nobody", "username"),
        ("p1@x.example", "username"),
    ],
)
def test_an_unknown_identifier_gets_nothing(road: MailRoad, typed: str, by: str) -> None:
    road.person(1)
    work(road, road.forgot(typed, by))
    assert road.ses.mails == []
    assert road.chunks() == []


def test_a_username_reaches_the_stored_address_and_lists_that_account_only(road: MailRoad) -> None:
    road.person(1, email="home@x.example", given_name="Ann")
    road.person(2, email="home@x.example", given_name="Bob")
    work(road, road.forgot("p2", "username"))
    (mail,) = road.ses.mails
    assert mail.to == "home@x.example"
    assert "Bob Lee" in mail.text
    assert "Ann" not in mail.text


def test_a_shared_address_gets_one_mail_that_lists_its_accounts(road: MailRoad) -> None:
    for number, name in ((1, "Ann"), (2, "Bob"), (3, "Cat")):
        road.person(number, email="home@x.example", given_name=name)
    asked = road.forgot("home@x.example")
    work(road, asked)
    (mail,) = road.ses.mails
    assert len(set(mail.links)) == 3
    assert all(name in mail.text and name in mail.html for name in ("Ann Lee", "Bob Lee", "Cat Lee"))
    assert road.send(asked["request"], origin="person").counts["sent"] == 3


def test_who_signs_in_elsewhere_has_left_or_has_no_address_gets_nothing(road: MailRoad) -> None:
    road.system.school("southgate", settings=Settings(sso=SingleSignOn(roles=("student", "staff"))))
    road.person(1, school="southgate")
    road.person(2, school="southgate", role="staff", is_admin=True)
    road.person(3, school="southgate", role="parent")
    road.person(4, status="left")
    road.person(5, email=None)
    asked = [road.forgot(f"p{number}@x.example", school="southgate") for number in (1, 2, 3)]
    work(road, *asked, road.forgot("p4@x.example"), road.forgot("p4", "username"), road.forgot("p5", "username"))
    assert recipients(road) == ["p2@x.example", "p3@x.example"]


def test_a_mailbox_gets_three_mails_an_hour_however_it_is_asked_for(road: MailRoad) -> None:
    ann = road.person(1)
    ways = [road.forgot("p1@x.example"), road.forgot("p1", "username"), renewal(road, ann.id)]
    work(road, *ways)
    assert len(road.ses.mails) == 3
    work(road, road.forgot("p1@x.example"), road.forgot("p1", "username"), renewal(road, ann.id))
    assert len(road.ses.mails) == 3
    road.person(2)
    work(road, road.forgot("p2@x.example"))
    assert len(road.ses.mails) == 4
    road.system.clock.now += 3_600
    work(road, road.forgot("p1@x.example"))
    assert len(road.ses.mails) == 5


def test_a_thousand_requests_for_a_mailbox_make_three_mails(road: MailRoad) -> None:
    road.person(1)
    for start in range(0, 1000, 50):
        road.plan([message(**road.forgot("p1@x.example", source=f"{start + each:032x}")) for each in range(50)])
        if len(road.ses.mails) == 3:
            break
        road.deliver()
    road.deliver()
    assert len(road.ses.mails) == 3


def test_one_place_can_ask_for_300_mails_an_hour(road: MailRoad) -> None:
    road.person(1)
    road.person(2)
    counters = road.system.wiring("plan_send").counters("ACTIVITY_TABLE", "northbridge")
    for _ in range(298):
        counters.spend(EACH_SOURCE, "ab" * 16, int(road.system.clock()))
    work(road, road.forgot("nobody@x.example"), road.forgot("p1@x.example"), road.forgot("p2@x.example"))
    assert recipients(road) == ["p1@x.example"]
    work(road, road.forgot("p2@x.example", source="cd" * 16))
    assert recipients(road) == ["p1@x.example", "p2@x.example"]


def test_a_request_that_comes_twice_makes_one_mail_and_one_link(road: MailRoad) -> None:
    road.person(1)
    asked = road.forgot("p1@x.example")
    work(road, asked, asked)
    work(road, asked)
    assert len(road.ses.mails) == 1


def test_a_crash_before_the_chunks_message_puts_it_again(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> None:
    road.person(1)
    asked = message(**road.forgot("p1@x.example"))
    with monkeypatch.context() as broken:
        broken.setattr("latchkey.sends.request_mail.Request._put", _crash)
        assert road.plan([asked]) == [asked]
    assert road.plan([asked]) == []
    assert road.deliver() == []
    assert len(road.ses.mails) == 1


def test_a_request_older_than_its_links_life_is_dropped(road: MailRoad) -> None:
    ann = road.person(1)
    asked = [road.forgot("p1@x.example"), renewal(road, ann.id)]
    road.system.clock.now += 3_600
    work(road, *asked)
    assert road.ses.mails == []


def test_a_request_from_the_future_gives_no_longer_life(road: MailRoad) -> None:
    road.person(1)
    work(road, road.forgot("p1@x.example") | {"at": int(road.system.clock()) + 10**6})
    (mail,) = road.ses.mails
    assert f".{int(road.system.clock()) + 3_600:x}." in mail.links[0]


def test_a_renewed_link_goes_to_the_address_on_file(road: MailRoad) -> None:
    ann = road.person(1)
    gone = road.person(2, status="left")
    asked = renewal(road, ann.id)
    work(road, asked, renewal(road, gone.id), renewal(road, "9" * 20))
    assert recipients(road) == ["p1@x.example"]
    assert len(road.ses.mails[0].links) == 1


def test_word_of_a_changed_password_has_no_link(road: MailRoad) -> None:
    ann = road.person(1)
    bob = road.person(2, email=None)
    told = [
        {"kind": "password_changed", "school": "northbridge", "person": each, "request": new_id(), "at": int(road.system.clock())}
        for each in (ann.id, bob.id, "9" * 20)
    ]
    work(road, *told)
    (mail,) = road.ses.mails
    assert mail.to == "p1@x.example"
    assert "://" not in mail.text + mail.html
    assert "<a" not in mail.html
    assert mail.subject == "Your password at Northbridge Academy was changed"


def test_word_of_a_shown_pin_has_no_link_and_comes_once(road: MailRoad) -> None:
    ann, bob, mum = road.person(1), road.person(2, email=None), road.person(3, role="parent")
    at, once = int(road.system.clock()), new_id()
    told = [
        {"kind": "pin_shown", "school": "northbridge", "person": each, "request": request, "at": at}
        for each, request in ((ann.id, once), (ann.id, once), (bob.id, new_id()), (mum.id, new_id()), ("9" * 20, new_id()))
    ]
    work(road, *told)
    (mail,) = road.ses.mails
    assert mail.to == "p1@x.example"
    assert mail.subject == "A parent has looked at your PIN at Northbridge Academy"
    assert "://" not in mail.text + mail.html


@pytest.mark.parametrize("kind", ["factor_added", "factor_removed"])
def test_word_of_a_second_factor_comes_once_and_to_no_unconfirmed_address(road: MailRoad, kind: str) -> None:
    ann, bob, at, once = road.person(1), road.person(2, email=None), int(road.system.clock()), new_id()
    typed = road.person(3, role="parent")
    road.system.wiring("portal").directory("northbridge").change(typed.id, {"email_typed": typed.email_key})
    asked = ((ann.id, once), (ann.id, once), (bob.id, new_id()), (typed.id, new_id()), ("9" * 20, new_id()))
    work(road, *({"kind": kind, "school": "northbridge", "person": who, "request": what, "at": at} for who, what in asked))
    (mail,) = road.ses.mails
    assert (mail.to, "://" in mail.text + mail.html) == ("p1@x.example", False)


def test_an_address_that_was_replaced_with_the_password_hears_of_it_once(road: MailRoad) -> None:
    now = int(road.system.clock())
    ann = road.person(1)
    road.system.wiring("portal").directory("northbridge").change(ann.id, {"former_email": {"email": "old@x.example", "at": now}})
    for at in (now, now + 1):
        work(road, {"kind": "password_changed", "school": "northbridge", "person": ann.id, "request": new_id(), "at": at})
    assert sorted(mail.to for mail in road.ses.mails) == ["old@x.example", "p1@x.example", "p1@x.example"]
    (told,) = [mail for mail in road.ses.mails if mail.to == "old@x.example"]
    assert "p1@x.example" not in told.text + told.html, "not whereto the account has gone"


def test_a_school_that_does_not_exist_is_poison(road: MailRoad) -> None:
    body = message(**road.forgot("p1@x.example") | {"school": "nowhere"})
    assert road.plan([body]) == [body]


_TYPED = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "P1@X.EXAMPLE",
            " p1@x.example ",
            "p1@x.example\r\nBcc: evil@x.example",
            "p1@x.example,evil@x.example",
            "p1@x.example;evil@x.example",
            "p1@x.example evil@x.example",
            "p1@x.example\0",
            "<p1@x.example>evil@x.example",
            "evil@x.example <p1@x.example>",
            "=?utf-8?q?p1=40x.example?=@evil.example",
            '"p1@x.example"@evil.example',
            "p1@x.examp\u0142e",
            "\uff501@x.example",
            "p1@\u212a.example",
            "p\u0131@x.example",
            "pſ@x.example",
            "ps@x.example",
            "P2",
            "p1",
        ]
    ),
)


@pytest.fixture
def two(road: MailRoad) -> MailRoad:
    road.person(1)
    road.person(2, email="ps@x.example", username="ps")
    return road


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(_TYPED)
def test_whatever_is_typed_mail_goes_to_stored_addresses_only(two: MailRoad, typed: str) -> None:
    road = two
    road.system.clock.now += 3_600 * 2
    key = road.system.wiring("operate").lookup_key("northbridge")
    by, found = typed_lookup(key, typed)
    before = len(road.ses.mails)
    work(road, road.forgot("x") | {"by": by, "key": found})
    new = road.ses.mails[before:]
    assert len(new) <= 1
    assert {mail.to for mail in new} <= {"p1@x.example", "ps@x.example"}
    if typed.strip(" ").lower() in {"p1@x.example", "p1"}:
        assert [mail.to for mail in new] == ["p1@x.example"]


def test_two_stored_identifiers_never_share_a_key() -> None:
    key = bytes(32)
    assert lookup(key, "email", "mike@x.example") != lookup(key, "username", "mike@x.example")


def renewal(road: MailRoad, person: str) -> dict[str, Any]:
    return {
        "kind": "renew",
        "school": "northbridge",
        "person": person,
        "request": new_id(),
        "at": int(road.system.clock()),
    }


def _crash(*_: object) -> None:
    raise RuntimeError("the function was killed")
