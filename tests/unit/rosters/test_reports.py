"""Reports of SIMS, Arbor and Bromcom, and lists of other systems: which column is read as what, and who is in them."""

import io
from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import Around
from latchkey.rosters.model.columns import Chosen, checked, fingerprint, propose, telling
from latchkey.rosters.model.files import open_roster
from latchkey.rosters.model.full_names import taken_apart
from latchkey.rosters.model.plain_csv import ColumnsMissing, PlainCsv
from latchkey.rosters.model.runs import Row
from latchkey.rosters.stores.notes import TemporaryNotes
from tests.support.rosters import TODAY
from tests.support.workbooks import excel

SIMS = (
    "UPN,Forename,Surname,Reg,Year,Adno,Title,Forename,Surname,Relationship,Priority,Parental Responsibility,Court Order,"
    "Primary Email\r\n"
    "G801125022401,Noémi,Blair,7A,Year  7,004512,Mrs,Ana,Blair,Mother,1,T,F,ana.blair@mail.example\r\n"
    "G801125022401,Noémi,Blair,7A,Year  7,004512,Mr,Ian,Blair,Father,2,T,F,ian.blair@mail.example\r\n"
).encode("cp1252")
ARBOR = (
    b"Arbor ID,UPN,Student,Form,Year Group,Guardian 1 Name,Guardian 1 Email,Guardian 2 Name,Guardian 2 Email\r\n"
    b"10233,W801125022402,Tess Moor,7B,Year 7,Ms Lea Moor,lea.moor@mail.example,Mr Rob Moor,\r\n"
)
BROMCOM = (
    b"Person ID,Last Name,First Name,UPN,Year Group,Tutor Group,Contact Title,Contact First Name,Contact Last Name,Relationship,"
    b"Has Parental Responsibility,Priority,Email\r\n"
    b"8891,Nash,Lily,K801125022403,7,7C,Mr,Owen,Nash,Father,Yes,1,owen.nash@mail.example\r\n"
)
GOOGLE = (
    b"First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required],"
    b"Employee ID\r\n"
    b"Omar,Pike,omar.pike@northbridge.example,****,/Students/Year 7,4521\r\n"
)
CLEVER = (
    b"School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB,Student_email,"
    b"Contact_relationship,Contact_type,Contact_name,Contact_phone,Contact_email,Contact_sis_id,Username\r\n"
    b"nb1,q24s1,4530,,Rudd,,Evie,7,F,03/02/2014,evie.rudd@northbridge.example,Mother,Guardian,Kay Rudd,,kay.rudd@mail.example,"
    b"q24p1,evie.rudd\r\n"
)
CANVAS = (
    b"user_id,login_id,authentication_provider_id,password,first_name,last_name,short_name,email,pronouns,declared_user_type,"
    b"status\r\n"
    b"q24c1,ruth.sole@northbridge.example,,,Ruth,Sole,,ruth.sole@northbridge.example,,student,active\r\n"
)
MOODLE = (
    b"username,firstname,lastname,email,idnumber,cohort1,profile_field_year\r\ntia.wells,Tia,Wells,t@n.example,q24m1,7A,7\r\n"
)
OURS = (
    b"Admission Number,Type,Forename,Surname,Email Address,Username,UPN,Year Group,Reg Group\r\n"
    b"q24h1,student,Uma,Yates,,,Z801125022404,7,7A\r\n"
)


def opened(content: bytes, chosen: Chosen | None = None) -> PlainCsv:
    with TemporaryNotes() as notes:
        source = open_roster(io.BytesIO(content), Around(frozenset(), TODAY), notes, columns=lambda _: chosen)
    assert isinstance(source, PlainCsv)
    return source


def rows(source: PlainCsv) -> list[Row]:
    found = list(source.batches())
    assert [each for batch in found for each in batch.rejected] == []
    return [row for batch in found for row in batch.rows]


def facts(row: Row) -> tuple[Any, ...]:
    return (row.mis_id, row.role, row.given_name, row.family_name, row.email, row.upn, row.year_group)


def read_as(source: PlainCsv) -> dict[str, str]:
    return {each.word: each.field for each in source.columns() if each.field}


