"""The public pages, the account, and what every answer carries."""

import re
from typing import Any

import pytest

from latchkey.schools.model.school import Settings, SingleSignOn
from tests.support.portal import Portal


def names(answer: Any) -> list[str]:
    return [item["slug"] for item in answer.json_body["items"]]


def test_a_school_is_found_by_name_town_postcode_or_urn_in_spite_of_typing_errors(portal: Portal) -> None:
    for text in ("Northbridge", "northbrigde", "Nrothbridge acadmy", "nb1 2cd", "NB12CD", "nb1", "139001", "north"):
        assert names(portal.get(f"/schools?q={text.replace(' ', '+')}")) == ["northbridge"], text
    assert names(portal.get("/schools?q=ely")) == ["southgate"]
    assert names(portal.get("/schools?q=Hogwarts")) == []
    assert names(portal.get("/schools")) == ["northbridge", "southgate"]
    found = portal.get("/schools?q=ely").json_body
    assert found == {
        "items": [
            {"slug": "southgate", "name": "Southgate High", "town": "Ely", "postcode": "CB7 4AA", "url": "/schools/southgate"}
        ],
        "next": None,
    }


def test_a_search_takes_anything(portal: Portal) -> None:
    for text in ("%00", "a" * 100, "%F0%9F%90%98", "<script>", "a%20b%20c%20d%20e%20f%20g%20h%20i%20j", ""):
        assert portal.get(f"/schools?q={text}").status_code == 200, text
        page = portal.page(f"/?q={text}")
        assert page.status_code == 200
        assert b"<script" not in page.body
    assert portal.get("/schools?x=1").status_code == 200


def test_a_search_for_too_much_is_refused_and_the_box_comes_back(portal: Portal) -> None:
    for path in ("/", "/schools"):
        for text in ("a" * 101, "a" * 5000):
            said = portal.get(f"{path}?q={text}")
            assert (said.status_code, said.json_body["fields"]) == (422, {"q": "Search for a text of at most 100 characters."})
            page = portal.page(f"{path}?q={text}")
            assert page.status_code == 422
            assert "s-maxage" not in page.headers["Cache-Control"]
            shown = page.body.decode()
            assert shown.count("Search for a text of at most 100 characters.") == 2  # above, and at the box
            assert f'value="{"a" * 100}"' in shown
            assert "No school found" not in shown


def test_a_query_that_comes_twice_is_refused(portal: Portal) -> None:
    assert portal.get("/schools?q=a&q=b").status_code == 400


def test_the_public_page_says_the_ways_in_by_role(portal: Portal) -> None:
    assert portal.get("/schools/southgate").json_body["ways"] == [
        {
            "kind": "single_sign_on",
            "roles": ["student", "staff"],
            "label": "Northbridge Online",
            "url": "https://sso.northbridge.example/in",
            "help": "Use the same sign-in as for your other school services, or ask your school's office.",
        },
        {
            "kind": "password",
            "roles": ["teacher", "parent"],
            "url": "/schools/southgate/sessions",
            "forgot_password": "/schools/southgate/forgot-password",
        },
    ]
    text = portal.page("/schools/southgate").body.decode()
    assert "Closed: snow" in text
    assert "Students and other staff" in text
    assert "Teachers and parents" in text
    assert 'rel="noreferrer">Northbridge Online</a>' in text


def test_a_school_cannot_make_its_button_run_a_script(portal: Portal) -> None:
    for slug, url in (("bad-one", "javascript:alert(1)"), ("bad-two", "//evil.example"), ("bad-three", "http://plain.example")):
        portal.system.school(slug, settings=Settings(sso=SingleSignOn(roles=("student",), url=url, label="<b>x</b>")))
        text = portal.page(f"/schools/{slug}").body.decode()
        assert url not in text
        assert "<b>x" not in text


def test_what_is_no_school_is_not_found_in_the_same_words(portal: Portal) -> None:
    expected = portal.get("/schools/nowhere-else")
    odd = (
        "nowhere",
        "northbridge%00",
        "..",
        "a",
        "x" * 41,
        "SCHOOLS",
        "northbridge%23P",
        "%ED%A0%80",
        "north%2Fbridge",
        "%2e%2e",
    )
    for path in (f"/schools/{slug}{page}" for slug in odd for page in ("", "/sessions", "/forgot-password")):
        answer = portal.get(path)
        assert (answer.status_code, answer.body, answer.headers) == (404, expected.body, expected.headers), path
        assert portal.page(path).status_code == 404
    answer = portal.sign_in("ann", school="nowhere")
    assert (answer.status_code, answer.body) == (404, expected.body)


def test_the_account_shows_its_owner_and_no_secret(portal: Portal) -> None:
    ann = portal.add("ann", email="ann@northbridge.example", upn="B801200005001")
    token = portal.sign_in("ann").json_body["token"]
    answer = portal.get("/account", Authorization=f"Bearer {token}")
    assert answer.json_body == {
        "person": {
            "id": ann.id,
            "role": "student",
            "given_name": "Ann",
            "family_name": "Okafor",
            "is_admin": False,
            "email": "ann@northbridge.example",
            "username": "ann",
        },
        "school": {"slug": "northbridge", "name": "Northbridge Academy"},
        "signed_in_at": "2026-11-18T11:06:40Z",
        "expires_at": "2026-11-18T23:06:40Z",
    }
    page = portal.page("/account", Cookie=f"__Host-latchkey={token}")
    for body in (answer.body, page.body):
        for secret in (b"B801200005001", b"argon2", token.encode(), token.rpartition(".")[2].encode()):
            assert secret not in body
    assert page.headers["Cache-Control"] == "no-store"
    assert portal.get("/account").status_code == 401
    assert portal.page("/account").headers["Location"] == "/"


