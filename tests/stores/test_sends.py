"""Sends and their ledger: planned once, leased by one, counted once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.model.ids import new_id
from latchkey.model.sends import Account, Chunk, Mail, Selection, Send, with_state
from latchkey.stores.dynamo import ConditionFailed
from latchkey.stores.sends import Sends, pack_mails, unpack_mails
from tests.support.system import START, TestSystem

NOW = int(START)


def account(person: str, name: str = "Ann") -> Account:
    return Account(person=person, name=name, role="student", login="ann", version=1, stamp="abc")


def a_send(**facts: object) -> Send:
    given = {
        "id": new_id(),
        "kind": "password_link",
        "state": "running",
        "listed": True,
        "created_at": NOW,
        "created_by": "a" * 20,
    }
    return Send(**{**given, **facts})  # type: ignore[arg-type]


def a_chunk(send: Send, number: int = 1, people: int = 2) -> Chunk:
    mails = tuple(Mail(to=f"{each}@x.example", accounts=(account(f"{each}" * 20),), at=NOW) for each in range(people))
    return Chunk(send=send.id, number=number, listed=send.listed, mail="reset", expires_at=NOW + 99, mails=mails)


@pytest.fixture
def sends(system: TestSystem) -> Sends:
    return system.wiring("console").sends("northbridge")


def mail_all(sends: Sends, chunk: Chunk, state: str = "sent") -> None:
    leased = sends.lease(chunk.send, chunk.number, NOW, 60)
    done = replace(leased, mails=tuple(with_state(mail, state, None, NOW) for mail in leased.mails), state="done")  # type: ignore[arg-type]
    sends.record(done, leased.counts(), NOW + 5)


@given(
    st.lists(
        st.builds(
            Mail,
            to=st.text(max_size=20),
            accounts=st.lists(st.builds(account, st.text(max_size=5), st.text(max_size=30)), max_size=3).map(tuple),
            state=st.sampled_from(["planned", "sent", "failed"]),
            reason=st.none() | st.text(max_size=9),
            at=st.integers(0, 2**40),
        ),
        max_size=5,
    ).map(tuple)
)
def test_mails_come_back_as_written(mails: tuple[Mail, ...]) -> None:
    assert unpack_mails(pack_mails(mails)) == mails


def test_a_send_comes_back_as_written_and_is_made_once(system: TestSystem, sends: Sends) -> None:
    send = a_send(selection=Selection(filter={"role": "student"}), counts={"planned": 1}, total=1, state="queued")
    assert sends.make(send)
    assert sends.get(send.id) == send
    assert not sends.make(replace(send, total=9))
    assert sends.get(send.id, listed=False) is None
    assert system.wiring("console").sends("southgate").get(send.id) is None


def test_sends_are_listed_newest_first_in_pages(sends: Sends) -> None:
    made = [a_send(id=f"{number:026d}") for number in range(5)]
    for send in made:
        sends.make(send)
    sends.make(a_send(listed=False))
    first, cursor = sends.page(limit=3)
    rest, end = sends.page(after=cursor, limit=3)
    assert [send.id for send in first + rest] == [send.id for send in reversed(made)]
    assert end is None


def test_a_send_is_planned_by_one_worker_at_a_time(sends: Sends) -> None:
    send = a_send(state="queued")
    sends.make(send)
    sends.start_planning(send, NOW, 60)
    with pytest.raises(ConditionFailed):
        sends.start_planning(send, NOW + 59, 60)
    sends.start_planning(send, NOW + 60, 60)
    sends.change(send, {"state": "running"}, [("state", "=", "queued")])
    with pytest.raises(ConditionFailed):
        sends.start_planning(send, NOW + 999, 60)


def test_a_small_send_is_written_with_its_chunk_or_not_at_all(sends: Sends) -> None:
    send = a_send(listed=False, counts={"planned": 2}, total=2, chunks=1)
    assert sends.make_planned(send, [a_chunk(send)])
    mail_all(sends, a_chunk(send))
    assert not sends.make_planned(send, [a_chunk(send)])
    assert [chunk.state for chunk in sends.chunks(send.id)] == ["done"]


def test_a_lease_is_one_workers_until_it_ends(sends: Sends) -> None:
    send = a_send()
    sends.write_chunks([a_chunk(send)])
    assert sends.lease(send.id, 1, NOW, 60).attempt == 1
    with pytest.raises(ConditionFailed) as taken:
        sends.lease(send.id, 1, NOW + 59, 60)
    assert taken.value.item is not None
    assert taken.value.item["state"] == "sending"
    assert sends.lease(send.id, 1, NOW + 60, 60).attempt == 2
    with pytest.raises(ConditionFailed) as missing:
        sends.lease(send.id, 2, NOW, 60)
    assert missing.value.item is None


def test_results_and_counters_move_together_and_the_last_chunk_finishes_the_send(sends: Sends) -> None:
    send = a_send(counts={"planned": 4, "skipped": 1}, total=5, chunks=3)
    sends.make(send)
    sends.write_chunks([a_chunk(send, 1), a_chunk(send, 2)])
    mail_all(sends, a_chunk(send, 2))
    half = sends.get(send.id)
    assert half is not None
    assert (half.state, half.counts, half.done) == ("running", {"planned": 2, "skipped": 1, "sent": 2}, 3)
    mail_all(sends, a_chunk(send, 1), "failed")
    done = sends.get(send.id)
    assert done is not None
    assert (done.state, done.finished_at, done.done) == ("finished", NOW + 5, 5)
    assert done.counts == {"planned": 0, "skipped": 1, "sent": 2, "failed": 2}
    with pytest.raises(ConditionFailed) as finished:
        sends.lease(send.id, 1, NOW + 999, 60)
    assert finished.value.item is not None
    assert finished.value.item["state"] == "done"


def test_a_part_is_recorded_and_the_rest_can_be_leased_at_once(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    leased = sends.lease(send.id, 1, NOW, 60)
    first, second = leased.mails
    sends.record(replace(leased, mails=(with_state(first, "sent", None, NOW), second), state="planned"), leased.counts(), NOW)
    again = sends.lease(send.id, 1, NOW, 60)
    assert [mail.state for mail in again.mails] == ["sent", "planned"]
    sends.record(replace(again, state="planned"), again.counts(), NOW)
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.counts) == ("running", {"planned": 1, "sent": 1})


def test_whoever_lost_the_lease_counts_nothing(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    slow = sends.lease(send.id, 1, NOW, 60)
    quick = sends.lease(send.id, 1, NOW + 61, 60)
    done = tuple(with_state(mail, "sent", None, NOW) for mail in quick.mails)
    sends.record(replace(quick, mails=done, state="done"), quick.counts(), NOW)
    for result in (replace(slow, mails=done, state="done"), replace(slow, state="planned")):
        with pytest.raises(ConditionFailed):
            sends.record(result, slow.counts(), NOW)
    after = sends.get(send.id)
    assert after is not None
    assert after.counts == {"planned": 0, "sent": 2}


def test_a_stopped_send_is_counted_but_not_finished(sends: Sends) -> None:
    send = a_send(state="cancelled", counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    mail_all(sends, a_chunk(send))
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.finished_at, after.counts["sent"]) == ("cancelled", None, 2)


def test_results_of_no_send_are_refused(sends: Sends) -> None:
    send = a_send()
    sends.write_chunks([a_chunk(send)])
    with pytest.raises(ConditionFailed):
        mail_all(sends, a_chunk(send))


def test_chunks_are_read_in_pages_and_stale_ones_emptied(sends: Sends) -> None:
    send = a_send()
    sends.write_chunks(a_chunk(send, number) for number in range(1, 13))
    first, cursor = sends.chunk_page(send.id)
    assert [chunk.number for chunk in first] == list(range(1, 11))
    rest, end = sends.chunk_page(send.id, after=cursor or 0)
    assert [chunk.number for chunk in rest] == [11, 12]
    assert end is None
    sends.empty_after(send, 10)
    assert [len(chunk.mails) for chunk in sends.chunks(send.id)] == [2] * 10 + [0, 0]
    assert {chunk.state for chunk in sends.chunks(send.id) if not chunk.mails} == {"done"}
