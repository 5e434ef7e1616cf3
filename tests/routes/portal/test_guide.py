"""The admins' guide: every page of docs/guide, in order, for everybody."""

import re

import pytest

from portal.guide import PAGES
from tests.support.openapi import check
from tests.support.portal import Portal
from tests.support.sam import ROOT

GUIDE = ROOT / "docs" / "guide"


def test_every_page_is_listed() -> None:
    assert sorted(PAGES) == sorted(page.stem for page in GUIDE.glob("*.md"))


def test_every_picture_is_shown_and_says_what_it_shows() -> None:
    shown = [found for page in GUIDE.glob("*.md") for found in re.findall(r"!\[([^\]]*)\]\(pictures/([^)]+)\)", page.read_text())]
    assert sorted({file for _, file in shown}) == sorted(picture.name for picture in GUIDE.glob("pictures/*"))
    assert all(len(words) > 20 for words, _ in shown), "somebody may not see it"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_text_and_the_way_to_the_others(portal: Portal, page: str) -> None:
    body = check("get", f"/guide/{page}", portal.get(f"/guide/{page}"))
    assert body["html"].startswith("<h1")
    assert [each["name"] for each in body["pages"]] == list(PAGES)
    text = portal.page(f"/guide/{page}").body.decode()
    assert body["title"] in text
    assert f'href="/guide/{page}" aria-current="page"' in text
    assert len(text) < 60_000
    for address in re.findall(r'<img src="([^"]+)"', text):
        picture = portal.http.get(address, headers={"Accept": "image/png"})  # as CloudFront asks
        assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/webp")
        assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert picture.body[8:12] == b"WEBP"


def test_the_first_one_is_where_to_begin_and_others_are_not_there(portal: Portal) -> None:
    assert portal.get("/guide").json_body["name"] == PAGES[0]
    for name in ("nothing", "..", "start.html", "%2e%2e"):
        assert portal.get(f"/guide/{name}").status_code == 404


def test_the_page_for_families_stands_alone_and_is_light(portal: Portal) -> None:
    body = check("get", "/families", portal.get("/families"))
    assert body["html"].startswith("<h1")
    text = portal.page("/families").body.decode()
    shown = re.findall(r"!\[([^\]]*)\]\(pictures/families/([^)]+)\)", (ROOT / "docs" / "families.md").read_text())
    assert text.count('<img src="/pictures/family-') == len(shown) > 0
    assert sorted(file for _, file in shown) == sorted(each.name for each in (ROOT / "docs" / "pictures" / "families").glob("*"))
    assert len(text) < 12_000
    assert portal.get("/guide/families").status_code == 404
