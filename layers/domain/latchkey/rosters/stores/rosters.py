"""Roster runs, their previews and the lock that lets one roster at a time write: the table ``directory``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.rosters.model.questions import Concerned
from latchkey.rosters.model.runs import Change, Rejection, Run
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact

if TYPE_CHECKING:  # the console, which starts rosters, does not load what reads them
    from latchkey.rosters.model.files import Source
    from latchkey.rosters.model.questions import Asked

_REJECTED_PAGE: Final = 100
PREVIEW_KEPT: Final = 30 * 24 * 3600  # seconds: it holds people's names and cells, which are nobody's to keep for ever
Sample = Mapping[str, Sequence[Change]]


def _run_from_item(item: Item) -> Run:
    facts = {name: item[name] for name in Run.__dataclass_fields__ if item.get(name) is not None}
    return Run(**facts | {"warnings": tuple(item.get("warnings") or ())})


class Rosters:
    """The roster runs of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, run: Run, event: EventWrite) -> bool:
        """Write a new run together with the event, and the school's lock if this is its first; False if the run exists."""
        not_there: Condition = ("pk", "missing", None)
        pk, sk = self._lock_key()
        with suppress(ConditionFailed):
            self._table.put(Put(item={"pk": pk, "sk": sk, "holder": "", "lease_until": 0}, when=[not_there]))
        facts: dict[str, Value] = asdict(run) | {"warnings": list(run.warnings)}
        pk, sk = self._key(run.id)
        try:
            transact(self._client, [(self._table, Put(item=facts | {"pk": pk, "sk": sk}, when=[not_there])), event])
        except ConditionFailed:
            return False
        return True

    def get(self, run: str) -> Run | None:
        """The run with this id."""
        item = self._table.get(*self._key(run))
        return _run_from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Run], str | None]:
        """Runs, newest first, and the id after which the next page begins."""
        pk, _ = self._key("")
        page = self._table.page(pk, start={"pk": pk, "sk": after} if after else None, limit=limit, newest_first=True)
        return [_run_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def take(self, run: Run, now: int, seconds: int) -> Run:
        """Begin to work on a run for some seconds; ``Changed`` if it has gone on, or another worker has it."""
        as_read: list[Condition] = [("state", "=", run.state), ("step", "=", run.step)]
        nobody_has_it: Condition = ("lease_until", "<=", now)
        facts: dict[str, Value] = {"state": "running", "lease_until": now + seconds}
        if run.step == "upload":
            facts["step"] = "preview"
        return self._update(run, facts, [*as_read, nobody_has_it], add={"attempt": 1})

    # What a worker writes of a run that it has taken. ``Changed`` where it has lost it to another one.

    def note_file(self, run: Run, *, total: int, etag: str, size: int) -> Run:
        """Note which file this is: what is applied later must be the same."""
        return self._save(run, {"total": total, "etag": etag, "size": size})

    def note_read(self, run: Run, done: int) -> Run:
        """Note how many rows have been compared."""
        return self._save(run, {"done": done})

    def finish_preview(
        self,
        run: Run,
        counts: Mapping[str, int],
        done: int,
        source: "Source",
        *,
        asked: "Asked",
        pages: int,
        reading: Mapping[str, Any] | None = None,
    ) -> Run:
        """End the reading: the run now waits for an admin to answer what it asks, and to apply it."""
        what: dict[str, Value] = {"format": source.format, "shape": source.shape, "warnings": [*source.warnings]}
        what |= {"asked": {**asked.counts}, "chosen": {**asked.chosen}, "pages": pages}
        what["reading"] = {**reading} if reading is not None else None
        return self._save(run, {"previewed": {**counts}, "done": done, **what, "state": "previewed", "lease_until": 0})

    def note_ahead(self, run: Run, ahead: Mapping[str, int], until: int) -> Run:
        """Note the counts of the rows that are written next, and keep the run until then."""
        return self._save(run, {"ahead": {**ahead}, "lease_until": until})

    def note_written(self, run: Run, counts: Mapping[str, int], done: int, *, slow: bool) -> Run:
        """Note the counts of all rows that have been written, and whether the table takes them slowly."""
        facts: dict[str, Value] = {"counts": {**counts}, "done": done, "ahead": {}, "slow": slow or None}
        return self._save(run, facts)

    def finish(self, run: Run, counts: Mapping[str, int], now: int) -> Run:
        """End a run that is applied."""
        facts: dict[str, Value] = {"counts": {**counts}, "finished_at": now, "lease_until": 0, "slow": None}
        return self._save(run, {"state": "finished", **facts})

    def fail(self, run: Run, reason: str, now: int) -> Run:
        """End a run that cannot go on."""
        return self._save(run, {"state": "failed", "reason": reason, "finished_at": now, "lease_until": 0})

    def abandon(self, run: Run, reason: str, now: int) -> Run:
        """End a run for which no file came; ``Changed`` if it waits no more."""
        facts: dict[str, Value] = {"state": "failed", "reason": reason, "finished_at": now}
        still_waits: Condition = ("state", "=", "queued")
        return self._update(run, facts, [still_waits])

    def release(self, run: Run) -> None:
        """Let the next worker have a run that this one could not finish, unless one has it already."""
        with suppress(ConditionFailed):
            self._save(run, {"lease_until": 0})

    def _save(self, run: Run, facts: Mapping[str, Value]) -> Run:
        still_ours: list[Condition] = [("attempt", "=", run.attempt), ("state", "=", "running")]
        return self._update(run, facts, still_ours)

    def write_preview(
        self,
        run: str,
        now: int,
        rejected: Sequence[Rejection],
        samples: Sample,
        *,
        warned: Sequence[Rejection] = (),
        concerned: Mapping[str, Sequence[Concerned]] | None = None,
        before: int = 0,
    ) -> int:
        """Write what the preview shows: rows and cells that are left out, samples of the rest, and whom its questions are about.

        In how many pages; the ``before`` pages of an earlier reading of the run are replaced.
        """
        pages: list[dict[str, Value]] = [
            {name: [list(each if each.name else each[:-1]) for each in told[start : start + _REJECTED_PAGE]]}
            for name, told in (("rejected", rejected), ("warned", warned))
            for start in range(0, len(told), _REJECTED_PAGE)
        ]
        shown: dict[str, Value] = {
            kind: [[each.line, each.name, each.role, each.group, list(each.facts)] for each in changes]
            for kind, changes in samples.items()
        }
        pages.insert(-(-len(rejected) // _REJECTED_PAGE), {"samples": shown})
        if concerned:
            pages.append({"concerned": {name: [list(each) for each in people] for name, people in concerned.items()}})
        kept: dict[str, Value] = {"pk": f"{self.school}#ROSTER#{run}", "expires_at": now + PREVIEW_KEPT}
        pages += [{} for _ in range(before - len(pages))]
        self._table.write_many({**kept, "sk": f"CHANGES#{number:05d}", **page} for number, page in enumerate(pages, start=1))
        return len(pages)

    def preview(self, run: str) -> tuple[list[Rejection], dict[str, list[Change]]]:
        """The rejected rows that are shown, and samples of new and changed ones."""
        rejected: list[Rejection] = []
        samples: dict[str, list[Change]] = {}
        for item in self._changes(run):
            rejected += [Rejection(*each) for each in item.get("rejected", [])]
            for kind, changes in item.get("samples", {}).items():
                samples[kind] = [Change(line, name, role, group, tuple(facts)) for line, name, role, group, facts in changes]
        return rejected, samples

    def warned(self, run: str) -> list[Rejection]:
        """The cells that are left out, as far as the preview shows them."""
        return [Rejection(*each) for item in self._changes(run) for each in item.get("warned", [])]

    def concerned(self, run: str) -> dict[str, list[Concerned]]:
        """Some of those whom the questions of the preview are about, by question."""
        found = (item["concerned"] for item in self._changes(run) if "concerned" in item)
        return {name: [Concerned(*each) for each in people] for each in found for name, people in each.items()}

    def _changes(self, run: str) -> Iterator[Any]:
        for page in self._table.pages(f"{self.school}#ROSTER#{run}", prefix="CHANGES#"):
            yield from page

    def choose(self, run: Run, question: str, option: str, event: EventWrite, *, rereads: bool, remember: bool) -> Run:
        """Note an answer, with its event; ``rereads`` lets the run be read again, ``remember`` keeps it for the next rosters.

        ``Changed`` if the run is not previewed, or was read again meanwhile: then its questions may be others.
        """
        pk, sk = self._key(run.id)
        facts: dict[str, Value] = {f"chosen.{question}": option}
        if rereads:
            facts |= {"state": "running", "step": "preview", "done": 0, "lease_until": 0}
        not_begun: Condition = ("state", "=", "previewed")
        same_reading: Condition = ("attempt", "=", run.attempt)
        answered = Update(pk=pk, sk=sk, set=facts, when=[not_begun, same_reading])
        writes: list[tuple[Table, Put | Update]] = [(self._table, answered)]
        if remember:
            pk, sk = self._choices_key()
            writes.append((self._table, Update(pk=pk, sk=sk, set={question: option})))
        transact(self._client, [*writes, event])
        after = replace(run, chosen={**run.chosen, question: option})
        return replace(after, state="running", step="preview", done=0, lease_until=0) if rereads else after

    def remembered(self) -> dict[str, str]:
        """What the school has answered once for all its rosters, by question."""
        item = self._table.get(*self._choices_key()) or {}
        return {name: option for name, option in item.items() if name not in {"pk", "sk"}}

    def _choices_key(self) -> tuple[str, str]:
        return f"{self.school}#ROSTERCHOICES", "CHOICES"

    def begin_apply(self, run: Run, person: str, now: int, seconds: int, *others: tuple[Table, Put | Update]) -> Run:
        """Turn a previewed run into one that is being applied, and lock the school for it, with ``others``: all or nothing.

        ``Changed`` if the run is in another state or was read again, or another roster has the lock.
        """
        pk, sk = self._key(run.id)
        facts: dict[str, Value] = {"state": "running", "step": "apply", "done": 0, "applied_by": person, "lease_until": 0}
        not_begun: Condition = ("state", "=", "previewed")
        same_file: Condition = ("etag", "=", run.etag)
        same_reading: list[Condition] = [("attempt", "=", run.attempt)] if run.attempt else []
        started = Update(pk=pk, sk=sk, set=facts, when=[not_begun, same_file, *same_reading])
        transact(self._client, [(self._table, started), (self._table, self.lock_for(run.id, now, seconds)), *others])
        return replace(run, state="running", step="apply", done=0, applied_by=person, lease_until=0)

    def lock_for(self, run: str, now: int, seconds: int) -> Update:
        """What locks the school for a run, to stand in a transaction; it fails while another run has the lock."""
        nobody_applies: Condition = ("lease_until", "<=", now)
        return self._lock(run, now + seconds, nobody_applies)

    def keep_lock(self, run: str, now: int, seconds: int) -> bool:
        """Take the school's lock for this run, or keep it longer; False if another run has it."""
        ours: Condition = ("holder", "=", run)
        nobody_has_it: Condition = ("lease_until", "<=", now)
        for free in (ours, nobody_has_it):
            try:
                self._table.update(self._lock(run, now + seconds, free))
            except ConditionFailed:
                continue
            return True
        return False

    def unlock(self, run: str) -> None:
        """Give the lock back, if this run has it."""
        ours: Condition = ("holder", "=", run)
        with suppress(ConditionFailed):
            self._table.update(self._lock(run, 0, ours))

    def _lock(self, run: str, until: int, free: Condition) -> Update:
        pk, sk = self._lock_key()
        return Update(pk=pk, sk=sk, set={"holder": run, "lease_until": until}, when=[free])

    def _lock_key(self) -> tuple[str, str]:
        return f"{self.school}#ROSTERLOCK", "LOCK"

    def _key(self, run: str) -> tuple[str, str]:
        return f"{self.school}#ROSTERS", run

    def _update(
        self, run: Run, facts: Mapping[str, Value], when: Sequence[Condition], add: Mapping[str, int] | None = None
    ) -> Run:
        pk, sk = self._key(run.id)
        return _run_from_item(self._table.update(Update(pk=pk, sk=sk, set=facts, add=add or {}, when=when)))
