"""What of kept contacts is about somebody who is erased, and what only looks so."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.contacts.model.contact import Child, Parent
from latchkey.contacts.model.forgetting import Forgotten
from latchkey.contacts.model.runs import Listed
from latchkey.people.model.person import Person

ZOE, BEN = "z" * 20, "b" * 20
STUDENT = Person(id=ZOE, role="student", given_name="Zoë", family_name="Blair", merged=("m" * 20,), email="home@mail.example")
ANA = Person(id="a" * 20, role="parent", given_name="Ana", family_name="Blair", email="home@mail.example", children=(BEN,))


def parent(given_name: str = "Ana", email: str = "", *children: str, family_name: str = "Blair") -> Parent:
    ties = tuple(Child(student=each) for each in children)
    return Parent(id="1" * 32, title="Mrs", given_name=given_name, family_name=family_name, email=email, phones=(), children=ties)


def test_a_student_is_taken_out_of_their_parents() -> None:
    gone = Forgotten(STUDENT)
    assert gone.without(parent("Ana", "a@x.example", ZOE)) is None
    assert gone.without(parent("Ana", "a@x.example", "m" * 20)) is None, "under the id of an account that was merged, too"
    both = gone.without(parent("Ana", "a@x.example", ZOE, BEN))
    assert both is not None
    assert [child.student for child in both.children] == [BEN]
    other = parent("Zoe", "home@mail.example", BEN)
    assert gone.without(other) == other, "a student is nobody's parent, whatever name and address they share"


@pytest.mark.parametrize(
    ("kept", "is_she"),
    [
        (parent("Ana", "home@mail.example", "x" * 20), True),
        (parent("A", "home@mail.example", "x" * 20), True),
        (parent("", "home@mail.example", "x" * 20), True),
        (parent("Ian", "home@mail.example", BEN), False),
        (parent("Ana Maria", "", BEN), True),
        (parent("Ana", "other@mail.example", "x" * 20), False),
        (parent("Ana", "other@mail.example", BEN, family_name="Moor"), False),
    ],
)
def test_a_parent_is_known_by_address_or_by_name_and_child(kept: Parent, is_she: bool) -> None:
    assert (Forgotten(ANA).without(kept) is None) is is_she


@pytest.mark.parametrize(
    ("row", "facts", "is_in"),
    [
        (Listed(0, ZOE, "", "", "why"), {}, True),
        (Listed(3, "", "Zoe James Blair", "Ian Blair", "why"), {}, True),
        (Listed(3, "", "Ben Blair", "Zoe Blair", "why"), {}, False),
        (Listed(3, "", "Zoe Moor", "Ian Blair", "why"), {}, False),
        (Listed(3, "", "Zo Blair", "", "why"), {"preferred_given_name": "Zo"}, True),
        (Listed(3, "", "Zoe Blair", "", "why"), {"given_name": "Zoe", "family_name": ""}, False),
        (Listed(3, "", "Ben Moor", "Mrs Zoe Blair", "why"), {"role": "parent"}, True),
        (Listed(3, "", "Ben Moor", "home@mail.example", "why"), {"role": "parent"}, True),
        (Listed(3, "", "Ben Moor", "", "why"), {"role": "parent", "email": None}, False),
    ],
)
def test_rows_are_known_by_id_or_name(row: Listed, facts: dict[str, Any], is_in: bool) -> None:
    assert Forgotten(replace(STUDENT, **facts)).is_in(row) is is_in
