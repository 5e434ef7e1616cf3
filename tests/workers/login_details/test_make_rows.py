"""Rows for parents and families: whoever is in the export stands in exactly the rows that are theirs, with their codes."""

from itertools import permutations
from typing import Any

import pytest

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.audience import Audience, kinds_of
from latchkey.codes.model.codes import code
from latchkey.login_details.build_export import build_export
from latchkey.login_details.make_rows import rows_of
from latchkey.login_details.model.mail_merge import known_columns
from latchkey.login_details.model.runs import Export, ExportRequest, Rows
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings
from latchkey.shared.model.ids import person_id
from tests.support.exports import files, student
from tests.support.system import TestSystem

ADMIN = student(0, role="staff", is_admin=True, number=None)


def parent(index: int, *children: Person, **facts: Any) -> Person:
    given: dict[str, Any] = {"given_name": f"Parent{index}", "family_name": "Older", "email": f"p{index}@mail.example"}
    ids = tuple(child.id for child in children)
    return Person(id=person_id("northbridge", f"parent-{index}"), role="parent", children=ids, **{**given, **facts})


def child(index: int, *parents: int, **facts: Any) -> Person:
    return student(index, parents=tuple(person_id("northbridge", f"parent-{each}") for each in parents), **facts)


def put(system: TestSystem, *people: Person) -> None:
    system.wiring("read_roster").directory("northbridge").put_new(people)


def found(system: TestSystem, people: list[Person], rows: Rows, at_once: int = 100, **wanted: Any) -> list[tuple[str, str]]:
    """The rows, batch by batch, as (parents, students)."""
    wiring = system.wiring("build_export")
    school = wiring.schools.get("northbridge")
    assert school is not None
    asked = ExportRequest(**{"scope": Scope(), "rows": rows, **wanted})
    named, key, made = asked.scope.people, wiring.code_key("northbridge"), []

    def means(person: Person) -> bool:
        return (named is None or person.id in named) and asked.means(person) and person.number is not None

    for start in range(0, len(people), at_once):
        made += rows_of(wiring, school, asked, people[start : start + at_once], key, means=means)
    return [
        (
            " ".join(each.given_name[6:] for each in row.parents),
            " ".join(each.student.given_name[5:] for each in (row, *row.siblings)),
        )
        for row in made
    ]


@pytest.fixture
def school(system: TestSystem) -> TestSystem:
    system.school("northbridge")
    return system


@pytest.fixture
def people(school: TestSystem) -> list[Person]:
    """1 and 3 have parents 1 and 2; 2 has parent 1 only; 4 has none; 5 and 6 have parent 3; the last two are of other years."""
    people = [child(1, 1, 2), child(2, 1), child(3, 2, 1), child(4), child(5, 3, year_group="8"), child(6, 3, year_group="9")]
    put(school, *people, parent(1, *people[:3]), parent(2, people[2], people[0]), parent(3, *people[4:]))
    return people


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_a_family_is_students_with_the_same_parents(school: TestSystem, people: list[Person], at_once: int) -> None:
    """Parent 2 is not parent of student 2, so no letter shows parent 2 the codes of student 2."""
    assert found(school, people, "family", at_once) == [("1 2", "1 3"), ("1", "2"), ("", "4"), ("3", "5 6")]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_a_parent_has_one_row_with_all_their_children(school: TestSystem, people: list[Person], at_once: int) -> None:
    assert found(school, people, "parent", at_once) == [("1", "1 2 3"), ("2", "1 3"), ("", "4"), ("3", "5 6")]


def test_rows_for_students_know_no_parents(school: TestSystem, people: list[Person]) -> None:
    assert found(school, people, "student") == [("", str(number)) for number in range(1, 7)]


def test_only_who_is_in_the_export_stands_in_a_row(school: TestSystem) -> None:
    people = [
        child(1, 1),
        child(2, 1, year_group="8"),
        child(3, 1, last_login_at=5),
        child(4, 1, status="left"),
        child(5, 1, number=None),
    ]
    put(school, *people, parent(1, *people))
    assert found(school, [people[0], people[2]], "family", scope=Scope("year_group", "7")) == [("1", "1 3")]
    assert found(school, people[:2], "parent", never_logged_in=True) == [("1", "1 2")]
    assert found(school, [people[1]], "family", scope=Scope("person", people[1].id)) == [("1", "2")]
    assert found(school, [people[1]], "parent", scope=Scope("person", people[1].id)) == [("1", "2")]


def test_parents_who_left_or_are_gone_get_no_row_but_their_children_do(school: TestSystem) -> None:
    people = [child(1, 1), child(2, 1), child(3, 9), child(4, 1, 2)]
    put(school, *people, parent(1, *people[:2], people[3], status="left"), parent(2, people[3]))
    assert found(school, people, "parent") == [("", "1"), ("", "2"), ("", "3"), ("2", "4")]
    assert found(school, people, "family") == [("", "1 2"), ("", "3"), ("2", "4")]


@pytest.mark.parametrize("rows", ["parent", "family"])
@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_links_that_only_one_side_knows_lose_nobody_and_show_nobody_to_strangers(
    school: TestSystem, rows: Rows, order: tuple[int, ...]
) -> None:
    people = [child(number, 1, 2, family_name=f"Family{order[number - 1]}") for number in (1, 2, 3)]
    put(school, *people, parent(1, *people[1:]), parent(2, *people[:2]))
    inorder = sorted(people, key=lambda person: person.family_name)
    rows_found = found(school, inorder, rows)
    shown = [number for _, students in rows_found for number in students.split()]
    assert {*shown} == {"1", "2", "3"}
    for parents, students in rows_found:
        for one in parents.split():
            assert {*students.split()} <= {"1": {"2", "3"}, "2": {"1", "2"}}[one] or rows == "family"


