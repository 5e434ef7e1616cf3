"""A request for a send: read at once, with the first field that cannot be used."""

from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_request import SendRequest, parse

NOW = 1_800_000_000
ANN = "a" * 20


def read(*, is_form: bool = False, **fields: Any) -> SendRequest:
    given = {"kind": "password_link", "select": {"ids": [ANN]}, **fields}
    return parse(given, NOW, lambda name: bool(given.get(name)), is_form=is_form)


def test_the_least_that_can_be_asked_for() -> None:
    assert read() == SendRequest(kind="password_link", selection=Selection(ids=(ANN,)), key=None, start_at=None, dry_run=False)


def test_everything_that_can_be_asked_for() -> None:
    asked = read(
        select={"filter": {"role": "student"}},
        idempotency_key="key-0001",
        skip_signed_in=True,
        skip_sent_within=60,
        start_at="2027-01-15T09:00:00Z",
        dry_run=True,
    )
    selection = Selection(filter={"role": "student"}, skip_signed_in=True, skip_sent_within=60)
    assert (asked.selection, asked.key, asked.start_at, asked.dry_run) == (selection, "key-0001", 1_800_003_600, True)


def test_a_form_gives_texts_and_asks_before_it_confirms() -> None:
    typed = {"skip_sent_within": " 60 ", "start_at": "2027-01-15T09:00"}
    assert read(is_form=True, **typed) == read(skip_sent_within=60, start_at="2027-01-15T09:00:00Z", dry_run=True)
    assert not read(is_form=True, confirm="on").dry_run
    with pytest.raises(Invalid):
        read(skip_sent_within="60")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "forgot_password"}, "kind"),
        ({"kind": None}, "kind"),
        ({"select": {"ids": []}}, "select"),
        ({"select": {"ids": ["A"]}}, "select"),
        ({"select": {"ids": [ANN], "filter": {}}}, "select"),
        ({"idempotency_key": "short"}, "idempotency_key"),
        ({"skip_sent_within": 7 * 24 * 60 + 1}, "skip_sent_within"),
        ({"skip_sent_within": True}, "skip_sent_within"),
        ({"start_at": "2020-01-01T00:00:00Z"}, "start_at"),
    ],
)
def test_what_cannot_be_used_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(**wrong)
    assert set(refused.value.fields) == {field}


def test_of_several_wrong_fields_the_first_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        read(kind="x", select=None, idempotency_key="short", start_at="never")
    assert set(refused.value.fields) == {"kind"}
