"""A message whose ledger is too large for a page is counted and listed by its outline: as its ledger would be."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

import keep_roll.handler as door
from latchkey.roll.sources import FromDirectory, FromRoll
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.send import Chunk, Pick, Selection
from latchkey.sends.plan_send import plan_send
from tests.routes.console.sends.test_figures import SCHOOL, SENDS
from tests.support.console import Console, make_person
from tests.support.costs import followed

FEW: Final = 4  # chunks of five mails
FILTERS: Final[list[dict[str, str]]] = [
    {},
    *({"show": show} for show in ("delivered", "password_set", "not_used", "on_way", "came_back", "failed", "skipped", "to_go")),
    *({"state": state} for state in ("sent", "bounced", "failed", "complained", "cancelled")),
    {"reason": "hard"},
    {"state": "bounced", "reason": "soft"},
    {"q": "given17"},
    {"q": "given17", "show": "delivered"},
    {"q": "zzzz"},
    {"show": "not_used", "q": "given1"},
]
OUTCOMES: Final[list[tuple[MailState, str | None]]] = [
    *([("delivered", None)] * 12),
    *([("sent", None)] * 6),
    ("bounced", "hard"),
    ("bounced", "soft"),
    ("failed", "refused"),
    ("complained", None),
]


class Large:
    """A message of some forty chunks in a school whose streams are followed when ``follow`` is called."""

    def __init__(self, console: Console, patch: pytest.MonkeyPatch) -> None:
        patch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 5)
        patch.setattr("latchkey.sends.model.outline.FEW", FEW)
        self.console, self.streams = console, followed(console, patch)
        console.add(
            make_person(number, email=None if number % 9 == 0 else f"home{number - number % 2}@x.example")
            for number in range(100, 300)
        )
        console.system.wiring("keep_roll").rolls(SCHOOL).want(int(console.system.clock.now))
        self.follow()
        self.send = console.post(SENDS, {"kind": "password_link", "select": {"filter": {"role": "student"}}}).json_body["id"]
        plan_send(console.system.wiring("plan_send"), SCHOOL, self.send)

    def follow(self) -> None:
        while event := self.streams.take():
            door.handle(event, None)

    def turn(self, chance: Random) -> None:
        """Mails fare as chance has it, some are taken apart and moved, and some people set a password."""
        wiring = self.console.system.wiring("deliver_links")
        now = wiring.now()

        def told(chunk: Chunk) -> Chunk:
            mails = [
                mail.with_fact(Fact(*chance.choice(OUTCOMES), now)) if mail.state != "skipped" else mail for mail in chunk.mails
            ]
            chance.shuffle(mails)
            return replace(chunk, mails=tuple(mails))

        for chunk in [*wiring.ledger(SCHOOL).chunks(self.send)]:
            wiring.ledger(SCHOOL).amend(self.send, chunk.number, told, now)
        directory = self.console.system.wiring("operate").directory(SCHOOL)
        for number in chance.sample(range(100, 300), 40):
            person = make_person(number).id
            directory.change(person, {"password_set_at": now})

    def rows(self, **query: str) -> list[dict[str, Any]]:
        """All pages; none is empty that has another."""
        rows: list[dict[str, Any]] = []
        while True:
            found = self.console.get(f"{SENDS}/{self.send}/recipients", limit="7", **query).json_body
            rows += found["items"]
            assert found["items"] or found["next"] is None
            if found["next"] is None:
                return rows
            query["cursor"] = found["next"]

    def figures(self) -> Any:
        return self.console.get(f"{SENDS}/{self.send}").json_body


@contextmanager
def read_whole(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """No message counts as large, so that its ledger is read."""
    with patch.context() as for_now:
        for_now.setattr("latchkey.sends.model.outline.FEW", 10_000)
        yield


@pytest.fixture
def large(console: Console, monkeypatch: pytest.MonkeyPatch) -> Large:
    return Large(console, monkeypatch)


@pytest.mark.parametrize("seed", [1, 2])
def test_its_figures_and_lists_are_those_of_its_ledger(large: Large, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    for turn in range(2):
        large.turn(Random(seed + turn))
        large.follow()
        by_outline = large.figures(), [large.rows(**wanted) for wanted in FILTERS]
        with read_whole(monkeypatch):
            by_ledger = large.figures(), [large.rows(**wanted) for wanted in FILTERS]
        assert by_outline == by_ledger
        assert by_outline[0]["password_set"] > 0
        assert sum(bool(rows) for rows in by_outline[1]) > len(FILTERS) / 2
        large.console.system.clock.now += 90


@pytest.mark.parametrize("pick", ["failed", "no_password", "changed", "cancelled"])
def test_who_is_counted_by_its_outline_is_who_is_chosen_by_its_ledger(large: Large, pick: Pick) -> None:
    large.turn(Random(5))
    large.follow()
    console, meant = large.console.system.wiring("console"), Selection(source=large.send, pick=pick)
    counted, decided = (
        [person.id for person in chosen(console, SCHOOL, meant, source)]
        for source in (FromRoll(console, SCHOOL), FromDirectory(console, SCHOOL))
    )
    assert sorted(counted) == sorted(decided)
    assert bool(decided) == (pick in {"failed", "no_password"})


def test_who_failed_a_moment_ago_is_sent_it_again_all_the_same(large: Large) -> None:
    """Its outline does not know of it yet."""
    wiring = large.console.system.wiring("deliver_links")
    now, failed = wiring.now(), Fact("failed", "refused", wiring.now())

    def told(chunk: Chunk) -> Chunk:
        fits = [mail.with_fact(failed if chunk.number == 3 else Fact("delivered", None, now)) for mail in chunk.mails]
        return replace(
            chunk, mails=tuple(mail if mail.state == "skipped" else fit for mail, fit in zip(chunk.mails, fits, strict=True))
        )

    for chunk in [*wiring.ledger(SCHOOL).chunks(large.send)]:
        if chunk.number != 3:
            wiring.ledger(SCHOOL).amend(large.send, chunk.number, told, now)
    large.follow()
    last = wiring.ledger(SCHOOL).amend(large.send, 3, told, now)
    again = large.console.post(f"{SENDS}/{large.send}/retry", {})
    assert again.status_code == 202, again.json_body
    planned = plan_send(large.console.system.wiring("plan_send"), SCHOOL, again.json_body["id"])
    assert planned.total == sum(len(mail.accounts) for mail in last.mails if mail.state == "failed") > 0
