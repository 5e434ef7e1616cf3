"""Whom an export means, and what its file is called."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import Invalid
from latchkey.login_details.model.request import (
    LONGEST_LIST,
    MOST_DAYS,
    parse_audience,
    parse_codes,
    parse_days,
    parse_format,
    parse_scope,
    parse_wanted,
)
from latchkey.login_details.model.run_names import file_name
from latchkey.login_details.model.runs import FILE_LIFE, FORMATS, LOST_AFTER, Export, ExportRequest, Format, misfits
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.person import Person
from latchkey.shared.stores.files import disposition

ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="A", year_group="7", registration_group="7A")


@pytest.mark.parametrize(
    ("given_scope", "scope"),
    [
        ("school", Scope("school")),
        ({"school": True}, Scope("school")),
        ({"year_group": "7"}, Scope("year_group", "7")),
        ({"registration_group": " 7A "}, Scope("registration_group", "7A")),
        ({"person": "a" * 20}, Scope("person", "a" * 20)),
        ({"ids": ["b" * 20, "a" * 20, "b" * 20]}, Scope("ids", ids=("b" * 20, "a" * 20))),
    ],
)
def test_scopes(given_scope: object, scope: Scope) -> None:
    assert parse_scope(given_scope) == scope
    assert parse_scope(scope.as_mapping()) == scope


@pytest.mark.parametrize(
    "bad",
    [
        None, "", "year_group", True, 7, [], ["school"], {}, {"school": False}, {"school": "true"}, {"school": 1},
        {"year_group": ""}, {"year_group": 7}, {"year_group": None}, {"year_group": ["7"]}, {"year_group": {"S": "7"}},
        {"year_group": "7", "registration_group": "7A"}, {"year_group": "x" * 101}, {"role": "teacher"}, {"person": ["a" * 20]},
        {"ids": []}, {"ids": "a" * 20}, {"ids": [7]}, {"ids": ["x"]}, {"ids": [["a" * 20]]},
        {"ids": ["a" * 20] * (LONGEST_LIST + 1)},
    ],
)  # fmt: skip
def test_scopes_that_mean_nothing_are_refused_with_the_field(bad: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_scope(bad)
    assert "scope" in refused.value.fields


@given(text=st.text(min_size=1).filter(str.strip))
def test_an_id_that_is_none_means_nobody(text: str) -> None:
    if len(text.strip()) > 100:
        return
    scope = parse_scope({"person": text})
    assert scope.kind == "person"
    assert scope.value in {"0" * 16, text}


@pytest.mark.parametrize("word", FORMATS)
def test_every_format_can_be_asked_for(word: Format) -> None:
    assert parse_format(word) == word


@pytest.mark.parametrize("bad", [None, "", "csv", 1, ["mail_merge_csv"], {"a": 1}])
def test_unknown_formats_and_audiences_are_refused(bad: object) -> None:
    with pytest.raises(Invalid):
        parse_format(bad)
    if bad is not None:
        with pytest.raises(Invalid):
            parse_audience(bad)


def test_codes_are_for_both_where_nothing_is_said() -> None:
    assert parse_audience(None) == "both"


@pytest.mark.parametrize(
    ("change", "scope", "meant"),
    [
        ({}, Scope(), True),
        ({"status": "left"}, Scope(), False),
        ({"role": "teacher"}, Scope(), False),
        ({"role": "teacher"}, Scope("person", "a" * 20), False),
        ({"status": "left"}, Scope("person", "a" * 20), False),
        ({}, Scope("year_group", "7"), True),
        ({}, Scope("year_group", "07"), False),
        ({}, Scope("registration_group", "7B"), False),
    ],
)
def test_whom_an_export_means(change: dict[str, str], scope: Scope, meant: bool) -> None:
    assert ExportRequest(scope=scope).means(replace(ANN, **change)) is meant


def test_never_logged_in_only() -> None:
    wanted = ExportRequest(scope=Scope(), never_logged_in=True)
    assert wanted.means(ANN)
    assert not wanted.means(replace(ANN, last_login_at=1))


def test_a_run_that_never_ended_has_failed_after_a_day() -> None:
    run = Export(id="e" * 26, state="running", created_at=1000, created_by="a" * 20, wanted=ExportRequest(scope=Scope()))
    assert (run.state_at(999 + LOST_AFTER), run.reason_at(999 + LOST_AFTER)) == ("running", None)
    assert run.state_at(1000 + LOST_AFTER) == "failed"
    assert "The codes are kept" in str(run.reason_at(1000 + LOST_AFTER))
    assert run.file_expires_at is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"stage": "codes", "done": 1200}, "codes were being given, after 1,200 students. No file was made. The codes are kept."),
        (
            {"stage": "file", "done": 5, "total": 9},
            "written, after 5 of 9 students. No part of it was kept; the codes are.",
        ),
        ({"kind": "void", "codes": {"pin": 2, "parent": 1}}, "after 3 codes were voided. They stay void; the others still work."),
    ],
)
def test_a_failure_says_at_which_step_and_what_was_kept(facts: dict[str, Any], words: str) -> None:
    run = Export(id="e" * 26, state="failed", created_at=1, created_by="a" * 20, wanted=ExportRequest(scope=Scope()), **facts)
    assert words in str(replace(run, state="running").reason_at(1 + LOST_AFTER))


def test_the_rest_of_a_step_takes_as_long_as_it_took_so_far() -> None:
    run = Export(
        id="e" * 26, state="running", created_at=0, created_by="a" * 20, wanted=ExportRequest(scope=Scope()), stage_at=1000
    )
    assert replace(run, done=100, total=400).seconds_left(1010) == 30
    for unknown in (run, replace(run, done=5), replace(run, total=5), replace(run, done=5, total=9, state="queued")):
        assert unknown.seconds_left(1010) is None
    assert replace(run, done=5, total=9).seconds_left(1000) is None


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_says_what_it_is_for_and_what_does_not_fit(format: Format) -> None:  # noqa: A002 - its name
    facts = FORMATS[format]
    assert facts.name
    assert facts.purpose
    assert facts.media_type
    plain = ExportRequest(scope=Scope(), format=format)
    assert misfits(plain) == {}
    assert set(misfits(replace(plain, rows="family", columns=("UPN",), large_print=True))) == (
        set() if facts.merges else {"rows", "columns"}
    ) | (set() if facts.prints else {"large_print"})
    assert ("audience" in misfits(replace(plain, audience="parents"))) is format.startswith("pin_table")
    assert misfits(replace(plain, rows="parent", audience="students")).keys() == {"rows"}


def test_all_that_does_not_fit_is_named_at_once() -> None:
    asked = {"scope": "school", "format": "pin_table", "audience": "parents", "rows": "family", "columns": ["UPN"]}
    with pytest.raises(Invalid) as refused:
        parse_wanted(asked, never_logged_in=False, large_print=True)
    assert set(refused.value.fields) == {"audience", "rows", "columns", "large_print"}


@pytest.mark.parametrize(("given_days", "days"), [(None, 0), ("", 0), (1, 1), ("30", 30), (" 7 ", 7), (MOST_DAYS, MOST_DAYS)])
def test_days(given_days: object, days: int) -> None:
    assert parse_days(given_days) == days


@pytest.mark.parametrize("bad", [0, -1, MOST_DAYS + 1, "0", "x", "1.5", 1.5, True, [], {}, "٣", "9" * 30])
def test_days_that_are_none(bad: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_days(bad)
    assert "expiring_within" in refused.value.fields


def test_codes_to_void_are_named_by_kind() -> None:
    assert [parse_codes(word) for word in ("pin", "parent", "both")] == ["students", "parents", "both"]
    for bad in (None, "students", ["pin"], ""):
        with pytest.raises(Invalid):
            parse_codes(bad)


def test_a_file_lives_for_a_day() -> None:
    wanted = ExportRequest(scope=Scope())
    run = Export(id="e" * 26, state="finished", created_at=1, created_by="a" * 20, wanted=wanted, finished_at=5, key="k")
    assert run.file_expires_at == 5 + FILE_LIFE


@given(kind=st.sampled_from(["school", "year_group", "registration_group", "person"]), value=st.text(max_size=100))
def test_every_file_name_is_safe_in_a_header(kind: str, value: str) -> None:
    """ASVS 5.4.2; a name like ``7"; filename="x.exe`` stays a word."""
    wanted = ExportRequest(scope=Scope(kind, value))  # type: ignore[arg-type]
    name = file_name("northbridge", wanted, "2026-11-23")
    assert disposition(name) == f'attachment; filename="{name}"'
    assert name.endswith("-2026-11-23.csv")


@pytest.mark.parametrize("name", ["", 'a".csv', "a\r\nSet-Cookie: x.csv", "é.csv", "a;b.csv", "../a/b.csv"])
def test_a_download_name_with_odd_signs_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a safe file name"):
        disposition(name)
