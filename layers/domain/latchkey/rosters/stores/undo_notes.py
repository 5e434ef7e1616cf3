"""What a roster was about to change (``activity``, with an end), and its undoing (``directory``, beside its preview)."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.undo import IN_A_NOTE, SHOWN_KEPT, Kept, Note, Undo
from latchkey.rosters.stores.rosters import Rosters
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact
from latchkey.shared.stores.pace import Pace

_UNDO: Final = "UNDO"
_LISTS: Final = ("added", "removed", "leads", "settled")


def _note_to_value(note: Note) -> dict[str, Value]:
    was: dict[str, Value] = {**note.was}
    now: dict[str, Value] = {**note.now}
    facts: dict[str, Value] = {
        "person": note.person,
        "made": note.made,
        "was": was or None,
        "now": now or None,
        "link": note.link,
        "typed": note.typed or None,
        "added": list(note.added) or None,
        "removed": list(note.removed) or None,
        "leads": list(note.leads) or None,
        "settled": list(note.settled) or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _note_from_value(value: Item) -> Note:
    facts: Item = dict(value)
    facts.update((name, tuple(value[name])) for name in _LISTS if name in value)
    return Note(**facts)


def _undo_from_item(item: Item) -> Undo:
    return Undo(**{name: item[name] for name in Undo.__dataclass_fields__ if item.get(name) is not None})


class UndoNotes:
    """The notes of one school's roster runs, and their undoing."""

    def __init__(self, client: Client, directory: Table, activity: Table, school: str) -> None:
        self._client = client
        self._directory = directory
        self._activity = activity
        self._rosters = Rosters(client, directory, school)
        self.school = school

    def write(self, run: Run, first: int, notes: Sequence[Note], until: int, pace: Pace) -> int:
        """Write notes, ``IN_A_NOTE`` people an item, as the items from number ``first`` of the run's attempt; how many items.

        A later attempt never writes over what an earlier one has noted: only the first knows what was there before.
        """
        parts = [notes[start : start + IN_A_NOTE] for start in range(0, len(notes), IN_A_NOTE)]
        items: list[dict[str, Value]] = [
            {
                "pk": self._notes_pk(run.id),
                "sk": f"{run.attempt:05d}#{number:07d}",
                "people": [_note_to_value(note) for note in part],
                "expires_at": until,
            }
            for number, part in enumerate(parts, start=first)
        ]
        self._activity.write_many(items, pace)
        return len(items)

    def before(self, run: str, place: str | None, limit: int) -> list[tuple[str, list[Note]]]:
        """Items of notes, the latest first, that were written before the one at ``place`` (None: from the end)."""
        pk = self._notes_pk(run)
        start: Item | None = {"pk": pk, "sk": place} if place else None
        page = self._activity.page(pk, start=start, limit=limit, newest_first=True)
        return [(item["sk"], [_note_from_value(each) for each in item["people"]]) for item in page.items]

    def get(self, run: str) -> Undo | None:
        """The undoing of a run, read consistently."""
        item = self._directory.get(*self._key(run))
        return _undo_from_item(item) if item else None

    def begin(self, undo: Undo, event: EventWrite, seconds: int) -> None:
        """Begin the undoing, or begin again what has failed, and lock the school for it, all or nothing, with the event.

        ``Changed`` if it runs or has ended, or another roster has the lock.
        """
        pk, sk = self._key(undo.run)
        facts: dict[str, Value] = {"run": undo.run, "state": undo.state, "by": undo.by, "at": undo.at, "total": undo.total}
        not_there: Condition = ("pk", "missing", None)
        failed: Condition = ("state", "=", "failed")
        lock = (self._directory, self._rosters.lock_for(undo.run, undo.at, seconds))
        try:
            first = Put(item={"pk": pk, "sk": sk, **facts, "lease_until": 0, "attempt": 0}, when=[not_there])
            transact(self._client, [(self._directory, first), lock, event])
        except ConditionFailed as error:
            if not error.item or error.item.get("state") != "failed":
                raise
            again = Update(pk=pk, sk=sk, set={"state": "running", "lease_until": 0}, when=[failed])
            transact(self._client, [(self._directory, again), lock, event])

    def take(self, undo: Undo, now: int, seconds: int) -> Undo:
        """Begin to work on an undoing for some seconds; ``Changed`` if it has ended, or another worker has it."""
        nobody_has_it: Condition = ("lease_until", "<=", now)
        return self._update(undo, {"lease_until": now + seconds}, [("state", "=", "running"), nobody_has_it], {"attempt": 1})

    def save(self, undo: Undo, until: int) -> Undo:
        """Note how far it is, and keep it until then (0: let the next worker have it)."""
        facts: dict[str, Value] = {"done": undo.done, "place": undo.place, "counts": {**undo.counts}, "lease_until": until}
        return self._update(undo, facts, self._still_ours(undo))

    def release(self, undo: Undo) -> None:
        """Let the next worker have it, unless one has it already."""
        with suppress(Changed):
            self._update(undo, {"lease_until": 0}, self._still_ours(undo))

    def end(self, undo: Undo, state: str, now: int) -> Undo:
        """End it, finished or failed; ``Changed`` if another worker has it."""
        facts: dict[str, Value] = {"state": state, "finished_at": now, "lease_until": 0, "done": undo.done}
        return self._update(undo, facts, self._still_ours(undo))

    def write_kept(self, run: str, place: str, kept: Sequence[Kept]) -> None:
        """Write who was left as they are, of the notes of one place; written again it is the same."""
        pk = f"{self.school}#ROSTER#{run}"
        rows: list[Value] = [[each.person, each.why, list(each.fields)] for each in kept]
        self._directory.write_many([{"pk": pk, "sk": f"KEPT#{place}", "kept": rows}] if rows else [])

    def kept(self, run: str) -> list[Kept]:
        """Who was left as they are, each once, at most ``SHOWN_KEPT``."""
        found: dict[tuple[str, str, tuple[str, ...]], Kept] = {}
        for page in self._directory.pages(f"{self.school}#ROSTER#{run}", prefix="KEPT#"):
            for person, why, fields in (row for item in page for row in item["kept"]):
                found.setdefault((person, why, tuple(fields)), Kept(person, why, tuple(fields)))
            if len(found) >= SHOWN_KEPT:
                break
        return [*found.values()][:SHOWN_KEPT]

    def _still_ours(self, undo: Undo) -> list[Condition]:
        return [("state", "=", "running"), ("attempt", "=", undo.attempt)]

    def _update(self, undo: Undo, facts: dict[str, Value], when: Iterable[Condition], add: dict[str, int] | None = None) -> Undo:
        pk, sk = self._key(undo.run)
        return _undo_from_item(self._directory.update(Update(pk=pk, sk=sk, set=facts, add=add or {}, when=[*when])))

    def _notes_pk(self, run: str) -> str:
        return f"{self.school}#ROSTERNOTES#{run}"

    def _key(self, run: str) -> tuple[str, str]:
        return f"{self.school}#ROSTER#{run}", _UNDO
