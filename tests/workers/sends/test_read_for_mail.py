"""A plan does not read all of a person: what it leaves out changes nothing of whom it mails, and how."""

from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.people.model.person import (
    ROLES,
    CodeState,
    FormerEmail,
    LentPassword,
    MailProblem,
    NewEmail,
    Person,
    SsoLink,
)
from latchkey.people.stores.people import Directory
from latchkey.schools.model.school import School
from latchkey.sends.model.planning import chunks_of
from latchkey.sends.model.send import Kind, Selection, Send
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
OTHER = "0" * 19 + "z"
CODE = CodeState(generation=3, expires_at=NOW + 9, uses=1, failed=2, voided=True, given_at=NOW - 9, epoch=1)
FACTS: dict[str, Any] = {
    "email": "ann@x.example",
    "username": "alee",
    "language": "cy",
    "upn": "B801200000001",
    "mis_id": "m1",
    "year_group": "9",
    "registration_group": "9A",
    "is_admin": True,
    "status": "left",
    "children": (OTHER,),
    "parents": (OTHER,),
    "number": 7,
    "email_key": "k1",
    "username_key": "k2",
    "version": 4,
    "password_set_at": NOW - 50,
    "used_link": "reset",
    "last_login_at": NOW - 40,
    "outside_at": NOW - 30,
    "locked_at": NOW - 20,
    "pin": CODE,
    "parent_code": CODE,
    "read_out": CODE,
    "mail_problem": MailProblem("bounced", NOW - 9, "k1"),
    "former_email": FormerEmail("old@x.example", NOW - 9),
    "email_typed": "k1",
    "merged": (OTHER,),
    "lent_password": LentPassword(OTHER, NOW - 50),
    "preferred_given_name": "Annie",
    "preferred_family_name": "Leigh",
    "edited": ("email",),
    "new_email": NewEmail("new@x.example", NOW - 9, 4),
    "provisional_until": NOW + 9,
    "invited": (OTHER,),
    "admin_since": NOW - 60,
    "first_send_at": NOW - 70,
    "second_factors": ("app",),
    "pin_hidden_from": (OTHER,),
    "not_mine": (OTHER,),
    "sso": (SsoLink(connection="c", issuer="i", key="k", linked_at=NOW),),
}
REACHED = {"email": "ann@x.example", "email_key": "k1", "mis_id": "m1"}


def everybody() -> list[Person]:
    """Of each role somebody without, with each one, and with all of the facts that a person can have."""
    some = [{}, FACTS, FACTS | {"status": "active"}, *({name: value} for name, value in FACTS.items())]
    facts = [*some, *(REACHED | each for each in some)]
    bare = Person(id="", role="student", given_name="Ann", family_name="Lee")
    who = ((role, each) for role in ROLES for each in facts)
    return [replace(bare, id=f"{place:020d}", role=role, **each) for place, (role, each) in enumerate(who)]


@pytest.fixture(scope="module")
def directory() -> Directory:
    made = MemoryWorld().wiring("console").directory(SCHOOL.slug)
    made.put_new(everybody())
    return made


def test_no_fact_of_a_person_is_forgotten_here() -> None:
    assert {each.name for each in fields(Person)} - {"id", "role", "given_name", "family_name"} == {*FACTS}


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind != "parent_invitation"])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"role": "parent"},
        {"year_group": "9"},
        {"registration_group": "9A"},
        {"q": "B801200000001"},
        {"missing_email": "true"},
        {"never_logged_in": "true"},
        {"bounced": "true"},
        {"not_mine": "true"},
        {"unconfirmed": "true"},
        {"left": "true"},
    ],
)
def test_a_plan_is_the_same(directory: Directory, kind: Kind, asked: dict[str, str]) -> None:
    wanted: PeopleFilter = parse(asked)
    send = Send(
        id="s" * 20,
        kind=kind,
        state="queued",
        origin="admin",
        created_at=NOW,
        created_by=OTHER,
        selection=Selection(filter=asked, skip_signed_in=True),
    )
    whole, read = (chunks_of(send, directory.matching(wanted, for_mail=each), SCHOOL, NOW) for each in (False, True))
    assert [*read] == [*whole]


def test_and_less_is_read(directory: Directory) -> None:
    whole, read = ([*directory.matching(PeopleFilter(), for_mail=each)] for each in (False, True))
    assert len(read) == len(whole)
    assert any(person.pin for person in whole)
    assert not any(person.pin or person.parent_code or person.read_out or person.upn for person in read)
