"""All that can become of one small send, explored whole: see small_world, which also says what is merged and why.

What each world is about stands in its bounds. The floors are about what was counted when this was written: a world that suddenly
has far fewer states no longer explores what it did.
"""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.sends import check_people, deliver_links
from latchkey.sends.model import ledger
from latchkey.sends.model.send import Chunk
from latchkey.sends.stores import ledger as ledger_store
from tests.faults.promises import Broken
from tests.faults.small_world import FOURTH, PEOPLE, Bounds, Universe

WORLDS = {
    "two workers, a death, SES's troubles, grace": (Bounds(copies=1, crashes=1, troubles=1, quarters=1), 200_000),
    "a pause, a corrected address and a new plan at any step": (Bounds(changes=1, pauses=1, replans=1), 20_000),
    "a cancellation, a death and an event": (Bounds(cancels=1, crashes=1, events=1), 39_000),
    "a refused mail, a pause and a retry": (Bounds(retries=1, troubles=1, pauses=1, moods=("refused",)), 11_000),
    "events early, late and twice, and a death": (Bounds(events=2, crashes=1, quarters=1), 7_000),
    "a lost mail whose reader moves": (Bounds(changes=1, troubles=1, quarters=1, moods=("lost", "silent")), 4_400),
    "answers that never came": (Bounds(crashes=1, troubles=1), 400),
}


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes while a worker lives, and none is spent on its pauses between two tries."""
    monkeypatch.setattr(ledger_store, "_pause", lambda _: None)


@pytest.mark.parametrize("name", WORLDS)
def test_every_promise_holds_in_every_state(name: str) -> None:
    bounds, floor = WORLDS[name]
    assert Universe(bounds).explore() >= floor


THREE_CHUNKS = [
    Bounds(crashes=1, pauses=1),
    Bounds(crashes=1, copies=1),
    Bounds(troubles=1, cancels=1),
    Bounds(events=1, crashes=1, quarters=1),
]


@pytest.mark.parametrize("bounds", THREE_CHUNKS)
def test_every_promise_holds_with_three_chunks_in_a_message(bounds: Bounds) -> None:
    """Each but the first is taken as the one before is written down."""
    assert Universe(bounds, (*PEOPLE, FOURTH)).explore() >= 1


def test_it_finds_a_worker_that_writes_down_several_chunks_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash would leave in doubt is one chunk, never what was mailed before it."""

    def not_yet(_: Any, chunk: Chunk, *__: Any, **___: Any) -> Chunk:
        return replace(chunk, state="done")

    monkeypatch.setattr(deliver_links._Round, "_record", not_yet)
    fault, *_ = told(Bounds())
    assert fault == "a chunk of send 1 is mailed before it is written down what became of the one before"


def told(bounds: Bounds) -> list[str]:
    """What breaks within some bounds, and the way there."""
    with pytest.raises(Broken) as broken:
        Universe(bounds).explore()
    return str(broken.value).split("\n")


def test_it_finds_a_send_that_is_decided_early_and_mailed_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the code did before it looked again."""
    monkeypatch.setattr(check_people.Check, "changed", lambda *_: {})
    fault, *way = told(Bounds(changes=1))
    assert fault == "a@x.example is mailed by a worker that took its message after the address was corrected"
    assert way[-1].endswith("transact_write_items")
    place = way.index(next(step for step in way if step.endswith(". change")))
    assert 0 < place < len(way) - 1
    assert [step.split(".")[0].strip() for step in way] == [str(number) for number in range(1, len(way) + 1)]


def test_it_finds_a_mail_that_is_sent_again_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "GRACE", -1)
    fault, *way = told(Bounds(troubles=1, moods=("lost",)))
    assert "within the grace period" in fault
    assert any("its answer is lost" in step for step in way)


def test_it_finds_a_chunk_that_no_message_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver_links._Round, "_tell", lambda *_: None)
    fault, *way = told(Bounds(troubles=1, moods=("lost",)))
    assert fault.endswith("is not done, and no message names it")
    assert way


def test_it_finds_numbers_that_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.sends.stores.ledger._moved", lambda *_: {})
    fault, *_ = told(Bounds())
    assert "do not add up" in fault
