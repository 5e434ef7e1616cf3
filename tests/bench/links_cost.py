"""Everything that a send costs beside SES's own price, counted: planning, delivery, what SES tells afterwards, and the roll.

The send of tests/faults is run on a calm day, by the workers that the template deploys, on a simulated clock: tables take 3 to
20 ms, SES 50 to 400. Then SES tells that each mail was sent, if the template asks for that, and that it was delivered, 1 to 10
seconds later; the events go through the template's rules, Firehose's stream with its buffer, files, queues and batching windows
to the deployed handlers. Write and read units are those of the items written, invocations and requests are counted, time of
Lambda is the simulated time from begin to end of each invocation, waiting included, and our logs are their bytes.

What is left out: mails that bounce; what stands still (empty receives of queues, alarms, custom metrics); SES's events to
EventBridge, which is free for AWS services' own events and would be $1 a million otherwise; cancelled transactions, which two
workers cause rarely.
"""

import gzip
import io
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any
from unittest.mock import patch

from infra.demo_names import FAMILY, GIVEN
from latchkey.people.model.person import Person
from latchkey.roll.keep_roll import renew
from latchkey.settings import NEEDS, Settings
from latchkey.wiring import Wiring
from tests.bench.bars import Row, row
from tests.bench.links_rate import CALM, PROMPT, memory_of, share_of, workers
from tests.bench.units import Metered
from tests.faults import world as faults
from tests.faults.world import ENVIRONMENT, World
from tests.support import sam, ses_events
from tests.support.memory_world import MemoryS3
from tests.support.rules import targets
from tests.support.sqs import event_of, s3_message

# List prices in us-east-1, $: on-demand write and read units of DynamoDB, requests of SQS and Lambda, all per million; a
# gigabyte-second of Lambda on arm64; a gigabyte of logs taken in; 10,000 calls of KMS; a million objects put into S3, and read;
# a gigabyte that Firehose takes in, each record rounded up to 5 kB. A file costs a call of KMS to write and one to read: that is
# the most, as S3 keeps a bucket's key for a while.
WRITE, READ, SQS, INVOCATION = 0.625, 0.125, 0.40, 0.20
GB_SECOND, LOGS, KMS, PUT, GET = 0.0000133334, 0.50, 0.03, 5.0, 0.40
FIREHOSE, FIREHOSE_STEP = 0.029, 5 * 1024
PER_LINKS = 100_000
_CPU = 0.0005
"""Seconds of a whole processor for a mail or an event: more than was measured; it decides nothing."""
_ROLL = 0.0001
"""The same for each person of a new roll."""
_LATENCY = 0.0115
"""Seconds that a call of a table takes, as in tests/faults, where a call of ours lets no time pass."""
_FILE = 0.1
"""Seconds that reading a file and deleting it wait for S3."""
_BUCKET = "deliveries_bucket"
_PLATFORM = 600
"""Bytes that Lambda itself logs of an invocation."""
_RECEIVES = 10
"""Messages that a request of SQS receives or deletes at most."""


@dataclass
class Paid:
    """What one part of the chain used."""

    written: int = 0
    read: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    requests: int = 0  # of SQS
    invocations: int = 0
    gb_seconds: float = 0.0
    logs: int = 0
    gathered: int = 0  # bytes that Firehose charges

    def dollars(self) -> float:
        """By list prices."""
        units = self.written * WRITE + self.read * READ + self.requests * SQS + self.invocations * INVOCATION
        other = self.calls["kms"] * KMS / 10_000 + (self.calls["put_object"] * PUT + self.calls["get_object"] * GET) / 1e6
        other += self.gathered / 1e9 * FIREHOSE
        return units / 1e6 + self.gb_seconds * GB_SECOND + (self.logs + self.invocations * _PLATFORM) / 1e9 * LOGS + other


def cost(key: str, rate: float, people: int, logs: float) -> list[Row]:
    """The rows of one rate; ``logs`` is how many bytes delivery logs for a mail."""
    parts = chain(rate, people)
    parts["plan and delivery"].logs += int(logs * people)
    each = {name: part.dollars() / people * PER_LINKS for name, part in parts.items()}
    total = sum(each.values())
    got = f"${total:.3f}: " + ", ".join(f"{name} ${dollars:.3f}" for name, dollars in each.items())
    met = total <= {"cost_slow": 0.15, "cost_fast": 0.10}[key]
    rows = [row(f"cost of {PER_LINKS:,} links at {rate:g} mails a second, everything counted", got, total, met=met, of=key)]
    for name, part in parts.items():
        got = (
            f"{part.written / people:.3f} WRU, {part.read / people:.3f} RRU, {sum(part.calls.values()) / people:.4f} calls, "
            f"{part.requests / people:.3f} requests of SQS, {part.invocations / people:.4f} invocations, "
            f"{part.gb_seconds / people * 1000:.2f} GB-ms a link"
        )
        rows.append(row(f"the same, {name}", got, part.written / people))
    return rows