def test_24a_sims_a_row_for_each_pupil_and_contact() -> None:
    source = opened(SIMS)
    (pupil,) = rows(source)
    assert facts(pupil) == ("004512", "student", "Noémi", "Blair", None, "G801125022401", "7")
    assert pupil.registration_group == "7A"
    assert source.proposal.shape == "sims"
    columns = source.columns()
    assert [(each.word, each.field) for each in columns[:6]] == [
        ("UPN", "upn"),
        ("Forename", "given_name"),
        ("Surname", "family_name"),
        ("Reg", "registration_group"),
        ("Year", "year_group"),
        ("Adno", "mis_id"),
    ]
    assert {each.field for each in columns[6:]} == {None}, "the rest is the contact's"
    assert "contact" in str(columns[7].why)
    assert columns[1].samples == ("Noémi",)
    assert columns[13].samples == (), "what is not read is not shown"
    assert any("Windows-1252" in each and "Noémi Blair" in each for each in source.warnings)
    assert any("pupils are taken once" in each for each in source.warnings)
    assert any("under Contacts" in each for each in source.warnings)


def test_24a_as_a_workbook_under_a_title_with_a_count_below() -> None:
    sheet = [
        ["Pupils and contacts"],
        ["Printed 26/11/2026"],
        [],
        *[line.split(",") for line in SIMS.decode("cp1252").splitlines()],
    ]
    source = opened(excel(("Report", [*sheet, ["Total: 2"]])))
    (pupil,) = rows(source)
    assert facts(pupil) == ("004512", "student", "Noémi", "Blair", None, "G801125022401", "7")
    assert any("totals" in each for each in source.warnings)


def test_24b_arbor_with_guardians_side_by_side_and_the_name_in_one_cell() -> None:
    source = opened(ARBOR)
    (pupil,) = rows(source)
    assert facts(pupil) == ("10233", "student", "Tess", "Moor", None, "W801125022402", "7")
    assert source.proposal.shape == "arbor"


def test_24c_bromcom_where_the_only_email_is_the_contacts() -> None:
    source = opened(BROMCOM)
    (pupil,) = rows(source)
    assert facts(pupil) == ("8891", "student", "Lily", "Nash", None, "K801125022403", "7")
    assert source.proposal.shape == "bromcom"


@pytest.mark.parametrize(
    ("content", "system"), [(GOOGLE, "Google Workspace"), (CANVAS, "Canvas"), (MOODLE, "Moodle")], ids=["24d", "24f", "24g"]
)
def test_lists_of_accounts_are_refused_with_the_way_to_go(content: bytes, system: str) -> None:
    with pytest.raises(Unusable, match="Update e-mails") as caught:
        opened(content)
    assert (caught.value.code, system in caught.value.detail) == ("accounts_file", True)


def test_24e_clever_students_and_their_contacts() -> None:
    source = opened(CLEVER)
    (pupil,) = rows(source)
    assert facts(pupil) == ("q24s1", "student", "Evie", "Rudd", "evie.rudd@northbridge.example", None, "7")
    assert pupil.username == "evie.rudd"
    assert source.proposal.shape == "clever"


@pytest.mark.parametrize(("cell", "upn"), [("g801125022401", "G801125022401"), ("12345", None), ("", None)])
def test_a_state_id_is_the_upn_where_it_is_one(cell: str, upn: str | None) -> None:
    (pupil,) = rows(opened(CLEVER.replace(b"4530,,", f"4530,{cell},".encode())))
    assert pupil.upn == upn


def test_24h_our_table_under_the_words_of_an_mis() -> None:
    (pupil,) = rows(opened(OURS))
    assert facts(pupil) == ("q24h1", "student", "Uma", "Yates", None, "Z801125022404", "7")
    assert pupil.registration_group == "7A"


