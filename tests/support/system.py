"""A whole system in the process: the template's tables, queues, keys and buckets on moto, and a clock that tests move."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from latchkey.schools.model.school import School
from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.shared.stores.aws import ClientFactory, client_factory
from latchkey.wiring import Wiring
from tests.support import sam
from tests.support.iam.judge import Judge, Watched, by_the_test_itself
from tests.support.iam.roles import roles

START = 1_795_000_000  # 18 November 2026
REGION = "eu-west-2"


@dataclass
class Clock:
    """Epoch seconds that tests move."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class TestSystem:
    """Wirings of all functions over one set of fake AWS services; ``judge`` holds every call against its function's role."""

    __test__ = False
    environment: dict[str, str]
    judge: Judge
    clock: Clock = field(default_factory=Clock)
    wirings: dict[str, Wiring] = field(default_factory=dict)

    def wiring(self, function: FunctionName) -> Wiring:
        """The wiring of a function, with no more settings than it has when deployed."""
        if function not in self.wirings:
            self.wirings[function] = Wiring(Settings(function, self.environment), self.watched(function, _clients()), self.clock)
        return self.wirings[function]

    def watched(self, function: FunctionName, clients: ClientFactory) -> ClientFactory:
        """Clients of a function whose calls the judge sees."""
        return lambda service: Watched(clients(service), service, function, self.judge)

    def messages(self, queue: str) -> list[str]:
        """Take all messages from a queue, named by its setting (``PLAN_QUEUE``)."""
        sqs = _clients()("sqs")
        taken: list[str] = []
        while found := sqs.receive_message(QueueUrl=self.environment[queue], MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                taken.append(message["Body"])
                sqs.delete_message(QueueUrl=self.environment[queue], ReceiptHandle=message["ReceiptHandle"])
        return taken

    def school(self, slug: str = "northbridge", **facts: Any) -> School:
        """Make a school."""
        made = School(slug=slug, **{"name": slug.title() + " Academy", "town": "Northbridge", "postcode": "NB1 2CD", **facts})
        assert self.wiring("operate").schools.make(made)
        return made


@contextmanager
def _atomic_dynamodb() -> Iterator[None]:
    """DynamoDB's writes are atomic; moto reads and then writes, so threads of a test take turns."""
    original, lock = DynamoHandler.call_action, threading.Lock()

    def in_turn(self: DynamoHandler) -> Any:
        with lock:
            return original(self)

    DynamoHandler.call_action = in_turn
    try:
        yield
    finally:
        DynamoHandler.call_action = original


@contextmanager
def running_system() -> Iterator[TestSystem]:
    """Everything that functions need, made from the template's own tables."""
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
    before = {name: os.environ.get(name) for name in credentials}
    os.environ.update(credentials)
    try:
        with mock_aws(), _atomic_dynamodb():
            environment = _make_services()
            judge = Judge(_names(environment), roles(MailFrom=environment["MAIL_FROM"]), by_the_test_itself)
            yield TestSystem(environment, judge)
        assert not judge.denied, "AWS would deny this:\n" + "\n".join(judge.denied.values())
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@cache
def _clients() -> ClientFactory:
    """Clients for all tests of a process: making one costs more than most tests."""
    return cache(client_factory())


def _make_services() -> dict[str, str]:
    environment = {
        "ORIGIN": "https://latchkey.test",
        "MAIL_FROM": "no-reply@latchkey.test",
        "CONFIGURATION_SET": "latchkey",
        "ORIGIN_SECRET": "",
    }
    clients = _clients()
    dynamodb = clients("dynamodb")
    for logical, table in sam.resources("AWS::DynamoDB::Table").items():
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        schema = {name: table[name] for name in wanted if name in table}
        dynamodb.create_table(TableName=logical, BillingMode="PAY_PER_REQUEST", **schema)
        environment[f"{logical.removesuffix('Table').upper()}_TABLE"] = logical
    kms = clients("kms")
    for name in ("LINK_KEY", "CODE_KEY", "LOOKUP_KEY"):
        made = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        environment[name] = made["KeyMetadata"]["KeyId"]
    sqs, s3 = clients("sqs"), clients("s3")
    for name in {name for names in NEEDS.values() for name in names}:
        if name.endswith("_QUEUE"):
            environment[name] = sqs.create_queue(QueueName=name.lower())["QueueUrl"]
        elif name.endswith("_BUCKET"):
            environment[name] = name.lower().replace("_", "-")
            s3.create_bucket(Bucket=environment[name], CreateBucketConfiguration={"LocationConstraint": REGION})
    return environment


def _names(environment: dict[str, str]) -> dict[str, str]:
    """The template's names of what the settings of its functions name."""
    return {
        environment[setting].rpartition("/")[2]: sam.target(value)
        for function in sam.functions().values()
        for setting, value in function["Environment"]["Variables"].items()
        if setting in environment and setting not in {"ORIGIN", "ORIGIN_SECRET", "MAIL_FROM"}
    }
