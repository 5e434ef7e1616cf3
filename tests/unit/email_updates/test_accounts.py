"""Lists of accounts say whose address is which; files come in base64, packed or not."""

import base64
import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.email_updates.model.file_in_form import LARGEST, file_of
from latchkey.email_updates.model.items import Item
from latchkey.email_updates.model.pasted import MOST_ROWS, items_of, items_of_file
from latchkey.errors import Invalid

GOOGLE = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Recovery Email,"
    "Home Secondary Email,Employee ID,New Status [UPLOAD ONLY]\n"
    "Omar,Pike,omar.pike@northbridge.example,****,,/Students/Year 7,,,home@mail.example,4521,\n"
    "Eve,Moss,old@northbridge.example,****,,/Staff/Science,eve.moss@northbridge.example,,,,\n"
    "Gone,Boy,gone@northbridge.example,****,,/Students/Year 8,,,,,Suspended\n"
)
CANVAS = (
    "user_id,login_id,authentication_provider_id,password,first_name,last_name,short_name,email,pronouns,declared_user_type,status\n"
    "q24c1,ruth.sole@northbridge.example,,,Ruth,Sole,,ruth.sole@northbridge.example,,student,active\n"
    "q24c2,tom.ash,,,Tom,Ash,,tom@northbridge.example,,teacher,active\n"
    "q24c3,out@northbridge.example,,,Out,Gone,,,,student,deleted\n"
)
MOODLE = (
    "username,firstname,lastname,email,idnumber,cohort1,profile_field_year\n"
    "tia.wells,Tia,Wells,tia@northbridge.example,q24m1,7A,7\n"
)
STARTS = (b"", b"PK\x03\x04", b"user_id,login_id,status\n", GOOGLE.encode()[:400], MOODLE.encode())
STUDENTS, ADULTS = {"student"}, {"teacher", "staff"}


def ways(item: Item) -> tuple[tuple[tuple[str, str], ...], str, set[str]]:
    return item.otherwise, item.email, {*(item.among or ())}


def test_google_by_employee_id_or_name_with_the_year_of_its_path() -> None:
    found = items_of_file(GOOGLE.encode())
    assert [ways(item) for item in found.items] == [
        ((("mis_id", "4521"), ("name", "Omar Pike Year 7")), "omar.pike@northbridge.example", STUDENTS),
        ((("name", "Eve Moss"),), "eve.moss@northbridge.example", ADULTS),
    ]
    assert found.without == 1, "a suspended account is left out"


def test_canvas_by_id_username_or_name() -> None:
    found = items_of_file(CANVAS.encode())
    assert [ways(item) for item in found.items] == [
        ((("mis_id", "q24c1"), ("name", "Ruth Sole")), "ruth.sole@northbridge.example", STUDENTS),
        ((("mis_id", "q24c2"), ("username", "tom.ash"), ("name", "Tom Ash")), "tom@northbridge.example", ADULTS),
    ]


def test_canvas_as_its_zip() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("users.csv", CANVAS)
        bundle.writestr("user_observers.csv", "observer_id,student_id,status\no1,q24c1,active\n")
    assert items_of_file(out.getvalue()) == items_of_file(CANVAS.encode())


def test_moodle_with_cohort_and_year() -> None:
    (item,) = items_of(MOODLE).items
    assert item.otherwise == (("mis_id", "q24m1"), ("username", "tia.wells"), ("name", "Tia Wells 7"))
    assert item.among == STUDENTS | ADULTS, "nobody's parent has an account there"


def test_a_workbook_of_two_columns() -> None:
    from tests.support.workbooks import excel

    found = items_of_file(excel(("Addresses", [["UPN", "Email"], ["B1", "a@mail.example"], ["B2", ""]])))
    assert [(item.keys, item.email) for item in found.items] == [((("upn", "B1"),), "a@mail.example")]
    assert found.without == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"\0", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"\0\0\0\0" * 100])
def test_what_is_no_list_is_refused_at_its_field(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        items_of_file(content)
    assert set(caught.value.fields) == {"file"}


def test_the_most_rows_and_one_more() -> None:
    rows = "".join(f"M{number},a{number}@mail.example\n" for number in range(MOST_ROWS))
    assert len(items_of_file(rows.encode()).items) == MOST_ROWS
    with pytest.raises(Invalid):
        items_of_file((rows + "M,a@mail.example\n").encode())


def test_a_file_in_base64_packed_or_not_in_either_alphabet() -> None:
    content = bytes(range(256)) * 3
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert file_of(encode(content).decode()) == content
        assert file_of(encode(gzip.compress(content)).decode()) == content


@pytest.mark.parametrize(
    "text",
    [None, 1, "é", "a", "=", base64.b64encode(gzip.compress(b"x" * 999, mtime=0)[:-9]).decode(),
     base64.b64encode(gzip.compress(b"\0" * (LARGEST + 1), mtime=0)).decode(), base64.b64encode(b"\x1f\x8bnonsense").decode()],
)  # fmt: skip
def test_what_is_no_file_is_refused(text: object) -> None:
    with pytest.raises(Invalid) as caught:
        file_of(text)
    assert set(caught.value.fields) == {"file"}


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"user_id,login_id,status\n", GOOGLE.encode()[:400], MOODLE.encode()]),
)
@settings(max_examples=200, deadline=None)
def test_whatever_a_file_holds_it_is_read_or_refused(tail: bytes, start: bytes) -> None:
    with suppress(Invalid):
        assert len(items_of_file(start + tail).items) <= MOST_ROWS
