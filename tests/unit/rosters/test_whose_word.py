"""Whose word counts where a row differs from a field that was edited here: by the setting, the mark and the answer."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from latchkey.people.model.edited import FIELDS, with_edits, with_marks, without_marks
from latchkey.people.model.person import Person
from latchkey.rosters.model.changes import FACTS, Decision, decide
from latchkey.rosters.model.gone import gone_facts
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.runs import Row
from latchkey.schools.model.school import Word, Words

ANN = Person(
    id="a" * 20,
    role="student",
    given_name="Ann",
    family_name="Lee",
    preferred_given_name="Annie",
    preferred_family_name="Fox",
    email="ann@x.example",
    username="ann.lee",
    year_group="7",
    registration_group="7B",
    language="cy",
)
SAME = Row(2, "M1", "student", "Ann", "Lee", None, None, None, None, None, None, (), False)._replace(
    **{name: getattr(ANN, name) for name in FIELDS}
)
OTHER = {
    "given_name": "Anna", "family_name": "Li", "preferred_given_name": "Nan", "preferred_family_name": "Li", "language": "pl",
    "email": "anna@x.example", "username": "anna.li", "year_group": "8", "registration_group": "8C",
}  # fmt: skip
GROUP = {
    "given_name": "names", "family_name": "names", "preferred_given_name": "names", "preferred_family_name": "names",
    "email": "email", "username": "username", "year_group": "groups", "registration_group": "groups", "language": "language",
}  # fmt: skip


def decided(row: Row, person: Person, words: Words, answer: str = "") -> Decision:
    known = KnownPeople()
    known.add([person])
    known.close()
    return decide(row, person, known, {}, chosen={"edited_here": answer} if answer else {}, words=words)


def set_to(name: str, word: Word) -> Words:
    given: dict[str, Any] = {GROUP[name]: word}
    return Words(**given)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(
    ("word", "answer", "takes", "asks"),
    [
        ("mis", "", True, False),
        ("mis", "keep", True, False),
        ("ours", "", False, False),
        ("ours", "take", False, False),
        ("ask", "", False, True),
        ("ask", "keep", False, True),
        ("ask", "take", True, True),
    ],
)
def test_a_field_that_differs(name: str, word: Word, answer: str, *, takes: bool, asks: bool) -> None:
    row, words = SAME._replace(**{name: OTHER[name]}), set_to(name, word)
    new = {name: OTHER[name]}
    unedited = decided(row, ANN, words, answer)
    assert (unedited.kind, unedited.facts, unedited.asks, unedited.settled) == ("changed", new, (), ())
    edited = decided(row, replace(ANN, edited=(name,)), words, answer)
    assert (edited.kind, edited.facts) == (("changed", new) if takes else ("unchanged", {}))
    assert edited.settled == ((name,) if takes else ())
    assert [each.question for each in edited.asks] == (["edited_here"] if asks else [])
    assert not edited.warned


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("word", get_args(Word))
def test_a_field_that_is_equal_or_empty(name: str, word: Word) -> None:
    """Where the roster agrees the mark goes, and nothing else; an empty cell says nothing."""
    edited, words = replace(ANN, edited=(name,)), set_to(name, word)
    agreed = decided(SAME, edited, words)
    assert (agreed.kind, agreed.facts, agreed.asks, agreed.settled) == ("unchanged", {}, (), (name,))
    if name not in {"given_name", "family_name"}:
        empty = decided(SAME._replace(**{name: None}), edited, words)
        assert (empty.kind, empty.asks, empty.settled) == ("unchanged", (), ())


def test_one_question_names_all_that_differs() -> None:
    edited = replace(ANN, email=None, edited=("given_name", "email", "year_group"))
    row = SAME._replace(given_name="Anna", email="new@x.example", year_group="8", language="pl")
    found = decided(row, edited, Words())
    assert found.facts == {"year_group": "8", "language": "pl"}, "groups follow the roster, and nobody edited the language"
    (asks,) = found.asks
    assert (asks.question, asks.count) == ("edited_here", 1)
    said = "first name Ann here, Anna in the file; e-mail address empty here, new@x.example in the file"
    assert asks.people == ((2, "Ann Lee", said),)


def test_how_an_admin_gets_in_is_not_asked() -> None:
    head = replace(ANN, is_admin=True, role="staff", edited=("email", "username"))
    row = SAME._replace(role="staff", email="x@x.example", username="x")
    found = decided(row, head, Words(), "take")
    assert (found.kind, found.facts, found.asks, found.settled) == ("unchanged", {}, (), ())
    assert len(found.warned) == 2


def test_what_is_kept_is_not_in_the_way_of_others() -> None:
    """A username of the file that is somebody else's is no warning where ours is kept, and no word taken where it is not."""
    ben = replace(ANN, id="b" * 20, username="ben", edited=())
    known = KnownPeople()
    known.add([ANN, ben])
    known.close()
    ann, row = replace(ANN, edited=("username",)), SAME._replace(username="ben")
    kept = decide(row, ann, known, {}, words=Words(username="ours"))
    assert (kept.kind, kept.warned, kept.settled) == ("unchanged", (), ())
    taken = decide(row, ann, known, {}, words=Words(username="mis"))
    assert (taken.kind, len(taken.warned), taken.settled) == ("unchanged", 1, ())


@pytest.mark.parametrize(("word", "edited", "gone"), [
    ("ours", ("email",), ()), ("ours", (), ("email",)), ("ask", ("email",), ("email",)), ("mis", ("email",), ("email",)),
])  # fmt: skip
def test_what_is_ours_is_not_gone_because_a_file_has_none(word: Word, edited: tuple[str, ...], gone: tuple[str, ...]) -> None:
    row = SAME._replace(email=None)
    assert gone_facts(row, replace(ANN, edited=edited), {"email"}, (), Words(email=word)) == gone


def test_marks() -> None:
    assert {*FIELDS} == {*FACTS} - {"upn"}, "what rosters and admins can both change"
    assert with_edits(ANN, replace(ANN, email="x@x.example", status="left", upn="A1")).edited == ("email",)
    assert with_edits(replace(ANN, edited=("language",)), replace(ANN, given_name="A")).edited == ("given_name", "language")
    assert with_marks(ANN, ["email", "role", "email"]).edited == ("email",)
    assert without_marks(replace(ANN, edited=("given_name", "email")), ["email", "language"]).edited == ("given_name",)
