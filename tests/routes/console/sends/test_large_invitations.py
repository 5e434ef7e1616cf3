"""A large message of invitations: who has not used theirs, and whom a name means, without reading all of it."""

from collections.abc import Sequence

import pytest

from latchkey.invitations.model.invitation import Invitation, fresh
from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.shared.model.ids import new_id
from tests.support.console import HEAD, Console, make_person
from tests.support.costs import SCHOOL, metered
from tests.support.large_send import SENDS, Large, numbers_read


@pytest.fixture
def large(console: Console, monkeypatch: pytest.MonkeyPatch) -> Large:
    return Large(console, monkeypatch)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    return numbers_read(monkeypatch)


@pytest.fixture
def invited(large: Large) -> list[str]:
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


def use(large: Large, ids: Sequence[str]) -> None:
    store = large.console.system.wiring("console").invitations(SCHOOL)
    for found in store.by_ids(ids).values():
        table, write = store.used_of(found, large.now)
        table.update(write)


def test_who_has_not_used_theirs_is_counted_by_the_outline(large: Large, invited: list[str], read: list[int]) -> None:
    use(large, invited[:45])
    large.follow()
    read.clear()
    assert large.act("again", dry_run=True).json_body["to_send"] == 15
    assert read == []
    assert large.act("again", confirm=True).status_code == 202
    assert read == []


def test_once_all_are_used_nobody_is_left(large: Large, invited: list[str], read: list[int]) -> None:
    use(large, invited)
    large.follow()
    read.clear()
    answer = large.act("again", confirm=True)
    assert (answer.status_code, answer.json_body["code"], read) == (409, "nobody_left", [])


def test_where_the_roll_is_behind_the_worker_finds_out(large: Large, invited: list[str]) -> None:
    use(large, invited)
    with metered(large.console) as found:
        assert large.act("again", confirm=True).status_code == 202
    assert sum(units for _, units in found) < 50, "not all invitations are read"


def test_a_name_is_looked_for_in_some_chunks_an_answer(
    large: Large, invited: list[str], read: list[int], monkeypatch: pytest.MonkeyPatch
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
