"""What a run of login details is called, and the file it makes: by what it is and whose it is. Nobody is named in it."""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.codes.model.audience import Audience
from latchkey.login_details.model.runs import FORMATS, Export, ExportRequest, Format, Rows
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.people_filter import values_of
from latchkey.roll.model.standing_words import WORDS
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_names import whom
from latchkey.shared.model import file_names

_VOIDED: Final[Mapping[Audience, str]] = {"both": "PINs and parent codes", "students": "PINs", "parents": "parent codes"}
_ONLY: Final[Mapping[Audience, str]] = {"both": "", "students": "PINs only", "parents": "parent codes only"}
_FILES: Final[Mapping[Format, str]] = {
    "slips": "slips",
    "letters": "letters",
    "pin_table": "pin-table",
    "pin_table_xlsx": "pin-table",
    "mail_merge_csv": "mail-merge",
    "mail_merge_xlsx": "mail-merge",
    "mail_merge_docx": "mail-merge",
    "sims_aspect": "sims-aspect",
    "mis_codes": "codes-by-upn",
}
"""The first word of a file's name; what shares one differs in its ending."""
_ROWS: Final[Mapping[Rows, str]] = {"student": "", "parent": "parents", "family": "families"}
_FOR: Final[Mapping[Audience, str]] = {"both": "", "students": "pins", "parents": "parent-codes"}


_SAID: Final = {"role", "year_group", "registration_group", "reason"}
_MOST: Final = 4  # years or groups that a file's name has room for


def name_of(run: Export) -> str:
    """ "Slips for 7A", "Voided PINs of year 7"."""
    wanted = run.wanted
    if run.kind == "void":
        return f"Voided {_VOIDED[wanted.audience]} of {whose(wanted.scope)}"
    rows = f"{_ROWS[wanted.rows]} of " if _ROWS[wanted.rows] else ""
    more = [_ONLY[wanted.audience], "large print" if wanted.large_print else "", *_fewer(wanted)]
    return ", ".join(filter(None, [f"{FORMATS[wanted.format].name} for {rows}{whose(wanted.scope)}", *more]))


def facts_of(run: Export) -> dict[str, str | int]:
    """How the audit trail says which run: its id, and what it is called."""
    return {"export": run.id, "what": name_of(run)}


def whose(scope: Scope) -> str:
    """Whose login details they are."""
    if scope.kind == "filter":
        words = whom(Selection(filter=_of_students(scope.filter)))
        return _with_number(scope.count, words) if scope.count else words
    if scope.kind in {"ids", "selection", "export"}:
        count = len(scope.ids) or scope.count
        return f"{count:,} student{'s' if count != 1 else ''}"
    names = {"school": "the whole school", "person": "one student", "year_group": f"year {scope.value}"}
    return names.get(scope.kind, scope.value)


def _with_number(count: int, words: str) -> str:
    """ "108 students who have no e-mail address", "1 student who has no e-mail address"."""
    if count == 1:
        words = words.replace("students", "student", 1)
        for each in WORDS.values():
            words = words.replace(f"who {each.many}", f"who {each.one}")
    return f"{count:,} {words}"


def _of_students(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {**wanted, "role": "student"}


def _fewer(wanted: ExportRequest) -> list[str]:
    days = wanted.expiring_within
    ending = f"codes that end within {days} day{'s' if days != 1 else ''}" if days else ""
    return ["never logged in" if wanted.never_logged_in else "", ending]


def file_name(school: str, wanted: ExportRequest, finished_at: int) -> str:
    """What the browser calls the file."""
    parts = [
        _FILES[wanted.format],
        _ROWS[wanted.rows],
        _FOR[wanted.audience],
        "large" if wanted.large_print else "",
        _part(wanted.scope),
        "never-logged-in" if wanted.never_logged_in else "",
        "codes-ending" if wanted.expiring_within else "",
    ]
    return file_names.file_name(school, parts, finished_at, FORMATS[wanted.format].suffix)


def _part(scope: Scope) -> str:
    part = {
        "school": "all",
        "person": "one-student",
        "ids": "some-students",
        "selection": "some-students",
        "export": "some-students",
    }
    if scope.kind == "filter":
        return _of_filter(scope.filter)
    if scope.kind in part:
        return part[scope.kind]
    return f"year-{scope.value}" if scope.kind == "year_group" else file_names.file_part(scope.value) or "group"


def _of_filter(wanted: Mapping[str, Any]) -> str:
    """ "years-7-8", "7A-7B", "no-address-year-7"; of many the first ones."""
    years, groups = values_of(wanted, "year_group"), values_of(wanted, "registration_group")
    parts = [*values_of(wanted, "reason"), *(["some-students"] if set(wanted) - _SAID else [])]
    parts += [f"year{'s' if years[1:] else ''}-{'-'.join(years[:_MOST])}"] if years else []
    parts += groups[:_MOST]
    parts += ["and-more"] if len(years) > _MOST or len(groups) > _MOST else []
    return "-".join(parts) or "all"
