"""Marks of people to whom mail came back are taken many at a time, and from nobody who has changed meanwhile."""

from dataclasses import replace
from typing import Any

from latchkey.people.model.person import MailProblem, Person
from tests.support.system import START, TestSystem

NOW = int(START)


def marked(number: int, **facts: Any) -> Person:
    key = f"{number:032d}"
    given = {"role": "student", "given_name": "A", "family_name": "B", "email": f"p{number}@x.example", "email_key": key}
    return Person(id=f"{number:020d}", **{**given, "mail_problem": MailProblem("bounced", NOW, key), **facts})


def test_marks_are_taken_over_the_limit_of_a_transaction(system: TestSystem) -> None:
    people = [marked(number) for number in range(101)]
    system.wiring("read_roster").directory("northbridge").put_new(people)
    directory = system.wiring("plan_send").directory("northbridge")
    assert directory.take_mail_problems([]) == 0
    assert directory.take_mail_problems(people) == 101
    assert {each.mail_problem for each in directory.by_ids(each.id for each in people)} == {None}
    assert directory.take_mail_problems(people) == 0, "once"


def test_who_has_another_address_or_mark_by_now_is_left_alone(system: TestSystem) -> None:
    people = [marked(number) for number in range(4)]
    system.wiring("read_roster").directory("northbridge").put_new(people)
    feedback = system.wiring("mail_feedback").directory("northbridge")
    complained = MailProblem("complained", NOW + 1, people[1].email_key or "")
    assert feedback.note_mail_problem(people[1].id, complained)
    system.wiring("operate").directory("northbridge").change(people[2].id, {"email": "new@x.example", "email_key": "f" * 32})
    gone = replace(people[3], id="9" * 20)
    directory = system.wiring("plan_send").directory("northbridge")
    assert directory.take_mail_problems([*people[:3], gone]) == 1
    now = {each.id: each.mail_problem for each in directory.by_ids(each.id for each in people)}
    assert now[people[0].id] is None
    assert now[people[1].id] == complained
    assert now[people[3].id] == people[3].mail_problem
