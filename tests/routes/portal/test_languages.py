"""Pages in the language of whoever reads them: the person's, else the chosen one, else the school's, else the browser's."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from tests.support.portal import PASSWORD, Portal
from tests.support.pseudo import outside, speak_it
from web.languages import preferred

PUBLIC = (
    "/",
    "/schools?q=north",
    "/schools?q=nowhere-at-all",
    "/schools?q=" + "a" * 101,
    "/schools/{}",
    "/schools/{}/sessions",
    "/schools/{}/forgot-password",
    "/schools/{}/forgot-password?sent=1",
    "/schools/{}/redeem",
    "/set-password",
    "/no-such-page",
    "/schools/no-such-school",
)
ELSEWHERE = ("", "//evil.example", "/\\\\evil.example", "https://evil.example", "/a/../b", "/x?y=//z", "x", "/%2f")
NAMES = (
    *("Northbridge Academy", "Southgate High", "Northbridge", "Southgate", "Latchkey"),
    *("nowhere-at-all", "Ely, CB7 4AA", ", NB1 2CD", "Closed: snow"),
)


def language(answer: Any) -> str:
    return str(answer.body.decode().split('<html lang="')[1].split('"')[0])


def speaks(portal: Portal, code: str, slug: str = "southgate") -> None:
    """From now on a school's language is this one."""
    school = portal.wiring.schools.get(slug)
    assert school is not None
    portal.system.wiring("console").schools.change(replace(school, settings=replace(school.settings, language=code)))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_says_nothing_that_cannot_be_translated(path: str, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_it(monkeypatch)
    page = portal.page(path.format("southgate"), Accept_Language="cy").body.decode()
    assert 'lang="cy"' in page
    assert outside(page, *NAMES) == []


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("code", ["cy", "pl", "ur"])
def test_a_public_page_in_the_browsers_language(path: str, code: str, portal: Portal) -> None:
    answer = portal.page(path.format("southgate"), Accept_Language=f"{code}-GB,{code};q=0.9,en;q=0.5")
    assert language(answer) == code
    assert ('<html lang="ur" dir="rtl">' in answer.body.decode()) is (code == "ur")
    assert len(answer.body) < 60_000


@pytest.mark.parametrize("path", ["/schools/southgate", "/schools/southgate/sessions", "/schools/southgate/redeem"])
def test_a_school_that_chose_a_language_speaks_it(path: str, portal: Portal) -> None:
    speaks(portal, "cy")
    assert language(portal.page(path, Accept_Language="pl")) == "cy"
    assert language(portal.page(path, Accept_Language="pl", Cookie="__Host-language=ur")) == "ur", "somebody chose it here"
    assert language(portal.page(path, Accept_Language="pl", Cookie="__Host-language=xx")) == "cy"
    assert language(portal.page(f"{path}?language=pl")) == "pl"
    assert language(portal.page("/", Accept_Language="pl")) == "pl", "no school's page"


def test_a_person_who_is_signed_in_reads_their_own_language(portal: Portal) -> None:
    portal.add("ola", language="pl")
    portal.add("ann")
    for name, code in (("ola", "pl"), ("ann", "ur")):
        token = portal.sign_in(name).json_body["token"]
        cookie = f"__Host-latchkey={token}; __Host-language=ur"
        assert language(portal.page("/account", Cookie=cookie, Accept_Language="cy")) == code


@pytest.mark.parametrize("role", ["student", "parent", "teacher", "staff", "admin"])
@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/sessions", "/account/language"])
def test_the_account_says_nothing_that_cannot_be_translated(
    path: str, role: str, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = portal.add("zofia")
    facts = {"role": "staff" if role == "admin" else role, "is_admin": role == "admin", "language": "cy"}
    other = {"children": (child.id,)} if role == "parent" else {}
    portal.add("ann", email="ann@northbridge.example", **facts, **other)
    token = portal.sign_in("ann").json_body["token"]
    speak_it(monkeypatch)
    answer = portal.page(path, Cookie=f"__Host-latchkey={token}")
    assert answer.status_code == 200
    people = ("Ann", "Okafor", "Zofia", "ann@northbridge.example", "ann", "zofia")
    languages = ("English", "Cymraeg", "Polski")
    assert outside(answer.body.decode(), *NAMES, *people, *languages) == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/schools/{}/sessions", {}),
        ("/schools/{}/sessions", {"identifier": "x\x00", "password": "y"}),
        ("/schools/{}/sessions", {"identifier": "nobody", "password": "wrong-wrong-wrong"}),
        ("/schools/{}/forgot-password", {}),
        ("/schools/{}/forgot-password", {"identifier": "x" * 400}),
        ("/schools/{}/codes/check", {"code": ""}),
        ("/schools/{}/codes/check", {"code": "P234-6789-CDFH"}),
        ("/schools/{}/codes/use", {"code": "F222-2222-2222-2222", "password": "short"}),
        ("/language", {"language": "xx"}),
        ("/account/language", {"language": "xx"}),
    ],
)
def test_a_form_that_is_refused_says_why_in_words_that_can_be_translated(
    path: str, fields: dict[str, str], portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_it(monkeypatch)
    answer = portal.submit(path.format("southgate"), fields, Accept_Language="cy")
    assert answer.status_code >= 300
    assert outside(answer.body.decode(), *NAMES, "nobody", "cy, pl, ur", "en, cy, pl, ur", "P234-6789-CDFH") == []


def test_a_code_from_the_letter_to_the_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every state of the page: opened, refused with all that is wrong, done, used up."""
    child = portal.add("zofia", password=None, number=7, pin=CodeState(1, portal.wiring.now() + 9_000_000))
    said = {"code": portal.code(child, "pin")}
    speak_it(monkeypatch)
    use = "/schools/northbridge/codes/use"
    for path, fields, status in (
        ("/schools/northbridge/codes/check", said, 200),
        (use, {**said, "password": "short", "email": "no address"}, 422),
        (use, {**said, "password": PASSWORD}, 201),
        (use, {**said, "password": PASSWORD}, 410),
    ):
        answer = portal.submit(path, fields, Accept_Language="cy")
        assert answer.status_code == status
        assert outside(answer.body.decode(), *NAMES, "Zofia", "Okafor", "zofia", "ann.okafor", said["code"]) == []


def test_what_fills_a_sentence_runs_in_its_own_direction(portal: Portal) -> None:
    """A username like "7a.ann" would come out in pieces where a page is read from right to left."""
    portal.add("ann", given_name="<i>7A-Ann", language="ur")
    portal.add("eve", given_name="<i>7A-Eve")
    tokens = {name: portal.sign_in(name).json_body["token"] for name in ("ann", "eve")}
    pages = {name: portal.page("/account", Cookie=f"__Host-latchkey={token}") for name, token in tokens.items()}
    assert "\u2068&lt;i&gt;7A-Ann\u2069" in pages["ann"].body.decode()
    assert 'href="\u2068' not in pages["ann"].body.decode()
    assert "\u2068" not in pages["eve"].body.decode()


def test_what_cloudfront_says_stands_for_cookie_and_browser(portal: Portal) -> None:
    """The pages that it keeps see neither."""
    speaks(portal, "cy")
    for said, code in (("pl", "cy"), ("pl!", "pl"), ("en", "cy"), ("en!", "en-GB"), ("<b>!", "en-GB"), ("", "cy")):
        found = portal.page("/schools/southgate", X_Latchkey_Language=said, Accept_Language="ur")
        assert language(found) == code, said
    assert language(portal.page("/", X_Latchkey_Language="pl", Accept_Language="ur")) == "pl"


def test_one_reader_after_the_other(portal: Portal) -> None:
    """Nothing of a language stays behind for the next page."""
    first = {code: portal.page("/schools/southgate/sessions", Accept_Language=code).body for code in ("en", "cy", "pl", "ur")}
    assert len(set(first.values())) == 4
    for code in ("ur", "en", "pl", "cy", "en"):
        assert portal.page("/schools/southgate/sessions", Accept_Language=code).body == first[code]


def test_an_error_is_in_the_readers_language_and_in_english_for_scripts(portal: Portal) -> None:
    fields = {"identifier": "nobody", "password": "wrong-wrong-wrong"}
    page = portal.submit("/schools/southgate/sessions", fields, Accept_Language="pl").body.decode()
    assert "Nie udało się zalogować." in page
    assert "We could not sign you in." not in page
    said = portal.post("/schools/southgate/sessions", fields, Accept_Language="pl").json_body
    assert said["detail"].startswith("We could not sign you in.")


def test_choosing_a_language_leads_back_and_stays(portal: Portal) -> None:
    answer = portal.submit("/language", {"language": "ur", "to": "/schools/southgate/sessions"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/southgate/sessions")
    assert answer.headers["Set-Cookie"].startswith("__Host-language=ur; Path=/; Max-Age=31536000; Secure; HttpOnly")
    assert language(portal.page("/schools/southgate/sessions", Cookie="__Host-language=ur")) == "ur"
    assert portal.post("/language", {"language": "cy"}).status_code == 204


@pytest.mark.parametrize(
    "place", ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a/../b", "/x?y=//z", "x", "/%2f"]
)
def test_choosing_a_language_leads_to_no_other_site(place: str, portal: Portal) -> None:
    assert portal.submit("/language", {"language": "pl", "to": place}).headers["Location"] == "/"


@pytest.mark.parametrize("code", ["", "xx", "EN", "cy; Secure", "de"])
def test_only_our_languages_can_be_chosen(code: str, portal: Portal) -> None:
    answer = portal.submit("/language", {"language": code, "to": "/"})
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_another_site_chooses_no_language(portal: Portal) -> None:
    elsewhere = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
    assert portal.submit("/language", {"language": "pl", "to": "/"}, **elsewhere).status_code == 403


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", None),
        ("cy", "cy"),
        ("CY-gb", "cy"),
        ("de, fr", None),
        ("en;q=0.5, cy;q=0.9", "cy"),
        ("cy;q=0.5, en", "en"),
        ("cy;q=0", None),
        ("cy;q=NaN, pl;q=0.3", "pl"),
        ("cy;q=1e9, pl;q=0.3", "pl"),
        ("x" * 1_000_000 + ",cy", None),
        (",,,;;;cy", None),
        ("ur-Arab-PK-x-private", "ur"),
    ],
)
def test_what_browsers_say(said: str, code: str | None) -> None:
    assert preferred(said) == code
