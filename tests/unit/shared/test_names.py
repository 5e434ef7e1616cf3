"""Names that the public types: people of every script have one, and nothing else passes for one."""

import re
from unicodedata import category, decomposition, is_normalized, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.model.names import LONGEST_NAME, fault, name_of

REAL = (
    "Ann", "O'Brien", "O’Brien", "D’Arcy", "'t Hooft", "Jean-Luc", "Jean‐Luc", "Müller-Lüdenscheidt",
    "J. R. R.", "J.R.R.", "J.-P.", "John F.", "Dr. Okafor", "St. John", "Martin Jr.", "Mary Ann de la Cruz",
    "Nguyễn Thị Minh Khai", "ʻOkina", "‘Okina", "Kaʻiulani", "N’Diaye", "Ølgaard", "Łukasz", "Þórunn",
    "Strauß", "ǃXóõ", "Ng", "O", "Ó", "王小明", "王", "李 小龍", "田中　太郎", "たなか", "タロー", "김 민준", "สมชาย", "อำนาจ",
    "မောင်", "Анна-Мария", "Ю. А.", "Ольга", "Γιώργος", "მარიამ", "Արամ", "አበበ", "محمد", "عبد الله",
    "علی\u200cرضا", "مُحَمَّد", "שרה", "ג׳ורג׳", "בן־גוריון", "שָׂרָה", "क्षमा", "लक्ष्मी", "रामकृष्ण",
    "শ্রীকান্ত", "क्\u200dष", "ಶ್ರೀ\u200c".removesuffix("\u200c"), "സന്\u200dധ്യ", "அருண்", "బాలకృష్ణ", "ᏣᎳᎩ",
    "བསྒྲུབས་".removesuffix("་"), "Zoe\u0308", "x" * LONGEST_NAME,
)  # fmt: skip
NO_NAMES = (
    "evil.example", "a.b", "t.co", "X.com", "www.evil.example", "J.R", "J.Smith", "Evil.com Ann", "Ann.",
    "NOW.Example", "https://evil.example", "evil。example", "evil．example", "evil․example", "ann@evil.example",
    "ann＠evil", "a/b", "a∕b", "a:b", "tel:0900", "0900123456", "Ann 2", "Ann２", "Ann٢", "Ann²", "Annⅳ", "①",
    "+44", "(Ann)", "Ann!", "Ann?", "Ann, Bob", "Ann; Bob", "Ann & Bob", "Ann_Bob", "*Ann*", "“Ann”", "«Ann»",
    "<b>Ann</b>", "{Ann}", "Ann|Bob", "Ann\\Bob", "#Ann", "$", "€", "Ann™", "Ann…", "😀", "Ann 🎁", "👩\u200d🎓",
    "🇬🇧", "A\u20e3", "❤\ufe0f", "𝐖𝐈𝐍", "ＷＩＮ", "ⓦⓘⓝ", "Ann\u202e", "\u2067Ann\u2069", "Ann\u200f", "Ann\u061c",
    "A\u200bnn", "A\u200dnn", "A\u200cnn", "\u200dAnn", "Ann\ufeff", "A\u00adnn", "A\u2060nn", "A\ufe0fnn",
    "A\U000e0141nn", "葛\U000e0100", "\u3164", "A\u115f", "A\u034fnn", "Ann\nBcc", "Ann\tBob", "A\0nn",
    "Ann\u2028Bob", "A\x7fnn", "\ud800", "\ue000", "-", "'", ".", "- -", "-Ann", "Ann-", "Ann--Lee",
    "Ann - Lee", "O''Brien", "\u0301", "A" + "\u0308\u0300\u0301\u0302\u0303\u0304\u0306", "Dr.Okafor", "Web.",
    "J..", "J .R",
)  # fmt: skip
SEPARATORS = " -'’"
LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Lo"])


def taken(typed: str) -> bool:
    return fault(name_of(typed)) is None


@pytest.mark.parametrize("name", REAL)
def test_real_names_are_taken_in_their_composed_form(name: str) -> None:
    assert fault(name_of(name)) is None
    assert name_of(name) == normalize("NFC", name.replace("\u3000", " "))


@pytest.mark.parametrize("typed", NO_NAMES)
def test_what_is_no_name_is_refused(typed: str) -> None:
    assert fault(name_of(typed)) == "signs"


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\u3000 "])
def test_nothing_is_missing(typed: str) -> None:
    assert fault(name_of(typed)) == "missing"


def test_a_name_is_counted_as_it_is_kept() -> None:
    assert fault(name_of("é" * LONGEST_NAME)) is None
    assert fault(name_of("e\u0301" * LONGEST_NAME)) is None, "composed, it has half as many characters"
    assert fault(name_of("é" * (LONGEST_NAME + 1))) == "long"
    assert name_of("  Ann   Lee ") == "Ann Lee"


@given(st.lists(st.sampled_from(REAL).filter(lambda name: len(name) < 20 and "." not in name), min_size=1, max_size=2))
def test_real_names_join_to_names(names: list[str]) -> None:
    assert taken(" ".join(names))
    assert taken("-".join(names).replace("-'", "-").replace("'-", "-")) or "ʻ" in "".join(names)


@given(
    st.sampled_from(REAL).filter(lambda name: len(name) < LONGEST_NAME),
    st.sampled_from("@/:\\<>&{}#*_|+=~0123456789!?,;😀\u202e\u200b\n"),
    st.data(),
)
def test_one_sign_that_no_name_has_spoils_every_name(name: str, sign: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    assert not taken(name[:at] + sign + name[at:])


LINKED = re.compile(r"\w\.\w{2,}|\d|@|/|:|\w\.\w+\.\w{2,}")


@given(
    st.text(
        st.one_of(st.sampled_from("aZé.王م-' ’@/:1\u200d\u200c\u202e😀"), st.characters(exclude_categories=["Cs"])), max_size=60
    )
)
def test_whatever_is_taken_is_one_line_of_letters_that_no_mail_program_links(typed: str) -> None:
    name = name_of(typed)
    if fault(name) is not None:
        return
    assert 0 < len(name) <= LONGEST_NAME
    assert is_normalized("NFC", name)
    assert name_of(name) == name
    assert not LINKED.search(name)
    assert {category(char)[0] for char in name} <= set("LMZPC")
    assert all(char in "\u200c\u200d" for char in name if category(char) == "Cf")
    assert any(category(char)[0] == "L" for char in name)
    assert "  " not in name


@given(st.lists(st.text(LETTERS, min_size=1, max_size=10), min_size=1, max_size=4), st.sampled_from(SEPARATORS))
def test_letters_of_any_script_with_single_separators_are_a_name(words: list[str], separator: str) -> None:
    name = name_of(separator.join(words))
    drawn = any(decomposition(char).startswith(("<font>", "<wide>")) for char in name)
    unseen = re.search("[\u115f\u1160\u3164\uffa0]", name)
    assert (fault(name) is None) == (not drawn and not unseen and len(name) <= LONGEST_NAME)


@given(
    st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=2, max_size=12),
    st.text("abcdefgmno", min_size=2, max_size=8),
)
def test_a_full_stop_never_joins_two_words(left: str, right: str) -> None:
    assert not taken(f"{left}.{right}")
    assert not taken(f"{left[0]}.{right}")
