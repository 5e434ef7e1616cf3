"""Names in every script: set, drawn, and read back out of the file by Poppler."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from latchkey.login_details.paper.directions import levels as levels_of
from latchkey.login_details.paper.fonts import BOLD, Fonts, font_files
from latchkey.login_details.paper.type import LONGEST, Type, shown
from tests.support.hostile_names import BREAKING_OUT, FORMULAS, MARKUP, NOT_TEXT
from tests.support.paper import details, printed

NAMES = {
    "Latin": "Zoë Łukasz Ŵyn O’Brien",
    "Vietnamese": "Nguyễn Thị Ánh",
    "Yoruba": "Ọláolúwa Ṣẹ́gun",
    "Greek": "Ἀθηνᾶ Παπαδόπουλος",
    "Cyrillic": "Сергій Ґалаґан",
    "Armenian": "Արամ",
    "Georgian": "გიორგი",
    "Hebrew": "אברהם כהן",
    "Arabic": "محمد عثمان خان",
    "Urdu": "پروین ٹھاکر",
    "Devanagari": "अर्जुन शर्मा",
    "Bengali": "গৌতম সেন",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "પ્રિયા પટેલ",
    "Odia": "ଓଡ଼ିଆ",
    "Tamil": "சிவா குமார்",
    "Telugu": "తెలుగు",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "ഋഷി",
    "Sinhala": "ශ්‍රී",
    "Thai": "ปรียา สุข",
    "Lao": "ລາວ",
    "Khmer": "ចន្ទា",
    "Burmese": "မောင်",
    "Ethiopic": "ሰላም ተስፋዬ",
    "Chinese": "王小明",
    "Japanese": "山田さくら",
    "Korean": "김민준",
    "two scripts": "नेहा Smith",
}


def test_a_name_in_any_common_script_is_drawn_and_read_back(tmp_path: Path) -> None:
    students = [details(place, "", name) for place, name in enumerate(NAMES.values(), 1)]
    paper = printed(tmp_path, students)
    assert paper.unprintable == 0
    lines = {line.strip() for page in paper.pages() for line in page.split("\n")}
    assert {script: name for script, name in NAMES.items() if name not in lines} == {}


def test_what_no_font_has_is_marked_and_counted_once(tmp_path: Path) -> None:
    students = [details(1, "ⵎⵓⵃ", "😀"), details(2)]
    paper = printed(tmp_path, students, audience="both")
    assert paper.unprintable == 1
    assert paper.text.count("Some letters of this name cannot be printed.") == 2
    assert "ⵎⵓⵃ 😀" in paper.text  # whoever copies the name gets it all the same


HOSTILE = [
    *(name for name in (*FORMULAS, *BREAKING_OUT, *MARKUP, *NOT_TEXT) if name.isprintable() and name.strip()),
    *("(Ann", "Ann)", "%s {0} %(x)d", "Ann, Lee; 'x' \"y\" | z", "/Span BDC EMC", "endstream endobj"),
]


def test_hostile_names_are_only_letters(tmp_path: Path) -> None:
    """Those of the spreadsheets' corpus that stand on one line, and what a PDF file might take for its own."""
    paper = printed(tmp_path, [details(place, name, "") for place, name in enumerate(HOSTILE, 1)])
    text = " ".join(paper.text.split())
    assert len(HOSTILE) > 100
    assert [name for name in HOSTILE if " ".join(name.split()) not in text] == []
    assert paper.unprintable == 0


def test_controls_and_turned_directions_do_not_reach_the_paper(tmp_path: Path) -> None:
    names = ["Ann\0Lee", "Ann\tLee", "Ann\r\nLee", "\u202eAnn Lee", "An\u2066n\u2069 Lee", "\ud800Ann Lee"]
    students = [details(place, name, "") for place, name in enumerate(names, 1)]
    lines = [line for line in printed(tmp_path, students).text.split("\n") if "Ann" in line]
    assert lines == ["AnnLee", "Ann Lee", "Ann Lee", "Ann Lee", "Ann Lee", "Ann Lee"]


