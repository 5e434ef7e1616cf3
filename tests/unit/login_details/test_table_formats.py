"""The tables of login details, each as a program reads it that is not ours."""

import csv
import io
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import COLUMNS, MOST_CHILDREN
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.office_files.model.guard import unguard
from latchkey.people.model.person import MailProblem, Person
from latchkey.schools.model.school import School, Settings, SingleSignOn

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ENDS = 1_795_046_400  # 19 November 2026, 00:00 UTC
NOW = 1_790_000_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def details(number: int, **facts: Any) -> LoginDetails:
    """A student's details: number 7 is Given7 Family7 of 7A."""
    given: dict[str, Any] = {
        "given_name": f"Given{number}",
        "family_name": f"Family{number}",
        "username": f"user{number}",
        "upn": f"UPN{number}",
        "mis_id": f"S{number}",
        "year_group": "7",
        "registration_group": "7A",
    }
    student = Person(id=f"{number:020d}", role="student", **{**given, **facts})
    codes = {"pin": f"P234-6789-000{number}", "parent_code": f"F234-6789-CDFH-000{number}"}
    return LoginDetails(student=student, **codes, pin_ends=ENDS, parent_code_ends=ENDS, places=5)


def parent(number: int, **facts: Any) -> Person:
    given = {"given_name": f"Parent{number}", "family_name": f"Older{number}", "email": f"p{number}@mail.example"}
    return Person(id=f"p{number:019d}", role="parent", **{**given, **facts})


def made(students: list[LoginDetails], school: School = SCHOOL, **wanted: Any) -> bytes:
    writer, out = pen_of(school, **wanted)
    for start in range(0, len(students), 2):
        writer.add(students[start : start + 2])
    writer.finish()
    return out.getvalue()


def pen_of(school: School = SCHOOL, **wanted: Any) -> tuple[Any, io.BytesIO]:
    out = io.BytesIO()
    setting = Setting(school=school, wanted=ExportRequest(scope=Scope(), **wanted), origin="https://latchkey.test", now=NOW)
    return new_writer(setting, out.write), out


def lines(data: bytes) -> list[list[str]]:
    return [[unguard(cell) for cell in row] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)]


