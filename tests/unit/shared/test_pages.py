"""Pages: their cursors lead on in their own list and nowhere else."""

import pytest

from latchkey.errors import Invalid
from latchkey.shared.model.pages import Page, Pager

PAGER = Pager("sends|northbridge", b"k" * 32)


def test_a_cursor_leads_to_the_id_or_place_that_it_was_made_of() -> None:
    assert PAGER.after(PAGER.page(["a"], "last").next) == "last"
    assert PAGER.place(PAGER.page(["a"], (3, 7)).next) == [3, 7]


def test_the_first_page_begins_nowhere_and_the_last_one_leads_nowhere() -> None:
    assert (PAGER.after(None), PAGER.place(None)) == (None, [])
    assert PAGER.page(["a"], None) == Page(["a"], None)


@pytest.mark.parametrize("other", [Pager("sends|southgate", b"k" * 32), Pager("sends|northbridge", b"l" * 32)])
def test_a_cursor_of_another_list_is_refused(other: Pager) -> None:
    cursor = other.page(["a"], "last").next
    with pytest.raises(Invalid):
        PAGER.after(cursor)
