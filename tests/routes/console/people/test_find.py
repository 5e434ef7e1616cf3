"""Finding a person from any page of the console."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.console import Console, make_person

FIND = "/admin/northbridge/people/find"
UPN, ADDRESS = "A123456789012", "jan.novak@northbridge.example"


@pytest.fixture
def school(console: Console) -> Console:
    """Three people called Novák, one Smith with a UPN, and Smithson."""
    console.add(
        [
            make_person(1, given_name="Jan", family_name="Novák", email=ADDRESS, username="jnovak"),
            make_person(2, given_name="Eva", family_name="Novák", email=None, username="enovak"),
            make_person(3, given_name="Ada", family_name="Novák", email=None, username="anovak"),
            make_person(4, given_name="Sam", family_name="Smith", email=None, upn=UPN, mis_id="SIMS/00123", username="smith"),
            make_person(5, given_name="Pat", family_name="Smithson", email=None, username="smithson"),
        ]
    )
    return console


def found(school: Console, typed: str) -> dict[str, Any]:
    answer = school.post(FIND, {"q": typed})
    assert answer.status_code == 200, answer.body
    body: dict[str, Any] = answer.json_body
    return body


@pytest.mark.parametrize(
    ("typed", "number"),
    [("jan novak", 1), ("JAN.NOVAK@northbridge.example", 1), (UPN.lower(), 4), ("sims/00123", 4), ("smith", 4), ("smithson", 5)],
)
def test_who_was_surely_meant_opens_at_once(school: Console, typed: str, number: int) -> None:
    person = make_person(number).id
    answer = school.form(FIND, {"q": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/northbridge/people/{person}")
    assert found(school, typed)["the_one"] == person


def test_several_are_a_list(school: Console) -> None:
    answer = school.form(FIND, {"q": "novak"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/northbridge/people?q=novak")
    assert (found(school, "novak")["count"], found(school, "novak")["the_one"]) == (3, None)


@pytest.mark.parametrize(
    "typed", ["nobody@northbridge.example", "jan@", "A9876", "Z123456789012 smith", "jan.novak@northbridge.exampl"]
)
def test_an_address_or_a_upn_never_stands_in_a_url(school: Console, typed: str) -> None:
    location = school.form(FIND, {"q": typed}).headers["Location"]
    if "?" not in location:
        return  # it was somebody's
    query = parse_qs(urlsplit(location).query)
    assert set(query) == {"search"}
    assert not any(word.lower() in location.lower() for word in typed.split())
    page = school.page(location)
    assert page.status_code == 200
    assert f'value="{typed}"' in page.body.decode(), "the page still says what was searched for"
    again = school.form(FIND, {"q": typed}).headers["Location"]
    assert again == location, "Back and a bookmark find it again"


def test_a_sealed_search_finds_page_by_page(school: Console) -> None:
    school.add([make_person(number, mis_id=f"7700-{number}") for number in range(20, 25)])
    location, seen, cursor = school.form(FIND, {"q": "7700"}).headers["Location"], [], ""
    assert "7700" not in location
    while cursor is not None:
        page = school.get(location + "&limit=2" + (f"&cursor={cursor}" if cursor else "")).json_body
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [make_person(number).id for number in range(20, 25)]


@pytest.mark.parametrize("search", ["a", "AAAA", "é", "a" * 801, ""])
def test_a_search_that_nobody_sealed_is_refused(school: Console, search: str) -> None:
    answer = school.get("/admin/northbridge/people", search=search)
    assert answer.status_code == (200 if search == "" else 422)


def test_a_search_of_one_school_means_nothing_in_another(school: Console) -> None:
    from latchkey.errors import Invalid
    from latchkey.people.kept_search import seal, unseal

    sealed = seal(ADDRESS, "northbridge", bytes(32))
    assert unseal(sealed, "northbridge", bytes(32)) == ADDRESS
    for school_slug, key in (("southgate", bytes(32)), ("northbridge", bytes([1]) * 32)):
        with pytest.raises(Invalid):
            unseal(sealed, school_slug, key)
    assert school.get("/admin/northbridge/people", search=sealed, q="ann").status_code == 422


def test_a_name_that_is_nearly_right_is_offered_with_its_number(school: Console) -> None:
    assert found(school, "Novack")["near"] == [{"name": "Novák", "count": 3}]
    assert found(school, "Jan Novack")["near"] == [{"name": "Jan Novák", "count": 1}]
    assert found(school, "Smiht")["near"] == [{"name": "Smith", "count": 2}]
    assert found(school, "Xyzzy")["near"] == []
    assert found(school, "A99999")["near"] == []


def test_nothing_typed_is_everybody_for_a_browser_and_a_mistake_for_a_script(school: Console) -> None:
    assert school.form(FIND, {"q": " "}).headers["Location"] == "/admin/northbridge/people"
    assert school.form(FIND, {}).headers["Location"] == "/admin/northbridge/people"
    assert school.post(FIND, {}).status_code == 422
    assert school.post(FIND, {"q": "a" * 101}).status_code == 422
    assert school.post(FIND, {"q": "ann", "role": "student"}).status_code == 422


def test_every_page_of_the_console_has_the_box_and_the_five_places(school: Console) -> None:
    for path in ("", "/people", "/sends", "/exports", "/settings", "/rosters", "/audit", "/people/new"):
        page = school.page("/admin/northbridge" + path).body.decode()
        assert page.count(f'action="{FIND}"') == 1, path
        places = page.partition('aria-label="Console"')[2].partition("</nav>")[0]
        assert [place in places for place in ("Home", "People", "Messages", "Login details", "Settings")] == [True] * 5, path
        assert (places.count("<li>"), places.count('aria-current="page"')) == (5, 1), path
        assert 'href="/guide">Help' in page, path
