"""Common Transfer Files: whose they are, whom they add, what is never read, and XML that is made to hurt."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.office_files.model.unusable import Unusable
from latchkey.people.model.person import Person
from latchkey.rosters.model.bundle import Around
from latchkey.rosters.model.capitals import are_capitals, as_written
from latchkey.rosters.model.ctf_pupils import Transfer
from latchkey.rosters.model.files import open_roster
from latchkey.rosters.stores.notes import TemporaryNotes
from tests.support.rosters import SCHOOL, TODAY, UPNS, Parsed, parse

US = "<LEA>801</LEA><Estab>1250</Estab><SchoolName>Northbridge Academy</SchoolName>"
NOBODY = "<LEA>MMM</LEA><Estab>MMMM</Estab>"
OTHER = "<LEA>801</LEA><Estab>1251</Estab><SchoolName>Southgate</SchoolName>"
OURS = (SCHOOL, "100001", "8011250")


def pupil(upn: str = UPNS[0], details: str = "<NCyearActual>7</NCyearActual>", more: str = "", names: str = "") -> str:
    names = names or "<Surname>Marsh</Surname><Forename>Ivy</Forename>"
    return f"<Pupil><UPN>{upn}</UPN>{names}<BasicDetails>{details}</BasicDetails>{more}</Pupil>"


def ctf(*pupils: str, source: str = US, dest: str = NOBODY, version: str = "24.0", qualifier: str = "partial") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<CTfile><Header><DocumentName>Common Transfer File</DocumentName>'
        f"<CTFversion>{version}</CTFversion><DocumentQualifier>{qualifier}</DocumentQualifier><SourceSchool>{source}</SourceSchool>"
        f"<DestSchool>{dest}</DestSchool></Header><CTFpupilData>{''.join(pupils)}</CTFpupilData></CTfile>"
    ).encode()


def student(number: int, upn: str, **facts: Any) -> Person:
    named = {"id": f"{number:020d}", "given_name": "Ivy", "family_name": "Marsh", "mis_id": f"S{number}"}
    return Person(**{**named, "role": "student", "upn": upn, **facts})


def read(content: bytes, *students: Person) -> Parsed:
    return parse(content, OURS, students=lambda: iter([list(students)]))


CASE_23 = """<?xml version="1.0" encoding="UTF-8"?>
<CTfile><Header><DocumentName>Common Transfer File</DocumentName><CTFversion>24.0</CTFversion>
<DateTime>2026-11-25T08:00:00</DateTime>
<DocumentQualifier>partial</DocumentQualifier><DataQualifier>full</DataQualifier>
<SupplierID>made-up MIS</SupplierID><SourceSchool>
<LEA>801</LEA><Estab>1250</Estab><SchoolName>Northbridge Academy</SchoolName><AcademicYear>2026</AcademicYear></SourceSchool>
<DestSchool><LEA>MMM</LEA><Estab>MMMM</Estab></DestSchool></Header>
<CTFpupilData><Pupil><UPN>V801125022301</UPN><Surname>Marsh</Surname><Forename>Ivy</Forename><DOB>2014-02-03</DOB><Sex>F</Sex>
<BasicDetails><PreferredForename>Ives</PreferredForename><NCyearActual>7</NCyearActual></BasicDetails>
<Email>ivy.marsh@northbridge.example</Email><Contacts><Contact><Order>1</Order><Title>Ms</Title><Surname>Marsh</Surname>
<Forename>Dee</Forename><Relationship>M</Relationship><Responsibility>true</Responsibility><Email>dee.marsh@mail.example</Email>
</Contact></Contacts></Pupil></CTFpupilData></CTfile>"""


def test_a_new_pupil_is_known_by_the_upn() -> None:
    found = read(CASE_23.encode())
    (row,) = found.rows
    assert (row.mis_id, row.role, row.upn, row.year_group) == ("upn:V801125022301", "student", "V801125022301", "7")
    assert (row.given_name, row.family_name, row.preferred_given_name) == ("Ivy", "Marsh", "Ives")
    assert (row.email, row.username, row.leaves, row.links) == ("ivy.marsh@northbridge.example", None, False, ())
    assert (found.format, found.whole, found.rejected) == ("ctf", False, [])
    assert found.shape == (
        "Common Transfer File 24.0, some pupils only (partial); contacts, dates of birth and all else about pupils were not read"
    )
    assert "dee.marsh" not in repr(found)
    assert "2014" not in repr(found)


def test_a_known_pupil_keeps_the_id_of_the_mis() -> None:
    found = read(ctf(pupil(UPNS[0]), pupil(UPNS[1])), student(7, UPNS[0]), student(9, UPNS[2]))
    assert [each.mis_id for each in found.rows] == ["S7", f"upn:{UPNS[1]}"]


def test_a_former_upn_is_how_a_temporary_one_becomes_permanent() -> None:
    details = f"<FormerUPN>{UPNS[1]}</FormerUPN>"
    found = read(ctf(pupil(UPNS[0], details)), student(7, UPNS[1]))
    assert [(each.mis_id, each.upn) for each in found.rows] == [("S7", UPNS[0])]
    both = read(ctf(pupil(UPNS[0], details)), student(7, UPNS[1]), student(8, UPNS[0]))
    assert [each.mis_id for each in both.rows] == ["S8"]
    assert [(each.line, each.column) for each in both.warned] == [(1, "FormerUPN")]
    strange = read(ctf(pupil(UPNS[0], "<FormerUPN>nonsense</FormerUPN>")), student(7, UPNS[1]))
    assert [each.mis_id for each in strange.rows] == [f"upn:{UPNS[0]}"]


@pytest.mark.parametrize("upn", ["", "A801200005001", "x" * 5000])
def test_a_pupil_without_a_upn_is_rejected_and_the_others_are_taken(upn: str) -> None:
    found = read(ctf(pupil(upn), pupil(UPNS[1])))
    assert [(each.line, each.upn) for each in found.rows] == [(2, UPNS[1])]
    assert [(each.line, each.column) for each in found.rejected] == [(1, "UPN")]


@pytest.mark.parametrize(
    ("year", "kept"), [("7", "7"), ("R", "R"), ("N1", "N1"), ("N2", "N2"), ("X", None), ("14", "14"), ("", None), ("E9", None)]
)
def test_years(year: str, kept: str | None) -> None:
    assert [each.year_group for each in read(ctf(pupil(details=f"<NCyearActual>{year}</NCyearActual>"))).rows] == [kept]


def test_of_two_addresses_the_first() -> None:
    more = "<Email>a@mail.example, b@mail.example</Email>"
    assert [each.email for each in read(ctf(pupil(more=more), pupil(UPNS[1], more="<Email/>"))).rows] == ["a@mail.example", None]


@pytest.mark.parametrize("version", ["23.0", "24.0", "25.0", "", "99 <![CDATA[<b>]]>"])
def test_the_version_is_only_shown(version: str) -> None:
    assert len(read(ctf(pupil(), version=version)).rows) == 1


def test_order_and_unknown_elements_do_not_matter() -> None:
    given = (
        "<CTfile><Extra><UPN>x</UPN></Extra><CTFpupilData><Pupil><New><UPN>Z</UPN></New><BasicDetails><Other>1</Other>"
        f"<NCyearActual>7</NCyearActual></BasicDetails><Forename>Ivy</Forename><Surname>Marsh</Surname><UPN> {UPNS[0]} </UPN>"
        "</Pupil></CTFpupilData><Header><DestSchool><Estab>1250</Estab><LEA>801</LEA></DestSchool></Header></CTfile>"
    )
    assert [(each.upn, each.year_group) for each in read(given.encode()).rows] == [(UPNS[0], "7")]


# Whose it is


@pytest.mark.parametrize(
    ("source", "dest"), [(US, NOBODY), (OTHER, US), (NOBODY, "<URN>100001</URN>"), ("<URN>100001</URN>", ""), (US, OTHER)]
)
def test_a_file_is_ours_by_laestab_or_urn_as_source_or_destination(source: str, dest: str) -> None:
    assert read(ctf(pupil(), source=source, dest=dest), student(7, UPNS[0])).rows


@pytest.mark.parametrize("ours", [OURS, (SCHOOL, "100001"), (SCHOOL,)])
def test_a_file_of_others_is_refused(ours: tuple[str, ...]) -> None:
    with pytest.raises(Unusable, match=r"8011251") as caught:
        parse(ctf(pupil(), source=OTHER), ours)
    assert ("settings" in caught.value.detail) == (ours != OURS)
    with pytest.raises(Unusable):
        parse(ctf(pupil(), source="", dest=""), ours)


def test_who_goes_to_another_school_has_not_left_by_that_and_is_not_added() -> None:
    here, gone = student(7, UPNS[0]), student(8, UPNS[1], status="left")
    found = read(ctf(pupil(UPNS[0]), pupil(UPNS[1]), pupil(UPNS[2]), dest=OTHER), here, gone)
    assert [(each.mis_id, each.leaves) for each in found.rows] == [("S7", False)]
    assert [each.line for each in found.rejected] == [2, 3]
    (told,) = found.warnings
    assert "Southgate" in told
    assert "Have they left?" in told


def test_who_comes_back_is_the_same_pupil() -> None:
    found = read(ctf(pupil(UPNS[1]), source=OTHER, dest=US), student(8, UPNS[1], status="left"))
    assert [(each.mis_id, each.leaves) for each in found.rows] == [("S8", False)]


# Capitals


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("SMITH", "Smith"),
        ("SMITH-JONES", "Smith-Jones"),
        ("O'NEIL", "O'Neil"),
        ("O’NEIL", "O’Neil"),
        ("MCKAY", "McKay"),
        ("ŁUCJA ÉMILE", "Łucja Émile"),
        ("VAN DER BERG", "Van Der Berg"),
        ("HENRY III", "Henry III"),
        ("MC", "Mc"),
        ("ST. JOHN", "St. John"),
    ],
)
def test_names_in_capitals_are_shown_as_people_write_them(written: str, shown: str) -> None:
    assert are_capitals(written)
    assert as_written(written) == shown
    names = f"<Surname>{written}</Surname><Forename>ANN</Forename>"
    assert [(each.given_name, each.family_name) for each in read(ctf(pupil(names=names))).rows] == [("Ann", shown)]


@pytest.mark.parametrize("names", [("McKay", "ANN"), ("Li", "AJ"), ("王", "明"), ("de Vries", "J"), ("", "X"), ("", "")])
def test_names_that_are_not_all_in_capitals_stay(names: tuple[str, str]) -> None:
    assert not are_capitals(*names)


@given(st.text(max_size=30))
def test_no_name_loses_a_letter(name: str) -> None:
    if are_capitals(name):
        assert as_written(name).casefold() == name.casefold() or not name.isascii()


# What is no CTF, and what is made to hurt


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>", "web page"),
        (b"\xef\xbb\xbf\n <!DOCTYPE HTML>", "web page"),
        (b"<people><p/></people>", "begins with people"),
        (b"<CTfile></CTfile>", "has a Header"),
        (b"<CTfile><Header>", "no XML"),
        (b"<CTfile><Header></CTfile>", "no XML"),
        (b"<", "no XML"),
        (b'<?xml version="1.0" encoding="EBCDIC-X"?><CTfile/>', "XML|encoding"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><CTfile>&a;</CTfile>', "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><CTfile/>', "document type"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1/">]><CTfile>&a;</CTfile>', "document type"),
        (b"<CTfile>&a;</CTfile>", "no XML"),
        (b"<CTfile>" + b"<a>" * 100, "too deep"),
        (b"<CTfile a='" + b"x" * 3_000_000, "longer than a million"),
        (b"<CTfile><!--" + b"x" * 3_000_000, "longer than a million"),
    ],
)
def test_what_is_no_ctf_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        read(content)


def test_giant_texts_cost_little_memory() -> None:
    content = ctf(pupil(more="<Email>" + "x" * 20_000_000 + "</Email><Note>" + "y" * 20_000_000 + "</Note>"))
    tracemalloc.start()
    found = Transfer()
    with suppress(Unusable):
        pupils = [each for some in found.pupils(io.BytesIO(content)) for each in some]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(pupils[0]["Email"]) <= 1000
    assert peak < 5_000_000


def test_a_transfer_in_a_zip_and_never_two() -> None:
    def zipped(*names: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name in names:
                bundle.writestr(name, ctf(pupil()))
        return out.getvalue()

    assert len(read(zipped("8011251_CTF_8011250_001.XML")).rows) == 1
    with pytest.raises(Unusable, match="one Common Transfer File at a time"):
        read(zipped("a.xml", "b.xml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_that_xml_names(encoding: str) -> None:
    names = "<Surname>Nuñez</Surname><Forename>Zoë</Forename>"
    content = ctf(pupil(names=names)).decode().replace("UTF-8", encoding).encode(encoding)
    assert [(each.given_name, each.family_name) for each in read(content).rows] == [("Zoë", "Nuñez")]


class Slow(io.RawIOBase):
    """A file that comes in pieces of any size."""

    def __init__(self, content: bytes, piece: int) -> None:
        super().__init__()
        self._file, self._piece = io.BytesIO(content), piece

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, self._piece))


def sizes(content: bytes, piece: int) -> Iterator[int]:
    with TemporaryNotes() as notes:
        file: Any = Slow(content, piece)
        for batch in open_roster(file, Around(frozenset(OURS), TODAY), notes).batches():
            yield batch.size


def test_batches_are_the_same_however_the_file_comes() -> None:
    content = ctf(*(pupil(UPNS[number % 5]) for number in range(600)))
    assert list(sizes(content, 1000)) == list(sizes(content, 10**9)) == [256, 256, 88]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_transfer_is_read_or_refused_and_never_a_crash(data: st.DataObject) -> None:
    content = CASE_23.encode()
    place = data.draw(st.integers(0, len(content) - 1))
    piece = data.draw(st.binary(max_size=8))
    with suppress(Unusable):
        read(content[:place] + piece + content[place + data.draw(st.integers(0, 8)) :])
