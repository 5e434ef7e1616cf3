"""Where giving up a draft and choosing other people lead: to the people as they were filtered before, or to the one person."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from latchkey.errors import Invalid
from latchkey.people.model import people_filter
from latchkey.sends.model.draft import Draft
from latchkey.shared.model.ids import is_id

_LONGEST = 1000
_PERSON = "person"


def of(fields: Mapping[str, Any], school: str) -> str:
    """The address, from the fields of a form of the list of people, or of the page that shows what a send would do."""
    people, query, ids = f"/admin/{school}/people", kept(fields), fields.get("ids")
    if query == _PERSON:
        return f"{people}/{ids}" if isinstance(ids, str) and is_id(ids) else people
    return people + (f"?{query}" if query else "")


def of_draft(draft: Draft, school: str) -> str:
    """The same for a message that is being made: to the upload of contacts, or the message, whose people it is for, too."""
    selection = draft.selection
    if selection.contacts is not None:
        return f"/admin/{school}/contacts/{selection.contacts}"
    if selection.source is not None:
        return f"/admin/{school}/sends/{selection.source}"
    if draft.kept and not draft.back:
        return f"/admin/{school}/sends"
    return of({"back": draft.back, "ids": " ".join(selection.ids)}, school)


def kept(fields: Mapping[str, Any]) -> str:
    """The filter of such a form as a query string, which it hands on to the next page; ``_PERSON`` from one person's page.

    Empty where there is none, or none that can be used.
    """
    given: dict[str, object] = {
        name.removeprefix("filter."): value for name, value in fields.items() if name.startswith("filter.")
    }
    back = fields.get("back")
    if back == _PERSON:
        return _PERSON
    if not given and isinstance(back, str) and len(back) <= _LONGEST:
        given = {name: values if values[1:] else values[0] for name, values in parse_qs(back).items()}
    try:
        return urlencode(people_filter.parse(given).as_mapping(), doseq=True)
    except Invalid:
        return ""
