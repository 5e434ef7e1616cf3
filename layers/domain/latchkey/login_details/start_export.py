"""Start an export of login details: whom it means, and the message that sets it off."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from latchkey.errors import Invalid
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.model.run_names import facts_of
from latchkey.login_details.model.runs import Export, ExportRequest, RunKind
from latchkey.login_details.needs import System
from latchkey.login_details.try_export import REASONS, Trial, try_export
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.start_run import Started, Starting, id_for

_ONE_STEP: Final = 13_000  # students who are given their codes while the file is written


def start_export(system: System, school: School, admin: Person, wanted: ExportRequest, key: str | None = None) -> Started[Export]:
    """Write the export and put it in the queue of build_export; ``Invalid`` if it would hold nobody.

    The same key starts one export only, however often it comes. Without one, asking twice makes two files with the same codes.
    """
    asked = new_run(system, school.slug, admin, wanted, key)
    if key and wanted.scope.is_noted and (known := system.exports(school.slug).get(asked.id)) is not None:
        # Its people were noted the first time, and may have other reasons by now.
        return start_run(system, school.slug, replace(known, wanted=asked.wanted, kind=asked.kind), {})
    wanted = with_people(system, school.slug, wanted, admin.id)
    trial = try_export(system, school, wanted)
    if not trial.total:
        raise Invalid("No student matches, so nothing was started.", fields={"scope": _nobody(trial)})
    run = replace(asked, wanted=wanted, total=trial.total, stage="file" if trial.total <= _ONE_STEP else asked.stage)
    scope = wanted.scope
    which: dict[str, str | int] = {"scope": scope.kind, "value": scope.value, "total": run.total}
    return start_run(
        system, school.slug, run, {"format": wanted.format, "audience": wanted.audience, "rows_for": wanted.rows, **which}
    )


def new_run(
    system: System, school: str, admin: Person, wanted: ExportRequest, key: str | None, *, kind: RunKind = "file", total: int = 0
) -> Export:
    """A run that has not begun; with the id of the one that the admin's key has started before, if it has."""
    now = system.now()
    return Export(
        id=id_for(system.claims(school), "export", admin.id, key, now),
        state="queued",
        created_at=now,
        created_by=admin.id,
        wanted=wanted,
        kind=kind,
        stage_at=now,
        total=total,
    )


def start_run(system: System, school: str, asked: Export, facts: Mapping[str, str | int]) -> Started[Export]:
    """Write a run, say so in the audit trail and set it off; if there is one with its id already, that one.

    If the queue cannot be reached the run is marked failed, and the same key sets it off after all.
    """
    exports = system.exports(school)
    if asked.wanted.scope.is_noted and asked.wanted.scope.ids:
        system.meant(school).keep(asked.id, asked.wanted.scope.ids, asked.created_at)
        asked = replace(asked, wanted=asked.wanted.as_kept)
    action = "export.start" if asked.kind == "file" else "codes.void"
    return Starting(
        runs=exports,
        announce=lambda run: system.audit(school).record(run.created_by, action, run.created_at, {**facts_of(run), **facts}),
        put=lambda run: system.queue("EXPORT_QUEUE").put({"school": school, "export": run.id}),
        give_up=exports.not_queued,
        is_same=lambda run: (run.wanted.as_kept, run.kind) == (asked.wanted.as_kept, asked.kind),
        other="This key has started something else already. Nothing was started now; use a new key.",
        busy="The export could not be started: a service is busy. Nothing was changed; try again.",
    ).start(asked)


def _nobody(trial: Trial) -> str:
    if not trial.left_out:
        return "Choose students of this school."
    why = [f"{count:,} of them {REASONS[reason]}" for reason, count in trial.left_out.items()]
    return f"Nobody whom you chose can be in this file: {'; '.join(why)}."
