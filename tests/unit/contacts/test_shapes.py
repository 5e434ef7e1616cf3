"""The shapes of contacts exports, as literal rows: what is read of each."""

import io
import zipfile
from typing import Any

import pytest

from latchkey.contacts.model.contact import ColumnsUnknown, Contact, Entry
from latchkey.contacts.model.sources import open_contacts
from latchkey.office_files.model.unusable import Unusable
from latchkey.office_files.xlsx import Workbook

ENTRIES = tuple[list[Entry], str, frozenset[str]]


def read(text: str | bytes, **chosen: int) -> ENTRIES:
    content = text if isinstance(text, bytes) else text.encode()
    source = open_contacts(io.BytesIO(content), chosen or None)
    return [entry for batch in source.batches() for entry in batch], source.shape, source.stated


def said(contact: Contact) -> tuple[Any, ...]:
    return contact.title, contact.given_name, contact.family_name, [address for _, address in contact.emails]


SIMS = """Contacts for Northbridge,,,,,,,,,,,,,
26/11/2026,,,,,,,,,,,,,
,,,,,,,,,,,,,
UPN,Forename,Surname,Reg,Year,Adno,Title,Forename,Surname,Relationship,Priority,Parental Responsibility,Court Order,Primary Email
G801125022401,Noé,Blair,7A,Year  7,004512,Mrs,Ana,Blair,Mother,1,T,F,ana@mail.example
G801125022401,Noé,Blair,7A,Year  7,004512,Mr,Ian,Blair,Father,2,F,T,ian@mail.example
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_sims_has_the_same_headings_twice_below_a_title(encoding: str) -> None:
    entries, shape, stated = read(SIMS.encode(encoding))
    assert (shape, stated) == ("long", {"priority", "responsibility", "restricted"})
    assert [entry.line for entry in entries] == [5, 6]
    student = entries[0].student
    assert (student.upn, student.ids, student.given_name, student.family_name) == ("G801125022401", ("004512",), "Noé", "Blair")
    assert (student.year_group, student.registration_group) == ("7", "7a")
    ana, ian = (entry.contacts[0] for entry in entries)
    assert said(ana) == ("Mrs", "Ana", "Blair", ["ana@mail.example"])
    assert (ana.relationship, ana.priority, ana.responsible, ana.restricted) == ("Mother", 1, True, False)
    assert (ian.priority, ian.responsible, ian.restricted) == (2, False, True)


def test_contacts_may_stand_before_the_student() -> None:
    entries, _, _ = read(
        "Contact ID,Priority,Forename,Surname,Email,UPN,Forename,Surname\r\n"
        "c1,1,Ana,Blair,ana@mail.example,G801125022401,Noé,Blair\r\n"
    )
    assert (entries[0].student.name, entries[0].contacts[0].name) == ("Noé Blair", "Ana Blair")


def test_schoolbookings_list_of_columns() -> None:
    entries, _, stated = read(
        "Student ID,Forename,Surname,Parent ID,Priority,Parental responsibility,Lives with Pupil,Title,Forename,Surname,"
        "Home Email,Main Telephone,Primary Email,Mobile,Class\r\n"
        "1,Noé,Blair,77,1,Yes,Yes,Mrs,Ana,Blair,home@mail.example,01632 960001,ana@mail.example,07700 900123 after 6,7A\r\n"
    )
    (ana,) = entries[0].contacts
    assert said(ana) == ("Mrs", "Ana", "Blair", ["ana@mail.example", "home@mail.example"])
    assert min(ana.emails)[1] == "ana@mail.example", "the primary address is the one to write to"
    assert ana.phones == (("main", "01632 960001"), ("mobile", "07700 900123 after 6"))
    assert (ana.contact_id, stated) == ("77", {"priority", "responsibility"})


def test_arbor_has_guardians_side_by_side_with_names_in_one_cell() -> None:
    entries, shape, _ = read(
        "Arbor ID,UPN,Student,Form,Year Group,Guardian 1 Name,Guardian 1 Email,Guardian 2 Name,Guardian 2 Email\r\n"
        '10233,W801125022402,"Moor, Tess",7B,Year 7,Ms Lea Moor,"lea@mail.example, lea@work.example",Mr Rob Moor,\r\n'
    )
    assert shape == "wide"
    assert (entries[0].student.given_name, entries[0].student.family_name) == ("Tess", "Moor")
    assert [said(contact) for contact in entries[0].contacts] == [
        ("Ms", "Lea", "Moor", ["lea@mail.example", "lea@work.example"]),
        ("Mr", "Rob", "Moor", []),
    ]


def test_arbor_says_who_is_a_primary_guardian() -> None:
    entries, _, stated = read(
        "UPN,Guardian Name,Guardian Email,Primary Guardian,Legal Guardian\r\n"
        "W801125022402,Lea Moor,lea@mail.example,Yes,Yes\r\nW801125022402,Rob Moor,rob@mail.example,No,Yes\r\n"
    )
    assert [entry.contacts[0].primary for entry in entries] == [True, False]
    assert stated == {"primary", "responsibility"}


def test_bromcom_names_the_student_without_a_word() -> None:
    entries, _, stated = read(
        "Person ID,Last Name,First Name,UPN,Year Group,Tutor Group,Contact Title,Contact First Name,Contact Last Name,"
        "Relationship,"
        "Has Parental Responsibility,Contact Priority,Court Order Restricted Access,Email\r\n"
        "8891,Nash,Lily,K801125022403,7,7C,Mr,Owen,Nash,Father,Yes,1,,owen@mail.example\r\n"
    )
    assert (entries[0].student.name, entries[0].student.ids) == ("Lily Nash", ("8891",))
    assert said(entries[0].contacts[0]) == ("Mr", "Owen", "Nash", ["owen@mail.example"])
    assert stated == {"priority", "responsibility", "restricted"}


def test_clever_has_the_contacts_name_in_one_cell_and_the_students_own_address() -> None:
    entries, _, _ = read(
        "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB,Student_email,"
        "Contact_relationship,Contact_type,Contact_name,Contact_phone,Contact_email,Contact_sis_id,Username\r\n"
        "nb1,q24s1,4530,,Rudd,,Evie,7,F,03/02/2014,evie@northbridge.example,Mother,Guardian,Kay Rudd,,"
        "kay@mail.example,q24p1,e.rudd\r\n"
    )
    assert entries[0].student.ids == ("q24s1", "4530")
    (kay,) = entries[0].contacts
    assert (said(kay), kay.contact_id) == (("", "Kay", "Rudd", ["kay@mail.example"]), "q24p1")


def test_mavis_numbers_parents() -> None:
    entries, shape, _ = read(
        "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_REGISTRATION,CHILD_NHS_NUMBER,PARENT_1_NAME,PARENT_1_RELATIONSHIP,PARENT_1_EMAIL,"
        "PARENT_1_PHONE,PARENT_2_NAME,PARENT_2_EMAIL\r\n"
        "Evie,Rudd,7A,999,Kay Rudd,Mother,kay@mail.example,07700 900123,,\r\n"
    )
    assert (shape, entries[0].student.name) == ("wide", "Evie Rudd")
    (kay,) = entries[0].contacts
    assert (kay.relationship, kay.phones) == ("Mother", (("main", "07700 900123"),))


def test_a_french_file_counts_r1_and_r2() -> None:
    entries, _, _ = read(
        "UPN;Surname;Forename;Nom R1;Prénom R1;Adresse e-mail R1;Nom R2;Prénom R2;Adresse e-mail R2\r\n"
        "W801125022402;Moor;Tess;Moor;Lea;lea@mail.example;Moor;Rob;rob@mail.example\r\n"
    )
    assert entries[0].student.name == "Tess Moor"
    assert [said(each)[1:] for each in entries[0].contacts] == [
        ("Lea", "Moor", ["lea@mail.example"]),
        ("Rob", "Moor", ["rob@mail.example"]),
    ]


def test_mother_and_father_are_two_contacts() -> None:
    entries, _, _ = read(
        "UPN,Pupil,Mother's Name,Mother Email,Father Name,Father Email\r\nW801125022402,T Moor,Lea Moor,l@x.uk,Rob Moor,\r\n"
    )
    assert [contact.name for contact in entries[0].contacts] == ["Lea Moor", "Rob Moor"]


CTF = """<?xml version="1.0" encoding="UTF-8"?>
<CTfile><Header><CTFversion>24.0</CTFversion></Header><CTFpupilData><Pupil><UPN>V801125022301</UPN><Surname>Marsh</Surname>
<Forename>Ivy</Forename><DOB>2014-02-03</DOB><BasicDetails><PreferredForename>Ives</PreferredForename><NCyearActual>7</NCyearActual>
</BasicDetails><Contacts><Contact><Order>1</Order><Title>Ms</Title><Surname>Marsh</Surname><Forename>Dee</Forename>
<Relationship>M</Relationship><Responsibility>true</Responsibility><Phones><Phone><TelephoneType>M</TelephoneType>
<PhoneNo>07700 900123</PhoneNo></Phone></Phones><Email>dee@mail.example</Email></Contact><Contact><Order>2</Order>
<Surname>Marsh</Surname><Responsibility>false</Responsibility><Email/></Contact></Contacts></Pupil></CTFpupilData></CTfile>"""


def test_a_ctf_has_contacts_too() -> None:
    entries, shape, stated = read(CTF)
    assert (shape, stated) == ("ctf", {"priority", "responsibility"})
    (entry,) = entries
    assert (entry.student.upn, entry.student.name, entry.student.year_group) == ("V801125022301", "Ives Marsh", "7")
    dee, other = entry.contacts
    assert (said(dee), dee.priority, dee.responsible) == (("Ms", "Dee", "Marsh", ["dee@mail.example"]), 1, True)
    assert dee.phones == (("mobile", "07700 900123"),)
    assert (other.family_name, other.responsible, other.emails) == ("Marsh", False, ())


def test_names_in_capitals_are_written_as_people_write_them() -> None:
    entries, _, _ = read(CTF.replace("<Surname>Marsh</Surname><Forename>Dee", "<Surname>O'NEIL</Surname><Forename>DEE"))
    assert said(entries[0].contacts[0])[1:3] == ("Dee", "O'Neil")


def test_a_ctf_and_a_table_may_stand_in_a_zip_and_a_table_in_a_workbook() -> None:
    def zipped(name: str, content: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as bundle:
            bundle.writestr(name, content)
        return made.getvalue()

    assert read(zipped("8011250_CTF_8014321_001.xml", CTF.encode()))[0] == read(CTF)[0]
    assert read(zipped("report.csv", SIMS.encode()))[0] == read(SIMS)[0]
    made = io.BytesIO()
    book = Workbook(made.write)
    header, *rows = (line.split(",") for line in SIMS.splitlines()[3:])
    book.sheet("Contacts", header, [10] * len(header))
    book.add(rows)
    book.finish()
    assert [entry._replace(line=0) for entry in read(made.getvalue())[0]] == [entry._replace(line=0) for entry in read(SIMS)[0]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('<!DOCTYPE CTfile [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><CTfile>&b;</CTfile>', "document type"),
        ("<CTfile>" * 100, "too deep"),
        ("<CTfile><CTFpupilData><Pupil>" + "<UPN/>" * 20_001 + "</Pupil></CTFpupilData></CTfile>", "more than 20,000 elements"),
        ("<html><body>Sign in</body></html>", "not a Common Transfer File"),
        ("<CTfile><Pupil></CTfile>", "no XML"),
    ],
)
def test_hostile_xml_is_refused_with_its_reason(content: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read(content)


def test_too_few_columns_are_asked_for_and_then_taken() -> None:
    text = "Nr,Who,Mail to,Pupil\r\n4510,Ana Blair,ana@mail.example,Noé Blair\r\n"
    with pytest.raises(ColumnsUnknown) as unknown:
        read(text)
    assert (unknown.value.header, unknown.value.found) == (["Nr", "Who", "Mail to", "Pupil"], {"student_name": 3})
    entries, _, _ = read(text, student_id=0, name=1, email=2)
    assert (entries[0].student.ids, entries[0].student.name) == (("4510",), "Noé Blair")
    assert said(entries[0].contacts[0]) == ("", "Ana", "Blair", ["ana@mail.example"])


def test_a_row_without_a_contact_still_names_its_student_and_one_too_long_says_so() -> None:
    entries, _, _ = read(
        "UPN,Contact Name,Contact Email\r\nW801125022402,,\r\nW801125022402,Lea Moor,nonsense\r\n"
        "W801125022402,a,b@x.example,c,d\r\n"
    )
    assert [(entry.line, len(entry.contacts), entry.unusable) for entry in entries[:2]] == [(2, 0, ()), (3, 1, ("nonsense",))]
    assert entries[2].fault == "the row has 5 cells, the header has 3"


def test_a_upn_whose_check_letter_does_not_fit_is_not_believed() -> None:
    entries, _, _ = read("UPN,Contact Name,Contact Email\r\nA801125022402,Lea Moor,lea@mail.example\r\n")
    assert (entries[0].student.upn, entries[0].student.wrong_upn) == ("", "A801125022402")