@pytest.mark.parametrize("name", ["x" * 32_767, "ab " * 10_922, "م" * 32_767, "\u0301" * 32_767, "𓀀" * 16_000])
def test_the_longest_names_are_cut_and_counted(tmp_path: Path, name: str) -> None:
    paper = printed(tmp_path, [details(1, name, "")])
    assert paper.unprintable == 1
    assert paper.facts()["Pages"] == "1"
    assert len(paper.text) < 1_000


def test_long_names_shrink_and_wrap_before_they_are_cut() -> None:
    setting = Type(Fonts())
    steps = ((14.0, 1), (11.0, 1), (9.0, 2))
    assert setting.fit("Ann Lee", 200, steps).size == 14
    medium = setting.fit("Anna-Maria Wolfeschlegelstein Lee", 200, steps)
    assert (medium.size, len(medium.lines)) == (11, 1)
    long = setting.fit("Wolfeschlegelsteinhausen Bergerdorffwelche-Vorfahren", 200, steps)
    assert (long.size, len(long.lines), long.whole) == (9, 2, True)
    cut = setting.fit("Wolfeschlegelsteinhausen " * 6, 200, steps)
    assert (cut.size, len(cut.lines), cut.whole) == (9, 2, False)
    for fit in (medium, long, cut):
        assert all(line.width * fit.size <= 200 for line in fit.lines)


def levels(text: str) -> str:
    return "".join(map(str, levels_of(text)))


def test_directions_of_mixed_names() -> None:
    """Worked out by hand from UAX #9; brackets by its rule N0."""
    assert levels("Omar محمد Smith") == "00000" + "1111" + "000000"
    assert levels("محمد Smith") == "11111" + "22222"
    assert levels("محمد 7A") == "11111" + "22"
    assert levels("محمد (Mo) Smith") == "11111" + "1" + "22" + "1" + "1" + "22222"
    assert levels("Mo (محمد) Smith") == "0000" + "1111" + "0000000"
    assert levels("א\u200dב") == "111"


SETTING = Type(Fonts())
texts = st.text(max_size=60) | st.text(alphabet="اب שא7A() -'\u200d\u0301e\u202e\u0000…", max_size=40)


@settings(max_examples=150, deadline=None)
@given(texts, st.floats(20, 300))
@example("א" + "\U000e0fff", 100.0)
@example("\u200dא", 100.0)
def test_no_text_is_too_hard_and_none_is_wider_than_its_place(text: str, width: float) -> None:
    text = shown(text)
    assert len(text) <= LONGEST
    assert text.isprintable() or not text.isascii()
    fit = SETTING.fit(text, width, ((14.0, 1), (9.0, 2)), BOLD)
    assert len(fit.lines) <= 2
    if len(text) > 1:
        assert all(line.width * fit.size <= width or len(fit.text) < 3 or width < 40 for line in fit.lines)
    assert len(levels_of(text)) == len(text)
    for line in fit.lines:
        line.at(0, 0, fit.size).decode("ascii")


def test_fonts_are_found_where_their_packages_are() -> None:
    files = font_files()
    assert files[0][0].name == "NotoSans[wght].ttf"
    assert files[-1][0].suffix == ".ttc"
    assert all(path.is_file() for path, _ in files)
    assert len(files) > 20


def test_words_that_were_set_before_look_and_read_the_same() -> None:
    """Names repeat: their words are set once a file, and what has digits sign by sign."""
    new, old = Type(Fonts()), Type(Fonts())
    old.line("Lee Ann 7B")
    assert old.line("Ann Lee 7B").at(0, 0, 10) == new.line("Ann Lee 7B").at(0, 0, 10)
    assert new.line("Ann Lee").width == pytest.approx(sum(new.line(word).width for word in ("Ann", " ", "Lee")))
    assert new.line("7K4M").width == pytest.approx(sum(new.line(sign).width for sign in "7K4M"))
    assert (new.line("").width, new.line("").pieces) == (0, ())


def test_a_space_whose_glyph_means_something_else_in_this_file_says_what_it_is() -> None:
    kind = Type(Fonts())
    kind.line("a\u00adb")  # a soft hyphen that is drawn as the space is
    assert not kind.line("Ann Lee").plain
    assert Type(Fonts()).line("Ann Lee").plain
