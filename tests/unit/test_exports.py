"""Whom an export means, and what its file is called."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import Invalid
from latchkey.model.exports import (
    FILE_LIFE,
    FORMATS,
    LOST,
    LOST_AFTER,
    Export,
    Format,
    Scope,
    Wanted,
    file_name,
    parse_audience,
    parse_format,
    parse_scope,
)
from latchkey.model.person import Person
from latchkey.stores.files import disposition

ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="A", year_group="7", registration_group="7A")


@pytest.mark.parametrize(
    ("given_scope", "scope"),
    [
        ("school", Scope("school")),
        ({"school": True}, Scope("school")),
        ({"year_group": "7"}, Scope("year_group", "7")),
        ({"registration_group": " 7A "}, Scope("registration_group", "7A")),
        ({"person": "a" * 20}, Scope("person", "a" * 20)),
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
    assert Wanted(scope=scope).means(replace(ANN, **change)) is meant


def test_never_logged_in_only() -> None:
    wanted = Wanted(scope=Scope(), never_logged_in=True)
    assert wanted.means(ANN)
    assert not wanted.means(replace(ANN, last_login_at=1))


def test_a_run_that_never_ended_has_failed_after_a_day() -> None:
    run = Export(id="e" * 26, state="running", created_at=1000, created_by="a" * 20, wanted=Wanted(scope=Scope()))
    assert (run.state_at(999 + LOST_AFTER), run.reason_at(999 + LOST_AFTER)) == ("running", None)
    assert (run.state_at(1000 + LOST_AFTER), run.reason_at(1000 + LOST_AFTER)) == ("failed", LOST)
    assert run.file_expires_at is None


def test_a_file_lives_for_a_day() -> None:
    wanted = Wanted(scope=Scope())
    run = Export(id="e" * 26, state="finished", created_at=1, created_by="a" * 20, wanted=wanted, finished_at=5)
    assert run.file_expires_at == 5 + FILE_LIFE


@given(kind=st.sampled_from(["school", "year_group", "registration_group", "person"]), value=st.text(max_size=100))
def test_every_file_name_is_safe_in_a_header(kind: str, value: str) -> None:
    """ASVS 5.4.2; a name like ``7"; filename="x.exe`` stays a word."""
    name = file_name("northbridge", Scope(kind, value), "2026-11-23", "csv")  # type: ignore[arg-type]
    assert disposition(name) == f'attachment; filename="{name}"'
    assert name.endswith("-2026-11-23.csv")


@pytest.mark.parametrize("name", ["", 'a".csv', "a\r\nSet-Cookie: x.csv", "é.csv", "a;b.csv", "../a/b.csv"])
def test_a_download_name_with_odd_signs_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a safe file name"):
        disposition(name)
