"""Which students a form means: one choice of a list, and no field that was filled and does not count."""

from collections.abc import Mapping
from typing import Any, Final

from console.system import system
from latchkey.errors import Invalid
from latchkey.login_details.model.scope import Scope
from latchkey.people.know_groups import known_groups
from latchkey.people.model import groups
from web.request import Request

_GROUPS: Final = ("year_group", "registration_group")
_NAMED: Final = ("person", "ids")
_WORDS: Final = {"year_group": "year group", "registration_group": "registration group", "person": "student", "ids": "list"}
_CHOSEN: Final = {
    "": "nothing",
    "school": "the whole school",
    "year_group": "one year group",
    "registration_group": "one registration group",
    "person": "one student",
    "ids": "the people you chose",
    "other": "another group",
}


def scope_of(request: Request) -> object:
    """The scope of a request, for ``parse_scope``.

    A form has ``whom``: ``school``, ``ids``, ``person``, ``year_group:7``, ``registration_group:7A``, or ``other`` with the group
    typed into ``group``. Or, as scripts send it, ``scope`` with the kind and a field of that name. ``Invalid`` if any other field
    of these is filled: what somebody typed must never quietly mean everybody.
    """
    fields = request.fields
    if not request.is_form:
        return fields.get("scope")
    kind, value, typed = _of_list(fields) if "whom" in fields else _of_kind(fields)
    if typed:
        request.context["asked_back"] = True
        what, text = typed
        question = f"You gave {what} “{_short(text)}”, but chose {_CHOSEN.get(kind, 'something else')}. Which do you mean?"
        raise Invalid("Nothing was done yet: say which students you mean.", fields={"scope": question})
    if kind == "":
        raise Invalid("Nothing was done yet.", fields={"scope": "Choose which students you mean."})
    return kind if kind == "school" else {kind: value.split() if kind == "ids" else value}


def _of_list(fields: Mapping[str, Any]) -> tuple[str, str, tuple[str, str] | None]:
    """Kind, value, and a field that is filled without counting, from the list of choices."""
    kind, _, value = _text(fields, "whom").partition(":")
    typed = _text(fields, "group").strip()
    spare = [("group", typed)] if typed and kind != "other" else []
    spare += [(_WORDS[name], _text(fields, name)) for name in _GROUPS if _text(fields, name).strip()]
    if "scope" in fields:
        spare.append(("scope", _text(fields, "scope")))
    if kind == "other":
        return *_typed(typed), spare[0] if spare else None
    if kind in _NAMED:
        value = _text(fields, kind)
    return kind, value, spare[0] if spare else None


def _of_kind(fields: Mapping[str, Any]) -> tuple[str, str, tuple[str, str] | None]:
    """The same from ``scope`` and the field that it names."""
    kind = _text(fields, "scope")
    spare = [(_WORDS[name], _text(fields, name)) for name in (*_GROUPS, *_NAMED) if name != kind and _text(fields, name).strip()]
    spare += [("group", typed)] if (typed := _text(fields, "group").strip()) else []
    return kind, _text(fields, kind) if kind in _WORDS else "", spare[0] if spare else None


def _typed(text: str) -> tuple[str, str]:
    """A group as somebody types it: a year where it reads as one."""
    if not text:
        return "", ""
    year = groups.year_group(text)
    return ("year_group", year) if year else ("registration_group", text)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def scope_form(scope: Scope) -> dict[str, str]:
    """The scope as fields of a form."""
    value = " ".join(scope.ids) if scope.kind == "ids" else scope.value
    return {"scope": scope.kind, **({str(scope.kind): value} if value else {})}


def choices(request: Request, school: str) -> dict[str, Any]:
    """What a page needs that offers the choice."""
    return {"groups": known_groups(system(), school)} if request.wants_page else {}
