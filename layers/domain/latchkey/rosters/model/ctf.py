"""Common Transfer Files (CTF 23 to 25): pupils who arrive, or some who are here, by their UPNs.

A CTF has no ids of an MIS, no usernames and no registration groups, and nobody but pupils: so it adds and matches by UPN, is
never the whole roster, and never says that somebody has left. Contacts and all else that it holds of pupils are left unread.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from latchkey.office_files.model.tables import ROWS_AT_ONCE
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.people.model.upn import is_upn
from latchkey.rosters.model.bundle import Around, Notes
from latchkey.rosters.model.capitals import are_capitals, as_written
from latchkey.rosters.model.ctf_pupils import Header, Transfer
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.rows import Checker
from latchkey.rosters.model.runs import Batch, Rejection
from latchkey.rosters.model.words import ROLES

NAMES: Final = {
    "mis_id": "UPN",
    "upn": "UPN",
    "given_name": "Forename",
    "family_name": "Surname",
    "preferred_given_name": "PreferredForename",
    "preferred_family_name": "PreferredSurname",
    "year_group": "NCyearActual",
    "email": "Email",
}
_NOTED: Final = "upn"
_UNREAD: Final = (
    ("Contacts", "contacts"),
    ("DOB", "dates of birth"),
    ("Address", "addresses"),
    ("Phones", "phones"),
    ("Attendance", "attendance"),
    ("StageAssessments", "assessments"),
    ("SENhistory", "special needs"),
    ("SchoolHistory", "school history"),
)
_NO_YEAR: Final = {"x"}


class Ctf:
    """The pupils of a CTF; ``open_file`` opens it from its beginning. Row 1 is the first pupil."""

    format: Final = "ctf"
    names: Final = NAMES
    whole: Final = False
    asks: Sequence[Asks] = ()

    def __init__(self, open_file: Callable[[], BinaryIO], around: Around, notes: Notes) -> None:
        self._open = open_file
        self._around = around
        self._notes = notes
        self._passed_over: set[str] = set()
        self._noted = False
        header = self._header = Transfer().read_header(open_file())
        from_us, to_us = _is(header.source, around), _is(header.destination, around)
        if not from_us and not to_us:
            raise Unusable(_another(header, around))
        self._leads_away = from_us and not to_us and _is_a_school(header.destination)
        self.warnings: list[str] = []
        if self._leads_away:
            name = excerpt(header.destination.get("SchoolName") or _number(header.destination))
            self.warnings.append(
                f"The file has pupils who go from your school to another one ({name}). Have they left? The file does not say, "
                "so nobody leaves by it: mark those who have left on the page People, or with the roster of your MIS."
            )

    @property
    def shape(self) -> str:
        """What was seen, and what of it was not read."""
        version = f" {excerpt(self._header.version)}" if self._header.version else ""
        part = ", some pupils only (partial)" if self._header.qualifier.casefold() == "partial" else ""
        unread = [words for element, words in _UNREAD if element in self._passed_over]
        rest = f"; {', '.join(unread)} and all else about pupils were not read" if unread else ""
        return f"Common Transfer File{version}{part}{rest}"

    def people(self) -> None:
        """A Common Transfer File has no table."""

    def batches(self) -> Iterator[Batch]:
        """The pupils, in order; may be called again."""
        if not self._noted:
            self._note_people()
        checker = Checker(ROLES, NAMES)
        transfer, line = Transfer(), 1
        waiting: list[dict[str, str]] = []
        for pupils in transfer.pupils(self._open()):
            waiting += pupils
            while len(waiting) >= ROWS_AT_ONCE:  # the same rows at once however the file comes
                yield self._batch(checker, waiting[:ROWS_AT_ONCE], line)
                waiting, line = waiting[ROWS_AT_ONCE:], line + ROWS_AT_ONCE
        if waiting:
            yield self._batch(checker, waiting, line)
        self._passed_over = transfer.passed_over

    def _note_people(self) -> None:
        """Note whose UPN is whose, outside of memory: an id of the MIS, and whether they have left."""
        for people in self._around.students():
            self._notes.keep(
                _NOTED, [(each.upn, f"{each.status} {each.mis_id}") for each in people if each.upn and each.mis_id is not None]
            )
        self._noted = True

    def _batch(self, checker: Checker, pupils: Sequence[dict[str, str]], first: int) -> Batch:
        upns = [pupil.get("UPN", "").upper() for pupil in pupils]
        former = [pupil.get("FormerUPN", "").upper() for pupil in pupils]
        noted = self._notes.find(_NOTED, [each for each in dict.fromkeys((*upns, *former)) if each])
        rejected: list[Rejection] = []
        warned: list[Rejection] = []
        lines, rows = [], []
        for line, (pupil, upn, before) in enumerate(zip(pupils, upns, former, strict=True), start=first):
            if not is_upn(upn):
                reason = "is not a UPN, by which a pupil of a CTF is known" if upn else "there is no UPN"
                rejected.append(Rejection(line, "UPN", reason, excerpt(upn)))
                continue
            status, _, mis_id = (noted.get(upn) or noted.get(before) or "").partition(" ")
            if self._leads_away and status != "active":
                reason = "goes to another school by this file and is not here; nobody was added"
                rejected.append(Rejection(line, "UPN", reason, excerpt(_name(pupil))))
                continue
            if upn in noted and before != upn and before in noted:
                warned.append(
                    Rejection(line, "FormerUPN", "is the UPN of another account; see whether both are one pupil's", before)
                )
            lines.append(line)
            rows.append(_cells(pupil, mis_id or new_mis_id(upn), upn))
        columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
        batch = checker.batch(lines, columns, [False] * len(lines), rejected)
        return batch._replace(warned=sorted([*batch.warned, *warned]))


def is_markup(start: bytes) -> bool:
    """Whether a file that begins like this is XML; ``Unusable`` for a web page, which some systems call a spreadsheet."""
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        raise Unusable("The file is a web page, whatever its name says. Export it as CSV or as an Excel workbook (.xlsx).")
    return text.startswith(b"<")


def new_mis_id(upn: str) -> str:
    """What stands for the MIS's id of a pupil who has come by a CTF alone, until a roster has theirs."""
    return f"upn:{upn}"


