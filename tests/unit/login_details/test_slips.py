"""Slips, opened with Poppler: what they say, how they lie on the sheets, and what a phone reads from them."""

from dataclasses import replace
from pathlib import Path

import pytest

from latchkey.codes.model import codes
from latchkey.codes.model.audience import Audience
from latchkey.login_details.formats.slips import HIGH, STRIP
from latchkey.login_details.paper.words import speech
from latchkey.schools.model.logo import Logo, of_png
from latchkey.schools.model.school import School
from tests.support.paper import ENDS, HELP, KEY, NOW, ORIGIN, SCHOOL, details, printed
from tests.support.pictures import png


def address(code: str) -> str:
    return f"{ORIGIN}/r/northbridge#{code.replace('-', '')}"


def test_a_slip_says_all_that_its_student_needs_and_nothing_else(tmp_path: Path) -> None:
    one = details(42)
    text = printed(tmp_path, [one]).text
    lines = text.split("\n")
    for said in (
        "Registration group 7A",
        "Northbridge Academy",
        "For the student",
        "Amelia Hughes",
        "latchkey.example/r/northbridge",
        one.pin,
        "Works once, until 24 February 2027.",
        HELP,
    ):
        assert any(said in line for line in lines), said
    for hidden in ("B801200005001", "amelia@", "MIS42", "user42", one.parent_code, "https"):
        assert hidden not in text


def test_the_square_opens_the_address_with_the_code_behind_the_hash(tmp_path: Path) -> None:
    students = [details(number) for number in range(1, 12)]
    assert printed(tmp_path, students).codes() == [
        [address(student.pin) for student in students[:8]],
        [address(student.pin) for student in students[8:]],
    ]


def test_a_group_begins_on_a_new_sheet(tmp_path: Path) -> None:
    students = [details(number, group="7A") for number in range(1, 10)] + [
        details(number, group="7B") for number in range(10, 12)
    ]
    paper = printed(tmp_path, students)
    pages = paper.pages()
    assert [page.split("\n")[0] for page in pages] == ["Registration group 7A"] * 2 + ["Registration group 7B"]
    assert [len(found) for found in paper.codes()] == [8, 1, 2]
    assert paper.structure().count("H1") == 2


def test_the_order_is_that_of_the_list(tmp_path: Path) -> None:
    names = [("Zoë", "Abbott"), ("Ann", "Barker"), ("Łukasz", "Cox")]
    text = printed(tmp_path, [details(place, *name) for place, name in enumerate(names, 1)]).structure()
    places = [text.index(" ".join(name)) for name in names]
    assert places == sorted(places)


def test_a_students_and_a_parents_slip_lie_side_by_side(tmp_path: Path) -> None:
    students = [details(number) for number in range(1, 4)]
    paper = printed(tmp_path, students, audience="both")
    assert paper.codes() == [[address(code) for student in students for code in (student.pin, student.parent_code)]]
    assert paper.text.count("For parents and carers of") == 3
    assert paper.text.count("For up to 5 parents or carers, until 24 February 2027.") == 3


@pytest.mark.parametrize(("places", "said"), [(5, "For up to 5 parents"), (2, "For 2 more parents"), (1, "For one more parent")])
def test_a_parents_slip_says_how_many_can_still_use_it(tmp_path: Path, places: int, said: str) -> None:
    text = printed(tmp_path, [details(1, pin="", pin_ends=None, places=places)], audience="parents").text
    assert said in text
    assert "For the student" not in text


def test_who_signs_in_at_school_is_told_how(tmp_path: Path) -> None:
    one = details(1, pin="", pin_ends=None, uses_sso=True)
    paper = printed(tmp_path, [one], audience="both")
    assert "Choose “Sign in with Northbridge ID”." in paper.text
    assert "Ask Mr Jones." in paper.text
    assert "PIN" not in paper.text
    assert paper.codes() == [[f"{ORIGIN}/schools/northbridge", address(one.parent_code)]]


def test_without_a_code_a_slip_says_where_to_get_one(tmp_path: Path) -> None:
    paper = printed(tmp_path, [details(1, pin="", pin_ends=None)])
    assert "Ask your school’s office for one." in " ".join(paper.text.split())
    assert paper.codes() == [[]]


