"""What a file will look like and for how many, for somebody who is still choosing: nothing is made, and no code is shown."""

from dataclasses import dataclass
from itertools import islice

from latchkey.codes.model.changes import expiry
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.formats.first_page import FirstPage, Paper, first_page, made_up, students_of
from latchkey.login_details.make_rows import rows_without_codes
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.login_details.needs import System
from latchkey.login_details.try_export import cannot_be_in
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School


@dataclass(frozen=True, slots=True)
class Preview:
    """How many students are meant, and the first page of their file; without a page where it is for nobody."""

    students: int
    page: FirstPage | None


def preview_export(system: System, school: School, wanted: ExportRequest) -> Preview:
    """The first page with the names of those who stand first. What a run would do with codes ``try_export`` says."""
    wanted = with_people(system, school.slug, wanted)
    total, first = _meant(system, school, wanted, students_of(wanted.format))
    directory = system.directory(school.slug)
    people = {person.id: person for person in directory.by_ids(first)}
    students = [people[each] for each in first if each in people and cannot_be_in(people[each], wanted) is None]
    if not students:
        return Preview(total, None)
    setting = Setting(school=school, wanted=wanted, origin=system.settings["ORIGIN"], now=system.now())
    ends = expiry(setting.now, school)
    chosen = wanted.scope.people

    def means(person: Person) -> bool:
        return wanted.means(person) and (chosen is None or person.id in chosen) and cannot_be_in(person, wanted) is None

    rows = rows_without_codes(
        directory,
        school,
        wanted,
        students,
        details_of=lambda person: made_up(person, school, setting, ends),
        means=means,
    )
    return Preview(total, first_page(setting, rows))


def sheet_of(school: School, student: Person, origin: str, now: int) -> Paper:
    """The slip or letter of one student, with a PIN that is made up: what settings change on paper, before they are saved."""
    wanted = ExportRequest(scope=Scope(), format="slips", audience="students")
    setting = Setting(school=school, wanted=wanted, origin=origin, now=now)
    return first_page(setting, [made_up(student, school, setting, expiry(now, school))]).papers[0]


def _meant(system: System, school: School, wanted: ExportRequest, most: int) -> tuple[int, list[str]]:
    """How many students a scope means, by the roll, and the ids of so many of the first of them in list order."""

    def is_meant(entry: Entry) -> bool:
        return (
            entry.role == "student" and entry.status == "active" and (not wanted.never_logged_in or entry.last_login_at is None)
        )

    roll = read_roll(system, school.slug, school)
    chosen = wanted.scope.people
    if chosen is None:
        entries, alike = roll.meant(wanted.group), roll.alike_of(wanted.group)
    else:
        entries = [entry for each in chosen if (entry := roll.by_id(each))]
        alike = roll.alike(entries)
    total = sum(len(people) for one, people in alike if is_meant(one))
    return total, [entry.id for entry in islice(filter(is_meant, entries), most)]