def sheets(data: bytes) -> dict[str, list[list[str]]]:
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: [[cell.value or "" for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_csv_and_workbook_say_the_same() -> None:
    students = [details(1), details(2, family_name="=1+1"), details(3, username=None)]
    rows = lines(made(students, format="mail_merge_csv"))
    assert sheets(made(students, format="mail_merge_xlsx")) == {"Login details": rows}
    assert rows[0] == [*COLUMNS]
    assert [row[2] for row in rows[1:]] == ["Family1", "=1+1", "Family3"]


@pytest.mark.parametrize("kind", ["mail_merge_csv", "mail_merge_xlsx"])
def test_chosen_columns_only(kind: str) -> None:
    data = made([details(1), details(2)], format=kind, columns=("Forename", "StudentPIN"))
    rows = lines(data) if kind == "mail_merge_csv" else sheets(data)["Login details"]
    assert rows == [["Forename", "StudentPIN"], ["Given1", "P234-6789-0001"], ["Given2", "P234-6789-0002"]]
    assert lines(made([details(1)], format="mail_merge_csv", columns=("UPN",))) == [["UPN"], ["UPN1"]]


def test_a_row_for_each_family() -> None:
    both = replace(details(1), parents=(parent(1), parent(2)), siblings=(details(2, registration_group="9B"),))
    rows = lines(made([both, details(3)], format="mail_merge_csv", rows="family"))
    header = rows[0]
    assert header[:4] == ["Parents", "Children", "Child1UPN", "Child1StudentId"]
    assert header[-2:] == ["StudentURL", "ParentURL"]
    assert header.count("Child5LoginMethod") == 1
    assert not [name for name in header if "Email" in name]
    family, alone = (dict(zip(header, row, strict=True)) for row in rows[1:])
    assert (family["Parents"], family["Children"]) == ("Parent1 Older1, Parent2 Older2", "Given1, Given2")
    assert (family["Child1StudentPIN"], family["Child2StudentPIN"]) == ("P234-6789-0001", "P234-6789-0002")
    assert (family["Child2RegGroup"], family["Child3RegGroup"], family["Child3LoginMethod"]) == ("9B", "", "")
    assert (alone["Parents"], alone["Children"], alone["Child1UPN"], alone["Child2UPN"]) == ("", "Given3", "UPN3", "")
    assert alone["ParentURL"] == "https://latchkey.test/schools/northbridge"
    assert "p1@mail.example" not in str(rows)


def test_a_row_for_each_parent_has_the_address_to_which_mail_can_go() -> None:
    bounced = parent(2, email_key="k", mail_problem=MailProblem("bounced", 1, "k"))
    students = [replace(details(1), parents=(parent(1),)), replace(details(2), parents=(bounced,)), details(3)]
    columns = ("ParentSurname", "ParentForename", "ParentEmail", "Children", "ParentCode")
    rows = lines(made(students, format="mail_merge_csv", rows="parent", columns=columns))
    assert rows[0] == [*columns[:4], *[f"Child{number}ParentCode" for number in range(1, MOST_CHILDREN + 1)]]
    assert [row[:5] for row in rows[1:]] == [
        ["Older1", "Parent1", "p1@mail.example", "Given1", "F234-6789-CDFH-0001"],
        ["Older2", "Parent2", "", "Given2", "F234-6789-CDFH-0002"],
        ["", "", "", "Given3", "F234-6789-CDFH-0003"],
    ]


@pytest.mark.parametrize(("count", "expected"), [(5, [5]), (6, [5, 1]), (11, [5, 5, 1])])
def test_more_children_than_fit_stand_in_a_further_row(count: int, expected: list[int]) -> None:
    first = replace(details(1), parents=(parent(1),), siblings=tuple(details(number) for number in range(2, count + 1)))
    header, *rows = lines(made([first], format="mail_merge_csv", rows="family"))
    found = [[row[header.index(f"Child{number}UPN")] for number in range(1, 6)] for row in rows]
    assert [sum(map(bool, row)) for row in found] == expected
    assert [upn for row in found for upn in row if upn] == [f"UPN{number}" for number in range(1, count + 1)]
    assert {row[0] for row in rows} == {"Parent1 Older1"}


def test_a_pin_table_has_a_sheet_for_each_group() -> None:
    students = [
        details(1),
        details(2),
        replace(details(3, registration_group="7/B"), pin="", pin_ends=None, uses_sso=True),
        details(4, registration_group=None),
        details(5, year_group="8", registration_group="7A"),
        details(6, year_group=None, registration_group=None),
    ]
    found = sheets(made(students, format="pin_table_xlsx", audience="students"))
    assert [*found] == ["7A", "7-B", "Year 7, no group", "7A (2)", "No group"]
    assert found["7A"] == [
        ["Surname", "Forename", "Username", "PIN", "PIN works until"],
        ["Family1", "Given1", "user1", "P234-6789-0001", "2026-11-18"],
        ["Family2", "Given2", "user2", "P234-6789-0002", "2026-11-18"],
    ]
    assert found["7-B"][1][3:] == ["School sign-in", ""]
    assert "UPN" not in str(found)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("students", ["PIN", "PIN works until"]),
        ("parents", ["Parent code", "Code works until"]),
        ("both", ["PIN", "PIN works until", "Parent code", "Code works until"]),
    ],
)
def test_a_pin_table_shows_the_codes_of_its_audience(audience: Audience, expected: list[str]) -> None:
    (rows,) = sheets(made([details(1)], format="pin_table_xlsx", audience=audience)).values()
    assert rows[0][3:] == expected


def test_a_pin_table_of_nobody_is_a_workbook_all_the_same() -> None:
    assert sheets(made([], format="pin_table_xlsx")) == {
        "No group": [["Surname", "Forename", "Username", "PIN", "PIN works until", "Parent code", "Code works until"]]
    }


@pytest.mark.parametrize(
    ("audience", "header", "row"),
    [
        ("students", ["UPN", "StudentPIN"], ["UPN1", "P234-6789-0001"]),
        ("parents", ["UPN", "ParentCode"], ["UPN1", "F234-6789-CDFH-0001"]),
        ("both", ["UPN", "StudentPIN", "ParentCode"], ["UPN1", "P234-6789-0001", "F234-6789-CDFH-0001"]),
    ],
)
def test_codes_for_the_mis(audience: Audience, header: list[str], row: list[str]) -> None:
    data = made([details(1)], format="mis_codes", audience=audience)
    assert lines(data) == [header, row]
    assert data.isascii()