def test_a_mavis_class_list_asks_for_the_id_that_it_lacks() -> None:
    content = (
        b"CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_PREFERRED_FIRST_NAME,CHILD_DATE_OF_BIRTH,CHILD_REGISTRATION,CHILD_NHS_NUMBER,"
        b"CHILD_REF,PARENT_1_NAME,PARENT_1_EMAIL\nThomasina,Yates,Tam,2014-02-03,7A,9990000018,c1,Kay Yates,kay@mail.example\n"
    )
    source = opened(content)
    assert source.chosen.missing == ("mis_id",)
    with pytest.raises(ColumnsMissing):
        list(source.batches())
    chosen = checked({"0": "given_name", "1": "family_name", "4": "registration_group", "6": "mis_id"}, "student", source.header)
    (pupil,) = rows(opened(content, chosen))
    assert facts(pupil) == ("c1", "student", "Thomasina", "Yates", None, None, None)
    assert pupil.registration_group == "7A"


def test_pupils_without_a_role_column_are_asked_about_and_the_choice_is_proposed() -> None:
    content = b"Adno,Forename,Surname,Reg,UPN\n1,Uma,Yates,7A,Z801125022404\n"
    source = opened(content)
    assert (source.chosen.missing, source.proposal.proposed_role) == (("role",), "student")
    chosen = Chosen(columns=source.chosen.columns, role="student", source="chosen")
    assert [row.role for row in rows(opened(content, chosen))] == ["student"]
    staff = opened(b"Employee ID,Forename,Surname\n1,Uma,Yates\n")
    assert (staff.chosen.missing, staff.proposal.proposed_role) == (("role",), None)


@pytest.mark.parametrize(
    "header",
    [
        "Person ID,Forename,Surname,Work Email,Emergency Contact Name,Relationship",
        "Employee ID,Forename,Surname,Year,Emergency Contact Name,Relationship",
        "Staff Code,ID,Forename,Surname,UPN,Priority",
        "ID,Forename,Surname,Reg,Forename,Surname",
    ],
)
def test_nobody_is_taken_for_a_pupil_because_they_have_a_contact(header: str) -> None:
    assert propose(header.split(",")).chosen.role is None, "staff have contacts for emergencies, and no roster changes a role"


def test_the_role_of_a_contact_is_not_the_pupils() -> None:
    found = propose(["Adno", "UPN", "Forename", "Surname", "Contact Name", "Relationship", "Type", "Status"]).chosen
    assert (found.role, set(found.columns)) == ("student", {"mis_id", "upn", "given_name", "family_name"})


def test_a_upn_can_be_the_id_where_there_is_no_other() -> None:
    content = b"UPN,Forename,Surname\nZ801125022404,Uma,Yates\n"
    chosen = checked({"0": "upn_as_id", "1": "given_name", "2": "family_name"}, "student", ["UPN", "Forename", "Surname"])
    source = opened(content, chosen)
    assert [(row.mis_id, row.upn) for row in rows(source)] == [("Z801125022404", "Z801125022404")]
    assert read_as(source)["UPN"] == "upn_as_id"


@pytest.mark.parametrize(
    "end", ["Total: 2,,,", "Total,2,,", ",Number of pupils: 2,,", "2 pupils,,,", "Printed 26/11/2026 08:12,,,", "Page 1 of 1,,,"]
)
def test_totals_and_counts_under_the_list_are_no_people(end: str) -> None:
    source = opened(f"Adno,Type,Surname,Forename\n1,Pupil,Page,Ann\n2,Pupil,Total,\n\n{end}\n".encode())
    assert [row.mis_id for row in rows(source)] == ["1", "2"], "a pupil of that name stays"
    assert any("totals" in each for each in source.warnings)


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        ("Student", "Moor, Tess Ann", ("Tess Ann", "Moor")),
        ("Name", "Tess Ann Moor", ("Tess Ann", "Moor")),
        ("Pupil Name", "Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Surname Forename", "Moor Tess Ann", ("Tess Ann", "Moor")),
        ("Surname, Forename", "van Dyke Ann", ("Ann", "van Dyke")),
        ("Forename Surname", "Suharto", ("Suharto", "")),
    ],
)
def test_a_name_in_one_cell(header: str, cell: str, name: tuple[str, str]) -> None:
    source = opened(f'"{header}",Adno,Role\n"{cell}",1,Pupil\n'.encode())
    (row,) = rows(source)
    assert (row.given_name, row.family_name) == name
    assert any(" | ".join(filter(None, name)) in warning for warning in source.warnings)


