"""Build the file of an export: students in, codes computed, rows out to S3, memory flat.

A run that stops leaves no file and no half file, and begins again from the start: the codes stay the same.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

from latchkey.errors import Poison, TryLater
from latchkey.formats import Setting, writer
from latchkey.issue_codes import AT_ONCE
from latchkey.model.codes import Kind
from latchkey.model.exports import FORMATS, Export
from latchkey.model.ids import is_id, is_slug
from latchkey.model.person import Person
from latchkey.model.school import School
from latchkey.rows_of import rows_of
from latchkey.start_export import people_of
from latchkey.stores.dynamo import ConditionFailed, Value
from latchkey.wiring import Wiring

LEASE: Final = 16 * 60  # longer than a run may last (the function's timeout is 15 minutes)
LAST_TRY: Final = 5  # maxReceiveCount of the queue
_AGAIN: Final = 2  # in the same run: the queue hands a message out again only after its long visibility timeout
FAILED: Final = "The file could not be made. No code was lost: start it again, or ask whoever looks after Latchkey."
_SHOW_EVERY: Final = 2_500  # students between two writes of the progress


def build_export(system: Wiring, message: object, *, attempt: int = 1) -> Export | None:
    """Work on one message of the export queue; None if there was nothing left to do.

    ``TryLater`` if another worker has the export now, ``Poison`` for a message that is none. ``attempt`` counts deliveries:
    when the last one fails, so does the export.
    """
    school_slug, export_id = _read(message)
    school = system.schools.get(school_slug)
    if school is None:
        raise Poison()
    exports = system.exports(school_slug)
    try:
        export = exports.lease(export_id, system.now(), LEASE)
    except ConditionFailed as held:
        if held.item is None:
            raise Poison() from held
        if held.item["state"] == "running":
            raise TryLater() from held
        return None
    try:
        for _ in range(_AGAIN):
            with suppress(TryLater):
                return _build(system, school, export)
        return _build(system, school, export)
    except ConditionFailed as lost:
        raise TryLater() from lost  # the lease went to another worker, who builds the whole file
    except Exception:  # whatever it was: no half file stays, and the queue tries again
        _give_back(system, school_slug, export, attempt)
        raise


def _read(message: object) -> tuple[str, str]:
    if not isinstance(message, dict) or message.get("v") != 1:
        raise Poison()
    school, export = message.get("school"), message.get("export")
    if not (isinstance(school, str) and is_slug(school) and isinstance(export, str) and is_id(export)):
        raise Poison()
    return school, export


def _build(system: Wiring, school: School, export: Export) -> Export:
    exports = system.exports(school.slug)
    wanted, code_key = export.wanted, system.code_key(school.slug)
    facts = FORMATS[wanted.format]
    setting = Setting(
        school=school,
        wanted=wanted,
        origin=system.settings["ORIGIN"],
        now=system.now(),
        logo=system.logo(school.slug, school.settings.logo) if facts.shows_logo else None,
    )
    key = f"exports/{school.slug}/{export.id}/{secrets.token_hex(16)}.{facts.suffix}"
    seen = rows = left_out = shown = 0
    new = Counter[Kind]()
    with system.export_files().upload(key, facts.media_type) as file:
        pen = writer(setting, file.write)
        for students in _batches(people_of(system, school.slug, wanted), AT_ONCE):
            numbered = [student for student in students if student.number is not None]
            left_out += len(students) - len(numbered)
            made, fresh = rows_of(system, school, wanted, numbered, code_key)
            new.update(fresh)
            pen.add(made)
            rows += len(made)
            seen += len(students)
            if seen - shown >= _SHOW_EVERY:
                shown = seen
                ends = system.now() + LEASE
                export = exports.change(export, {"done": seen, "total": max(export.total, seen), "lease_until": ends})
        pen.finish()
        file.finish()
    unfit = getattr(pen, "left_out", 0)
    rows, left_out = rows - unfit, left_out + unfit
    now = system.now()
    export = replace(
        export, state="finished", finished_at=now, key=key, rows=rows, done=rows, total=rows, left_out=left_out, lease_until=0
    )
    counts = {"rows": rows, "left_out": left_out, "new_pins": new["pin"], "new_parent_codes": new["parent"]}
    event = system.audit(school.slug).record_of("build_export", "export.finish", now, {"export": export.id, **counts})
    exports.finish(export, event)
    return export


def _give_back(system: Wiring, school: str, export: Export, attempt: int) -> None:
    """Let the next delivery begin at once; after the last one, say that it failed."""
    over: dict[str, Value] = {"state": "failed", "reason": FAILED} if attempt >= LAST_TRY else {"state": "queued"}
    with suppress(Exception):  # the error that led here is the one that counts
        system.exports(school).change(export, {**over, "done": 0, "lease_until": 0})


def _batches(people: Iterator[Person], size: int) -> Iterator[list[Person]]:
    while batch := list(islice(people, size)):
        yield batch
