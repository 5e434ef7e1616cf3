"""The directory and the roll, looked up in the same way: the same people, as far as the roll is fresh."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.people.model.matched import Member
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, MailProblem, Person
from latchkey.people.model.person_keys import with_keys
from latchkey.roll import sources
from latchkey.roll.sources import FromDirectory, FromRoll, Source
from latchkey.schools.model.school import School
from latchkey.wiring import Wiring
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
IDS = [f"{number:020}" for number in range(12)]
MAILBOXES = [None, "a@home.example", "b@home.example", "c@home.example"]
PEOPLE = st.builds(
    Person,
    id=st.sampled_from(IDS),
    role=st.sampled_from(ROLES),
    given_name=st.sampled_from(["Ann", "Zoë"]),
    family_name=st.sampled_from(["Lee", "O’Neil", "Fox"]),
    email=st.sampled_from(MAILBOXES),
    year_group=st.sampled_from([None, "7", "10"]),
    registration_group=st.sampled_from([None, "7A", "10B"]),
    status=st.sampled_from(["active", "disabled", "left"]),
    children=st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple),
    parents=st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(tuple),
    password_set_at=st.sampled_from([None, NOW - 9]),
    last_login_at=st.sampled_from([None, NOW - 5]),
    language=st.sampled_from([None, "cy"]),
)
FILTERS = st.builds(
    PeopleFilter,
    roles=st.sampled_from([(), ("student",), ("teacher", "parent")]),
    year_groups=st.sampled_from([(), ("7",), ("7", "10")]),
    missing_email=st.booleans(),
    never_logged_in=st.booleans(),
    left=st.booleans(),
    reasons=st.sampled_from([(), ("never_sent",), ("no_address", "signed_in")]),
)


def made(people: list[Person]) -> Wiring:
    system = MemoryWorld().wiring("console")
    assert system.schools.make(SCHOOL)
    key = system.lookup_key(SCHOOL.slug, SCHOOL.lookup_epoch)
    system.directory(SCHOOL.slug).put_new(with_keys(person, key) for person in people)
    return system


def facts(one: Member) -> tuple[Any, ...]:
    return (one.id, one.role, one.status, one.email, one.children, one.parents, one.password_set_at, one.language, one.marked)


def answers(source: Source[Any], wanted: PeopleFilter, ids: list[str], emails: set[str]) -> dict[str, Any]:
    people = {
        "meant": source.meant(wanted),
        "among": source.among(dict.fromkeys(ids), [wanted], {ids[0]} if ids else frozenset()),
        "by_ids": source.by_ids(ids),
        "as_left": (source.as_left(each) for each in source.by_ids(ids)),
    }
    found: dict[str, Any] = {name: [facts(each) for each in some] for name, some in people.items()}
    found["adults_at"] = sorted(map(facts, source.adults_at(emails)), key=str)
    found["standings"] = {each: (one.role, one.status) for each, one in source.standings(ids).items()}
    return found


@settings(max_examples=60)
@given(
    people=st.lists(PEOPLE, max_size=8, unique_by=lambda each: each.id),
    wanted=FILTERS,
    ids=st.lists(st.sampled_from(IDS), max_size=6),
    emails=st.sets(st.sampled_from([each for each in MAILBOXES if each])),
)
def test_both_have_the_same_people(people: list[Person], wanted: PeopleFilter, ids: list[str], emails: set[str]) -> None:
    system = made(people)
    directory, roll = (each(system, SCHOOL.slug, SCHOOL) for each in (FromDirectory, FromRoll))
    assert answers(directory, wanted, ids, emails) == answers(roll, wanted, ids, emails)


ANN = Person(id=IDS[1], role="student", given_name="Ann", family_name="Lee", parents=(IDS[2],))
MUM = Person(id=IDS[2], role="parent", given_name="May", family_name="Lee", email="a@home.example", children=(ANN.id,))


def test_of_very_many_the_directory_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    system = made([ANN, MUM, replace(MUM, id=IDS[3], role="staff", email="b@home.example")])
    before = answers(FromDirectory(system, SCHOOL.slug), PeopleFilter(), [ANN.id], {"a@home.example", "b@home.example"})
    monkeypatch.setattr(sources, "_FEW", 1)
    monkeypatch.setattr(sources, "_SOME", 0)
    monkeypatch.setattr(sources, "_AT_ONCE", 1)
    after = answers(FromDirectory(system, SCHOOL.slug), PeopleFilter(), [ANN.id], {"a@home.example", "b@home.example"})
    assert before == after
    assert [each[0] for each in after["adults_at"]] == [MUM.id, IDS[3]]


def test_a_mark_at_an_address_is_in_both() -> None:
    marked = replace(MUM, mail_problem=MailProblem("bounced", NOW, ""))
    system = made([marked])
    key = with_keys(MUM, system.lookup_key(SCHOOL.slug, SCHOOL.lookup_epoch)).email_key or ""
    value = {"kind": "bounced", "at": NOW, "email_key": key}
    system.directory(SCHOOL.slug).change(MUM.id, {"mail_problem": value})
    for source in (FromDirectory(system, SCHOOL.slug), FromRoll(system, SCHOOL.slug)):
        assert [each.marked for each in source.adults_at({"a@home.example"})] == ["bounced"]


def test_who_was_made_or_changed_a_moment_ago_is_read_where_a_few_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    system = made([ANN])
    known = FromRoll(system, SCHOOL.slug)
    assert known.roll.by_id(MUM.id) is None
    system.directory(SCHOOL.slug).put_new([MUM])
    system.directory(SCHOOL.slug).change(ANN.id, {"status": "left"})
    wanted = [MUM.id, ANN.id, IDS[9]]
    assert [(each.id, each.status) for each in known.by_ids(wanted)] == [(MUM.id, "active"), (ANN.id, "left")]
    known._read.clear()
    monkeypatch.setattr(sources, "_READ", 2)
    found = [(each.id, each.status) for each in known.by_ids(wanted)]
    assert found == [(MUM.id, "active"), (ANN.id, "active")], "of many only those are read whom the roll does not know"
    known._read.clear()
    monkeypatch.setattr(sources, "_READ", 1)
    assert [each.id for each in known.by_ids(wanted)] == [ANN.id], "of many who are unknown nobody is read"
