"""What a school may say on its page and for how long, and which websites may have its form."""

from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.schools.model.notice import PageNotice, fresh_until
from latchkey.schools.model.school import Settings
from latchkey.schools.model.settings_rules import change
from latchkey.shared.model.clock import read_rfc3339

NONE = Settings()
SEVEN, SIX = "2026-11-27T07:00:00Z", "2026-11-27T18:00:00Z"
AT_SEVEN, AT_SIX = read_rfc3339(SEVEN), read_rfc3339(SIX)
CLOSED = Settings(notice="Closed", notice_starts_at=SEVEN, notice_ends_at=SIX)


def refused(values: dict[str, Any], settings: Settings = NONE) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        change(settings, values)
    return caught.value.fields


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-11-27T18:00", "2026-11-27T18:00:00Z"),
        ("2026-07-27T18:00", "2026-07-27T17:00:00Z"),
        ("2026-07-27T18:00:30", "2026-07-27T17:00:30Z"),
        ("2026-07-27T18:00:00Z", "2026-07-27T18:00:00Z"),
        ("2026-07-27t18:00:00+02:00", "2026-07-27T16:00:00Z"),
        ("2026-10-25T01:30", "2026-10-25T00:30:00Z"),
        ("", ""),
        (None, ""),
    ],
)
def test_times_are_those_of_the_schools_clock_and_kept_in_utc(typed: Any, kept: str) -> None:
    after = change(Settings(notice="Closed"), {"notice_ends_at": typed})
    assert after.notice_ends_at == kept
    assert change(after, {"notice_ends_at": after.notice_ends_at}) == after


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-02-30T10:00", "27/11/2026", 5, True, ["2026-11-27T18:00"], "2026-11-27", "٢٠٢٦-11-27T18:00"]
)
def test_what_is_no_time_is_refused(typed: Any) -> None:
    for name in ("notice_starts_at", "notice_ends_at"):
        assert set(refused({"notice": "Closed", name: typed})) == {name}


def test_an_hour_that_is_left_out_is_said() -> None:
    assert "left out" in refused({"notice": "Closed", "notice_ends_at": "2027-03-28T01:30"})["notice_ends_at"]


def test_a_notice_goes_after_it_appears() -> None:
    for ends in (SEVEN, "2026-11-27T06:59:00Z"):
        assert set(refused({"notice_ends_at": ends}, CLOSED)) == {"notice_ends_at"}
    wrong = refused({"notice_ends_at": SEVEN, "help_line": "x" * 201, "form_origins": ["nothing"]}, CLOSED)
    assert set(wrong) == {"notice_ends_at", "help_line", "form_origins"}


def test_a_notice_that_is_emptied_has_no_times() -> None:
    assert change(CLOSED, {"notice": ""}) == Settings()
    assert change(Settings(), {"notice_starts_at": SEVEN}) == Settings()


def test_a_notice_comes_and_goes_by_itself() -> None:
    notice = PageNotice.of(CLOSED)
    shown = {at: notice.is_shown(at) for at in (AT_SEVEN - 1, AT_SEVEN, AT_SIX - 1, AT_SIX)}
    assert list(shown.values()) == [False, True, True, False]
    turns = [fresh_until(CLOSED, at) for at in (AT_SEVEN - 1, AT_SEVEN, AT_SIX - 1, AT_SIX)]
    assert turns == [AT_SEVEN, AT_SIX, AT_SIX, None]
    assert notice.turns(0) == (AT_SEVEN, AT_SIX)


def test_a_notice_without_times_stands_until_it_is_taken_down() -> None:
    assert PageNotice("Closed").is_shown(0)
    assert fresh_until(Settings(notice="Closed"), 0) is None
    assert not PageNotice("", None, 10).is_shown(0)
    assert PageNotice("", 5, 10).turns(0) == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["https://www.school.example"], ("https://www.school.example",)),
        ("https://www.School.example/contact/?a=b#c\nwww.school.example", ("https://www.school.example",)),
        ("school.example:8443 https://a.example:443/", ("https://school.example:8443", "https://a.example")),
        ("http://localhost:8000", ("http://localhost:8000",)),
        ("", ()),
        ([], ()),
    ],
)
def test_websites_are_named_by_what_stands_in_the_address_bar(typed: Any, kept: tuple[str, ...]) -> None:
    after = change(Settings(), {"form_origins": typed})
    assert after.form_origins == kept
    assert change(after, {"form_origins": list(kept)}) == after


@pytest.mark.parametrize(
    "typed",
    [
        "http://www.school.example",
        "null",
        "*",
        "https://*.example",
        "https://user@school.example",
        "https://school",
        "https://10.0.0.1",
        "javascript://x.example",
        "https://-a.example",
        "https://a.example:99999999",
        "https://" + "a" * 300 + ".example",
        "https://ex\u0430mple.example",
        {"a": 1},
        None,
        [1],
        [f"https://a{number}.example" for number in range(11)],
    ],
)
def test_what_is_no_website_is_refused(typed: Any) -> None:
    assert set(refused({"form_origins": typed})) == {"form_origins"}


def test_office_hours_have_lines() -> None:
    assert change(Settings(), {"office_hours": "Mon to Thu 8-4\r\nFri 8-1"}).office_hours == "Mon to Thu 8-4\nFri 8-1"
    assert set(refused({"office_hours": "x" * 301})) == set(refused({"office_hours": "a\tb\x00"})) == {"office_hours"}