def chain(rate: float, people: int) -> dict[str, Paid]:
    """A send to so many people from its plan to its last event; what each part used."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(faults, "MemoryDynamo", Metered))
        town = _Town(stack, rate, people)
        town.run()
        assert sum(mails for _, mails in town.world.ses.begun) == people
        delivery = town.delivery()
        told = town.feedback()
        return {"plan and delivery": delivery, "feedback": told, "the roll": town.roll(stack)}


class _Usual(World):
    """Its people have names and addresses as long as usual ones: a chunk is charged by its size."""

    def _person(self, number: int) -> Person:
        given, family = self.chance.choice(GIVEN), self.chance.choice(FAMILY)
        email, username = f"{given}.{family}{number}@pupils.school.example".lower(), f"{given[0]}{family}{number}".lower()
        return replace(super()._person(number), given_name=given, family_name=family, email=email, username=username)


class _Town:
    """A world that writes down when mails went, how long workers took, and what their tables' streams told."""

    def __init__(self, stack: ExitStack, rate: float, people: int) -> None:
        self.people = people
        self.requests = self.invocations = 0
        self.busy = 0.0
        self.mails: list[tuple[float, str, dict[str, str]]] = []
        self.changes: list[tuple[float, str, Any, Any]] = []
        for name in ("send_message", "send_message_batch"):
            stack.enter_context(patch.object(faults.Queue, name, self._counting(getattr(faults.Queue, name))))
        stack.enter_context(patch.object(faults.Worker, "_deliver", self._timing(faults.Worker._deliver)))
        stack.enter_context(patch.object(faults.Ses, "send_bulk_email", self._noting(faults.Ses.send_bulk_email)))
        self.world = _Usual(1, people, rate=rate, workers=workers(), odds=CALM)
        self.world.polls = PROMPT
        self.tables: Any = self.world.dynamo
        self._planned = self._used()
        self.rolls, self.files = _Rolls(), _Files()
        keeper = self._keeper()
        keeper.rolls(faults.SCHOOL.slug).want(int(self.world.now))
        renew(keeper, faults.SCHOOL.slug)
        assert self.rolls.puts == 1
        self._used()
        self.tables.changed = lambda *change: self.changes.append((self.world.now, *change))

    def run(self) -> None:
        """The send."""
        self.world.run()

    def delivery(self) -> Paid:
        """What planning and delivering used; each message is received and deleted."""
        memory = memory_of("DeliverLinksFunction")
        paid, planned = self._used(), self._planned
        paid.written, paid.read, paid.calls = paid.written + planned.written, paid.read + planned.read, paid.calls + planned.calls
        paid.requests = self.requests + 2 * self.invocations
        paid.invocations = self.invocations + 1
        paid.gb_seconds = (self.busy + self.people * _CPU / share_of(memory)) * memory / 1024
        return paid

    def feedback(self) -> Paid:
        """What SES's events used."""
        chance, total = random.Random(2), Paid()
        asked = sam.resources("AWS::SES::ConfigurationSetEventDestination")
        kinds = {kind for each in asked.values() for kind in each["EventDestination"]["MatchingEventTypes"]}
        events: dict[str, list[tuple[float, str]]] = {}
        for at, to, tags in self.mails:
            for kind, later in (("Send", chance.uniform(0.2, 1)), ("Delivery", chance.uniform(1, 10))):
                if kind.lower() not in kinds:
                    continue
                facts = {"send": tags["send"], "chunk": int(tags["chunk"]), "school": tags["school"], "origin": tags["origin"]}
                body = ses_events.event(kind, [to], at + later, mailed_at=at, **facts)
                for target in targets(json.loads(body)):
                    events.setdefault(target, []).append((at + later, body))
        for target, some in events.items():
            if target in sam.resources("AWS::KinesisFirehose::DeliveryStream"):
                queue, messages = self._gathered(target, sorted(some), total)
            else:
                queue, messages = target, sorted(some)
            total.requests += len(messages)  # what EventBridge or S3 puts
            self._told(queue, messages, chance, total)
        assert not self.files.objects, "a file is deleted when it was read"
        return total

    def _gathered(self, stream: str, events: list[tuple[float, str]], total: Paid) -> tuple[str, list[tuple[float, str]]]:
        """The files that Firehose writes of events, and the queue and the messages that tell of them."""
        said = sam.resources("AWS::KinesisFirehose::DeliveryStream")[stream]["ExtendedS3DestinationConfiguration"]
        bucket = sam.resources("AWS::S3::Bucket")[sam.target(said["BucketARN"])]
        (announced,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
        hints, messages = said["BufferingHints"], []
        for number, (at, bodies) in enumerate(_buffered(events, hints["IntervalInSeconds"], hints["SizeInMBs"] * 1024 * 1024)):
            total.gathered += sum(-(-len(body.encode()) // FIREHOSE_STEP) * FIREHOSE_STEP for body in bodies)
            key = f"{said['Prefix']}{number}.gz"
            self.files.objects[f"{_BUCKET}/{key}"] = gzip.compress("".join(bodies).encode(), mtime=0)
            total.calls["put_object"] += 1
            total.calls["get_object"] += 1
            total.calls["kms"] += 2
            messages.append((at, json.dumps(s3_message(_BUCKET, key))))
        return sam.target(announced["Queue"]), messages

    def _told(self, queue: str, events: list[tuple[float, str]], chance: random.Random, total: Paid) -> None:
        """Batches of a queue, to the function that takes them."""
        name, function, source = next(
            (name, function, source)
            for name, function in sam.functions().items()
            for found, source in sam.queue_events(function).items()
            if found == queue
        )
        package, memory = sam.package(function), memory_of(name)
        door, out = import_module(f"{package}.handler"), io.StringIO()
        settings = {each: each.lower() for each in NEEDS[package]} | ENVIRONMENT  # type: ignore[index]
        clients = {"dynamodb": self.tables, "s3": self.files}
        wiring = Wiring(Settings(package, settings), clients.__getitem__, lambda: self.world.now)  # type: ignore[arg-type]
        door.logger.handlers[0].setStream(out)
        self._used()
        with patch.object(door, "system", lambda: wiring), redirect_stdout(out):
            for at, bodies in _batches(events, source, chance):
                self.world.now = max(self.world.now, at)
                calls, read = sum(self.tables.calls.values()), self.files.read
                failed = door.handle(event_of(bodies, queue), None)["batchItemFailures"]
                assert not failed
                total.invocations += 1
                total.requests += 2 * math.ceil(len(bodies) / _RECEIVES) + (
                    self.files.read > read
                )  # a file's is hidden for longer
                told = sum(body.count('"eventType"') for body in bodies) + self.files.read - read
                waited = sum(self.tables.calls.values()) - calls
                seconds = waited * _LATENCY + told * _CPU / share_of(memory) + _FILE * (self.files.read > read)
                total.gb_seconds += seconds * memory / 1024
        used = self._used()
        total.written, total.read, total.calls = total.written + used.written, total.read + used.read, total.calls + used.calls
        total.logs += len(out.getvalue())

    def roll(self, stack: ExitStack) -> Paid:
        """What following the ledgers in the stream used: one shard, because a send's chunks have one partition."""
        from tests.support.streams import Streams

        streams = Streams(self.tables)
        changes, self.changes = self.changes, []
        (source,) = [
            event["Properties"]
            for event in sam.functions()["KeepRollFunction"]["Events"].values()
            if sam.target(event["Properties"]["Stream"]) == "ActivityTable"
        ]
        door, memory, total, out = import_module("keep_roll.handler"), memory_of("KeepRollFunction"), Paid(), io.StringIO()
        door.logger.handlers[0].setStream(out)
        wiring = self._keeper()
        stack.enter_context(patch.object(door, "system", lambda: wiring))
        self._used()
        before = self.rolls.puts
        with redirect_stdout(out):
            for at, some in _windows(changes, source["MaximumBatchingWindowInSeconds"]):
                for _, *change in some:
                    streams._changed(*change)
                event = streams.take()
                if event is None:
                    continue
                self.world.now = max(self.world.now, at)
                calls = sum(self.tables.calls.values())
                door.handle(event, None)
                total.invocations += 1
                seconds = (sum(self.tables.calls.values()) - calls) * _LATENCY + len(event["Records"]) * _CPU / share_of(memory)
                total.gb_seconds += seconds * memory / 1024
        used = self._used()
        total.written, total.read, total.calls, total.logs = used.written, used.read, used.calls, len(out.getvalue())
        total.calls["put_object"] = self.rolls.puts - before
        total.gb_seconds += total.calls["put_object"] * self.people * _ROLL / share_of(memory) * memory / 1024
        return total

    def _keeper(self) -> Wiring:
        settings = {name: name.lower() for name in NEEDS["keep_roll"]} | ENVIRONMENT
        clients = {"dynamodb": self.tables, "s3": self.rolls}
        return Wiring(Settings("keep_roll", settings), clients.__getitem__, lambda: self.world.now)

    def _used(self) -> Paid:
        """What tables were used for since it was last asked."""
        found = Paid(self.tables.written, self.tables.read, Counter(self.tables.calls))
        self.tables.written, self.tables.read = 0, 0.0
        self.tables.calls.clear()
        return found

    def _counting(self, put: Callable[..., Any]) -> Callable[..., Any]:
        def counted(queue: Any, **request: Any) -> Any:
            self.requests += 1
            return put(queue, **request)

        return counted

    def _timing(self, deliver: Callable[..., Any]) -> Callable[..., Any]:
        def timed(worker: Any, *given: Any) -> Any:
            start = self.world.now
            try:
                return deliver(worker, *given)
            finally:
                self.invocations += 1
                self.busy += self.world.now - start

        return timed

    def _noting(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def noted(ses: Any, **request: Any) -> Any:
            tags = {tag["Name"]: tag["Value"] for tag in request["DefaultEmailTags"]}
            self.mails += [
                (self.world.now, entry["Destination"]["ToAddresses"][0], tags) for entry in request["BulkEmailEntries"]
            ]
            return send(ses, **request)

        return noted


class _Files(MemoryS3):
    """A bucket that counts the events in what is read."""

    read = 0

    def get_object(self, **request: Any) -> dict[str, Any]:
        """GetObject."""
        answer = super().get_object(**request)
        self.read += gzip.decompress(answer["Body"].getvalue()).count(b'"eventType"')
        return answer


class _Rolls(MemoryS3):
    """A bucket that counts what is put."""

    puts = 0

    def put_object(self, **request: Any) -> dict[str, Any]:
        """PutObject."""
        self.puts += 1
        return super().put_object(**request)


def _batches(events: list[tuple[float, str]], source: Any, chance: random.Random) -> Iterator[tuple[float, list[str]]]:
    """What Lambda's pollers hand over, and when: each gathers until its window is over or its batch is full."""
    pollers = min(5, source.get("ScalingConfig", {}).get("MaximumConcurrency", 5))
    window, most = source.get("MaximumBatchingWindowInSeconds", 0), source.get("BatchSize", 10)
    open_ones: dict[int, tuple[float, list[str]]] = {}
    done: list[tuple[float, list[str]]] = []
    for at, body in events:
        poller = chance.randrange(pollers)
        since, some = open_ones.get(poller, (at, []))
        if some and at > since + window:
            done.append((since + window, some))
            since, some = at, []
        some.append(body)
        open_ones[poller] = since, some
        if len(some) == most:
            done.append((at, some))
            del open_ones[poller]
    done += [(since + window, some) for since, some in open_ones.values()]
    yield from sorted(done, key=lambda batch: batch[0])


def _buffered(events: list[tuple[float, str]], seconds: float, most: int) -> Iterator[tuple[float, list[str]]]:
    """What Firehose gathers: for so many seconds since the first record, or until so many bytes are there."""
    some: list[str] = []
    since, size = 0.0, 0
    for at, body in events:
        if some and at > since + seconds:
            yield since + seconds, some
            some, size = [], 0
        if not some:
            since = at
        some.append(body)
        size += len(body.encode())
        if size >= most:
            yield at, some
            some, size = [], 0
    if some:
        yield since + seconds, some


def _windows(changes: list[tuple[float, str, Any, Any]], seconds: float) -> Iterator[tuple[float, list[Any]]]:
    some: list[Any] = []
    for change in changes:
        if some and change[0] > some[0][0] + seconds:
            yield some[0][0] + seconds, some
            some = []
        some.append(change)
    if some:
        yield some[0][0] + seconds, some
