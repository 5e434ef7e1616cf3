"""The first page stays light in a school of many registration groups, with all that it loads."""

import gzip
import re

import pytest

from tests.support.console import Console, make_person
from tests.support.walk import PAGE_BYTES, WIRE_BYTES
from web.assets import asset_file

HOME = "/admin/northbridge"
FACTS = (
    {},
    {"email": None},
    {"last_login_at": 5, "password_set_at": 4},
    {"status": "disabled"},
)
"""Students of as many reasons as a filter can tell apart, so that each has its row and its buttons."""


@pytest.mark.parametrize("groups", [60, 200])
def test_the_first_page_is_light_and_shows_every_group_on_one_of_its_parts(console: Console, groups: int) -> None:
    console.add(
        make_person(
            10 * number + place,
            **{"year_group": str(number % 14), "registration_group": f"{number % 14} Ty Coch {number:03d}", **facts},
        )
        for number in range(groups)
        for place, facts in enumerate(FACTS[: 1 + number % len(FACTS)])
    )
    shown: list[str] = []
    parts = -(-groups // 25)
    for part in range(1, parts + 1):
        page = console.page(HOME, **({"groups": str(part)} if part > 1 else {})).body.decode()
        loaded = [page, *(str(asset_file(name).content) for name in re.findall(r'"/assets/([^"?]+)\?', page))]  # type: ignore[union-attr]
        assert len(loaded) > 2
        assert sum(len(each.encode()) for each in loaded) <= PAGE_BYTES
        assert sum(len(gzip.compress(each.encode(), 6)) for each in loaded) <= WIRE_BYTES
        table = page[page.index('id="by-group"') :]
        shown += re.findall(r'<th scope="row">(?:<a [^>]*>)?(\d+ Ty Coch \d+)<', table)
        assert ('id="by-group" open' in page) == (part > 1)
        assert (f"groups={part + 1}#by-group" in page) == (part < parts)
    assert len(shown) == len(set(shown)) == groups
    beyond = console.page(HOME, groups=str(parts + 3)).body.decode()
    assert f"of {groups} groups" in beyond


@pytest.mark.parametrize("part", ["x", "0", "-1", "10000", "1.5"])
def test_what_is_no_part_is_refused(console: Console, part: str) -> None:
    assert console.page(HOME, groups=part).status_code == 422


def test_few_groups_stand_as_in_lists(console: Console) -> None:
    console.add(make_person(number, registration_group=f"7{letter}") for number, letter in enumerate("CAB"))
    page = console.page(HOME).body.decode()
    assert re.findall(r'<th scope="row">(?:<a [^>]*>)?(7[A-C])<', page) == ["7A", "7B", "7C"]
    assert "More groups" not in page
