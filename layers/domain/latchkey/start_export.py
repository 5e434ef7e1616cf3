"""Start an export of login details: whom it means, and the message that sets it off."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.model.exports import Export, Wanted
from latchkey.model.ids import new_id
from latchkey.model.person import Person
from latchkey.stores.dynamo import ConditionFailed, Value
from latchkey.wiring import Wiring

NOT_QUEUED: Final = "It could not be started: a service was busy. Start it again."


@dataclass(frozen=True, slots=True)
class Started:
    """An export, and whether this request made it (False: an earlier one with the same key did)."""

    export: Export
    new: bool


def start_export(system: Wiring, school: str, admin: Person, wanted: Wanted, key: str | None = None) -> Started:
    """Write the export and put it in the queue of build_export; ``Invalid`` if it would hold nobody.

    The same key starts one export only, however often it comes. If the queue cannot be reached the export is marked failed,
    and the same key sets it off after all.
    """
    exports, now = system.exports(school), system.now()
    total = sum(1 for _ in people_of(system, school, wanted))
    if not total:
        raise Invalid("No student matches, so nothing was started.", fields={"scope": "Choose students of this school."})
    fresh = new_id(now)
    export_id = exports.claim(_hashed(admin, key), fresh, now) if key else fresh
    export = Export(id=export_id, state="queued", created_at=now, created_by=admin.id, wanted=wanted, total=total)
    if exports.make(export):
        which: dict[str, str | int] = {"scope": wanted.scope.kind, "value": wanted.scope.value, "total": total}
        facts = {"export": export.id, "format": wanted.format, "audience": wanted.audience, **which}
        system.audit(school).record(admin.id, "export.start", now, facts)
        return Started(_set_off(system, school, export), new=True)
    return Started(_again(system, school, export), new=False)


def people_of(system: Wiring, school: str, wanted: Wanted) -> Iterator[Person]:
    """The students whom an export means, in list order; memory holds one page."""
    directory = system.directory(school)
    if wanted.scope.kind == "person":
        found = directory.person(wanted.scope.value)
        return iter([found] if found and wanted.means(found) else [])
    return (person for person in directory.matching(wanted.people) if person.status == "active")


def _again(system: Wiring, school: str, new: Export) -> Export:
    """The export that this key has started before, set off again if it never reached the queue."""
    export = system.exports(school).get(new.id)
    if export is None:
        raise TryLater()
    if export.wanted != new.wanted:
        raise Conflict("This key has started another export already. Nothing was started now; use a new key.")
    if export.state == "failed" and export.reason == NOT_QUEUED:
        facts: dict[str, Value] = {"state": "queued", "reason": None}
        try:
            export = system.exports(school).turn(export, facts)
        except ConditionFailed:
            return system.exports(school).get(new.id) or export
    return _set_off(system, school, export) if export.state == "queued" else export


def _set_off(system: Wiring, school: str, export: Export) -> Export:
    try:
        system.queue("EXPORT_QUEUE").put({"school": school, "export": export.id})
    except TryLater as error:
        try:
            system.exports(school).turn(export, {"state": "failed", "reason": NOT_QUEUED})
        except ConditionFailed:
            return export  # it runs: the message arrived although the answer did not
        raise TryLater("The export could not be started: a service is busy. Nothing was changed; try again.") from error
    return export


def _hashed(admin: Person, key: str) -> str:
    return hashlib.sha256(f"{admin.id}|{key}".encode()).hexdigest()[:32]
