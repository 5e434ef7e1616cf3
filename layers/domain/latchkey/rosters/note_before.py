"""Note what a run is about to change, before it does, so that all of it can be undone.

One item for a hundred people, written in the batches of 25 in which people are: a new person costs 50 bytes of it, a changed one
some 200, so that a roster costs one to five per cent more writes than without.
"""

from collections.abc import Iterable, Sequence

from latchkey.people.model.change import PersonChange
from latchkey.rosters.look_through import Decided
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.undo import NOTE_LIFE, Note, note_of, notes_of_freed
from latchkey.rosters.needs import System
from latchkey.shared.stores.pace import Pace


class NotesBefore:
    """The notes of one invocation, in order. ``written`` counts people since it was asked last."""

    def __init__(self, system: System, school: str, run: Run, pace: Pace) -> None:
        self._system = system
        self._school = school
        self._run = run
        self.pace = pace
        self._items = 0
        self._people = 0

    def write(self, notes: Sequence[Note]) -> None:
        """Write notes of changes that come after this."""
        until = self._system.now() + NOTE_LIFE
        store = self._system.undo_notes(self._school)
        self._items += store.write(self._run, self._items, notes, until, self.pace)
        self._people += len(notes)

    def take_written(self) -> int:
        """How many people were noted since this was asked last."""
        written, self._people = self._people, 0
        return written


def notes_of_rows(school: str, part: Iterable[Decided]) -> list[Note]:
    """Notes of the people whom these rows make or change."""
    decided = [each for some in part for each in some.decisions]
    noted = [note_of(school, each) for each in decided if each.kind in {"new", "changed"} or each.is_further_id or each.settled]
    return [*noted, *(note for each in decided for note in notes_of_freed(each))]


def notes_of_links(changes: Iterable[PersonChange]) -> list[Note]:
    """Notes of people who are about to be linked otherwise."""
    return [_of_links(each) for each in changes]


def _of_links(change: PersonChange) -> Note:
    before = (*change.before.children, *change.before.parents)
    after = (*change.after.children, *change.after.parents)
    added, removed = (tuple(each for each in one if each not in other) for one, other in ((after, before), (before, after)))
    return Note(person=change.before.id, added=added, removed=removed)
