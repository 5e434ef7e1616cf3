"""What the pages of the console share."""

import re
from html import unescape

import pytest

from web.pages import environment

PAGER = """{% from "parts.html" import pager %}{{ pager("/things", next, "Next page", first=first, query=query) }}"""


@pytest.mark.parametrize(
    ("next_cursor", "first", "query", "links"),
    [
        (None, "", "", []),
        (None, "", "q=a", []),
        ("c-_1", "", "", [("/things?cursor=c-_1", "Next page")]),
        ("c=&1", "", "q=a&role=b", [("/things?q=a&role=b&cursor=c%3D%261", "Next page")]),
        (None, "Newest", "", [("/things", "Newest")]),
        ("2", "Newest", "q=a", [("/things?q=a", "Newest"), ("/things?q=a&cursor=2", "Next page")]),
    ],
)
def test_a_list_goes_on_with_what_was_asked_for(
    next_cursor: str | None, first: str, query: str, links: list[tuple[str, str]]
) -> None:
    page = environment().from_string(PAGER).render(next=next_cursor, first=first, query=query)
    found = [(unescape(href), words) for href, words in re.findall(r'<a [^>]*href="([^"]*)">([^<]*)</a>', page)]
    assert found == links
    assert ("<nav" in page) == bool(links)
    assert ('rel="next"' in page) == (next_cursor is not None)
