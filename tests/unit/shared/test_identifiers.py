"""E-mail addresses and usernames: one strict form, one look-up key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model import identifiers

KEY = bytes(32)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ann.Lee@School.example", "ann.lee@school.example"),
        ("  o'neil+x@mail.example ", "o'neil+x@mail.example"),
        ("a@xn--crebc-kva.example", "a@xn--crebc-kva.example"),
    ],
)
def test_addresses_are_stored_in_lower_case(typed: str, stored: str) -> None:
    assert identifiers.email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", "ann", "ann@", "@x.example", "ann@localhost", "a..b@x.example", ".a@x.example", "a.@x.example",
        "ann@x.example,bob@y.example", "ann@x.example;bob@y.example", "ann@x.example\r\nBcc: e@y.example",
        "a@school.example <evil@x.example>", "<a@school.example>evil@x.example", '"a@school"@evil.example',
        "=?utf-8?q?a=40school?=@evil", "ann@x.example\0", "ann@x.example\t", "mıke@x.example", "\u212a@x.example",
        "ａnn@x.example", "a@-x.example", "a@x-.example", "a" * 65 + "@x.example", "a@" + "x" * 250 + ".example",
        "a b@x.example", "a@x.example.", "a@x.1",
    ],
)  # fmt: skip
def test_anything_else_is_no_address(typed: str) -> None:
    assert identifiers.email(typed) is None


@pytest.mark.parametrize("value", [None, 0, 1.0, True, [], ["a@x.example"], {"S": "a@x.example"}])
def test_what_is_no_text_is_neither_address_nor_username(value: object) -> None:
    assert identifiers.email(value) is None
    assert identifiers.username(value) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_two_different_stored_identifiers_never_share_a_key(one: str, two: str) -> None:
    for read in (identifiers.email, identifiers.username):
        first, second = read(one), read(two)
        if first and second and first != second:
            kind = "email"
            assert identifiers.lookup(KEY, kind, first) != identifiers.lookup(KEY, kind, second)


@given(st.text(max_size=400))
def test_whatever_is_typed_has_a_key(text: str) -> None:
    kind, key = identifiers.typed_lookup(KEY, text)
    assert kind in {"email", "username"}
    assert len(key) == 32


@given(st.emails())
def test_normalising_twice_is_normalising_once(address: str) -> None:
    stored = identifiers.email(address)
    if stored is not None:
        assert identifiers.email(stored) == stored


def test_a_login_copied_out_of_a_mail_that_runs_from_right_to_left_is_itself() -> None:
    assert identifiers.username("\u2068ann.lee\u2069") == "ann.lee"
    assert identifiers.email(" \u2068ann@x.example\u2069\u200f ") == "ann@x.example"
    assert identifiers.username("ann\u2069lee") is None
    assert identifiers.email("ann\u2068@x.example") is None


def test_a_typed_name_that_is_none_never_finds_a_stored_one() -> None:
    stored = identifiers.lookup(KEY, "username", "ann.lee")
    assert identifiers.typed_lookup(KEY, "Ann.Lee") == ("username", stored)
    assert identifiers.typed_lookup(KEY, "ａnn.lee")[1] != stored
    assert identifiers.typed_lookup(KEY, "ann.lee\0")[1] != stored
