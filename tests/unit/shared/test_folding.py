"""How texts are compared: one folding for searches, lists and orders."""

import sys
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model.folding import _SIGNS, _letters, begins, folded, words, words_of_each


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Zoë", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Oʼ Brien", "o brien"),
        ("Łucja  Żak", "lucja zak"),
        ("Søren Ærø", "soren aero"),
        ("Þóra Œuvre Đinh", "thora oeuvre dinh"),
        ("Straße", "strasse"),
        ("İpek Işık", "ipek isik"),
        ("Nguyễn", "nguyen"),
        ("Siân\u00a0Llŷr", "sian llyr"),
        ("A\u200bnn\ufeff", "ann"),
        ("\u2068Ann\u2069", "ann"),
        ("ＡＮＮ", "ann"),
        ("Mary‑Jane", "mary-jane"),
        ("7A", "7a"),
        ("علی", folded("علي")),
        ("की", "की"),  # the vowels of India's scripts are no accents
        ("", ""),
    ],
)
def test_one_form(text: str, same: str) -> None:
    assert folded(text) == same


def test_names_that_sound_alike_are_not_the_same() -> None:
    assert folded("Müller") != folded("Mueller")
    assert folded("Brian") != folded("Brien")


def test_every_sign_of_unicode_folds_once_and_for_all() -> None:
    changed = [sign for sign in map(chr, range(sys.maxunicode + 1)) if folded(folded(sign)) != folded(sign)]
    assert changed == []


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_a_text_folds_as_its_signs_do_one_by_one(text: str) -> None:
    odd = f"é{text}"  # what is ASCII alone goes a shorter way
    assert folded(odd) == " ".join(_letters(_letters(odd)).translate(_SIGNS).split())


@given(st.text())
def test_composed_and_decomposed_are_the_same(text: str) -> None:
    assert folded(normalize("NFC", text)) == folded(normalize("NFD", text))


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_the_short_way_for_plain_text_gives_what_the_long_one_gives(text: str) -> None:
    """An umlaut behind it forces the long way; control characters are no part of what people type."""
    plain = "".join(sign for sign in text if sign.isprintable() or sign in "\t\n")
    assert folded(plain + " ü") == f"{folded(plain)} u".strip()


@given(st.lists(st.text(alphabet="abzéłŻ", min_size=1), min_size=1, max_size=4), st.randoms())
def test_the_order_of_words_does_not_matter(name: list[str], random: object) -> None:
    shuffled = sorted(name, key=hash)
    assert begins(" ".join(shuffled), [" ".join(name)])


@given(st.lists(st.text(alphabet="aBzéŁK\u212a’'-. ,\t\n", max_size=6), max_size=5))
def test_many_texts_at_once_have_the_words_that_each_has_alone(texts: list[str]) -> None:
    assert [each.split() for each in words_of_each(texts)] == [*map(words, texts)]


def test_words_stand_between_blanks_and_hyphens() -> None:
    assert words("  Mary-Jane  O’Neil ") == ["mary", "jane", "oneil"]


def test_of_an_address_what_stands_before_the_sign_is_searched_in_parts() -> None:
    assert begins("lee", [], ["ann.lee@x.example"])
    assert begins("ann.lee@x.ex", [], ["ann.lee@x.example"])
    assert not begins("x.example", [], ["ann.lee@x.example"])
    assert not begins("example", [], ["ann.lee@x.example"])


@given(st.lists(st.text(alphabet="abé’-. @", max_size=8), max_size=3), st.text(alphabet="abe' -@.", max_size=6))
def test_the_quick_look_loses_nobody(names: list[str], typed: str) -> None:
    """What begins a part of a text is found, however the text is cut."""
    parts = {part for name in names for part in (*words(name), folded(name))}
    if words(typed) and all(any(part.startswith(word) for part in parts) for word in words(typed)):
        assert begins(typed, names)