@pytest.mark.parametrize("audience", ["students", "parents", "both"])
def test_siblings_get_their_codes_with_the_row_and_keep_them(
    school: TestSystem, people: list[Person], audience: Audience
) -> None:
    wiring = school.wiring("build_export")
    known = wiring.schools.get("northbridge")
    assert known is not None
    wanted, key = ExportRequest(scope=Scope(), rows="family", audience=audience), wiring.code_key("northbridge")
    kinds = kinds_of(audience)
    (first,) = issue_codes(wiring, known, people[:1], kinds).people
    (row,) = rows_of(wiring, known, wanted, [first], key, means=wanted.means)
    sibling = row.siblings[0]
    assert sibling.pin == (code("pin", 3, 1, key) if audience != "parents" else "")
    assert sibling.parent_code == (code("parent", 3, 1, key) if audience != "students" else "")
    later = issue_codes(wiring, known, wiring.directory("northbridge").by_ids(each.id for each in people), kinds)
    assert rows_of(wiring, known, wanted, later.people, key, means=wanted.means)[0] == row
    assert later.new == dict.fromkeys(kinds, 4), "only those who were in no row yet got new codes"


def test_more_siblings_than_one_transaction_can_hold(school: TestSystem) -> None:
    families = [[child(10 * family + number, family) for number in range(1, 9)] for family in range(1, 41)]
    put(
        school,
        *[each for family in families for each in family],
        *[parent(number, *family) for number, family in enumerate(families, 1)],
    )
    first = [family[0] for family in families]
    assert [len(students.split()) for _, students in found(school, first, "family")] == [8] * 40


def known_school(system: TestSystem) -> School:
    found = system.wiring("console").schools.get("northbridge")
    assert found is not None
    return found


def run(system: TestSystem, **wanted: Any) -> tuple[Export, str]:
    asked = ExportRequest(**{"scope": Scope(), **wanted})
    export = start_export(system.wiring("console"), known_school(system), ADMIN, asked).run
    done = build_export(system.wiring("build_export"), "northbridge", export.id)
    assert done is not None
    assert done.key is not None
    return done, files(system)[done.key].decode("utf-8-sig")


def test_a_whole_export_for_families(school: TestSystem, people: list[Person]) -> None:
    export, text = run(school, rows="family")
    assert (export.state, export.rows, export.left_out) == ("finished", 4, 0)
    header, *lines = text.splitlines()
    assert header.startswith("Parents,Children,Child1UPN,")
    assert len(lines) == 4
    assert "mail.example" not in text


def test_a_whole_export_for_parents_holds_addresses_only_where_they_are_wanted(school: TestSystem, people: list[Person]) -> None:
    _, text = run(school, rows="parent")
    assert text.count("@mail.example") == 3
    _, text = run(school, rows="parent", columns=tuple(name for name in known_columns("parent") if name != "ParentEmail"))
    assert "mail.example" not in text


def test_students_whom_a_format_leaves_out_are_counted(school: TestSystem, people: list[Person]) -> None:
    put(school, child(7, upn=None))
    export, text = run(school, format="mis_codes")
    assert (export.rows, export.left_out) == (6, 1)
    assert len(text.splitlines()) == 7


@pytest.mark.parametrize("kind", ["mail_merge_xlsx", "mail_merge_docx", "pin_table_xlsx", "sims_aspect", "mis_codes"])
def test_printing_again_gives_the_same_file(school: TestSystem, people: list[Person], kind: Any) -> None:
    wanted = ExportRequest(scope=Scope(), format=kind)
    keys = []
    for _ in range(2):
        export = start_export(school.wiring("console"), known_school(school), ADMIN, wanted).run
        done = build_export(school.wiring("build_export"), "northbridge", export.id)
        assert done is not None
        assert done.state == "finished"
        keys.append(done.key or "")
    made = files(school)
    assert made[keys[0]] == made[keys[1]]


@pytest.mark.parametrize(
    ("student_speaks", "parents_speak", "expected"),
    [
        (None, (), ("cy", "cy")),
        ("pl", (), ("pl", "pl")),
        ("pl", ("ur",), ("pl", "ur")),
        ("pl", ("ur", "ur"), ("pl", "ur")),
        ("pl", ("ur", "en"), ("pl", "pl")),
        (None, ("ur", None), ("cy", "cy")),
        ("pl", (None,), ("pl", "pl")),
    ],
)
def test_each_side_of_a_slip_is_in_its_readers_language(
    system: TestSystem, student_speaks: str | None, parents_speak: tuple[str | None, ...], expected: tuple[str, str]
) -> None:
    """The parents' own if they share one, else the student's, else the school's; a mail merge asks nobody."""
    welsh = School(slug="northbridge", name="Northbridge Academy", settings=Settings(language="cy"))
    one = child(1, *range(len(parents_speak)), language=student_speaks)
    put(system, one, *[parent(index, one, language=each) for index, each in enumerate(parents_speak)])
    wiring = system.wiring("build_export")
    (row,) = rows_of(
        wiring,
        welsh,
        ExportRequest(scope=Scope(), format="slips", audience="both"),
        [one],
        wiring.code_key("northbridge"),
        means=lambda _: True,
    )
    assert (row.student_language, row.parents_language) == expected
