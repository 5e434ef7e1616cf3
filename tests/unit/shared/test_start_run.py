"""Starting a run: once for each key, set off at least once, and failed only if nobody has it."""

from dataclasses import dataclass, field, replace

import pytest

from latchkey.errors import Changed, Conflict, Invalid, TryLater
from latchkey.shared.model.request_key import hashed, parse_key
from latchkey.shared.start_run import Started, Starting


@dataclass(frozen=True)
class Run:
    id: str = "1"
    state: str = "queued"
    was_not_queued: bool = False
    what: str = "this"


@dataclass
class Desk:
    """Runs in memory, and what was said and put of them. ``broken`` fails on the next message."""

    kept: dict[str, Run] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    broken: Exception | None = None
    taken: bool = False

    def make(self, run: Run) -> bool:
        return self.kept.setdefault(run.id, run) is run

    def get(self, run: str) -> Run | None:
        return self.kept.get(run)

    def revive(self, run: Run) -> Run:
        if not self.kept[run.id].was_not_queued:
            raise Changed
        self.kept[run.id] = replace(run, state="queued", was_not_queued=False)
        return self.kept[run.id]

    def give_up(self, run: Run) -> None:
        if self.kept[run.id].state != "queued":
            raise Changed
        self.kept[run.id] = replace(run, state="failed", was_not_queued=True)

    def put(self, run: Run) -> None:
        if self.taken:
            self.kept[run.id] = replace(run, state="running")
        if self.broken:
            raise self.broken
        self.done.append("put")

    def start(self, run: Run) -> Started[Run]:
        return Starting(
            runs=self,
            announce=lambda _: self.done.append("said"),
            put=self.put,
            give_up=self.give_up,
            is_same=lambda found: found.what == run.what,
            other="Another.",
            busy="Busy.",
        ).start(run)


def test_a_run_is_said_and_put_once_and_a_repetition_puts_its_message_again() -> None:
    desk, run = Desk(), Run()
    assert desk.start(run) == Started(run, new=True)
    assert desk.start(Run()) == Started(run, new=False)
    assert desk.done == ["said", "put", "put"]


def test_a_repetition_of_a_run_that_a_worker_has_only_says_how_it_is() -> None:
    running = Run(state="running")
    desk = Desk({"1": running})
    assert desk.start(Run()) == Started(running, new=False)
    assert desk.done == []


def test_a_key_of_another_run_is_a_conflict() -> None:
    desk = Desk({"1": Run(what="that")})
    with pytest.raises(Conflict, match=r"Another\."):
        desk.start(Run())
    assert desk.done == []


def test_a_queue_that_is_busy_fails_the_run_and_the_same_request_sets_it_off() -> None:
    desk = Desk(broken=TryLater())
    with pytest.raises(TryLater, match=r"Busy\."):
        desk.start(Run())
    assert desk.kept["1"].was_not_queued
    desk.broken = None
    assert desk.start(Run()) == Started(Run(), new=False)
    assert desk.done[-1] == "put"


def test_what_went_wrong_otherwise_is_not_hidden() -> None:
    desk = Desk(broken=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        desk.start(Run())
    assert desk.kept["1"].was_not_queued


def test_a_message_that_arrived_although_its_answer_did_not_leaves_the_run_running() -> None:
    desk = Desk(broken=TryLater(), taken=True)
    assert desk.start(Run()).new
    assert desk.kept["1"].state == "running"


def test_a_run_that_was_claimed_and_never_written_is_for_later() -> None:
    desk = Desk()
    desk.make = lambda _: False  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        desk.start(Run())


def test_of_two_that_revive_a_run_one_sets_it_off() -> None:
    desk = Desk({"1": Run(state="failed", was_not_queued=True)})
    stale = desk.kept["1"]
    desk.revive(stale)
    desk.get = lambda _: stale  # type: ignore[method-assign,assignment]
    assert not desk.start(Run()).new
    assert desk.done == []


@pytest.mark.parametrize("key", ["a" * 8, "A-z_0" * 12 + "abcd"])
def test_a_key_of_8_to_64_signs_is_taken(key: str) -> None:
    assert parse_key(key) == key
    assert hashed("ann", key) == hashed("ann", key) != hashed("ben", key)


@pytest.mark.parametrize("key", ["a" * 7, "a" * 65, "a b c d e", "ä" * 8, 12345678, ["a" * 8]])
def test_any_other_key_is_refused(key: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_key(key)
    assert set(refused.value.fields) == {"idempotency_key"}


@pytest.mark.parametrize("none", [None, ""])
def test_no_key_is_no_key(none: object) -> None:
    assert parse_key(none) is None
