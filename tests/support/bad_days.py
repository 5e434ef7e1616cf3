"""A small world on one simulated clock: every worker's own handler, SQS with visibility, and services that fail for a while.

It is not fair and has no copies (tests/faults has): it shows how long it takes until something is done that a service's outage
met in the middle, and that nothing of it is lost.
"""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.wiring import Wiring
from tests.support import sam
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.memory_world import NOW, SPECIAL, MemoryKms, MemoryS3
from tests.support.ses import StrictSes
from tests.support.sqs import event_of

READERS: Final[dict[str, FunctionName]] = {
    "plan_queue": "plan_send",
    "requests_queue": "plan_send",
    "deliver_queue": "deliver_links",
    "urgent_queue": "deliver_links",
    "roster_queue": "read_roster",
    "export_queue": "build_export",
    "daily_queue": "daily",
}
A_CALL: Final = 0.005  # seconds that a call takes
REFUSED: Final = 1.0  # ... that is refused, with botocore's own tries


class Killed(BaseException):
    """Lambda has ended the worker: nothing of it runs any more."""


def throttled(service: str) -> Exception:
    """How a service says that it is busy."""
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "x"}}, service)


@dataclass
class Outage:
    """A service that fails from its ``after``-th call on, for so many seconds."""

    service: str
    after: int
    seconds: float
    error: BaseException | None = None
    begun: float | None = None

    @property
    def end(self) -> float:
        """When it is over."""
        assert self.begun is not None, "nothing has called the service so often"
        return self.begun + self.seconds


@dataclass
class Letter:
    """A message in a queue."""

    queue: str
    body: str
    visible_at: float
    sent_at: float
    tries: int = 0


@dataclass
class Sqs:
    """Queues whose messages are hidden while somebody has them, and die after the template's last try."""

    world: "World"
    letters: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)
    meta: Any = field(default_factory=lambda: SimpleNamespace(endpoint_url="https://sqs.test"))

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0, **_: str) -> dict[str, Any]:  # noqa: N803
        """SendMessage."""
        queue, now = QueueUrl.rpartition("/")[2], self.world.now
        self.letters.append(Letter(queue, MessageBody, now + DelaySeconds, now))
        return {}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """SendMessageBatch."""
        for entry in Entries:
            self.send_message(QueueUrl=QueueUrl, MessageBody=entry["MessageBody"])
        return {}

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        """ChangeMessageVisibility, of a message that somebody has."""
        letter = self.letters[int(ReceiptHandle)]
        assert letter.queue == QueueUrl.rpartition("/")[2]
        assert letter.visible_at > self.world.now
        letter.visible_at = self.world.now + VisibilityTimeout

    def receive(self, letter: Letter) -> dict[str, Any] | None:
        """The event with this message; None if it has died."""
        queue = sam.resources("AWS::SQS::Queue")[letter.queue.title().replace("_", "")]
        letter.tries += 1
        if letter.tries > queue["RedrivePolicy"]["maxReceiveCount"]:
            self.letters.remove(letter)
            self.dead.append(letter)
            return None
        letter.visible_at = self.world.now + queue["VisibilityTimeout"]
        event = event_of([letter.body], letter.queue, attempt=letter.tries, sent=letter.sent_at)
        event["Records"][0]["receiptHandle"] = str(self.letters.index(letter))
        return event


class S3(MemoryS3):
    """Buckets whose larger files are written in parts, too."""

    def head(self, key: str) -> bytes:
        """A file."""
        return self.objects[key]

    def get_object(self, *, Bucket: str, Key: str, Range: str, IfMatch: str = "") -> dict[str, Any]:  # noqa: N803
        """GetObject."""
        assert IfMatch in {"", '"1"'}
        return {**super().get_object(Bucket=Bucket, Key=Key, Range=Range), "Body": io.BytesIO(self.head(f"{Bucket}/{Key}"))}