def test_large_print_is_twice_as_large_and_two_to_a_sheet(tmp_path: Path) -> None:
    students = [details(number) for number in range(1, 4)]
    paper = printed(tmp_path, students, large=True)
    assert [len(found) for found in paper.codes()] == [2, 1]
    box = paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-")
    heights = [
        float(line.split('yMax="')[1].split('"')[0]) - float(line.split('yMin="')[1].split('"')[0])
        for line in box.splitlines()
        if "Choose" in line
    ]
    assert min(heights) > 16


def test_nobody_in_a_group_and_nobody_at_all(tmp_path: Path) -> None:
    assert "No registration group" in printed(tmp_path, [details(1, group=None)]).text
    nobody = printed(tmp_path, [])
    assert nobody.facts()["Pages"] == "1"
    assert "No student of those chosen" in nobody.text


@pytest.mark.parametrize(
    "logo", [None, of_png(png(60, 40, alpha=True)), of_png(png(300, 20))], ids=["none", "seen through", "wide"]
)
def test_a_logo_leaves_no_gap_where_there_is_none(tmp_path: Path, logo: Logo | None) -> None:
    paper = printed(tmp_path, [details(1)], logo=logo)
    pictures = paper.ask("pdfimages", "-list", str(tmp_path / "file.pdf")).splitlines()[2:]
    assert bool(pictures) == bool(logo)
    words = paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-").splitlines()
    left = min(float(line.split('xMin="')[1].split('"')[0]) for line in words if ">Northbridge<" in line)
    assert left == pytest.approx(22, abs=1) if logo is None else left > 30


def test_the_file_is_tagged_titled_and_in_english(tmp_path: Path) -> None:
    paper = printed(tmp_path, [details(1)])
    facts = paper.facts()
    assert (facts["Tagged"], facts["Pages"]) == ("yes", "1")
    assert facts["Title"] == "Login details, slips: Northbridge Academy"
    assert facts["Page size"].endswith("(A4)")
    tree = paper.structure()
    for part in ("Document", "H1", "H2", "Lbl", "LBody", "Figure"):
        assert part in tree
    assert paper.data.startswith(b"%PDF-1.7")


def test_printing_twice_gives_the_same_file(tmp_path: Path) -> None:
    students = [details(number, "محمد", "خان") for number in range(1, 20)]
    assert printed(tmp_path, students, audience="both").data == printed(tmp_path, students, audience="both").data


@pytest.mark.parametrize("audience", ["students", "parents", "both"])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_runs_over_a_cut(tmp_path: Path, audience: Audience, large: bool) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff " * 40
    worst = [details(number, long, long, group="W" * 200) for number in range(1, 5)]
    settings = replace(SCHOOL.settings, help_line=long, sso=replace(SCHOOL.settings.sso, label=long, help=long))
    school = School(slug="s" * 60, name=long, settings=settings)
    worst.append(details(5, long, long, group="W" * 200, pin="", uses_sso=True))
    origin = "https://accounts.a-school-with-a-long-name.example.sch.uk"
    paper = printed(tmp_path, worst, audience=audience, large=large, school=school, origin=origin)
    scale = 2 if large else 1
    boxes = paper.ask("pdftotext", "-bbox", str(tmp_path / "file.pdf"), "-")
    for line in boxes.splitlines():
        if "<word" not in line:
            continue
        left, top, right, bottom = (float(line.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "yMin", "xMax", "yMax"))
        if bottom <= STRIP:
            continue
        wide = 297.64 * scale
        assert left // wide == (right + 14 * scale) // wide, line
        middle = (top + bottom) / 2
        row = (middle - STRIP) // (HIGH * scale)
        assert top > STRIP + row * HIGH * scale, line
        assert bottom < STRIP + (row + 1) * HIGH * scale, line
    assert all(code.startswith(origin) for page in paper.codes() for code in page)
    assert paper.unprintable == 5


def test_days_as_people_write_them() -> None:
    assert speech().day(NOW) == "18 November 2026"
    assert speech().lasts("pin", ENDS, 1) == "Works once, until 24 February 2027."
    assert speech().lasts("pin", ENDS + 1, 1) == "Works once, until 25 February 2027."
    assert speech().lasts("parent", None, 0) == ""


def test_all_codes_of_a_school_are_read(tmp_path: Path) -> None:
    students = [details(number) for number in range(1, 97)]
    read = [text for page in printed(tmp_path, students, audience="both").codes() for text in page]
    assert sorted(read) == sorted(address(code) for one in students for code in (one.pin, one.parent_code))
    assert students[0].pin == codes.code("pin", 1, 1, KEY)
