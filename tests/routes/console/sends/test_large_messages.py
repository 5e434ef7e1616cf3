"""A message whose ledger is too large for a page is counted and listed by its outline: as its ledger would be."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, Final

import pytest

import keep_roll.handler as door
from latchkey.invitations.model.invitation import Invitation, fresh
from latchkey.mail.model.account import MailAccount
from latchkey.roll.sources import FromDirectory, FromRoll
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.outline import is_large
from latchkey.sends.model.send import Chunk, Mail, Selection, Send
from latchkey.sends.plan_send import plan_send
from latchkey.sends.stores.items import chunk_from_item
from latchkey.shared.model.ids import new_id
from tests.routes.console.sends.test_figures import SCHOOL, SENDS
from tests.support.console import HEAD, Console, make_person
from tests.support.costs import followed, metered

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


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all chunks that are read."""
    numbers: list[int] = []

    def noted(item: Any) -> Chunk:
        numbers.append(item["number"])
        return chunk_from_item(item)

    monkeypatch.setattr("latchkey.sends.stores.ledger.chunk_from_item", noted)
    return numbers


PICKS: Final = ("failed", "no_password", "changed", "cancelled", "refused")
MEANT: Final[list[Callable[[str], Selection]]] = [
    *(partial(lambda pick, send: Selection(source=send, pick=pick), pick) for pick in PICKS),
    lambda send: Selection(source=send, pick="refused", domain="x.example"),
    lambda _send: Selection(pick="refused", domain="x.example"),
]


@pytest.mark.parametrize("of", MEANT)
def test_who_is_counted_by_its_outline_is_who_is_chosen_by_its_ledger(
    large: Large, read: list[int], of: Callable[[str], Selection]
) -> None:
    large.turn(Random(5))
    odd = {5: Fact("cancelled", None, large.now), 6: Fact("skipped", "changed", large.now)}
    large.tell(large.send, lambda chunk: odd.get(chunk.number))
    large.follow()
    console, meant = large.console.system.wiring("console"), of(large.send)
    read.clear()
    counted = [person.id for person in chosen(console, SCHOOL, meant, FromRoll(console, SCHOOL))]
    assert read == []
    decided = [person.id for person in chosen(console, SCHOOL, meant, FromDirectory(console, SCHOOL))]
    assert read
    assert sorted(counted) == sorted(decided)
    assert decided


def test_who_was_refused_and_then_reached_is_counted_no_more(large: Large) -> None:
    large.tell(large.send, lambda chunk: Fact("bounced", "hard", large.now) if chunk.number < 6 else None)
    large.follow()
    meant = {"kind": "password_link", "select": {"refused": {"send": large.send}}}
    first = large.console.post(SENDS, {**meant, "dry_run": True}).json_body["total"]
    large.console.system.clock.now += 60
    later = large.console.post(SENDS, meant).json_body["id"]
    plan_send(large.console.system.wiring("plan_send"), SCHOOL, later)
    reached = large.tell(later, lambda chunk: Fact("delivered" if chunk.number == 1 else "bounced", "hard", large.now))[0]
    large.follow()
    console = large.console.system.wiring("console")
    for selection in (of(large.send) for of in MEANT[-3:]):
        left = [person.id for person in chosen(console, SCHOOL, selection, FromRoll(console, SCHOOL))]
        assert len(left) == first - sum(len(mail.accounts) for mail in reached.mails) > 0
        assert sorted(left) == sorted(p.id for p in chosen(console, SCHOOL, selection, FromDirectory(console, SCHOOL)))


def test_who_was_sent_a_link_recently_is_known_by_its_outline(large: Large, read: list[int]) -> None:
    large.turn(Random(5))
    large.follow()
    console = large.console.system.wiring("console")
    read.clear()
    counted = recent_sends(console, SCHOOL, 60, large.now)
    assert read == []
    assert counted == recent_sends(console, SCHOOL, 60, large.now, decides=True)
    assert read
    assert counted


def test_that_there_is_nobody_is_said_without_reading_its_ledger(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda _: Fact("delivered", None, large.now))
    for number in range(100, 300):
        large.console.system.wiring("operate").directory(SCHOOL).change(make_person(number).id, {"password_set_at": large.now})
    large.follow()
    read.clear()
    codes = {act: large.act(act).json_body["code"] for act in ("retry", "replan")}
    again = large.act("again", confirm=True)
    assert codes == {"retry": "nobody_failed", "replan": "nobody_changed"}
    assert (again.status_code, again.json_body["code"]) == (409, "nobody_left")
    assert read == []


@pytest.mark.parametrize("is_lost", [False, True], ids=["the stream is behind", "the stream has lost it"])
def test_who_failed_a_moment_ago_is_sent_it_again_all_the_same(large: Large, read: list[int], *, is_lost: bool) -> None:
    """Its outline does not know of it yet, and nobody is told that nobody's mail failed."""
    large.tell(large.send, lambda _: Fact("delivered", None, large.now))
    large.follow()
    failed = large.tell(large.send, lambda chunk: Fact("failed" if chunk.number == 3 else "delivered", None, large.now))[2]
    while is_lost and large.streams.take():
        pass
    read.clear()
    early = large.act("retry")
    assert (early.status_code, early.json_body["code"], read) == (503, "try_later", [])
    assert large.figures()["retries"] == []
    large.follow()
    again = large.act("retry")
    assert again.status_code == 202, again.json_body
    planned = plan_send(large.console.system.wiring("plan_send"), SCHOOL, again.json_body["id"])
    assert planned.total == sum(len(mail.accounts) for mail in failed.mails if mail.state == "failed") > 0


