"""Start an export of login details: whom it means, and the message that sets it off."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.login_details.model.runs import Export, RunKind, Wanted
from latchkey.login_details.needs import System
from latchkey.login_details.try_export import REASONS, Trial, try_export
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.dynamo import ConditionFailed, Value

_LOOKED_AT: Final = 10  # pages of 1 MB that are read before the answer; where there are more, the run counts by itself
NOT_QUEUED: Final = "It could not be started: a service was busy. Start it again."


@dataclass(frozen=True, slots=True)
class Started:
    """An export, and whether this request made it (False: an earlier one with the same key did)."""

    export: Export
    new: bool


def start_export(system: System, school: School, admin: Person, wanted: Wanted, key: str | None = None) -> Started:
    """Write the export and put it in the queue of build_export; ``Invalid`` if it would hold nobody.

    The same key starts one export only, however often it comes. Without one, asking twice makes two files with the same codes.
    """
    trial = try_export(system, school, wanted, pages=_LOOKED_AT)
    if not trial.total and trial.complete:
        raise Invalid("No student matches, so nothing was started.", fields={"scope": _nobody(trial)})
    run = new_run(admin, wanted, system.now(), total=trial.total if trial.complete else 0)
    if trial.complete:  # few enough to be given their codes while the file is written
        run = replace(run, stage="file")
    scope = wanted.scope
    which: dict[str, str | int] = {"scope": scope.kind, "value": scope.value, "total": run.total}
    return start_run(
        system, school.slug, run, key, {"format": wanted.format, "audience": wanted.audience, "rows_for": wanted.rows, **which}
    )


def new_run(admin: Person, wanted: Wanted, now: int, *, kind: RunKind = "file", total: int = 0) -> Export:
    """A run that has not begun."""
    return Export(
        id=new_id(now), state="queued", created_at=now, created_by=admin.id, wanted=wanted, kind=kind, stage_at=now, total=total
    )


def start_run(system: System, school: str, run: Export, key: str | None, facts: Mapping[str, str | int]) -> Started:
    """Write a run, say so in the audit trail and set it off; if its key has started one already, that one.

    If the queue cannot be reached the run is marked failed, and the same key sets it off after all.
    """
    exports = system.exports(school)
    if key:
        run = replace(run, id=exports.claim(_hashed(run.created_by, key), run.id, run.created_at))
    if not exports.make(run):
        return Started(_again(system, school, run), new=False)
    action = "export.start" if run.kind == "file" else "codes.void"
    system.audit(school).record(run.created_by, action, run.created_at, {"export": run.id, **facts})
    return Started(_set_off(system, school, run), new=True)


def _nobody(trial: Trial) -> str:
    if not trial.left_out:
        return "Choose students of this school."
    why = [f"{count:,} of them {REASONS[reason]}" for reason, count in trial.left_out.items()]
    return f"Nobody whom you chose can be in this file: {'; '.join(why)}."


def _again(system: System, school: str, new: Export) -> Export:
    """The export that this key has started before, set off again if it never reached the queue."""
    export = system.exports(school).get(new.id)
    if export is None:
        raise TryLater()
    if (export.wanted, export.kind) != (new.wanted, new.kind):
        raise Conflict("This key has started something else already. Nothing was started now; use a new key.")
    if export.state == "failed" and export.reason == NOT_QUEUED:
        facts: dict[str, Value] = {"state": "queued", "reason": None}
        try:
            export = system.exports(school).turn(export, facts)
        except ConditionFailed:
            return system.exports(school).get(new.id) or export
    return _set_off(system, school, export) if export.state == "queued" else export


def _set_off(system: System, school: str, export: Export) -> Export:
    try:
        system.queue("EXPORT_QUEUE").put({"school": school, "export": export.id})
    except TryLater as error:
        try:
            system.exports(school).turn(export, {"state": "failed", "reason": NOT_QUEUED})
        except ConditionFailed:
            return export  # it runs: the message arrived although the answer did not
        raise TryLater("The export could not be started: a service is busy. Nothing was changed; try again.") from error
    return export


def _hashed(admin: str, key: str) -> str:
    return hashlib.sha256(f"{admin}|{key}".encode()).hexdigest()[:32]
