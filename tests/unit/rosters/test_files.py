"""What a roster file may be, and how every other file is refused."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model import cells
from latchkey.rosters.model.cells import name
from latchkey.rosters.model.plain_csv import HEADER
from tests.support.rosters import UPNS, parent, parse, plain, row, zipped

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,email,"
    "agentSourcedIds,grades,password\n"
)
HOSTILE = "\"'\\,; \t\r\n\0\ufeff\u2028\u202e=+-@＝＠é"


def refused(content: bytes, **options: Any) -> str:
    with pytest.raises(Unusable) as caught:
        parse(content, **options)
    return caught.value.detail


# The plain CSV


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comma_or_semicolon_with_or_without_a_byte_order_mark(delimiter: str, mark: bytes) -> None:
    found = parse(mark + plain([row(1), parent(1, "S1", "S2")], delimiter=delimiter))
    assert [(each.line, each.mis_id, each.links) for each in found.rows] == [(2, "S1", ()), (3, "P1", ("S1", "S2"))]
    assert found.rejected == []


def test_columns_may_stand_in_any_order_and_case_and_others_are_named() -> None:
    header = ["Family Name", "GIVEN-NAME", "Role", "MIS id", "Shoe size", "password", "is_admin"]
    content = (",".join(header) + "\nKhan,Ada,Student,S1,38,secret,true\n").encode()
    found = parse(content)
    assert (found.rows[0].given_name, found.rows[0].family_name, found.rows[0].role) == ("Ada", "Khan", "student")
    assert found.warnings == ["Not read: Shoe size, password, is_admin."]
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("given_cells", "column"),
    [
        ({"mis_id": ""}, "mis_id"),
        ({"mis_id": "=1+1"}, "mis_id"),
        ({"mis_id": "S 1"}, "mis_id"),
        ({"mis_id": "S" * 65}, "mis_id"),
        ({"role": "admin"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "Governor"}, "role"),
        ({"given_name": "", "family_name": " "}, "given_name"),
        ({"given_name": ".", "family_name": "-"}, "given_name"),
        ({"given_name": "\0", "family_name": "\u202e"}, "given_name"),
    ],
)
def test_only_without_id_role_and_every_name_a_row_is_rejected(given_cells: dict[str, str], column: str) -> None:
    found = parse(plain([row(1), row(2, **given_cells), row(3)]))
    assert [each.line for each in found.rows] == [2, 4]
    assert [(each.line, each.column) for each in found.rejected] == [(3, column)]
    assert all(each.reason and each.value.isprintable() and len(each.value) < 200 for each in found.rejected)
    assert found.warned == []


@pytest.mark.parametrize(
    ("given_cells", "column", "left"),
    [
        ({"email": "=cmd@x.example"}, "email", None),
        ({"email": "+44@x.example"}, "email", None),
        ({"email": "a@b"}, "email", None),
        ({"email": "<a@school.example>evil@x.example"}, "email", None),
        ({"email": "mıke@x.example"}, "email", None),
        ({"username": "@x"}, "username", None),
        ({"username": "a b"}, "username", None),
        ({"upn": "A801200005001"}, "upn", None),
        ({"upn": "=801200005001"}, "upn", None),
        ({"year_group": "=7"}, "year_group", None),
        ({"year_group": "15"}, "year_group", None),
        ({"year_group": "٧"}, "year_group", None),
        ({"registration_group": "x" * 61}, "registration_group", None),
        ({"language": "x" * 51}, "language", None),
        ({"language": "p\x00l"}, "language", None),
        ({"role": "parent", "children": "=S2"}, "links", ()),
        ({"role": "teacher", "upn": UPNS[0]}, "upn", None),
    ],
)
def test_any_other_cell_is_left_out_and_its_person_taken(given_cells: dict[str, str], column: str, left: object) -> None:
    found = parse(plain([row(1), row(2, **given_cells), row(3)]))
    assert [each.line for each in found.rows] == [2, 3, 4]
    assert found.rejected == []
    assert [(each.line, each.column) for each in found.warned] == [(3, "children" if column == "links" else column)]
    assert getattr(found.rows[1], column) == left
    assert all(each.reason and each.value.isprintable() and len(each.value) < 200 for each in found.warned)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Ann\r\nBcc: e@x.example", "Ann Bcc: e@x.example"),
        ("a\0b", "ab"),
        ("a\u2028b", "a b"),
        ("a\u202eb", "ab"),
        ("\u2068Zoë\u2069\t", "Zoë"),
        ("x" * 101, "x" * 100),
    ],
)
def test_what_cannot_be_seen_in_a_name_is_taken_out(typed: str, taken: str) -> None:
    assert " ".join(parse(plain([row(1, given_name=typed)])).rows[0].given_name.split()) == taken


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("07", "7"), ("Year 7", "7"), ("y13", "13"), ("YR10", "10"), ("R", "R"), ("Reception", "R"), ("Nursery", "N"), ("", None)],
)
def test_year_groups_have_one_form(typed: str, taken: str | None) -> None:
    assert parse(plain([row(1, year_group=typed)])).rows[0].year_group == taken


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("", None),
        ("cy", "cy"),
        ("CYM", "cy"),
        ("Welsh", "cy"),
        ("Welsh/Cymraeg", "cy"),
        ("pl-PL", "pl"),
        ("pl_PL", "pl"),
        ("اردو", "ur"),
        ("English", "en"),
        ("en-GB", "en"),
        ("Punjabi", None),
        ("plover", None),
    ],
)
def test_languages_have_one_code_and_those_that_no_mail_speaks_change_nothing(typed: str, taken: str | None) -> None:
    found = parse(plain([row(1, language=typed)]))
    assert [each.language for each in found.rows] == [taken]
    assert found.rejected == []


def test_oneroster_takes_the_language_from_its_metadata() -> None:
    users = USERS.replace(",password", ",metadata.language")
    content = zipped(users=users + "1,,,true,,student,a,,Ada,Khan,a@x.example,,07,Polish\n")
    assert [each.language for each in parse(content).rows] == ["pl"]


def test_short_rows_have_empty_cells_at_their_end_long_ones_are_rejected_and_empty_ones_skipped() -> None:
    header = ",".join(HEADER)
    lines = [
        header,
        "S1,student,Ada,King,,,,,,,",
        "",
        "S2,student,Ada",
        ",,,,,,,,,,",
        "S3,student,Ada,King,,,,,,,,",
        "S4,student,A,K,,,,,,,,x",
    ]
    found = parse("\n".join(lines).encode())
    assert [(each.line, each.mis_id, each.given_name) for each in found.rows] == [
        (2, "S1", "Ada"),
        (4, "S2", "Ada"),
        (6, "S3", "Ada"),
    ]
    assert [(each.line, each.column) for each in found.rejected] == [(7, "")]


def test_the_usual_way_and_the_long_way_give_the_same_values() -> None:
    usual = [row(number, upn=UPNS[number % 5]) for number in range(1, 300)]
    together = parse(plain([*usual, row(999, given_name="a\0", email="x", username="-", mis_id="=", upn="x", year_group="x")]))
    assert together.rows == parse(plain(usual)).rows
    shouted = [{**each, "email": each["email"].upper(), "username": each["username"].upper()} for each in usual]
    assert parse(plain(shouted)).rows == parse(plain(usual)).rows


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aZ09.@-+_'!é\n "), max_size=70))
def test_what_is_usual_is_right_as_it_stands(cell: str) -> None:
    for usual, rule in (
        (cells.all_usual_emails, cells.email),
        (cells.all_usual_usernames, cells.username),
        (cells.all_usual_ids, cells.mis_id),
        (cells.all_usual_names, cells.name),
    ):
        if usual([cell]):
            assert (rule(cell) or "") == cell


text = st.text(st.one_of(st.sampled_from(HOSTILE), st.characters(codec="utf-8")), min_size=1, max_size=30).map(str.strip)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(text, text), min_size=1, max_size=8), st.sampled_from(",;"))
def test_what_is_written_is_read_again_whatever_the_names_hold(names: list[tuple[str, str]], delimiter: str) -> None:
    rows = [row(line, given_name=given, family_name=family) for line, (given, family) in enumerate(names, start=2)]
    found = parse(plain(rows, delimiter=delimiter))
    read = {each.line: (each.given_name, each.family_name) for each in found.rows}
    for line, pair in enumerate(names, start=2):
        seen = tuple(map(name, pair))
        if all(seen):
            assert read[line] == seen
    assert {each.line for each in found.rejected} == {*range(2, len(names) + 2)} - read.keys()
    assert all(each.role == "student" and each.mis_id == f"S{each.line}" for each in found.rows), (
        "no cell moves to another column"
    )


# Files that are refused


def test_missing_columns_are_named() -> None:
    assert "lacks mis_id, role." in refused(b"given_name,family_name\nA,B\n")
    assert "lacks name." in refused(b"mis_id,role,email\nA,B,\n")


@pytest.mark.parametrize("content", [b"\n\n\n", b" ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "empty" in refused(content)


def test_what_is_in_no_encoding_that_we_read_is_refused_with_its_line() -> None:
    rows = plain([row(number) for number in range(1, 5000)]) + b"S9,student,Zo\x81,King,,,,,,\n"
    assert "line 5,001" in refused(rows)
    assert "UTF-8" in refused(b"+/v8-" + plain([row(1)]))
    assert "UTF-8" in refused(plain([row(1)]).decode().encode("utf-32"))
    assert "not a file of text" in refused(plain([row(1)]).decode().encode("utf-16-le"))


@pytest.mark.parametrize(
    "end",
    [
        b'S1,student,"' + b"x" * 140_000 + b'",King,,,,,,\n',
        b'S1,student,"never closed,King,,,,,,\n',
        b'S1,student,"a"b,King,,,,,,\n',
        b"S1,student,a\rb,King,,,,,,\n",
    ],
)
def test_what_csv_cannot_read_is_refused_not_a_crash(end: bytes) -> None:
    assert refused(plain([row(2)]) + end)


class Endless(io.RawIOBase):
    """A file that goes on and on."""

    def __init__(self, start: bytes, again: bytes) -> None:
        super().__init__()
        self._start, self._again, self.taken = start, again * (65536 // len(again) + 1), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        start, self._start = self._start, b""
        self.taken += size
        return (start + self._again)[: size + len(start)]


@pytest.mark.parametrize("again", [b"x", b",", b'"a\n",', b'"a\n'])
def test_a_row_without_end_is_refused_in_little_memory(again: bytes) -> None:
    file = Endless(",".join(HEADER).encode() + b"\n", again)
    tracemalloc.start()
    with pytest.raises(Unusable):
        for _ in Table(file, "The file").batches():  # type: ignore[arg-type]
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.taken < 20_000_000
    assert peak < 200_000_000


def test_a_column_school_must_name_this_school() -> None:
    header = (*HEADER, "school")
    for ours in ("northbridge", "Northbridge", "100001", ""):
        assert len(parse(plain([row(1, school=ours)], header)).rows) == 1
    assert "another school" in refused(plain([row(1), row(2, school="southgate")], header))


# Zips


def members(*files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for file in files:
            bundle.writestr(file, b"x")
    return out.getvalue()


def member(file: str, content: bytes = b"x", **facts: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        info = zipfile.ZipInfo(file)
        info.compress_type = facts.get("kind", zipfile.ZIP_DEFLATED)
        bundle.writestr(info, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and nothing else", "not a zip"),
        (member("a.csv")[:-10], "not a zip"),
        (member("readme.txt"), "header (row 1) lacks"),
        (member("readme.pdf"), "lacks users.csv"),
        (member("..\\users.csv"), "folders"),
        (member("../users.csv"), "folders"),
        (members("a/users.csv", "b/orgs.csv"), "folders"),
        (member("/etc/users.csv"), "folders"),
        (member("[Content_Types].xml"), "Excel"),
        (member("users.csv", b"0" * 20_000_000), "times its size"),
        (member("users.csv", kind=zipfile.ZIP_LZMA), "ordinary zip"),
        (zipped(**{f"f{number}": "x" for number in range(41)}), "more than 40 files"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
    ],
)
def test_zips_that_are_no_rosters_are_refused(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_two_members_of_one_name_are_refused() -> None:
    assert "two files" in refused(zipped(users="a", Users="b"))


def test_a_zip_that_says_it_is_small_does_not_unpack_further() -> None:
    content = bytearray(zipped(users=USERS + "S1,,,,,student,u,,A,B,,,,\n" * 100_000))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<L", 1000)
    assert "damaged" in refused(bytes(content)) or refused(bytes(content))


def test_a_damaged_member_is_refused() -> None:
    content = bytearray(zipped(users=USERS + "".join(f"S{n},,,,,student,u{n},,A,B,,,,\n" for n in range(3000))))
    content[2000:2100] = b"\xff" * 100
    assert refused(bytes(content))


def test_a_directory_of_a_million_entries_is_not_even_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 50_000_000, 0, 0)
    assert "more than" in refused(b"PK\x03\x04" + b"\0" * 100 + end)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert "zip64" in refused(
        b"PK\x03\x04" + b"\0" * 100 + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)
    )


# OneRoster


def one_1(*lines: str) -> str:
    return USERS + "\n".join(lines) + "\n"


def test_oneroster_1_1() -> None:
    users = one_1(
        'S1,,,true,org1,student,ada,"{UPN:B801200005001},{Fed:x}",Ada,King,a@x.example,"P1,P2",07,secret',
        "P1,,,true,org1,guardian,,,Eve,King,p@x.example,S1,,",
        'T1,,,true,org1,teacher,tea,,Tom,Tutor,,S1,"08,09",',
        "A1,,,true,org1,administrator,adm,,Al,Boss,,,,",
        "X1,,,true,org1,sysadmin,x,,X,X,,,,",
    )
    found = parse(zipped(users=users))
    assert [(each.mis_id, each.role, each.upn, each.year_group, each.links) for each in found.rows] == [
        ("S1", "student", "B801200005001", "7", ("P1", "P2")),
        ("P1", "parent", None, None, ("S1",)),
        ("T1", "teacher", None, None, ("S1",)),
        ("A1", "staff", None, None, ()),
    ]
    assert [(each.line, each.column) for each in found.rejected] == [(6, "role")]
    assert "secret" not in repr(found)
    assert "password" in found.warnings[0]


def test_oneroster_1_2_has_its_roles_elsewhere_whatever_the_manifest_says() -> None:
    users = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,email,agentSourcedIds,grades\n"
    users += "S1,,,true,ada,,Ada,King,,P1,07\nP1,,,true,,,Eve,King,,S1,\nN1,,,true,n,,No,Role,,,\n"
    roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
    roles += "R0,,,S1,secondary,teacher,,,o\nR1,,,S1,primary,student,,,o\nR2,,,P1,primary,parent,,,o\n"
    roles += "R3,tobedeleted,,N1,primary,teacher,,,o\n"
    manifest = "propertyName,value\noneroster.version,1.1\n"
    found = parse(zipped(manifest=manifest, users=users, roles=roles))
    assert [(each.mis_id, each.role) for each in found.rows] == [("S1", "student"), ("P1", "parent")]
    assert [(each.line, each.column) for each in found.rejected] == [(4, "role")]
    assert "roles.csv" in refused(zipped(users=users))


def test_oneroster_registration_groups_come_from_homerooms() -> None:
    classes = "sourcedId,status,title,classCode,classType\nC1,,Homeroom 7A,7A,homeroom\nC2,,Maths,7A/Ma,scheduled\n"
    enrollments = "sourcedId,classSourcedId,userSourcedId,role\nE1,C2,S1,student\nE2,C1,S1,student\nE3,C1,T1,teacher\n"
    users = one_1("S1,,,true,,student,ada,,Ada,King,,,07,", "T1,,,true,,teacher,tea,,Tom,Tutor,,,,")
    found = parse(zipped(users=users, classes=classes, enrollments=enrollments))
    assert [each.registration_group for each in found.rows] == ["7A", None]


ORGS = "sourcedId,status,dateLastModified,name,type,identifier\n"


def test_oneroster_of_another_school_is_refused() -> None:
    users = one_1("S1,,,true,o1,student,ada,,Ada,King,,,07,", "S2,,,true,o2,student,bo,,Bo,King,,,07,")
    assert len(parse(zipped(users=users, orgs=ORGS + "o1,,,Ours,school,100001\no2,,,D,district,\n")).rows) == 2
    mixed = parse(zipped(users=users, orgs=ORGS + "o1,,,Ours,school,100001\no2,,,Theirs,school,100002\n"))
    assert [each.mis_id for each in mixed.rows] == ["S1"]
    assert [(each.line, each.column) for each in mixed.rejected] == [(3, "orgSourcedIds")]
    assert "another school" in refused(zipped(users=users, orgs=ORGS + "o1,,,Theirs,school,100002\n"))
    assert "several schools" in refused(zipped(users=users, orgs=ORGS + "o1,,,A,school,1\no2,,,B,school,2\n"))


def test_users_csv_alone_is_read_as_oneroster() -> None:
    assert [each.mis_id for each in parse(one_1("S1,,,true,,student,ada,,Ada,King,,,07,").encode()).rows] == ["S1"]


def files() -> Iterator[bytes]:
    yield plain([row(1), parent(1, "S1")])
    yield zipped(users=one_1("S1,,,true,o1,student,ada,,Ada,King,,,07,"), orgs=ORGS + "o1,,,Ours,school,100001\n")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(files())), st.data())
def test_a_damaged_file_is_read_or_refused_and_never_a_crash(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    piece = data.draw(st.binary(max_size=8))
    with suppress(Unusable):
        parse(content[:place] + piece + content[place + data.draw(st.integers(0, 8)) :])
