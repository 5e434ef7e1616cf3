"""Which students a form or an address means: one choice, and no field that was filled and does not count.

The form has ``who``: the whole school, years or groups (boxes of ``parts/group_choice.html``), or ``chosen``: those who were
chosen before, in one of the fields of ``CHOSEN``. A link from elsewhere gives a filter of people as the list of people has it
(``reason=no_address&role=student``), a ``selection``, or a ``person``.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Literal

from console.system import system
from latchkey.errors import Gone, Invalid, NotFound
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.model.request import parse_scope
from latchkey.login_details.model.run_names import whose
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.people.model import people_filter
from latchkey.people.model.choosing import Level, Offered, parse_choice
from latchkey.people.model.people_filter import FIELDS
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from web.request import Request

CHOSEN: Final = ("selection", "filter", "export", "ids", "person")
"""Fields that say who was chosen before, each what ``scope`` has under this name; ``filter`` is JSON."""
_LEVELS: Final[tuple[Level, ...]] = ("school", "years", "groups", "chosen")
_FILTER: Final = "filter."
_GROUPS: Final = ("year_group", "registration_group")
_WORDS: Final = {"year_group": "year group", "registration_group": "registration group", "person": "student", "ids": "list"}
_KINDS: Final = {"year_group": "one year group", "registration_group": "one registration group", "person": "one student"}
_KINDS_MORE: Final = {"": "nothing", "school": "the whole school", "ids": "the people you chose"}
_NOTHING: Final = "Nothing was done yet: say which students you mean."


def scope_of(request: Request) -> object:
    """The scope of a request, for ``parse_scope``. ``Invalid`` where a form contradicts itself: what somebody chose must never
    quietly mean everybody.
    """
    fields = request.fields
    if not request.is_form:
        return fields.get("scope")
    return scope_in(fields) if "scope" not in fields else _of_kind(fields)


def scope_in(fields: Mapping[str, Any]) -> object:
    """The same of the fields of the form, or of its address."""
    stray = [name for name in ("scope", *_GROUPS) if _text(fields, name).strip()]
    if stray:
        raise Invalid(_NOTHING, fields={"who": f"You gave “{_short(_text(fields, stray[0]))}” as well. Which do you mean?"})
    choice = parse_choice(fields, _LEVELS)
    if choice.level == "school":
        return "school"
    if choice.level == "chosen":
        return _chosen(fields)
    field: Literal["year_group", "registration_group"] = "year_group" if choice.level == "years" else "registration_group"
    return {field: choice.values[0]} if len(choice.values) == 1 else {"filter": {"role": "student", **choice.as_filter()}}


def _chosen(fields: Mapping[str, Any]) -> object:
    name = next((name for name in CHOSEN if _text(fields, name)), None)
    if name is None:
        raise Invalid(_NOTHING, fields={"who": "Nobody was chosen before. Choose which students you mean."})
    value = _text(fields, name)
    if name == "filter":
        return {"filter": _loaded(value)}
    return {name: value.split() if name == "ids" else value}


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _of_kind(fields: Mapping[str, Any]) -> object:
    """What buttons beside a student send, and scripts that send a form: ``scope`` with the kind, and a field of that name."""
    kind = _text(fields, "scope")
    names = (*_GROUPS, "person", "ids")
    spare = [(_WORDS[name], _text(fields, name)) for name in names if name != kind and _text(fields, name).strip()]
    spare += [("group", _text(fields, "group"))] if _text(fields, "group").strip() else []
    if spare:
        what, text = spare[0]
        chose = {**_KINDS, **_KINDS_MORE}.get(kind, "something else")
        raise Invalid(_NOTHING, fields={"who": f"You gave {what} “{_short(text)}”, but chose {chose}. Which do you mean?"})
    if kind == "":
        raise Invalid("Nothing was done yet.", fields={"who": "Choose which students you mean."})
    if kind == "filter":
        return {kind: {name.removeprefix(_FILTER): each for name, each in fields.items() if name.startswith(_FILTER)}}
    value = _text(fields, kind) if kind in _WORDS else ""
    return kind if kind == "school" else {kind: value.split() if kind == "ids" else value}


@contextmanager
def by_the_names_of_the_form(request: Request) -> Iterator[None]:
    """What is wrong with the scope is wrong with the choice on the page, which has another name."""
    try:
        yield
    except Invalid as wrong:
        if not request.wants_page or "scope" not in wrong.fields:
            raise
        fields = {"who" if name == "scope" else name: text for name, text in wrong.fields.items()}
        raise Invalid(wrong.detail, fields=fields) from wrong


def scope_fields(scope: Scope) -> dict[str, str]:
    """A scope as fields of the form and of its addresses; ``scope_in`` gives it back."""
    if scope.kind == "school":
        return {"who": "school"}
    years, groups = scope.group.year_groups, scope.group.registration_groups
    is_choice = scope.kind in _GROUPS or (scope.kind == "filter" and not scope.is_noted and bool(years) != bool(groups))
    if is_choice and years:
        return {"who": "years", **{f"year.{year}": "on" for year in years}}
    if is_choice:
        return {"who": "groups", **{f"group.{group}": "on" for group in groups}}
    value: Any = scope.as_mapping()[scope.kind]
    if scope.kind == "filter":
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {"who": "chosen", str(scope.kind): " ".join(value) if scope.kind == "ids" else str(value)}


def from_elsewhere(request: Request) -> dict[str, str]:
    """The fields of the form that a link from elsewhere means; none where it is an address of the form itself.

    ``Invalid`` where its filter cannot be used. A filter of groups alone is the choice of these groups.
    """
    if "who" in request.query:
        return {}
    asked = request.asked(FIELDS)
    if asked:
        wanted = people_filter.parse(asked)
        plain = people_filter.parse({name: value for name, value in asked.items() if name in _GROUPS})
        if (
            asked.keys() <= {"role", *_GROUPS}
            and wanted.roles in ((), ("student",))
            and (plain.year_groups or plain.registration_groups)
        ):
            return scope_fields(Scope.of_filter(plain))
        return scope_fields(parse_scope({"filter": asked}))
    name = next((name for name in CHOSEN if request.query.get(name)), None)
    return {"who": "chosen", name: request.query[name]} if name else {}


def choices(request: Request, school: School, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs that offers the choice: what the school has, and who was chosen before."""
    if not request.wants_page:
        return {}
    alike = read_roll(system(), school.slug).alike()
    offered = Offered.counted((one, len(people)) for one, people in alike if one.role == "student" and one.status == "active")
    return {"offered": offered, "chosen": _known(school, typed, request.context["person"].id)}


def _known(school: School, typed: Mapping[str, Any], admin: str) -> dict[str, Any] | None:
    """Who was chosen before, with their number; None where nobody was, or it can no longer be said who."""
    name = next((name for name in CHOSEN if _text(typed, name)), None)
    if name is None:
        return None
    try:
        scope = with_people(system(), school.slug, ExportRequest(scope=parse_scope(_chosen(typed))), admin).scope
    except (Gone, Invalid, NotFound):
        return None
    count = len(scope.people or ())
    words = (
        "Only the student you chose" if name == "person" else f"The {whose(scope)}" if scope.kind == "filter" else _people(count)
    )
    return {"count": count, "words": words, "fields": {name: _text(typed, name)}}


def _people(count: int) -> str:
    return f"The {count:,} {'person' if count == 1 else 'people'} you chose"


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
