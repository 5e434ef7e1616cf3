"""PINs and parent codes: what they look like, and what the door makes of what somebody types."""

import hmac
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from latchkey.codes.model.codes import (
    ALPHABET,
    LONGEST_NUMBER,
    MAC_SIGNS,
    Code,
    Fault,
    Kind,
    code,
    fault,
    generation_of,
    key_label,
    number_is_usable,
    read,
    redeem_url,
    state_of,
    voided,
    works,
)
from latchkey.codes.model.words import SPELLINGS, WORDS
from latchkey.people.model.person import CodeState, Person

KEY = b"k" * 32
kinds = st.sampled_from(get_args(Kind))
numbers = st.integers(1, LONGEST_NUMBER)
generations = st.integers(1, 10_000)
codes = st.builds(code, kinds, numbers, generations, st.just(KEY))


@given(kind=kinds, number=numbers, generation=generations, key=st.binary(min_size=32, max_size=32))
def test_a_code_says_whose_it_is(kind: Kind, number: int, generation: int, key: bytes) -> None:
    printed = code(kind, number, generation, key)
    assert read(printed) == Code(kind, number, printed.replace("-", ""))
    assert printed == code(kind, number, generation, key), "printing again prints the same code"


@given(printed=codes)
def test_groups_of_four_plain_signs_that_begin_with_a_letter(printed: str) -> None:
    groups = printed.split("-")
    assert {len(group) for group in groups} == {4}
    assert len(groups) == (3 if printed[0] in "PV" else 4)
    assert set(printed) <= {*ALPHABET, "-"}
    assert printed[0].isalpha()


@given(kind=kinds, number=numbers.filter(number_is_usable), generation=generations)
def test_no_code_spells_a_word(kind: Kind, number: int, generation: int) -> None:
    text = code(kind, number, generation, KEY).replace("-", "")
    assert not [word for word in SPELLINGS if word in text]


@given(number=numbers)
def test_a_number_is_unusable_only_because_it_spells_a_word_itself(number: int) -> None:
    heads = {code(kind, number, 1, KEY).replace("-", "")[:6] for kind in get_args(Kind)}
    assert number_is_usable(number) == (not [word for word in SPELLINGS for head in heads if word in head])