def test_a_large_retry_that_is_under_way_is_given_back_though_its_outline_is_behind(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda _: Fact("failed", "refused", large.now))
    large.follow()
    first = large.act("retry")
    assert is_large(plan_send(large.console.system.wiring("plan_send"), SCHOOL, first.json_body["id"]))
    large.follow()
    large.tell(first.json_body["id"], lambda chunk: Fact("sent", None, large.now) if chunk.number == 1 else None)
    read.clear()
    second = large.act("retry")
    assert (second.status_code, second.json_body["id"]) == (200, first.json_body["id"])
    assert read == []


def test_who_is_meant_is_not_known_until_it_has_an_outline(large: Large, read: list[int]) -> None:
    large.turn(Random(5))
    read.clear()
    early = large.act("again", dry_run=True)
    assert (early.status_code, early.json_body["code"], read) == (503, "try_later", [])
    large.follow()
    read.clear()
    known = large.act("again", dry_run=True)
    assert (known.status_code, known.json_body["total"] > 0, read) == (200, True, [])


@pytest.mark.parametrize("wanted", [{"state": "failed"}, {"q": "given17"}, {"q": "zzzz"}])
def test_without_an_outline_one_answer_looks_through_some_chunks_and_says_how_far(
    large: Large, read: list[int], wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latchkey.sends.list_recipients._READS", (2, 5))
    large.turn(Random(5))
    pages, query = list[Any](), dict(wanted)
    while not pages or pages[-1]["next"]:
        read.clear()
        pages.append(large.console.get(f"{SENDS}/{large.send}/recipients", limit="50", **query).json_body)
        assert len(read) <= 7
        query["cursor"] = pages[-1]["next"]
    looked = [page["looked"] for page in pages]
    assert looked == [*sorted(set(looked[:-1])), None]
    assert looked[0] > 0
    assert looked[-2] < 200
    with read_whole(monkeypatch):
        monkeypatch.setattr("latchkey.sends.list_recipients._READS", (10, 70))
        whole = large.rows(**wanted)
    assert [row for page in pages for row in page["items"]] == whole


def test_how_many_links_of_it_can_be_stopped_is_said_at_most(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda chunk: Fact("sent", None, large.now) if chunk.number == 1 else None)
    read.clear()
    found = large.console.get(f"{SENDS}/{large.send}/cancel").json_body
    assert (found["exact"], read) == (False, [])
    assert found["to_revoke"] > 0


class TestInvitations:
    """A large message of invitations to sixty mailboxes."""

    @pytest.fixture
    def invited(self, large: Large) -> list[str]:
        wiring, child = large.console.system.wiring("plan_send"), make_person(101).id
        wanted = [fresh(f"{number:032x}", f"mum{number}@x.example", [child], "contacts", large.now) for number in range(60)]
        wiring.invitations(SCHOOL).unite(wanted, large.now)
        made = Send(
            id=new_id(large.now),
            kind="parent_invitation",
            state="finished",
            origin="admin",
            created_at=large.now,
            created_by=HEAD,
            total=60,
            chunks=12,
            counts={"delivered": 60},
        )
        assert wiring.sends(SCHOOL).make(made)
        wiring.ledger(SCHOOL).write_chunks(_invitations(made, wanted[at : at + 5], at // 5 + 1) for at in range(0, 60, 5))
        wiring.outlines(SCHOOL).want(made, large.now)
        large.send = made.id
        large.follow()
        return [each.id for each in wanted]

    def use(self, large: Large, ids: Sequence[str]) -> None:
        store = large.console.system.wiring("console").invitations(SCHOOL)
        for found in store.by_ids(ids).values():
            table, write = store.used_of(found, large.now)
            table.update(write)

    def test_who_has_not_used_theirs_is_counted_by_the_outline(self, large: Large, invited: list[str], read: list[int]) -> None:
        self.use(large, invited[:45])
        large.follow()
        read.clear()
        assert large.act("again", dry_run=True).json_body["to_send"] == 15
        assert read == []
        assert large.act("again", confirm=True).status_code == 202
        assert read == []

    def test_once_all_are_used_nobody_is_left(self, large: Large, invited: list[str], read: list[int]) -> None:
        self.use(large, invited)
        large.follow()
        read.clear()
        answer = large.act("again", confirm=True)
        assert (answer.status_code, answer.json_body["code"], read) == (409, "nobody_left", [])

    def test_where_the_roll_is_behind_the_worker_finds_out(self, large: Large, invited: list[str]) -> None:
        self.use(large, invited)
        with metered(large.console) as found:
            assert large.act("again", confirm=True).status_code == 202
        assert sum(units for _, units in found) < 50, "not all invitations are read"

    def test_a_name_is_looked_for_in_some_chunks_an_answer(
        self, large: Large, invited: list[str], read: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("latchkey.sends.list_recipients._READS", (2, 5))
        read.clear()
        first = large.console.get(f"{SENDS}/{large.send}/recipients", q="mum59").json_body
        assert (first["items"], first["looked"], len(read)) == ([], 35, 7)
        second = large.console.get(f"{SENDS}/{large.send}/recipients", q="mum59", cursor=first["next"]).json_body
        assert [row["person"] for row in second["items"]] == invited[59:]
        assert (second["looked"], second["next"]) == (None, None)


def _invitations(send: Send, of: Sequence[Invitation], number: int) -> Chunk:
    accounts = [MailAccount(person=each.id, name="Mum", role="parent", login="", version=0, stamp="") for each in of]
    mails = tuple(Mail(to=each.email, accounts=(who,), state="delivered") for each, who in zip(of, accounts, strict=True))
    return Chunk(send=send.id, number=number, origin="admin", mail="parent_invitation", expires_at=9, mails=mails, state="done")
