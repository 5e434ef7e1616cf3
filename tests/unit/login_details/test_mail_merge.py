"""The mail merge file: its columns, and cells that no spreadsheet takes for a formula."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from latchkey.codes.model import codes
from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails, login_details
from latchkey.errors import Invalid
from latchkey.login_details.model.mail_merge import COLUMNS, Layout, Sheet, known_columns, parse_columns, row
from latchkey.login_details.model.runs import ExportRequest, Rows
from latchkey.login_details.model.scope import Scope
from latchkey.office_files.csv import MARK, block
from latchkey.office_files.model.guard import guard, may_be_guarded, unguard
from latchkey.people.model.person import CodeState, MailProblem, Person
from latchkey.schools.model.school import School, Settings, SingleSignOn
from tests.support.exports import student

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
KEY = b"k" * 32
SHEET = Sheet(audience="both", url="https://latchkey.test/schools/northbridge")
ANN = Person(
    id="a" * 20,
    role="student",
    given_name="Ann",
    family_name="O'Brien",
    email="ann@northbridge.example",
    username="ann.obrien",
    upn="B801200005001",
    mis_id="S1001",
    year_group="7",
    registration_group="7A",
    parents=("p" * 20,),
    number=42,
    pin=CodeState(2, 1_795_046_400),  # 19 November 2026, 00:00 UTC
    parent_code=CodeState(1, 1_795_132_800, 2),
)
SIGNS = "=+-@\t\r\n\0＝＋－＠"
hostile = st.text(alphabet=st.sampled_from([*SIGNS, *"\"'\\,;| aZ1\u00a0\u2028\ufeff’“é漢\x0b\x1f"]), max_size=12)
cells = st.one_of(hostile, st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))


def cells_of(person: Person, audience: Audience = "both", school: School = SCHOOL) -> tuple[str, ...]:
    return row(login_details(person, school, KEY, audience), replace(SHEET, audience=audience))


def parsed(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def test_the_header_is_the_one_that_schools_build_their_letters_on() -> None:
    assert MARK + block([COLUMNS]) == (
        b"\xef\xbb\xbfUPN,StudentId,Surname,Forename,Year,RegGroup,Username,StudentPIN,PINExpires,ParentCode,ParentCodeExpires,"
        b"ParentPlacesLeft,StudentURL,ParentURL,LoginMethod\r\n"
    )


def test_a_row_for_students_and_parents() -> None:
    assert dict(zip(COLUMNS, cells_of(ANN), strict=True)) == {
        "UPN": "B801200005001",
        "StudentId": "S1001",
        "Surname": "O'Brien",
        "Forename": "Ann",
        "Year": "7",
        "RegGroup": "7A",
        "Username": "ann.obrien",
        "StudentPIN": codes.code("pin", 42, 2, KEY),
        "PINExpires": "2026-11-18",
        "ParentCode": codes.code("parent", 42, 1, KEY),
        "ParentCodeExpires": "2026-11-19",
        "ParentPlacesLeft": "3",
        "StudentURL": "https://latchkey.test/schools/northbridge",
        "ParentURL": "https://latchkey.test/schools/northbridge",
        "LoginMethod": "PIN",
    }


@pytest.mark.parametrize(
    ("audience", "empty"),
    [
        ("students", {"ParentCode", "ParentCodeExpires", "ParentPlacesLeft", "ParentURL"}),
        ("parents", {"StudentPIN", "PINExpires", "StudentURL"}),
    ],
)
def test_what_is_for_the_others_stays_empty(audience: str, empty: set[str]) -> None:
    found = dict(zip(COLUMNS, cells_of(ANN, audience), strict=True))
    assert {name for name, value in found.items() if not value} == empty


def test_students_of_a_school_with_its_own_sign_in_get_no_pin_but_their_parents_a_code() -> None:
    school = replace(SCHOOL, settings=Settings(sso=SingleSignOn(roles=("student",))))
    found = dict(zip(COLUMNS, cells_of(ANN, school=school), strict=True))
    assert (found["StudentPIN"], found["PINExpires"], found["LoginMethod"]) == ("", "", "School sign-in")
    assert found["ParentCode"]


def test_only_the_columns_leave_the_system() -> None:
    written = block([cells_of(ANN)]).decode()
    assert "ann@northbridge.example" not in written
    assert "p" * 20 not in written


def test_a_student_without_anything_has_empty_cells() -> None:
    bare = Person(id="b" * 20, role="student", given_name="", family_name="")
    assert cells_of(bare) == ("", "b" * 20, *[""] * 10, SHEET.url, SHEET.url, "PIN")


def test_no_place_is_left_rather_than_fewer_than_none() -> None:
    full = replace(ANN, parent_code=CodeState(1, 1_795_132_800, 7))
    assert cells_of(full)[COLUMNS.index("ParentPlacesLeft")] == "0"


@pytest.mark.parametrize("sign", [*SIGNS])
@pytest.mark.parametrize("before", ["", " ", "  ", "'", '"', "\u00a0", "\ufeff", "’ "])
def test_a_formula_gets_an_apostrophe(sign: str, before: str) -> None:
    assert guard(f"{before}{sign}cmd|' /C calc'!A0").startswith(f"'{before}{sign}")


@pytest.mark.parametrize("separator", [",", ";", "\t", "\r", "\n", "\r\n", "|"])
def test_a_formula_that_another_separator_would_lay_bare_gets_one_too(separator: str) -> None:
    assert f'{separator}\'"=HYPERLINK("x")' in guard(f'Ann{separator}=HYPERLINK("x")')


@pytest.mark.parametrize("name", ["Ann", "O'Brien", "Smith-Jones", "Zoë", "d’Arcy", "Ann Marie", "a@b", "5+", "", "‘Ann’"])
def test_names_stay_as_they_are(name: str) -> None:
    assert guard(name) == name


@given(cell=cells)
@example("'=1")
@example("''=1")
@example("a;'=1")
@example(";\n\n=1")
@example("\ufeff=1")
def test_the_guard_can_be_taken_away(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(before=cells, cell=cells, separator=st.sampled_from([*",;\t|: "]))
@example("", "'=1", ",")
@example("O'Brien", "a;'=1", ",")
def test_a_part_of_a_file_that_has_a_guarded_cell_is_known_by_it(before: str, cell: str, separator: str) -> None:
    text = f"{before}{separator}{cell}"
    assert may_be_guarded(text) or [unguard(before), unguard(cell)] == [before, cell] or before.startswith("'")
    assert may_be_guarded(f"\n{text}") or [unguard(before), unguard(cell)] == [before, cell]


def test_an_apostrophe_within_a_name_is_no_guard() -> None:
    assert not may_be_guarded("O'Brien,D'Arcy,Zoë's,7'")
    assert may_be_guarded("Ann,'=1")
    assert may_be_guarded("'=1")


@given(cell=cells)
def test_no_guarded_cell_begins_a_formula(cell: str) -> None:
    for part in guard(cell).replace("\r", "\n").replace(";", "\n").replace("\t", "\n").replace("|", "\n").split("\n"):
        assert part.lstrip(' "\u00a0\u2028\ufeff\x0b\x1f’“')[:1] not in [*"=+-@＝＋－＠"]


@given(rows=st.lists(st.lists(cells, min_size=15, max_size=15), max_size=9))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    """Import of export is what it was, for every name: nothing shifts into another column (WordPress CVE-2026-86583)."""
    assert [[unguard(cell) for cell in line] for line in parsed(block(rows))] == rows


@given(
    rows=st.lists(
        st.lists(st.one_of(st.sampled_from(["Ann", "P234-6789-CDFH", "Zoë", ""]), cells), min_size=3, max_size=3), max_size=20
    )
)
def test_a_block_is_its_rows_one_by_one(rows: list[list[str]]) -> None:
    """The quick way for harmless blocks writes what the careful one writes."""
    assert block(rows) == b"".join(",".join(_plainly(cell) for cell in line).encode() + b"\r\n" for line in rows)


def _plainly(cell: str) -> str:
    safe = guard(cell)
    is_odd = safe != cell or re.search("\\s[=+@＝＋－＠−﹢﹣﹦﹫]", safe) is not None
    needs_quotes = is_odd or any(sign in safe for sign in '",;|\u0085\u2028\u2029\x7f') or any(ord(sign) < 32 for sign in safe)
    return '"' + safe.replace('"', '""') + '"' if needs_quotes else safe


@given(rows=st.lists(st.lists(hostile, min_size=3, max_size=3), min_size=1, max_size=5))
def test_every_line_ends_as_rfc_4180_says_and_quotes_pair(rows: list[list[str]]) -> None:
    data = block(rows).decode()
    assert data.endswith("\r\n")
    assert data.count('"') % 2 == 0
    outside = data.split('"')[::2]
    assert all("\r" not in part.replace("\r\n", "") and "\n" not in part.replace("\r\n", "") for part in outside)


def test_half_a_character_is_replaced_not_refused() -> None:
    assert parsed(block([["\ud83d", "b"]])) == [["?", "b"]]


@pytest.mark.parametrize("rows", ["student", "parent", "family"])
def test_chosen_columns_stand_in_their_own_order(rows: Rows) -> None:
    assert parse_columns(["StudentPIN", "Forename", "UPN", "UPN"], rows) == ("UPN", "Forename", "StudentPIN")
    assert parse_columns(list(reversed(known_columns(rows))), rows) == known_columns(rows)
    assert parse_columns(None, rows) == ()


def test_a_students_address_stands_there_only_where_it_was_chosen() -> None:
    ann = replace(student(1), email="ann@home.example", email_key="k")
    back = replace(ann, mail_problem=MailProblem("bounced", 1, "k"))
    wanted = ExportRequest(scope=Scope(), format="mail_merge_csv", columns=("Forename", "ParentCode", "StudentEmail"))
    layout = Layout(wanted, "https://a.example")
    assert layout.header == ("Forename", "ParentCode", "StudentEmail")
    rows = layout.rows([LoginDetails(student=ann, parent_code="F234"), LoginDetails(student=back)])
    assert rows == [("Given1", "F234", "ann@home.example"), ("Given1", "", "")]
    plain = Layout(ExportRequest(scope=Scope(), format="mail_merge_csv"), "https://a.example")
    assert plain.header == COLUMNS
    assert "ann@home.example" not in str(plain.rows([LoginDetails(student=ann)]))
    with pytest.raises(Invalid):
        parse_columns(["StudentEmail"], "family")


@pytest.mark.parametrize(
    "given", [[], (), "UPN", {"UPN": 1}, ["UPN", "Password"], ["upn"], [["UPN"]], [None], 5, ["ParentEmail"], ["Parents"]]
)
def test_a_column_that_there_is_not_is_refused(given: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_columns(given, "student")
    assert set(refused.value.fields) == {"columns"}


def test_only_rows_for_parents_can_have_their_address() -> None:
    assert parse_columns(["ParentEmail"], "parent") == ("ParentEmail",)
    with pytest.raises(Invalid):
        parse_columns(["ParentEmail"], "family")
