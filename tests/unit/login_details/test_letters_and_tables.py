"""Letters and PIN tables, opened with Poppler."""

from dataclasses import replace
from pathlib import Path

import pytest

from latchkey.login_details.formats import pin_table
from latchkey.login_details.model.runs import Format
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.paper.colours import DEFAULT, contrast, ink
from latchkey.schools.model.logo import of_png
from latchkey.schools.model.school import School
from tests.support.paper import HELP, ORIGIN, SCHOOL, details, printed
from tests.support.pictures import png

ONE = Scope("registration_group", "7A")


@pytest.mark.parametrize("large", [False, True])
def test_a_letter_is_a_page_and_says_everything(tmp_path: Path, large: bool) -> None:
    one = details(1)
    paper = printed(tmp_path, [one], "letters", "both", scope=ONE, large=large, logo=of_png(png(300, 120)))
    student, parents = paper.pages()
    for said in ("18 November 2026", "Amelia Hughes", "Registration group 7A", "Your school account", one.pin, "until 24", HELP):
        assert said in student
    for said in ("To the parents and carers of", "Amelia Hughes", "Your parent account", one.parent_code, "For up to 5 parents"):
        assert said in parents
    assert one.pin not in parents
    assert one.parent_code not in student
    for hidden in ("B801200005001", "amelia@", "MIS1"):
        assert hidden not in paper.text
    assert paper.codes() == [[f"{ORIGIN}/r/northbridge#{code.replace('-', '')}"] for code in (one.pin, one.parent_code)]


@pytest.mark.parametrize("large", [False, True])
def test_the_longest_letter_stays_on_its_page(tmp_path: Path, large: bool) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff " * 40
    settings = replace(SCHOOL.settings, help_line=long, sso=replace(SCHOOL.settings.sso, label=long, help=long))
    school = School(slug="s" * 60, name=long, settings=settings)
    facts = {"given": f"ⵎ {long}", "family": long, "group": "W" * 200}
    students = [details(1, **facts), details(2, pin="", uses_sso=True, **facts)]
    paper = printed(tmp_path, students, "letters", "both", scope=ONE, large=large, school=school, origin=f"https://{'a' * 60}.uk")
    assert len(paper.pages()) == 4
    assert all(len(codes) == 1 for codes in paper.codes())
    words = [line for line in paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-").splitlines() if "<word" in line]
    assert max(float(line.split('yMax="')[1].split('"')[0]) for line in words) < 842 - 15
    assert max(float(line.split('xMax="')[1].split('"')[0]) for line in words) < 596 - 60


def test_sheets_between_groups_only_where_there_are_several(tmp_path: Path) -> None:
    students = [details(1, group="7A"), details(2, group="7A"), details(3, group="7B")]
    pages = printed(tmp_path, students, "letters").pages()
    assert [page.split("\n")[0] for page in pages if "Letters for this group follow." in page] == [
        "Registration group 7A",
        "Registration group 7B",
    ]
    assert len(pages) == 5
    assert len(printed(tmp_path, students[:2], "letters", scope=ONE).pages()) == 2


def test_a_letter_tells_how_to_sign_in_at_school(tmp_path: Path) -> None:
    paper = printed(tmp_path, [details(1, pin="", uses_sso=True)], "letters", scope=ONE)
    text = " ".join(paper.text.split())
    assert "You need no PIN" in text
    assert "Ask Mr Jones." in text
    assert "latchkey.example/schools/northbridge" in text
    assert paper.codes() == [[f"{ORIGIN}/schools/northbridge"]]


def test_a_table_holds_a_group_and_continues_on_a_second_page(tmp_path: Path) -> None:
    students = [details(number) for number in range(1, 41)] + [details(41, group="7B")]
    paper = printed(tmp_path, students, "pin_table")
    first, second, third = paper.pages()
    assert all("Registration group 7A" in page and "PIN" in page for page in (first, second))
    assert "Registration group 7B" in third
    assert "page 2 of this group" in second
    for student in students:
        assert student.pin in first + second + third
    assert first.count("Hughes, Amelia") == 33


def test_a_class_of_33_fits_on_one_page(tmp_path: Path) -> None:
    assert len(printed(tmp_path, [details(number) for number in range(1, 34)], "pin_table", "both").pages()) == 1


def test_what_a_table_shows_for_each_audience(tmp_path: Path) -> None:
    one, other = details(1), details(2, "Omar", "Khan", pin="", pin_ends=None, uses_sso=True, places=2)
    both = printed(tmp_path, [one, other], "pin_table", "both").text
    assert all(said in both for said in (one.pin, one.parent_code, other.parent_code, "School sign-in", "24 February 2027"))
    students = printed(tmp_path, [one, other], "pin_table", "students").text
    assert one.pin in students
    assert one.parent_code not in students
    parents = printed(tmp_path, [one, other], "pin_table", "parents").text
    assert one.parent_code in parents
    assert one.pin not in parents
    assert "School sign-in" not in parents
    assert "B801200005001" not in both + students + parents


def test_a_table_says_with_which_username_a_student_signs_in(tmp_path: Path) -> None:
    known = details(1)
    ann = replace(known, student=replace(known.student, username="ann.okafor7"))
    for audience in ("students", "parents", "both"):
        assert "(ann.okafor7)" in printed(tmp_path, [ann], "pin_table", audience).text.replace("\n", " ")


def test_no_cell_runs_into_the_next(tmp_path: Path) -> None:
    wide = "W" * 60
    students = [details(number, wide, wide, parent_code="WWWW-MMMM-WWWW-MMMM", pin="WWWW-MMMM-WWWW") for number in range(1, 4)]
    for audience, columns in pin_table._COLUMNS.items():
        paper = printed(tmp_path, students, "pin_table", audience)
        boxes = [
            line for line in paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-").splitlines() if "<word" in line
        ]
        place = 36.0
        for column in columns:
            place += column.width
            for line in boxes:
                left, right, top = (float(line.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "xMax", "yMin"))
                if 120 < top < 790:
                    assert right <= place or left >= place, line


@pytest.mark.parametrize("kind", ["slips", "letters", "pin_table"])
def test_every_format_takes_nobody(tmp_path: Path, kind: Format) -> None:
    assert "No student of those chosen" in printed(tmp_path, [], kind).text


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#000000", "#1f4e6b", "#ff8800", "#7fffd4"])
def test_a_light_colour_is_darkened_until_it_can_be_read(colour: str) -> None:
    assert contrast(ink(colour)) >= 4.5


def test_what_is_no_colour_is_the_quiet_one() -> None:
    assert ink("red; Q") == ink("") == ink(DEFAULT)
    assert ink("#000000") == (0, 0, 0)
