"""Files as schools have them: what spreadsheets, archivers, report writers and other systems do to a table."""

import io
import zipfile

import pytest

from latchkey.rosters.model.plain_csv import HEADER
from tests.support.rosters import Parsed, parent, parse, plain, row, zipped

ZOE = "mis_id,role,given_name,family_name\nS1,student,Zoë,Nuñez\nS2,student,Seán,O’Neill\n"


def names(found: Parsed) -> list[str]:
    return [f"{each.given_name} {each.family_name}".strip() for each in found.rows]


@pytest.mark.parametrize(
    "content",
    [
        ZOE.encode(),
        b"\xef\xbb\xbf\xef\xbb\xbf" + ZOE.encode(),
        ZOE.encode("utf-16"),
        b"\xfe\xff" + ZOE.encode("utf-16-be"),
        ZOE.encode("cp1252"),
        ZOE.replace(",", ";").encode("cp1252"),
        ZOE.replace(",", "\t").encode(),
        ZOE.replace("\n", "\r").encode(),
        ZOE.replace("\n", "\r\n").encode(),
        ("sep=;\r\n" + ZOE.replace(",", ";")).encode(),
        ('"sep=,"\n' + ZOE).encode(),
        (ZOE + "\x1a").encode(),
    ],
)
def test_the_same_people_whatever_program_wrote_the_file(content: bytes) -> None:
    found = parse(content)
    assert names(found) == ["Zoë Nuñez", "Seán O’Neill"]
    assert found.rejected == []


def test_names_show_whether_an_old_encoding_was_read_rightly() -> None:
    (warning,) = parse(ZOE.encode("cp1252")).warnings
    assert "Windows-1252" in warning
    assert "Zoë Nuñez; Seán O’Neill" in warning


def test_a_byte_far_down_decides_about_the_encoding() -> None:
    rows = plain([row(number) for number in range(1, 3000)]) + "S9,student,Zoë,King,,,,,,,\n".encode("cp1252")
    assert names(parse(rows))[-1] == "Zoë King"


def test_a_title_and_empty_rows_above_the_header() -> None:
    above = 'Pupil list - Northbridge Academy,,\n"Printed 25/11/2026\n08:12",,\n,,\n'
    found = parse(above.encode() + plain([row(1), row(2, email="nobody")]))
    assert [each.line for each in found.rows] == [5, 6]
    assert [(each.line, each.column) for each in found.warned] == [(6, "email")], "rows are counted as the spreadsheet shows them"


def test_words_of_other_systems_in_the_header() -> None:
    header = "Admission Number,Type,Legal Forename,Forename,Surname,E-mail,Username,UPN,Year Group,Reg. Group,Shoe size\n"
    found = parse((header + "A1,Pupil,Thomasina,Tam,Yates,t@x.example,,,Year 7,7A,38\n").encode())
    assert found.rows[0][1:5] == ("A1", "student", "Tam", "Yates"), "the better word counts"
    assert found.rows[0].email == "t@x.example"
    assert (found.rows[0].year_group, found.rows[0].registration_group) == ("7", "7A")
    assert found.warnings == ["Not read: Legal Forename, Shoe size."]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Pupil", "student"),
        ("PUPIL ", "student"),
        ("Learner", "student"),
        ("Teaching staff", "teacher"),
        ("Support Staff", "staff"),
        ("TA", "staff"),
        ("Parent/Carer", "parent"),
        ("Guardian", "parent"),
        ("Mother", "parent"),
        ("administrator", "staff"),
    ],
)
def test_words_for_roles(word: str, role: str) -> None:
    assert [each.role for each in parse(plain([row(1, role=word)])).rows] == [role]


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("niamh.o’brien@mail.example", "niamh.o'brien@mail.example"),
        (" trail.space@mail.example ", "trail.space@mail.example"),
        ("a@mail.example; b@mail.example", "a@mail.example"),
        ("a@mail.example, b@mail.example", "a@mail.example"),
        ("Ann Lee <ann@mail.example>", "ann@mail.example"),
        ("mailto:ann@mail.example", "ann@mail.example"),
        ("ann@mail.example.", "ann@mail.example"),
        ("ann@mail.example (work)", "ann@mail.example"),
        ("ann\u200b@mail.example", "ann@mail.example"),
        ("j@schüle.example", "j@xn--schle-mva.example"),
        ("n/a", None),
        ("none", None),
        ("#N/A", None),
        ("-", None),
    ],
)
def test_addresses_as_people_write_them(cell: str, address: str | None) -> None:
    found = parse(plain([parent(1, email=cell)]))
    assert [each.email for each in found.rows] == [address]
    assert found.warned == []


