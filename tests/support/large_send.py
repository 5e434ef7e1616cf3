"""A message of some forty chunks that counts as large, and the chunks that are read meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

import keep_roll.handler as door
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.send import Chunk
from latchkey.sends.plan_send import plan_send
from latchkey.sends.stores.items import chunk_from_item
from tests.support.console import Console, make_person
from tests.support.costs import SCHOOL, followed

SENDS: Final = f"/admin/{SCHOOL}/sends"
FEW: Final = 4  # chunks of five mails
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

    @property
    def now(self) -> int:
        return self.console.system.wiring("console").now()

    def tell(self, send: str, fact_in: Callable[[Chunk], Fact | None]) -> list[Chunk]:
        """What becomes of a chunk's mails, but for those that nobody was sent; the chunks as they are then."""
        ledger = self.console.system.wiring("deliver_links").ledger(SCHOOL)

        def told(chunk: Chunk) -> Chunk:
            fact = fact_in(chunk)
            mails = (mail if mail.state == "skipped" or fact is None else mail.with_fact(fact) for mail in chunk.mails)
            return replace(chunk, mails=tuple(mails))

        return [ledger.amend(send, chunk.number, told, self.now) for chunk in [*ledger.chunks(send)]]

    def act(self, act: str, **body: Any) -> Any:
        return self.console.post(f"{SENDS}/{self.send}/{act}", body)

    def figures(self) -> Any:
        return self.console.get(f"{SENDS}/{self.send}").json_body


@contextmanager
def read_whole(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """No message counts as large, so that its ledger is read."""
    with patch.context() as for_now:
        for_now.setattr("latchkey.sends.model.outline.FEW", 10_000)
        yield


def numbers_read(patch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all chunks that are read from now on."""
    numbers: list[int] = []

    def noted(item: Any) -> Chunk:
        numbers.append(item["number"])
        return chunk_from_item(item)

    patch.setattr("latchkey.sends.stores.ledger.chunk_from_item", noted)
    return numbers
