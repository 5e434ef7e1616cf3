"""Start a run once, and set it off: what sends and login details do alike when an admin asks for one.

                          its message
      make ──▶ queued ──────────────────▶ a worker has it
               │    ▲
    the queue  │    │ the same request again: revive
    is busy    ▼    │
               failed, because it was not queued

A capability says in a ``Starting`` what is its own, and has a line in claims.py. Rosters take only ``id_for``: a file sets them
off and no message, and they are written together with their audit event, so that nothing is left to be done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from latchkey.errors import Changed, Conflict, TryLater
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.request_key import hashed
from latchkey.shared.stores.claims import Claims, Kind


class Run(Protocol):
    """What a run has to say of itself."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def was_not_queued(self) -> bool:
        """Whether it failed because its message never reached the queue."""


RunT = TypeVar("RunT", bound=Run)


class Runs(Protocol[RunT]):
    """The store of one school's runs."""

    def make(self, run: RunT, /) -> bool:
        """Write a new run; False if it exists already."""

    def get(self, run: str, /) -> RunT | None:
        """The run with this id, read consistently."""

    def revive(self, run: RunT, /) -> RunT:
        """Queue a run again that was not queued; ``Changed`` if somebody else has."""


@dataclass(frozen=True, slots=True)
class Started(Generic[RunT]):
    """A run, and whether this request made it (False: an earlier one with the same key did)."""

    run: RunT
    new: bool


def id_for(claims: Claims, kind: Kind, admin: str, key: str | None, now: int) -> str:
    """The id of the run that a request means: a new one, unless the same admin's same key has started one already."""
    fresh = new_id(now)
    return claims.claim(kind, hashed(admin, key), fresh, now) if key else fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting(Generic[RunT]):
    """How runs of one kind are started.

    ``announce`` writes the audit event, ``put`` the message that sets a run off; ``give_up`` marks a run that is still queued
    as not queued, or raises ``Changed``. ``is_same``: whether a run that was found is the one that is asked for now, with
    ``other`` for people if it is not. ``busy``: what they read if the run could not be set off.
    """

    runs: Runs[RunT]
    announce: Callable[[RunT], object]
    put: Callable[[RunT], object]
    give_up: Callable[[RunT], object]
    is_same: Callable[[RunT], bool]
    other: str
    busy: str

    def start(self, asked: RunT) -> Started[RunT]:
        """Write a run and set it off; where an earlier request has written it, that one, set off now if it never was."""
        if self.runs.make(asked):
            return Started(self._set_off(asked), new=True)
        return Started(self._again(asked.id), new=False)

    def _again(self, run_id: str) -> RunT:
        run = self.runs.get(run_id)
        if run is None:
            raise TryLater()
        if not self.is_same(run):
            raise Conflict(self.other)
        if run.state == "queued":
            self.put(run)  # the first message may never have left; a second one does no harm
        elif run.was_not_queued:
            try:
                run = self.runs.revive(run)
            except Changed:
                return self.runs.get(run_id) or run
            self._set_off(run)
        return run

    def _set_off(self, run: RunT) -> RunT:
        try:
            self.announce(run)
            self.put(run)
        except Exception as error:
            try:
                self.give_up(run)
            except Changed:
                return run  # it runs: the message arrived although the answer did not
            if not isinstance(error, TryLater):
                raise
            raise TryLater(self.busy) from error
        return run
