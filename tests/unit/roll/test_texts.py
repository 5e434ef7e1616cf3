"""What a search finds among all: exactly those whom the filter means, asked one by one."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.texts import found_by, texts_of
from tests.support.counted_calls import calls_of

NAMES = st.text(alphabet="aBéŁ’'` -", max_size=7)
LOGINS = st.none() | st.text(alphabet="aBé.-+@", max_size=7)
TYPED = st.text(alphabet="aBéŁ’.@+ -7", min_size=1, max_size=6)


def entries() -> st.SearchStrategy[Entry]:
    facts: dict[str, Any] = {
        **dict.fromkeys(("given_name", "family_name"), NAMES),
        **dict.fromkeys(("preferred_given_name", "preferred_family_name"), st.none() | NAMES),
        **dict.fromkeys(("email", "username", "upn", "mis_id"), LOGINS),
        "year_group": st.sampled_from([None, "7", "R"]),
        "registration_group": st.sampled_from([None, "", "7A", "7-a", "Á", "a B"]),
    }
    return st.builds(lambda **given: Entry("", "student", **given), **facts)


@given(st.lists(entries(), max_size=4), TYPED | st.sampled_from(["7a", "y7", "r", "a 7a", "7a a-b", "a b", "-", "é@a"]))
@example([Entry("", "student", "O'Neil", "Mary-Jane", email="m.j-o@x", registration_group="7A")], "neil 7a maryj j-o")
def test_a_search_among_all_finds_those_whom_the_filter_means(people: list[Entry], typed: str) -> None:
    people = [each._replace(id=str(number)) for number, each in enumerate(people)]
    meant = [each for each in people if PeopleFilter(q=typed).matches(each)]
    assert found_by(typed, people, texts_of(people), {each.registration_group or "" for each in people}) == meant


def test_nobody_is_asked_one_by_one() -> None:
    def calls(people: int, typed: str) -> int:
        entries = [Entry(f"{each}", "student", "Ann", f"Fox-{each}", registration_group="7A") for each in range(people)]
        texts = texts_of(entries)
        assert len(found_by(typed, entries, texts, {"7A"})) == people
        return calls_of(lambda: found_by(typed, entries, texts, {"7A"}))

    for typed in ("a", "fox ann", "7a", "f 7a"):
        assert calls(10, typed) == calls(1_000, typed)
