"""What somebody asks for: whose address, and which; one item a person."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from latchkey.errors import Invalid
from latchkey.people.model.person import Role
from latchkey.shared.model.identifiers import lookup

MOST: Final = 300
"""Items in a request. The run that undoing needs is one item of the table (400 kB at most, and these take up to 250), and the
people are written in three transactions of a hundred, which fits well into one request."""
KEYS: Final = ("id", "upn", "mis_id", "username", "name")
"""Who is meant; ``name`` may end in the year or the registration group."""
_FIELDS: Final = (*KEYS, "email", "confirm", "seen")
LONGEST: Final = 320
"""Characters of a text in an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. ``keys`` are ``(kind, value)``, all of one person; the kind ``any`` stands for whatever it may be.

    ``seen`` is what a preview said of the address that the person had then. ``fault``: why this is no item at all.
    ``otherwise``: in place of keys, ways of finding the person, of which the first counts that finds somebody; ``called`` is then
    their name, which must fit, and ``among`` the roles that they may have.
    """

    keys: tuple[tuple[str, str], ...] = ()
    email: str = ""
    confirm: bool = False
    seen: str | None = None
    fault: str = ""
    otherwise: tuple[tuple[str, str], ...] = ()
    called: str = ""
    among: frozenset[Role] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


def parse_items(value: object) -> list[Item]:
    """The items of a JSON request; ``Invalid`` names each field that is wrong."""
    if not isinstance(value, list) or not value:
        raise Invalid("Nothing was changed.", fields={"items": "Give a list of items: who, and the e-mail address."})
    check_number(len(value), "items")
    wrong: dict[str, str] = {}
    items = [_item(each, f"items.{number}", wrong) for number, each in enumerate(value)]
    if wrong:
        raise Invalid("Nothing was changed.", fields=wrong)
    return items


def check_number(number: int, name: str) -> None:
    """``Invalid`` for more items than a request may have."""
    if number > MOST:
        text = f"These are {number:,} addresses; at most {MOST} can be changed at once."
        raise Invalid(f"{text} Nothing was changed.", fields={name: text})


def _item(value: object, place: str, wrong: dict[str, str]) -> Item:
    if not isinstance(value, Mapping):
        wrong[place] = "Each item must be an object."
        return Item()
    for name in value:
        if name not in _FIELDS:
            wrong[f"{place}.{name}"] = "There is no such field."
    keys = tuple((name, _text(value, name, place, wrong)) for name in KEYS if value.get(name) is not None)
    if not any(text for _, text in keys):
        wrong.setdefault(place, f"Say whose address this is: one of {', '.join(KEYS)}.")
    if "email" not in value:
        wrong[f"{place}.email"] = "Give the e-mail address."
    confirm = value.get("confirm", False)
    if not isinstance(confirm, bool):
        wrong[f"{place}.confirm"] = "This must be true or false."
    return Item(
        keys=tuple((kind, text) for kind, text in keys if text),
        email=_text(value, "email", place, wrong),
        confirm=confirm is True,
        seen=_text(value, "seen", place, wrong) or None,
        given={name: value[name] for name in (*KEYS, "email") if name in value},
    )


def _text(value: Mapping[str, Any], name: str, place: str, wrong: dict[str, str]) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > LONGEST or any("\ud800" <= char <= "\udfff" for char in found):
        wrong[f"{place}.{name}"] = f"This must be a text of at most {LONGEST} characters."
        return ""
    return found.strip()


def fingerprint(key: bytes, items: Sequence[Item]) -> str:
    """What tells one request from another under the same idempotency key; it gives no address away."""
    said = [
        [
            list(map(list, item.keys)),
            item.email,
            item.confirm,
            item.seen,
            *map(list, item.otherwise),
            *filter(None, [item.called]),
        ]
        for item in items
    ]
    return lookup(key, "email-update", json.dumps(said, ensure_ascii=True))
