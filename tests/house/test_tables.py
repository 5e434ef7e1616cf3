"""Tables of the console are cards on a phone: what a page lists is read from above, name first, each fact with its label."""

import re
from pathlib import Path
from typing import Final

import pytest

TEMPLATES: Final = Path("functions/web/templates")
NARROW: Final = {
    "login_details/export_check.html": "a word and one or two short numbers",
    "login_details/first_page.html": "the sheet of paper as it will be",
    "readiness/figures.html": "a day or a reason, and one or two short numbers",
    "readiness/overview.html": "a group and three short numbers",
}
"""Templates whose other tables fit a phone as they are, and why."""
PLAIN: Final = {
    "people/people.html": "its cells say what they are: student, 7A, can log in",
    "rosters/roster_upload.html": "a word and what it means",
}
"""Templates whose cards need no labels, and why."""
_TABLE: Final = re.compile(r"<table(?P<with>[^>]*)>(?P<rows>.*?)</table>", re.DOTALL)
_BODY: Final = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
TABLES: Final = [
    pytest.param(str(path.relative_to(TEMPLATES)), found, id=f"{path.relative_to(TEMPLATES)}-{number}")
    for path in sorted(TEMPLATES.rglob("*.html"))
    for number, found in enumerate(_TABLE.finditer(path.read_text()))
]


@pytest.mark.parametrize(("template", "table"), TABLES)
def test_a_table_is_cards_on_a_phone(template: str, table: re.Match[str]) -> None:
    if "cards" not in table["with"]:
        assert template in NARROW
        return
    for body in _BODY.findall(table["rows"]):
        first = re.search(r"<t[dh][^>]*>|\{\{ cell\(", body)
        assert first
        assert 'class="num' not in first[0], "a number is no name"
        assert 'scope="row"' in first[0] or 'class="pick' in first[0], "the name comes first, but for a box to tick"
        bare = [
            cell
            for cell in re.findall(r"<td[^>]*>", body)
            if not re.search(r"data-label=|class=\"(?:[^\"]* )?(?:pick|bare|menu-cell)", cell)
        ]
        assert template in PLAIN or not bare, "a cell without a label says nothing on a card"
