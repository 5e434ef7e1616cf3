"""Finding a school: exact before close, every telling word needed, and any text bearable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.schools.model import search
from latchkey.schools.model.school_words import words
from latchkey.schools.model.search import SchoolIndex, distance
from tests.support.steps import lines_run


def school(slug: str, name: str, town: str = "", postcode: str = "", urn: str = "") -> dict[str, str]:
    return {"slug": slug, "name": name, "town": town, "postcode": postcode, "urn": urn}


INDEX = SchoolIndex(
    [
        school("northbridge", "Northbridge Academy", "Northbridge", "NB1 2CD", "139001"),
        school("southgate", "Southgate High School", "Ely", "CB7 4AA", "139002"),
        school("st-marys-ely", "St Mary’s Primary School", "Ely", "CB7 4BB", "139003"),
        school("st-marys-bath", "St. Mary's Catholic School", "Bath", "BA1 1AA", "139004"),
        school("ysgol", "Ysgol Gyfun Gŵyr", "Gowerton", "SA4 3DB", "139005"),
        school("the-academy", "The Academy", "Leeds", "LS1 1AA", "139006"),
        school("st-annes", "St Anne’s Church of England Primary School", "Wells", "BA5 2AA", "150007"),
        school("high-field", "High Field & District Junior School", "London", "SW1A 1AA", "150008"),
    ]
)


def slugs(text: str) -> list[str]:
    return [found["slug"] for found in INDEX.search(text, 20)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("northbridge", ["northbridge"]),
        ("NORTH", ["northbridge"]),
        ("nortbridge", ["northbridge"]),
        ("northbirdge acadamy", ["northbridge"]),
        ("st marys", ["st-marys-bath", "st-marys-ely"]),
        ("St Mary's Ely", ["st-marys-ely"]),
        ("saint marys bath", ["st-marys-bath"]),
        ("ely", ["southgate", "st-marys-ely"]),
        ("CB7 4AA", ["southgate"]),
        ("cb74aa", ["southgate"]),
        ("cb7", ["southgate", "st-marys-ely"]),
        ("cb7 4", ["southgate", "st-marys-ely"]),
        ("139004", ["st-marys-bath"]),
        ("gwyr", ["ysgol"]),
        ("the academy leeds", ["the-academy"]),
        ("hogwarts", []),
        ("northbridge hogwarts", []),
        ("!!!", []),
        ("north bridge academy", ["northbridge"]),
        ("North Bridge", ["northbridge"]),
        ("NBA", ["northbridge"]),
        ("n.b.a.", ["northbridge"]),
        ("N B A", ["northbridge"]),
        ("SHS", ["southgate"]),
        ("ygg", ["ysgol"]),
        ("qqq", []),
        ("St. Marys", ["st-marys-bath", "st-marys-ely"]),
        ("Saint Mary’s, Ely", ["st-marys-ely"]),
        ("SAINT MARY", ["st-marys-bath", "st-marys-ely"]),
        ("st annes", ["st-annes"]),
        ("saint anne", ["st-annes"]),
        ("St Anne's C of E", ["st-annes"]),
        ("st annes cofe primary", ["st-annes"]),
        ("St Annes Church of England", ["st-annes"]),
        ("anns church of engl", ["st-annes"]),
        ("highfeild", ["high-field"]),
        ("Highfield", ["high-field"]),
        ("sw1a1aa", ["high-field"]),
        ("SW1A 1AA", ["high-field"]),
        ("sw1a", ["high-field"]),
        ("139", ["northbridge", "southgate", "st-marys-bath", "st-marys-ely", "the-academy", "ysgol"]),
    ],
)
def test_a_search_finds(text: str, found: list[str]) -> None:
    assert sorted(slugs(text)) == sorted(found)


def test_the_better_match_comes_first() -> None:
    index = SchoolIndex([school("a", "Northbridge Road School"), school("b", "Northbridge"), school("c", "Northbridg")])
    assert index.search("northbridg", 20)[0]["slug"] == "c"
    assert len(index.search("northbridge", 1)) == 1


def test_no_text_gives_the_first_of_the_alphabet() -> None:
    assert [found["slug"] for found in INDEX.search(" ", 2)] == ["high-field", "northbridge"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ab", "ab", 0),
        ("ab", "ba", 1),
        ("abc", "abd", 1),
        ("abc", "abcd", 1),
        ("abcd", "badc", 2),
        ("abc", "xyz", 3),
        ("", "abcd", 3),
    ],
)
def test_typing_errors_are_counted(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == apart
    assert distance(other, one, 2) == apart


@given(st.text(max_size=100))
def test_any_text_can_be_searched(text: str) -> None:
    assert len(INDEX.search(text, 20)) <= 20
    assert all(word.isascii() for word in words(text))


@pytest.mark.parametrize("schools", [1000, 5000])
def test_a_country_of_schools_is_searched_in_few_steps_for_each_word_that_it_knows(schools: int) -> None:
    index = SchoolIndex(
        school(f"s{n}", f"{chr(97 + n % 26)}{n * 7919 % 10007:x}field School", f"town{n % 800}") for n in range(schools)
    )
    index.search("x", 20)
    known = {word for each in index.schools for word in words(f"{each['name']} {each['town']}")}
    steps = lines_run(search, lambda: index.search("zzyzzyvafield wxyzschool", 20))
    assert len(known) < steps < 200 * len(known)