def test_results_for_aspects_of_sims() -> None:
    data = made([details(1)], format="sims_aspect")
    assert lines(data) == [
        ["UPN", "ResultSet", "ResultDate", "Latchkey PIN", "Latchkey parent code"],
        ["UPN1", "Login details", "21/09/2026", "P234-6789-0001 until 18/11/2026", "F234-6789-CDFH-0001 until 18/11/2026"],
    ]
    assert data.isascii()


@pytest.mark.parametrize("kind", ["sims_aspect", "mis_codes"])
def test_the_mis_files_leave_out_and_count_who_has_no_upn(kind: str) -> None:
    writer, out = pen_of(format=kind, audience="students")
    writer.add([details(1, upn=None), details(2), details(3, upn="")])
    writer.add([details(4, upn=None)])
    writer.finish()
    assert writer.left_out == 3
    assert [row[0] for row in lines(out.getvalue())] == ["UPN", "UPN2"]


@pytest.mark.parametrize("kind", ["sims_aspect", "mis_codes"])
def test_an_old_pin_in_the_mis_is_overwritten_for_who_needs_none(kind: str) -> None:
    elsewhere = replace(details(1), pin="", pin_ends=None, uses_sso=True)
    assert lines(made([elsewhere], format=kind, audience="students"))[1][-1] == "School sign-in"


def word(school: School = SCHOOL, **wanted: Any) -> tuple[str, list[str]]:
    """The text of the document and the codes of its fields."""
    with zipfile.ZipFile(io.BytesIO(made([details(1)], school, format="mail_merge_docx", **wanted))) as parts:
        assert parts.testzip() is None
        body = ElementTree.fromstring(parts.read("word/document.xml"))
    codes, code, depth = [], "", 0
    for each in body.iter():
        kind = each.get(f"{WORD}fldCharType") if each.tag == f"{WORD}fldChar" else None
        depth += {"begin": 1, "end": -1}.get(kind or "", 0)
        if each.tag == f"{WORD}instrText":
            code += each.text or ""
        if kind == "end" and depth == 0:
            codes.append(code)
            code = ""
    assert depth == 0
    return "\n".join(each.text or "" for each in body.iter(f"{WORD}t")), codes


@pytest.mark.parametrize("rows", ["student", "parent", "family"])
@pytest.mark.parametrize("audience", ["students", "parents", "both"])
def test_the_letter_has_only_fields_that_the_file_of_the_same_choices_has(rows: str, audience: Audience) -> None:
    header = lines(made([], format="mail_merge_csv", rows=rows, audience=audience))[0]
    text, codes = word(rows=rows, audience=audience)
    used = {
        word for code in codes for word, before in zip(code.split()[1:], code.split(), strict=False) if before == "MERGEFIELD"
    }
    assert used <= {*header}
    assert used >= ({"StudentURL"} if audience == "students" else {"ParentURL"})
    first = "" if rows == "student" else "Child1"
    assert (f"{first}StudentPIN" in used, f"{first}ParentCode" in used) == (audience != "parents", audience != "students")
    assert f"Fields of the file: {', '.join(header)}." in text
    assert "Given1" not in text


def test_dates_have_a_picture_and_those_who_sign_in_at_school_have_a_sentence() -> None:
    school = replace(SCHOOL, settings=Settings(sso=SingleSignOn(label='the "School" \\ button'), help_line="Ask & see <us>."))
    text, codes = word(school, audience="students")
    assert [code.strip() for code in codes if "PINExpires" in code] == [
        'MERGEFIELD PINExpires \\@ "d MMMM yyyy" \\b " (works until " \\f ")"'
    ]
    assert [" ".join(code.split()) for code in codes if "LoginMethod" in code] == [
        'IF MERGEFIELD LoginMethod = "School sign-in" "No PIN is needed: sign in with the \\"School\\" \\\\ button." ""'
    ]
    assert "Ask & see <us>." in text
    assert "Northbridge Academy" in text


def test_a_letter_without_the_columns_that_were_not_chosen() -> None:
    text, codes = word(columns=("Forename", "ParentCode"), audience="parents")
    assert [code.strip() for code in codes] == ["MERGEFIELD Forename", 'MERGEFIELD ParentCode \\b "Parent code: "']
    assert "Fields of the file: Forename, ParentCode." in text


def test_a_letter_says_nothing_about_who_made_it_and_is_the_same_each_time() -> None:
    data = made([], format="mail_merge_docx")
    assert data == made([details(1)], format="mail_merge_docx")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "docProps" in name]
