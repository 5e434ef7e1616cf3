"""Files of events, as Firehose writes them and S3 announces them: read once or twice, damaged, gone, busy, and short of time."""

import gzip
import io
import json
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

import mail_feedback.handler as door
from latchkey.mail.model.account import MailAccount
from latchkey.sends import read_event_file
from latchkey.sends.model.send import Chunk, Mail, Send, with_state
from tests.support.memory_world import MemoryS3, MemoryWorld
from tests.support.ses_events import event
from tests.support.sqs import Context, event_of, s3_message

SLUG, SEND, BUCKET = "northbridge", "0" * 26, "deliveries_bucket"
KEY = "arrived/2026/11/27/10/latchkey-DeliveriesStream-x 1.gz"


class Town:
    """A running send whose mails SES has taken, and the bucket of files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, people: int = 100) -> None:
        self.world = MemoryWorld(s3=Bucket())
        self.people = people
        self.now = int(self.world.now)
        console = self.world.wiring("console")
        mails = [
            Mail(
                to=f"p{number}@x.example",
                accounts=(MailAccount(person=f"{number:020d}", name="A", role="student", login="a", version=0, stamp="s"),),
                at=self.now,
            )
            for number in range(people)
        ]
        chunks = [
            Chunk(
                send=SEND,
                number=number,
                origin="admin",
                mail="reset",
                expires_at=self.now + 9_999,
                mails=tuple(mails[number * 50 - 50 : number * 50]),
            )
            for number in range(1, (people - 1) // 50 + 2)
        ]
        send = Send(
            id=SEND, kind="password_link", state="running", origin="admin", created_at=self.now, created_by="a" * 20, total=people
        )
        console.sends(SLUG).make(send)
        console.sends(SLUG)._change(send, {"counts": {"planned": people}, "chunks": len(chunks), "open": people}, [])
        self.chunks = console.ledger(SLUG)
        self.chunks.write_chunks(chunks)
        for chunk in chunks:
            work = self.chunks.lease(SEND, chunk.number, self.now, 60)
            self.chunks.record(work, [with_state(mail, "sent", None, self.now) for mail in work.mails], self.now)
        monkeypatch.setattr(door, "system", lambda: self.wiring)
        self.wiring = self.world.wiring("mail_feedback")

    def events(self) -> list[str]:
        return [
            event("Delivery", [f"p{number}@x.example"], self.now + 5, send=SEND, chunk=number // 50 + 1)
            for number in range(self.people)
        ]

    def put(self, events: Sequence[str], key: str = KEY) -> None:
        self.world.s3.objects[f"{BUCKET}/{key}"] = gzip.compress("".join(events).encode())

    def hear(self, *bodies: Any, context: Context | None = None) -> list[str]:
        """The bodies of the messages that come again."""
        told = event_of(bodies or [s3_message(BUCKET, KEY)], "DELIVERIES_QUEUE")
        again = {each["itemIdentifier"] for each in door.handle(told, context or Context(60))["batchItemFailures"]}
        return [each["body"] for each in told["Records"] if each["messageId"] in again]

    def states(self) -> list[str]:
        return [mail.state for chunk in self.stored() for mail in chunk.mails]

    def stored(self) -> list[Chunk]:
        found = [self.chunks.chunk(SEND, number) for number in range(1, (self.people - 1) // 50 + 2)]
        return [chunk for chunk in found if chunk is not None]


class Bucket(MemoryS3):
    """A bucket that may refuse to be read, to lose its connection, or to be deleted from."""

    refuses: Exception | None = None
    keeps: Exception | None = None
    breaks: bool = False

    def get_object(self, **request: Any) -> dict[str, Any]:
        if self.refuses:
            raise self.refuses
        answer = super().get_object(**request)
        return {"Body": _Lost(answer["Body"].read(100))} if self.breaks else answer

    def delete_object(self, **request: Any) -> dict[str, Any]:
        if self.keeps:
            raise self.keeps
        return super().delete_object(**request)


class _Lost(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        if found := super().read(size):
            return found
        raise ReadTimeoutError(endpoint_url="https://s3.test")


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return Town(monkeypatch)


def test_a_file_is_written_down_once_a_chunk_and_deleted(town: Town) -> None:
    before = [chunk.revision for chunk in town.stored()]
    town.put(town.events())
    assert town.hear() == []
    assert town.states() == ["delivered"] * 100
    assert [chunk.revision for chunk in town.stored()] == [revision + 1 for revision in before]
    assert town.world.s3.objects == {}


def test_a_file_that_is_announced_again_is_done(town: Town) -> None:
    town.put(town.events())
    twice = s3_message(BUCKET, KEY)
    assert town.hear(twice) == []
    assert town.hear(twice) == []
    assert town.states() == ["delivered"] * 100


def test_a_file_that_comes_again_and_out_of_order_changes_nothing(town: Town) -> None:
    events = town.events()
    bounced = event("Bounce", ["p0@x.example"], town.now + 9, send=SEND)
    town.put([bounced, *events])
    town.hear()
    after = town.stored()
    town.put([*reversed(events), *events])
    assert town.hear() == []
    assert town.states() == ["bounced"] + ["delivered"] * 99
    assert [chunk.revision for chunk in town.stored()] == [chunk.revision for chunk in after]


def test_what_is_rubbish_in_a_file_stops_no_other_event(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    events = town.events()
    town.put([events[0][:300], "{}", *events[1:50], "\x00", event("Open", ["p0@x.example"], 1, send=SEND), *events[50:]])
    assert town.hear() == []
    assert town.states() == ["sent"] + ["delivered"] * 99
    assert town.world.s3.objects == {}
    (said,) = (record.__dict__ for record in caplog.records if record.message == "took a file of feedback")
    assert (said["unusable"], said["delivered"]) == (3, 99), "of a record that is cut off, what follows it is lost up to the next"
    assert "x.example" not in repr(said)


@pytest.mark.parametrize("kept", [0.9, -1])
def test_a_damaged_file_is_read_as_far_as_it_goes_and_stays_for_a_person(town: Town, kept: float) -> None:
    town.put(town.events())
    (place,) = town.world.s3.objects
    data = town.world.s3.objects[place]
    town.world.s3.objects[place] = data[:-1] if kept == -1 else data[: int(len(data) * kept)]
    assert len(town.hear()) == 1
    assert town.states().count("delivered") > (99 if kept == -1 else 50)
    assert place in town.world.s3.objects


@pytest.mark.parametrize("code", ["AccessDenied", "KMS.DisabledException", "SlowDown", "NoSuchBucket"])
def test_a_file_that_cannot_be_read_comes_again_and_is_not_taken_for_one_that_is_gone(town: Town, code: str) -> None:
    town.put(town.events())
    town.world.s3.refuses = ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")
    assert len(town.hear()) == 1
    town.world.s3.refuses = None
    assert town.hear() == []
    assert town.states() == ["delivered"] * 100


def test_a_connection_that_breaks_costs_another_try(town: Town) -> None:
    town.put(town.events())
    town.world.s3.breaks = True
    assert len(town.hear()) == 1
    town.world.s3.breaks = False
    assert town.hear() == []
    assert town.states() == ["delivered"] * 100


def test_a_file_that_cannot_be_deleted_comes_again(town: Town) -> None:
    town.put(town.events())
    town.world.s3.keeps = ClientError({"Error": {"Code": "SlowDown", "Message": "no"}}, "DeleteObject")
    assert len(town.hear()) == 1
    town.world.s3.keeps = None
    assert town.hear() == []
    assert town.world.s3.objects == {}


def test_without_time_the_rest_of_a_file_comes_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_event_file, "_AT_ONCE", 50)
    town.put(town.events())
    clock = iter([60.0, 19.0])  # when it begins, and after the first chunk
    monkeypatch.setattr(door, "_left", lambda _: next(clock))
    assert len(town.hear()) == 1
    assert sorted(town.states()) == ["delivered"] * 50 + ["sent"] * 50
    assert len(town.world.s3.objects) == 1
    monkeypatch.setattr(door, "_left", lambda _: 60.0)
    assert town.hear() == []
    assert town.states() == ["delivered"] * 100


def test_a_busy_chunk_brings_its_file_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from latchkey.errors import TryLater
    from latchkey.sends.stores.ledger import Ledger

    amend = Ledger.amend

    def busy(ledger: Ledger, send: str, number: int, *more: Any) -> Chunk:
        if number == 1:
            raise TryLater
        return amend(ledger, send, number, *more)

    monkeypatch.setattr(Ledger, "amend", busy)
    town.put(town.events())
    assert len(town.hear()) == 1
    assert town.states() == ["sent"] * 50 + ["delivered"] * 50
    monkeypatch.setattr(Ledger, "amend", amend)
    assert town.hear() == []
    assert town.states() == ["delivered"] * 100


def test_messages_of_both_kinds_in_one_batch_are_all_taken(town: Town) -> None:
    """Redriven events that Firehose did not take, files, and S3's try whether the queue is there."""
    events = town.events()
    town.put(events[2:])
    trial = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}
    assert town.hear(events[0], s3_message(BUCKET, KEY), trial, events[1], context=Context(200)) == []
    assert town.states() == ["delivered"] * 100


