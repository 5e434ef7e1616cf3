"""What a school may choose, and what it may not."""

from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.schools.model.address_ranges import is_inside
from latchkey.schools.model.school import DAY, FamilyRule, Settings, SingleSignOn
from latchkey.schools.model.settings_rules import LIVES, change, in_words, unit_of

NOW = Settings(notice="Open", sso=SingleSignOn(roles=("student",), label="Go"))


def refused(values: dict[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        change(NOW, values)
    return caught.value.fields


def test_what_is_not_named_stays() -> None:
    after = change(NOW, {"help_line": " Ring 1 ", "sso": {"url": "https://login.school.example/"}})
    assert (after.help_line, after.notice, after.welcome_life) == ("Ring 1", "Open", NOW.welcome_life)
    assert after.sso == SingleSignOn(roles=("student",), label="Go", url="https://login.school.example/")


@pytest.mark.parametrize("name", LIVES)
def test_lives_keep_to_their_bounds(name: str) -> None:
    shortest, longest = LIVES[name]
    assert getattr(change(NOW, {name: shortest}), name) == shortest
    assert getattr(change(NOW, {name: longest}), name) == longest
    for wrong in (shortest - 60, longest + 60, shortest + 1, True, "3600", None, 1.5, -1, [3600], 10**30):
        assert set(refused({name: wrong})) == {name}


def test_students_give_an_address_or_not() -> None:
    for value in ("required", "optional", "none"):
        assert change(NOW, {"student_email": value}).student_email == value
    for wrong in ("", "never", None, True, 1, ["none"], {}):
        assert set(refused({"student_email": wrong})) == {"student_email"}


def test_how_people_are_named() -> None:
    for value in ("preferred", "legal"):
        assert change(NOW, {"names": value}).names == value
    for wrong in ("", "known_as", None, True, ["legal"]):
        assert set(refused({"names": wrong})) == {"names"}


def test_the_upper_bounds_are_what_was_decided() -> None:
    longest = {name: bounds[1] for name, bounds in LIVES.items()}
    assert longest == {"welcome_life": 30 * DAY, "reset_life": 7 * DAY, "forgot_life": DAY, "code_life": 365 * DAY}


@pytest.mark.parametrize(
    "url",
    [
        "http://login.school.example/",
        "//evil.example",
        "/\\evil.example",
        "\t//evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "https://good.example@evil.example/",
        "https://good.example:x@evil.example",
        "https://good.example\\@evil.example",
        "https://good.example/@evil.example",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://good.example/ space",
        "https://good.example/\r\nSet-Cookie: a=b",
        "https://good.example/\n",
        'https://good.example/"onclick="',
        "https://good.example:0/",
        "https://good.example:99999x/",
        "https://gооd.example/",
        "https://good..example/",
        "https://-good.example/",
        "https://good.example/#fragment",
        "javascript:alert(1)",
        "JaVaScRiPt://good.example/%0aalert(1)",
        "data:text/html,x",
        "https://" + "a" * 500 + ".example/",
        7,
        None,
        ["https://good.example/"],
    ],
)
def test_no_tricks_with_the_sign_in_page(url: object) -> None:
    assert "sso.url" in refused({"sso": {"url": url}})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://login.school.example",
        "https://a.b.sch.uk:8443/saml/start?idp=1&next=%2F",
        "https://xn--bcher-kva.example/a;b=c",
    ],
)
def test_an_ordinary_sign_in_page_is_taken(url: str) -> None:
    assert change(NOW, {"sso": {"url": url}}).sso.url == url


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"slug": "other"}, {"slug"}),
        ({"sso": {"secret": "x"}}, {"sso.secret"}),
        ({"sso": "on"}, {"sso"}),
        ({"sso": {"roles": ["admin"]}}, {"sso.roles"}),
        ({"sso": {"roles": "student"}}, {"sso.roles"}),
        ({"sso": {"roles": [["student"]]}}, {"sso.roles"}),
        ({"reply_to": "a@x.example, b@x.example"}, {"reply_to"}),
        ({"reply_to": "a@x.example\r\nBcc: e@x.example"}, {"reply_to"}),
        ({"reply_to": ["a@x.example"]}, {"reply_to"}),
        ({"help_line": "a\nb"}, {"help_line"}),
        ({"help_line": "a" * 201}, {"help_line"}),
        ({"notice": "a\x00b"}, {"notice"}),
        ({"notice": "a\u2028b"}, {"notice"}),
        ({"notice": {"a": 1}}, {"notice"}),
        ({"notice": "a" * 1001, "welcome_life": 5}, {"notice", "welcome_life"}),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_else_changes(values: dict[str, Any], fields: set[str]) -> None:
    assert set(refused({"help_line": "fine", **values})) == fields


def test_a_notice_may_have_lines_and_an_address_may_go() -> None:
    after = change(Settings(reply_to="a@x.example"), {"notice": "One\r\nTwo", "reply_to": None})
    assert (after.notice, after.reply_to) == ("One\nTwo", None)
    assert change(NOW, {"reply_to": "Office@School.Example"}).reply_to == "office@school.example"


@pytest.mark.parametrize(
    ("seconds", "count", "words"),
    [(DAY, (1, "days"), "1 day"), (14 * DAY, (14, "days"), "14 days"), (5400, (90, "minutes"), "90 minutes")],
)
def test_lives_in_words(seconds: int, count: tuple[int, str], words: str) -> None:
    assert (unit_of(seconds), in_words(seconds)) == (count, words)


@pytest.mark.parametrize(("typed", "kept"), [("#1B4D5C", "#1b4d5c"), (" #ffffff ", "#ffffff"), ("", "")])
def test_a_colour(typed: str, kept: str) -> None:
    assert change(NOW, {"colour": typed}).colour == kept


