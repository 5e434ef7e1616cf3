"""Which bundle a zip is: decided by its files and their columns; those that we cannot read are refused with the way out."""

from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import ROLES_FILE, USERS, Around, Bundle, Notes
from latchkey.rosters.model.oneroster import OneRoster
from latchkey.rosters.model.sds import Sds

_INSTEAD: Final = 'Export "SDS v2.1 CSV", or OneRoster CSV 1.1 or 1.2, from your MIS, and upload that zip.'


def open_bundle(files: Sequence[str], open_file: Callable[[str], BinaryIO], around: Around, notes: Notes) -> "OneRoster | Sds":
    """The people of a zip of tables; ``Unusable`` if it is none that we read."""
    if USERS not in files:
        _refuse_older(files)
        return OneRoster(files, open_file, around, notes)
    bundle = Bundle(files, open_file)
    users = bundle.places(USERS).keys()
    if {"role", "grade"} <= users and "grades" not in users:
        raise Unusable(f"The zip is School Data Sync's older format v2, which has no parents. {_INSTEAD}")
    if "role" not in users and ROLES_FILE in files:
        roles = bundle.places(ROLES_FILE).keys()
        if "sourcedid" not in roles and {"isprimary", "grade"} & roles:
            return Sds(files, open_file, around, notes)
    return OneRoster(files, open_file, around, notes)


def _refuse_older(files: Sequence[str]) -> None:
    """School Data Sync v1, with the files of its own, the UK's or Clever's form."""
    if "students.csv" in files and {"teachers.csv", "sections.csv", "schools.csv", "enrollments.csv"} & {*files}:
        raise Unusable(f"The zip is of Clever's form, one row for each student and contact. {_INSTEAD}")
    if {"student.csv", "teacher.csv"} & {*files}:
        raise Unusable(f"The zip is School Data Sync's older format v1, in which parents have no ids of their own. {_INSTEAD}")
