"""Write the file of an export, in one go and with flat memory: students in, codes computed, bytes out to S3."""

import secrets
from collections import Counter
from dataclasses import replace
from typing import Final

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.changes import given_since
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.make_rows import rows_of
from latchkey.login_details.model.meant import is_meant
from latchkey.login_details.model.run_names import facts_of
from latchkey.login_details.model.runs import FORMATS, LEASE, Export
from latchkey.login_details.model.setting import Setting
from latchkey.login_details.needs import System
from latchkey.login_details.try_export import cannot_be_in
from latchkey.login_details.walk_students import Clock, walk
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

NOBODY: Final = "No student was left to be in the file, so none was made."
TOO_LARGE: Final = (
    "The file takes longer to write than one run may last. No part of it was kept; the codes are. Make one for each year group."
)
ENDED: Final = "All codes of your school were ended while the file was made, so it was thrown away. Make it again."
_SHOW_EVERY: Final = 2_500  # students between two writes of the progress


class StopRun(Exception):
    """The run would fail again each time; ``reason`` is a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_file(system: System, school: School, run: Export, clock: Clock) -> Export:
    """The finished run. The file appears whole or not at all; ``StopRun`` if there is nobody to write or no time for all."""
    exports, wanted, code_key = system.exports(school.slug), run.wanted, system.code_key(school.slug, school.code_epoch)
    facts, kinds = FORMATS[wanted.format], wanted.kinds
    setting = Setting(
        school=school,
        wanted=wanted,
        origin=system.settings["ORIGIN"],
        now=system.now(),
        logo=system.logo(school.slug, school.settings.logo) if facts.shows_logo else None,
    )
    key = f"exports/{school.slug}/{run.id}/{secrets.token_hex(16)}.{facts.suffix}"

    def means(person: Person) -> bool:
        in_scope = named is None or person.id in named
        return in_scope and is_meant(wanted, person, school, system.now(), run.created_at)

    def fits(person: Person) -> bool:
        return means(person) and cannot_be_in(person, wanted) is None

    named = wanted.scope.people
    rows = seen = left_out = shown = 0
    given: Counter[str] = Counter()
    with system.export_files().upload(key, facts.media_type) as file:
        writer = new_writer(setting, file.write)
        for people in walk(system.directory(school.slug), wanted.scope):
            meant = [each for each in people if means(each)]
            fit = [each for each in meant if cannot_be_in(each, wanted) is None]
            left_out += len(meant) - len(fit)
            # In a large run they have their codes already; the index may not know that yet, and issue_codes finds out.
            issued = issue_codes(system, school, fit, kinds, wanted.expiring_within).people
            given.update(kind for each in issued for kind in kinds if given_since(each, school, kind, run.created_at))
            made = rows_of(system, school, wanted, issued, code_key, means=fits)
            writer.add(made)
            rows, seen = rows + len(made), seen + len(issued)
            if seen - shown >= _SHOW_EVERY:
                shown = seen
                so_far = replace(run, done=seen, total=max(run.total, seen), lease_until=system.now() + LEASE)
                run = exports.save_progress(so_far)
            if clock.is_short():
                raise StopRun(TOO_LARGE)
        if not rows:
            raise StopRun(NOBODY)
        if _codes_ended(system, school):
            raise StopRun(ENDED)
        writer.finish()
        file.finish()
    now, rows, left_out = system.now(), rows - writer.left_out, left_out + writer.left_out
    run = replace(
        run,
        state="finished",
        finished_at=now,
        key=key,
        rows=rows,
        done=seen,
        total=seen,
        left_out=left_out,
        unprintable=writer.unprintable,
        codes=dict(given),
        lease_until=0,
    )
    counts = {"rows": rows, "left_out": left_out, "new_pins": given["pin"], "new_parent_codes": given["parent"]}
    event = system.audit(school.slug).record_of("build_export", "export.finish", now, {**facts_of(run), **counts})
    exports.finish(run, event)
    return run


def _codes_ended(system: System, school: School) -> bool:
    """Whether the school's codes have been ended since the run began: the codes on this paper would open nothing."""
    now_is = system.schools.get(school.slug)
    return now_is is None or now_is.code_epoch != school.code_epoch
