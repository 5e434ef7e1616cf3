"""The last mails of a send that its brake has paused: nothing is left to do, so it is finished."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from latchkey.sends.model.send import Chunk, Mail, Send, with_state
from latchkey.sends.stores.ledger import Ledger
from latchkey.sends.stores.sends import Sends
from latchkey.shared.stores.dynamo import Table
from tests.stores.sends.test_ledger import NOW, a_chunk, a_send
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.system import running_system


@pytest.fixture(params=["memory", "moto"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[Sends, Ledger]]:
    if request.param == "memory":
        client = MemoryDynamo()
        table = Table(client, "activity")
        yield Sends(client, table, "northbridge"), Ledger(client, table, "northbridge")
        return
    with running_system(moto=True) as system:
        wiring = system.wiring("deliver_links")
        yield wiring.sends("northbridge"), wiring.ledger("northbridge")


def in_hand(stores: tuple[Sends, Ledger]) -> tuple[Send, Chunk]:
    """A send whose two mails a worker has."""
    sends, ledger = stores
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    return send, ledger.lease(send.id, 1, NOW, 60)


def state_of(sends: Sends, send: Send) -> tuple[str, str | None, int | None]:
    found = sends.get(send.id)
    assert found is not None
    return found.state, found.reason, found.finished_at


@pytest.mark.parametrize("reason", ["brake_bounces", "brake_complaints", "brake_school_bounces"])
def test_a_braked_send_is_finished_with_its_last_mail(stores: tuple[Sends, Ledger], reason: str) -> None:
    sends, ledger = stores
    send, work = in_hand(stores)
    sends._change(send, {"state": "paused", "reason": reason}, [])
    first, second = (with_state(mail, "sent", None, NOW) for mail in work.mails)
    ledger.record(work, [first, work.mails[1]], NOW)
    assert state_of(sends, send) == ("paused", reason, None)
    ledger.amend(send.id, 1, lambda chunk: _all(chunk, second), NOW + 9)
    assert state_of(sends, send) == ("finished", None, NOW + 9)


def test_what_an_admin_has_paused_waits_for_them(stores: tuple[Sends, Ledger]) -> None:
    sends, ledger = stores
    send, work = in_hand(stores)
    sends._change(send, {"state": "paused"}, [])
    ledger.record(work, [with_state(mail, "sent", None, NOW) for mail in work.mails], NOW)
    assert state_of(sends, send) == ("paused", None, None)


def test_a_cancelled_send_stays_cancelled_with_its_last_mail(stores: tuple[Sends, Ledger]) -> None:
    sends, ledger = stores
    send, work = in_hand(stores)
    sends._change(send, {"state": "cancelled"}, [])
    ledger.record(work, [with_state(mail, "sent", None, NOW) for mail in work.mails], NOW)
    assert state_of(sends, send) == ("cancelled", None, None)


def _all(chunk: Chunk, mail: Mail) -> Chunk:
    return replace(chunk, mails=tuple(each.with_fact(mail.fact) for each in chunk.mails))
