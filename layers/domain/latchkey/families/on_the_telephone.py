"""Somebody rings the office: what to ask them, so that it is surely them.

Facts that the office knows and the right caller should know; never a secret, and an address only in part, so that the one who
asks does not tell it. Nothing here decides: the office does, and can ring back on the number that it has on file.
"""

from dataclasses import dataclass

from latchkey.codes.read_out_code import why_not
from latchkey.errors import NotFound
from latchkey.families.needs import System
from latchkey.mail.model.account import masked
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_id


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, and what the answer is here."""

    ask: str
    answer: str


@dataclass(frozen=True, slots=True)
class Call:
    """Whom a call is about; ``refused``: why no code can be read out to them, as a word and a sentence."""

    person: Person
    questions: list[Question]
    refused: tuple[str, str] | None


def on_the_telephone(system: System, school: School, person_id: str) -> Call:
    """What to ask somebody who says on the telephone that they are this person; ``NotFound`` where the school has none such."""
    directory = system.directory(school.slug)
    person = directory.person(person_id) if is_id(person_id) else None
    if person is None:
        raise NotFound()
    linked = {each.id: each for each in directory.by_ids([*person.parents, *person.children])}
    parents = [linked[each] for each in person.parents if each in linked]
    children = [linked[each] for each in person.children if each in linked]
    siblings = directory.by_ids(each for parent in parents for each in parent.children if each != person.id)
    questions = [
        *_of_groups(person),
        *_asked("The first name of a brother or sister at this school", _names(school, siblings)),
        *_asked("The first name of a child, and the child's group", _names(school, children, groups=True)),
        *_asked("The name of a parent or carer", ", ".join(school.name_of(each) for each in parents)),
        *_asked("The e-mail address that the school has", masked(person.email) if person.email else ""),
    ]
    return Call(person, questions, why_not(school, person))


def _of_groups(person: Person) -> list[Question]:
    return [
        *_asked("The registration group", person.registration_group or ""),
        *_asked("The year group", person.year_group or ""),
    ]


def _names(school: School, people: list[Person], *, groups: bool = False) -> str:
    """The first names of those of these people who have not left."""
    here = [(school.known_as(each).given_name, each.registration_group) for each in people if each.status != "left"]
    return ", ".join(f"{name} ({group})" if groups and group else name for name, group in here)


def _asked(ask: str, answer: str) -> list[Question]:
    return [Question(ask, answer)] if answer else []
