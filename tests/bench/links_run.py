"""One send through the doors of plan_send and deliver_links, without a network.

Both doors run as they do in Lambda, Powertools and botocore included; only the network is cut off (``null_aws``). People are
students with a username and an address of their own, so that a link is a mail.
"""

import io
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache
from math import ceil
from typing import Any

from latchkey.mail.model.account import CHUNK_MAILS
from latchkey.mail.model.pace import chunk_mails, grid
from latchkey.mail.stores.rate import Rate
from latchkey.people.model.person import Person
from latchkey.people.stores.items import person_to_item
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_to_item
from latchkey.sends.model.send import Selection, Send
from latchkey.settings import Settings
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id, person_id
from latchkey.shared.stores.dynamo import Table, pack_item
from latchkey.wiring import Wiring
from tests.bench.null_aws import NullAws
from tests.support import sam
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.sqs import event_of

PAGE = 1_400  # people in a page of 1 MB, at 700 bytes each
NOW = 1_795_000_000
SCHOOL = School(slug="northbridge", name="Northbridge Academy", town="Northbridge", postcode="NB1 2CD")
SEND = Send(
    id=new_id(NOW),
    kind="password_link",
    state="queued",
    origin="admin",
    created_at=NOW,
    created_by="a" * 20,
    selection=Selection(filter={"role": "student"}),
)
ENVIRONMENT = {
    "DIRECTORY_TABLE": "directory",
    "ACTIVITY_TABLE": "activity",
    "CREDENTIALS_TABLE": "credentials",
    "LINK_KEY": "k",
    "LOOKUP_KEY": "k",
    "PLAN_QUEUE": "https://sqs.eu-west-2.amazonaws.com/123456789012/plan",
    "DELIVER_QUEUE": "https://sqs.eu-west-2.amazonaws.com/123456789012/deliver",
    "URGENT_QUEUE": "https://sqs.eu-west-2.amazonaws.com/123456789012/urgent",
    "ORIGIN": "https://accounts.school.example",
    "MAIL_FROM": "no-reply@school.example",
    "CONFIGURATION_SET": "latchkey",
    "PAGES_BUCKET": "pages_bucket",
    "DELIVER_WORKERS": str(sam.template()["Parameters"]["DeliverConcurrency"]["Default"]),
}


