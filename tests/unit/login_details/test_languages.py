"""Slips and letters in the language of whoever reads them: the student's side in theirs, the parents' in theirs."""

from pathlib import Path

import pytest

from latchkey.login_details.model.runs import Format
from latchkey.login_details.paper.words import OFFICE, speech
from tests.support.paper import ENDS, details, printed


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("form", ["slips", "letters"])
@pytest.mark.parametrize(
    ("code", "student", "parents"),
    [
        ("cy", "Dewiswch eich cyfrinair eich hun.", "Sefydlwch eich cyfrif eich hun."),
        ("pl", "Wybierz własne hasło.", "Załóż własne konto."),
    ],
)
def test_each_side_is_in_its_readers_language(tmp_path: Path, form: Format, code: str, student: str, parents: str) -> None:
    for mine, theirs, shown in (
        (code, "en", (student, "Set up your own account.")),
        ("en", code, ("Choose your own password.", parents)),
        (code, code, (student, parents)),
    ):
        one = details(1, student_language=mine, parents_language=theirs)
        paper = printed(tmp_path, [one], audience="both", kind=form)
        assert all(each in words(paper.text) for each in shown), (mine, theirs)
        assert one.pin in paper.text
        assert one.parent_code in paper.text
        assert paper.unprintable == 0
    whole = printed(tmp_path, [details(1, student_language=code, parents_language=code)], audience="both", kind=form).text
    for english in ("Choose", "Scan", "parents and carers", "Works", "February", "Questions"):
        assert english not in whole


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("form", ["slips", "letters"])
def test_urdu_is_there_in_its_order_and_from_the_right(tmp_path: Path, form: Format, large: bool) -> None:
    one = details(1, "Zainab", "Ahmed", student_language="ur", parents_language="ur")
    paper = printed(tmp_path, [one], audience="both", kind=form, large=large)
    said = words(paper.text)
    urdu = speech("ur")
    for sentence in ("Choose your own password.", "Set up your own account.", "Your PIN"):
        assert urdu.say(sentence) in said or urdu.say(sentence).split()[0] in said, sentence
    assert "Choose" not in said
    assert paper.unprintable == 0
    codes = [code.rpartition("#")[2] for page in paper.codes() for code in page]
    assert sorted(codes) == sorted((one.pin.replace("-", ""), one.parent_code.replace("-", "")))
    where = paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-")
    (wide,) = {float(line.split('width="')[1].split('"')[0]) for line in where.splitlines() if "<page" in line}
    ends = [float(line.split('xMax="')[1].split('"')[0]) for line in where.splitlines() if ">Ahmed<" in line]
    middle = wide / 2 if form == "slips" and not large else wide
    assert all(min(abs(end - middle), abs(end - wide)) < 70 for end in ends), "a name ends at the right margin of its side"


@pytest.mark.parametrize("code", ["cy", "pl", "ur"])
@pytest.mark.parametrize("form", ["slips", "letters"])
def test_no_sentence_of_ours_is_cut(tmp_path: Path, form: Format, code: str) -> None:
    sso = details(1, pin="", pin_ends=None, uses_sso=True, student_language=code, parents_language=code, places=2)
    none = details(2, pin="", pin_ends=None, student_language=code, parents_language=code, places=1)
    text = printed(
        tmp_path, [sso, none, details(3, student_language=code, parents_language=code)], audience="both", kind=form
    ).text
    assert "…" not in text


def test_an_unknown_language_is_english() -> None:
    assert speech("xx").words == OFFICE.words
    assert speech("xx").code == "en-GB"


def test_a_number_of_places_has_its_form() -> None:
    assert speech("pl").lasts("parent", ENDS, 1) == "Dla jeszcze jednego rodzica lub opiekuna, do 24 lutego 2027."
    assert speech("pl").lasts("parent", ENDS, 2) == "Dla jeszcze 2 rodziców lub opiekunów, do 24 lutego 2027."
    assert speech("cy").lasts("pin", ENDS, 1) == "Yn gweithio unwaith, tan 24 Chwefror 2027."