def test_a_file_of_another_bucket_is_not_read(town: Town) -> None:
    town.put(town.events())
    foreign = s3_message("elsewhere", KEY)
    assert town.hear(foreign) == [json.dumps(foreign)]
    assert town.states() == ["sent"] * 100


def test_an_event_that_speaks_of_s3_is_an_event(town: Town) -> None:
    odd = json.loads(town.events()[0])
    odd["detail"]["mail"]["commonHeaders"]["subject"] = 'The "aws:s3" lesson'
    odd["account"] = "aws:s3"
    assert town.hear(json.dumps(odd)) == []
    assert town.states() == ["delivered"] + ["sent"] * 99


def test_a_large_file_is_never_in_memory_whole(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve megabytes of events in a small file; five hundred at a time are kept."""
    monkeypatch.setattr(read_event_file, "PART", 500)
    monkeypatch.setattr(read_event_file, "record_told", lambda *_: None)
    packed = io.BytesIO()
    one = town.events()[0]
    with gzip.open(packed, "wb", compresslevel=1) as file:
        for _ in range(12):
            file.write((one * (1024 * 1024 // len(one))).encode())
    town.world.s3.objects[f"{BUCKET}/{KEY}"] = packed.getvalue()
    tracemalloc.start()
    try:
        assert town.hear() == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 1024 * 1024
