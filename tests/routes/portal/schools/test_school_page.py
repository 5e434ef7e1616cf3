"""A school's page for everybody: its notice for as long as it stands, its logo, its colour, and whom to ask."""

import base64
import re
from typing import Any

import pytest

from latchkey.schools.model import logo
from latchkey.schools.model.school import SingleSignOn
from latchkey.schools.model.settings_rules import change
from latchkey.shared.model.clock import utc
from tests.support.pictures import png
from tests.support.portal import Portal

HOME = "/schools/northbridge"
PAGES = (HOME, f"{HOME}/sessions", f"{HOME}/forgot-password", f"{HOME}/redeem")
TEXT = "Closed <b>today</b>:\nsnow"


def has(portal: Portal, **values: Any) -> None:
    """Give the school settings, as nobody has kept it yet."""
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    after = change(school.settings, values)
    if values.get("logo_png"):
        portal.system.wiring("console").logos("northbridge").put(logo.read(values["logo_png"]))
    names = ["logo" if name == "logo_png" else name for name in values]
    portal.system.wiring("operate").schools.change_settings("northbridge", after, names)
    portal.system.clock.now += 61


def shown(portal: Portal, path: str) -> str:
    answer = portal.page(path)
    assert answer.status_code == 200
    return str(answer.body.decode())


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_stands_on_every_page_on_which_people_begin_and_ends_by_itself(portal: Portal, path: str) -> None:
    now = portal.wiring.now() + 61
    has(portal, notice=TEXT, notice_starts_at=utc(now + 100), notice_ends_at=utc(now + 1000))
    assert "snow" not in shown(portal, path)
    assert portal.page(path).headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-if-error=0"
    portal.system.clock.now += 70
    assert portal.page(path).headers["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-if-error=0"
    portal.system.clock.now += 30
    text = shown(portal, path)
    assert "Closed &lt;b&gt;today&lt;/b&gt;:\nsnow" in text
    assert f'data-until="{utc(now + 1000)}"' in text
    assert "/assets/notice.js" in text
    portal.system.clock.now += 899
    assert "snow" in shown(portal, path)
    assert portal.page(path).headers["Cache-Control"] == "public, max-age=0, s-maxage=1, stale-if-error=0"
    portal.system.clock.now += 1
    assert "snow" not in shown(portal, path)
    assert portal.page(path).headers["Cache-Control"] == "public, max-age=0, s-maxage=60"


def test_scripts_are_told_what_stands_now(portal: Portal) -> None:
    now = portal.wiring.now() + 61
    has(portal, notice=TEXT, notice_ends_at=utc(now + 100), office_hours="8 to 4", help_line="Ring 01", colour="#ffd400")
    said = portal.get(HOME).json_body
    assert (said["notice"], said["notice_ends_at"]) == (TEXT, utc(now + 100))
    assert (said["office_hours"], said["help"], said["colour"], said["logo"]) == ("8 to 4", "Ring 01", "#ffd400", "")
    assert [said[name] for name in ("sign_in", "forgot_password", "redeem")] == [
        f"{HOME}/sessions",
        f"{HOME}/forgot-password",
        f"{HOME}/redeem",
    ]
    portal.system.clock.now += 100
    said = portal.get(HOME).json_body
    assert (said["notice"], said["notice_ends_at"]) == ("", None)


def test_three_ways_in_weigh_the_same(portal: Portal) -> None:
    text = shown(portal, HOME)
    cards = re.findall(r"<h2>(.*?)</h2>", text)
    assert cards[:3] == ["Sign in", "I have a code", "Forgot my password"]
    buttons = re.findall(r'<a class="button" href="([^"]*)"', text)
    assert buttons == [f"{HOME}/sessions", f"{HOME}/redeem", f"{HOME}/forgot-password"]


def test_who_has_neither_a_code_nor_an_address_reads_whom_to_ask(portal: Portal) -> None:
    assert "Ask the school’s office." in shown(portal, HOME)
    assert "How to reach the office" not in shown(portal, HOME)
    has(portal, help_line="Ring <01632> 960000", office_hours="Mon to Thu 8-4\nFri 8-1", language="pl")
    text = shown(portal, f"{HOME}?language=en")
    assert '<p lang="pl" dir="auto">Ring &lt;01632&gt; 960000</p>' in text
    assert '<p class="lines" lang="pl" dir="auto">Mon to Thu 8-4\nFri 8-1</p>' in text


def test_the_page_is_in_the_visitors_language_and_the_schools_words_are_as_typed(portal: Portal) -> None:
    has(portal, notice=TEXT)
    for code, words in (("cy", "Mae gen i god"), ("pl", "Mam kod"), ("ur", "میرے پاس کوڈ ہے")):
        text = portal.page(HOME, Accept_Language=code).body.decode()
        assert words in text
        assert f'<html lang="{code}"' in text
        assert '<p class="lines" lang="en" dir="auto">Closed' in text


def test_the_logo_is_on_the_page_and_kept_under_its_own_address(portal: Portal) -> None:
    assert 'class="logo"' not in shown(portal, HOME)
    assert portal.http.get("/pictures/logos/northbridge.png").status_code == 404
    has(portal, logo_png=base64.b64encode(png(30, 12)).decode())
    address = re.findall(r'<img class="logo" src="([^"]*)" alt="">', shown(portal, HOME))[0]
    assert portal.get(HOME).json_body["logo"] == address
    picture = portal.http.get(address, headers={"Accept": "image/png"})
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert "immutable" in picture.headers["Cache-Control"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert logo.of_png(picture.body).width == 30
    assert "immutable" not in portal.http.get(address.partition("?")[0]).headers["Cache-Control"]
    for wrong in ("southgate.png", "northbridge", "nobody.png", "NORTHBRIDGE.svg", ".png", "northbridge.png.png"):
        assert portal.http.get(f"/pictures/logos/{wrong}").status_code == 404, wrong


def test_the_schools_colour_is_a_stylesheet_of_variables(portal: Portal) -> None:
    assert "colours-" not in shown(portal, HOME)
    has(portal, colour="#ffd400")
    for path in PAGES:
        text = shown(portal, path)
        assert '<meta name="theme-color" content="#ffd400">' in text
        assert "style=" not in text
        assert "<style" not in text
    address = re.findall(r'href="(/assets/colours-ffd400.css\?v=[0-9a-f]{12})"', shown(portal, HOME))[0]
    sheet = portal.http.get(address)
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert b"--bar:#ffd400;--on-bar:#000000;" in sheet.body
    for wrong in ("colours-.css", "colours-fff.css", "colours-FFD400.css", "colours-ffd400.css.css", "colours-zzzzzz.css"):
        assert portal.http.get(f"/assets/{wrong}").status_code == 404, wrong


def test_who_has_no_single_sign_on_does_not_read_of_it_first(portal: Portal) -> None:
    partly = SingleSignOn(roles=("student",), label="Northbridge Online", url="https://sso.northbridge.example/in")
    has(portal, sso={"roles": ["student"], "label": partly.label, "url": partly.url})
    for path in PAGES[1:]:
        text = shown(portal, path)
        assert 'class="notice"' not in text, path
        assert 'class="aside"' in text, path
        assert "Northbridge Online" in text, path
    text = shown(portal, HOME)
    assert text.index("Teachers, other staff and parents") < text.index("Northbridge Online")
    has(portal, sso={"roles": ["student", "teacher", "staff", "parent"]})
    assert 'class="notice"' in shown(portal, PAGES[1])
    assert '<a class="button" dir="auto" href="https://sso.northbridge.example/in"' in shown(portal, HOME)
