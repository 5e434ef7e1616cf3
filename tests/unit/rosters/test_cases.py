"""Cases that schools met, by their literal rows: what else is in them stands with each format's tests."""

from tests.support.rosters import parse

HEADER = "mis_id,role,given_name,family_name,email,username,upn,year_group,registration_group,language,children"


def test_a_leaver_of_a_plain_table_leaves() -> None:
    """Case 40."""
    found = parse(f"{HEADER},Status,Leaving date\nq14a,student,Full,Row,,,,7,7A,,,Leaver,2026-07-20\n".encode())
    assert [(each.mis_id, each.leaves) for each in found.rows] == [("q14a", True)]


def test_children_who_are_in_no_row_stay_named_for_the_preview() -> None:
    """Case 32: cells with commas, bars, doubles and strangers."""
    rows = (
        'q46s,student,Chi,Ld,,,,7,7A,,\nq46p1,parent,Pa,Rent,,,,,,,"q46s, q46x"\nq46p2,parent,Pb,Rent,,,,,,,q46s|q46y\n'
        "q46p3,parent,Pc,Rent,,,,,,,q46s;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz;zz\n"
        "q46p4,parent,Pd,Rent,,,,,,,nobody\n"
    )
    found = parse(f"{HEADER}\n{rows}".encode())
    assert [each.links for each in found.rows] == [(), ("q46s", "q46x"), ("q46s", "q46y"), ("q46s", "zz"), ("nobody",)]
    assert (found.rejected, found.warned) == ([], [])


def test_a_group_that_a_spreadsheet_made_a_date_of_is_named() -> None:
    """Case 34."""
    rows = "q45a,student,Ex,Cel,,,,7,07-Oct,,\nq45b,student,Ex,Cel,,,,7,1E+01,,\nq45c,student,Ex,Cel,,,,7,10/01/2026,,\n"
    found = parse(f"{HEADER}\n{rows}".encode())
    assert [each.registration_group for each in found.rows] == ["07-Oct", "1E+01", "10/01/2026"]
    assert [each.line for each in found.warned] == [2, 3, 4]


def test_a_teacher_and_a_parent_row_with_two_ids_are_both_taken() -> None:
    """Beside case 35: that both are one person the preview asks (``who_is_who``)."""
    rows = (
        "q15s5,student,Una,Shaw,,,,7,7A,,\nq15t5,teacher,Ivo,Shaw,ivo.shaw@northbridge.example,ishaw,,,,,\n"
        "q15p5,parent,Ivo,Shaw,ivo.shaw@northbridge.example,,,,,,q15s5\n"
    )
    found = parse(f"{HEADER}\n{rows}".encode())
    assert [(each.role, each.links) for each in found.rows] == [("student", ()), ("teacher", ()), ("parent", ("q15s5",))]