def _cells(pupil: dict[str, str], mis_id: str, upn: str) -> dict[str, str]:
    """A pupil's cells, by our columns."""
    names = {
        "given_name": pupil.get("Forename", ""),
        "family_name": pupil.get("Surname", ""),
        "preferred_given_name": pupil.get("PreferredForename", ""),
        "preferred_family_name": pupil.get("PreferredSurname", ""),
    }
    if are_capitals(names["given_name"], names["family_name"]):
        names = {name: as_written(value) if are_capitals(value) else value for name, value in names.items()}
    year = pupil.get("NCyearActual", "")
    return {
        "mis_id": mis_id,
        "role": "student",
        **names,
        "email": pupil.get("Email", ""),
        "upn": upn,
        "year_group": "" if year.casefold() in _NO_YEAR else year,
    }


def _name(pupil: dict[str, str]) -> str:
    return f"{pupil.get('Forename', '')} {pupil.get('Surname', '')}".strip()


def _number(school: dict[str, str]) -> str:
    """What a header names a school by: seven digits if they are there, else whatever is."""
    return f"{school.get('LEA', '')}{school.get('Estab', '')}"


def _is_a_school(school: dict[str, str]) -> bool:
    """Whether a header names one school: for one that is not known yet it says MMM and MMMM."""
    return _number(school).isdecimal() or school.get("URN", "").isdecimal()


def _is(school: dict[str, str], around: Around) -> bool:
    return bool({_number(school), school.get("URN", "")} & around.names - {""})


def _another(header: Header, around: Around) -> str:
    """Why a file is not for us."""
    pairs = [excerpt(_number(each) or each.get("URN", "")) or "no number" for each in (header.source, header.destination)]
    detail = f"The file goes from {pairs[0]} to {pairs[1]}, and neither is this school's LAESTAB or URN."
    if not any(name.isdecimal() for name in around.names):
        return f"{detail} This school has neither in Latchkey: set its LAESTAB in the settings."
    has_laestab = any(len(name) == 7 and name.isdecimal() for name in around.names)
    return detail if has_laestab else f"{detail} Set this school's LAESTAB in the settings."
