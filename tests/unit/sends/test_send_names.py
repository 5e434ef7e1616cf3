"""What a send is called: by whom it goes to."""

import pytest

from latchkey.people.model import people_filter
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.model.send_names import facts_of, file_part, name_of, one_person, whom, whom_of

ANN, BEN = "a" * 20, "b" * 20


def send(selection: Selection, **facts: str) -> Send:
    return Send(
        id="s1",
        kind="password_link",
        state="queued",
        origin="admin",
        created_at=1,
        created_by=ANN,
        selection=selection,
        whom=facts.get("whom", ""),
    )


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "everyone"),
        ({"role": "student"}, "students"),
        ({"role": "teacher"}, "teachers"),
        ({"role": "staff"}, "other staff"),
        ({"role": "parent"}, "parents"),
        ({"role": "student", "year_group": "7"}, "year 7 students"),
        ({"year_group": "7"}, "year 7 people"),
        ({"role": "student", "registration_group": "7A"}, "7A students"),
        ({"role": "student", "registration_group": "7A", "year_group": "7"}, "7A students (year 7)"),
        ({"role": ["teacher", "staff"]}, "teachers and other staff"),
        ({"role": "student", "year_group": ["7", "9"]}, "students of years 7 and 9"),
        ({"role": "student", "year_group": ["13", "7", "8", "9", "10", "11", "12"]}, "students of years 7 to 13"),
        ({"role": "student", "year_group": ["R", "1", "2"]}, "students of years R, 1 and 2"),
        ({"role": "student", "registration_group": ["7B", "7A"]}, "7A and 7B students"),
        ({"registration_group": ["7A"]}, "7A people"),
        ({"role": "student", "registration_group": ["7A", "7B", "7C", "7D", "7E"]}, "students of 5 groups"),
        ({"role": "student", "registration_group": ["7A", "8A"], "year_group": ["7", "8"]}, "7A and 8A students (years 7 and 8)"),
        ({"bounced": "true"}, "people whose mail came back"),
        (
            {"role": "student", "missing_email": "true", "never_logged_in": "true"},
            "students without an e-mail address and who have never logged in",
        ),
        ({"role": "parent", "q": "smith"}, "parents found by a search"),
    ],
)
def test_a_filter_in_words(wanted: dict[str, str | list[str]], words: str) -> None:
    assert whom(Selection(filter=people_filter.parse(wanted).as_mapping())) == words
    assert name_of(send(Selection(filter=wanted), whom=words)).startswith(f"Password links to {words.partition(' found')[0]}")


@pytest.mark.parametrize(("ids", "words"), [((ANN,), "1 person"), ((ANN, BEN), "2 people"), ((ANN,) * 1234, "1,234 people")])
def test_a_list_of_people_is_counted(ids: tuple[str, ...], words: str) -> None:
    assert whom(Selection(ids=ids)) == words


def test_one_person_is_named_on_pages_only() -> None:
    alone = send(Selection(ids=(ANN,)), whom="1 person")
    assert one_person(alone) == ANN
    assert name_of(alone, "Ada Novák") == "Password link to Ada Novák"
    assert name_of(alone) == "Password link to 1 person", "who is gone has no name"
    assert facts_of(alone) == {"send": "s1", "to": "1 person"}
    assert file_part(alone) == "password-links-1-person"
    assert one_person(send(Selection(ids=(ANN, BEN)))) is None
    assert one_person(send(Selection(source="s0", pick="failed"))) is None


def test_what_was_searched_for_stands_on_pages_only() -> None:
    found = send(Selection(filter={"role": "student", "q": "ada@x.example"}), whom="students found by a search")
    assert name_of(found) == "Password links to students found by “ada@x.example”"
    assert "ada" not in f"{facts_of(found)}{file_part(found)}"


def test_a_retry_and_a_reminder_say_so() -> None:
    retry = send(Selection(source="s0", pick="failed"), whom="year 7 students")
    again = send(Selection(source="s0", pick="no_password"), whom="year 7 students")
    assert name_of(retry) == "Password links to year 7 students (retry)"
    assert name_of(again) == "Password links to year 7 students (reminder)"


def test_a_send_from_before_names_were_kept_is_named_by_its_selection() -> None:
    assert whom_of(send(Selection(filter={"year_group": "7", "role": "student"}))) == "year 7 students"
    assert name_of(send(Selection(source="s0", pick="failed"))) == "Password links to people of an earlier send (retry)"


@pytest.mark.parametrize("group", ["../../etc", 'a"b\r\n', "é" * 100, "7A " * 30])
def test_a_files_name_is_safe_whatever_the_group_is_called(group: str) -> None:
    part = file_part(send(Selection(filter={"registration_group": group})))
    assert part.replace("-", "a").isalnum()
    assert part.isascii()
    assert len(part) <= 60


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ({"role": "student", "reason": "no_address"}, "students who have no e-mail address"),
        (
            {"role": "student", "year_group": "7", "reason": "link_unused"},
            "year 7 students who were sent a link and have not used it",
        ),
        (
            {"reason": ["sso", "never_sent"]},
            "people who use the school’s own sign-in or who have an address and were never sent a link",
        ),
        ({"role": "parent", "reason": ["locked", "never_sent", "no_address"]}, "parents picked by 3 reasons"),
        ({"role": "student", "standing": "not_ready"}, "students who cannot log in yet"),
        ({"standing": "ready"}, "people who can log in"),
    ],
)
def test_those_who_stand_in_some_way_are_named_so(wanted: dict[str, str | list[str]], name: str) -> None:
    """As on the first page of the console."""
    assert whom(Selection(filter=wanted)) == name
