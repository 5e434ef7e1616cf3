"""What we wrote is read again as it was: every name, through CSV and workbooks, in every file that a school may bring back."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import COLUMNS
from latchkey.login_details.model.runs import ExportRequest, Format
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.office_files.csv import MARK, block
from latchkey.office_files.xlsx import Workbook
from latchkey.people.model.person import Person
from latchkey.rosters.model import words
from latchkey.schools.model.school import School
from latchkey.sends.download_recipients import HEADER
from tests.support.hostile_names import HOSTILE, LONG
from tests.support.workbooks import opened, table

PRINTABLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]) | st.sampled_from("=+-@'\";,|\u2212＝"), max_size=20)
TRICKS = ("'=1", "''=1", "=1+1", "-Ann", "'-Ann", "O'Brien", "a;'=1", "_x0041_", "a_x000D_", " padded ", "'", '"', "+44 1", "@x")


def as_csv(header: tuple[str, ...], rows: list[list[str]]) -> bytes:
    return MARK + block([header]) + block(rows)


def as_workbook(header: tuple[str, ...], rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out.write)
    book.sheet("People", header, [10] * len(header))
    book.add(rows)
    book.finish()
    return out.getvalue()


@pytest.mark.parametrize("way", [as_csv, as_workbook])
def test_hostile_names_come_back(way: type) -> None:
    rows = [[f"S{number}", name, name] for number, name in enumerate((*HOSTILE, *TRICKS)) if name not in LONG]
    header, found = table(way(("mis_id", "surname", "forename"), rows))
    assert header == ["mis_id", "surname", "forename"]
    assert [cells for _, cells in found] == rows


@given(names=st.lists(PRINTABLE, min_size=1, max_size=20))
@example(names=list(TRICKS))
def test_any_printable_name_comes_back(names: list[str]) -> None:
    rows = [[f"S{number}", name, name] for number, name in enumerate(names)]
    for way in (as_csv, as_workbook):
        assert [cells for _, cells in table(way(("mis_id", "surname", "forename"), rows))[1]] == rows, way.__name__


@given(names=st.lists(PRINTABLE, min_size=1, max_size=5))
def test_a_file_of_recipients_comes_back(names: list[str]) -> None:
    rows = [
        [name, "a@x.example", "delivered", "", "2026-10-07 09:00", "", f"P{number}", name, "7", "7A"]
        for number, name in enumerate(names)
    ]
    for way in (as_csv, as_workbook):
        header, found = table(way(HEADER, rows))
        assert header == [*HEADER]
        assert [cells for _, cells in found] == rows


def exported(kind: Format, names: tuple[str, ...]) -> bytes:
    """A file of login details: every second student in another registration group."""
    out = io.BytesIO()
    setting = Setting(
        school=School(slug="northbridge", name="Northbridge"),
        wanted=ExportRequest(scope=Scope(), format=kind),
        origin="https://latchkey.example",
        now=1_790_000_000,
    )
    writer = new_writer(setting, out.write)
    for group, start in (("7A", 0), ("7B", 1)):
        writer.add([_details(number, names[number], group) for number in range(start, len(names), 2)])
    writer.finish()
    return out.getvalue()


def _details(number: int, name: str, group: str) -> LoginDetails:
    facts = {"given_name": name, "family_name": name, "username": f"user{number}", "mis_id": f"S{number}"}
    student = Person(id=f"{number:020d}", role="student", year_group="7", registration_group=group, number=number + 1, **facts)
    return LoginDetails(student=student, pin="P234-6789-CDFH", pin_ends=1_795_046_400)


@pytest.mark.parametrize("kind", ["mail_merge_csv", "mail_merge_xlsx"])
def test_a_mail_merge_comes_back(kind: Format) -> None:
    header, rows = table(exported(kind, TRICKS))
    assert header == [*COLUMNS]
    place = COLUMNS.index("Surname")
    assert sorted(cells[place] for _, cells in rows) == sorted(TRICKS)
    known = {word: words.field_of(word) for word in header}
    assert known["StudentId"] == "mis_id"
    assert known["RegGroup"] == "registration_group"
    assert [known[word] for word in ("UPN", "Surname", "Forename", "Year", "Username")] == [
        "upn", "family_name", "given_name", "year_group", "username",
    ]  # fmt: skip
    assert not {"left", "leaving_date"} & {*known.values()}, "places that are left make nobody leave"


def test_a_table_of_pins_comes_back_with_all_its_sheets() -> None:
    file = opened(exported("pin_table_xlsx", TRICKS))
    header, rows = table(file)
    assert header[:4] == ["Surname", "Forename", "Username", "PIN"]
    assert sorted(cells[0] for _, cells in rows) == sorted(TRICKS)
    assert "2 sheets have the same header and were read as one table: 7A, 7B." in file.warnings[0]


def test_the_words_of_our_own_headings_are_known() -> None:
    assert words.field_of("E-mail") == "email"