@pytest.mark.parametrize("wrong", ["1b4d5c", "#1b4", "#1b4d5cff", "red", "#1b4d5g", "#1b4d5c\n;", "url(x)", None, 7, ["#1b4d5c"]])
def test_what_is_no_colour_is_refused(wrong: object) -> None:
    assert set(refused({"colour": wrong})) == {"colour"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("801/1250", "8011250"), ("801 1250", "8011250"), ("801-1250", "8011250"), ("8011250", "8011250"), ("", "")],
)
def test_a_laestab(typed: str, kept: str) -> None:
    assert change(NOW, {"laestab": typed}).laestab == kept


@pytest.mark.parametrize("wrong", ["123456", "80112500", "801/125A", "٨٠١١٢٥٠", 8011250, None])
def test_what_is_no_laestab_is_refused(wrong: object) -> None:
    assert set(refused({"laestab": wrong})) == {"laestab"}


@pytest.mark.parametrize("name", ["student_domains", "staff_domains"])
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" Pupils.School.example ", "pupils.school.example"), ("@a.example, b.example;a.example", "a.example b.example")],
)
def test_domains_of_addresses(name: str, typed: str, kept: str) -> None:
    assert getattr(change(NOW, {name: typed}), name) == kept


@pytest.mark.parametrize(
    "wrong",
    ["school", "a@b.example", "http://x.example", "x..example", "é.example", 1, None, " ".join(f"a{n}.uk" for n in range(11))],
)
def test_what_are_no_domains_is_refused(wrong: object) -> None:
    assert set(refused({"student_domains": wrong})) == {"student_domains"}


@pytest.mark.parametrize("roles", [[], ["student"], ["parent", "staff"]])
@pytest.mark.parametrize("alone", [True, False])
def test_who_may_use_a_phone_is_a_choice(roles: list[str], alone: bool) -> None:
    changed = change(Settings(), {"phones": {"roles": roles, "alone": alone}}).phones
    assert (set(changed.roles), changed.alone) == (set(roles), alone)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"second_factor": "no"}, "second_factor"),
        ({"afterwards": "yes"}, "afterwards"),
        ({"afterwards": True}, "afterwards"),
        ({"second_factor": None}, "second_factor"),
        ({"second_factor": True}, "second_factor"),
        ({"phones": "student"}, "phones"),
        ({"phones": {"roles": "student"}}, "phones.roles"),
        ({"phones": {"roles": ["head"]}}, "phones.roles"),
        ({"phones": {"alone": "yes"}}, "phones.alone"),
        ({"phones": {"everybody": True}}, "phones.everybody"),
    ],
)
def test_rules_of_second_factors_and_phones_are_held(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(Settings(), values)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(("typed", "year"), [("7", "7"), ("Year 9", "9"), (" 07 ", "7"), ("reception", "R"), ("", "")])
def test_from_which_year_on_students_see_their_parents_code(typed: str, year: str) -> None:
    assert change(NOW, {"family": {"parent_code_from": typed}}).family == FamilyRule(parent_code_from=year)


def test_what_students_and_parents_may_do() -> None:
    assert change(NOW, {"family": {"pins": False}}).family == FamilyRule(pins=False)
    assert change(NOW, {"family": {}}).family == FamilyRule()
    for name in ("parent_code", "invitations", "pins"):
        for wrong in (None, 1, "true", [], {}):
            assert set(refused({"family": {name: wrong}})) == {f"family.{name}"}
    for year in ("x", "15", 7, ["7"], True):
        assert set(refused({"family": {"parent_code_from": year}})) == {"family.parent_code_from"}
    assert set(refused({"family": {"other": True}})) == {"family.other"}
    assert set(refused({"family": True})) == {"family"}


def test_the_schools_own_addresses() -> None:
    ranges = change(NOW, {"address_ranges": [" 203.0.113.0/24", "198.51.100.7", "2001:DB8:12::/48", "203.0.113.9/24"]})
    assert ranges.address_ranges == ("203.0.113.0/24", "198.51.100.7/32", "2001:db8:12::/48")
    typed = change(NOW, {"address_ranges": "203.0.113.0/24, 198.51.100.7\r\n2001:db8:12::/48;"})
    assert typed.address_ranges == ranges.address_ranges
    assert change(ranges, {"address_ranges": []}).address_ranges == change(ranges, {"address_ranges": ""}).address_ranges == ()


@pytest.mark.parametrize(
    "wrong",
    ["all", "203.0.113.0/33", "0.0.0.0/0", "203.0.0.0/15", "2001:db8::/31", "::/0", "10.1.0.0/16", "192.168.1.7", "fd00::/8",
     ["203.0.113.0/24", 7], {"a": 1}, None, True, 7, ["203.0.113.0/24", "x" * 5_000], [f"203.0.113.{n}" for n in range(51)]],
)  # fmt: skip
def test_what_is_no_range_of_a_school(wrong: object) -> None:
    found = refused({"address_ranges": wrong})
    assert set(found) == {"address_ranges"}
    assert len(found["address_ranges"]) < 200


def test_fifty_ranges_are_enough() -> None:
    assert len(change(NOW, {"address_ranges": [f"203.0.113.{n}" for n in range(50)]}).address_ranges) == 50


def test_inside_and_outside() -> None:
    ranges = ("203.0.113.0/24", "2001:db8:12::/48")
    asked = {each: is_inside(ranges, each) for each in ("203.0.113.9", "203.0.114.9", "2001:db8:12::1", "2001:db8:13::1")}
    assert list(asked.values()) == [True, False, True, False]
    assert is_inside(ranges, "::ffff:203.0.113.9") is True
    assert is_inside((), "203.0.113.9") is None
    assert is_inside(ranges, "nonsense") is None
