"""Whom a scope means that chooses people: looked up once, when somebody asks, in list order, and noted beside the run."""

from dataclasses import replace
from typing import Final

from latchkey.errors import Gone, Invalid, NotFound
from latchkey.login_details.model.runs import Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.needs import System
from latchkey.people.model import people_filter
from latchkey.roll.read_roll import read_roll
from latchkey.selections.choose import chosen_so_far
from latchkey.shared.model.ids import is_id

MOST: Final = 20_000
"""People who can be noted for one run: what one request can write down at once."""


def with_people(system: System, school: str, wanted: ExportRequest, admin: str = "") -> ExportRequest:
    """What is wanted, with the ids of those who are meant where they are to be noted. ``Invalid`` if there are too many.

    ``admin``: whose selection it may be; what was looked up once is not looked up again.
    """
    scope = wanted.scope
    if not scope.is_noted or scope.ids:
        return wanted
    ids = _ids(system, school, scope, admin)
    if len(ids) > MOST:
        raise Invalid(
            "These are too many people for one file.",
            fields={"scope": f"Choose a year group as well: {len(ids):,} people are meant, and one file takes {MOST:,} of them."},
        )
    return replace(wanted, scope=scope.noted(ids))


def with_noted(system: System, school: str, run: Export) -> Export:
    """A run as it was asked for: with those who were noted for it."""
    scope = run.wanted.scope
    if not scope.is_noted:
        return run
    return replace(run, wanted=replace(run.wanted, scope=replace(scope, ids=system.meant(school).read(run.id))))


def _ids(system: System, school: str, scope: Scope, admin: str) -> tuple[str, ...]:
    if scope.kind == "export":
        return _of_run(system, school, scope.value)
    if scope.kind == "selection":
        return _selected(system, school, admin, scope.value)
    wanted = people_filter.parse(scope.filter)
    return tuple(entry.id for entry in read_roll(system, school).meant(wanted))


def _selected(system: System, school: str, admin: str, selection: str) -> tuple[str, ...]:
    roll = read_roll(system, school)
    found = chosen_so_far(system, school, admin, roll)
    if found.choice.id != selection or not found.people:
        text = "This selection is empty, has ended, or is another by now. Choose people again."
        raise Invalid("Nobody is selected. Nothing was done.", fields={"scope": text})
    return tuple(entry.id for entry in found.choice.people(roll))


def _of_run(system: System, school: str, run_id: str) -> tuple[str, ...]:
    """Those of an earlier run; ``NotFound`` where this school has none with this id that was for people who were chosen."""
    found = system.exports(school).get(run_id) if is_id(run_id) else None
    if found is None or found.wanted.scope.people is None:
        raise NotFound()
    ids = with_noted(system, school, found).wanted.scope.people
    if not ids:
        raise Gone("It is no longer known who was chosen for that file: that is kept for 30 days. Choose them again.")
    return ids
