"""Which rows are one parent, and whom to invite: the same in every order, and never somebody with a court order."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.contacts.model.contact import Child, Contact, Parent
from latchkey.contacts.model.invite import STATED, Whom, why_not
from latchkey.contacts.model.merge import keys_of, merged
from latchkey.contacts.stores.notes import MOST_ROWS, ReadingNotes
from latchkey.office_files.model.unusable import Unusable

ANA = Contact(given_name="Ana", family_name="Blair", emails=((0, "blair@mail.example"),))
IAN = ANA._replace(given_name="Ian")


def parents(*rows: tuple[str, Contact]) -> list[Parent]:
    """The parents whom some rows are about, in the order of their ids."""
    with ReadingNotes() as notes:
        notes.keep([(student, contact, keys_of(contact, student)) for student, contact in rows])
        barred = notes.barred()
        made = [merged("northbridge", found, keys, barred) for keys, found in notes.people()]
    return sorted(made, key=lambda parent: parent.id)


def names(found: Sequence[Parent]) -> list[tuple[str, list[str]]]:
    return sorted((parent.name, [child.student for child in parent.children]) for parent in found)


def test_the_same_name_and_address_are_one_parent_of_all_their_children() -> None:
    assert names(parents(("s1", ANA), ("s2", ANA._replace(given_name="ANA", title="Mrs")))) == [("Mrs ANA Blair", ["s1", "s2"])]


def test_two_names_at_one_address_are_two_parents() -> None:
    assert names(parents(("s1", ANA), ("s1", IAN))) == [("Ana Blair", ["s1"]), ("Ian Blair", ["s1"])]


def test_the_same_id_is_one_parent_whatever_the_address() -> None:
    first, second = ANA._replace(contact_id="77"), ANA._replace(contact_id="77", emails=())
    assert names(parents(("s1", first), ("s2", second))) == [("Ana Blair", ["s1", "s2"])]


def test_an_id_that_two_names_share_is_no_id_of_a_parent() -> None:
    assert len(parents(("s1", ANA._replace(contact_id="s1")), ("s1", IAN._replace(contact_id="s1", emails=())))) == 2


def test_mr_and_mrs_j_smith_are_two() -> None:
    rows = [
        ("s1", Contact(title=title, given_name="J", family_name="Smith", emails=((0, "j@x.example"),))) for title in ("Mr", "Mrs")
    ]
    assert len(parents(*rows)) == 2


def test_without_an_address_a_telephone_tells_and_without_both_nothing_does() -> None:
    phoned = Contact(given_name="Kay", family_name="Rudd", phones=(("mobile", "+44 7700 900123"),))
    again = phoned._replace(phones=(("main", "07700 900123"),))
    assert names(parents(("s1", phoned), ("s2", again))) == [("Kay Rudd", ["s1", "s2"])]
    bare = Contact(given_name="Kay", family_name="Rudd")
    assert names(parents(("s1", bare), ("s2", bare), ("s1", bare))) == [("Kay Rudd", ["s1"]), ("Kay Rudd", ["s2"])]


def test_two_addresses_lead_to_one_parent_and_the_better_one_is_written_to() -> None:
    both = ANA._replace(emails=((100, "work@x.example"), (0, "home@x.example")))
    (found,) = parents(("s1", both), ("s2", ANA._replace(emails=((0, "work@x.example"),))))
    assert (found.email, len(found.children)) == ("home@x.example", 2)


def test_who_is_barred_is_so_by_address_and_by_name_for_that_child_only() -> None:
    order = IAN._replace(restricted=True)
    elsewhere = IAN._replace(emails=((0, "ian@new.example"),))
    found = parents(("s1", order), ("s1", ANA), ("s1", elsewhere), ("s2", ANA))
    barred = sorted((parent.name, child.student, child.barred) for parent in found for child in parent.children)
    assert barred == [
        ("Ana Blair", "s1", "shared_address"),
        ("Ana Blair", "s2", ""),
        ("Ian Blair", "s1", "court_order"),
        ("Ian Blair", "s1", "court_order"),
    ]


def test_a_social_worker_stands_at_hundreds_of_students_but_not_at_thousands() -> None:
    (found,) = parents(*((f"s{number:04d}", ANA) for number in range(MOST_ROWS)))
    assert len(found.children) == MOST_ROWS
    with pytest.raises(Unusable, match=r"One contact \(Ana Blair\) stands in more than 2,000 rows"):
        parents(*((f"s{number:04d}", ANA) for number in range(MOST_ROWS + 1)))


def test_whom_the_usual_rule_invites() -> None:
    said = frozenset({"priority", "responsibility"})
    assert why_not(Child(student="s", priority=1), "usual", said) is None
    assert why_not(Child(student="s", priority=3, responsible=True), "usual", said) is None
    assert why_not(Child(student="s", priority=2, responsible=False), "usual", said) == "not_first"
    assert why_not(Child(student="s"), "usual", said) == "not_first"
    assert why_not(Child(student="s"), "all", said) is None
    assert why_not(Child(student="s"), "usual", frozenset()) is None
    primary = said | {"primary"}
    assert why_not(Child(student="s", priority=1, responsible=True), "usual", primary) == "not_primary"
    assert why_not(Child(student="s", primary=True), "usual", primary) is None


ADDRESSES = st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])
CONTACTS = st.builds(
    Contact,
    contact_id=st.sampled_from(["", "", "1", "2"]),
    title=st.sampled_from(["", "Mrs", "Mr"]),
    given_name=st.sampled_from(["Ana", "ANA", "Ian", "I", ""]),
    family_name=st.sampled_from(["Blair", "Moor"]),
    emails=st.lists(st.tuples(st.integers(0, 2), ADDRESSES), max_size=2).map(tuple),
    phones=st.lists(
        st.tuples(st.sampled_from(["mobile", "home"]), st.sampled_from(["07700 900123", "+447700900123"])), max_size=1
    ).map(tuple),
    relationship=st.sampled_from(["", "Mother", "Father"]),
    priority=st.sampled_from([None, 1, 2]),
    responsible=st.sampled_from([None, True, False]),
    primary=st.sampled_from([None, True, False]),
    restricted=st.booleans(),
)
ROWS = st.lists(st.tuples(st.sampled_from(["s1", "s2", "s3"]), CONTACTS), min_size=1, max_size=8)


@given(rows=ROWS, data=st.data())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, Contact]], data: st.DataObject) -> None:
    assert parents(*rows) == parents(*data.draw(st.permutations(rows)))


@given(rows=ROWS, whom=st.sampled_from(["usual", "all"]), stated=st.frozensets(st.sampled_from(STATED)))
def test_nobody_with_a_court_order_is_ever_invited_nor_their_address(
    rows: list[tuple[str, Contact]], whom: Whom, stated: frozenset[str]
) -> None:
    invited = {
        (child.student, parent.email)
        for parent in parents(*rows)
        for child in parent.children
        if not why_not(child, whom, stated)
    }
    ordered = {(student, address) for student, contact in rows if contact.restricted for _, address in contact.emails}
    assert not invited & ordered


@given(rows=ROWS)
def test_no_row_is_lost(rows: list[tuple[str, Contact]]) -> None:
    assert {student for student, _ in rows} == {child.student for parent in parents(*rows) for child in parent.children}
