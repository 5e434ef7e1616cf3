"""An address as people write it down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model.identifiers import email
from latchkey.shared.model.written_email import NoAddress, written_email


@pytest.mark.parametrize(
    "text",
    [
        "ann@x.example", " ANN@X.example ", "Ann Lee <ann@x.example>", "<ann@x.example>", "mailto:ann@x.example",
        "ann@x.example.",
        "ann@x.example (mother)", "ann@x.example; ben@x.example", "\u200bann@x.example",
        "Lee, Ann <ann@x.example>",
    ],
)  # fmt: skip
def test_what_stands_around_an_address_is_taken_off(text: str) -> None:
    assert written_email(text) == "ann@x.example"


@pytest.mark.parametrize("text", ["", "-", "n/a", "None", "#REF!"])
def test_what_says_that_there_is_none(text: str) -> None:
    assert written_email(text) is None


@pytest.mark.parametrize("text", ["ann", "ann@", "ann at x.example", "@x.example", "ann@x", "ann@@x.example"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NoAddress, match="is not an e-mail address"):
        written_email(text)


def test_a_text_that_would_take_long_to_look_through_is_refused() -> None:
    """Each of its blanks could begin what stands behind an address."""
    with pytest.raises(NoAddress, match="is not an e-mail address"):
        written_email("Ann" + " " * 200_000 + "<ann@x.example>")
    assert written_email("Ann" + " " * 980 + "<a@x.example>") == "a@x.example"


@pytest.mark.parametrize("text", ["=ann@x.example", "+ann@x.example", "-ann@x.example"])
def test_what_a_spreadsheet_would_compute(text: str) -> None:
    with pytest.raises(NoAddress, match="begins like a formula"):
        written_email(text)


@given(st.text(max_size=400))
def test_whatever_comes_out_is_an_address_in_its_one_form(text: str) -> None:
    try:
        found = written_email(text)
    except NoAddress:
        return
    assert found is None or email(found) == found