@pytest.mark.parametrize(
    "cell", ["jörg@mail.example", "j@faß.example", "ann at mail.example", '"quoted local"@mail.example', "a@b"]
)
def test_an_address_that_cannot_be_used_costs_nobody_the_account(cell: str) -> None:
    found = parse(plain([parent(1, email=cell)]))
    assert [(each.mis_id, each.email) for each in found.rows] == [("P1", None)]
    assert [each.column for each in found.warned] == ["email"]


@pytest.mark.parametrize(
    "group",
    [
        "Miss O'Hara",
        "Tŷ Coch",
        "Reception - Ladybirds Class",
        "7(Red)",
        "7A*",
        "7+1",
        "École",
        "3:Blue",
        "5–6 Kestrel",
        "#7A",
        "=7A",
    ],
)
def test_groups_as_schools_name_them(group: str) -> None:
    found = parse(plain([row(1, registration_group=group)]))
    assert [each.registration_group for each in found.rows] == [group]
    assert found.warned == []


@pytest.mark.parametrize("group", ["07-Oct", "10/01/2026", "1E+01", "2026-01-10 00:00:00"])
def test_groups_that_a_spreadsheet_has_made_a_date_of_are_named(group: str) -> None:
    found = parse(plain([row(1, registration_group=group)]))
    assert [each.registration_group for each in found.rows] == [group]
    assert [each.column for each in found.warned] == ["registration_group"]


@pytest.mark.parametrize(("given", "family"), [("Suharto", ""), ("", "Suharto"), ("Suharto", "-"), (".", "Suharto")])
def test_one_name_is_enough(given: str, family: str) -> None:
    found = parse(plain([row(1, given_name=given, family_name=family)]))
    assert [(each.given_name, each.family_name) for each in found.rows] == [("Suharto", "")]


def test_a_username_that_is_the_own_address_says_nothing_more() -> None:
    found = parse(plain([row(1, email="c.bean@x.example", username="C.Bean@x.example"), row(2, username="d@x.example")]))
    assert [each.username for each in found.rows] == [None, None]
    assert [(each.line, each.column) for each in found.warned] == [(3, "username")]


def test_who_leaves_in_a_plain_table() -> None:
    header = (*HEADER, "Status", "Leaving date")
    given = [
        ("Leaver", ""),
        ("", "2026-07-20"),
        ("", "20/07/2026"),
        ("Active", "2099-01-01"),
        ("", ""),
        ("", "soon"),
        ("", "31/02/2026"),
    ]
    rows = [row(number, **{"Status": status, "Leaving date": day}) for number, (status, day) in enumerate(given, start=1)]
    assert [each.leaves for each in parse(plain(rows, header)).rows] == [True, True, True, False, False, False, False]


def test_a_zip_of_a_folder_and_what_a_mac_adds() -> None:
    out = io.BytesIO()
    users = "sourcedId,role,username,givenName,familyName\nS1,student,ada,Ada,King\n"
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("OneRoster export/", "")
        bundle.writestr("OneRoster export/Users.csv", users)
        bundle.writestr("OneRoster export/.DS_Store", b"\0")
        bundle.writestr("__MACOSX/OneRoster export/._Users.csv", b"\0")
    assert names(parse(out.getvalue())) == ["Ada King"]


def test_oneroster_in_windows_1252() -> None:
    users = "sourcedId,role,username,givenName,familyName\nS1,student,ada,Zoë,King\n"
    assert names(parse(zipped(users=users.encode("cp1252")))) == ["Zoë King"]


def test_two_hundred_and_one_columns() -> None:
    header = (*HEADER, *(f"Exam {number}" for number in range(190)))
    assert names(parse(plain([row(1)], header))) == ["Given1 Family1"]
