"""What an admin has ticked in the preview: to take away what the file no longer says, and to mark as left who is not in it."""

from collections.abc import Callable, Sequence
from typing import Final

from latchkey.rosters.gone import gone_of, take_facts, take_links
from latchkey.rosters.look_through import Decided, Reading, decisions
from latchkey.rosters.missing import leave_missing, missing_of, note_reached
from latchkey.rosters.model.gone import GONE_FACTS, GONE_LINKS, MISSING
from latchkey.rosters.model.questions import option_of
from latchkey.rosters.model.runs import RESERVE, Run
from latchkey.rosters.needs import System
from latchkey.rosters.note_before import NotesBefore

_AT_ONCE: Final = 100


def take_gone(
    system: System, school: str, key: bytes, run: Run, *, part: Sequence[Decided], reading: Reading, undo: NotesBefore
) -> dict[str, int]:
    """Take away what the file no longer says of the people of some rows, as far as it was ticked; how much."""
    links, facts = (option_of(run.chosen, name) == "take" for name in (GONE_LINKS, GONE_FACTS))
    if not links and not facts:
        return {}
    found = [each for some in part for each in gone_of(system, school, reading, reading.notes, some)]
    counts = {"unlinked": take_links(system, school, found, undo) if links else 0}
    counts["emptied"] = take_facts(system, school, key, found, undo) if facts else 0
    return {**counts, "noted": undo.take_written()}


def take_missing(
    system: System, school: str, run: Run, *, reading: Reading, undo: NotesBefore, left: Callable[[], float]
) -> tuple[dict[str, int], bool]:
    """Mark as left who is not in the file, if it was ticked; how many, and whether the time was enough for all.

    Never more people than the preview has named: whoever is missing only since then was not decided about.
    """
    if option_of(run.chosen, MISSING) != "leave" or not run.asked.get(MISSING):
        return {}, True
    notes = reading.notes
    for decided in decisions(system, school, reading):  # also of the rows that an earlier invocation has applied
        note_reached(school, notes, decided)
    people = [*missing_of(system, school, reading, notes)]
    before = run.counts.get("missing_left", 0)
    if before + len(people) > run.asked[MISSING]:
        return {"missing_kept": len(people)}, True
    count, done = 0, 0
    while done < len(people) and (not done or left() >= RESERVE):
        count += leave_missing(system, school, people[done : done + _AT_ONCE], undo)
        done += _AT_ONCE
    complete = done >= len(people)
    return {"missing_left": count, "noted": undo.take_written()}, complete
