"""An admin says which column of a previewed table is which; the file is then read and previewed again.

previewed -> the choice, kept for the school, with the event -> queue -> running -> previewed
"""

from collections.abc import Mapping
from typing import Any

from latchkey.errors import Changed, Conflict
from latchkey.people.model.person import Person
from latchkey.rosters.model.columns import Chosen, checked, chosen_from
from latchkey.rosters.model.runs import Run
from latchkey.rosters.needs import System
from latchkey.rosters.watch_roster import roster_of


def map_columns(
    system: System, school: str, by: Person, roster: str, *, columns: Mapping[str, Any], role: object
) -> tuple[Run, bool]:
    """``(run, whether this lets it be read again)``: ``columns`` is a field for each place, ``role`` that of all rows.

    ``Invalid`` names everything that is wrong with the choice. The same choice again changes nothing; ``Conflict`` where the run
    is no table, is not previewed any more, or another admin has chosen meanwhile.
    """
    preview = roster_of(system, school, roster)
    run, stores = preview.run, system.roster_columns(school)
    if run.reading is None or run.step != "preview" or run.state not in {"previewed", "running"}:
        raise Conflict("Columns can be chosen while a table is previewed. Nothing was changed.", code="not_previewed")
    chosen = checked(columns, role, [each.word for each in preview.columns])
    if _is_same(chosen, chosen_from(run.reading)):
        if run.state == "running" and run.lease_until <= system.now():
            _tell(system, school, roster)  # the first message may never have left; a second one does no harm
        if run.state == "running" or run.reading.get("from") == "chosen":
            return run, False
    if run.state == "running":
        raise _gone_on()
    event = system.audit(school).record_of(by.id, "roster.map", system.now(), {"roster": roster, "columns": len(chosen.columns)})
    try:
        run = stores.choose(run, chosen, event, by=by.id, now=system.now())
    except Changed:
        raise _gone_on() from None
    _tell(system, school, roster)
    return run, True


def _is_same(one: Chosen, other: Chosen) -> bool:
    return one.columns == other.columns and one.role == other.role


def _gone_on() -> Conflict:
    return Conflict("This roster has gone on meanwhile: look at it again. Nothing was changed.", code="not_previewed")


def _tell(system: System, school: str, roster: str) -> None:
    system.queue("ROSTER_QUEUE").put({"kind": "read_again", "school": school, "roster": roster})
