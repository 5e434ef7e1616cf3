"""Two columns of text become items, whatever separates them and whatever stands above."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.email_updates.model import pasted
from latchkey.email_updates.model.items import MOST, Item
from latchkey.email_updates.model.pasted import LONGEST, items_of, items_of_file
from latchkey.errors import Invalid
from tests.support.workbooks import excel


def read(text: str) -> list[tuple[tuple[tuple[str, str], ...], str]]:
    return [(item.keys, item.email) for item in items_of(text).items]


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_two_columns_without_a_header(separator: str) -> None:
    assert read(f"M1{separator}a@x.example\nAmy Lee 7{separator}b@x.example\n") == [
        ((("any", "M1"),), "a@x.example"),
        ((("any", "Amy Lee 7"),), "b@x.example"),
    ]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("UPN", "upn"),
        ("Username", "username"),
        ("mis_id", "mis_id"),
        ("Adno", "mis_id"),
        ("id", "any"),
        ("Name", "any"),
        ("Pupil", "any"),
    ],
)
@pytest.mark.parametrize("column", ["Email", "E-mail address", "Address", "New email", "Something else"])
def test_a_header_says_what_the_first_column_is(header: str, kind: str, column: str) -> None:
    assert read(f"{header}\t{column}\nB8\ta@x.example") == [(((kind, "B8"),), "a@x.example")]


def test_a_report_with_more_columns_and_a_title() -> None:
    text = "Addresses of year 7,,,,\n,,,,\nForename,Surname,Year,UPN,Email\nAmy,Lee,7,A1,a@x.example\nBen,Day,8,,b@x.example\n"
    assert read(text) == [((("upn", "A1"),), "a@x.example"), ((("name", "Ben Day 8"),), "b@x.example")]


def test_a_comma_inside_a_name_when_columns_are_tabs() -> None:
    assert read("Lee, Amy\ta@x.example\n") == [((("any", "Lee, Amy"),), "a@x.example")]


def test_a_name_with_a_year_of_its_own() -> None:
    assert read("Name;Year;Email\nAmy Lee;7;a@x.example") == [((("any", "Amy Lee 7"),), "a@x.example")]


def test_rows_without_an_address_are_counted_and_left_out() -> None:
    found = items_of("M1,a@x.example\nM2,\nM3,n/a\n,,\n")
    assert (len(found.items), found.without) == (1, 2)


def test_a_row_that_cannot_be_one_stays_a_row_with_its_reason() -> None:
    long, nobody = items_of("M1,a@x.example\nLee, Amy,b@x.example\n").items[1], items_of("UPN,Email\n,a@x.example").items[0]
    assert "3 cells" in long.fault
    assert "whose" in nobody.fault


def test_a_name_that_would_take_long_to_look_through_is_no_name() -> None:
    (item,) = items_of("Amy" + " " * 100_000 + "x\ta@x.example").items
    assert (item.keys, item.fault) == ((), "What says whose address this is is too long.")
    assert not items_of("A" * 320 + "\ta@x.example").items[0].fault


@pytest.mark.parametrize("text", ["", "  \n \n", 'M1,"a@x.example', "x" * (LONGEST + 1)])
def test_what_cannot_be_read_is_said_of_the_text(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        items_of(text)
    assert set(caught.value.fields) == {"text"}


def test_the_most_and_one_more() -> None:
    assert len(items_of("M1,a@x.example\n" * MOST).items) == MOST
    with pytest.raises(Invalid) as caught:
        items_of("M1,a@x.example\n" * (MOST + 1))
    assert str(MOST + 1) in caught.value.fields["text"]


@given(st.text(alphabet=st.sampled_from('aM1@.,;\t\n\r" <>\x00é=+|UPNemail'), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    fields: dict[str, str] = {"text": ""}
    items: list[Item] = []
    try:
        items = items_of(text).items
    except Invalid as refused:
        fields = dict(refused.fields)
    assert set(fields) == {"text"}
    assert all(item.keys or item.fault for item in items)


# Files


def file_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_workbook_is_read_as_two_columns_or_under_its_header() -> None:
    plain = excel(("Addresses", [["M1", "a@x.example"], ["Amy Lee 7", "b@x.example"]]))
    assert [(item.keys, item.email) for item in items_of_file(file_of(plain)).items] == [
        ((("any", "M1"),), "a@x.example"),
        ((("any", "Amy Lee 7"),), "b@x.example"),
    ]
    rows = [
        ["All pupils"],
        [],
        ["UPN", "Surname", "E-mail"],
        ["B801200005001", "Khan", "a@x.example"],
        ["P207000016049", "Lee", ""],
    ]
    found = items_of_file(file_of(excel(("Notes", [["Read me"]]), ("Pupils", rows))))
    assert [(item.keys, item.email) for item in found.items] == [((("upn", "B801200005001"),), "a@x.example")]
    assert (found.without, found.warnings) == (1, ("Only the sheet Pupils was read. Not read: Notes.",))


def test_a_csv_file_is_read_in_its_encoding() -> None:
    (item,) = items_of_file(file_of("Name;Email\nZoë Khan 7;zoe@x.example\n".encode("cp1252"))).items
    assert item.keys == (("any", "Zoë Khan 7"),)


@pytest.mark.parametrize(
    ("encoded", "words"),
    [
        ("no base64!", "base64"),
        ("é", "base64"),
        (file_of(b""), "is empty"),
        (file_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old kind (.xls)"),
        (file_of(b"x,y@z.example\n" * 10_400), "more than 10,000 rows"),
        (file_of(excel(("Addresses", [["x", f"{number}@z.example"] for number in range(MOST + 1)]))), "at most 300"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(encoded: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        items_of_file(encoded)
    assert words in caught.value.fields["text"]


def test_a_workbook_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasted, "_LARGEST_UNPACKED", 1024)
    with pytest.raises(Invalid, match="Nothing was changed") as caught:
        items_of_file(file_of(excel(("Addresses", [["M1", "a@x.example"]]))))
    assert "unpacks to more than" in caught.value.fields["text"]
