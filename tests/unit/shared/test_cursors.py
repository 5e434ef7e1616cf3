"""Cursors: what was sealed for a list opens in that list only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import Invalid
from latchkey.shared.model.cursors import seal, unseal

KEY = b"k" * 32
positions = st.lists(
    st.one_of(st.text("0123456789abcdefghjkmnpqrstvwxyz", max_size=26), st.integers(0, 10**6)), min_size=1, max_size=4
)


@given(positions, st.text(max_size=50))
def test_a_cursor_gives_its_position_back(position: list[str | int], context: str) -> None:
    assert unseal(seal(position, context, KEY), context, KEY) == position


@given(positions, st.text(max_size=50), st.text(max_size=50))
def test_a_cursor_of_another_list_is_refused(position: list[str | int], context: str, other: str) -> None:
    if context != other:
        with pytest.raises(Invalid):
            unseal(seal(position, context, KEY), other, KEY)


@given(positions, st.data())
def test_a_changed_cursor_is_refused(position: list[str | int], data: st.DataObject) -> None:
    cursor = seal(position, "list", KEY)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from("Aa0-_.=%\x00é"))
    changed = cursor[:place] + other + cursor[place + 1 :]
    try:
        found = unseal(changed, "list", KEY)
    except Invalid:
        return
    assert found == position  # the last sign of base64 may carry unused bits


@given(st.text(max_size=500))
def test_what_nobody_sealed_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        unseal(text, "list", KEY)


def test_a_cursor_under_another_key_is_refused() -> None:
    with pytest.raises(Invalid):
        unseal(seal(["student"], "list", KEY), "list", b"x" * 32)