class Run:
    """One send to a whole school, by an account of so many mails a second; ``seconds`` of CPU are without the fake's own."""

    def __init__(self, size: int, pages: list[bytes], rate: float = 10.0**9) -> None:
        self.size = size
        self.aws = NullAws(rate)
        self.plan = self.seconds = self.slept = 0.0
        self.logs = 0  # characters
        self.now: float = NOW
        self.sizes: list[int] = []
        self.delivered = 0  # messages: up to 34 chunks each
        self._pages = iter(pages)
        self._standings = standings(tuple(pages))
        self._written: list[bytes] = []
        self._chunks: dict[bytes, bytes] = {}
        self._messages: list[bytes] = []
        self.rates = MemoryDynamo()
        workers = int(ENVIRONMENT["DELIVER_WORKERS"])
        Rate(Table(self.rates, "activity"), lambda: NOW - 60, workers=workers).take(1, rate, urgent=True)  # mail has gone before
        self._chunk_mails = chunk_mails(grid(rate, workers)) or CHUNK_MAILS
        send = pack_item({**_send_item(), "state": "queued"})
        running = json.dumps({"Attributes": pack_item({**_send_item(), "state": "running", "chunks": 9})}).encode()
        items = {b"SCHOOL": pack_item(school_to_item(SCHOOL)), SEND.id.encode(): send}
        self._school = json.dumps(items[b"SCHOOL"]).encode()
        gets = {key: json.dumps({"Item": item}).encode() for key, item in items.items()}
        self._put = {kind: self.aws.answers[f"sqs.{kind}"] for kind in ("SendMessage", "SendMessageBatch")}
        self.aws.answers |= {
            "dynamodb.GetItem": lambda body: (
                self._chunks.get(_chunk(body))
                or (self._known_rate() if b'"#RATE"' in body else None)
                or next((answer for key, answer in gets.items() if b'"' + key + b'"' in body), b"{}")
            ),
            "dynamodb.BatchGetItem": self._get_many,
            "dynamodb.Query": lambda body: b'{"Items":[]}' if b"#BRAKE" in body else _projected(next(self._pages), body),
            "dynamodb.UpdateItem": lambda body: self._take_slots(body) if b'"#RATE"' in body else running,
            "dynamodb.BatchWriteItem": self._keep,
            "sqs.SendMessageBatch": self._queue,
            "sqs.SendMessage": self._queue,
        }

    def measure(self) -> "Run":
        """Plan, then deliver what stands in the queue until it is empty, each message in an invocation of its own."""
        import deliver_links.handler as delivery
        import plan_send.handler as planning

        planner, deliverer = (self._wiring(name) for name in ("plan_send", "deliver_links"))
        planning.system, delivery.system = lambda: planner, lambda: deliverer
        log = io.StringIO()
        for door in (planning, delivery):
            door.logger.handlers[0].setStream(log)  # type: ignore[attr-defined]
        doors = {"plan_send": (planning, "PLAN_QUEUE"), "deliver_links": (delivery, "DELIVER_QUEUE")}
        with redirect_stdout(log):  # metrics
            for name, body in self.messages():
                door, queue = doors[name]
                self._timed(door.handle, event_of([body], queue))
                if name == "plan_send":
                    self.plan = self.seconds
        self.logs = len(log.getvalue())
        return self

    def messages(self) -> Iterator[tuple[str, str]]:
        """What functions are given, each message once the one before it is worked on; at the end, everybody has a mail."""
        yield "plan_send", json.dumps({"v": 1, "kind": "send", "school": "northbridge", "send": SEND.id})
        self._read_back()
        while self._messages:
            body = json.loads(self._messages.pop(0))
            for entry in body.get("Entries", [body]):
                yield "deliver_links", entry["MessageBody"]
                self.delivered += 1
        assert len(self.sizes) == ceil(self.size / self._chunk_mails)
        assert self.aws.mails == self.size

    def _timed(self, handle: Callable[[Any, Any], Any], event: Any) -> None:
        start, before = time.process_time(), self.aws.own
        failed = handle(event, _Context())["batchItemFailures"]
        self.seconds += time.process_time() - start - (self.aws.own - before)
        assert not failed

    def _wiring(self, name: Any) -> Wiring:
        made = Wiring(Settings(name, ENVIRONMENT), clients=self.aws.factory, clock=lambda: self.now, sleep=self._sleep)
        for service in ("dynamodb", "kms", "sqs", *(["sesv2"] if name == "deliver_links" else [])):
            made.client(service)
        return made

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds

    def _keep(self, body: bytes) -> bytes:
        self._written.append(body)
        return b'{"UnprocessedItems":{}}'

    def _get_many(self, body: bytes) -> bytes:
        """Chunks that are read together, with their school; or people, of whom only what decides is asked for."""
        people = b",".join(self._standings[key] for key in re.findall(rb"#P#(\w+)", body))
        chunks = b",".join(self._chunks[key][len(b'{"Item": ') : -1] for key in re.findall(rb"CHUNK#\d+", body))
        directory = people or self._school
        return b'{"Responses":{"activity":[' + chunks + b'],"directory":[' + directory + b']},"UnprocessedKeys":{}}'

    def _queue(self, body: bytes) -> bytes:
        self._messages.append(body)
        return self._put["SendMessageBatch" if b'"Entries"' in body else "SendMessage"](body)

    def _known_rate(self) -> bytes:
        return json.dumps({"Item": self.rates.tables["activity"]["#RATE", "ses"]}).encode()

    def _take_slots(self, body: bytes) -> bytes:
        """What DynamoDB does for the account's rate, conditions included."""
        return json.dumps(self.rates.update_item(**json.loads(body))).encode()

    def _read_back(self) -> None:
        """The chunks that were written, as delivery reads them."""
        for body in self._written:
            for request in json.loads(body)["RequestItems"]["activity"]:
                item = request["PutRequest"]["Item"]
                self.sizes.append(_size(item))
                self._chunks[item["sk"]["S"].encode()] = json.dumps({"Item": item}).encode()


