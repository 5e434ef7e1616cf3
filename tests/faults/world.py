"""A world in which everything goes wrong that can, the same way each time: one clock, workers that take turns, seeded chance.

Workers are threads of which one runs at a time: the one whose time is earliest. Whoever waits, for a table, SES or a slot, hands
over. So workers interleave as in life, and a run with the same seed is the same run.
"""

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from latchkey.errors import LatchkeyError, MustWait, Poison, TryLater
from latchkey.mail.stores.rate import Rate
from latchkey.people.model.person import Person
from latchkey.people.stores.items import person_to_item
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_to_item
from latchkey.sends.deliver_links import Work, await_turn, deliver_chunks
from latchkey.sends.model.send import Chunk, Selection, Send
from latchkey.sends.plan_send import plan_send
from latchkey.sends.stores.ledger import Ledger
from latchkey.settings import FunctionName, Settings
from latchkey.shared.model.ids import new_id, person_id
from latchkey.shared.model.messages import Message
from latchkey.shared.stores.dynamo import pack_item
from latchkey.wiring import Wiring
from tests.support.memory_dynamo import MemoryDynamo, cancelled
from worker.consume import LAST_TRY, pause

START = 1_795_000_000
HOUR = 3_600
FIRST_DEATHS = LAST_TRY * 720  # a message dies after its last try, at the latest
SCHOOL = School(slug="northbridge", name="Northbridge Academy", town="Northbridge", postcode="NB1 2CD")
ENVIRONMENT = {
    name: name.lower()
    for name in [
        "DIRECTORY_TABLE",
        "ACTIVITY_TABLE",
        "CREDENTIALS_TABLE",
        "LINK_KEY",
        "LOOKUP_KEY",
        "DELIVER_QUEUE",
        "URGENT_QUEUE",
        "CONFIGURATION_SET",
        "MAIL_FROM",
        "PLAN_QUEUE",
        "PAGES_BUCKET",
    ]
} | {"ORIGIN": "https://latchkey.test"}
_LINK = re.compile(r"set-password#[A-Za-z0-9_.~-]+")


class Killed(BaseException):
    """The worker is gone; nothing of it runs any more, no ``finally`` either."""


@dataclass
class Odds:
    """How often things go wrong."""

    throttled: float = 0.20
    lost_answers: float = 0.05
    killed_before: float = 0.02
    killed_after: float = 0.02
    killed_any_time: float = 0.05
    conflicts: float = 0.05
    busy_tables: float = 0.01
    refused: float = 0.01
    copies: int = 3
    poison: int = 20


@dataclass
class Letter:
    """A message in the queue."""

    body: str
    visible_at: float
    receives: int = 0


@dataclass
class Queue:
    """SQS: every message comes in copies and in any order; after the last try it is with the dead letters."""

    world: "World"
    letters: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0, MessageGroupId: str) -> None:  # noqa: N803
        """SendMessage."""
        assert 0 <= DelaySeconds <= 900
        assert MessageGroupId == SCHOOL.slug
        assert QueueUrl
        self.world.work(0.01)
        self.put(MessageBody, DelaySeconds)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """SendMessageBatch."""
        assert QueueUrl
        self.world.work(0.01)
        for entry in Entries:
            self.put(entry["MessageBody"], 0)
        return {"Failed": []}

    def put(self, body: str, delay: float) -> None:
        """One message, in copies that arrive within two minutes."""
        for copy in range(self.world.odds.copies):
            late = self.world.chance.uniform(0, 120) if copy else 0
            self.letters.append(Letter(body, self.world.now + delay + late))

    def receive(self) -> Letter | None:
        """Any message that can be seen."""
        while seen := [letter for letter in self.letters if letter.visible_at <= self.world.now]:
            letter = self.world.chance.choice(seen)
            if letter.receives == LAST_TRY:
                self.letters.remove(letter)
                self.dead.append(letter)
                continue
            letter.receives += 1
            letter.visible_at = self.world.now + 720
            return letter
        return None

    def redrive(self) -> None:
        """Put the dead letters back."""
        self.letters += [Letter(letter.body, self.world.now) for letter in self.dead]
        self.dead = []