def test_assets_are_kept_for_ever_under_their_fingerprint_only(portal: Portal) -> None:
    page = portal.page("/set-password").body.decode()
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert len(found) == 5
    types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
    for url in found:
        answer = portal.get(url)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == types[url.partition("?")[0].rpartition(".")[2]]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" not in portal.get(url.partition("?")[0]).headers["Cache-Control"]
        assert "immutable" not in portal.get(url[:-1]).headers["Cache-Control"]
    for name in ("nothing.css", "..%2Fpages.py", "%2e%2e", "latchkey.css%00", "LATCHKEY.CSS", "."):
        assert portal.get(f"/assets/{name}").status_code == 404


def test_browsers_and_crawlers_find_the_icon_and_what_to_stay_away_from(portal: Portal) -> None:
    for accept in ("image/avif,image/webp,*/*", "text/html"):
        icon = portal.http.get("/favicon.ico", headers={"Accept": accept})
        assert icon.status_code == 303
        assert portal.get(icon.headers["Location"]).headers["Content-Type"] == "image/svg+xml"
    robots = portal.get("/robots.txt")
    assert robots.headers["Content-Type"] == "text/plain; charset=utf-8"
    refused = re.findall("^Disallow: (.+)$", robots.body.decode(), re.MULTILINE)
    assert set(refused) == {"/admin", "/account", "/r/", "/set-password"}


PUBLIC = (
    "/",
    "/schools",
    "/schools/{}",
    "/schools/{}/sessions",
    "/schools/{}/forgot-password",
    "/schools/{}/redeem",
    "/set-password",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_the_same_for_everyone_and_may_be_kept_a_minute(path: str, portal: Portal) -> None:
    """CloudFront keeps it under its path, Accept and language alone, so nothing else of a request may show in it."""
    portal.add("ann", email="ann@northbridge.example")
    token = portal.sign_in("ann").json_body["token"]
    place = path.format("southgate")
    plain = portal.page(place)
    assert plain.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert plain.headers["Vary"] == "Accept, Accept-Language, Cookie"
    assert "Set-Cookie" not in plain.headers
    for headers in (
        {"Cookie": f"__Host-latchkey={token}"},
        {"Authorization": f"Bearer {token}"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example", "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http", "X_Original_URL": "/account"},
        {"Accept_Language": "de, fr;q=0.5", "User_Agent": "<script>", "X_Latchkey_Viewer": "2001:db8::1", "Range": "bytes=0-5"},
    ):
        other = portal.page(place, **headers)
        assert (other.status_code, other.body, other.headers) == (plain.status_code, plain.body, plain.headers), headers
    for query in ("?q=ely", "?sent=1", "?utm_source=x", "?q="):
        assert portal.page(place + query).headers["Cache-Control"] == "no-store", query
    assert portal.get(place).headers["Cache-Control"] == "no-store", "a script that changed something reads what it changed"


def test_nothing_else_may_be_kept_by_cloudfront(portal: Portal) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    for path in ("/account", "/r/northbridge", "/schools/nowhere", "/nope", "/set-password%23x", "/schools?q=a&q=b", "/health"):
        for answer in (portal.page(path, Cookie=f"__Host-latchkey={token}"), portal.get(path)):
            assert answer.headers["Cache-Control"] == "no-store", path
    form = {"identifier": "ann", "password": "wrong"}
    assert portal.submit("/schools/northbridge/sessions", form).headers["Cache-Control"] == "no-store"
    assert portal.submit("/schools/northbridge/codes/check", {"code": "x"}).headers["Cache-Control"] == "no-store"


def test_health_answers(portal: Portal) -> None:
    assert portal.get("/health").json_body == {"status": "ok"}


def test_every_page_has_the_headers_that_protect_it(portal: Portal) -> None:
    for path in (
        "/",
        "/schools",
        "/schools/southgate",
        "/schools/southgate/sessions",
        "/set-password",
        "/schools/nowhere",
        "/health",
    ):
        for answer in (
            portal.page(path),
            portal.get(path),
            portal.page(path, Host="evil.example", X_Forwarded_Host="evil.example"),
        ):
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "evil.example" not in str(answer.body) + str(answer.headers)
            assert b"style=" not in answer.body
            assert b" onclick" not in answer.body


def test_every_page_has_one_heading_and_every_field_a_label(portal: Portal) -> None:
    for path in ("/", "/schools/southgate", "/schools/southgate/sessions", "/schools/southgate/forgot-password"):
        text = portal.page(path).body.decode()
        assert text.count("<h1") == 1
        assert '<html lang="en-GB">' in text
        for field in re.findall(r'<input id="([^"]+)"', text):
            assert f'<label for="{field}">' in text
