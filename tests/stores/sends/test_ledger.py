"""The ledger: a chunk is leased by one, and counted once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import NotFound, TryLater
from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.ledger import GRACE
from latchkey.sends.model.send import Chunk, Mail, Send, Tally, with_state
from latchkey.sends.stores.items import pack_mails, unpack_mails
from latchkey.sends.stores.ledger import Ledger, SendStopped
from latchkey.sends.stores.sends import Sends
from latchkey.shared.model.ids import new_id
from tests.support.system import START, TestSystem

NOW = int(START)


def account(person: str, name: str = "Ann") -> MailAccount:
    return MailAccount(person=person, name=name, role="student", login="ann", version=1, stamp="abc")


def a_send(**facts: object) -> Send:
    given = {
        "id": new_id(),
        "kind": "password_link",
        "state": "running",
        "origin": "admin",
        "created_at": NOW,
        "created_by": "a" * 20,
    }
    return Send(**{**given, **facts})  # type: ignore[arg-type]


def a_chunk(send: Send, number: int = 1, people: int = 2) -> Chunk:
    mails = tuple(Mail(to=f"{each}@x.example", accounts=(account(f"{each}" * 20),), at=NOW) for each in range(people))
    return Chunk(send=send.id, number=number, origin=send.origin, mail="reset", expires_at=NOW + 99, mails=mails)


@pytest.fixture
def sends(system: TestSystem) -> Sends:
    return system.wiring("console").sends("northbridge")


@pytest.fixture
def ledger(system: TestSystem) -> Ledger:
    return system.wiring("console").ledger("northbridge")


def mail_all(ledger: Ledger, chunk: Chunk, state: str = "sent") -> None:
    leased = ledger.lease(chunk.send, chunk.number, NOW, 60)
    ledger.record(leased, [with_state(mail, state, None, NOW) for mail in leased.mails], NOW + 5)  # type: ignore[arg-type]


@given(
    st.lists(
        st.builds(
            Mail,
            to=st.text(max_size=20),
            accounts=st.lists(st.builds(account, st.text(max_size=5), st.text(max_size=30)), max_size=3).map(tuple),
            state=st.sampled_from(["planned", "sent", "failed"]),
            reason=st.none() | st.text(max_size=9),
            at=st.integers(0, 2**40),
            detail=st.text(max_size=9),
        ),
        max_size=5,
    ).map(tuple)
)
def test_mails_come_back_as_written(mails: tuple[Mail, ...]) -> None:
    assert unpack_mails(pack_mails(mails)) == mails


def test_a_small_send_is_written_with_its_chunk_or_not_at_all(sends: Sends, ledger: Ledger) -> None:
    send = a_send(origin="person", counts={"planned": 2}, total=2, chunks=1)
    assert sends.make_planned(send, [a_chunk(send)])
    mail_all(ledger, a_chunk(send))
    assert not sends.make_planned(send, [a_chunk(send)])
    assert [chunk.state for chunk in ledger.chunks(send.id)] == ["done"]


def test_a_lease_is_one_workers_until_it_ends_and_its_mails_wait_for_word_of_them(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    first = ledger.lease(send.id, 1, NOW, 60)
    assert (first.attempt, [mail.state for mail in first.mails]) == (1, ["planned", "planned"])
    stored = ledger.chunk(send.id, 1)
    assert stored is not None
    assert [mail.state for mail in stored.mails] == ["sending", "sending"]
    with pytest.raises(TryLater, match="Another worker has this chunk"):
        ledger.lease(send.id, 1, NOW + 59, 60)
    with pytest.raises(TryLater, match="waiting for SES"):
        ledger.lease(send.id, 1, NOW + GRACE - 1, 60)
    second = ledger.lease(send.id, 1, NOW + GRACE, 60)
    assert (second.attempt, [mail.state for mail in second.mails]) == (2, ["planned", "planned"])
    with pytest.raises(NotFound):
        ledger.lease(send.id, 2, NOW, 60)
    after = sends.get(send.id)
    assert after is not None
    assert after.counts == {"planned": 0, "sending": 2}


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_nothing_of_a_stopped_send_is_taken(sends: Sends, ledger: Ledger, state: str) -> None:
    send = a_send(state=state, counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    with pytest.raises(SendStopped) as stopped:
        ledger.lease(send.id, 1, NOW, 60)
    assert stopped.value.state == state
    untouched = ledger.chunk(send.id, 1)
    assert untouched is not None
    assert [mail.state for mail in untouched.mails] == ["planned", "planned"]


def test_results_and_counters_move_together_and_the_last_chunk_finishes_the_send(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 4, "skipped": 1}, total=5, chunks=3)
    sends.make(send)
    ledger.write_chunks([a_chunk(send, 1), a_chunk(send, 2)])
    mail_all(ledger, a_chunk(send, 2))
    half = sends.get(send.id)
    assert half is not None
    assert (half.state, half.counts, half.done) == ("running", {"planned": 2, "sending": 0, "skipped": 1, "sent": 2}, 3)
    mail_all(ledger, a_chunk(send, 1), "failed")
    done = sends.get(send.id)
    assert done is not None
    assert (done.state, done.finished_at, done.done) == ("finished", NOW + 5, 5)
    assert done.counts == {"planned": 0, "sending": 0, "skipped": 1, "sent": 2, "failed": 2}
    assert ledger.lease(send.id, 1, NOW + 999, 60) == ledger.chunk(send.id, 1)
    assert ledger.lease(send.id, 1, NOW + 999, 60).state == "done"


def test_a_part_is_recorded_and_the_rest_can_be_leased_at_once(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    leased = ledger.lease(send.id, 1, NOW, 60)
    first, second = leased.mails
    assert ledger.record(leased, [with_state(first, "sent", None, NOW), second], NOW).state == "planned"
    again = ledger.lease(send.id, 1, NOW, 60)
    assert [mail.state for mail in again.mails] == ["sent", "planned"]
    ledger.record(again, again.mails, NOW)
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.counts) == ("running", {"planned": 1, "sending": 0, "sent": 1})


def test_whoever_lost_the_lease_still_tells_what_it_sent_and_gives_nothing_back_twice(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    slow = ledger.lease(send.id, 1, NOW, 60)
    quick = ledger.lease(send.id, 1, NOW + GRACE, 60)
    left = ledger.record(slow, [with_state(slow.mails[0], "sent", None, NOW), slow.mails[1]], NOW + GRACE + 1)
    assert [mail.state for mail in left.mails] == ["sent", "sending"]
    assert left.lease_until == NOW + GRACE + 60
    done = ledger.record(quick, [with_state(mail, "sent", None, NOW) for mail in quick.mails], NOW + GRACE + 2)
    assert done.state == "done"
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.counts) == ("finished", {"planned": 0, "sending": 0, "sent": 2})
    assert after.tally == Tally(out=2)


def test_a_send_that_stops_while_it_is_delivered_is_counted_but_not_finished(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    leased = ledger.lease(send.id, 1, NOW, 60)
    sends._change(send, {"state": "cancelled"}, [])
    done = ledger.record(leased, [with_state(leased.mails[0], "sent", None, NOW), leased.mails[1]], NOW)
    assert ([mail.state for mail in done.mails], done.state) == (["sent", "cancelled"], "done")
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.finished_at) == ("cancelled", None)
    assert after.counts == {"planned": 0, "sending": 0, "sent": 1, "cancelled": 1}


def test_a_mail_without_an_answer_is_sent_again_only_after_the_grace_period(sends: Sends, ledger: Ledger) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    ledger.write_chunks([a_chunk(send)])
    leased = ledger.lease(send.id, 1, NOW, 60)
    ledger.record(leased, [with_state(leased.mails[0], "sending", None, NOW), leased.mails[1]], NOW)
    again = ledger.lease(send.id, 1, NOW + 1, 60)
    assert [mail.state for mail in again.mails] == ["sending", "planned"]
    ledger.record(again, [again.mails[0], with_state(again.mails[1], "sent", None, NOW)], NOW + 2)
    with pytest.raises(TryLater):
        ledger.lease(send.id, 1, NOW + GRACE - 1, 60)
    last = ledger.lease(send.id, 1, NOW + GRACE, 60)
    assert [mail.state for mail in last.mails] == ["planned", "sent"]


def test_results_of_no_send_are_refused(ledger: Ledger) -> None:
    send = a_send()
    ledger.write_chunks([a_chunk(send)])
    with pytest.raises(NotFound):
        mail_all(ledger, a_chunk(send))


def test_chunks_are_read_in_pages_and_stale_ones_emptied(ledger: Ledger) -> None:
    send = a_send()
    ledger.write_chunks(a_chunk(send, number) for number in range(1, 13))
    first, cursor = ledger.chunk_page(send.id)
    assert [chunk.number for chunk in first] == list(range(1, 11))
    rest, end = ledger.chunk_page(send.id, after=cursor or 0)
    assert [chunk.number for chunk in rest] == [11, 12]
    assert end is None
    ledger.empty_after(send, 10)
    assert [len(chunk.mails) for chunk in ledger.chunks(send.id)] == [2] * 10 + [0, 0]
    assert {chunk.state for chunk in ledger.chunks(send.id) if not chunk.mails} == {"done"}
