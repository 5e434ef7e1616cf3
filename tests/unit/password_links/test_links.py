"""Password links: what a token binds, and why one does not work."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link
from latchkey.people.model.person import Person

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
ANN = Person(id="0123456789abcdefghjk", role="student", given_name="Ann", family_name="Lee", email_key="e1")
NOW = 1_800_000_000


def link_for(person: Person, /, **changes: object) -> Link:
    made = Link("welcome", "northbridge", person.id, NOW + 60, person.version, person.stamp)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_token_says_what_it_was_made_of() -> None:
    link = link_for(ANN)
    found = links.read(links.token(link, KEY))
    assert found is not None
    read, body, mac = found
    assert read == link
    assert links.is_genuine(body, mac, KEY)


def test_the_same_link_always_gives_the_same_token() -> None:
    assert links.token(link_for(ANN), KEY) == links.token(link_for(ANN), KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "reset"},
        {"school": "southgate"},
        {"person": "0123456789abcdefghjm"},
        {"expires_at": NOW + 61},
        {"version": 1},
        {"stamp": "0" * 12},
    ],
)
def test_every_fact_is_bound_by_the_mac(change: dict[str, object]) -> None:
    mac = links.token(link_for(ANN), KEY).rpartition(".")[2]
    body = links.token(link_for(ANN, **change), KEY).rpartition(".")[0]
    assert not links.is_genuine(body, mac, KEY)


def test_another_schools_key_does_not_open() -> None:
    found = links.read(links.token(link_for(ANN), KEY))
    assert found is not None
    assert not links.is_genuine(found[1], found[2], OTHER_KEY)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    found = links.read(text)
    assert found is None or not links.is_genuine(found[1], found[2], KEY)


@pytest.mark.parametrize("value", [None, 0, True, [], {}, {"S": "x"}, b"x", float("nan")])
def test_what_is_no_text_is_no_token(value: object) -> None:
    assert links.read(value) is None


RIGHT = ("1", "w", "northbridge", "0123456789abcdefghjk", "6b49d23c", "3", "a1b2c3d4e5f6", "m" * 43)
PLACES = ("form", "purpose", "school", "person", "expires", "version", "stamp", "mac")


def with_part(name: str, value: str) -> str:
    """The text of a right token with one part in another form: nothing else of it is wrong."""
    return ".".join(value if place == name else right for place, right in zip(PLACES, RIGHT, strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", "r"), ("purpose", "f"), ("purpose", "c"),
        ("school", "ab"), ("school", "a" * 40), ("school", "st-mary-1"),
        ("person", "0" * 16), ("person", "z" * 26),
        ("expires", "0"), ("expires", "f" * 10),
        ("version", "0"), ("version", "f" * 8),
        ("stamp", "0"), ("stamp", "f" * 12),
        ("mac", "m"), ("mac", "m" * (300 - len(".".join(RIGHT[:-1])) - 1)),
    ],
)  # fmt: skip
def test_a_part_at_its_limit_is_read(name: str, value: str) -> None:
    text = with_part(name, value)
    found = links.read(text)
    assert found is not None
    read, body, mac = found
    assert f"{body}.{mac}" == text
    letter = {"welcome": "w", "reset": "r", "forgot": "f", "confirm": "c"}[read.purpose]
    again = f"1.{letter}.{read.school}.{read.person}.{read.expires_at:x}.{read.version:x}.{read.stamp}"
    assert again == body


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("form", ""), ("form", "0"), ("form", "2"), ("form", "11"), ("form", "v1"),
        ("purpose", ""), ("purpose", "x"), ("purpose", "W"), ("purpose", "wr"), ("purpose", "welcome"),
        ("school", ""), ("school", "a"), ("school", "a" * 41), ("school", "North"), ("school", "1a"), ("school", "a--b"),
        ("school", "a-"), ("school", "a_b"), ("school", "a#b"), ("school", "a/b"),
        ("person", ""), ("person", "0" * 15), ("person", "0" * 27), ("person", "A" * 20), ("person", "0" * 19 + "#"),
        ("expires", ""), ("expires", "0" * 11), ("expires", "6B49D23C"), ("expires", "6g"), ("expires", "-1"),
        ("expires", "+1"), ("expires", "0x1"), ("expires", " 1"), ("expires", "1_0"),
        ("version", ""), ("version", "0" * 9), ("version", "A"), ("version", "g"), ("version", "-1"), ("version", "1_0"),
        ("stamp", ""), ("stamp", "0" * 13), ("stamp", "A1B2"), ("stamp", "g"), ("stamp", "a1b2 "),
        ("mac", "é" * 43), ("mac", "m" * (301 - len(".".join(RIGHT[:-1])) - 1)),
    ],
)  # fmt: skip
def test_a_part_in_any_other_form_is_no_token(name: str, value: str) -> None:
    assert links.read(with_part(name, value)) is None


@pytest.mark.parametrize("name", ["expires", "version", "stamp"])
def test_only_digits_of_hexadecimal_numbers_are_read(name: str) -> None:
    signs = [chr(code) for code in range(128) if links.read(with_part(name, f"1{chr(code)}")) is not None]
    assert "".join(signs) == "0123456789abcdef"


@pytest.mark.parametrize("parts", [(), RIGHT[:1], RIGHT[:-1], (*RIGHT, "m"), (*RIGHT, ""), ("", *RIGHT)])
def test_a_token_has_eight_parts(parts: tuple[str, ...]) -> None:
    assert links.read(".".join(parts)) is None


@given(st.integers(0, 150), st.sampled_from("abcXYZ019._-é٣ "))
def test_a_changed_character_is_never_genuine(position: int, char: str) -> None:
    text = links.token(link_for(ANN), KEY)
    position %= len(text)
    changed = text[:position] + char + text[position + 1 :]
    found = links.read(changed)
    # The last sign of an unpadded base64 text carries spare bits: another sign there is another text, and must not pass either.
    assert changed == text or found is None or not links.is_genuine(found[1], found[2], KEY)


def fault(person: Person | None, now: int = NOW, link: Link | None = None) -> str | None:
    link = link or link_for(ANN)
    return links.fault(link, links.token(link, KEY), person, now)


def test_a_fresh_link_works_until_it_expires() -> None:
    assert fault(ANN) is None
    assert fault(ANN, NOW + 59) is None
    assert fault(ANN, NOW + 60) == "expired"


def test_using_a_link_kills_it_and_every_older_one() -> None:
    text = links.token(link_for(ANN), KEY)
    after = replace(ANN, version=1, used_link=links.fingerprint(text))
    assert fault(after) == "used"
    assert fault(after, link=link_for(ANN, purpose="reset")) == "replaced"


@pytest.mark.parametrize(
    "change", [{"email_key": "e2"}, {"email_key": None}, {"role": "teacher"}, {"is_admin": True}, {"status": "left"}]
)
def test_a_changed_account_kills_its_links(change: dict[str, object]) -> None:
    assert fault(replace(ANN, **change)) == "replaced"  # type: ignore[arg-type]


def test_a_link_for_who_has_left_since_is_replaced_although_it_was_used() -> None:
    text = links.token(link_for(ANN), KEY)
    assert fault(replace(ANN, version=1, used_link=links.fingerprint(text), status="left")) == "replaced"


def test_a_vanished_person_has_no_links() -> None:
    assert fault(None) == "replaced"