def test_words_split_anywhere_keep_every_letter() -> None:
    for text in ("", "  ", ",", "a,", ",b", "de la", "van", "a b c d e"):
        for first in (True, False):
            given, family = taken_apart(text, family_first=first)
            assert sorted((given + family).replace(" ", "")) == sorted(text.replace(",", "").replace(" ", ""))


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Student ID,Forename,Surname,Parent ID,Priority,Title,Forename,Surname,Home Email", "mis_id given_name family_name"),
        ("Adno,Surname,Forename,Parental Email,Email,Year,Reg", "mis_id family_name given_name year_group registration_group"),
        ("Adno,Surname,Forename,Parental Email,Student Email", "mis_id family_name given_name email"),
        ("Adno,Forename,Surname,Reg,Forename,Surname,Email", "mis_id given_name family_name registration_group"),
        ("Adno,Legal Surname,Preferred Surname,Forename", "mis_id family_name preferred_family_name given_name"),
        ("Adno,Preferred Surname,Known as", "mis_id family_name given_name"),
        ("Adno,Name,Known as", "mis_id full_name preferred_given_name"),
        ("Adno,Name,Forename,Surname", "mis_id given_name family_name"),
        ("Adno,Forename,Surname,Email,Email", "mis_id given_name family_name"),
        ("Person ID,LegalFirstName,LegalLastName,StudentEmail,YearGroup", "mis_id given_name family_name email year_group"),
    ],
)
def test_which_column_is_whose(header: str, fields: str) -> None:
    words = header.split(",")
    found = propose(words).chosen.columns
    assert [name for name, _ in sorted(found.items(), key=lambda each: each[1])] == fields.split()


def test_a_header_is_known_again_whatever_its_capitals_and_blanks() -> None:
    assert fingerprint(["Adno", " Fore  name", "Prénom", ""]) == fingerprint(["ADNO", "fore name", "prenom"])
    assert fingerprint(["Adno", "Forename"]) != fingerprint(["Forename", "Adno"])


def test_bad_choices_are_refused_all_at_once() -> None:
    header = ["ID", "Forename", "Surname", "password"]
    with pytest.raises(Invalid) as caught:
        checked({"1": "email", "2": "email", "3": "username", "9": "upn", "x": "upn", "0": "shoe"}, "admin", header)
    assert set(caught.value.fields) == {
        "columns.2", "columns.3", "columns.9", "columns.x", "columns.0", "role", "mis_id", "name",
    }  # fmt: skip
    with pytest.raises(Invalid) as caught:
        checked({"0": "mis_id", "1": "role", "2": "full_name"}, "student", header)
    assert set(caught.value.fields) == {"role"}
    with pytest.raises(Invalid) as caught:
        checked({"0": "mis_id", "1": "given_name", "2": "full_name"}, "parent", header)
    assert set(caught.value.fields) == {"name"}


def test_samples_show_accents_and_odd_signs_first() -> None:
    assert telling(["Ann", "Bob", "O'Neil", "Zoë", "Cai", "Dev", "Eve", "Zoë", ""]) == ("Zoë", "O'Neil", "Ann", "Bob", "Cai")


@pytest.mark.parametrize("cell", ["Year  7", "Curriculum Year  7", "NC Year 7", "Yr.7", "Year group 7", "07"])
def test_years_as_reports_write_them(cell: str) -> None:
    (row,) = rows(opened(f"Adno,Role,Name,Year\n1,Pupil,A B,{cell}\n".encode()))
    assert row.year_group == "7"


def test_a_known_as_name_stands_beside_the_legal_one() -> None:
    content = b"Adno,Type,Forename,Surname,Known as,Preferred Surname\n1,Pupil,Thomasina,Yates,Tam,\n"
    (row,) = rows(opened(content))
    assert (row.given_name, row.family_name) == ("Thomasina", "Yates")
    assert (row.preferred_given_name, row.preferred_family_name) == ("Tam", None)
