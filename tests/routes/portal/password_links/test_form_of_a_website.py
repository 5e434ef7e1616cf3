"""A form on the school's own website asks for a link; one on any other website is refused, with a page that helps."""

from typing import Any
from urllib.parse import urlencode

import pytest

from latchkey.schools.model.settings_rules import change
from tests.support.portal import ORIGIN, PAGE, Portal

WEBSITE = "https://www.northbridge.example"
PATH = "/schools/northbridge/forgot-password"


@pytest.fixture
def website(portal: Portal) -> Portal:
    """Northbridge has named its website."""
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    after = change(school.settings, {"form_origins": [WEBSITE]})
    portal.system.wiring("operate").schools.change_settings("northbridge", after, ["form_origins"])
    portal.system.clock.now += 61
    return portal


def post(portal: Portal, origin: str | None, site: str | None = "cross-site", path: str = PATH, **headers: str) -> Any:
    """What a browser sends for a form of another site; ``_`` of a header's name is a hyphen."""
    said = {**PAGE, "Content-Type": "application/x-www-form-urlencoded"}
    said |= {} if origin is None else {"Origin": origin}
    said |= {} if site is None else {"Sec-Fetch-Site": site}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    return portal.http.post(path, body=urlencode({"identifier": "ann@home.example"}).encode(), headers=said)


def test_the_schools_website_asks_for_a_link_and_our_page_answers(website: Portal) -> None:
    ann = website.add("ann", email="ann@home.example")
    answer = post(website, WEBSITE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PATH}?sent=1")
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = website.requests()
    assert [each["kind"] for each in asked] == ["forgot"]
    assert ann.email_key == asked[0]["key"]
    assert b"Look in your mail" in website.page(f"{PATH}?sent=1").body


def test_the_answer_is_the_same_whoever_it_is(website: Portal) -> None:
    website.add("ann", email="ann@home.example")
    known = post(website, WEBSITE)
    unknown = website.http.post(
        PATH,
        body=b"identifier=nobody%40home.example",
        headers={**PAGE, "Content-Type": "application/x-www-form-urlencoded", "Origin": WEBSITE, "Sec-Fetch-Site": "cross-site"},
    )
    same = {name: value for name, value in known.headers.items() if name != "Date"}
    assert (unknown.status_code, unknown.body) == (known.status_code, known.body)
    assert {name: value for name, value in unknown.headers.items() if name != "Date"} == same
    assert len(website.requests()) == 2


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", "cross-site"),
        ("https://northbridge.example", "cross-site"),
        ("http://www.northbridge.example", "cross-site"),
        (f"{WEBSITE}.evil.example", "cross-site"),
        (f"{WEBSITE}/", "cross-site"),
        ("null", "cross-site"),
        ("null", None),
        ("", "cross-site"),
        (None, "cross-site"),
        (None, "same-site"),
        (None, None),
    ],
)
def test_any_other_website_is_refused_with_a_form_that_works(website: Portal, origin: str | None, site: str | None) -> None:
    answer = post(website, origin, site)
    assert answer.status_code == 403
    assert website.requests() == []
    text = answer.body.decode()
    assert "stands on a website that your school has not named to us" in text
    assert f'<form method="post" action="{PATH}" novalidate>' in text
    assert "ann@home.example" not in text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_refusal_speaks_the_visitors_language(website: Portal) -> None:
    assert 'lang="pl"' in post(website, "https://evil.example", Accept_Language="pl").body.decode()


def test_a_school_that_has_named_no_website_takes_no_form_of_any(website: Portal) -> None:
    assert post(website, WEBSITE, path="/schools/southgate/forgot-password").status_code == 403
    assert website.requests() == []


def test_scripts_of_a_website_are_refused_too(website: Portal) -> None:
    """JSON across sites needs a preflight, which nobody answers; and a form that asks for JSON gets the problem."""
    body = {"identifier": "ann@home.example"}
    assert website.post(PATH, body, Origin=WEBSITE).status_code == 403
    refused = post(website, "https://evil.example", Accept="application/json")
    assert (refused.status_code, refused.json_body["code"]) == (403, "foreign_form")
    options = website.http.request("OPTIONS", PATH, headers={"Origin": WEBSITE, "Access-Control-Request-Method": "POST"})
    assert options.status_code in {403, 405}
    assert "Access-Control-Allow-Origin" not in options.headers
    assert website.requests() == []


def test_no_other_form_is_open_to_the_schools_website(website: Portal) -> None:
    for path in ("/schools/northbridge/sessions", "/schools/northbridge/codes/check", "/schools/northbridge/codes/use"):
        assert post(website, WEBSITE, path=path).status_code == 403, path


def test_our_own_form_goes_on_as_before(website: Portal) -> None:
    assert website.submit(PATH, {"identifier": "ann"}).status_code == 303
    assert post(website, ORIGIN, "same-origin").status_code == 303
    assert len(website.requests()) == 2
