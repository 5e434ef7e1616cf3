"""Unique Pupil Numbers, against python-stdnum."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.gb import upn as oracle

from latchkey.people.model.upn import all_upns, check_letter, is_upn

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


def upns(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return body.map(lambda text: check_letter(text) + text)


RIGHT = upns(st.from_regex(r"[0-9]{11}[0-9A-HJ-NP-RT-Z]", fullmatch=True).filter(str.isascii))
WRONG = st.sampled_from(
    ["", "A801200005001", "B80120000500", "B8012000050011", "b801200005001", "B80120000500\n", "É801200005001"]
)


@given(st.lists(RIGHT | WRONG, max_size=12))
@example([])
@example(["B80120000500", "1B801200005001"])  # as long as two together
@example(["P999999999999" for _ in range(300)])
def test_all_are_upns_where_each_is_one(texts: list[str]) -> None:
    assert all_upns(texts) is all(map(is_upn, texts))


@given(st.lists(RIGHT, min_size=1, max_size=300), st.data())
def test_one_wrong_sign_among_many_is_seen(texts: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(texts) - 1))
    one = texts[place]
    other = data.draw(st.sampled_from([letter for letter in LETTERS if letter != one[0]]))
    assert all_upns(texts)
    assert not all_upns([*texts[:place], other + one[1:], *texts[place + 1 :]])