@dataclass
class Ses:
    """SES, with its moods; it remembers who was sent which link, and when each call began."""

    world: "World"
    rate: float
    refused: set[str] = field(default_factory=set)
    begun: list[tuple[float, int]] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    ambiguous: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def get_account(self) -> dict[str, Any]:
        """GetAccount."""
        self.world.work(0.02)
        return {"SendingEnabled": True, "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": self.rate}}

    def send_bulk_email(self, **request: Any) -> dict[str, Any]:
        """SendBulkEmail."""
        odds, chance, entries = self.world.odds, self.world.chance, request["BulkEmailEntries"]
        assert 1 <= len(entries) <= 50
        if chance.random() < odds.killed_before:
            self.seen["workers killed before the call"] += 1
            self.world.kill()
        self.begun.append((self.world.now, len(entries)))
        if chance.random() < odds.throttled:
            self.world.work(0.02)
            self.seen["calls throttled"] += 1
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Maximum sending rate exceeded."}}, "x")
        results, taken = [], 0
        for entry in entries:
            (to,) = entry["Destination"]["ToAddresses"]
            if to in self.refused:
                results.append({"Status": "MESSAGE_REJECTED"})
                continue
            data = entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"]
            (link,) = set(_LINK.findall(data))
            self.links.setdefault(to, []).append(link)
            results.append({"Status": "SUCCESS"})
            taken += 1
        self.ambiguous += taken  # until the worker has written the answer down
        self.world.work(chance.uniform(0.05, 0.4) + self.world.thinks * len(entries))
        if chance.random() < odds.killed_after:
            self.seen["workers killed after the call"] += 1
            self.world.kill()
        if chance.random() < odds.lost_answers:
            self.seen["answers lost"] += 1
            self.world.work(20)
            raise ReadTimeoutError(endpoint_url="https://email.example")
        self.world.current.unwritten += taken
        return {"BulkEmailEntryResults": results}


class Worker(threading.Thread):
    """One container after the other of deliver_links."""

    def __init__(self, world: "World") -> None:
        super().__init__(daemon=True)
        self.world = world
        self.wake = world.now
        self.turn = threading.Semaphore(0)
        self.dead_at: float | None = None
        self.unwritten = 0
        self.over = False
        self.error: BaseException | None = None

    def run(self) -> None:
        """Take messages until there are none."""
        self.turn.acquire()
        try:
            wiring = self.world.wiring("deliver_links")
            while not self.world.finished:
                letter = self.world.queue.receive()
                if letter is None:
                    self.world.rest(self.world.chance.uniform(*self.world.polls))
                    continue
                try:
                    self._deliver(wiring, letter)
                except Killed:
                    self.dead_at, self.unwritten = None, 0
                    wiring = self.world.wiring("deliver_links")
        except BaseException as error:  # the test's own thread shows it
            self.error = error
        self.over = True
        self.world.control.release()

    def _deliver(self, wiring: Wiring, letter: Letter) -> None:
        deadline, begun = self.world.now + 120, self.world.now
        self.dead_at = deadline
        if self.world.chance.random() < self.world.odds.killed_any_time:
            self.dead_at = self.world.now + self.world.chance.uniform(0, 20)
        try:
            await_turn(wiring, letter.receives)
            deliver_chunks(wiring, Work.of(Message(letter.body)), lambda: deadline - self.world.now)
        except LatchkeyError as error:
            self.world.seen[f"handed back: {error.code}"] += 1
            wait = max(pause(letter.receives), error.seconds if isinstance(error, TryLater) else 0)
            if isinstance(error, MustWait) and error.seconds:
                wait = error.seconds
            letter.visible_at = self.world.now + (0 if isinstance(error, Poison) else wait)
        else:
            self.world.queue.letters.remove(letter)
        self.world.worked += self.world.now - begun
        self.dead_at, self.unwritten = None, 0