@cache
def _projected(page: bytes, body: bytes) -> bytes:
    """A page as it was asked for: with the attributes that the projection names."""
    asked = json.loads(body)
    names = {asked["ExpressionAttributeNames"][alias] for alias in asked["ProjectionExpression"].split(", ")}
    read = json.loads(page)
    items = [{name: item[name] for name in names & item.keys()} for item in read["Items"]]
    return json.dumps({**read, "Items": items}).encode()


@cache
def standings(pages: tuple[bytes, ...]) -> dict[bytes, bytes]:
    """What delivery reads of a school's students, by their ids."""
    names = {"id", "role", "status", "is_admin", "email", "email_key", "version", "mail_problem"}
    people = (item for page in pages for item in json.loads(page)["Items"])
    return {item["id"]["S"].encode(): json.dumps({name: item[name] for name in names & item.keys()}).encode() for item in people}


def _chunk(body: bytes) -> bytes:
    found = re.search(rb"CHUNK#\d+", body)
    return found[0] if found else b""


def _size(item: dict[str, Any]) -> int:
    """About what DynamoDB charges for: names and values, a binary one before base64."""
    return sum(
        len(name) + sum(len(str(each)) * (3 / 4 if kind == "B" else 1) for kind, each in value.items())
        for name, value in item.items()
    )  # type: ignore[misc]


def _send_item() -> dict[str, Any]:
    from latchkey.sends.stores.items import send_to_item

    return dict(send_to_item("northbridge", SEND))


def pages_of(size: int) -> list[bytes]:
    """A school's students as DynamoDB hands them over."""
    chance = random.Random(size)
    key = bytes(32)
    items = []
    for number in range(size):
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
        email, username = f"{given}.{family}{number}@pupils.school.example".lower(), f"{given[0]}{family}{number}".lower()
        year = str(7 + number * 7 // size)
        person = Person(
            id=person_id("northbridge", f"mis-{number}"),
            role="student",
            given_name=given,
            family_name=family,
            email=email,
            username=username,
            upn=f"B8012000{number:05d}",
            mis_id=f"mis-{number}",
            year_group=year,
            registration_group=f"{year}{chance.choice('ABCDEF')}",
            number=number + 1,
            parents=(person_id("northbridge", f"p{number}"),),
            email_key=lookup(key, "email", email),
            username_key=lookup(key, "username", username),
            password_set_at=NOW - 10**7,
        )
        items.append(pack_item(person_to_item("northbridge", person)))
    pages = []
    for start in range(0, size, PAGE):
        page: dict[str, Any] = {"Items": items[start : start + PAGE], "Count": PAGE, "ScannedCount": PAGE}
        if start + PAGE < size:
            page["LastEvaluatedKey"] = {name: page["Items"][-1][name] for name in ("pk", "sk", "people_pk", "people_sk")}
        pages.append(json.dumps(page).encode())
    return pages


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        """Always enough."""
        return 120_000


_GIVEN = (
    "Amira",
    "Ben",
    "Chloé",
    "Daniel",
    "Ella",
    "Farah",
    "George",
    "Hannah",
    "Isaac",
    "Jasmine",
    "Kofi",
    "Lily",
    "Zoë",
    "Oluwaseun",
)
_FAMILY = (
    "Khan",
    "OBrien",
    "SmithJones",
    "Evans",
    "Nowak",
    "Patel",
    "Taylor",
    "Garcia",
    "Darcy",
    "Lee",
    "MacDonald",
    "Okafor",
    "Wu",
)
