"""Two columns of text become items, whatever separates them and whatever stands above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.email_updates.model.items import MOST, Item
from latchkey.email_updates.model.pasted import LONGEST, items_of
from latchkey.errors import Invalid


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
