"""What a request for login details says: each field by itself, then whether they fit together."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from latchkey.codes.model.audience import AUDIENCES, Audience
from latchkey.errors import Invalid
from latchkey.login_details.model.mail_merge import parse_columns
from latchkey.login_details.model.runs import FORMATS, ROWS, ExportRequest, Format, Rows, misfits
from latchkey.login_details.model.scope import SCOPE_KINDS, Scope
from latchkey.people.model import groups, people_filter
from latchkey.shared.model.ids import is_id

LONGEST_LIST: Final = 1000
MOST_DAYS: Final = 365
CODES: Final[Mapping[str, Audience]] = {"pin": "students", "parent": "parents", "both": "both"}
_NOBODY: Final = "0" * 16  # the form of nobody's id: the answer is that of an id that nobody has
_WHOM: Final = "Choose the whole school, a year group, a registration group, a student, a list of students or a filter."
_DAYS: Final = re.compile("[0-9]{1,4}")
_Word = TypeVar("_Word", bound=str)


def parse_wanted(fields: Mapping[str, Any], *, never_logged_in: bool, large_print: bool) -> ExportRequest:
    """What is wanted; ``Invalid`` names the field that cannot be used, or all that do not fit the format."""
    rows = parse_rows(fields.get("rows"))
    wanted = ExportRequest(
        scope=parse_scope(fields.get("scope")),
        format=parse_format(fields.get("format")),
        audience=parse_audience(fields.get("audience")),
        never_logged_in=never_logged_in,
        expiring_within=parse_days(fields.get("expiring_within")),
        rows=rows,
        columns=parse_columns(fields.get("columns"), rows),
        large_print=large_print,
    )
    wrong = misfits(wanted)
    if wrong:
        raise Invalid("These choices do not fit together, so nothing was started.", fields=wrong)
    return wanted


def parse_scope(given: object) -> Scope:
    """A scope from a request: ``"school"`` or an object with exactly one of the known names."""
    if given == "school":
        return Scope()
    if not isinstance(given, Mapping) or len(given) != 1:
        raise _wrong("scope", _WHOM)
    name, value = next(iter(given.items()))
    kind = next((known for known in SCOPE_KINDS if known == name), None)
    if kind is None:
        raise _wrong("scope", _WHOM)
    if kind == "school":
        if value is not True:
            raise _wrong("scope", "For the whole school, send true.")
        return Scope()
    if kind == "ids":
        return _list(value)
    if kind == "filter":
        return _filter(value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 100:
        raise _wrong("scope", "Name the group, in at most 100 characters.")
    if kind in {"person", "selection", "export"} and not is_id(value):
        return Scope(kind, _NOBODY)
    text = value.strip()
    return Scope(kind, groups.year_group(text) or text if kind == "year_group" else text)


def _filter(value: object) -> Scope:
    if not isinstance(value, Mapping) or not value:
        raise _wrong("scope", "A filter is an object with at least one condition.")
    try:
        wanted = people_filter.parse(value)
    except Invalid as refused:
        raise _wrong("scope", " ".join(refused.fields.values())) from None
    if "student" not in wanted.looked_through:
        raise _wrong("scope", "Login details are for students: choose some.")
    return Scope.of_filter(replace(wanted, roles=("student",)))


def _list(value: object) -> Scope:
    if not isinstance(value, list) or not value:
        raise _wrong("scope", "Choose at least one student.")
    if len(value) > LONGEST_LIST:
        raise _wrong("scope", f"Choose at most {LONGEST_LIST:,} students by id; for more, choose a group.")
    if not all(isinstance(each, str) and is_id(each) for each in value):
        raise _wrong("scope", "One of the ids does not have the form of an id.")
    return Scope("ids", ids=tuple(dict.fromkeys(value)))


def parse_format(given: object) -> Format:
    """A format that can be made."""
    return _one_of(given, tuple(FORMATS), "format", f"There is no such format. Choose one of {', '.join(FORMATS)}.")


def parse_audience(given: object) -> Audience:
    """For whom the codes are; students and parents where nothing is said."""
    return "both" if given is None else _one_of(given, AUDIENCES, "audience", "Choose students, parents or both.")


def parse_codes(given: object) -> Audience:
    """Which codes to void, as the audience whose they are."""
    return CODES[_one_of(given, tuple(CODES), "kind", "Choose pin, parent or both.")]


def parse_rows(given: object) -> Rows:
    """For whom a mail merge has its rows; for each student where nothing is said."""
    return "student" if given in (None, "") else _one_of(given, ROWS, "rows", "Choose student, parent or family.")


def parse_days(given: object) -> int:
    """A number of days, from JSON or typed; 0 where nothing is said."""
    if given is None or given == "":
        return 0
    typed = given.strip() if isinstance(given, str) else ""
    days = int(typed) if _DAYS.fullmatch(typed) else given
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise _wrong("expiring_within", f"Give a whole number of days, 1 to {MOST_DAYS}, or nothing.")
    return days


def _one_of(given: object, words: tuple[_Word, ...], field: str, text: str) -> _Word:
    found = next((word for word in words if word == given), None)
    if found is None:
        raise _wrong(field, text)
    return found


def _wrong(field: str, text: str) -> Invalid:
    return Invalid(fields={field: text})
