"""E-mail addresses and usernames: one strict form, one look-up key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model import identifiers
from latchkey.shared.model.identifiers import email, readable, typed

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
        "a b@x.example", "a@x.example.", "a@x.1", "a@x.example~",
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


def address_of(length: int, local: int = 64) -> str:
    """An address of this length, of labels that are not too long."""
    domain = ".".join(["x" * 63] * 4)[: length - local - 1 - len(".example")] + ".example"
    return f"{'a' * local}@{domain}"


def test_the_limits_of_an_address() -> None:
    assert identifiers.email(address_of(254)) == address_of(254)
    assert identifiers.email(address_of(255, 63)) is None
    assert identifiers.email(address_of(100, 64)) == address_of(100, 64)
    assert identifiers.email(address_of(100, 65)) is None
    assert identifiers.email("ann@x.example".rjust(320)) == "ann@x.example"
    assert identifiers.email("ann@x.example".rjust(321)) is None


def test_the_limits_of_labels_of_a_domain() -> None:
    for label, domain in (("host", "{}.example"), ("middle", "a.{}.example"), ("top", "x.{}")):
        assert identifiers.email(f"ann@{domain.format('x' * 63)}") is not None, label
        assert identifiers.email(f"ann@{domain.format('x' * 64)}") is None, label
    assert identifiers.email("ann@x.ab") == "ann@x.ab"
    assert identifiers.email("ann@x.a") is None


def test_the_limits_of_a_username() -> None:
    assert identifiers.username("a") == "a"
    assert identifiers.username("a" * 64) == "a" * 64
    assert identifiers.username("a" * 65) is None
    assert identifiers.username("ann".rjust(128)) == "ann"
    assert identifiers.username("ann".rjust(129)) is None


@pytest.mark.parametrize("typed", ["", ".", "-a", "a-", "_a", "a.", "a b", "a@b", "é", "a/b", "a#b", "\u212a", "~a"])
def test_anything_else_is_no_username(typed: str) -> None:
    assert identifiers.username(typed) is None


@pytest.mark.parametrize("stored", ["ann.lee", "ann_lee-2", "a..b", "7"])
def test_a_username_holds_dots_underscores_and_hyphens_inside(stored: str) -> None:
    assert identifiers.username(stored.upper()) == stored


def test_a_key_is_made_of_320_characters_of_what_is_no_identifier() -> None:
    def key(text: str) -> str:
        return identifiers.typed_lookup(KEY, text)[1]

    assert key("?" * 320) == key("?" * 320 + "x")
    assert key("?" * 319 + "x") != key("?" * 320)


def test_an_address_and_a_username_of_the_same_text_have_two_keys() -> None:
    assert identifiers.lookup(KEY, "email", "x") != identifiers.lookup(KEY, "username", "x")


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


@pytest.mark.parametrize(
    "around",
    [
        *("{}\u00a0", "\u00a0{}", "\t{}\t", "{}\r\n", "\u200b{}\u200b", "\ufeff{}", "\u2068{}\u2069", "  {}  ", "\u3000{}"),
        *("mailto:{}", "MAILTO:{}?subject=Hello", "\u200bmailto:{}\n"),
    ],
)
def test_what_is_copied_with_a_login_is_left_out(around: str) -> None:
    for login in ("ann@x.example", "ann.lee"):
        assert typed(around.format(login)) == login


@given(st.text(max_size=330))
def test_taking_it_out_twice_is_taking_it_out_once(text: str) -> None:
    once = typed(text)
    assert typed(once) == once or once.casefold().startswith("mailto:")


def test_the_apostrophe_of_a_phone_is_that_of_the_address() -> None:
    assert email(typed("niamh.o’brien@x.example")) == "niamh.o'brien@x.example"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("j@xn--schle-mva.example", "j@schüle.example"),
        ("j@x.example", "j@x.example"),
        ("j@xn--e1afmkfd.example", "j@пример.example"),
        ("j@xn--pypal-4ve.example", "j@xn--pypal-4ve.example"),  # a Cyrillic letter among Latin ones
        ("j@xn--a.example", "j@xn--a.example"),  # is none
        ("none", "none"),
    ],
)
def test_an_international_domain_is_shown_readable_where_it_cannot_deceive(address: str, shown: str) -> None:
    assert readable(address) == shown
    assert email(shown) in {address, None}