class World:
    """A school of so many people, a send to all of them, and everything in between."""

    def __init__(self, seed: int, people: int, *, rate: float = 200.0, workers: int = 8, odds: Odds | None = None) -> None:
        self.chance = random.Random(seed)
        self.odds = odds or Odds()
        self.now: float = START
        self.polls = 1.0, 20.0  # seconds until somebody looks again who found no message
        self.finished = False
        self.worked = 0.0  # seconds of workers that lived to their end
        self.thinks = 0.0  # seconds of its own work that a mail takes a worker, beside what it calls
        self.control = threading.Semaphore(0)
        self.queue = Queue(self)
        self.ses = Ses(self, rate)
        self.deliver_workers = workers  # what they are told of how many they are
        self.seen: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.dynamo = MemoryDynamo()
        self.people = [self._person(number) for number in range(people)]
        self.ses.refused = {f"p{number}@x.example" for number in range(people) if self.chance.random() < self.odds.refused}
        self.send = self._plan()
        for number in range(self.odds.poison):
            self.queue.put(json.dumps({"v": 1, "school": "northbridge", "chunk": number}), 0)
        self.dynamo.before = self._table
        self.workers = [Worker(self) for _ in range(workers)]
        self.current = self.workers[0]

    def wiring(self, function: FunctionName) -> Wiring:
        """A fresh container of a function."""
        clients: dict[str, Any] = {"dynamodb": self.dynamo, "sqs": self.queue, "sesv2": self.ses, "kms": _Kms()}
        return _Container(self, self._settings(function), clients.__getitem__, lambda: self.now, self.rest)

    def _settings(self, function: FunctionName) -> Settings:
        return Settings(function, ENVIRONMENT | {"DELIVER_WORKERS": str(self.deliver_workers)})

    def run(self) -> None:
        """Until nothing is left; dead letters are put back 1 hour and 25 hours after the first have died."""
        for worker in self.workers:
            worker.start()
        for after in (1, 25):
            self._until(START + FIRST_DEATHS + after * HOUR)
            self.seen[f"dead letters put back after {after} h"] = len(self.queue.dead)
            self.queue.redrive()
        self._until(START + 48 * HOUR)
        self.finished = True
        while any(not worker.over for worker in self.workers):
            self._turn(next(worker for worker in self.workers if not worker.over))

    def _until(self, time: float) -> None:
        while True:
            worker = min((each for each in self.workers if not each.over), key=lambda each: each.wake)
            first = min((letter.visible_at for letter in self.queue.letters), default=time)
            if worker.wake < first and all(each.dead_at is None for each in self.workers if not each.over):
                for each in self.workers:  # nobody has anything to do: skip the time until somebody has
                    each.wake = max(each.wake, min(first, time))
                worker = min((each for each in self.workers if not each.over), key=lambda each: each.wake)
            if worker.wake >= time:
                self.now = max(self.now, time)
                return
            self._turn(worker)

    def _turn(self, worker: Worker) -> None:
        self.now = max(self.now, worker.wake)
        self.current = worker
        worker.turn.release()
        self.control.acquire()
        if worker.error is not None:
            raise worker.error

    def rest(self, seconds: float) -> None:
        """Let a worker wait; it dies where its time has come."""
        worker = threading.current_thread()
        if not isinstance(worker, Worker):
            return  # the plan, before anything goes wrong
        worker.wake = self.now + seconds
        if worker.dead_at is not None and worker.wake >= worker.dead_at:
            worker.wake = max(self.now, worker.dead_at)
            self.control.release()
            worker.turn.acquire()
            worker.dead_at = self.now  # and at once, should it try anything else
            self.seen["workers killed at any time"] += 1
            raise Killed
        self.control.release()
        worker.turn.acquire()

    def work(self, seconds: float) -> None:
        """What a call takes."""
        self.rest(seconds)

    def kill(self) -> None:
        """The end of the worker that runs."""
        self.current.dead_at = self.now
        raise Killed

    def _table(self, operation: str) -> None:
        self.calls[operation] += 1
        self.work(self.chance.uniform(0.003, 0.02))
        if operation == "TransactWriteItems" and self.chance.random() < self.odds.conflicts:
            self.seen["table conflicts"] += 1
            raise cancelled([{"Code": "TransactionConflict"}])
        if self.chance.random() < self.odds.busy_tables:
            self.seen["tables busy"] += 1
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "x"}}, operation)

    def _person(self, number: int) -> Person:
        return Person(
            id=person_id("northbridge", str(number)),
            role="student",
            given_name=f"G{number}",
            family_name="Lee",
            email=f"p{number}@x.example",
            username=f"p{number}",
        )

    def _plan(self) -> Send:
        directory = self.dynamo.tables.setdefault("directory_table", {})
        items = [school_to_item(SCHOOL), *(person_to_item("northbridge", person) for person in self.people)]
        for item in items:
            directory[str(item["pk"]), str(item["sk"])] = pack_item(item)
        send = Send(
            id=new_id(START),
            kind="password_link",
            state="queued",
            origin="admin",
            created_at=START,
            created_by="a" * 20,
            selection=Selection(filter={}),
        )
        planner = self.wiring("plan_send")
        Rate(planner.table("ACTIVITY_TABLE"), lambda: START - 60, workers=self.deliver_workers).take(
            1, self.ses.rate, urgent=True
        )  # mail has gone out before
        planner.sends("northbridge").make(send)
        return plan_send(planner, "northbridge", send.id)


class _Container(Wiring):
    """A worker's stores; the world learns what its worker has written down."""

    def __init__(self, world: World, *rest: Any) -> None:
        super().__init__(*rest)
        self._world = world

    def ledger(self, school: str) -> Ledger:
        """The chunks of a school's sends."""
        ledger = super().ledger(school)

        def record(*given: Any) -> Chunk:
            chunk = Ledger.record(ledger, *given)
            self._written()
            return chunk

        def record_and_lease(*given: Any, **more: Any) -> tuple[Chunk, Chunk] | None:
            both = Ledger.record_and_lease(ledger, *given, **more)
            if both is not None:
                self._written()
            return both

        ledger.record = record  # type: ignore[method-assign]
        ledger.record_and_lease = record_and_lease  # type: ignore[method-assign]
        return ledger

    def _written(self) -> None:
        """What SES has taken of this worker is known."""
        worker = self._world.current
        self._world.ses.ambiguous -= worker.unwritten
        worker.unwritten = 0


class _Kms:
    def generate_mac(self, *, KeyId: str, Message: bytes, MacAlgorithm: str) -> dict[str, bytes]:  # noqa: N803
        """GenerateMac."""
        assert KeyId
        assert MacAlgorithm
        return {"Mac": Message[:32].ljust(32, b"k")}


def without_real_waiting(world: World, patch: Callable[[str, Any], None]) -> None:
    """The stores' pauses between tries let the world's time pass."""
    for module in ("shared.stores.dynamo", "sends.stores.ledger"):
        patch(f"latchkey.{module}._pause", partial(_pause, world))
    patch("worker.consume.random", world.chance)


def _pause(world: World, attempt: int) -> None:
    world.rest(0.02 * (attempt + 1))
