"""From outside: a school is found however people write it, and the page says what it needs in plain words."""

from urllib.parse import quote

import pytest

from tests.support.portal import Portal


@pytest.fixture
def trust(portal: Portal) -> Portal:
    """Schools of the names that people write in many ways."""
    for slug, name, town, postcode in (
        ("st-annes", "St Anne’s Church of England Primary School", "Wells", "BA5 2AA"),
        ("high-field", "High Field Junior School", "London", "SW1A 1AA"),
        ("gwyr", "Ysgol Gyfun Gŵyr", "Gowerton", "SA4 3DB"),
    ):
        portal.system.school(slug, name=name, town=town, postcode=postcode)
    portal.system.clock.now += 61
    return portal


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Saint Annes", "st-annes"),
        ("St. Anne's C of E", "st-annes"),
        ("st anns primery", "st-annes"),
        ("ba52aa", "st-annes"),
        ("Highfield", "high-field"),
        ("hihgfield junior", "high-field"),
        ("sw1a1aa", "high-field"),
        ("NBA", "northbridge"),
        ("n.b.a.", "northbridge"),
        ("north bridge", "northbridge"),
        ("Nortbrige Acadamy", "northbridge"),
        ("NORTHBRIDGE", "northbridge"),
        ("gwyr", "gwyr"),
    ],
)
def test_a_school_is_found_however_it_is_written(trust: Portal, typed: str, slug: str) -> None:
    found = trust.get(f"/schools?q={quote(typed)}").json_body["items"]
    assert found[0]["slug"] == slug
    page = trust.page(f"/schools?q={quote(typed)}").body.decode()
    assert f'<a href="/schools/{slug}">' in page


def test_the_case_of_an_address_does_not_matter(trust: Portal) -> None:
    for path in ("/schools/Northbridge", "/schools/NORTHBRIDGE/sessions", "/schools/St-Annes/forgot-password"):
        assert trust.page(path).status_code == 200, path


def test_the_page_says_what_to_type_in_plain_words_and_where_who_is_signed_in_goes_on(trust: Portal) -> None:
    page = trust.page("/").body.decode()
    assert "URN" not in page
    assert "Typing errors do not matter." in page
    assert '<a href="/account">Go to your account</a>' in page
    assert page.count('<li><a href="/schools/') == 5


def test_many_schools_are_listed_only_after_a_search(trust: Portal) -> None:
    for number in range(6):
        trust.system.school(f"more-{number}", name=f"More {number}")
    trust.system.clock.now += 61
    page = trust.page("/").body.decode()
    assert '<li><a href="/schools/' not in page
    assert "No school is here yet" not in page
    assert trust.page("/schools?q=more").body.decode().count('<li><a href="/schools/') == 6
    assert len(trust.get("/schools").json_body["items"]) == 11
