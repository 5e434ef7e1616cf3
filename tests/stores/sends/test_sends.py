"""Sends and their ledger: planned once, leased by one, counted once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import TryLater
from latchkey.mail.model.account import Account
from latchkey.sends.model.ledger import GRACE
from latchkey.sends.model.send import Chunk, Mail, Selection, Send, Tally, with_state
from latchkey.sends.stores.items import pack_mails, unpack_mails
from latchkey.sends.stores.sends import Sends, SendStopped
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.dynamo import ConditionFailed
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
    sends.record(leased, [with_state(mail, state, None, NOW) for mail in leased.mails], NOW + 5)  # type: ignore[arg-type]


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


def test_a_lease_is_one_workers_until_it_ends_and_its_mails_wait_for_word_of_them(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    first = sends.lease(send.id, 1, NOW, 60)
    assert (first.attempt, [mail.state for mail in first.mails]) == (1, ["planned", "planned"])
    stored = sends.chunk(send.id, 1)
    assert stored is not None
    assert [mail.state for mail in stored.mails] == ["sending", "sending"]
    with pytest.raises(ConditionFailed) as taken:
        sends.lease(send.id, 1, NOW + 59, 60)
    assert taken.value.item is not None
    assert taken.value.item["state"] == "sending"
    with pytest.raises(TryLater):
        sends.lease(send.id, 1, NOW + GRACE - 1, 60)
    second = sends.lease(send.id, 1, NOW + GRACE, 60)
    assert (second.attempt, [mail.state for mail in second.mails]) == (2, ["planned", "planned"])
    with pytest.raises(ConditionFailed) as missing:
        sends.lease(send.id, 2, NOW, 60)
    assert missing.value.item is None
    after = sends.get(send.id)
    assert after is not None
    assert after.counts == {"planned": 0, "sending": 2}


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_nothing_of_a_stopped_send_is_taken(sends: Sends, state: str) -> None:
    send = a_send(state=state, counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    with pytest.raises(SendStopped) as stopped:
        sends.lease(send.id, 1, NOW, 60)
    assert stopped.value.state == state
    untouched = sends.chunk(send.id, 1)
    assert untouched is not None
    assert [mail.state for mail in untouched.mails] == ["planned", "planned"]


def test_results_and_counters_move_together_and_the_last_chunk_finishes_the_send(sends: Sends) -> None:
    send = a_send(counts={"planned": 4, "skipped": 1}, total=5, chunks=3)
    sends.make(send)
    sends.write_chunks([a_chunk(send, 1), a_chunk(send, 2)])
    mail_all(sends, a_chunk(send, 2))
    half = sends.get(send.id)
    assert half is not None
    assert (half.state, half.counts, half.done) == ("running", {"planned": 2, "sending": 0, "skipped": 1, "sent": 2}, 3)
    mail_all(sends, a_chunk(send, 1), "failed")
    done = sends.get(send.id)
    assert done is not None
    assert (done.state, done.finished_at, done.done) == ("finished", NOW + 5, 5)
    assert done.counts == {"planned": 0, "sending": 0, "skipped": 1, "sent": 2, "failed": 2}
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
    assert sends.record(leased, [with_state(first, "sent", None, NOW), second], NOW).state == "planned"
    again = sends.lease(send.id, 1, NOW, 60)
    assert [mail.state for mail in again.mails] == ["sent", "planned"]
    sends.record(again, again.mails, NOW)
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.counts) == ("running", {"planned": 1, "sending": 0, "sent": 1})


def test_whoever_lost_the_lease_still_tells_what_it_sent_and_gives_nothing_back_twice(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    slow = sends.lease(send.id, 1, NOW, 60)
    quick = sends.lease(send.id, 1, NOW + GRACE, 60)
    left = sends.record(slow, [with_state(slow.mails[0], "sent", None, NOW), slow.mails[1]], NOW + GRACE + 1)
    assert [mail.state for mail in left.mails] == ["sent", "sending"]
    assert left.lease_until == NOW + GRACE + 60
    done = sends.record(quick, [with_state(mail, "sent", None, NOW) for mail in quick.mails], NOW + GRACE + 2)
    assert done.state == "done"
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.counts) == ("finished", {"planned": 0, "sending": 0, "sent": 2})
    assert after.tally == Tally(out=2)


def test_a_send_that_stops_while_it_is_delivered_is_counted_but_not_finished(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    leased = sends.lease(send.id, 1, NOW, 60)
    sends.change(send, {"state": "cancelled"}, [("state", "=", "running")])
    done = sends.record(leased, [with_state(leased.mails[0], "sent", None, NOW), leased.mails[1]], NOW)
    assert ([mail.state for mail in done.mails], done.state) == (["sent", "cancelled"], "done")
    after = sends.get(send.id)
    assert after is not None
    assert (after.state, after.finished_at) == ("cancelled", None)
    assert after.counts == {"planned": 0, "sending": 0, "sent": 1, "cancelled": 1}


def test_a_mail_without_an_answer_is_sent_again_only_after_the_grace_period(sends: Sends) -> None:
    send = a_send(counts={"planned": 2}, total=2, chunks=1)
    sends.make(send)
    sends.write_chunks([a_chunk(send)])
    leased = sends.lease(send.id, 1, NOW, 60)
    sends.record(leased, [with_state(leased.mails[0], "sending", None, NOW), leased.mails[1]], NOW)
    again = sends.lease(send.id, 1, NOW + 1, 60)
    assert [mail.state for mail in again.mails] == ["sending", "planned"]
    sends.record(again, [again.mails[0], with_state(again.mails[1], "sent", None, NOW)], NOW + 2)
    with pytest.raises(TryLater):
        sends.lease(send.id, 1, NOW + GRACE - 1, 60)
    last = sends.lease(send.id, 1, NOW + GRACE, 60)
    assert [mail.state for mail in last.mails] == ["planned", "sent"]


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
