"""The joined files: who stands beside whom, and where a further row begins."""

from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.layout import HEADERS, LIST_HEADERS, STUDENT, rows_of, width
from latchkey.contacts.model.runs import LISTS, ROWS

URL = "https://latchkey.test/schools/northbridge"


def parent(number: int) -> Parent:
    return Parent(
        id=f"{number:032d}",
        title="Ms",
        given_name=f"P{number}",
        family_name="Moor",
        email=f"{number}@x.example",
        phones=(),
        children=(),
    )


def child(number: int) -> list[str]:
    cells = {"UPN": f"U{number}", "Forename": f"C{number}", "ParentCode": f"K{number}"}
    return [cells.get(name, "") for name in STUDENT]


def made(kind: str, children: int, parents: int) -> list[dict[str, str]]:
    rows = next(each for each in ROWS if each == kind)
    found = rows_of(rows, [child(each) for each in range(children)], [parent(each) for each in range(parents)], URL)
    return [dict(zip(HEADERS[rows], row, strict=True)) for row in found]


def test_a_student_with_more_than_four_parents_goes_on_in_a_further_row() -> None:
    first, second = made("student", 1, 5)
    assert [first[f"Parent{number}Forename"] for number in (1, 2, 3, 4)] == ["P0", "P1", "P2", "P3"]
    assert (second["Parent1Forename"], second["Parent2Forename"], second["ParentCode"]) == ("P4", "", "K0")


def test_a_parent_of_more_than_five_children_goes_on_in_a_further_row() -> None:
    first, second = made("parent", 6, 1)
    assert (first["Children"], first["Child5ParentCode"], first["ParentURL"]) == ("C0, C1, C2, C3, C4", "K4", URL)
    assert (second["ParentForename"], second["Children"], second["Child1ParentCode"], second["Child2UPN"]) == (
        "P0",
        "C5",
        "K5",
        "",
    )


def test_a_family_has_its_parents_and_its_children_beside_each_other() -> None:
    (row,) = made("family", 2, 2)
    assert (row["Parents"], row["Children"]) == ("Ms P0 Moor, Ms P1 Moor", "C0, C1")
    assert (row["Parent2Email"], row["Child2ParentCode"], row["Parent3Email"]) == ("1@x.example", "K1", "")
    assert len(made("family", 6, 5)) == 4


def test_every_column_has_a_width() -> None:
    headers = [*HEADERS.values(), *(LIST_HEADERS[name] for name in LISTS)]
    assert all(width(name) > len(name) for header in headers for name in header)
