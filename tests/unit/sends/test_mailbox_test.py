"""Which mailboxes a request names, and what is known of each mail."""

from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.mailbox_test import FIELDS, heard_of, parse_addresses


def test_a_form_and_a_script() -> None:
    form = {"address": " A@School.Example ", "address_2": "", "address_3": "c@school.example"}
    assert set(parse_addresses(form).values()) == {"address", "address_3"}
    listed = parse_addresses({"addresses": ["a@b.example", "a@b.example", "c@b.example"]})
    assert listed == {"c@b.example": "address_3", "a@b.example": "address"}, "each once, at its first field"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"address"}),
        ({"address": "  "}, {"address"}),
        ({"addresses": []}, {"address"}),
        ({"addresses": ["a@b.example"] * 4}, {"address"}),
        ({"address": "x", "address_3": "y@"}, {"address", "address_3"}),
        ({"addresses": [1, None]}, {"address", "address_2"}),
        ({"address": {"a": 1}}, {"address"}),
    ],
)
def test_every_field_that_cannot_be_used_is_named(fields: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as found:
        parse_addresses(fields)
    assert set(found.value.fields) == wrong <= set(FIELDS)


def test_what_is_known_of_a_mail() -> None:
    assert heard_of(None) == "waiting"
    assert {state: heard_of(state) for state in MAIL_STATES} == {
        "skipped": "not_sent",
        "planned": "waiting",
        "sending": "waiting",
        "sent": "waiting",
        "delayed": "waiting",
        "delivered": "delivered",
        "bounced": "refused",
        "complained": "delivered",
        "failed": "not_sent",
        "cancelled": "not_sent",
        "expired": "not_sent",
    }