def test_only_the_codes_that_would_spell_a_word_are_made_again() -> None:
    """What the HMAC says at once stands, so codes that were printed before there was a list stay as they are."""
    made_again = 0
    for number in filter(number_is_usable, range(1, 5_000)):
        digest = int.from_bytes(hmac.digest(KEY, f"parent|{number}|1".encode(), "sha256")) % 23**9
        plain = "".join(ALPHABET[digest // 23**place % 23] for place in range(8, -1, -1))
        text = code("parent", number, 1, KEY).replace("-", "")
        spoiled = any(word in text[:6] + plain for word in SPELLINGS)
        assert spoiled <= (text[6:15] != plain)
        made_again += text[6:15] != plain
    assert 0 < made_again < 250


def test_words_are_spelt_with_the_signs_that_look_like_their_letters() -> None:
    assert {"W4NK", "CNT", "CN7", "FCK", "F46", "F49", "FVK"} <= SPELLINGS
    assert all(set(spelling) <= set(ALPHABET) for spelling in SPELLINGS), "a word that no code can hold need not be listed"
    assert len(SPELLINGS) >= len(WORDS) == len(set(WORDS))


@given(printed=codes)
def test_no_spreadsheet_takes_a_code_for_anything_but_text(printed: str) -> None:
    """With and without hyphens: no number in any notation, no date, no formula, no cell reference."""
    for text in (printed, printed.replace("-", ""), printed.lower()):
        assert text[0] in "PFVpfv"
        assert re.fullmatch(r"[A-Za-z]{1,3}[0-9]{1,7}", text) is None, "a cell such as P23467"
        for read_number in (float, int, complex, Decimal):
            with pytest.raises((ValueError, ArithmeticError)):
                read_number(text)
        with pytest.raises(ValueError, match="Invalid isoformat"):
            datetime.fromisoformat(text)


@given(kind=kinds, number=numbers, generation=st.integers(1, 50), later=st.integers(0, 6))
def test_an_older_code_is_known_for_three_generations(kind: Kind, number: int, generation: int, later: int) -> None:
    printed = read(code(kind, number, generation, KEY))
    assert printed is not None
    assert generation_of(printed, generation + later, KEY) == (generation if later <= 3 else None)
    assert generation_of(printed, generation - 1, KEY) is None, "a code that is not yet made is nobody's"
    assert generation_of(printed, generation, b"x" * 32) is None


def test_the_alphabet_has_no_look_alikes_no_vowels_and_a_prime_size() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    assert not set(ALPHABET) & set("01IOLS5BGAEUZ")


@given(printed=codes, place=st.integers(0, 15), sign=st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_told(printed: str, place: int, sign: str) -> None:
    text = printed.replace("-", "")
    assume(place < len(text) and text[place] != sign)
    assert read(text[:place] + sign + text[place + 1 :]) is None


@given(printed=codes, place=st.integers(0, 14))
def test_two_swapped_neighbours_are_always_told(printed: str, place: int) -> None:
    text = printed.replace("-", "")
    assume(place + 1 < len(text) and text[place] != text[place + 1])
    assert read(text[:place] + text[place + 1] + text[place] + text[place + 2 :]) is None


@given(printed=codes, data=st.data())
def test_case_spaces_and_any_hyphens_do_not_matter(printed: str, data: st.DataObject) -> None:
    between = st.sampled_from(["", " ", "-", "  ", "\u2011", "\u2013", "\u00a0", "\t", "\n", "\u00ad"])
    typed = "".join(
        data.draw(between) + (sign.lower() if data.draw(st.booleans()) else sign) for sign in printed.replace("-", "")
    )
    assume(len(typed) <= 64)
    assert read(typed) == read(printed) is not None


@given(
    typed=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.binary(),
        st.lists(st.text()),
        st.dictionaries(st.text(), st.text()),
    )
)
def test_what_is_no_text_is_no_code(typed: object) -> None:
    assert read(typed) is None


@given(typed=st.text(max_size=80))
def test_anything_else_is_refused_or_canonical(typed: str) -> None:
    found = read(typed)
    assert found is None or (found.text.isascii() and set(found.text) <= set(ALPHABET))


@pytest.mark.parametrize("wide", ["Ｐ", "\ufb00", "ﾟ", "２", "٢", "\u212a", "ſ"])
def test_letters_that_only_look_the_part_are_refused(wide: str) -> None:
    text = code("pin", 7, 1, KEY)
    assert read(wide + text[1:]) is None
    assert read(text[:5] + wide + text[6:]) is None


def test_letters_that_become_two_signs_are_refused() -> None:
    """Before they are made capitals, where the ligature of two letters f would be two of ours."""
    text = next(made for number in range(1, 9_000) if "FF" in (made := code("pin", number, 1, KEY).replace("-", "")))
    assert read(text.lower()) is not None
    assert read(text.replace("FF", "\ufb00")) is None


def test_too_long_a_text_is_refused() -> None:
    text = code("pin", 7, 1, KEY)
    assert read(text.ljust(64)) == read(text) is not None
    assert read(text.ljust(65)) is None


@pytest.mark.parametrize("sign", "01IOLS5BGAEUZ!~_.")
def test_a_sign_that_is_none_of_ours_is_refused(sign: str) -> None:
    text = code("pin", 7, 1, KEY).replace("-", "")
    assert [read(text[:place] + sign + text[place + 1 :]) for place in range(len(text))] == [None] * 12


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_code_of_another_length_is_refused_whatever_its_check_sign(kind: Kind) -> None:
    text = code(kind, 7, 1, KEY).replace("-", "")
    bodies = (text[:1], text[:6], text[:-2], text, text + "2")
    assert not [body + sign for body in bodies for sign in ALPHABET if read(body + sign)]


def test_there_is_no_generation_before_the_first() -> None:
    typed = read(code("pin", 7, 0, KEY))
    assert typed is not None
    assert generation_of(typed, 1, KEY) is None


@pytest.mark.parametrize("number", [0, -1, 6_436_343])
def test_a_number_beyond_the_signs_has_no_code(number: int) -> None:
    with pytest.raises(ValueError, match=r"^a number is out of range$"):
        code("pin", number, 1, KEY)


def test_number_kind_generation_and_school_each_make_another_code() -> None:
    base = code("pin", 7, 1, KEY)
    others = [code("pin", 8, 1, KEY), code("pin", 7, 2, KEY), code("pin", 7, 1, b"l" * 32), code("parent", 7, 1, KEY)]
    assert len({base[6:], *(other[6:] for other in others)}) == 5
    assert key_label("northbridge") != key_label("southbridge")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_secret_signs_are_evenly_spread(kind: Kind) -> None:
    """Chi-squared at each place of the MAC over 20,000 students: the 99.99 % point for 22 degrees of freedom is 56."""
    size = 20_000
    texts = [code(kind, number, 1, KEY).replace("-", "") for number in range(1, size + 1)]
    assert len(set(texts)) == size
    for place in range(6, 6 + MAC_SIGNS[kind]):
        counts = Counter(text[place] for text in texts)
        expected = size / 23
        assert sum((counts[sign] - expected) ** 2 / expected for sign in ALPHABET) < 56


def test_a_printed_code_never_changes() -> None:
    """What is on paper in somebody's kitchen must still be what this program computes."""
    assert code("pin", 1, 1, KEY) == "P222-233D-MWYC"
    assert code("parent", 123_456, 3, KEY) == "F2H6-DPTQ-T9K9-6N9M"


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("pin", CodeState(1, 101), None),
        ("pin", CodeState(1, 100), "expired"),
        ("pin", CodeState(1, 101, 1), "used"),
        ("parent", CodeState(1, 101, 4), None),
        ("parent", CodeState(1, 101, 5), "used"),
        ("pin", CodeState(1, 101, failed=9), None),
        ("pin", CodeState(1, 101, failed=10), "dead"),
        ("pin", voided(CodeState(1, 101)), "voided"),
    ],
)
def test_a_code_works_until_used_up_expired_voided_or_guessed_at_too_often(
    kind: Kind, state: CodeState, expected: Fault | None
) -> None:
    assert fault(state, kind, 100, 0) == expected
    assert works(state, kind, 100, 0) == (expected is None)


@pytest.mark.parametrize(("kind", "name", "generation"), [("pin", "pin", 1), ("parent", "parent_code", 2)])
def test_where_a_student_holds_the_state_of_a_code(kind: Kind, name: str, generation: int) -> None:
    pin, parent_code = CodeState(1, 100), CodeState(2, 100)
    student = Person(id="a" * 20, role="student", given_name="A", family_name="L", pin=pin, parent_code=parent_code)
    assert state_of(student, kind) == getattr(student, name) == CodeState(generation, 100)
    assert state_of(Person(id="a" * 20, role="student", given_name="A", family_name="L"), kind) is None


def test_no_code_does_not_work() -> None:
    assert not works(None, "pin", 100, 0)


@given(printed=codes)
def test_the_address_for_a_code_holds_it_only_in_its_fragment(printed: str) -> None:
    place, _, fragment = redeem_url("https://login.example", "northbridge", printed).partition("#")
    assert place == redeem_url("https://login.example", "northbridge") == "https://login.example/r/northbridge"
    assert read(fragment) == read(printed)
    assert fragment == printed.replace("-", "")
