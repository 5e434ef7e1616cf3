"""The first page of a file, for the page on which somebody chooses: as it will look, with codes that were made up.

Paper is described, not drawn: words and order are those of the printed formats, and the page draws them. A table is what the
format's own writer makes of the rows. What stands in place of a code has signs that no code has, so it opens nothing.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.codes.model.codes import USES
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats import pin_table_xlsx
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import Layout
from latchkey.login_details.model.runs import FORMATS, Format
from latchkey.login_details.model.setting import Setting
from latchkey.login_details.paper import words
from latchkey.login_details.paper.ticket import Ticket, tickets
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

PIN: Final = "PEXA-MPLE-0000"
PARENT_CODE: Final = "FEXA-MPLE-0000-0000"
MASK: Final = "•"
_FIRST: Final[dict[Format, int]] = {"slips": 8, "letters": 1, "pin_table": 12}
_ROWS: Final = 5
"""Students of a table whose rows are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A slip or a letter: its parts in the order of reading. ``address`` follows the first of ``steps``."""

    language: str
    right_to_left: bool
    for_whom: str
    heading: str
    opening: str
    name: str
    group: str
    label: str
    code: str
    lasts: str
    address: str
    steps: tuple[str, ...]
    closing: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """``kind`` is how it is drawn; ``title`` heads it. ``papers`` are slips or a letter, ``header`` and ``rows`` a table."""

    kind: Literal["slips", "letters", "list", "table", "letter"]
    title: str = ""
    papers: tuple[Paper, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    large: bool = False


def students_of(format_: Format) -> int:
    """How many students are enough to fill a first page."""
    return _FIRST.get(format_, _ROWS)


def made_up(student: Person, school: School, setting: Setting, ends: int) -> LoginDetails:
    """A student's login details with made-up codes; ``ends`` as of a code that is made now."""
    audience, uses_sso = setting.wanted.audience, school.uses_sso(student)
    has_pin, has_code = audience != "parents" and not uses_sso, audience != "students"
    language = student.language or school.settings.language
    return LoginDetails(
        student=school.known_as(student),
        pin=PIN if has_pin else "",
        pin_ends=ends if has_pin else None,
        parent_code=PARENT_CODE if has_code else "",
        parent_code_ends=ends if has_code else None,
        places=USES["parent"] if has_code else 0,
        uses_sso=uses_sso,
        student_language=language,
        parents_language=language,
    )


def first_page(setting: Setting, rows: Sequence[LoginDetails]) -> FirstPage:
    """The first page of a file that begins with these rows."""
    wanted = setting.wanted
    if wanted.format in ("slips", "letters"):
        return _papers(setting, rows)
    if wanted.format == "pin_table":
        return _list(setting, rows)
    if wanted.format == "mail_merge_docx":
        fields = Layout(wanted, setting.school_url).header
        return FirstPage(kind="letter", header=tuple(f"«{name}»" for name in fields))
    header, cells = _table(setting, rows)
    return FirstPage(kind="table", header=tuple(header), rows=tuple(tuple(map(_masked, row)) for row in cells))


def _papers(setting: Setting, rows: Sequence[LoginDetails]) -> FirstPage:
    large = setting.wanted.large_print
    most = 1 if setting.wanted.format == "letters" else 2 if large else 8
    first = rows[0].student.registration_group if rows else None
    same = [each for each in rows if each.student.registration_group == first] if setting.wanted.format == "slips" else rows
    papers = [_paper(setting, ticket) for each in same for ticket in tickets(each, setting.wanted.audience)][:most]
    kind: Literal["slips", "letters"] = "letters" if setting.wanted.format == "letters" else "slips"
    title = words.OFFICE.group_name(first) if rows else ""
    separated = kind == "letters" and setting.wanted.scope.is_wide and bool(rows)
    note = f"A sheet with the name of the group lies before its letters: {title}." if separated else ""
    return FirstPage(kind=kind, title=title, papers=tuple(papers), large=large, note=note)


def _paper(setting: Setting, ticket: Ticket) -> Paper:
    speech, school = ticket.speech, setting.school
    said, student = speech.words[ticket.kind], ticket.details.student
    place = setting.school_url if ticket.kind == "elsewhere" else f"{setting.origin}/r/{school.slug}"
    sign_in = speech.say(school.settings.sso.label)
    return Paper(
        language=speech.code,
        right_to_left=speech.right_to_left,
        for_whom=said.for_whom,
        heading=said.heading,
        opening=said.opening if ticket.kind != "elsewhere" else speech.say(school.settings.sso.help) or said.opening,
        name=student.name,
        group=student.registration_group or "",
        label=said.label,
        code=ticket.code or (sign_in if ticket.kind == "elsewhere" else ""),
        lasts=ticket.lasts,
        address=place.partition("://")[2],
        steps=tuple(step.format(label=sign_in) for step in said.steps),
        closing=" ".join(said.closing),
        help=speech.help(school.settings.help_line),
    )


def _list(setting: Setting, rows: Sequence[LoginDetails]) -> FirstPage:
    both = setting.wanted.audience == "both"
    first = rows[0].student.registration_group if rows else None
    same = [each for each in rows if each.student.registration_group == first]
    header = [words.NAME, words.PIN, words.UNTIL, *([words.PARENT_CODE, words.UNTIL] if both else [])]
    title = words.OFFICE.group_name(first) if rows else ""
    return FirstPage(
        kind="list",
        title=title,
        header=tuple(header),
        rows=tuple(tuple(_line(each, both=both)) for each in same),
        note=words.TABLE_NOTE,
    )


def _line(details: LoginDetails, *, both: bool) -> list[str]:
    student = details.student
    name = ", ".join(part for part in (student.family_name, student.given_name) if part)
    name += f" ({student.username})" if student.username and not details.uses_sso else ""
    until = words.OFFICE.day(details.pin_ends - 1) if details.pin_ends is not None else ""
    cells = [name, words.AT_SCHOOL if details.uses_sso else details.pin, until]
    ends = details.parent_code_ends
    return [*cells, details.parent_code, words.OFFICE.day(ends - 1) if ends is not None else ""] if both else cells


def _table(setting: Setting, rows: Sequence[LoginDetails]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    wanted = setting.wanted
    if wanted.format == "pin_table_xlsx":
        return pin_table_xlsx.table(wanted.audience, rows)
    if FORMATS[wanted.format].merges:
        layout = Layout(wanted, setting.school_url)
        return layout.header, layout.rows(rows)
    written = io.BytesIO()
    writer = new_writer(setting, written.write)
    writer.add(rows)
    writer.finish()
    header, *cells = csv.reader(io.StringIO(written.getvalue().decode("utf-8-sig")))
    return header, cells


def _masked(cell: str) -> str:
    """A cell without what stands in place of a code."""
    for code in (PARENT_CODE, PIN):
        cell = cell.replace(code, code[0] + MASK * 3)
    return cell
