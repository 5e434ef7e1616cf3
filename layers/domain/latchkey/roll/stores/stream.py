"""What DynamoDB's streams say, as changes of rolls: images of people, of chunks of sends, and of what names kept rolls."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from latchkey.people.stores.items import is_account, people_of, person_from_item
from latchkey.roll.model.changes import Changes
from latchkey.roll.model.entry import LinkFact, Refusal, entry_of
from latchkey.roll.stores.kept_rolls import SK, is_asked
from latchkey.shared.stores.dynamo_wire import unpack_item

if TYPE_CHECKING:
    from latchkey.shared.stores.dynamo import Item

Links: TypeAlias = Iterable[tuple[str, str, LinkFact | None]]
"""Person, send and link; None: the send mails them none."""


@dataclass(slots=True)
class Seen:
    """What a batch says: changes by school, schools whose roll is asked for, and how many records could not be read."""

    changes: dict[str, Changes] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    unread: int = 0

    def add(self, school: str, changes: Changes) -> None:
        """Later changes of a school."""
        self.changes[school] = self.changes.get(school, Changes()).plus(changes)


def changes_in(
    records: Iterable[Mapping[str, Any]],
    now: int,
    links_in: Callable[[Item], Links],
    invitation_in: Callable[[Item], tuple[str, Refusal | int] | None],
) -> Seen:
    """What the records of a batch say, in their order. One that cannot be read must not hold up the others."""
    seen = Seen()
    for record in records:
        try:
            said = record["dynamodb"]
            _read(said, now, links_in, seen)
            _read_invitation(said, now, invitation_in, seen)
        except (KeyError, TypeError, ValueError, zlib.error):
            seen.unread += 1
    return seen


def _read_invitation(
    said: Mapping[str, Any], now: int, invitation_in: Callable[[Item], tuple[str, Refusal | int] | None], seen: Seen
) -> None:
    school, is_one, _ = said["Keys"]["pk"]["S"].partition("#INVITATIONS")
    found = invitation_in(unpack_item(said["NewImage"])) if is_one and said.get("NewImage") else None
    if found is None:
        return
    invitation, what = found
    if isinstance(what, int):
        seen.add(school, Changes(used={invitation: (now, what)}))
    else:
        seen.add(school, Changes(refused={invitation: (now, what)}))


def _read(said: Mapping[str, Any], now: int, links_in: Callable[[Item], Links], seen: Seen) -> None:
    key = unpack_item(said["Keys"])
    item = unpack_item(said["NewImage"]) if said.get("NewImage") else None
    for school, people in people_of([(key["pk"], key["sk"])]).items():
        found = entry_of(person_from_item(item)) if item is not None and is_account(item) else None
        seen.add(school, Changes(dict.fromkeys(people, (now, found))))
    if key["sk"] == SK and item is not None and is_asked(item):
        seen.asked.add(key["pk"])
    if key["sk"].startswith("CHUNK#") and item is not None:
        school = key["pk"].partition("#SEND#")[0]
        links = {(person, send): (now, link) for person, send, link in links_in(item)}
        if links:
            seen.add(school, Changes(links=links))
