"""Unique Pupil Numbers, against python-stdnum."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.gb import upn as oracle

from latchkey.people.model.upn import check_letter, is_upn

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("B801200005001", True),
        ("A801200005001", False),
        ("P207000016049", True),
        ("Q207000016049", False),
        ("b801200005001", False),
        ("B80120000500", False),
        ("B8012000050011", False),
        (" B801200005001", False),
        ("B80120000500١", False),
        ("I801200005001", False),
    ],
)
def test_known_numbers(text: str, valid: bool) -> None:
    assert is_upn(text) is valid


@given(st.from_regex(r"[0-9]{11}[0-9A-HJ-NP-RT-Z]", fullmatch=True).filter(str.isascii))
def test_exactly_one_letter_checks(body: str) -> None:
    assert [letter for letter in LETTERS if is_upn(letter + body)] == [check_letter(body)]


@given(st.from_regex(r"[0-9]{12}", fullmatch=True).filter(str.isascii))
@example("801200005001")
def test_the_check_letter_is_the_one_that_stdnum_computes(body: str) -> None:
    assert check_letter(body) == oracle.calc_check_digit(body)