class Flaky:
    """A client whose calls take time, and fail while their service does."""

    def __init__(self, client: Any, service: str, world: "World") -> None:
        self._client = client
        self._call: Callable[[], None] = lambda: world.call(service)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name.startswith(("_", "generate_presigned")):
            return found

        def call(*arguments: Any, **request: Any) -> Any:
            self._call()
            return found(*arguments, **request)

        return call


class World:
    """One stack. ``patch`` is monkeypatch's setattr."""

    def __init__(self, patch: Callable[[str, Any], None]) -> None:
        self.now: float = NOW
        self.outages: list[Outage] = []
        self.calls: Counter[str] = Counter()
        self.sqs = Sqs(self)
        self.ses = StrictSes(clock=lambda: self.now)
        self.s3 = S3()
        self.tables = MemoryDynamo()
        services = {"dynamodb": self.tables, "sqs": self.sqs, "kms": MemoryKms(), "s3": self.s3, "sesv2": self.ses}
        self._clients = {name: Flaky(client, name, self) for name, client in services.items()}
        self._ends: float | None = None
        self._patch = patch
        clock = SimpleNamespace(sleep=self.sleep, monotonic=lambda: self.now, time=lambda: self.now)
        for module in ("shared.stores.pace", "shared.stores.dynamo", "sends.stores.ledger"):
            patch(f"latchkey.{module}.time", clock)

    def wiring(self, function: FunctionName) -> Wiring:
        """A fresh container of a function."""
        environment = {name: name.lower() for name in NEEDS[function]} | SPECIAL
        return Wiring(Settings(function, environment), self._clients.__getitem__, lambda: self.now, self.sleep)

    def fail(self, service: str, after: int, seconds: float, error: BaseException | None = None) -> Outage:
        """Let a service fail, from one of its next calls on."""
        self.calls[service] = 0
        self.outages.append(Outage(service, after, seconds, error or throttled(service)))
        return self.outages[-1]

    def call(self, service: str) -> None:
        """A call of a service."""
        self.calls[service] += 1
        for outage in self.outages:
            if outage.service == service and outage.begun is None and self.calls[service] >= outage.after:
                outage.begun = self.now
            if outage.service == service and outage.begun is not None and self.now < outage.end:
                self.sleep(REFUSED)
                assert outage.error is not None
                raise outage.error
        self.sleep(A_CALL)

    def sleep(self, seconds: float) -> None:
        """Let time pass; Lambda ends a worker whose time is over."""
        self.now += seconds
        if self._ends is not None and self.now > self._ends:
            raise Killed

    def run(self, hours: float = 6) -> None:
        """Until nothing is left in the queues, or so many hours."""
        until = self.now + hours * 3600
        while self.sqs.letters:
            letter = min(self.sqs.letters, key=lambda each: each.visible_at)
            if letter.visible_at > until:
                return
            self.now = max(self.now, letter.visible_at, *(each.end for each in self.outages if self._is_down(each)), 0)
            self._work(letter)

    def _is_down(self, outage: Outage) -> bool:
        """Whether nothing can be received just now."""
        return outage.service == "sqs" and outage.begun is not None

    def _work(self, letter: Letter) -> None:
        event = self.sqs.receive(letter)
        if event is None:
            return
        function = READERS[letter.queue]
        container, door = self.wiring(function), f"{function}.handler"
        self._patch(f"{door}.system", lambda: container)
        (properties,) = (each for each in sam.functions().values() if sam.package(each) == function)
        self._ends = self.now + properties["Timeout"]
        left = SimpleNamespace(get_remaining_time_in_millis=lambda: int(((self._ends or 0) - self.now) * 1000))
        try:
            failed = import_module(door).handle(event, left)["batchItemFailures"]
        except Killed:
            return
        finally:
            self._ends = None
        if not failed:
            self.sqs.letters.remove(letter)

    def put(self, queue: str, **message: Any) -> None:
        """A message."""
        self.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"v": 1, **message}))
