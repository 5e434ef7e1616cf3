"""Give the students of a contacts run their parent codes and write its files: by student, parent and family, and the lists.

Codes that were given stay the same, so whatever is done again gives the same files. They stand under a new key each time, and
appear whole; the run names them in the write that ends it. A worker whose time runs short hands over: the next one finds the
codes given and is quicker.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.changes import given_since
from latchkey.codes.model.login_details import login_details
from latchkey.contacts.model.invite import HAS_ACCOUNT, WHY, why_not
from latchkey.contacts.model.layout import HEADERS, LIST_HEADERS, rows_of, student_cells, width
from latchkey.contacts.model.messages import files_message
from latchkey.contacts.model.runs import (
    FORMATS,
    LEASE,
    LISTED,
    LISTS,
    MOST_SLIPS,
    ROWS,
    WRITER,
    Listed,
    ListName,
    Run,
    student_label,
)
from latchkey.contacts.needs import System
from latchkey.contacts.stores.notes import WritingNotes
from latchkey.contacts.take_run import ENDLESS, fail, give_back, is_endless, take
from latchkey.errors import Changed, Poison, TryLater
from latchkey.login_details.model.mail_merge import Sheet
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.walk_students import Clock, walk
from latchkey.office_files import csv, xlsx
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

_SHOW_EVERY: Final = 2_500  # students between two writes of the progress
_AT_ONCE: Final = 500  # rows
_LOOKED_UP: Final = 100  # students
_LAST: Final = 1_000  # behind every priority
_SOMEBODY: Final = "a parent"
_SHEET: Final = "Contacts"
_STOPPED: Final = "Something went wrong on our side, several times. What was read is kept: have the files made again."
_ENDED: Final = "All codes of your school were ended while the files were made, so these were thrown away. Have them made again."


def write_contacts(
    system: System, school_slug: str, run_id: str, *, last_try: bool = False, left: Callable[[], float] | None = None
) -> Run | None:
    """Write the files of a run; None if there was nothing to do. ``TryLater`` if another worker has the run."""
    school, runs = system.schools.get(school_slug), system.contacts_runs(school_slug)
    run = runs.get(run_id)
    if school is None or run is None:
        raise Poison()
    if (run.state, run.step) != ("running", "files"):
        return None
    run = take(system, school_slug, run)
    if run is None:
        return None
    try:
        if is_endless(run):
            return fail(system, school_slug, run, ENDLESS, WRITER)
        return _write(system, school, run, Clock(left))
    except Changed as lost:
        raise TryLater() from lost  # the lease went to another worker, who goes on
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        with suppress(Exception):  # the error that led here is the one that counts
            if last_try:
                fail(system, school_slug, run, _STOPPED, WRITER)
            else:
                give_back(system, school_slug, run)
        raise


def _write(system: System, school: School, run: Run, clock: Clock) -> Run | None:
    runs, kept = system.contacts_runs(school.slug), system.kept_parents(school.slug)
    sheet = Sheet(audience="parents", url=f"{system.settings['ORIGIN']}/schools/{school.slug}")
    with WritingNotes() as notes:
        refused, listed = _take_parents(system, school, run, notes)
        giving = _Giving(system, school, notes, sheet)
        run, complete = giving.give(run, clock)
        if not complete:
            runs.release(run)
            system.queue("EXPORT_QUEUE").put(files_message(school.slug, run.id))
            return run
        paper = [*notes.on_paper()]
        kept.write_lists(run, {"not_invited": listed})
        kept.write_paper(run, paper[:MOST_SLIPS])
        files, rows = _put_all(giving, run)
        families, invited = notes.families, notes.invited
    if _codes_ended(system, school):
        return fail(system, school.slug, run, _ENDED, WRITER)
    now = system.now()
    counts = {"families": families, "invited": invited, "without_address": len(paper), "not_invited": refused}
    told: dict[str, str | int] = {"contacts": run.id, "rows": rows, **counts, "new_parent_codes": giving.new}
    finished = replace(run, counts={**run.counts, **counts}, files=files, files_at=now, finished_at=now, done=run.total)
    runs.finish(finished, system.audit(school.slug).record_of(WRITER, "contacts.files", now, told))
    return runs.get(run.id)


def _take_parents(system: System, school: School, run: Run, notes: WritingNotes) -> tuple[int, list[Listed]]:
    """Remember who is to be invited for whom; how often somebody is not, and the first of these with their reasons."""
    refused, listed, stated = 0, list[Listed](), frozenset(run.stated)
    for parents in system.kept_parents(school.slug).pages(run.id, system.now()):
        ties = []
        for parent in parents:
            if parent.claimed:  # an account says who they are, and they log in with it
                refused += len(parent.children)
                listed += [Listed(0, child.student, "", _SOMEBODY, HAS_ACCOUNT) for child in parent.children]
                continue
            why = {child.student: why_not(child, run.whom, stated) for child in parent.children}
            ranks = {child.student: child.priority or _LAST for child in parent.children if why[child.student] is None}
            if ranks:
                ties.append((parent, ranks))
            not_for = {student: reason for student, reason in why.items() if reason is not None}
            refused += len(not_for)
            if len(listed) < LISTED:
                listed += [Listed(0, student, "", parent.name, WHY[reason]) for student, reason in not_for.items()]
        notes.keep_ties(ties)
    return refused, listed[:LISTED]


@dataclass(slots=True)
class _Giving:
    """Gives codes and remembers the cells of students, in list order; ``new`` counts codes since the files were asked for."""

    system: System
    school: School
    notes: WritingNotes
    sheet: Sheet
    new: int = 0

    def give(self, run: Run, clock: Clock) -> tuple[Run, bool]:
        """All students of a run; whether the time was enough."""
        system, slug = self.system, self.school.slug
        key = system.code_key(slug, self.school.code_epoch)
        done = shown = 0
        for people in walk(system.directory(slug), Scope()):
            issued = self._issued(people)
            self.new += sum(given_since(person, self.school, "parent", run.asked_at) for person in issued)
            cells = [student_cells(login_details(person, self.school, key, "parents"), self.sheet) for person in issued]
            self.notes.keep_cells(
                [(person.id, done + place, each) for place, (person, each) in enumerate(zip(issued, cells, strict=True))]
            )
            done, shown = done + len(issued), shown + len(people)
            short = clock.is_short()
            if short or shown >= _SHOW_EVERY:
                shown, ends = 0, system.now() + LEASE
                run = system.contacts_runs(slug).note_progress(run, done, ends, total=max(run.total, done))
            if short:
                return run, False
        return replace(run, total=done), True

    def _issued(self, people: Sequence[Person]) -> list[Person]:
        wanted = self.notes.with_parents([person.id for person in people])
        fit = [person for person in people if person.id in wanted and person.status == "active" and person.number is not None]
        return issue_codes(self.system, self.school, fit, ("parent",)).people


def _put_all(giving: _Giving, run: Run) -> tuple[dict[str, str], int]:
    """Write all files, each as CSV and as a workbook: their keys by name, and the rows of the three joined ones together."""
    system, slug, notes, rows = giving.system, giving.school.slug, giving.notes, 0
    base = f"exports/{slug}/{run.id}/{secrets.token_hex(16)}"
    groups = {"student": notes.by_student, "parent": notes.by_parent, "family": notes.by_family}
    for kind in ROWS:
        made = (row for children, parents in groups[kind]() for row in rows_of(kind, children, parents, giving.sheet.url))
        rows += _put(system, f"{base}/{kind}", HEADERS[kind], made, giving.school.name)
    for name in LISTS:
        listed = system.kept_parents(slug).listed(run.id, name, system.now())
        _put(system, f"{base}/{name}", LIST_HEADERS[name], _list_rows(system, giving.school, name, listed), giving.school.name)
    return {f"{name}.{suffix}": f"{base}/{name}.{suffix}" for name in (*ROWS, *LISTS) for suffix in FORMATS}, rows


def _put(system: System, base: str, header: Sequence[str], rows: Iterable[Sequence[str]], heading: str) -> int:
    """Write one table as CSV and as a workbook; how many rows it has. In a workbook a sheet ends where Excel's do."""
    count = 0
    with ExitStack() as stack:
        plain = stack.enter_context(system.export_files().upload(f"{base}.csv", FORMATS["csv"]))
        file = stack.enter_context(system.export_files().upload(f"{base}.xlsx", FORMATS["xlsx"]))
        book = xlsx.Workbook(file.write)
        book.sheet(_SHEET, header, [width(name) for name in header], heading)
        plain.write(csv.MARK + csv.block([header]))
        left = iter(rows)
        while part := [*islice(left, _AT_ONCE)]:
            plain.write(csv.block(part))
            if count + len(part) <= xlsx.MOST_ROWS:
                book.add(part)
            count += len(part)
        book.finish()
        plain.finish()
        file.finish()
    return count


def _list_rows(system: System, school: School, name: ListName, listed: Iterator[Listed]) -> Iterator[list[str]]:
    """The rows of a list beside the files, with the students as they are now; who is gone has no name."""
    while part := [*islice(listed, _LOOKED_UP)]:
        found = system.directory(school.slug).by_ids(row.student for row in part if row.student)
        students = {each.id: school.known_as(each) for each in found}
        for row in part:
            yield _list_row(name, row, students.get(row.student))


def _list_row(name: ListName, row: Listed, student: Person | None) -> list[str]:
    if name == "unmatched_contacts":
        like = student_label(student) if student else ""
        return [str(row.line), row.name, row.contact, row.reason, like]
    who = (
        [student.family_name, student.given_name, student.year_group or "", student.registration_group or ""]
        if student
        else [""] * 4
    )
    if name == "not_invited":
        return [row.contact, *who, row.reason]
    ids = [student.upn or "", student.mis_id or student.id] if student else ["", ""]
    return [*ids, *who, row.reason]


def _codes_ended(system: System, school: School) -> bool:
    """Whether the school's codes have been ended since the files were begun: the codes in them would open nothing."""
    now_is = system.schools.get(school.slug)
    return now_is is None or now_is.code_epoch != school.code_epoch
