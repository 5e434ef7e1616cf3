"""Columns in any order are the same columns."""

import io

from hypothesis import given
from hypothesis import strategies as st

from latchkey.contacts.model.sources import open_contacts

COLUMNS = {
    "UPN": "W801125022402",
    "Pupil": "Tess Moor",
    "Year": "Year 7",
    "Contact Title": "Ms",
    "Contact Forename": "Lea",
    "Contact Surname": "Moor",
    "Relationship": "Mother",
    "Priority": "1",
    "Court Order": "F",
    "Parental Responsibility": "T",
    "Contact Home Email": "home@mail.example",
    "Contact Email": "lea@mail.example",
    "Something else": "x",
}


@given(st.permutations([*COLUMNS]))
def test_the_order_of_columns_does_not_matter(header: list[str]) -> None:
    def read(names: list[str]) -> object:
        text = f"{','.join(names)}\r\n{','.join(COLUMNS[name] for name in names)}\r\n"
        source = open_contacts(io.BytesIO(text.encode()))
        return [entry for batch in source.batches() for entry in batch], source.stated

    assert read(header) == read([*COLUMNS])
