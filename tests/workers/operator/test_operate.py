"""The operator's commands: make a school, invite its admins; each can be repeated."""

import json
from typing import Any

import pytest

import operate.handler as door
from latchkey.schools.model.school import SingleSignOn
from tests.support.mail_road import MailRoad

RIVERSIDE = {"slug": "riverside", "name": "Riverside High School", "town": "Riverton", "postcode": "RV2 7HS", "urn": "100002"}


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda event: json.loads(json.dumps(door.handle(event, road.context)))


def invitation(**facts: Any) -> dict[str, Any]:
    given = {"school": "northbridge", "email": "Head@Northbridge.example", "given_name": "Ada", "family_name": "King"}
    return {"command": "invite_admin", **given, **facts}


def test_a_school_is_made_with_its_settings(road: MailRoad, operate: Any) -> None:
    settings = {
        "forgot_life": 1_200,
        "sso": {"roles": ["student"], "url": "https://sso.example/"},
        "reply_to": "office@r.example",
    }
    assert operate({"command": "make_school", "school": {**RIVERSIDE, "settings": settings}})["ok"]
    school = road.system.wiring("portal").schools.get("riverside")
    assert school is not None
    assert (school.name, school.town, school.postcode, school.urn) == ("Riverside High School", "Riverton", "RV2 7HS", "100002")
    assert school.settings.forgot_life == 1_200
    assert school.settings.sso == SingleSignOn(roles=("student",), url="https://sso.example/")
    assert school.settings.reply_to == "office@r.example"
    events, _ = road.system.wiring("console").audit("riverside").page()
    assert [(event["actor"], event["action"]) for event in events] == [("operator", "school.make")]


def test_a_school_that_exists_stays_as_it_is(road: MailRoad, operate: Any) -> None:
    operate({"command": "make_school", "school": RIVERSIDE})
    answer = operate({"command": "make_school", "school": {**RIVERSIDE, "name": "Another"}})
    assert (answer["ok"], answer["exists"]) == (False, True)
    assert "riverside" in answer["error"]
    school = road.system.wiring("portal").schools.get("riverside")
    assert school is not None
    assert school.name == "Riverside High School"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Riverside"}, "slug"),
        ({"slug": "a"}, "slug"),
        ({"slug": "SCHOOLS"}, "slug"),
        ({"slug": "a#b"}, "slug"),
        ({"slug": None}, "slug"),
        ({"slug": {"S": "x"}}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\r\nBcc: b"}, "name"),
        ({"town": ["x"]}, "town"),
        ({"urn": "12a45"}, "urn"),
        ({"urn": 100002}, "urn"),
        ({"colour": "red"}, "colour"),
        ({"settings": []}, None),
        ({"settings": "x"}, "settings"),
        ({"settings": {"forgot_life": 10**9}}, "settings.forgot_life"),
        ({"settings": {"sso": {"url": "javascript:alert(1)", "roles": ["student"]}}}, "settings.sso.url"),
        ({"settings": {"is_admin": True}}, "settings.is_admin"),
    ],
)
def test_a_school_that_cannot_be_is_refused_with_the_fields(
    road: MailRoad, operate: Any, change: dict[str, Any], field: str
) -> None:
    answer = operate({"command": "make_school", "school": {**RIVERSIDE, **change}})
    if field is None:
        assert answer["ok"]
        return
    assert not answer["ok"]
    assert field in answer["fields"]
    assert road.system.wiring("portal").schools.get("riverside") is None


@pytest.mark.parametrize(
    "event", [None, [], "make_school", {}, {"command": "drop"}, {"command": ["make_school"]}, {"command": {}}]
)
def test_no_command_is_a_sentence(operate: Any, event: Any) -> None:
    answer = operate(event)
    assert not answer["ok"]
    assert answer["error"].endswith(".")


@pytest.mark.parametrize("school", [None, [], "riverside", 1])
def test_a_school_that_is_no_object_is_refused(operate: Any, school: Any) -> None:
    assert not operate({"command": "make_school", "school": school})["ok"]


def test_the_first_admin_gets_a_mail_with_a_link(road: MailRoad, operate: Any) -> None:
    answer = operate(invitation())
    assert (answer["ok"], answer["new"]) == (True, True)
    assert road.plan() == road.deliver() == []
    (mail,) = road.ses.mails
    assert mail.to == "head@northbridge.example"
    assert len(mail.links) == 1
    assert "Ada King (member of staff)" in mail.text
    person = road.system.wiring("portal").directory("northbridge").person(answer["person"])
    assert person is not None
    assert (person.role, person.is_admin, person.email, person.status) == ("staff", True, "head@northbridge.example", "active")
    send = road.send(answer["send"])
    assert (send.origin, send.state, send.created_by) == ("admin", "finished", "operator")
    events, _ = road.system.wiring("console").audit("northbridge").page()
    assert "admin.invite" in {event["action"] for event in events}


def test_an_invitation_that_is_repeated_sends_the_link_again_to_the_same_person(road: MailRoad, operate: Any) -> None:
    first, second = operate(invitation()), operate(invitation(email="head@northbridge.EXAMPLE"))
    assert (second["new"], second["person"]) == (False, first["person"])
    road.plan()
    road.deliver()
    assert len(road.ses.mails) == 2


def test_staff_with_this_address_become_admins_and_nobody_else_does(road: MailRoad, operate: Any) -> None:
    teacher = road.person(1, role="teacher", email="head@northbridge.example")
    parent = road.person(2, role="parent", email="head@northbridge.example")
    answer = operate(invitation())
    assert (answer["person"], answer["new"]) == (teacher.id, True)
    directory = road.system.wiring("portal").directory("northbridge")
    after, other = directory.person(teacher.id), directory.person(parent.id)
    assert after is not None and other is not None  # noqa: PT018
    assert after.is_admin
    assert after.stamp != teacher.stamp
    assert not other.is_admin


def test_several_staff_with_one_address_are_not_guessed_at(road: MailRoad, operate: Any) -> None:
    road.person(1, role="teacher", email="head@northbridge.example")
    road.person(2, role="staff", email="head@northbridge.example")
    assert "share this address" in operate(invitation())["error"]


def test_a_pupil_or_parent_with_this_address_stays_one(road: MailRoad, operate: Any) -> None:
    pupil = road.person(1, email="head@northbridge.example")
    answer = operate(invitation())
    assert answer["person"] != pupil.id
    assert road.system.wiring("portal").directory("northbridge").person(pupil.id) == pupil


def test_an_admin_who_left_is_not_brought_back(road: MailRoad, operate: Any) -> None:
    first = operate(invitation())
    road.system.wiring("console").directory("northbridge").change(first["person"], {"status": "left"})
    second = operate(invitation())
    assert second["new"]
    assert second["person"] != first["person"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"school": "nowhere"}, "no such school"),
        ({"school": None}, "no such school"),
        ({"school": {"S": "northbridge"}}, "no such school"),
        ({"email": "head"}, "email:"),
        ({"email": "a@x.example,b@x.example"}, "email:"),
        ({"email": ["a@x.example"]}, "email:"),
        ({"email": "a@x.example\r\nBcc: b@x.example"}, "email:"),
        ({"given_name": "", "family_name": " "}, "given_name:"),
        ({"family_name": "x" * 101}, "family_name:"),
        ({"family_name": "a\nb"}, "family_name:"),
        ({"family_name": ["King"]}, "family_name:"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(road: MailRoad, operate: Any, change: dict[str, Any], said: str) -> None:
    answer = operate(invitation(**change))
    assert not answer["ok"]
    assert said in answer["error"]
    assert road.system.messages("PLAN_QUEUE") == []
